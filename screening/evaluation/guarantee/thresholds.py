"""Thresholds with a finite-sample guarantee on the miss rate of every group at once.

For each group an order statistic of independently drawn victims bounds its miss rate with the stated
confidence; the smallest of these thresholds protects all groups together, overlapping or not, with no
correction for their number: only the truly worst group, which is fixed, could be violated. Everything is
counted in whole victims; a binomial tail is never fed a rounded mean.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from dossier.problems import BadInput, Problem

ROUNDING = 1e-6
"""By how much a share times a number of people may fall short of a whole one; floats err far less."""


class NoThresholdError(BadInput, ValueError):
    """Too few victims to guarantee any threshold; says of each group how many more it needs.

    A `ValueError` too: to scikit-learn, data that cannot be learned from is one.
    """


@dataclass(frozen=True)
class GroupThreshold:
    """The threshold that one group needs.

    Attributes:
        n: Victims drawn.
        allowed: Victims that may lie below the threshold.
        threshold: The (allowed + 1)-th smallest score.
    """

    n: int
    allowed: int
    threshold: int


def allowed_misses(n: int, max_miss: float, confidence: float) -> int:
    """Return how many of n victims may be missed; -1 where n is too small for any threshold.

    Examples:
        >>> allowed_misses(1000, 0.05, 0.95), allowed_misses(59, 0.05, 0.95), allowed_misses(58, 0.05, 0.95)
        (38, 0, -1)
    """
    from scipy.stats import binom  # noqa: PLC0415  (slow to import, and seldom needed)

    delta = 1 - confidence
    allowed = int(binom.ppf(delta, n, max_miss)) + 1
    while allowed >= 0 and binom.cdf(allowed, n, max_miss) > delta:
        allowed -= 1
    return allowed


def smallest_sample(max_miss: float, confidence: float) -> int:
    """Return the smallest n for which a threshold exists.

    Examples:
        >>> [smallest_sample(miss, 0.95) for miss in (0.10, 0.05, 0.02, 0.01)]
        [29, 59, 149, 299]
    """
    return int(np.ceil(np.log(1 - confidence) / np.log1p(-max_miss) - 1e-12))


def sample_for(allowed: int, max_miss: float, confidence: float) -> int:
    """Return the smallest n of whom `allowed` may be missed.

    Examples:
        >>> [sample_for(allowed, 0.05, 0.95) for allowed in (0, 1, 38)]
        [59, 93, 991]
    """
    low, high = allowed, max(smallest_sample(max_miss, confidence), 1)
    while allowed_misses(high, max_miss, confidence) < allowed:
        low, high = high, 2 * high
    while high - low > 1:
        middle = (low + high) // 2
        if allowed_misses(middle, max_miss, confidence) < allowed:
            low = middle
        else:
            high = middle
    return high


def group_threshold(
    scores: npt.NDArray[np.int32], max_miss: float, confidence: float, name: str = "victims"
) -> GroupThreshold:
    """Return the largest threshold at which the group's miss rate is at most `max_miss` with `confidence`.

    Args:
        scores: Shape (n,): scores of independent victims of the group.
        max_miss: Largest miss rate.
        confidence: Probability, over the draw, that the claim holds.
        name: The group, for the message.

    Raises:
        NoThresholdError: If there are too few victims; it says how many more are needed.
    """
    n = len(scores)
    allowed = allowed_misses(n, max_miss, confidence)
    if allowed < 0:
        raise NoThresholdError([_shortage(n, max_miss, confidence, name)])
    return GroupThreshold(n, allowed, int(np.partition(scores, allowed)[allowed]))


def guaranteed_threshold(
    scores: Mapping[str, npt.NDArray[np.int32]], max_miss: float, confidence: float
) -> tuple[int, dict[str, GroupThreshold]]:
    """Return the threshold that protects every group at once, and what each group needs by itself.

    Raises:
        NoThresholdError: If groups have too few victims; it names each of them.
    """
    fewest = smallest_sample(max_miss, confidence)
    short = [
        _shortage(len(found), max_miss, confidence, name)
        for name, found in scores.items()
        if len(found) < fewest
    ]
    if short:
        raise NoThresholdError(short)
    groups = {name: group_threshold(found, max_miss, confidence, name) for name, found in scores.items()}
    return min(group.threshold for group in groups.values()), groups


def threshold_for_share(scores: npt.NDArray[np.int32], share: float) -> int:
    """Return the lowest threshold at which at most `share` of the scores are flagged.

    Examples:
        >>> threshold_for_share(np.arange(100, dtype=np.int32), 0.05)
        95
    """
    ordered = np.sort(scores)[::-1]
    allowed = whole_part(share, len(scores))
    if allowed >= len(scores):
        return int(ordered[-1])
    return int(ordered[allowed]) + 1


def whole_part(share: float, n: int) -> int:
    """Return how many whole people are at most `share` of n, where a share such as 55/100 is not exact.

    Examples:
        >>> whole_part(0.29, 100), int(0.29 * 100)
        (29, 28)
    """
    return int(np.floor(share * n + ROUNDING))


def _shortage(n: int, max_miss: float, confidence: float, name: str) -> Problem:
    more = smallest_sample(max_miss, confidence) - n
    what = f"{more} more {name} are needed before any threshold can be guaranteed"
    return Problem(what, mend="Draw more.")
