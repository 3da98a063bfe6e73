"""What a trainee can tick: some thirty indicators that can be seen in a dossier, by theme, in both languages.

The list is the same for every dossier, so that it tells nothing about one. Which indicators stand in it, and
why the others do not, is said in `checklist.toml`; what is true of a dossier stands in its key.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

from console.casebook.wording import amount_text, joined
from dossier.indicators import indicator_texts, indicators
from dossier.problems import BadInput
from dossier.texts import Text
from dossier.toml_files import Declared, TomlFile, read_toml, validated
from screening.reasons import filled
from screening.screener import released_rules


@dataclass(frozen=True)
class Item:
    """An indicator that can be ticked.

    Attributes:
        name: The indicator's name.
        title: What it is called.
        explanation: What it means, and from which number on it holds where a number decides.
        stage: Label of the first stage at which it can be seen.
    """

    name: str
    title: Text
    explanation: Text
    stage: str


@dataclass(frozen=True)
class Theme:
    """Items that belong together.

    Attributes:
        name: The theme's name.
        title: What it is called.
        items: Its items, in order.
    """

    name: str
    title: Text
    items: tuple[Item, ...]


class _WrittenTheme(Declared):
    name: str
    title: Text
    items: tuple[str, ...]
    why: str


class _Written(Declared):
    """The file `checklist.toml`."""

    grade: Literal["D"]
    from_limit: Text
    themes: tuple[_WrittenTheme, ...]
    left_out: Mapping[str, str]


@cache
def checklist() -> tuple[Theme, ...]:
    """Return the themes with their items, in the order in which a page shows them.

    Raises:
        BadInput: If the file names an unknown indicator, one twice, or is silent about one.
    """
    file = read_toml(Path(__file__).with_name("checklist.toml"))
    written = validated(_Written, file)
    _check_names(written, file)
    return tuple(
        Theme(theme.name, theme.title, tuple(_item(name, written.from_limit) for name in theme.items))
        for theme in written.themes
    )


def checklist_names() -> tuple[str, ...]:
    """Return the names of all items, in order."""
    return tuple(item.name for theme in checklist() for item in theme.items)


def _item(name: str, from_limit: Text) -> Item:
    explained = Text(
        en=" ".join(indicators()[name].explanation.split()), id=indicator_texts()[name].explanation_id
    )
    limits = [filled(from_limit, limit=_limit(parameter)) for parameter in indicators()[name].parameters]
    return Item(
        name, indicator_texts()[name].title, joined([explained, *limits]), indicators()[name].stage.label
    )


def _limit(parameter: str) -> Text:
    """Return the number from which an indicator holds in the released rulebook, with its unit."""
    rules = released_rules()
    return amount_text(rules.rulebook.params[parameter].unit, rules.parameters[parameter])


def _check_names(written: _Written, file: TomlFile) -> None:
    named = [name for theme in written.themes for name in theme.items] + list(written.left_out)
    wrong = sorted({name for name in named if named.count(name) > 1} | (set(named) ^ set(indicators())))
    if wrong:
        what = f"these indicators are unknown, named twice or not named: {', '.join(wrong)}"
        raise BadInput.of(what, where=file.name, mend="Name every indicator once: as an item or as left out.")
