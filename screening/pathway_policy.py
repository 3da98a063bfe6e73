"""What is said of the pathway in `pathway.toml`: who is sent where, how long it takes, how many can be seen.

These are choices, each with its reason and grade; the file says what every number means. This module checks
that a pathway can be walked to its end, and moves nobody.
"""

from collections.abc import Mapping
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, model_validator

from dossier.problems import BadInput
from dossier.stages import STAGE_LABELS, Stage
from dossier.texts import Text
from dossier.toml_files import Declared, Finite, read_toml, validated
from screening.queues import Calendar, Open, Queue

MOST = 1000
"""Times an ordinary day's applicants: more than that is as good as no limit."""

FINEST = 1_000_000
"""Parts into which an ordinary day's applicants are divided at most; so numbers of parts stay small."""

CAUSES = (
    *(f"{label}_{fate}" for label in STAGE_LABELS[1:] for fate in ("not_sent", "not_reached")),
    "answers_not_asked",
    "not_recommended",
)
"""Why a victim was missed: the first stage that was left out and would have led to a referral; that no single
one would, but all together; that not even these would."""


class StagePolicy(Finite):
    """What `pathway.toml` says of one stage; the meaning of each number stands there.

    Attributes:
        minutes, capacity, chosen, order, longest_wait, open, desk: As in the file.
        grade, why, sources: Where the numbers come from.
        name: The stage's name.
        not_asked: What is said in place of an answer that the stage would have asked for.
    """

    minutes: int = Field(ge=0)
    capacity: float | None = Field(default=None, ge=0, le=MOST)
    chosen: Literal["all", "recommended"]
    order: Literal["arrival", "risk"]
    longest_wait: int | None = Field(default=None, ge=0)
    open: Open
    desk: Literal["office", "shared"]
    grade: Literal["A", "B", "C", "D"]
    why: str
    sources: tuple[str, ...]
    name: Text
    not_asked: Text

    @model_validator(mode="after")
    def _ends(self) -> "StagePolicy":
        if self.longest_wait is None and self.capacity is not None and self.capacity < 1:
            raise ValueError("a 'capacity' below 1 needs a 'longest_wait', or the queue would never end")
        return self

    def queue(self, year: int) -> Queue:
        """Return how the stage's queues move in a year."""
        share = None if self.capacity is None else Fraction(str(self.capacity)).limit_denominator(FINEST)
        return Queue(Calendar(year, self.open), share, self.longest_wait)


class Assumed(Declared):
    """A number that is assumed, with the reason."""

    value: int = Field(ge=0)
    grade: Literal["D"]
    why: str


class PathwayPolicy(Declared):
    """The policy of the pathway: the file `pathway.toml`.

    Attributes:
        days_when_unknown: Days to the departure of somebody whose departure is not on record.
        stage: What is said of each stage.
        lost: What is said of missed victims, by `CAUSES`.
    """

    days_when_unknown: Assumed
    stage: Mapping[Literal["counter", "interview", "verification", "checkpoint"], StagePolicy]
    lost: Mapping[str, Text]

    @model_validator(mode="after")
    def _is_whole(self) -> "PathwayPolicy":
        if set(self.stage) != set(STAGE_LABELS):
            raise ValueError(f"each of {', '.join(STAGE_LABELS)} needs a part")
        if set(self.lost) != set(CAUSES):
            raise ValueError(f"'lost' must say something of each of {', '.join(CAUSES)}")
        if self.stage["counter"].chosen != "all" or self.stage["counter"].longest_wait is not None:
            raise ValueError("everybody is seen at the counter: chosen = \"all\", and no 'longest_wait'")
        return self

    def at(self, stage: Stage) -> StagePolicy:
        """Return what is said of a stage."""
        return {Stage.of(label): said for label, said in self.stage.items()}[stage]

    def with_capacity(self, shares: Mapping[str, float | None], where: str = "") -> "PathwayPolicy":
        """Return the same policy with other capacities.

        Args:
            shares: Share of an ordinary day's applicants by stage; None for no limit.
            where: What to call the place in an error.

        Raises:
            BadInput: If a stage does not exist, or cannot have such a capacity.
        """
        strangers = [label for label in shares if label not in STAGE_LABELS]
        if strangers:
            mend = f"The stages are {', '.join(STAGE_LABELS)}."
            raise BadInput.of(f"there is no stage '{strangers[0]}'", where=where, mend=mend)
        stages = self.model_dump()["stage"]
        for label, share in shares.items():
            stages[label] = _with_capacity(stages[label], share, f"{where} {label}".strip())
        return PathwayPolicy.model_validate({**self.model_dump(), "stage": stages})


def _with_capacity(said: dict[str, Any], share: float | None, where: str) -> dict[str, Any]:
    """Return what is said of a stage with another capacity, if it can have that."""
    try:
        return StagePolicy.model_validate({**said, "capacity": share}).model_dump()
    except ValueError:
        least = 0 if said["longest_wait"] is not None else 1
        mend = f"Give a share of an ordinary day's applicants, from {least} to {MOST}, such as 1.2."
        raise BadInput.of(f"{share:g} cannot be the capacity here", where=where, mend=mend) from None


@cache
def pathway_policy() -> PathwayPolicy:
    """Return the released policy of the pathway."""
    return validated(PathwayPolicy, read_toml(Path(__file__).with_name("pathway.toml")))
