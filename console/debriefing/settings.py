"""From which numbers on a debrief says a word, read from `debriefing.toml`, where each has its reason."""

from functools import cache
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from dossier.toml_files import Finite, read_toml, validated

Share = Annotated[float, Field(gt=0, lt=1)]
Whole = Annotated[int, Field(ge=1)]


class Seats(Finite):
    """How few seats show no distribution."""

    fewest: Whole


class Shares(Finite):
    """Which intervals are too wide, and which differences too small."""

    widest: Share
    margin: Share


class EqualEvidence(Finite):
    """How few dossiers are not compared."""

    fewest_dossiers: Whole


class TellingApart(Finite):
    """Limits of d' for its words."""

    well_from: float
    hardly_below: float


class Readiness(Finite):
    """Limits of c for its words."""

    evenly_within: Annotated[float, Field(gt=0)]


class Discrimination(Finite):
    """How little shows no correlation of one dossier with the others."""

    fewest_seats: Annotated[int, Field(ge=4)]
    fewest_dossiers: Whole
    fewest_either: Whole


class Young(Finite):
    """Whom the question about young women means."""

    bands: tuple[str, ...]
    ages: str


class Dossiers(Finite):
    """Which dossiers somebody should look at."""

    doubted_by: Share
    discussed: Whole


class Wall(Finite):
    """How many rows of a table stand on the wall."""

    cues: Whole
    kinds: Whole


class Settings(Finite):
    """The whole file."""

    grade: Literal["D"]
    seats: Seats
    shares: Shares
    equal_evidence: EqualEvidence
    telling_apart: TellingApart
    readiness: Readiness
    discrimination: Discrimination
    young: Young
    dossiers: Dossiers
    wall: Wall


@cache
def settings() -> Settings:
    """Return from which numbers on a debrief says a word."""
    return validated(Settings, read_toml(Path(__file__).with_name("debriefing.toml")))


def shows_distributions(seats: int) -> bool:
    """Return whether a class is large enough that a distribution tells on nobody."""
    return seats >= settings().seats.fewest
