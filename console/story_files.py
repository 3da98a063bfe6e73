"""The files of a cohort, as far as one person's story needs them: believed, opened, and read row by row.

A file is believed as long as it is the one that the cohort's manifest names, and only the parts that hold the
person are read. Whatever is lacking, changed or unknown is said with its file. Nothing here tells a story.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from console.kept_runs import check_keeps_people
from dossier.problems import BadInput
from dossier.tables import APPLICANT, check_mark
from synthetic.sealed import (
    MEND,
    FileList,
    Manifest,
    problem_of_file,
    read_manifest,
    sealed_folder,
    sealed_manifest,
)

TRUTH = "truth/truth"
"""The layer that has a row for everybody."""


@dataclass(frozen=True)
class CohortFiles:
    """A cohort on disk, each file of which is compared with what the manifests say before it is believed.

    Layers are named as the manifests name them, such as `truth/edges`.

    Attributes:
        sealed: Its sealed folder.
    """

    sealed: Path

    @cached_property
    def manifest(self) -> Manifest:
        """What the sealed manifest says."""
        return sealed_manifest(self.sealed)

    @cached_property
    def hashes(self) -> Mapping[str, str]:
        """SHA-256 of the files of all layers, by layer and part; each manifest vouches for its own side."""
        public = read_manifest(FileList, self.sealed.parent / "manifest.json")
        observed = {name: found for name, found in public.files.items() if name.startswith("observed/")}
        sealed = {name: found for name, found in self.manifest.files.items() if name.startswith("truth/")}
        return observed | sealed

    @cached_property
    def parts(self) -> tuple[str, ...]:
        """Names of the files that each layer consists of, in order; raises if the manifest names none."""
        names = sorted(name for name in self.hashes if name.startswith(f"{TRUTH}/"))
        parts = tuple(name.removeprefix(f"{TRUTH}/") for name in names)
        if not parts or any(Path(part).name != part for part in parts):
            what = "the manifest names no files of the truth"
            raise BadInput.of(what, where=str(self.sealed / "manifest.json"), mend=MEND)
        return parts

    @cached_property
    def _believed(self) -> set[Path]:
        return set()

    def has(self, layer: str, part: str) -> bool:
        """Tell whether the cohort keeps this layer; older ones lack some."""
        return f"{layer}/{part}" in self.hashes

    def file(self, layer: str, part: str) -> Path:
        """Return a file of a layer; raises if it is not the one that the manifest names."""
        side, _, name = layer.partition("/")
        path = (self.sealed / name if side == "truth" else self.sealed.parent / layer) / part
        if path in self._believed:
            return path
        if problem := problem_of_file(path, self.hashes.get(f"{layer}/{part}")):
            raise BadInput([problem])
        self._believed.add(path)
        return path

    def rows(self, layer: str, part: str, columns: Sequence[str], condition: pc.Expression) -> pa.Table:
        """Return the rows of one file for which a condition holds."""
        file = self.file(layer, part)
        with named(file):
            _check_columns(pq.read_schema(file), columns, file)
            return pq.read_table(file, columns=list(columns), filters=condition)


@dataclass(frozen=True)
class PersonRow:
    """One person's row in one layer.

    Attributes:
        file: Where it stands.
        table: The row, of length one.
    """

    file: Path
    table: pa.Table

    def value(self, column: str) -> Any:
        """Return what stands in a column; raises if there is no such column."""
        _check_columns(self.table.schema, [column], self.file)
        return self.table[column][0].as_py()

    def word(self, column: str, known: Sequence[str]) -> str | None:
        """Return the word in a column, None where it is empty; raises unless it is known."""
        return known_word(self.value(column), known, column, self.file)

    def some_word(self, column: str, known: Sequence[str]) -> str:
        """Return the word in a column, which must not be empty."""
        found = self.word(column, known)
        if found is None:
            raise unreadable(
                self.file, f"the column '{column}' is empty for applicant {self.value(APPLICANT)}"
            )
        return found


def known_word(word: Any, known: Sequence[str], column: str, file: Path) -> str | None:
    """Return a word of a file, None for an empty cell; raises unless it is one of those known."""
    if word is not None and word not in known:
        raise unreadable(file, f"unknown word '{word}' in the column '{column}'")
    return None if word is None else str(word)


def _check_columns(schema: pa.Schema, columns: Sequence[str], file: Path) -> None:
    check_mark(schema, str(file))
    for name in columns:
        if name not in schema.names:
            raise unreadable(file, f"the column '{name}' is missing")


@contextmanager
def named(file: Path) -> Iterator[None]:
    """Say of a file that cannot be read which one it is, and not what a library thinks of it."""
    try:
        yield
    except (pa.ArrowException, OSError, TypeError):
        raise unreadable(file, "this is not what `saring draw` writes") from None


def unreadable(file: Path, why: str) -> BadInput:
    """Return the error that a file is not what a cohort's file should be."""
    return BadInput.of(why, where=str(file), mend=MEND)


@dataclass(frozen=True)
class PersonPlace:
    """Where a person's rows stand: the same in every layer of a cohort.

    Attributes:
        cohort: The person's cohort.
        applicant: Identity number.
        part: Name of the part's file.
        group: Number of the row group.
        row: Row within it.
    """

    cohort: CohortFiles
    applicant: int
    part: str
    group: int
    row: int

    @classmethod
    def of(cls, cohort: CohortFiles, applicant: int) -> "PersonPlace":
        """Return where `applicant` stands; raises if nobody has that number."""
        for part in cohort.parts:
            file = cohort.file(TRUTH, part)
            with named(file):
                opened = pq.ParquetFile(file)
                _check_columns(opened.schema_arrow, [APPLICANT], file)
                for group in range(opened.num_row_groups):
                    numbers = np.asarray(opened.read_row_group(group, columns=[APPLICANT])[APPLICANT])
                    rows = np.flatnonzero(numbers == applicant)
                    if rows.size:
                        return cls(cohort, applicant, part, group, int(rows[0]))
        raise BadInput.of(
            f"there is no applicant {applicant} in this cohort",
            where=str(cohort.sealed.parent),
            mend=where_numbers_are(cohort),
        )

    def in_layer(self, layer: str) -> PersonRow:
        """Return the person's row in one layer; raises if the layer is another cohort's."""
        file = self.cohort.file(layer, self.part)
        with named(file):
            opened = pq.ParquetFile(file)
            _check_columns(opened.schema_arrow, [APPLICANT], file)
            table = (
                opened.read_row_group(self.group).slice(self.row, 1)
                if self.group < opened.num_row_groups
                else opened.schema_arrow.empty_table()
            )
        if table[APPLICANT].to_pylist() != [self.applicant]:
            raise unreadable(file, "this file is of another cohort than the truth")
        return PersonRow(file, table)

    def all_rows(self, layer: str, columns: Sequence[str]) -> list[dict[str, Any]]:
        """Return all rows about the person in a layer that has any number of them."""
        condition = pc.field(APPLICANT) == self.applicant
        found = self.cohort.rows(layer, self.part, [APPLICANT, *columns], condition)
        rows: list[dict[str, Any]] = found.to_pylist()
        return rows


def where_numbers_are(cohort: CohortFiles) -> str:
    """Return a sentence that says where identity numbers stand, and names some people worth a look."""
    file = cohort.file(TRUTH, cohort.parts[0])
    columns = [APPLICANT, "truth_class", "module"]
    with named(file):
        _check_columns(pq.read_schema(file), columns, file)
        opened = pq.ParquetFile(file)
        rows = opened.read_row_group(0, columns=columns).to_pylist() if opened.num_row_groups else []
    first: dict[str, str] = {}
    for row in reversed(rows):
        first[str(row["truth_class"])] = f"{row[APPLICANT]:016d} ({row['module']})"
    some = [first[label] for label in ("victim", "irregular", "lawful") if label in first]
    where = "The identity numbers stand in the column 'applicant' of every file of the cohort"
    return f"{where}, such as {', '.join(some)}." if some else f"{where}."


def sealed_of(folder: Path) -> Path:
    """Return the sealed folder of a cohort or run; raises with what is lacking."""
    if not folder.exists():
        raise BadInput.of(
            "there is no such folder", where=str(folder), mend="Give the folder of a run or a cohort."
        )
    try:
        sealed = sealed_folder(folder)
    except BadInput:
        check_keeps_people(folder)
        mend = "A story needs the truth. Give the whole folder that `saring draw` or `saring run` made."
        raise BadInput.of("there is no sealed truth here", where=str(folder), mend=mend) from None
    if not (sealed.parent / "observed").is_dir():
        what = "the observed dossiers do not stand beside the sealed truth"
        mend = "Give the cohort's own folder, with observed/ and truth/ in it."
        raise BadInput.of(what, where=str(folder), mend=mend)
    return sealed
