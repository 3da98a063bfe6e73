"""Fairness between groups: the largest gap, an interval for it that may be trusted, and three verdicts.

Every group has an exact interval, and all intervals of one division hold at once, provided that the people
are independent of each other; whatever difference two groups may have then lies between them, so that where
there is no gap, none is found. Against a margin that was declared beforehand the groups are equal, or a gap
is shown, or nobody can tell, and then it is said how many more people of which group would tell. Groups of
too few people are named, never dropped. That all groups be flagged equally often is not asked: more people of
one group than of another are victims here, by the scenario's own making.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, cached_property
from pathlib import Path
from typing import Annotated, Literal, TypeAlias

import numpy as np
import numpy.typing as npt
from pydantic import Field as Option
from pydantic import field_validator

from dossier.problems import BadInput
from dossier.toml_files import Finite, read_toml, validated
from screening.evaluation.outcomes import CROSSED_BY, GROUPINGS
from screening.evaluation.rates import Rate
from screening.intervals import exact_interval

Group: TypeAlias = tuple[str, Rate]
"""A group's name and its rate."""

Numbers: TypeAlias = npt.NDArray[np.float64]
Positive = Annotated[int, Option(ge=1)]
Share = Annotated[float, Option(gt=0, lt=1)]


class Comparison(Finite):
    """What is asked of groups: one table of `fairness.toml`.

    Attributes:
        grade: How well its numbers are founded; they are choices.
        by: Groupings, crossed ones among them.
        margin: The largest difference of rates that is called equal; for chances, the largest ratio.
        confidence: At which all intervals of one grouping hold together.
        fewest: People without whom a group is only named.
        most: How large a group may be thought to become.
    """

    grade: Literal["D"]
    by: tuple[str, ...]
    margin: Annotated[float, Option(gt=0)]
    confidence: Share
    fewest: Positive
    most: Positive

    @field_validator("by")
    @classmethod
    def _is_known(cls, by: tuple[str, ...]) -> tuple[str, ...]:
        for part in (part for name in by for part in name.split(CROSSED_BY)):
            if part not in GROUPINGS:
                raise ValueError(f"there is no grouping '{part}'; choose from {', '.join(GROUPINGS)}")
        return by


class Judging(Finite):
    """How many victims are drawn afresh, each from a network of its own, to judge misses by."""

    grade: Literal["D"]
    people: Positive


class Attributing(Finite):
    """How many people are asked on what flags depend; how many rows are shown, and rules at the least."""

    grade: Literal["D"]
    people: Positive
    shown: Positive
    rules: Positive


class Proxies(Finite):
    """How it is asked whether reasons tell who somebody is."""

    grade: Literal["D"]
    people: Positive
    folds: Annotated[int, Option(ge=2)]
    fewest: Positive
    shown: Positive


class Terms(Finite):
    """The declared terms: the file `fairness.toml`."""

    victims: Judging
    miss: Comparison
    burden: Comparison
    chances: Comparison
    attribution: Attributing
    proxy: Proxies


@cache
def terms() -> Terms:
    """Return the declared terms.

    Raises:
        BadInput: If the file breaks a rule of its format.
    """
    return validated(Terms, read_toml(Path(__file__).with_name("fairness.toml")))


class Verdict(StrEnum):
    """What can be said of groups against a margin."""

    EQUAL = "equal_within_margin"
    GAP = "gap_shown"
    UNKNOWN = "cannot_tell"


def verdict_of(low: float, high: float, margin: float) -> Verdict:
    """Return what an interval of a gap says; it begins at zero where there may be none.

    Examples:
        >>> [str(verdict_of(low, 0.06, 0.05)) for low in (0.0, 0.01)]
        ['cannot_tell', 'gap_shown']
        >>> str(verdict_of(0.01, 0.05, 0.05))
        'equal_within_margin'
    """
    if high <= margin:
        return Verdict.EQUAL
    return Verdict.GAP if low > 0 else Verdict.UNKNOWN


@dataclass(frozen=True)
class Needs:
    """How many more people a verdict takes, if all rates stay as they are.

    Attributes:
        more: By group, the greatest need first; groups that are large enough are left out.
        becomes: What the verdict would be.
    """

    more: Mapping[str, int]
    becomes: Verdict

    @property
    def total(self) -> int:
        """All of them together."""
        return sum(self.more.values())


@dataclass(frozen=True)
class Parity:
    """What can be said of the rates of groups.

    Attributes:
        groups: The groups that are compared; the intervals of their rates hold all at once.
        silent: Groups of too few people, which are not compared; their intervals are those of one rate.
        margin: The largest difference that is called equal.
        confidence: Of all groups' intervals together, and so of the gap's.
        most: How large a group may be thought to become in `needs`.
        low, high: Ends of the interval of the largest difference between any two of the groups. It begins at
            zero where the groups may all be alike; 0 and 1 where there are not two of them.
    """

    groups: tuple[Group, ...]
    silent: tuple[Group, ...]
    margin: float
    confidence: float
    most: int
    low: float
    high: float

    @property
    def verdict(self) -> Verdict:
        """Equal within the margin, a gap, or nobody can tell."""
        return verdict_of(self.low, self.high, self.margin)

    @property
    def ends(self) -> tuple[Group, Group] | None:
        """The groups with the largest and with the smallest rate; None where there are not two."""
        if len(self.groups) < 2:  # noqa: PLR2004  (a comparison takes two)
            return None
        ranked = sorted(self.groups, key=lambda group: -group[1].estimate)
        return ranked[0], ranked[-1]

    @property
    def gap(self) -> float | None:
        """The difference of the rates of the two `ends`."""
        return self.ends[0][1].estimate - self.ends[1][1].estimate if self.ends else None

    @cached_property
    def shown(self) -> tuple[Group, Group] | None:
        """The two groups that surely differ most, the larger rate first; None where none surely do."""
        if self.low <= 0:
            return None
        return max(self.groups, key=lambda g: g[1].low), min(self.groups, key=lambda g: g[1].high)

    @cached_property
    def needs(self) -> Needs | None:
        """How many more people would decide; None where it is decided, or where `most` would not do."""
        if self.verdict is not Verdict.UNKNOWN or self.ends is None:
            return None
        share, each = self._counts[0] / self._counts[1], self.groups[0][1].confidence

        def verdict(sizes: Numbers) -> Verdict:
            return verdict_of(*_gap(share * sizes, sizes, each), self.margin)

        return fewest_more([name for name, _ in self.groups], self._counts[1], self.most, verdict)

    @property
    def _counts(self) -> tuple[Numbers, Numbers]:
        return counts_of(self.groups)


def parity(
    groups: Sequence[Group],
    margin: float,
    confidence: float,
    *,
    fewest: int = 1,
    most: int | None = None,
) -> Parity:
    """Compare the rates of groups, of which nobody belongs to two.

    Each of G groups has Clopper and Pearson's interval at 1 - (1 - confidence) / G (Bonferroni), so that all
    hold together at least as often as `confidence` says, and with them the interval of every difference. That
    supposes people who are independent of each other, which members of one network are not.

    Args:
        groups: For each its name and its rate, counted on people who are independent of each other; the
            confidence of a rate is not looked at.
        margin: The largest difference that is called equal, between 0 and 1.
        confidence: Of all together.
        fewest: Groups with fewer people are named and not compared; one without anybody never is.
        most: How large a group may be thought to become in `needs`; as declared when left out.

    Raises:
        BadInput: If a name stands twice, a count is not among its n, or a number lies out of range.

    Examples:
        >>> found = parity([("women", Rate(30, 1000)), ("men", Rate(150, 1000))], 0.05, 0.95)
        >>> str(found.verdict), round(found.low, 3), round(found.high, 3)
        ('gap_shown', 0.081, 0.158)
        >>> parity([("women", Rate(3, 100)), ("men", Rate(2, 100))], 0.05, 0.95).needs.more
        {'women': 258, 'men': 256}
    """
    _check(groups, margin, confidence)
    compared = [(name, rate) for name, rate in groups if rate.n >= max(fewest, 1)]
    each = 1 - (1 - confidence) / max(len(compared), 1)
    low, high = _gap(*counts_of(compared), each)
    return Parity(
        tuple((name, Rate(rate.count, rate.n, each)) for name, rate in compared),
        tuple(
            (name, Rate(rate.count, rate.n, confidence)) for name, rate in groups if rate.n < max(fewest, 1)
        ),
        margin,
        confidence,
        terms().miss.most if most is None else most,
        low,
        high,
    )


def _check(groups: Sequence[Group], margin: float, confidence: float) -> None:
    names = [name for name, _ in groups]
    if twice := {name for name in names if names.count(name) > 1}:
        raise BadInput.of(f"the group '{min(twice)}' stands twice", mend="Give each group once.")
    for name, rate in groups:
        if not 0 <= rate.count <= rate.n:
            raise BadInput.of(f"the group '{name}' counts {rate.count} of {rate.n}", mend="Count again.")
    for what, value in (("margin", margin), ("confidence", confidence)):
        if not 0 < value < 1:
            raise BadInput.of(f"the {what} is {value}", mend="Choose a number between 0 and 1.")


def _gap(count: Numbers, n: Numbers, each: float) -> tuple[float, float]:
    """Return the ends of the largest difference, from group intervals at the confidence `each`."""
    if len(n) < 2:  # noqa: PLR2004  (a comparison takes two)
        return 0.0, 1.0
    low, high = exact_interval(count, n, each)
    apart = high[:, None] - low[None, :]
    np.fill_diagonal(apart, -1.0)
    return max(0.0, float(low.max() - high.min())), float(apart.max())


def counts_of(groups: Sequence[Group]) -> tuple[Numbers, Numbers]:
    """Return the counts and the n of groups, as decimals that may be multiplied."""
    count, n = (np.array([getattr(rate, part) for _, rate in groups], float) for part in ("count", "n"))
    return count, n


def fewest_more(
    names: Sequence[str], n: Numbers, most: int, verdict: Callable[[Numbers], Verdict]
) -> Needs | None:
    """Return the fewest people that decide: the smaller groups grow to one size, then each as far as it must.

    Counts are thought to grow in proportion and need not be whole. Intervals only narrow as a group grows, so
    what is decided stays decided, and the smallest size can be halved upon.

    Args:
        names: The groups.
        n: Shape (groups,): people of each, who do not decide.
        most: How large a group may become.
        verdict: What groups of given sizes would say, at the rates they have.

    Returns:
        None where groups of `most` people would not decide either.
    """

    def decides(sizes: Numbers) -> bool:
        return verdict(sizes) is not Verdict.UNKNOWN

    if not decides(np.maximum(n, most)):
        return None
    low, high = int(n.min()), most
    while low + 1 < high:
        middle = (low + high) // 2
        low, high = (low, middle) if decides(np.maximum(n, middle)) else (middle, high)
    sizes = np.maximum(n, high)
    for place in np.flatnonzero(sizes > n):
        sizes[place] = _smallest(int(n[place]), int(sizes[place]), place, sizes, decides)
    more = {name: int(size - own) for name, size, own in zip(names, sizes, n, strict=True) if size > own}
    return Needs(dict(sorted(more.items(), key=lambda item: -item[1])), verdict(sizes))


def _smallest(low: int, high: int, place: np.intp, sizes: Numbers, decides: Callable[[Numbers], bool]) -> int:
    """Return the smallest size of one group, from `low` to `high`, that decides beside the others' sizes."""

    def enough(size: int) -> bool:
        tried = sizes.copy()
        tried[place] = size
        return decides(tried)

    if enough(low):
        return low
    while low + 1 < high:
        middle = (low + high) // 2
        low, high = (low, middle) if enough(middle) else (middle, high)
    return high
