"""What a threshold costs and what a flag is worth where victims are rare: workload and precision.

The share of victims in a scenario is a knob, so precision is never printed for the scenario alone; it is
printed for stated shares, from the miss and the false-flag rate. Each figure depends on both rates, so its
interval is joint: each rate's exact interval holds with half of the error, and hence both of them together.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from screening.evaluation.rates import CONFIDENCE, PER, Rate, clopper_pearson

PREVALENCES = (0.00001, 0.0001, 0.001, 0.01)


@dataclass(frozen=True)
class AtPrevalence:
    """Workload and precision at one share of victims, each with the ends of its joint interval.

    Attributes:
        prevalence: Share of victims among applicants.
        flags_per_10000, flags_low, flags_high: Flags among 10,000 applicants.
        precision, low, high: Share of victims among the flagged.
        others_per_victim, others_low, others_high: Others flagged for each victim flagged.
        wrong_per_10000, wrong_low, wrong_high: Others flagged among 10,000 applicants.
    """

    prevalence: float
    flags_per_10000: float
    precision: float
    low: float
    high: float
    others_per_victim: float
    flags_low: float
    flags_high: float
    others_low: float
    others_high: float
    wrong_per_10000: float
    wrong_low: float
    wrong_high: float

    @property
    def factor(self) -> float:
        """By what factor the ends of the precision's interval differ; infinite where the lower is zero."""
        return self.high / self.low if self.low else float("inf")


@dataclass(frozen=True)
class Both:
    """The miss rate and the false-flag rate of one screener, with their joint interval.

    Attributes:
        miss, false_flag: The rates; of independent people.
        confidence: With which both intervals hold at once.
    """

    miss: Rate
    false_flag: Rate
    confidence: float = CONFIDENCE

    @cached_property
    def ends(self) -> tuple[tuple[float, float], tuple[float, float]]:
        """Ends of the miss rate's and of the false-flag rate's interval, which hold together."""
        each = (1 + self.confidence) / 2
        miss, false_flag = (
            clopper_pearson(rate.count, rate.n, each) for rate in (self.miss, self.false_flag)
        )
        return miss, false_flag

    def at(self, prevalence: float) -> AtPrevalence:
        """Return workload and precision where this share of applicants are victims, by Bayes' rule."""
        miss, wrong = self.ends
        return reckoned(prevalence, (self.miss.estimate, *miss), (self.false_flag.estimate, *wrong))


def at_prevalences(
    miss: Rate, false_flag: Rate, prevalences: Sequence[float] = PREVALENCES, confidence: float = CONFIDENCE
) -> list[AtPrevalence]:
    """Return workload and precision at each share of victims.

    Args:
        miss, false_flag: The rates.
        prevalences: Shares of victims among applicants.
        confidence: Of the joint intervals.
    """
    both = Both(miss, false_flag, confidence)
    return [both.at(prevalence) for prevalence in prevalences]


def reckoned(
    prevalence: float, miss: tuple[float, float, float], false_flag: tuple[float, float, float]
) -> AtPrevalence:
    """Return workload and precision from two rates, each given as estimate, lower and upper end.

    Examples:
        >>> found = reckoned(0.001, (0.2, 0.1, 0.3), (0.05, 0.04, 0.06))
        >>> round(found.flags_per_10000, 1), round(1 / found.precision, 1)
        (507.5, 63.4)
    """
    found, least_found, most_found = (prevalence * (1 - miss[place]) for place in (0, 2, 1))
    wrong, least_wrong, most_wrong = ((1 - prevalence) * share for share in false_flag)
    return AtPrevalence(
        prevalence=prevalence,
        flags_per_10000=PER * (found + wrong),
        precision=_share(found, wrong),
        low=_share(least_found, most_wrong),
        high=_share(most_found, least_wrong),
        others_per_victim=_for_each(wrong, found),
        flags_low=PER * (least_found + least_wrong),
        flags_high=PER * (most_found + most_wrong),
        others_low=_for_each(least_wrong, most_found),
        others_high=_for_each(most_wrong, least_found),
        wrong_per_10000=PER * wrong,
        wrong_low=PER * least_wrong,
        wrong_high=PER * most_wrong,
    )


def _share(found: float, wrong: float) -> float:
    return found / (found + wrong) if found + wrong else float("nan")


def _for_each(wrong: float, found: float) -> float:
    return wrong / found if found else float("inf")
