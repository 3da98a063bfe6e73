"""The columns of exported tables: which there are, what each says, and which may stand in an export."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Literal, TypeAlias

from dossier.texts import Text
from dossier.toml_files import Declared, read_toml, validated

Table: TypeAlias = Literal["decisions", "dossiers"]


class Column(Declared):
    """A column of an export.

    Attributes:
        says: What it says, in both languages.
        revealed: Whether it tells of an answer, so that it is left out before the reveal.
        named: Whether it names a trainee, so that it is left out unless asked for.
    """

    says: Text
    revealed: bool = False
    named: bool = False


class Columns(Declared):
    """The file `columns.toml`: columns by table and name, in their order."""

    decisions: Mapping[str, Column]
    dossiers: Mapping[str, Column]


@cache
def columns_of(table: Table) -> Mapping[str, Column]:
    """Return all columns of a table by name."""
    file = validated(Columns, read_toml(Path(__file__).with_name("columns.toml")))
    return file.decisions if table == "decisions" else file.dossiers


def columns_shown(table: Table, *, revealed: bool, named: bool) -> tuple[str, ...]:
    """Return the names of the columns of an export.

    Args:
        table: Which table.
        revealed: Whether the answers were revealed.
        named: Whether nicknames are asked for.
    """
    return tuple(
        name
        for name, column in columns_of(table).items()
        if (revealed or not column.revealed) and (named or not column.named)
    )
