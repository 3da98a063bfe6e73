"""Exporting the parts of all tables, several at a time: the same bytes for any number of workers.

Each part is read, written and counted by one worker. What remains of it is small: its name, its hash and how
often each answer stands in it, for the datasheet.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from hashlib import file_digest
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from console.exporting.formats import ROW_MARKED, SHEETS, Format
from console.exporting.reading import batches
from console.exporting.sources import Source
from console.exporting.tables import Table
from console.parts.parallel import Workers, each_part
from dossier.problems import BadInput

Counts = Mapping[tuple[str, str], Mapping[str, int]]
"""How often each code stands in a column, by table and column; the empty text stands for empty cells."""

EMPTY = ""


@dataclass(frozen=True)
class Written:
    """One file of an export.

    Attributes:
        name: Its name within the export.
        table: Its table.
        rows, size: Its rows and bytes.
        digest: Its SHA-256.
        counts: How often each answer stands in it.
    """

    name: str
    table: str
    rows: int
    size: int
    digest: str
    counts: Counts


@dataclass(frozen=True)
class Parts:
    """All parts of all tables, to be exported into a folder in one format.

    Attributes:
        source: Where they come from.
        folder: Where they go.
        form: The format.
    """

    source: Source
    folder: Path
    form: Format

    def tasks(self) -> list[tuple[Table, int]]:
        """Return each table with the number of each of its parts."""
        return [(table, number) for table in self.source.tables for number in range(len(table.files))]

    def export(self, task: int) -> Written:
        """Export one part."""
        table, number = self.tasks()[task]
        name = f"{table.folder}/part-{number:05d}.{self.form}"
        counts: dict[tuple[str, str], Counter[str]] = {}
        rows = 0
        with SHEETS[self.form](self.folder / name) as sheet:
            for batch in batches(table, number):
                sheet.write(batch)
                _count(table, batch, counts)
                rows += len(batch)
        if not rows:
            what = "nobody stands in this part, so that there is nothing to export"
            raise BadInput.of(what, where=str(table.files[number]), mend="Draw the cohort again.")
        path = self.folder / name
        with path.open("rb") as opened:
            digest = file_digest(opened, "sha256").hexdigest()
        return Written(name, table.name, rows, path.stat().st_size, digest, counts)


def _count(table: Table, batch: pa.RecordBatch, counts: dict[tuple[str, str], Counter[str]]) -> None:
    """Add what stands in a batch: codes of categories, and of every column how many cells are empty."""
    for column in table.columns:
        found = batch.column(column.name)
        counter = counts.setdefault((table.name, column.name), Counter())
        counter[EMPTY] += found.null_count
        if pa.types.is_dictionary(found.type):
            numbers = np.asarray(pc.drop_null(found.indices))
            times = np.bincount(numbers, minlength=len(found.dictionary))
            counter.update(dict(zip(found.dictionary.to_pylist(), map(int, times), strict=True)))


def exported(
    source: Source, folder: Path, form: Format, workers: int, advance: Callable[[int], None]
) -> list[Written]:
    """Export all parts of a source; `advance` is told the rows of each part that is done.

    Raises:
        BadInput: If a cell of a file cannot be used.
    """
    if source.sealed is not None:
        (folder / "truth").mkdir()
    parts, written = Parts(source, folder, form), []
    for one in each_part(partial(Parts.export, parts), range(len(parts.tasks())), Workers(workers)):
        written.append(one)
        advance(one.rows)
    return written


def columns_in(table: Table, form: Format) -> int:
    """Return how many columns the exported files of a table have, the mark of each row among them."""
    return len(table.columns) + (form in ROW_MARKED)


def counts_of(written: Sequence[Written]) -> Counts:
    """Return how often each answer stands in all files together."""
    total: dict[tuple[str, str], Counter[str]] = {}
    for one in written:
        for place, counts in one.counts.items():
            total.setdefault(place, Counter()).update(counts)
    return total
