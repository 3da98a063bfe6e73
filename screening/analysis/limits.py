"""How far the analysis goes and what it demands, as `limits.toml` states it."""

from functools import cache
from pathlib import Path

from pydantic import Field

from dossier.toml_files import Declared, read_toml, validated


class Limits(Declared):
    """The limits.

    Attributes:
        most_cases: Cases up to which conditions are compared exactly.
        least_share_caught: Share of the changed conditions that test rows must catch.
        confidence: Of the exact intervals.
    """

    most_cases: int = Field(ge=1)
    least_share_caught: float = Field(ge=0, le=1)
    confidence: float = Field(gt=0, lt=1)


@cache
def limits() -> Limits:
    """Return the limits."""
    return validated(Limits, read_toml(Path(__file__).with_name("limits.toml")))
