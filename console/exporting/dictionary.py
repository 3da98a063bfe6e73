"""The data dictionary: every column of every table, generated from its declaration, as JSON.

It says what a column holds, in which type, from which stage on it can be seen, when its question arises and
what an empty cell means. `console.exporting.dictionary_page` makes the Markdown page from the same content.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from console.exporting.columns import SEALED_TABLES, TABLES, Column, columns_of, declarations
from dossier.tables import SCHEMA_VERSION

EMPTY_CELLS: Mapping[str, str] = {
    "parquet": "null",
    "arrow": "null",
    "csv": "nothing between the separators",
    "jsonl": "null, written out",
}
IDENTITIES: Mapping[str, str] = {
    "parquet": "whole number",
    "arrow": "whole number",
    "csv": "text of 16 digits, with its leading zeros",
    "jsonl": "text of 16 digits, with its leading zeros",
}
NOT_APPLICABLE_RULE = (
    "A cell is empty either because an answer is missing or because the question does not arise, and files "
    "do not tell the two apart. The dictionary does: where the column has a gate, the gate's column is "
    "filled, and its code is not among those that open it, the question does not arise. Every other empty "
    "cell is a missing answer."
)
MARKS: Mapping[str, str] = {
    "parquet": "metadata key `saring.synthetic` = `true`",
    "arrow": "metadata key `saring.synthetic` = `true` of the schema",
    "csv": "first column `synthetic` = `true`, in every row",
    "jsonl": 'first member `"synthetic": true`, in every object',
}


def dictionary_json(chosen: Mapping[str, Sequence[str]] | None = None) -> dict[str, Any]:
    """Return the data dictionary as JSON.

    Args:
        chosen: The columns to tell of, by table; all of them when left out.
    """
    wanted = {table: tuple(columns_of(table)) for table in TABLES} if chosen is None else chosen
    return {
        "schema_version": SCHEMA_VERSION,
        "synthetic": True,
        "empty_cells": {**EMPTY_CELLS, "not_applicable": NOT_APPLICABLE_RULE},
        "identity_numbers": dict(IDENTITIES),
        "synthetic_mark": dict(MARKS),
        "metadata_keys": {key: text.model_dump() for key, text in declarations().key.items()},
        "tables": {table: _table(table, names) for table, names in wanted.items()},
    }


def _table(table: str, names: Sequence[str]) -> dict[str, Any]:
    text = declarations().table[table]
    return {
        "title": text.title.model_dump(),
        "description": text.description.model_dump(),
        "sealed": table in SEALED_TABLES,
        "folder": f"truth/{table}" if table in SEALED_TABLES else table,
        "columns": [
            {"position": position, **column_json(columns_of(table)[name])}
            for position, name in enumerate(names, start=1)
        ],
    }


def column_json(column: Column) -> dict[str, Any]:
    """Return everything that is known of a column."""
    content: dict[str, Any] = {
        "name": column.name,
        "kind": column.kind,
        "arrow": column.arrow,
        "label": column.label.model_dump(),
        "description": column.description.model_dump(),
        "missing": column.missing,
    }
    if column.unit:
        content["unit"] = column.unit
    if column.codes:
        content["codes"] = [
            {"number": number, "code": code, "label": label.model_dump()}
            for number, (code, label) in enumerate(column.codes.items())
        ]
        content["ordered"] = column.ordered
    return content | _of_field(column)


def _of_field(column: Column) -> dict[str, Any]:
    """Return what only a field of the dossier has: stage, theme, gate and, of a number, its range."""
    field = column.field
    if field is None:
        return {}
    gate = {name: list(codes) for name, codes in field.gate.items()} if field.gate else None
    content: dict[str, Any] = {"stage": field.stage, "theme": field.theme, "gate": gate}
    if column.kind == "whole":
        content["range"] = {"lowest": field.edges[0], "highest": field.upper, "step": field.step}
        content["bins"] = [
            {"number": number, "from": low, "label": label}
            for number, (low, label) in enumerate(zip(field.edges, field.bin_labels, strict=True))
        ]
    return content
