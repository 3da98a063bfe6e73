"""Lesson plans: in which blocks a class works through a scenario, and how much time it needs.

The plans stand in `lessons.toml`: one for every scenario, and what single scenarios change. A trainer may
change everything; nothing here draws a dossier or knows an answer.
"""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Literal

from pydantic import Field as Option

from dossier.problems import BadInput
from dossier.texts import Text
from dossier.toml_files import Declared, TomlFile, read_toml, validated
from synthetic.scenarios import scenario_names

FILE = Path(__file__).with_name("lessons.toml")


class LessonBlock(Declared):
    """A run of dossiers.

    Attributes:
        size: Number of dossiers.
        victims_in_100: Share of victims among them; for practice, never a prevalence.
        feedback: When a seat learns what was so: after `each` decision, the `block`, or at the `reveal`.
        minutes: Time planned for it.
        title: What it is called in a plan.
        why: What it is for.
    """

    size: int = Option(ge=1, le=80)
    victims_in_100: int = Option(ge=0, le=100)
    feedback: Literal["each", "block", "reveal"]
    minutes: int = Option(ge=1)
    title: Text
    why: Text


class Lesson(Declared):
    """How a class works through a scenario.

    Attributes:
        place: Where its officers stand.
        assistance: When a trainee sees what the screener recommends.
        counts_documents: Whether asking for documents counts as a flag.
        briefing_minutes: Time before the first dossier.
        debrief_minutes: Time after the last.
        blocks: The blocks, in order.
        grade: `D`: sizes and minutes are assumed.
        sources: What the order of the blocks rests on.
        why: Why it is so, or what this scenario changes.
    """

    place: Literal["office", "checkpoint"]
    assistance: Literal["none", "after", "start"]
    counts_documents: bool
    briefing_minutes: int = Option(ge=0)
    debrief_minutes: int = Option(ge=0)
    blocks: tuple[LessonBlock, ...] = Option(min_length=1, max_length=6)
    grade: Literal["D"]
    sources: tuple[str, ...]
    why: str

    @property
    def minutes(self) -> int:
        """Minutes for the dossiers, without briefing and debrief."""
        return sum(block.minutes for block in self.blocks)

    @property
    def whole_minutes(self) -> int:
        """Minutes of the whole lesson."""
        return self.briefing_minutes + self.minutes + self.debrief_minutes


class LessonFile(Declared):
    """The file `lessons.toml`; what a scenario changes is checked together with the plan it changes."""

    plan: Lesson
    scenarios: Mapping[str, Mapping[str, Any]] = Option(default_factory=dict)


def lesson_for(scenario: str) -> Lesson:
    """Return the lesson plan of a scenario; the default plan for one of somebody's own.

    Raises:
        BadInput: If `lessons.toml` breaks a rule of its format.
    """
    return _lessons().get(scenario, _default())


@cache
def _file() -> tuple[LessonFile, TomlFile]:
    file = read_toml(FILE)
    return validated(LessonFile, file), file


def _default() -> Lesson:
    return _file()[0].plan


@cache
def _lessons() -> Mapping[str, Lesson]:
    """Return the plans of the scenarios that change something."""
    written, file = _file()
    unknown = sorted(written.scenarios.keys() - set(scenario_names()))
    if unknown:
        at = ("scenarios", unknown[0])
        raise BadInput([file.problem(f"there is no scenario '{unknown[0]}'", at, "Use a released name.")])
    usual = file.data["plan"]
    return {
        name: validated(Lesson, file, {**usual, **changes}, at=("scenarios", name))
        for name, changes in written.scenarios.items()
    }
