"""What a threshold costs and what a flag is worth: flags per 10,000, and precision at a prevalence.

The share of victims in a scenario is a knob, so precision is never printed for the scenario alone; it is
printed for stated prevalences, from the miss and false-flag rates and the ends of their intervals.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from screening.evaluation.rates import Rate

PREVALENCES = (0.00001, 0.0001, 0.001, 0.01)


@dataclass(frozen=True)
class AtPrevalence:
    """Workload and precision at one prevalence.

    Attributes:
        prevalence: Share of victims among applicants.
        flags_per_10000: Flags among 10,000 applicants.
        precision, low, high: Share of victims among the flagged, and its ends when both rates lie at theirs.
        others_per_victim: Non-victims flagged for each victim found.
    """

    prevalence: float
    flags_per_10000: float
    precision: float
    low: float
    high: float
    others_per_victim: float


def at_prevalences(
    miss: Rate, false_flag: Rate, prevalences: Sequence[float] = PREVALENCES
) -> list[AtPrevalence]:
    """Return workload and precision at each prevalence, by Bayes' rule."""
    return [_at(prevalence, miss, false_flag) for prevalence in prevalences]


def _at(prevalence: float, miss: Rate, false_flag: Rate) -> AtPrevalence:
    found, wrong = prevalence * (1 - miss.estimate), (1 - prevalence) * false_flag.estimate
    return AtPrevalence(
        prevalence,
        10_000 * (found + wrong),
        _share(found, wrong),
        _share(prevalence * (1 - miss.high), (1 - prevalence) * false_flag.high),
        _share(prevalence * (1 - miss.low), (1 - prevalence) * false_flag.low),
        wrong / found if found else float("inf"),
    )


def _share(found: float, wrong: float) -> float:
    return found / (found + wrong) if found + wrong else float("nan")
