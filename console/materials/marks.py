"""What an action is to a learning platform: a verdict, a share of the mark, and whether it succeeds.

All three come from one table, `marks.toml`, so that no file calls an action right and denies it success. They
are for programs that ask for a score; the console grades nobody.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Annotated, Literal, TypeAlias

from pydantic import Field as Key

from dossier.recommendations import Recommendation
from dossier.toml_files import Finite, read_toml, validated

Percent: TypeAlias = Annotated[int, Key(ge=0, le=100)]
TruthLabel: TypeAlias = Literal["victim", "irregular", "lawful"]
Verdict: TypeAlias = Literal["right", "nearly", "partly", "outside", "wrong"]

SUCCEEDS: Mapping[Verdict, bool | None] = {
    "right": True,
    "nearly": True,
    "partly": False,
    "outside": None,
    "wrong": False,
}
"""Whether an action succeeds; what is outside the exercise neither does nor fails."""


class Shares(Finite):
    """What the verdicts are worth, in percent."""

    right: Percent
    nearly: Percent
    partly: Percent
    outside: Percent
    wrong: Percent


class Verdicts(Finite):
    """What the four actions are on one kind of dossier."""

    proceed: Verdict
    documents: Verdict
    interview: Verdict
    refer: Verdict


class Marks(Finite):
    """The file `marks.toml`.

    Attributes:
        grade: `D`: verdicts and numbers are assumed.
        why: Why there are any.
        percent: What each verdict is worth.
        verdicts: What each action is, by what was so.
    """

    grade: Literal["D"]
    why: str
    percent: Shares
    verdicts: Mapping[TruthLabel, Verdicts]


@dataclass(frozen=True)
class Mark:
    """What an action on a dossier is.

    Attributes:
        verdict: In a word.
        percent: Its share of the mark.
    """

    verdict: Verdict
    percent: int

    @property
    def succeeds(self) -> bool | None:
        """Whether it succeeds; None where that lies outside the exercise."""
        return SUCCEEDS[self.verdict]


@cache
def marks() -> Marks:
    """Return the table of verdicts."""
    return validated(Marks, read_toml(Path(__file__).with_name("marks.toml")))


def mark_of(truth_class: str, action: int) -> Mark:
    """Return what an action is on a dossier of a class of truth; numbers are those of `Recommendation`.

    Raises:
        KeyError: If no such people are dealt to a class.

    Examples:
        >>> mark_of("victim", Recommendation.INTERVIEW)
        Mark(verdict='nearly', percent=80)
        >>> mark_of("irregular", Recommendation.PROCEED).succeeds is None
        True
    """
    verdicts = {str(label): found for label, found in marks().verdicts.items()}[truth_class]
    verdict: Verdict = getattr(verdicts, Recommendation(action).label)
    return Mark(verdict, getattr(marks().percent, verdict))


def actions_that_succeed(truth_class: str) -> tuple[Recommendation, ...]:
    """Return the actions that succeed on a dossier of a class of truth.

    Raises:
        KeyError: If no such people are dealt to a class.
    """
    return tuple(each for each in Recommendation if mark_of(truth_class, each).succeeds)
