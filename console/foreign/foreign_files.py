"""One file from a stranger: what it says of itself, and its dossiers, batch by batch.

Parquet and Arrow files are read. Nothing that a file says of its own size is believed before it was looked
at, within the limits of `foreign_limits`; then only the columns that are needed are decoded, codes by their
dictionary alone. A file is never held as a whole. Pipes, devices and folders are not opened. What is wrong is
said with the file and its row group, column or row.
"""

import os
import stat
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TypeAlias

import pyarrow as pa

from console.foreign.arrow_blocks import MAGIC as ARROW
from console.foreign.arrow_files import ArrowContents
from console.foreign.parquet_files import ParquetContents
from console.foreign.parquet_pages import Fault
from dossier.dossiers import Dossiers
from dossier.places import Folder, Place, masked
from dossier.problems import BadInput
from dossier.shown import shown
from dossier.tables import (
    APPLICANT,
    MARK,
    SCHEMA_VERSION,
    check_columns,
    check_mark,
    from_arrow,
    references_in,
)

SCENARIO = b"saring.scenario_hash"
VERSION = b"saring.schema_version"
ENDINGS = (".parquet", ".arrow")
_LONGEST_REASON = 160

Contents: TypeAlias = ParquetContents | ArrowContents


@dataclass(frozen=True)
class ForeignFile:
    """A file that somebody wants to have screened.

    Attributes:
        place: Where it lies.
        name: Its name there.
    """

    place: Place
    name: str

    @property
    def shown(self) -> str:
        """The file as messages name it."""
        return shown(f"{self.place.shown}/{self.name}", 400)

    @property
    def path(self) -> str | None:
        """Its path on this machine; None if it is elsewhere."""
        return str(self.place.path / self.name) if isinstance(self.place, Folder) else None


@dataclass(frozen=True)
class Facts:
    """What a file says of itself.

    Attributes:
        rows: Number of rows of each row group or record batch.
        references: Which references it has.
        scenario: Hash of the scenario whose people it holds; None where it does not say.
    """

    rows: tuple[int, ...]
    references: tuple[str, ...]
    scenario: str | None


def facts_of(file: ForeignFile, names: Sequence[str]) -> Facts:
    """Check mark, columns, types and sizes of a file without decoding a row; return what it says.

    Args:
        file: The file.
        names: The fields that are needed.

    Raises:
        BadInput: If it cannot be screened.
    """
    with _opened(file) as contents:
        check_mark(contents.schema, file.shown)
        _check_version(contents.schema, file)
        check_columns(contents.schema, names, file.shown)
        references = references_in(contents.schema.names, names)
        with _faults_of(file, contents.kind):
            rows = contents.check([APPLICANT, *references, *names])
        if not sum(rows):
            raise BadInput.of("this cohort is empty", where=file.shown, mend="Draw one with applicants.")
        scenario = (contents.schema.metadata or {}).get(SCENARIO)
        said = None if scenario is None else shown(scenario.decode("utf-8", "replace"), 80)
        return Facts(rows, tuple(references), said)


def read_groups(
    file: ForeignFile, names: Sequence[str], batch_rows: int, groups: range | None = None, first_row: int = 0
) -> Iterator[Dossiers]:
    """Yield the dossiers of some row groups, in the order of the file.

    Args:
        file: The file.
        names: The fields that are needed.
        batch_rows: How many at a time at most.
        groups: Numbers of row groups or record batches; all when left out.
        first_row: The row with which they begin.

    Raises:
        BadInput: If something in the file cannot be used.
    """
    with _opened(file) as contents:
        check_mark(contents.schema, file.shown)
        check_columns(contents.schema, names, file.shown)
        columns = [APPLICANT, *references_in(contents.schema.names, names), *names]
        row = first_row
        for group in range(contents.groups) if groups is None else groups:
            batches = contents.batches(group, columns, batch_rows)
            where = f"{contents.group} {group + 1}"
            while (batch := _next(batches, file, contents.kind, where)) is not None:
                table = batch.replace_schema_metadata({MARK: b"true"})
                yield from_arrow(table, names, where=file.shown, first_row=row)
                row += len(batch)


def _next(batches: Iterator[pa.RecordBatch], file: ForeignFile, kind: str, where: str) -> pa.RecordBatch:
    """Return the next batch, None after the last; only the reading of it is judged, not what follows."""
    with _faults_of(file, kind, where):
        return next(batches, None)


@contextmanager
def _opened(file: ForeignFile) -> Iterator[Contents]:
    with closing(open_ordinary(file)) as opened:
        size = opened.seek(0, os.SEEK_END)
        opened.seek(0)
        kind = ArrowContents if opened.read(len(ARROW)) == ARROW else ParquetContents
        with _faults_of(file, kind.kind):
            contents = kind(opened, size, file.path)
            _check_names(contents.schema)
        yield contents


def _check_names(schema: pa.Schema) -> None:
    """Raise `Fault` where a column's name is not text; libraries find out only when they spell it."""
    try:
        [(field.name, str(field.type)) for field in schema]
    except UnicodeDecodeError:
        raise Fault("the name of a column is not text (UTF-8)") from None


def open_ordinary(file: ForeignFile) -> IO[bytes]:
    """Open a file for reading, if it is an ordinary one; a pipe or a device could make us wait for ever.

    Raises:
        BadInput: If it is none, leads out of its folder, or cannot be read.
    """
    if file.path is not None:
        _check_ordinary(file, file.path)
    return file.place.open(file.name)


def _check_ordinary(file: ForeignFile, path: str) -> None:
    try:
        mode = Path(path).stat().st_mode
    except (OSError, ValueError) as error:
        raise _unreadable(file, "Parquet", getattr(error, "strerror", None) or str(error)) from None
    if not stat.S_ISREG(mode):
        what = "this is a folder, and not a file" if stat.S_ISDIR(mode) else "this is not an ordinary file"
        mend = "Give the folder or a glob of the files in it, or take it away from there."
        raise BadInput.of(what, where=file.shown, mend=mend)


def _check_version(schema: pa.Schema, file: ForeignFile) -> None:
    marks: Mapping[bytes, bytes] = schema.metadata
    version = marks.get(VERSION, SCHEMA_VERSION.encode()).decode("utf-8", "replace")
    if version != SCHEMA_VERSION:
        what = f"this file follows version '{shown(version)}' of our tables, and not '{SCHEMA_VERSION}'"
        mend = "Draw the cohort again with this version of saring."
        raise BadInput.of(what, where=file.shown, mend=mend)


@contextmanager
def _faults_of(file: ForeignFile, kind: str, where: str = "") -> Iterator[None]:
    """Turn what a library or a check says of a file into a message with the file's name."""
    place = f"{where}: " if where else ""
    try:
        yield
    except Fault as fault:
        raise _unreadable(file, kind, f"{place}{fault}") from None
    except (pa.ArrowException, OSError, ValueError, LookupError, OverflowError, RecursionError) as error:
        said = (str(error).splitlines() or [type(error).__name__])[0]
        raise _unreadable(file, kind, place + shown(masked(said), _LONGEST_REASON)) from None


def _unreadable(file: ForeignFile, kind: str, reason: str) -> BadInput:
    return BadInput.of(
        f"this is not a readable {kind} file ({reason})",
        where=file.shown,
        mend="saring reads Parquet and Arrow files; if it was cut short or changed, draw the cohort again.",
    )
