"""What a demonstration consists of, read from `plan.toml`: simulated classes, runs for the workbench."""

from functools import cache
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from dossier.texts import Text
from dossier.toml_files import Finite, read_toml, validated

Whole = Annotated[int, Field(ge=1)]


class DemonstrationBlock(Finite):
    """A run of dossiers; see `console.web.classroom.models.Block`."""

    size: Whole
    victims_in_100: Annotated[int, Field(ge=0, le=100)]
    feedback: Literal["each", "block", "reveal"]


class DemonstrationClass(Finite):
    """A simulated class.

    Attributes:
        scenario: Its scenario.
        place: Where its officers stand.
        title: Of its sitting.
        seats: How many simulated trainees.
        hours_ago: When it began; trainees work until now, so that an open one is somewhere on its way.
        blocks: Its dossiers.
    """

    scenario: str
    place: Literal["office", "checkpoint"]
    title: Text
    seats: Whole
    hours_ago: Annotated[float, Field(ge=0)]
    blocks: tuple[DemonstrationBlock, ...] = Field(min_length=1)


class DemonstrationRuns(Finite):
    """Finished runs for the workbench: one for each rulebook, on the same synthetic people."""

    scenario: str
    applicants: Whole
    rulebooks: tuple[str, ...]


class DemonstrationPlan(Finite):
    """The whole file."""

    grade: Literal["D"]
    seed: int
    finished: DemonstrationClass
    open: DemonstrationClass
    runs: DemonstrationRuns


@cache
def demonstration_plan() -> DemonstrationPlan:
    """Return what a demonstration consists of."""
    return validated(DemonstrationPlan, read_toml(Path(__file__).with_name("plan.toml")))
