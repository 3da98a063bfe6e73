"""What an entry in the evidence files may say: units, sources, periods and figures.

A figure is one published fact with all that is needed to judge it: where it stands, whom and when it
concerns, how it was read and how far it can be trusted. A rate that can be computed is never typed; it
names the figures it follows from. Nothing here reads files or compares entries with one another.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any, Literal, Self, TypeAlias

from pydantic import model_validator

from dossier.texts import Text
from dossier.toml_files import Declared

Grade: TypeAlias = Literal["A", "B", "C", "D"]
"""How far a figure can be trusted; see `Entry`."""

Provenance: TypeAlias = Literal["full", "excerpt", "secondary", "derived"]
"""How a figure was read: in full, in an excerpt, second hand; or that it follows from others."""

Qualifier: TypeAlias = Literal["exact", "about", "at_least", "at_most"]
Operation: TypeAlias = Literal[
    "sum", "difference", "product", "ratio", "remainder", "span", "flag_rate", "precision", "clear_precision"
]
SourceKind: TypeAlias = Literal[
    "paper", "official", "press", "instrument", "study", "report", "convention", "estimate"
]

ARITHMETIC = "arithmetic"
"""Key of the source that stands for arithmetic on other figures."""


class Unit(Declared):
    """A unit that a figure may be given in.

    Attributes:
        name: What it is called, in both languages.
        bounds: The least and the greatest value that makes sense; open when left out.
        whole: What "all of them" is in this unit, so that shares can be computed with: 100 for percent.
    """

    name: Text
    bounds: tuple[float, float] | None = None
    whole: float = 1.0


class Source(Declared):
    """A work that figures are taken from; each stands in `sources.toml` once.

    Attributes:
        key: Its key.
        kind: What sort of work it is.
        title: Its title, or what it is where the title was not kept.
        authors: Its authors, if named.
        published: Journal, outlet or publishing body.
        year: Year of publication, if known.
        address: Where it can be opened.
        reference: An incomplete pointer, for want of an address.
        provenance: How it was read: whole, in an excerpt, or through somebody else's account.
        notes: Anything to know before relying on it.
    """

    key: str
    kind: SourceKind
    title: str
    authors: tuple[str, ...] = ()
    published: str = ""
    year: int | None = None
    address: str = ""
    reference: str = ""
    provenance: Literal["full", "excerpt", "secondary"]
    notes: str = ""

    @property
    def is_traceable(self) -> bool:
        """Whether a reader could find the work again."""
        return bool(self.address or self.reference or self.authors)

    @property
    def citation(self) -> str:
        """Authors, title, where it was published and when, as one line."""
        authors = f"{'; '.join(self.authors)}: " if self.authors else ""
        year = str(self.year or "")
        said = (self.published, "" if year in self.published else year)
        where = ", ".join(part for part in said if part)
        return ". ".join(part for part in (f"{authors}{self.title}", where) if part)


class Period(Declared):
    """The time that a figure concerns, by days or whole years, both ends included.

    Attributes:
        start, end: A date, or a year.
        stated: False where the source does not say; the dates are then our reading of it.

    Examples:
        >>> print(Period(start=2022, end=2022))
        2022
        >>> Period(start=2022, end=2023).last_day
        datetime.date(2023, 12, 31)
    """

    start: int | date
    end: int | date
    stated: bool = True

    @model_validator(mode="after")
    def _runs_forward(self) -> Self:
        if self.first_day > self.last_day:
            raise ValueError("a period must not end before it starts")
        return self

    @property
    def first_day(self) -> date:
        """The first day of the period."""
        return date(self.start, 1, 1) if isinstance(self.start, int) else self.start

    @property
    def last_day(self) -> date:
        """The last day of the period."""
        return date(self.end, 12, 31) if isinstance(self.end, int) else self.end

    def __str__(self) -> str:
        return f"{self.start}" if self.start == self.end else f"{self.start} to {self.end}"


class Entry(Declared):
    """One figure as it stands in a file.

    Attributes:
        key: Its key, lower_snake; a member of a family is `family.member`.
        value: The number; left out for a range and for a formula.
        low, high: The ends of a range.
        formula: One operation and the keys it works on, for a figure that follows from others.
        qualifier: Whether the source gives the number as exact, rough, or as a bound.
        published_interval: The uncertainty interval that the source prints beside the value.
        items: The things counted, where they are few and named.
        unit: Key of the unit.
        what: What is measured, in plain words.
        population, geography, period: Whom, where and when it concerns.
        source, locator: Key of the source, and the place in it.
        also_in: Keys of further sources that carry the same figure.
        provenance: How it was read, or `derived`.
        grade: A primary data opened, B paper or official page read in full, C excerpt or second hand,
            D doubtful; a conflict costs one grade.
        last_checked: The day somebody last compared it with its source.
        conflicts_with, conflict_note: Keys of figures that say otherwise, and how they differ.
        verify_primary: True where the primary source must be opened before the figure is relied on.
        notes: Anything to know before using it.
    """

    key: str
    value: int | float | None = None
    low: int | float | None = None
    high: int | float | None = None
    formula: Mapping[Operation, tuple[str, ...]] | None = None
    qualifier: Qualifier = "exact"
    published_interval: tuple[float, float] | None = None
    items: tuple[str, ...] = ()
    unit: str
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
    conflicts_with: tuple[str, ...] = ()
    conflict_note: str = ""
    verify_primary: bool = False
    notes: str = ""

    @model_validator(mode="before")
    @classmethod
    def _formula_is_its_own_source(cls, data: Any) -> Any:
        if isinstance(data, Mapping) and "formula" in data:
            return {"source": ARITHMETIC, "locator": "the figures named in its formula", **data}
        return data

    @model_validator(mode="after")
    def _says_one_number(self) -> Self:
        given = (self.value is not None, self.low is not None or self.high is not None, bool(self.formula))
        if sum(given) != 1:
            raise ValueError(
                "a figure has either 'value', or 'low' and 'high', or 'formula'; "
                "a rate that a formula computes is never typed as well"
            )
        if given[1] and (self.low is None or self.high is None or self.low >= self.high):
            raise ValueError("a range needs both 'low' and 'high', and 'low' below 'high'")
        return self

    @model_validator(mode="after")
    def _is_derived_by_one_formula(self) -> Self:
        if (self.provenance == "derived") != bool(self.formula):
            raise ValueError(
                "a derived figure states its 'formula' instead of a number, and only a derived one does"
            )
        if self.formula is not None and len(self.formula) != 1:
            raise ValueError("a formula has one operation")
        return self

    @model_validator(mode="after")
    def _explains_itself(self) -> Self:
        if bool(self.conflicts_with) != bool(self.conflict_note):
            raise ValueError("'conflicts_with' and 'conflict_note' go together")
        if self.items and len(self.items) != self.value:
            raise ValueError("'items' must name as many things as 'value' counts")
        if self.published_interval is not None and not self._lies_in_its_interval():
            raise ValueError("'published_interval' must contain 'value'")
        return self

    def _lies_in_its_interval(self) -> bool:
        if self.value is None or self.published_interval is None:
            return False
        low, high = self.published_interval
        return low <= self.value <= high

    @property
    def stated(self) -> tuple[float, float, float] | None:
        """Best, lowest and highest number as the file states them; None where a formula gives them."""
        if self.value is not None:
            low, high = self.published_interval or (self.value, self.value)
            return float(self.value), float(low), float(high)
        if self.low is not None and self.high is not None:
            return (self.low + self.high) / 2, float(self.low), float(self.high)
        return None

    @property
    def operation(self) -> Operation | None:
        """The formula's operation, if the figure is derived."""
        return next(iter(self.formula)) if self.formula else None

    @property
    def inputs(self) -> tuple[str, ...]:
        """Keys of the figures that the formula works on; empty if there is no formula."""
        return next(iter(self.formula.values())) if self.formula else ()


class Figure(Entry):
    """A checked figure, with its number worked out.

    Attributes:
        estimate: The value, the midpoint of a range, or what the formula gives; in the figure's unit.
        spread: The lowest and highest value it may take, in the same unit: the range, the published
            interval, or what the formula gives over the spreads of its inputs. Both ends equal the
            estimate where nothing is known.
        whole: What "all of them" is in the figure's unit.
    """

    estimate: float
    spread: tuple[float, float]
    whole: float

    @property
    def fraction(self) -> float:
        """The estimate as a plain number, so that 93.6 percent is 0.936."""
        return self.estimate / self.whole

    @property
    def declared(self) -> dict[str, Any]:
        """The figure as its file states it, ready for JSON."""
        return self.model_dump(mode="json", exclude={"estimate", "spread", "whole"})
