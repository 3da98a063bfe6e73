"""The columns of every table that saring writes, each declared once.

Fields and references come from their own declarations in `dossier`; what stands beside them is declared in
`columns.toml`. Types, dictionary and metadata of an export are all made from here, so that they cannot
disagree. Nothing here reads a cohort.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Literal, TypeAlias

from dossier.codes import code_names
from dossier.fields import Field, fields
from dossier.recommendations import Recommendation, agencies
from dossier.tables import APPLICANT, REFERENCES
from dossier.texts import Text
from dossier.toml_files import Declared, read_toml, validated
from screening.screener import RECEIVERS
from synthetic.compile import labels_of
from synthetic.entities import LINKS
from synthetic.mechanisms import LAYERS as CHANGED_LAYERS
from synthetic.mechanisms import MECHANISMS
from synthetic.sealed import CLASSES

Kind: TypeAlias = Literal["identity", "reference", "category", "whole", "real", "text"]

OBSERVED, SCREENED = "observed", "screened"
SEALED_TABLES = ("truth", "fields", "declared", "hidden", "mechanisms", "edges")
"""The tables of a cohort's sealed side, each a folder below `truth/`."""

TABLES = (OBSERVED, SCREENED, *SEALED_TABLES)
CATEGORY = "dictionary<int8, string>"


class TableText(Declared):
    """What a table is called and what stands in it."""

    title: Text
    description: Text


class ColumnEntry(Declared):
    """One column as `columns.toml` declares it; see there."""

    kind: Kind
    arrow: str
    label: Text
    description: Text
    missing: str
    unit: str = ""
    ordered: bool = False
    codes: Mapping[str, Text] = {}


class Declarations(Declared):
    """The file `columns.toml`."""

    table: Mapping[str, TableText]
    every: Mapping[str, ColumnEntry]
    column: Mapping[str, Mapping[str, ColumnEntry]]
    key: Mapping[str, Text]


@dataclass(frozen=True)
class Column:
    """One column of one table.

    Attributes:
        name: Its name, as in files.
        kind: What it holds.
        arrow: Its type in Parquet and Arrow, as Arrow spells it.
        label, description: What it is called and what it means.
        missing: What an empty cell means.
        unit: The unit of a number.
        codes: What each code of a category is called, in their order; empty where a scenario, a policy or
            cards decide on the codes.
        ordered: Whether the codes run from least to most.
        field: The field of the dossier that it holds, if any.
    """

    name: str
    kind: Kind
    arrow: str
    label: Text
    description: Text
    missing: str
    unit: str = ""
    codes: Mapping[str, Text] = field(default_factory=dict)
    ordered: bool = False
    field: Field | None = None


@cache
def declarations() -> Declarations:
    """Return what `columns.toml` declares."""
    return validated(Declarations, read_toml(Path(__file__).with_name("columns.toml")))


@cache
def columns_of(table: str) -> Mapping[str, Column]:
    """Return the columns that a table may have, by name, in their order in files.

    Raises:
        KeyError: If saring writes no such table.
    """
    first = {name: _declared(name, entry, ()) for name, entry in declarations().every.items()}
    if table == OBSERVED:
        return {**first, **_references(), **{name: _field(found) for name, found in fields().items()}}
    if table in {"fields", "declared"}:
        return {**first, **{name: _binned(found) for name, found in fields().items()}}
    entries = declarations().column[table]
    return {
        **first,
        **{name: _declared(name, entry, _codes_of(table, name)) for name, entry in entries.items()},
    }


def _references() -> dict[str, Column]:
    return {
        name: Column(
            name,
            "reference",
            "int64",
            Text(
                en=f"Reference to {fields()[one.field].label.en.lower()}",
                id=f"Rujukan ke {fields()[one.field].label.id.lower()}",
            ),
            one.description,
            f"'{one.field}' does not show that anybody shares, or is itself empty",
        )
        for name, one in REFERENCES.items()
    }


def _field(found: Field) -> Column:
    return Column(
        found.name,
        "whole" if found.is_number else "category",
        "int32" if found.is_number else CATEGORY,
        found.label,
        found.description,
        found.missing,
        found.unit,
        {} if found.is_number else code_names()[found.name],
        found.ordered,
        found,
    )


def _binned(found: Field) -> Column:
    """Return the column of a sealed layer, which gives a number by the label of its bin."""
    named = code_names()[found.name] if not found.is_number else {}
    codes = {label: named.get(label, _itself(label)) for label in found.bin_labels}
    ordered = found.is_number or found.ordered
    missing = "the question does not arise"
    return Column(
        found.name,
        "category",
        CATEGORY,
        found.label,
        found.description,
        missing,
        found.unit,
        codes,
        ordered,
        found,
    )


def _declared(name: str, entry: ColumnEntry, codes: Sequence[str]) -> Column:
    named = {**_agency_names(), **entry.codes}
    return Column(
        name,
        entry.kind,
        entry.arrow,
        entry.label,
        entry.description,
        entry.missing,
        entry.unit,
        {code: named.get(code, _spelled(code)) for code in codes},
        entry.ordered,
    )


def _agency_names() -> dict[str, Text]:
    return {key: agency.name for key, agency in agencies().items()}


def _itself(label: str) -> Text:
    return Text(en=label, id=label.replace(",", "."))


def _spelled(code: str) -> Text:
    """Return a code that nobody named, in its own letters; it is a word of the simulator and of no form."""
    field_of_it = fields().get(code)
    return field_of_it.label if field_of_it else Text(en=code.replace("_", " "), id=code.replace("_", " "))


_CODES: Mapping[tuple[str, str], Callable[[], Sequence[str]]] = {
    (SCREENED, "recommendation"): lambda: [one.label for one in Recommendation],
    (SCREENED, "agency"): lambda: RECEIVERS,
    ("truth", "truth_class"): lambda: CLASSES,
    ("mechanisms", "field"): lambda: tuple(fields()),
    ("mechanisms", "layer"): lambda: CHANGED_LAYERS,
    ("mechanisms", "mechanism"): lambda: MECHANISMS,
    ("edges", "kind"): lambda: tuple(LINKS.values()),
}
"""The codes of categories that are no fields, from the modules that write them."""


def _codes_of(table: str, name: str) -> Sequence[str]:
    if table == "hidden" and name != APPLICANT:
        return labels_of(name)
    return _CODES.get((table, name), tuple)()
