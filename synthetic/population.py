"""The file format of the population: what is true of applicants in general, before any journey is known.

Beside the tables that modules deviate from it holds what is nobody's journey: how cells are lost and misread,
how records and lists grow, and what the steps of difficulty change. Nothing here draws.
"""

from collections.abc import Mapping
from functools import cache
from typing import Annotated, Literal

from pydantic import Field as Option

from dossier.texts import Text
from dossier.toml_files import Finite, TomlFile, read_toml, validated
from synthetic.modules import HERE, Chance, Numbers


class Known(Finite):
    """How an answer spreads once a network is known: a record or a list that grows over the year.

    A network is known with `share` times the chance that the word has come by the month of the application;
    then every member's answer is `code`. Others meet the same sponsor, phone or address with `stray` times
    that chance, and the module's `exposure`.

    Attributes:
        code: The answer about members of a known network.
        share: Share of the networks that ever become known.
        delay_days: Mean days from a network's first departure until the word is at the counter.
        stray: Share of all others who share something with a known network.
    """

    code: str
    share: Chance
    delay_days: float = Option(gt=0)
    stray: Chance
    why: str = ""


class Noise(Finite):
    """How a field is lost or misread between declaration and file.

    Attributes:
        missing: Probability of an empty cell, at an office of ordinary recording habit.
        noise: Probability that a wrong code is recorded.
        more_missing: Factor on `missing` by declared code, where the loss depends on the answer.
    """

    missing: float = Option(default=0.0, ge=0, le=1)
    noise: float = Option(default=0.0, ge=0, le=1)
    more_missing: Mapping[str, float] = Option(default_factory=dict)


class Split(Finite):
    """A hidden variable that is drawn first and says in which group of codes a field will lie.

    Its law follows from the field's own tables, module by module; other fields can be made to fit it.

    Attributes:
        field: The field that is split.
        groups: Codes of the field by group; every code in exactly one.
    """

    field: str
    groups: Mapping[str, tuple[str, ...]]


class Fit(Finite):
    """Factors by which every module's table of a field is multiplied, in each group of a split.

    Attributes:
        rows: Factors by group and code; 1 where nothing is said.
    """

    rows: Mapping[str, Mapping[str, Annotated[float, Option(ge=0)]]]
    why: str


class Step(Finite):
    """A step of difficulty: how the camouflage and the coaching of every tier are changed.

    Cover stories stay as they are, because telling one gives signs of its own. What is hidden becomes
    `hidden * kept + (1 - hidden * kept) * added`.
    """

    kept: Chance
    added: Chance

    def of(self, hidden: float) -> float:
        """Return how much is hidden at this step, where `hidden` is what the module says."""
        return hidden * self.kept + (1 - hidden * self.kept) * self.added


class PopulationHead(Finite):
    """The head of the population file.

    Attributes:
        drawn_in_order: Fields drawn by inverse cumulative distribution, so that a lever moves few people.
        may_be_known: Fields of records and lists, which alone [known] may name. They decide no draw: they
            only say what is refused, so they are no part of what is hashed.
    """

    version: str
    description: Text
    grade: Literal["D"]
    drawn_in_order: tuple[str, ...] = ()
    may_be_known: tuple[str, ...] = Option(default=(), exclude=True)


class Population(Finite):
    """What is true of applicants in general, before any journey is known."""

    population: PopulationHead
    hidden: Mapping[str, Numbers]
    split: Mapping[str, Split] = Option(default_factory=dict)
    table: Mapping[str, Numbers]
    fit: Mapping[str, Mapping[str, Fit]] = Option(default_factory=dict)
    known: Mapping[str, Known] = Option(default_factory=dict)
    observe: Mapping[str, Noise]
    recording: Mapping[str, float]
    difficulty: Mapping[str, Step]


@cache
def load_population() -> tuple[Population, TomlFile]:
    """Return the population file and its text positions."""
    file = read_toml(HERE / "population.toml")
    return validated(Population, file), file
