"""`saring export`: a cohort, a run or a screening as data that others can use.

Rows go part by part from one file into another, so that a cohort of any size is exported in the same memory.
What is written tells nothing of the truth and not the seed, unless `--with-truth` asks for it; then both
stand in a folder of their own.
"""

import difflib
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from console.output import Output, number_of
from console.words import speaker_of
from dossier.fields import fields
from dossier.problems import BadInput, Problem, raise_if_any
from dossier.shown import shown
from synthetic.asides import written_aside

if TYPE_CHECKING:
    from console.exporting.exported import Written
    from console.exporting.formats import Format
    from console.exporting.sources import Source

EXPORTS = Path("var/exports")
WARNING = (
    "truth/ holds what every applicant truly is, and the seed: who holds it holds the answers. "
    "Leave it out where somebody is to be examined with these data."
)


@dataclass(frozen=True)
class ExportOptions:
    """The options of `saring export`; see its help."""

    folder: Path
    form: str
    out: Path | None = None
    with_truth: bool = False
    with_screened: bool = False
    fields: str | None = None
    language: str = "en"
    force: bool = False
    workers: int = 2


def export_data(options: ExportOptions, output: Output) -> None:
    """Export a cohort, a run or a screening, and print what was written.

    Raises:
        BadInput: If an option or the folder cannot be used; nothing is then written.
    """
    from console.exporting.exported import exported
    from console.exporting.metadata import write_metadata
    from console.exporting.sources import found

    started = time.perf_counter()
    form, language = _form(options.form), speaker_of(options.language).language
    source = found(
        options.folder,
        fields=_chosen(options.fields),
        with_truth=options.with_truth,
        with_screened=options.with_screened,
    )
    folder = options.out or EXPORTS / f"{options.folder.resolve().name}-{form}"
    _keeps_its_source(options.folder, folder)
    for line in _warnings(source):
        output.say(line)
    rows = sum(table.rows for table in source.tables)
    with (
        written_aside(folder, force=options.force or options.out is None) as aside,
        output.progress("Exporting", rows) as advance,
    ):
        written = exported(source, aside, form, options.workers, advance)
        made = write_metadata(source, written, aside, form, language)
    content = _content(source, written, made, folder, form)
    content["wall_s"] = round(time.perf_counter() - started, 2)
    output.result(content, lambda: _print(content, output))


def _form(asked: str) -> "Format":
    from console.exporting.formats import FORMATS

    for form in FORMATS:
        if asked == form:
            return form
    what = f"there is no format '{shown(asked)}'"
    raise BadInput.of(what, where="--format", mend=f"Choose from: {', '.join(FORMATS)}.")


def _chosen(asked: str | None) -> list[str] | None:
    """Return the fields that somebody asked for, in the order of the dossier; None for all of them."""
    if asked is None:
        return None
    names = [name.strip() for name in asked.split(",")]
    raise_if_any(_unknown(name) for name in names if name not in fields())
    if len(set(names)) < len(names):
        what = f"'{next(name for name in names if names.count(name) > 1)}' stands there twice"
        raise BadInput.of(what, where="--fields", mend="Name each field once.")
    return [name for name in fields() if name in names]


def _unknown(name: str) -> Problem:
    near = difflib.get_close_matches(name, fields(), n=1)
    hint = f"Did you mean '{near[0]}'? " if near else ""
    return Problem(
        f"there is no field '{shown(name)}'", "--fields", f"{hint}`saring show fields` lists them."
    )


def _keeps_its_source(source: Path, folder: Path) -> None:
    """Refuse to export into the folder that is exported, into one within it, or into one that it lies in."""
    given, target = source.resolve(), folder.resolve()
    if given == target or given in target.parents or target in given.parents:
        what = "the export would stand in what is exported, or take its place"
        raise BadInput.of(what, where=str(folder), mend="Give --out a folder of its own.")


def _warnings(source: "Source") -> list[str]:
    """Return what whoever exports should know before anything is written."""
    table = source.table("observed")
    chosen = table.field_names if table else []
    gates = {name: fields()[name].gate_field for name in chosen}
    lacking = sorted({gate for gate in gates.values() if gate and gate not in chosen})
    found = [
        f"Without {', '.join(lacking)} nobody can tell a missing answer from a question that does not arise."
    ]
    return [*(found if lacking else []), *([f"Warning: {WARNING}"] if source.sealed is not None else [])]


def _content(
    source: "Source", written: "Sequence[Written]", made: Sequence[str], folder: Path, form: "Format"
) -> dict[str, Any]:
    from console.exporting.exported import columns_in

    tables = {
        table.name: {
            "rows": table.rows,
            "columns": columns_in(table, form),
            "files": len(table.files),
            "bytes": sum(one.size for one in written if one.table == table.name),
            "folder": str(folder / table.folder),
        }
        for table in source.tables
    }
    return {
        "schema_version": "1",
        "source": str(source.path),
        "kind": source.what,
        "format": form,
        "rows": source.tables[0].rows,
        "with_truth": source.sealed is not None,
        "warnings": _warnings(source),
        "tables": tables,
        "files": {one.name: one.digest for one in written},
        "artifacts": {"export": str(folder), **{name: str(folder / name) for name in made}},
    }


def _print(content: dict[str, Any], output: Output) -> None:
    rows = [
        [name, f"{one['rows']:,}", str(one["columns"]), str(one["files"]), f"{one['bytes']:,}"]
        for name, one in content["tables"].items()
    ]
    said, folder = number_of(content["rows"], "synthetic applicant"), content["artifacts"]["export"]
    title = f"Exported {said} as {content['format']} into {folder} ({content['wall_s']:.1f} s)"
    output.table(title, ("table", "rows", "columns", "files", "bytes"), rows)
    print(
        f"What the columns mean: {folder}/data-dictionary.json; what they are fit for: {folder}/datasheet.md"
    )
