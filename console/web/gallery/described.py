"""A scenario as the gallery shows it: what happens, what a class can learn, and who travels in it.

Everything comes from the scenario's own file and its modules. No address of a source becomes a link: a class
room may have no internet, and the page asks nobody else for anything.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from console.casebook.lessons import Lesson, lesson_for
from console.materials.sources import Work, works_of
from dossier.texts import Text
from synthetic.descriptions import as_told
from synthetic.modules import ModuleHead
from synthetic.scenarios import Scenario, ScenarioHead, released_scenarios

GROUPS = ("victim", "irregular", "lookalike", "lawful", "facilitator")
"""Who travels, in the order of the page; lookalikes are lawful, too, and what they look like matters more."""


@dataclass(frozen=True)
class Described:
    """A scenario as a page shows it.

    Attributes:
        id: Its name.
        head: Title, year, narrative, learning aims and difficulty.
        lesson: The lesson plan that a new sitting begins with.
        sources: The works that it rests on.
        teaches: Ways of being trafficked that occur in it, as module heads.
        kinds: Who travels in it, by group; groups without anybody are left out.
    """

    id: str
    head: ScenarioHead
    lesson: Lesson
    sources: Sequence[Work]
    teaches: Sequence[ModuleHead]
    kinds: Mapping[str, Sequence[ModuleHead]]

    @property
    def place(self) -> str:
        """Where the officers of its lesson stand: `office` or `checkpoint`."""
        return self.lesson.place


@cache
def all_described() -> Mapping[str, Described]:
    """Return all released scenarios by name."""
    return {name: _described(scenario) for name, scenario in released_scenarios().items()}


def chosen(place: str, teaches: str) -> list[Described]:
    """Return the scenarios at a place in which somebody is trafficked in a way; empty words choose all."""
    return [
        found
        for found in all_described().values()
        if place in ("", found.place) and (not teaches or teaches in {head.id for head in found.teaches})
    ]


def all_taught() -> dict[str, Text]:
    """Return the titles of all ways of being trafficked that any scenario teaches, by module."""
    heads = {head.id: head for found in all_described().values() for head in found.teaches}
    return {name: heads[name].title for name in sorted(heads)}


def _described(scenario: Scenario) -> Described:
    kinds = _kinds(scenario)
    sources = works_of(scenario.scenario.sources)
    return Described(
        scenario.id, scenario.scenario, lesson_for(scenario.id), sources, kinds.get("victim", ()), kinds
    )


def _kinds(scenario: Scenario) -> dict[str, list[ModuleHead]]:
    heads = [as_told(scenario.library[name][0].module) for name, _ in _largest_first(scenario)]
    groups = {group: [head for head in heads if _group(head) == group] for group in GROUPS}
    return {group: members for group, members in groups.items() if members}


def _largest_first(scenario: Scenario) -> Iterable[tuple[str, object]]:
    return sorted(scenario.mix.items(), key=lambda item: -item[1].share)


def _group(head: ModuleHead) -> str:
    return "lookalike" if head.kind == "lookalike" and head.truth == "lawful" else head.truth
