"""Whether the chances that are shown come true within each group, against a declared ratio.

Beside the victims whom a group's chances lead to expect stand the victims there were. The interval of their
share is exact for people of like chances and wider than it need be for people of different ones (Hoeffding
1956), and the intervals of all groups hold at once, provided that the people are independent of each other.
They are not where victims come in networks; whoever calls sees to it. A chance decides nothing; one that is
twice too high for one sex misleads its reader all the same.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from screening.evaluation.fairness.gaps import Needs, Numbers, Verdict, counts_of, fewest_more, verdict_of
from screening.evaluation.rates import Rate
from screening.evaluation.reliability import Expectation
from screening.intervals import exact_interval


@dataclass(frozen=True)
class ComingTrue:
    """What can be said of the chances of groups.

    Attributes:
        groups: The groups; the intervals of their victims hold all at once.
        silent: Groups of too few people, which are not judged.
        margin: The largest ratio, either way, of observed to expected that is called equal; above 1.
        confidence: Of all groups together.
        most: How large a group may be thought to become in `needs`.
    """

    groups: tuple[Expectation, ...]
    silent: tuple[Expectation, ...]
    margin: float
    confidence: float
    most: int

    @cached_property
    def ratios(self) -> tuple[Numbers, Numbers]:
        """Ends of the intervals of observed victims for each expected one, each of shape (groups,)."""
        return self._ratios(counts_of([(one.group, one.observed) for one in self.groups])[1])

    @property
    def verdict(self) -> Verdict:
        """Equal within the margin, a gap, or nobody can tell; the last where no group is judged."""
        return self._verdict(self.ratios)

    @property
    def furthest(self) -> Expectation | None:
        """The group whose chances are surely wrong, or else seem so, by the largest ratio."""
        if not self.groups:
            return None
        sure, _ = _distances(self.ratios)
        seem = [abs(np.log(max(one.observed.count, 1) / one.expected)) for one in self.groups]
        return self.groups[max(range(len(seem)), key=lambda place: (sure[place], seem[place]))]

    @property
    def at_least(self) -> float:
        """The ratio, either way, by which the chances of some group are wrong at the least; 1 for none."""
        return float(np.exp(max(_distances(self.ratios)[0], default=0.0)))

    @cached_property
    def needs(self) -> Needs | None:
        """How many more people would decide; None where it is decided, or where `most` would not do."""
        if self.verdict is not Verdict.UNKNOWN or not self.groups:
            return None
        _, n = counts_of([(one.group, one.observed) for one in self.groups])
        names = [one.group for one in self.groups]
        return fewest_more(names, n, self.most, lambda sizes: self._verdict(self._ratios(sizes)))

    def _verdict(self, ratios: tuple[Numbers, Numbers]) -> Verdict:
        if not self.groups:
            return Verdict.UNKNOWN
        sure, possible = _distances(ratios)
        return verdict_of(float(sure.max()), float(possible.max()), float(np.log(self.margin)))

    def _ratios(self, sizes: Numbers) -> tuple[Numbers, Numbers]:
        """Return the intervals that groups of these sizes would have, at the shares they have."""
        if not self.groups:
            return np.empty(0), np.empty(0)
        count, n = counts_of([(one.group, one.observed) for one in self.groups])
        expected = np.array([one.expected for one in self.groups]) / n
        low, high = exact_interval(count / n * sizes, sizes, self.groups[0].observed.confidence)
        return low / expected, high / expected


def coming_true(
    found: Sequence[Expectation], margin: float, confidence: float, *, fewest: int, most: int
) -> ComingTrue:
    """Judge the chances of groups, of which nobody belongs to two.

    Args:
        found: Expected and observed victims of each, of people who are independent of each other.
        margin: The largest ratio that is called equal; above 1.
        confidence: Of all together.
        fewest: Groups with fewer people are named and not judged.
        most: How large a group may be thought to become in `needs`.

    Examples:
        >>> women = Expectation("women", 100.0, Rate(160, 1000))
        >>> found = coming_true([women], 1.25, 0.95, fewest=30, most=10**6)
        >>> str(found.verdict), round(found.at_least, 2)
        ('gap_shown', 1.38)
    """
    judged = [one for one in found if one.observed.n >= fewest and one.expected > 0]
    each = 1 - (1 - confidence) / max(len(judged), 1)
    return ComingTrue(
        tuple(
            Expectation(one.group, one.expected, Rate(one.observed.count, one.observed.n, each))
            for one in judged
        ),
        tuple(one for one in found if one not in judged),
        margin,
        confidence,
        most,
    )


def _distances(ratios: tuple[Numbers, Numbers]) -> tuple[Numbers, Numbers]:
    """Return how far from 1 each group surely is, and how far it may be, as logs of ratios either way."""
    with np.errstate(divide="ignore"):
        low, high = np.log(ratios[0]), np.log(ratios[1])
    return np.maximum(0.0, np.maximum(low, -high)), np.maximum(high, -low)
