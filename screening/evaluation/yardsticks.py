"""Other ways to choose the same number of people: the oracle, the challenger, the instruction of 2023.

A yardstick is compared at the same workload: it flags as many people as the screener does, and the question
is how many victims are among those it leaves out. Ties fall in a stable order;
best and worst are reported.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from screening.evaluation.rates import PairedDifference, Rate


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
