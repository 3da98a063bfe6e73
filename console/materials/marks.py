"""What an action on a dossier is worth to a learning platform: one number, where the debrief gives many.

The numbers stand in `marks.toml`. They are for programs that ask for a score; the console grades nobody.
"""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Annotated, Literal, TypeAlias

from pydantic import Field as Key

from dossier.recommendations import Recommendation
from dossier.toml_files import Finite, read_toml, validated

Percent: TypeAlias = Annotated[int, Key(ge=0, le=100)]
TruthLabel: TypeAlias = Literal["victim", "irregular", "lawful"]


class ActionMarks(Finite):
    """What the four actions are worth on one kind of dossier, in percent."""

    proceed: Percent
    documents: Percent
    interview: Percent
    refer: Percent

    def of(self, action: int) -> int:
        """Return what an action is worth, in percent; numbers are those of `Recommendation`."""
        found: int = getattr(self, Recommendation(action).label)
        return found


class Marks(Finite):
    """The file `marks.toml`.

    Attributes:
        grade: `D`: the numbers are assumed.
        why: Why there are any.
        percent: By what was so.
    """

    grade: Literal["D"]
    why: str
    percent: Mapping[TruthLabel, ActionMarks]


@cache
def marks() -> Marks:
    """Return what actions are worth."""
    return validated(Marks, read_toml(Path(__file__).with_name("marks.toml")))


def marks_for(truth_class: str) -> ActionMarks:
    """Return what the actions are worth on a dossier of a class of truth.

    Raises:
        KeyError: If no such people are dealt to a class.

    Examples:
        >>> marks_for("victim").of(Recommendation.REFER), marks_for("lawful").of(Recommendation.REFER)
        (100, 0)
    """
    return {str(label): found for label, found in marks().percent.items()}[truth_class]
