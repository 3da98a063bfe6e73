"""Croissant metadata: the data set as JSON-LD that tools of machine learning read without further code.

It conforms to Croissant 1.1 with the vocabulary for responsible use. Every file stands there with its hash,
and every column with its meaning. The sealed truth has metadata of its own, so that what is passed on
without it is whole and tells nothing of it.
"""

import json
import os
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any

from console.exporting.columns import OBSERVED, Column, declarations
from console.exporting.exported import Written
from console.exporting.formats import MEDIA_TYPES, ROW_MARKED, SYNTHETIC, Format
from console.exporting.tables import Table
from console.exporting.words import words
from dossier.problems import BadInput
from screening.evaluation.texts import number

CONFORMS_TO = "http://mlcommons.org/croissant/1.1"
LICENSE = "https://creativecommons.org/licenses/by/4.0/"
PROJECT = "saring"
TODAY = "SOURCE_DATE_EPOCH"
"""Environment variable by which builders of packages fix the date of what they make."""


@dataclass(frozen=True)
class Described:
    """What an export holds, as its metadata describe it.

    Attributes:
        scenario: Title of the scenario; empty where the export does not name it.
        form: The format.
        version: Version of saring that drew the cohort.
        rows: Number of applicants.
        sealed: Whether this is the sealed side.
    """

    scenario: str
    form: Format
    version: str
    rows: int
    sealed: bool = False


def published() -> date:
    """Return the day of the export; `SOURCE_DATE_EPOCH` fixes it for whoever needs the same bytes on any day.

    Raises:
        BadInput: If that variable holds no time.
    """
    fixed = os.environ.get(TODAY)
    if fixed is None:
        return datetime.now(UTC).date()
    try:
        return datetime.fromtimestamp(int(fixed), UTC).date()
    except (ValueError, OverflowError, OSError):
        mend = "Give seconds since 1970, or unset it."
        raise BadInput.of(f"'{fixed[:40]}' is no time", where=TODAY, mend=mend) from None


def croissant(described: Described, tables: Sequence[Table], written: Sequence[Written]) -> dict[str, Any]:
    """Return the metadata of an export, or of its sealed side.

    Args:
        described: What it holds.
        tables: Its tables.
        written: Its files; those of other tables are left out.
    """
    names = {table.name for table in tables}
    files = [one for one in written if one.table in names]
    scenario = described.scenario or words().said("unnamed", "en")
    name = "sealed" if described.sealed else "name"
    return {
        "@context": _context(),
        "@type": "sc:Dataset",
        "conformsTo": CONFORMS_TO,
        "name": words().said(name, "en", scenario=scenario),
        "description": _description(described, names),
        "license": LICENSE,
        "creator": {"@type": "sc:Organization", "name": PROJECT},
        "citeAs": words().said("cite", "en"),
        "version": described.version,
        "datePublished": published().isoformat(),
        "inLanguage": ["en", "id"],
        "keywords": ["synthetic data", "simulation", "migration", "trafficking in persons", "screening"],
        "distribution": [
            *(_file(one, described.form) for one in files),
            *(_parts(table, described) for table in tables),
        ],
        "recordSet": [_records(table, described) for table in tables],
        **_responsible_use(),
    }


def _description(described: Described, tables: Collection[str]) -> str:
    """Return what the data set holds, and what a reader of this metadata makes of the files' format."""
    text = "description" if OBSERVED in tables else "screened_description"
    text = "sealed_description" if described.sealed else text
    said = words().said(text, "en", rows=number(described.rows).en)
    if described.form == "arrow":
        return f"{said} {words().said('reading_arrow', 'en')}"
    return f"{said} {words().said('reading_text', 'en')}" if described.form in ROW_MARKED else said


def _responsible_use() -> dict[str, Any]:
    said = words()
    return {
        "rai:dataCollection": said.said("collection", "en"),
        "rai:dataCollectionType": ["Synthetic data"],
        "rai:dataCollectionMissingData": said.said("missing_data", "en"),
        "rai:dataUseCases": [one.en for one in said.use],
        "rai:dataLimitations": [one.en for one in (*said.limit, *said.misuse)],
        "rai:dataBiases": [one.en for one in said.bias],
        "rai:personalSensitiveInformation": [said.said("personal", "en")],
        "rai:dataSocialImpact": said.said("impact", "en"),
        "rai:dataReleaseMaintenancePlan": said.said("maintenance", "en"),
    }


@cache
def _context() -> Mapping[str, Any]:
    """Return the context that the specification gives, as `mlcroissant` writes it."""
    found: dict[str, Any] = json.loads(Path(__file__).with_name("croissant_context.json").read_text("utf-8"))
    return found


def _place(name: str, described: Described) -> str:
    """Return a file's name relative to the metadata, which stand beside `truth/` or within it."""
    return name.removeprefix("truth/") if described.sealed else name


def _media(form: Format) -> str | list[str]:
    types = MEDIA_TYPES[form]
    return list(types) if len(types) > 1 else types[0]


def _file(one: Written, form: Format) -> dict[str, Any]:
    place = one.name.removeprefix("truth/")
    return {
        "@type": "cr:FileObject",
        "@id": place,
        "name": place,
        "contentUrl": place,
        "contentSize": f"{one.size} B",
        "encodingFormat": _media(form),
        "sha256": one.digest,
    }


def _parts(table: Table, described: Described) -> dict[str, Any]:
    folder = _place(table.folder, described)
    return {
        "@type": "cr:FileSet",
        "@id": f"parts-of-{table.name}",
        "name": f"parts-of-{table.name}",
        "description": f"All parts of {declarations().table[table.name].title.en.lower()}, in order.",
        "encodingFormat": _media(described.form),
        "includes": f"{folder}/part-*.{described.form}",
    }


def _records(table: Table, described: Described) -> dict[str, Any]:
    text = declarations().table[table.name]
    content: dict[str, Any] = {
        "@type": "cr:RecordSet",
        "@id": table.name,
        "name": table.name,
        "description": text.description.en,
        "field": [_field(table, column, described.form) for column in table.columns],
    }
    if described.form in ROW_MARKED:
        content["field"].insert(0, _mark(table))
    if table.name not in {"mechanisms", "edges"}:  # in which an applicant may stand several times
        content["key"] = {"@id": f"{table.name}/applicant"}
    return content


def _mark(table: Table) -> dict[str, Any]:
    description = "The synthetic mark, true in every row."
    return _entry(table, SYNTHETIC, description, "sc:Boolean")


def _field(table: Table, column: Column, form: Format) -> dict[str, Any]:
    description = f"{column.label.en}. {column.description.en}"
    if column.unit:
        description += f" Unit: {column.unit}."
    return _entry(table, column.name, description, _type_of(column, form))


def _entry(table: Table, name: str, description: str, data_type: str) -> dict[str, Any]:
    return {
        "@type": "cr:Field",
        "@id": f"{table.name}/{name}",
        "name": name,
        "description": description,
        "dataType": data_type,
        "source": {"fileSet": {"@id": f"parts-of-{table.name}"}, "extract": {"column": name}},
    }


def _type_of(column: Column, form: Format) -> str:
    """Return the type of a column; identity numbers are texts where a file keeps their leading zeros."""
    match column.kind:
        case "category" | "text":
            return "sc:Text"
        case "identity":
            return "sc:Text" if form in ROW_MARKED else "sc:Integer"
        case "real":
            return "sc:Float"
        case _:
            return "sc:Integer"
