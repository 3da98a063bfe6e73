"""Shares with exact intervals, areas under the curve with theirs, and the three verdicts built on them.

A verdict is "met", "not met" or "cannot tell": it rests on an interval and never on an estimate, so a small
cohort is not failed for being small. Nothing here knows what is counted.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from math import sqrt
from statistics import NormalDist
from typing import Literal, TypeAlias

import numpy as np
import numpy.typing as npt
from scipy.stats import binomtest, rankdata

from synthetic.fidelity.settings import settings

Verdict: TypeAlias = Literal["met", "not met", "cannot tell"]
Array: TypeAlias = npt.NDArray[np.float64]
Rows: TypeAlias = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Share:
    """A share of n, with its exact (Clopper-Pearson) interval.

    Attributes:
        count: How many.
        n: Of how many.

    Examples:
        >>> share = Share(0, 10)
        >>> share.estimate, share.interval()[0], round(share.interval()[1], 3)
        (0.0, 0.0, 0.308)
    """

    count: int
    n: int

    @classmethod
    def of(cls, rows: Rows) -> "Share":
        """Return the share of `rows` that are true."""
        return cls(int(rows.sum()), len(rows))

    @property
    def estimate(self) -> float | None:
        """The share; None where n is zero."""
        return self.count / self.n if self.n else None

    def interval(self, confidence: float | None = None) -> tuple[float, float]:
        """Return the interval, by default the printed one; from 0 to 1 where n is zero."""
        if not self.n:
            return 0.0, 1.0
        level = settings().confidence.printed if confidence is None else confidence
        found = binomtest(self.count, self.n).proportion_ci(confidence_level=level, method="exact")
        return float(found.low), float(found.high)

    def for_verdict(self, together: int = 1) -> tuple[float, float]:
        """Return the interval that a verdict rests on; Bonferroni's where `together` give one verdict."""
        return self.interval(1 - (1 - settings().confidence.verdict) / together)


@dataclass(frozen=True)
class Area:
    """An area under the curve, with the interval of Hanley and McNeil (1982).

    Attributes:
        estimate: The chance that somebody of the first group scores above somebody of the second.
        first, second: Sizes of the two groups.
    """

    estimate: float
    first: int
    second: int

    @classmethod
    def of(cls, first: Array, second: Array) -> "Area":
        """Return the area of two groups' scores; ties count half.

        Examples:
            >>> Area.of(np.array([2.0, 3.0]), np.array([0.0, 2.0])).estimate
            0.875
        """
        ranks = rankdata(np.concatenate([first, second]))[: len(first)]
        above = ranks.sum() - len(first) * (len(first) + 1) / 2
        return cls(float(above / (len(first) * len(second))), len(first), len(second))

    def interval(self, confidence: float | None = None) -> tuple[float, float]:
        """Return the interval, by default the printed one; from 0 to 1 where a group is empty."""
        if not (self.first and self.second):
            return 0.0, 1.0
        level = settings().confidence.printed if confidence is None else confidence
        a, one, two = self.estimate, a_pair(self.estimate), a_pair(1 - self.estimate)
        spread = a * (1 - a) + (self.first - 1) * (one - a**2) + (self.second - 1) * (two - (1 - a) ** 2)
        reach = NormalDist().inv_cdf((1 + level) / 2) * sqrt(max(spread, 0) / (self.first * self.second))
        return max(0.0, a - reach), min(1.0, a + reach)

    def for_verdict(self) -> tuple[float, float]:
        """Return the interval that verdicts rest on."""
        return self.interval(settings().confidence.verdict)


def a_pair(area: float) -> float:
    """Return Hanley and McNeil's chance that two of one group both rank above one of the other."""
    return area / (2 - area)


def at_most(interval: tuple[float, float], bound: float) -> Verdict:
    """Return whether something stays at or below `bound`.

    Examples:
        >>> at_most((0.1, 0.2), 0.3), at_most((0.1, 0.4), 0.3), at_most((0.31, 0.4), 0.3)
        ('met', 'cannot tell', 'not met')
    """
    low, high = interval
    if high <= bound:
        return "met"
    return "not met" if low > bound else "cannot tell"


def at_least(interval: tuple[float, float], bound: float) -> Verdict:
    """Return whether something stays at or above `bound`."""
    low, high = interval
    if low >= bound:
        return "met"
    return "not met" if high < bound else "cannot tell"


def agrees(interval: tuple[float, float], allowed: tuple[float, float], width: float) -> Verdict:
    """Return whether an interval meets an allowed range.

    Where the two do not overlap it does not. Where they do it does, unless the interval is wider than both
    the range and `width`, for then it would agree with almost anything.

    Examples:
        >>> agrees((0.4, 0.45), (0.44, 0.5), 0.1), agrees((0.4, 0.43), (0.44, 0.5), 0.1)
        ('met', 'not met')
        >>> agrees((0.1, 0.9), (0.44, 0.5), 0.1)
        'cannot tell'
    """
    low, high = interval
    if high < allowed[0] or low > allowed[1]:
        return "not met"
    return "met" if high - low <= max(width, allowed[1] - allowed[0]) else "cannot tell"


def whole(verdicts: Iterable[Verdict]) -> Verdict:
    """Return the verdict on many together: the worst of them, where one that cannot tell outweighs none.

    Examples:
        >>> whole(["met", "cannot tell"]), whole(["met", "not met"]), whole([])
        ('cannot tell', 'not met', 'met')
    """
    found = set(verdicts)
    if "not met" in found:
        return "not met"
    return "cannot tell" if "cannot tell" in found else "met"
