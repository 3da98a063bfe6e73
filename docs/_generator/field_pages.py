"""The page of fields: everything that can lie on a desk, and who reads it."""

from collections.abc import Iterator

from console.exporting.columns import OBSERVED, Column, columns_of
from console.exporting.dictionary import column_json
from console.exporting.dictionary_page import details
from docs._generator.links import indicator_links, released_rules, rule_links
from docs._generator.markdown import Markdown, code, facts, heading, page, prose, table, translated
from dossier.fields import Field, fields
from dossier.indicators import indicators

INTRODUCTION = """\
What an officer can see, in the order of the desk. A field is declared once, in `dossier/fields.toml`;
the generator, the screener, the exports and the classroom read that declaration. An empty cell means
what its field says, and never *no*. The [data dictionary](../data-dictionary.md) has all columns of all
files, also of the sealed side."""


def field_pages() -> dict[str, str]:
    """Return the page of fields, by its name."""
    columns = columns_of(OBSERVED)
    found = [_section(field, columns[name]) for name, field in fields().items()]
    return {"reference/fields": page(heading(1, "Fields"), INTRODUCTION, *found)}


def _section(field: Field, column: Column) -> str:
    described = {name: Markdown(text) for name, text in details(column_json(column))}
    readers = {
        "read by indicators": indicator_links(
            n for n, one in indicators().items() if field.name in one.reads
        ),
        "read by rules": rule_links(rule for rule in released_rules() if field.name in rule.reads),
    }
    return page(
        heading(2, f"{field.label.en} (`{field.name}`)", "field", field.name),
        translated(field.description),
        facts([("Indonesian", field.label.id), *described.items(), *readers.items()]),
        table(("code", "label", "Indonesian"), _codes(column)),
    ).rstrip()


def _codes(column: Column) -> Iterator[tuple[str, str, str]]:
    for name, text in column.codes.items():
        yield code(name), prose(text.en), prose(text.id)
