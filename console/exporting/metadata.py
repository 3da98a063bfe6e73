"""What stands beside exported rows: manifest, data dictionary, Croissant metadata, datasheet and model card.

The sealed side has a manifest, a dictionary and metadata of its own, in its own folder. Without it, nothing
in an export tells the seed or what anybody truly is.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from console.exporting.columns import OBSERVED, SCREENED, SEALED_TABLES
from console.exporting.croissant import Described, croissant
from console.exporting.datasheets import Told, datasheet, model_card
from console.exporting.dictionary import dictionary_json
from console.exporting.evaluated import read_evaluated
from console.exporting.exported import Written, columns_in, counts_of
from console.exporting.formats import Format
from console.exporting.sources import Source
from console.exporting.tables import Table
from console.files import write_json
from console.kept import kept_screener
from dossier.tables import SCHEMA_VERSION
from dossier.text_files import write_text
from dossier.texts import Language
from synthetic.cohort_files import code_version

MANIFEST, DICTIONARY, CROISSANT = "manifest.json", "data-dictionary.json", "croissant.json"
DATASHEET, MODEL_CARD = "datasheet.md", "model-card.md"


def write_metadata(
    source: Source, written: Sequence[Written], folder: Path, form: Format, language: Language
) -> list[str]:
    """Write everything that stands beside the rows; the manifest last. Return the names of these files.

    Raises:
        BadInput: If the run's evaluation or the screener it keeps cannot be read.
    """
    evaluated = read_evaluated(source.evaluation) if source.evaluation else None
    screener = kept_screener(source.screened) if source.screened else None
    told = Told(source, written, counts_of(written), evaluated, form)
    write_text(folder / DATASHEET, datasheet(told, language))
    made = [DATASHEET]
    if evaluated and screener:
        write_text(folder / MODEL_CARD, model_card(told, evaluated, screener, language))
        made.append(MODEL_CARD)
    title = evaluated.about.title.en if evaluated else source.sealed["scenario"] if source.sealed else ""
    if source.sealed is not None:
        _write_sealed(source, source.sealed, written, folder / "truth", form)
        made += [f"truth/{name}" for name in (DICTIONARY, CROISSANT, MANIFEST)]
    tables = [table for table in source.tables if table.name not in SEALED_TABLES]
    _describe(tables, written, folder, Described(title, form, _version(source), tables[0].rows))
    write_json(folder / MANIFEST, _manifest(source, tables, written, form))
    return [*made, DICTIONARY, CROISSANT, MANIFEST]


def _version(source: Source) -> str:
    return source.marks.get("code_version", code_version())


def _describe(
    tables: Sequence[Table], written: Sequence[Written], folder: Path, described: Described
) -> None:
    """Write the dictionary and the Croissant metadata of some tables."""
    chosen = {table.name: [column.name for column in table.columns] for table in tables}
    write_json(folder / DICTIONARY, dictionary_json(chosen))
    write_json(folder / CROISSANT, croissant(described, tables, written))


def _manifest(
    source: Source, tables: Sequence[Table], written: Sequence[Written], form: Format
) -> dict[str, Any]:
    """Return the public manifest: that of a cohort, and how it was exported."""
    return {
        "synthetic": True,
        "schema_version": SCHEMA_VERSION,
        **source.marks,
        "rows": tables[0].rows,
        "format": form,
        "exported_by": code_version(),
        "tables": {table.name: {"rows": table.rows, "columns": columns_in(table, form)} for table in tables},
        "files": _digests(written, {OBSERVED}),
        "screened_files": _digests(written, {SCREENED}),
    }


def _digests(written: Sequence[Written], tables: set[str]) -> dict[str, str]:
    return {one.name: one.digest for one in written if one.table in tables}


def _write_sealed(
    source: Source, sealed: Mapping[str, Any], written: Sequence[Written], folder: Path, form: Format
) -> None:
    """Write what stands beside the sealed rows; the manifest is the cohort's own, with the exported files."""
    tables = [table for table in source.tables if table.name in SEALED_TABLES]
    rows = source.tables[0].rows
    described = Described(str(sealed["scenario"]), form, _version(source), rows, sealed=True)
    _describe(tables, written, folder, described)
    files = _digests(written, set(SEALED_TABLES))
    write_json(folder / MANIFEST, {**sealed, "format": form, "files": files})
