"""Rates: counts with exact intervals, never a bare number.

A rate is estimated from whole counts, and its interval is Clopper and Pearson's, which holds for every n.
Paired comparisons of two screeners on the same people use their discordant counts.
"""

from dataclasses import dataclass

from screening.intervals import exact_interval

CONFIDENCE = 0.95

PER = 10_000
"""People among whom flags, and whatever else is rare, are told as a number."""


@dataclass(frozen=True)
class Rate:
    """A share of n, with its exact interval.

    Attributes:
        count: How many.
        n: Of how many.
        confidence: Of the interval.

    Examples:
        >>> rate = Rate(0, 10)
        >>> rate.estimate, rate.low, round(rate.high, 3)
        (0.0, 0.0, 0.308)
    """

    count: int
    n: int
    confidence: float = CONFIDENCE

    @property
    def estimate(self) -> float:
        """The share; not a number where n is zero."""
        return self.count / self.n if self.n else float("nan")

    @property
    def low(self) -> float:
        """Lower end of the interval."""
        return clopper_pearson(self.count, self.n, self.confidence)[0]

    @property
    def high(self) -> float:
        """Upper end of the interval."""
        return clopper_pearson(self.count, self.n, self.confidence)[1]


def clopper_pearson(count: int, n: int, confidence: float = CONFIDENCE) -> tuple[float, float]:
    """Return the exact interval for `count` of `n`; (0, 1) where n is zero.

    Source: Clopper and Pearson 1934; the quantiles are scipy's.

    Examples:
        >>> [round(end, 3) for end in clopper_pearson(0, 40)]
        [0.0, 0.088]
    """
    low, high = (float(end) for end in exact_interval(count, n, confidence))
    return low, high


@dataclass(frozen=True)
class PairedDifference:
    """The difference of two rates on the same n people.

    Attributes:
        only_first: People counted by the first screener only.
        only_second: People counted by the second screener only.
        n: People.
        confidence: Of the interval, which is Bonferroni's over the two discordant shares.

    Examples:
        >>> difference = PairedDifference(30, 10, 1000)
        >>> difference.estimate
        0.02
    """

    only_first: int
    only_second: int
    n: int
    confidence: float = CONFIDENCE

    @property
    def estimate(self) -> float:
        """First rate minus second; not a number where n is zero."""
        return (self.only_first - self.only_second) / self.n if self.n else float("nan")

    @property
    def interval(self) -> tuple[float, float]:
        """Ends of the interval; each discordant share has half of the error.

        Each discordant count is binomial by itself, so its exact limits at 97.5 % hold for every n; both hold
        together at least 95 times in 100, and then the difference lies between the differences of the limits.
        """
        each = (1 + self.confidence) / 2
        first = clopper_pearson(self.only_first, self.n, each)
        second = clopper_pearson(self.only_second, self.n, each)
        return first[0] - second[1], first[1] - second[0]

    @property
    def p_value(self) -> float:
        """How likely so uneven a split of the discordant people would be if neither screener counted more.

        McNemar's test in its exact, two-sided form; 1 where nobody is discordant.

        Examples:
            >>> round(PairedDifference(30, 10, 1000).p_value, 4)
            0.0022
        """
        from scipy.stats import binomtest  # noqa: PLC0415  (slow to import, and most commands need none)

        discordant = self.only_first + self.only_second
        return float(binomtest(self.only_first, discordant).pvalue) if discordant else 1.0


def rate_json(rate: Rate, counted: str) -> dict[str, float | int | None]:
    """Return a rate for JSON: estimate, interval, n and the count under the name `counted`."""
    if not rate.n:
        return {"estimate": None, "low": None, "high": None, "n": 0, counted: 0}
    return {"estimate": rate.estimate, "low": rate.low, "high": rate.high, "n": rate.n, counted: rate.count}


def difference_json(difference: PairedDifference) -> dict[str, float | int | None]:
    """Return a paired difference for JSON: estimate, interval and n; without people only n."""
    low, high = difference.interval
    found: dict[str, float | int | None] = {"estimate": difference.estimate, "low": low, "high": high}
    return {**(found if difference.n else dict.fromkeys(found)), "n": difference.n}
