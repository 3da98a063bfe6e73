"""Sheets of paper for a class without a network: what lies on the desk at first, and what comes later.

A sheet holds what the page of a trainee holds once a stage is opened, in the same order. Nothing here knows
what is true of anybody.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from console.casebook.stages import first_stages
from console.casebook.wording import text_of
from dossier.stages import Stage
from dossier.texts import Text
from screening.evaluation.texts import has_text, text

Entry: TypeAlias = Mapping[str, Any]
TABS = ("form", "documents", "interview", "timeline")
ON_REQUEST = (Stage.INTERVIEW, Stage.VERIFICATION)
"""Stages that a trainee asks for, in the order in which their sheets lie in a pack."""


@dataclass(frozen=True)
class Part:
    """Entries of one tab that belong together.

    Attributes:
        tab: Name of the tab.
        theme: Name of their theme; empty in tabs without themes.
        entries: The entries, as the dossier has them.
    """

    tab: str
    theme: str
    entries: tuple[Entry, ...]

    @property
    def theme_title(self) -> Text | None:
        """What its theme is called; None without a theme that has a name."""
        key = f"theme.{self.theme}"
        return text_of(text(key)) if has_text(key) else None


@dataclass(frozen=True)
class Sheet:
    """What is handed out together.

    Attributes:
        stage: Label of the stage that it opens; empty for what lies there from the beginning.
        parts: Its parts, in the order of the tabs.
    """

    stage: str
    parts: tuple[Part, ...]


def first_sheet(content: Mapping[str, Any], place: str) -> Sheet:
    """Return what lies on the desk at first."""
    return Sheet("", _parts(content, {stage.label for stage in first_stages(place)}))


def later_sheets(content: Mapping[str, Any]) -> tuple[Sheet, ...]:
    """Return what is handed out on request; a stage that brings nothing has no sheet."""
    sheets = (Sheet(stage.label, _parts(content, {stage.label})) for stage in ON_REQUEST)
    return tuple(sheet for sheet in sheets if sheet.parts)


def all_parts(content: Mapping[str, Any], place: str) -> tuple[Part, ...]:
    """Return everything that a trainee of a place can come to see, in the order of the tabs."""
    return _parts(content, {stage.label for stage in first_stages(place) | set(ON_REQUEST)})


def _parts(content: Mapping[str, Any], stages: set[str]) -> tuple[Part, ...]:
    found = [part for tab in TABS for part in _by_theme(tab, content["tabs"].get(tab, []), stages)]
    return tuple(found)


def _by_theme(tab: str, entries: Sequence[Entry], stages: set[str]) -> list[Part]:
    themes: dict[str, list[Entry]] = {}
    for entry in entries:
        if entry["stage"] in stages:
            themes.setdefault(entry.get("theme", ""), []).append(entry)
    return [Part(tab, theme, tuple(inside)) for theme, inside in themes.items()]
