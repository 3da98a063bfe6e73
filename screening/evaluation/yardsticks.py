"""Other ways to choose the same number of people: the oracle, the challenger, the instruction of 2023.

A yardstick is compared at the same workload: it flags as many people as the screener does, and the question
is how many victims are among those it leaves out. Ties fall in a stable order; what they could do at best
and at worst, at the very same workload, is reported beside it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from screening.evaluation.guarantee.thresholds import whole_part
from screening.evaluation.rates import CONFIDENCE, PairedDifference, Rate, clopper_pearson
from screening.intervals import exact_interval

Flags: TypeAlias = npt.NDArray[np.bool_]

ROUNDING = 1e-9
"""Of a flag; sums of weights are exact to far less than a person."""


@dataclass(frozen=True)
class Yardstick:
    """Scores of a rival on the people it was run on.

    Attributes:
        scores: Shape (n,): higher is more concerning.
        weights: Shape (n,): how many people of the cohort each stands for; 1 for every victim.
        is_victim: Shape (n,): who is a victim; all others are lawful or irregular.
    """

    scores: npt.NDArray[np.float64]
    weights: npt.NDArray[np.float64]
    is_victim: npt.NDArray[np.bool_]


@dataclass(frozen=True)
class SameWorkload:
    """Whom a rival flags where it flags as many people as the screener.

    Attributes:
        is_victim: Shape (n,): who is a victim.
        flagged: Shape (n,): ties split as they fall in a stable order.
        flagged_best: Shape (n,): the same workload if, among people of equal score, victims came first.
        flagged_worst: Shape (n,): the same workload if they came last.
    """

    is_victim: Flags
    flagged: Flags
    flagged_best: Flags
    flagged_worst: Flags

    @property
    def missed(self) -> Flags:
        """Shape (victims,): which victims it misses, in the order given."""
        return ~self.flagged[self.is_victim]

    @property
    def miss(self) -> Rate:
        """Its miss rate."""
        return Rate(int(self.missed.sum()), int(self.is_victim.sum()))

    @property
    def best(self) -> int:
        """Misses if every tie went its way, at no more flags."""
        return int((self.is_victim & ~self.flagged_best).sum())

    @property
    def worst(self) -> int:
        """Misses if no tie went its way, at as many flags."""
        return int((self.is_victim & ~self.flagged_worst).sum())


def at_same_workload(yardstick: Yardstick, flags: float) -> SameWorkload:
    """Return whom a rival flags that flags `flags` people of the cohort, by weight, and no more.

    Args:
        yardstick: The rival.
        flags: Number of people the screener flags, victims and others together.
    """
    victims = yardstick.is_victim
    return SameWorkload(
        victims,
        _flagged(yardstick, flags, np.zeros(len(victims), dtype=bool)),
        _flagged(yardstick, flags, ~victims),
        _flagged(yardstick, flags, victims),
    )


def _flagged(yardstick: Yardstick, flags: float, last: Flags) -> Flags:
    """Return whom a rival flags, shape (n,), where `last` come last among people of equal score."""
    order = np.lexsort((last, -yardstick.scores))
    reached = np.cumsum(yardstick.weights[order]) <= flags + ROUNDING
    flagged = np.zeros(len(order), dtype=bool)
    flagged[order[reached]] = True
    return flagged


@dataclass(frozen=True)
class Area:
    """Area under the curve: the chance that a victim scores above somebody else, ties counted half.

    Attributes:
        estimate, low, high: The area and its interval, which holds however the scores are distributed.
        victims, others: Numbers it rests on.
    """

    estimate: float
    low: float
    high: float
    victims: int
    others: int


def area_under_curve(
    victims: npt.NDArray[np.float64], others: npt.NDArray[np.float64], confidence: float = CONFIDENCE
) -> Area:
    """Return the area under the curve for the scores of victims and of others.

    Its interval is Clopper and Pearson's for as many people as the smaller side has, rounded outwards: an
    area is an average over sets of that many independent pairs (Hoeffding 1963, section 5), and no pair
    spreads more than one that counts all or nothing. DeLong's interval is narrower and too sure of itself:
    with 40 victims and a true area of 0.99 it holds the truth four times in five, and where one victim in
    fifty is hidden well, every other time.

    Args:
        victims, others: Their scores.
        confidence: Of the interval.

    Raises:
        ValueError: If there are fewer than two of either.

    Examples:
        >>> area_under_curve(np.array([2.0, 3.0]), np.array([0.0, 1.0])).estimate
        1.0
    """
    smaller, pairs = min(len(victims), len(others)), len(victims) * len(others)
    if smaller < 2:  # noqa: PLR2004  (with one person there is no telling)
        raise ValueError("an area under the curve needs two victims and two others")
    halves = _halves_won(victims, others)
    down, up = halves * smaller // (2 * pairs), -(-halves * smaller // (2 * pairs))
    low, high = exact_interval([down, up], smaller, confidence)
    return Area(halves / (2 * pairs), float(low[0]), float(high[1]), len(victims), len(others))


def _halves_won(victims: npt.NDArray[np.float64], others: npt.NDArray[np.float64]) -> int:
    """Return twice the number of pairs in which the victim scores above the other, ties counted half."""
    ordered = np.sort(others)
    return sum(int(np.searchsorted(ordered, victims, side=side).sum()) for side in ("left", "right"))


def paired_misses(first: npt.NDArray[np.bool_], second: npt.NDArray[np.bool_]) -> PairedDifference:
    """Return the difference of two screeners' miss rates on the same victims."""
    return PairedDifference(int((first & ~second).sum()), int((~first & second).sum()), len(first))


def decided(flagged: Flags, is_victim: Flags) -> SameWorkload:
    """Return what a screener does that decides by itself, so that no tie is left to chance.

    Args:
        flagged, is_victim: Shape (n,).
    """
    return SameWorkload(is_victim, flagged, flagged, flagged)


def holm_adjusted(p_values: Sequence[float]) -> list[float]:
    """Return p-values adjusted so that all tests together keep the error of one (Holm 1979), in their order.

    Examples:
        >>> holm_adjusted([0.01, 0.04, 0.03])
        [0.03, 0.06, 0.06]
    """
    order = sorted(range(len(p_values)), key=lambda place: p_values[place])
    adjusted = [0.0] * len(p_values)
    largest = 0.0
    for rank, place in enumerate(order):
        largest = max(largest, min(1.0, (len(order) - rank) * p_values[place]))
        adjusted[place] = largest
    return adjusted


@dataclass(frozen=True)
class ShareOfAchievable:
    """Victims whom a screener flags, for each victim whom the oracle flags at the same workload.

    It may be more than one: the oracle reads one dossier at a time, and whoever joins dossiers may do better,
    as may anybody on few victims by chance. It is never cut off at one.

    Attributes:
        both: Victims flagged by both.
        only_this, only_oracle: Victims flagged by one of them.
        confidence: Of the interval.

    Examples:
        >>> share = ShareOfAchievable(both=70, only_this=10, only_oracle=30)
        >>> share.estimate, [round(end, 3) for end in share.interval]
        (0.8, [0.628, 1.005])
    """

    both: int
    only_this: int
    only_oracle: int
    confidence: float = CONFIDENCE

    @property
    def of_oracle(self) -> int:
        """Victims flagged by the oracle."""
        return self.both + self.only_oracle

    @property
    def estimate(self) -> float:
        """The ratio; not a number where the oracle flags no victim."""
        return (self.both + self.only_this) / self.of_oracle if self.of_oracle else float("nan")

    @property
    def interval(self) -> tuple[float, float]:
        """Ends of the interval, for the two sets of flags as they are; not numbers without an estimate.

        The ratio is the share of the oracle's victims who are flagged here too, plus those flagged only here
        for each of the oracle's. Given the counts they are taken from, both are binomial, so each has exact
        limits; each has half of the error, and their sums hold at least as often as stated, for every n.
        """
        if not self.of_oracle:
            return float("nan"), float("nan")
        each = (1 + self.confidence) / 2
        shared = clopper_pearson(self.both, self.of_oracle, each)
        beyond = clopper_pearson(self.only_this, self.only_this + self.of_oracle, each)
        low, high = (mine + more / (1 - more) for mine, more in zip(shared, beyond, strict=True))
        return low, high


def share_of_achievable(this: Flags, oracle: Flags) -> ShareOfAchievable:
    """Return the share of achievable detection; both of shape (victims,): whom each flags."""
    return ShareOfAchievable(
        int((this & oracle).sum()), int((this & ~oracle).sum()), int((~this & oracle).sum())
    )


def at_false_flag_rate(
    scores: npt.NDArray[np.float64] | npt.NDArray[np.int32],
    others: npt.NDArray[np.float64] | npt.NDArray[np.int32],
    rate: float,
) -> npt.NDArray[np.bool_]:
    """Return which victims are missed where at most `rate` of `others` is flagged, shape (victims,).

    Args:
        scores: Scores of the victims.
        others: Scores of independent non-victims.
        rate: Largest false-flag rate.
    """
    allowed = whole_part(rate, len(others))
    limit = np.partition(others, len(others) - allowed - 1)[len(others) - allowed - 1]
    return np.asarray(scores <= limit)
