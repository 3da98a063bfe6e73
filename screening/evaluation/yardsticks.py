"""Other ways to choose the same number of people: the oracle, the challenger, the instruction of 2023.

A yardstick is compared at the same workload: it flags as many people as the screener does, and the question
is how many victims are among those it leaves out. Ties fall in a stable order;
best and worst are reported.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.stats import norm

from screening.evaluation.rates import CONFIDENCE, PairedDifference, Rate


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
    """A rival's misses where it flags as many people as the screener.

    Attributes:
        miss: Its miss rate, ties split as they fall in a stable order.
        best, worst: Misses if every tie at its threshold went its way, or none did.
        missed: Shape (victims,): which victims it misses, in the order given.
    """

    miss: Rate
    best: int
    worst: int
    missed: npt.NDArray[np.bool_]


def at_same_workload(yardstick: Yardstick, flags: float) -> SameWorkload:
    """Return the misses of a rival that flags `flags` people of the cohort, by weight.

    Args:
        yardstick: The rival.
        flags: Number of people the screener flags, victims and others together.
    """
    order = np.argsort(-yardstick.scores, kind="stable")
    reached = np.cumsum(yardstick.weights[order]) <= flags + 1e-9
    flagged = np.zeros(len(order), dtype=bool)
    flagged[order[reached]] = True
    limit = yardstick.scores[order[reached]][-1] if reached.any() else np.inf
    victims = yardstick.is_victim
    missed = ~flagged[victims]
    return SameWorkload(
        Rate(int(missed.sum()), int(victims.sum())),
        int((yardstick.scores[victims] < limit).sum()),
        int((yardstick.scores[victims] <= limit).sum()),
        missed,
    )


@dataclass(frozen=True)
class Area:
    """Area under the curve: the chance that a victim scores above somebody else, ties counted half.

    Attributes:
        estimate, low, high: The area and its 95 % interval (DeLong, DeLong and Clarke-Pearson 1988).
        victims, others: Numbers it rests on.
    """

    estimate: float
    low: float
    high: float
    victims: int
    others: int


def area_under_curve(victims: npt.NDArray[np.float64], others: npt.NDArray[np.float64]) -> Area:
    """Return the area under the curve for the scores of victims and of others.

    Raises:
        ValueError: If there are fewer than two of either.

    Examples:
        >>> area_under_curve(np.array([2.0, 3.0]), np.array([0.0, 1.0])).estimate
        1.0
    """
    if min(len(victims), len(others)) < 2:  # noqa: PLR2004  (a variance needs two)
        raise ValueError("an area under the curve needs two victims and two others")
    of_victims, of_others = _placements(victims, others), 1 - _placements(others, victims)
    estimate = float(of_victims.mean())
    variance = of_victims.var(ddof=1) / len(victims) + of_others.var(ddof=1) / len(others)
    reach = norm.ppf(0.5 + CONFIDENCE / 2) * float(np.sqrt(variance))
    return Area(estimate, max(0.0, estimate - reach), min(1.0, estimate + reach), len(victims), len(others))


def _placements(scores: npt.NDArray[np.float64], among: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Return for each score the share of `among` that lies below it, ties counted half."""
    ordered = np.sort(among)
    below, upto = (np.searchsorted(ordered, scores, side=side) for side in ("left", "right"))
    return np.asarray((below + upto) / (2 * len(among)))


def paired_misses(first: npt.NDArray[np.bool_], second: npt.NDArray[np.bool_]) -> PairedDifference:
    """Return the difference of two screeners' miss rates on the same victims."""
    return PairedDifference(int((first & ~second).sum()), int((~first & second).sum()), len(first))


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
    allowed = int(np.floor(rate * len(others)))
    limit = np.partition(others, len(others) - allowed - 1)[len(others) - allowed - 1]
    return np.asarray(scores <= limit)
