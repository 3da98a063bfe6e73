"""Four formats for the same rows: Parquet, Arrow, CSV and JSON Lines.

CSV and JSON Lines are made column by column, so that no row ever costs a turn of Python; the naive twins in
the tests read them back. Every row of theirs says that it is synthetic, so that a row that is cut out says it
still.
"""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Literal, TypeAlias

import pyarrow as pa
import pyarrow.compute as pc

from dossier.tables import APPLICANT
from synthetic.sheets import ArrowSheet, ParquetSheet, Sheet

Format: TypeAlias = Literal["parquet", "arrow", "csv", "jsonl"]
FORMATS: tuple[Format, ...] = ("parquet", "arrow", "csv", "jsonl")
MEDIA_TYPES: Mapping[Format, tuple[str, ...]] = {
    "parquet": ("application/vnd.apache.parquet", "application/x-parquet"),
    "arrow": ("application/vnd.apache.arrow.file",),
    "csv": ("text/csv",),
    "jsonl": ("application/jsonlines",),
}
"""The registered media type first; the second is the one by which readers of Croissant know Parquet."""

SYNTHETIC = "synthetic"
ROW_MARKED: frozenset[Format] = frozenset({"csv", "jsonl"})
"""Formats whose every row begins with the mark, in a column of its own."""

DIGITS = 16
ROWS_AT_ONCE = 8192
"""Rows spelled at once; as text a row takes some hundred bytes, ten times what it takes as codes."""

LINE_END = "\r\n"
"""Of CSV, as RFC 4180 wants it."""

_CSV_SPECIAL = '[",\r\n]'


class TextSheet(Sheet):
    """One file of lines, with or without a header."""

    has_head = False

    def _opened(self, schema: pa.Schema) -> Any:
        opened = self.path.open("wb")
        if self.has_head:
            opened.write((",".join((SYNTHETIC, *schema.names)) + LINE_END).encode())
        return opened

    def _append(self, batch: pa.RecordBatch) -> None:
        for start in range(0, len(batch), ROWS_AT_ONCE):
            lines = self.lines(batch.slice(start, ROWS_AT_ONCE))
            self._writer.write(_content(lines))

    def lines(self, batch: pa.RecordBatch) -> pa.StringArray:
        """Return one line for each row, its end included."""
        raise NotImplementedError


class CsvSheet(TextSheet):
    """CSV after RFC 4180: a header, lines that end with CR LF, quotes where they are needed."""

    has_head = True

    def lines(self, batch: pa.RecordBatch) -> pa.StringArray:
        """Return one line for each row; an empty cell is nothing, an empty text is two quotes."""
        cells = [
            pc.fill_null(_spelled(name, batch.column(name), _csv_text), "") for name in batch.schema.names
        ]
        rows = pc.binary_join_element_wise(*cells, ",")
        return pc.binary_join_element_wise("true,", rows, LINE_END, "")


class JsonlSheet(TextSheet):
    """JSON Lines: one object for each row, empty cells as null."""

    def lines(self, batch: pa.RecordBatch) -> pa.StringArray:
        """Return one line for each row."""
        members = [_member(name, batch.column(name)) for name in batch.schema.names]
        rows = pc.binary_join_element_wise(*members, ", ")
        return pc.binary_join_element_wise(f'{{"{SYNTHETIC}": true, ', rows, "}\n", "")


SHEETS: Mapping[Format, Callable[[Path], Sheet]] = {
    "parquet": ParquetSheet,
    "arrow": ArrowSheet,
    "csv": CsvSheet,
    "jsonl": JsonlSheet,
}


def _member(name: str, column: pa.Array) -> pa.StringArray:
    if pa.types.is_floating(column.type):  # JSON has no infinity
        column = pc.if_else(pc.is_finite(column), column, None)
    cells = pc.fill_null(_spelled(name, column, _json_text), "null")
    return pc.binary_join_element_wise(json.dumps(name), cells, ": ")


def _spelled(name: str, column: pa.Array, text: Callable[[pa.StringArray], pa.StringArray]) -> pa.StringArray:
    """Return the cells of a column as text, null where they are empty; `text` spells what is text already."""
    if pa.types.is_dictionary(column.type):
        return text(column.dictionary).take(column.indices)
    if name == APPLICANT:
        return text(pc.utf8_lpad(column.cast(pa.string()), DIGITS, "0"))
    spelled = column.cast(pa.string())
    return text(spelled) if pa.types.is_string(column.type) else spelled


def _csv_text(texts: pa.StringArray) -> pa.StringArray:
    quoted = pc.binary_join_element_wise('"', pc.replace_substring(texts, '"', '""'), '"', "")
    needs = pc.or_(pc.match_substring_regex(texts, _CSV_SPECIAL), pc.equal(texts, ""))
    return pc.if_else(needs, quoted, texts)


def _json_text(texts: pa.StringArray) -> pa.StringArray:
    """Return texts in quotes; unseen characters never come this far, see `console.exporting.reading`."""
    for mark in ("\\", '"'):
        texts = pc.replace_substring(texts, mark, f"\\{mark}")
    return pc.binary_join_element_wise('"', texts, '"', "")


def _content(lines: pa.StringArray) -> memoryview:
    """Return the bytes of all lines, one after the other, without copying them."""
    _, offsets, content = lines.buffers()
    ends = memoryview(offsets).cast("i")
    return memoryview(content)[ends[lines.offset] : ends[lines.offset + len(lines)]]
