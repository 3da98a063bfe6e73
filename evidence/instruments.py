"""Published screening instruments as data: their indicators, the weights, and the rule that combines them.

The International Labour Organization's operational indicators are the first. Their weights were read in
somebody else's account, so they carry grade C and ask for the primary source. Only dimensions that exist
before departure may be read by a screener; the others describe what has not happened yet.
"""

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Self

from pydantic import model_validator

from dossier.toml_files import Declared, read_toml, validated
from evidence.entries import Grade, Period, Provenance


class Combination(Declared):
    """How many indicators of each weight are enough together."""

    strong: int = 0
    medium: int = 0
    weak: int = 0


class Dimension(Declared):
    """One dimension of an instrument.

    Attributes:
        number: Its number in the instrument.
        before_departure: Whether its indicators exist before somebody leaves.
        published_count: How many indicators the published list has.
        strong, medium, weak: The indicators, what each means, by key.
    """

    number: int
    before_departure: bool
    published_count: int
    strong: Mapping[str, str] = {}
    medium: Mapping[str, str] = {}
    weak: Mapping[str, str] = {}

    @property
    def indicators(self) -> Mapping[str, str]:
        """All indicators that are listed here, strongest first."""
        return {**self.strong, **self.medium, **self.weak}

    @model_validator(mode="after")
    def _lists_no_more_than_published(self) -> Self:
        listed = len(self.strong) + len(self.medium) + len(self.weak)
        if not len(self.indicators) == listed <= self.published_count:
            raise ValueError("an indicator stands twice, or more are listed than the instrument has")
        return self


class Outcome(Declared):
    """What the instrument concludes from the dimensions that are met.

    Attributes:
        name: The conclusion.
        all_of, any_of, none_of: Dimensions that must be met, of which one must be, of which none may be.
    """

    name: str
    all_of: tuple[str, ...] = ()
    any_of: tuple[str, ...] = ()
    none_of: tuple[str, ...] = ()


class Instrument(Declared):
    """A published instrument.

    Attributes:
        key: Its key: the name of its file.
        what: What it is.
        population, geography, period: For whom, where and since when it is meant.
        source, locator, also_in: Keys of the sources and the place in the first.
        provenance, grade, last_checked: As for a figure.
        verify_primary: True until somebody has opened the primary source.
        minors_under: Age in years below which the means of recruitment need not be shown.
        dimension_met_if: A dimension is met by any of these combinations, or more.
        dimensions: The dimensions by key.
        outcomes: The conclusions, most serious first.
        notes: Anything to know before using it.
    """

    key: str
    what: str
    population: str
    geography: str
    period: Period
    source: str
    locator: str
    also_in: tuple[str, ...] = ()
    provenance: Provenance
    grade: Grade
    last_checked: date
    verify_primary: bool = False
    minors_under: int
    dimension_met_if: tuple[Combination, ...]
    dimensions: Mapping[str, Dimension]
    outcomes: tuple[Outcome, ...]
    notes: str = ""

    @model_validator(mode="after")
    def _is_graded_as_it_was_read(self) -> Self:
        if (self.verify_primary or self.provenance != "full") and self.grade < "C":
            raise ValueError("an instrument whose primary source was not opened has grade C at best")
        return self

    @model_validator(mode="after")
    def _names_its_own_dimensions(self) -> Self:
        named = {key for each in self.outcomes for key in (*each.all_of, *each.any_of, *each.none_of)}
        if unknown := sorted(named - self.dimensions.keys()):
            raise ValueError(f"an outcome names a dimension that is not declared: {', '.join(unknown)}")
        return self

    def is_met(self, *, strong: int, medium: int, weak: int) -> bool:
        """Return whether this many present indicators of each weight meet a dimension."""
        return any(
            strong >= each.strong and medium >= each.medium and weak >= each.weak
            for each in self.dimension_met_if
        )

    @property
    def before_departure(self) -> Mapping[str, Dimension]:
        """The dimensions that a screener may read, by key."""
        return {key: each for key, each in self.dimensions.items() if each.before_departure}


def read_instrument(path: Path) -> Instrument:
    """Read one instrument.

    Raises:
        BadInput: If the file breaks a rule of its format.
    """
    file = read_toml(path)
    return validated(Instrument, file, {"key": path.stem, **file.data})
