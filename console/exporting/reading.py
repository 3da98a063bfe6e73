"""The rows of a table, batch after batch, checked cell by cell and in the one form that exports have.

A cell holds a declared code, a number in its range, or nothing: what else a file may hold never reaches an
export. At most one batch is in memory.
"""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from console.exporting.columns import OBSERVED, Column
from console.exporting.tables import DRAW_AGAIN, PLAIN, Table, unreadable
from console.foreign.foreign_files import ForeignFile, read_groups
from dossier.coded_texts import codes_of
from dossier.places import place_of
from dossier.problems import BadInput
from dossier.shown import shown
from dossier.tables import RESERVED_BELOW, to_arrow
from synthetic.cohort_files import ROWS_PER_GROUP

LONGEST_TEXT = 4096
"""Bytes of the longest text of a cell; the ids of all rules of a rulebook take less."""


def batches(table: Table, number: int) -> Iterator[pa.RecordBatch]:
    """Yield the rows of one part, at most a row group at a time.

    Args:
        table: The table.
        number: Which of its parts.

    Raises:
        BadInput: If something in the file cannot be used; it says what and in which row.
    """
    file, row = table.files[number], 0
    if table.name == OBSERVED:
        for dossiers in read_groups(foreign(file), table.field_names, ROWS_PER_GROUP):
            yield _settled(to_arrow(dossiers, table.marks))
        return
    for batch in _read(file, [column.name for column in table.columns]):
        yield _checked(table, batch, f"{file}, row {row + 1} and after")
        row += len(batch)


def foreign(file: Path) -> ForeignFile:
    """Return a part as the reader of strangers' files wants it."""
    return ForeignFile(place_of(file.parent), file.name)


def _settled(batch: pa.RecordBatch) -> pa.RecordBatch:
    """Return a batch with zeros beneath empty cells: what lies there is nobody's answer.

    Arrow files hold it all the same, and Polars refuses an index below zero even where the cell is empty.
    """
    columns = [_without_remains(one) if one.null_count else one for one in batch.columns]
    return pa.RecordBatch.from_arrays(columns, schema=batch.schema)


def _without_remains(column: pa.Array) -> pa.Array:
    if pa.types.is_dictionary(column.type):
        return pa.DictionaryArray.from_arrays(_without_remains(column.indices), column.dictionary)
    return pa.array(
        np.asarray(pc.fill_null(column, 0)), type=column.type, mask=np.asarray(pc.is_null(column))
    )


def _read(file: Path, names: Sequence[str]) -> Iterator[pa.RecordBatch]:
    try:
        if file.suffix == ".parquet":
            yield from pq.ParquetFile(file).iter_batches(batch_size=ROWS_PER_GROUP, columns=list(names))
            return
        with pa.memory_map(str(file)) as mapped:
            opened = pa.ipc.open_file(mapped)
            for number in range(opened.num_record_batches):
                batch = opened.get_batch(number).select(list(names))
                batch.validate(full=True)
                for start in range(0, len(batch), ROWS_PER_GROUP):
                    yield batch.slice(start, ROWS_PER_GROUP)
    except (pa.ArrowException, OSError) as error:
        raise unreadable(file, error) from None


def _checked(table: Table, batch: pa.RecordBatch, where: str) -> pa.RecordBatch:
    arrays = []
    for column in table.columns:
        labels = table.labels.get(column.name, tuple(column.codes))
        try:
            arrays.append(_cells(column, batch.column(column.name), labels))
        except (ValueError, pa.ArrowException) as error:
            what = f"the column '{column.name}' {shown(error, longest=200)}"
            raise BadInput.of(what, where=where, mend=DRAW_AGAIN) from None
    return pa.RecordBatch.from_arrays(arrays, schema=_schema(table))


def _schema(table: Table) -> pa.Schema:
    return pa.schema(
        [pa.field(column.name, arrow_type(column)) for column in table.columns], metadata=dict(table.marks)
    )


_TYPES: Mapping[str, pa.DataType] = {
    "int8": pa.int8(),
    "int32": pa.int32(),
    "int64": pa.int64(),
    "double": pa.float64(),
    "string": pa.string(),
    "dictionary<int8, string>": pa.dictionary(pa.int8(), pa.string()),
    "dictionary<int16, string>": pa.dictionary(pa.int16(), pa.string()),
}


def arrow_type(column: Column) -> pa.DataType:
    """Return the type of a column in Parquet and Arrow."""
    return _TYPES[column.arrow]


def _cells(column: Column, found: pa.Array, labels: Sequence[str]) -> pa.Array:
    """Return a column in its declared type.

    Raises:
        ValueError: If a cell holds what the column cannot; the message goes on after the column's name.
    """
    match column.kind:
        case "category":
            return _coded(column, found, labels)
        case "identity":
            return _identities(found)
        case "text":
            return _texts(found)
        case _:
            return found.cast(arrow_type(column))


def _coded(column: Column, found: pa.Array, labels: Sequence[str]) -> pa.Array:
    kind = arrow_type(column)
    codes, strangers = (
        codes_of(found, labels)
        if not pa.types.is_null(found.type)
        else (np.full(len(found), -1, dtype=np.int8), {})
    )
    if strangers:
        raise ValueError(f"holds the unknown code '{next(iter(strangers.values()))}'")
    indices = pa.array(np.maximum(codes, 0), mask=codes < 0).cast(kind.index_type)
    return pa.DictionaryArray.from_arrays(indices, pa.array(labels, type=pa.string()))


def _identities(found: pa.Array) -> pa.Array:
    numbers = found.cast(pa.int64())
    ends = pc.min_max(numbers).as_py()
    if numbers.null_count or not (ends["min"] is None or 0 <= ends["min"] <= ends["max"] < RESERVED_BELOW):
        raise ValueError("is empty somewhere, or holds a number outside the reserved synthetic range")
    return numbers


def _texts(found: pa.Array) -> pa.Array:
    longest = pc.max(pc.binary_length(found)).as_py() or 0
    if longest > LONGEST_TEXT:
        raise ValueError(f"holds a text of {longest:,} bytes; more than {LONGEST_TEXT:,} are not read")
    for text in found.unique().to_pylist():
        if text and not PLAIN.fullmatch(text):
            raise ValueError(f"holds '{shown(text)}', which is no list of rules")
    return found
