"""How hard each stress test presses, read from `settings.toml`, where every number is named and graded."""

from functools import cache
from pathlib import Path
from typing import Annotated, Literal, Self, TypeVar

from pydantic import Field, model_validator

from dossier.toml_files import Finite, read_toml, validated

Share = Annotated[float, Field(gt=0, lt=1)]
Whole = Annotated[int, Field(ge=1)]
Part = TypeVar("Part", bound=Finite)


class People(Finite):
    """How many people are measured, and how few would say nothing."""

    victims: Whole
    others: Whole
    fewest: Whole


class Remix(Finite):
    """Groupings and factors of the re-mix."""

    by: tuple[Literal["typology", "tier", "typology+tier"], ...]
    factors: tuple[Annotated[float, Field(gt=1)], ...]
    stated: float

    @model_validator(mode="after")
    def _states_one_of_them(self) -> Self:
        return _stating(self, self.stated, self.factors)


class Prevalence(Finite):
    """The share of victims of which the answer speaks."""

    stated: Share


class Missing(Finite):
    """Shares of people for whom a field stays empty, rising."""

    shares: tuple[Share, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _rise(self) -> Self:
        if list(self.shares) != sorted(set(self.shares)):
            raise ValueError("'shares' must rise")
        return self


class Coached(Finite):
    """How many pieces of evidence are hidden, and how far the search for the fewest goes."""

    most: Whole
    stated: Whole
    chunk: Whole
    steps: Whole
    sets: Whole

    @model_validator(mode="after")
    def _states_one_of_them(self) -> Self:
        return _stating(self, self.stated, range(1, self.most + 1))


class Offices(Finite):
    """How far offices differ, and what is taken for equal."""

    spread: Annotated[float, Field(gt=0)]
    margin: Share
    margin_flags: Share


class Backlog(Finite):
    """Who walks the pathway, with how many officers, and what a rush is."""

    people: Whole
    capacities: tuple[Annotated[float, Field(gt=0)], ...]
    rush: Annotated[float, Field(gt=1)]
    rush_days: Whole
    rush_from: Whole
    stated: float

    @model_validator(mode="after")
    def _begins_as_usual(self) -> Self:
        if not self.capacities or self.capacities[0] != 1:
            raise ValueError("'capacities' must begin with 1, the usual number of officers")
        return _stating(self, self.stated, self.capacities)


class Settings(Finite):
    """The whole file."""

    grade: Literal["D"]
    people: People
    remix: Remix
    prevalence: Prevalence
    missing: Missing
    coached: Coached
    offices: Offices
    backlog: Backlog


@cache
def settings() -> Settings:
    """Return how hard the tests press."""
    return validated(Settings, read_toml(Path(__file__).with_name("settings.toml")))


def _stating(part: Part, stated: float, among: tuple[float, ...] | range) -> Part:
    if stated not in among:
        raise ValueError(f"'stated' must be one of those that are measured, not {stated:g}")
    return part
