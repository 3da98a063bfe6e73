"""Choices about a class's dossiers, read from `casebook.toml`, where each says why it is so."""

from functools import cache
from pathlib import Path
from typing import Literal, Self

from pydantic import Field as Option
from pydantic import model_validator

from dossier.fields import fields
from dossier.toml_files import Declared, read_toml, validated


class Others(Declared):
    """Of the dossiers that are no victims', so many in 100 are of each kind.

    Attributes:
        lookalike: Lawful, of a module that looks risky.
        irregular: Not procedural, and not trafficked.
        ordinary: Lawful, of a journey.
    """

    lookalike: int = Option(ge=0, le=100)
    irregular: int = Option(ge=0, le=100)
    ordinary: int = Option(ge=0, le=100)
    sources: tuple[str, ...]
    why: str

    @model_validator(mode="after")
    def _sums_to_a_hundred(self) -> Self:
        if self.lookalike + self.irregular + self.ordinary != 100:  # noqa: PLR2004
            raise ValueError("the three kinds must sum to 100")
        return self

    @property
    def shares(self) -> dict[str, int]:
        """The shares in 100 by the name of the kind."""
        return {"lookalike": self.lookalike, "irregular": self.irregular, "ordinary": self.ordinary}


class OnlineOffers(Declared):
    """Which channels count as an offer over the net."""

    channels: tuple[str, ...]
    why: str

    @property
    def codes(self) -> tuple[int, ...]:
        """Their codes."""
        return tuple(fields()["offer_channel"].code(channel) for channel in self.channels)


class StorySettings(Declared):
    """How long a story is."""

    most_differences: int = Option(ge=1)
    why: str


class InterviewSettings(Declared):
    """For whom an adult answers: for children below this age in years, by the papers."""

    answered_for_below: int = Option(ge=0, le=18)
    why: str


class LookedThrough(Declared):
    """Rows drawn at a time."""

    rows: int = Option(ge=1)
    why: str


class CasebookSettings(Declared):
    """The file `casebook.toml`."""

    grade: Literal["D"]
    others: Others
    online_offers: OnlineOffers
    story: StorySettings
    interview: InterviewSettings
    looked_through: LookedThrough


@cache
def settings() -> CasebookSettings:
    """Return the choices.

    Raises:
        BadInput: If the file breaks a rule of its format.
    """
    return validated(CasebookSettings, read_toml(Path(__file__).with_name("casebook.toml")))
