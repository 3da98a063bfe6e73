"""One table of a cohort or a screening: its parts, found and checked before a row of them is read.

Each part must be an ordinary file of its own folder, the one that a manifest names where there is a manifest,
and carry our mark and the same columns as the others. No name in a manifest or folder ever decides where
something is read or written: parts are listed, counted, and called by their number.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from console.exporting.columns import OBSERVED, SCREENED, SEALED_TABLES, Column, columns_of
from console.foreign.foreign_files import ForeignFile, facts_of
from console.screened import PATTERNS, ROUTES, SAME, THRESHOLDS
from dossier.places import place_of
from dossier.problems import BadInput, Problem, raise_if_any
from dossier.shown import shown
from dossier.tables import check_mark, references_in
from synthetic.sealed import Manifest, problem_of_file
from synthetic.sheets import ENDINGS

MOST_LABELS = 127
"""Labels of a category whose codes a file names itself; their numbers have eight bits."""

PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.,:<> -]*")
"""What a label of ours looks like: no spreadsheet takes it for a formula, and no terminal for a command."""

NOT_OURS = "Give the folder of a cohort, of a run, or of what was screened."
DRAW_AGAIN = "Draw the cohort again."

MARKED = {
    b"saring.synthetic",
    b"saring.schema_version",
    b"saring.evidence_hash",
    b"saring.code_version",
    *SAME,
}
"""Metadata that is passed on; whatever else a file says of itself is not."""


@dataclass(frozen=True)
class Table:
    """One table: files of the same columns, part after part.

    Attributes:
        name: Its name in the data dictionary.
        files: Its parts, in order.
        columns: Its columns, in order.
        labels: The codes of each category that the table itself, its manifest or our declarations name.
        marks: Metadata that its exported files carry.
        rows: Number of rows.
    """

    name: str
    files: tuple[Path, ...]
    columns: tuple[Column, ...]
    labels: Mapping[str, tuple[str, ...]]
    marks: Mapping[str, str]
    rows: int

    @property
    def folder(self) -> str:
        """Its folder within a cohort or an export."""
        return f"truth/{self.name}" if self.name in SEALED_TABLES else self.name

    @property
    def field_names(self) -> list[str]:
        """The fields of the dossier among its columns."""
        return [column.name for column in self.columns if column.field is not None]


def observed_table(
    cohort: Path, named: Mapping[str, str], rows_named: int, fields: Sequence[str] | None
) -> Table:
    """Return the dossiers of a cohort.

    Args:
        cohort: Its folder.
        named: SHA-256 of every file that its manifest names.
        rows_named: Applicants that its manifest names.
        fields: The fields to export; all of them where None.

    Raises:
        BadInput: If a file is not the one that is named, lacks a column, or there are fewer rows or more.
    """
    files = _parts(cohort / OBSERVED)
    raise_if_any(_unnamed(cohort, OBSERVED, files, named))
    schema, rows = _common(files)
    known = columns_of(OBSERVED)
    chosen = [name for name, column in known.items() if column.field and (fields is None or name in fields)]
    for file in files:
        facts_of(ForeignFile(place_of(file.parent), file.name), chosen)
    if rows != rows_named:
        what = f"the manifest names {rows_named:,} applicants, and the files hold {rows:,}"
        raise BadInput.of(what, where=str(cohort / "manifest.json"), mend=DRAW_AGAIN)
    names = ["applicant", *references_in(schema.names, chosen), *chosen]
    return Table(OBSERVED, files, tuple(known[name] for name in names), {}, _marks(schema), rows)


def screened_table(folder: Path | None, given: Path) -> Table:
    """Return what was screened.

    Args:
        folder: Where it lies; None where there is none.
        given: The folder that somebody gave, for messages.

    Raises:
        BadInput: If there is nothing, or it is not what `saring screen` wrote.
    """
    if folder is None or not _has_parts(folder):
        raise BadInput.of("there is nothing here that can be exported", where=str(given), mend=NOT_OURS)
    files = _parts(folder)
    schema, rows = _common(files)
    if THRESHOLDS not in (schema.metadata or {}):
        what = "this file was not written by `saring screen`, and no manifest says that it is a cohort's"
        raise BadInput.of(what, where=str(files[0]), mend=NOT_OURS)
    own = {"resembles": _listed(schema, PATTERNS, files[0]), "grounds": _listed(schema, ROUTES, files[0])}
    known = columns_of(SCREENED)
    optional = {name for name in known if name.startswith("risk_")}
    names = _checked_names(files, SCREENED, optional)
    return Table(SCREENED, files, tuple(known[name] for name in names), own, _marks(schema), rows)


def sealed_table(cohort: Path, name: str, manifest: Manifest) -> Table:
    """Return one table of the sealed side of a cohort.

    Raises:
        BadInput: If a file is not the one that the sealed manifest names, or lacks a column.
    """
    files = _parts(cohort / "truth" / name)
    raise_if_any(_unnamed(cohort, f"truth/{name}", files, manifest.files))
    schema, rows = _common(files)
    own = (
        {"module": tuple(one.id for one in manifest.modules), "tier": manifest.tiers}
        if name == "truth"
        else {}
    )
    for labels in own.values():
        _check_labels(labels, str(cohort / "truth" / "manifest.json"))
    names = _checked_names(files, name, set())
    known = columns_of(name)
    return Table(name, files, tuple(known[one] for one in names), own, _marks(schema), rows)


def _has_parts(folder: Path) -> bool:
    return folder.is_dir() and any(_listing(folder))


def _listing(folder: Path) -> list[Path]:
    return sorted(
        one for one in folder.iterdir() if one.suffix in ENDINGS.values() and one.name[0] not in "._"
    )


def _parts(folder: Path) -> tuple[Path, ...]:
    """Return the parts in a folder; each must be an ordinary file that lies in it."""
    if not folder.is_dir() or not (files := _listing(folder)):
        mend = "If this is an export as CSV or JSON Lines: export again from the cohort itself."
        raise BadInput.of("there are no Parquet or Arrow files here", where=str(folder), mend=mend)
    strays = [one for one in files if not one.is_file() or one.resolve().parent != folder.resolve()]
    raise_if_any(
        Problem("this is no ordinary file of this folder", shown(one), "Put the file itself there.")
        for one in strays
    )
    if len({one.suffix for one in files}) > 1:
        what = "Parquet and Arrow files stand beside each other here; they may be the same applicants twice"
        raise BadInput.of(what, where=str(folder), mend="Leave those of one form.")
    return tuple(files)


def _unnamed(cohort: Path, folder: str, files: Sequence[Path], named: Mapping[str, str]) -> Iterator[Problem]:
    """Yield what differs between the files in a folder and those that a manifest names there."""
    there = {f"{folder}/{file.name}": file for file in files}
    expected = {name: digest for name, digest in named.items() if name.startswith(f"{folder}/")}
    for name in sorted(expected.keys() - there.keys()):
        yield Problem(f"the manifest names '{shown(name)}', which is not there", str(cohort), DRAW_AGAIN)
    for name, file in sorted(there.items()):
        if problem := problem_of_file(file, expected.get(name)):
            yield problem


def schema_of(file: Path) -> pa.Schema:
    """Return the schema of a part.

    Raises:
        BadInput: If it is no readable file of its form.
    """
    try:
        if file.suffix == ".parquet":
            return pq.read_schema(file)
        with pa.ipc.open_file(str(file)) as opened:
            return opened.schema
    except (pa.ArrowException, OSError) as error:
        raise unreadable(file, error) from None


def unreadable(file: Path, error: Exception) -> BadInput:
    """Return the error for a file that cannot be read."""
    reason = shown(str(error).splitlines()[0] if str(error) else type(error).__name__, longest=120)
    return BadInput.of(f"this file cannot be read ({reason})", where=str(file), mend=DRAW_AGAIN)


def _rows_of(file: Path) -> int:
    try:
        if file.suffix == ".parquet":
            return int(pq.read_metadata(file).num_rows)
        with pa.memory_map(str(file)) as mapped:
            opened = pa.ipc.open_file(mapped)
            return sum(opened.get_batch(number).num_rows for number in range(opened.num_record_batches))
    except (pa.ArrowException, OSError) as error:
        raise unreadable(file, error) from None


def _common(files: Sequence[Path]) -> tuple[pa.Schema, int]:
    """Return the schema that all parts share, and their rows."""
    first, rows = schema_of(files[0]), 0
    for file in files:
        schema = schema_of(file)
        check_mark(schema, str(file))
        if schema.names != first.names or _marks(schema) != _marks(first):
            what = f"this part has other columns or marks than {files[0].name}; they belong to no one table"
            raise BadInput.of(
                what, where=str(file), mend="Export each cohort or screening from its own folder."
            )
        rows += _rows_of(file)
    if rows == 0:
        raise BadInput.of("nobody stands in these files", where=str(files[0].parent), mend=DRAW_AGAIN)
    return first, rows


def _marks(schema: pa.Schema) -> dict[str, str]:
    try:
        return {key.decode(): value.decode() for key, value in schema.metadata.items() if key in MARKED}
    except UnicodeDecodeError:
        raise BadInput.of("the metadata of this file are no text (UTF-8)", mend=DRAW_AGAIN) from None


def _listed(schema: pa.Schema, key: bytes, file: Path) -> tuple[str, ...]:
    """Return the labels that a screened file names in its metadata."""
    try:
        labels = json.loads(schema.metadata[key])
    except (KeyError, ValueError, RecursionError):
        labels = None
    if not isinstance(labels, list) or not all(isinstance(one, str) for one in labels):
        what = f"this file does not say what its {key.decode().removeprefix('saring.')} are"
        raise BadInput.of(what, where=str(file), mend="Screen the cohort again.")
    _check_labels(labels, str(file))
    return tuple(labels)


def _check_labels(labels: Sequence[str], where: str) -> None:
    if len(labels) > MOST_LABELS or len(set(labels)) < len(labels):
        raise BadInput.of("a list of codes is too long, or names one twice", where=where, mend=DRAW_AGAIN)
    if strange := next((one for one in labels if not PLAIN.fullmatch(one)), None):
        what = (
            f"'{shown(strange)}' is no code: one begins with a letter or digit and holds no marks of markup"
        )
        raise BadInput.of(what, where=where, mend="Name the module or route otherwise.")


def _checked_names(files: Sequence[Path], table: str, optional: set[str]) -> list[str]:
    """Return the known columns that all parts have; each must be there once, and of its type."""
    schemas = [(file, schema_of(file)) for file in files]
    there = schemas[0][1].names
    names = [name for name in columns_of(table) if name in there or name not in optional]
    raise_if_any(
        Problem(what, str(file), DRAW_AGAIN)
        for file, schema in schemas
        for name in names
        if (what := _problem_of_column(columns_of(table)[name], schema))
    )
    return names


def _problem_of_column(column: Column, schema: pa.Schema) -> str | None:
    there = schema.names.count(column.name)
    if there != 1:
        return f"the column '{column.name}' is {'there twice' if there else 'missing'}"
    found_type = schema.field(column.name).type
    if not _fits(column, found_type):
        return f"the column '{column.name}' is of type {shown(found_type)}, not {column.arrow}"
    return None


def _fits(column: Column, found_type: pa.DataType) -> bool:
    types = pa.types
    match column.kind:
        case "category":
            is_coded = types.is_dictionary(found_type) and types.is_string(found_type.value_type)
            return bool(is_coded or types.is_string(found_type) or types.is_null(found_type))
        case "text":
            return bool(types.is_string(found_type))
        case "real":
            return bool(types.is_floating(found_type))
        case _:
            return bool(types.is_integer(found_type) or types.is_null(found_type))
