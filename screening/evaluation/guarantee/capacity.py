"""Flags against misses: what each threshold costs the officers, and what it misses in the worst group.

The flags of a threshold are bounded by two exact limits, one on the victims who are flagged and one on the
others, each with half of the error, so that they hold together whatever the shares are. Nothing here chooses
between a promise and a capacity: where both cannot be kept, it says so, and what the capacity allows at best.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from models.card import LARGEST
from screening.evaluation.guarantee.tuning import GroupName, Risks
from screening.evaluation.rates import Rate
from screening.evaluation.report import rate_json
from screening.intervals import exact_interval

AMONG = 10_000
"""Applicants among whom flags are counted."""

Floats = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Interval:
    """A number with the ends of its interval."""

    estimate: float
    low: float
    high: float

    def to_json(self) -> dict[str, float]:
        """Return it for JSON."""
        return {"estimate": self.estimate, "low": self.low, "high": self.high}


@dataclass(frozen=True)
class Worst:
    """The group that is missed most.

    Attributes:
        name: The group with the largest estimate.
        rate: Its count and n, whose estimate it is.
        low, high: Ends of an interval for the largest miss rate of all groups, whichever it is. The upper end
            needs no correction for their number, because the worst group is one group; the lower end has one.
    """

    name: GroupName
    rate: Rate
    low: float
    high: float

    def to_json(self) -> dict[str, Any]:
        """Return it for JSON: grouping, group, estimate, low, high, n and missed."""
        rate = {**rate_json(self.rate, "missed"), "low": self.low, "high": self.high}
        return {"grouping": self.name.grouping, "group": self.name.group, **rate}


@dataclass(frozen=True)
class Point:
    """One threshold.

    Attributes:
        threshold: Hundredths.
        flags: Flags among 10,000 applicants.
        miss_rate: Victims missed, of all groups together.
        worst: The worst group.
    """

    threshold: int
    flags: Interval
    miss_rate: Rate
    worst: Worst

    def to_json(self) -> dict[str, Any]:
        """Return the point for JSON."""
        return {
            "threshold": self.threshold,
            "flags_per_10000": self.flags.to_json(),
            "miss_rate": rate_json(self.miss_rate, "missed"),
            "worst": self.worst.to_json(),
        }


@dataclass(frozen=True)
class People:
    """Freshly drawn people whose risks are known.

    Attributes:
        victims: Victims in the scenario's own mixture.
        others: Lawful and irregular people.
        groups: Further victims of each protected group.
        share_of_victims: Their share among victims and others, for which flags are counted.
        confidence: Of every interval.
    """

    victims: Risks
    others: Risks
    groups: Sequence[tuple[GroupName, Risks]]
    share_of_victims: float
    confidence: float

    def thresholds(self) -> Whole:
        """Return every threshold at which something changes, rising, shape (m,).

        The last flags only where an override rule decides alone.
        """
        risks = np.unique(np.concatenate([self.victims, self.others]))
        ordinary = risks[risks <= LARGEST].astype(np.int64)
        return np.append(ordinary, ordinary[-1] + 1) if len(ordinary) else np.array([LARGEST])

    def flags(self, thresholds: Whole) -> tuple[Floats, Floats, Floats]:
        """Return flags among 10,000 applicants at each threshold: estimates, and both ends.

        Args:
            thresholds: Shape (m,): hundredths.
        """
        each = (1 + self.confidence) / 2
        parts = []
        for risk, share in ((self.victims, self.share_of_victims), (self.others, 1 - self.share_of_victims)):
            count = len(risk) - _below(risk, thresholds)
            low, high = exact_interval(count, len(risk), each)
            parts.append(AMONG * share * np.stack([count / len(risk), low, high]))
        estimate, low, high = parts[0] + parts[1]
        return estimate, low, high

    def point(self, threshold: int) -> Point:
        """Return what one threshold costs and misses."""
        return self.points(np.array([threshold]))[0]

    def points(self, thresholds: Whole) -> list[Point]:
        """Return what each of these thresholds costs and misses."""
        flags = np.stack(self.flags(thresholds), axis=1).tolist()
        missed = _below(self.victims, thresholds).tolist()
        rates = [Rate(count, len(self.victims), self.confidence) for count in missed]
        worst = self._worst(thresholds)
        return [
            Point(int(threshold), Interval(*flag), rate, one)
            for threshold, flag, rate, one in zip(thresholds, flags, rates, worst, strict=True)
        ]

    def within(self, capacity: float) -> int | None:
        """Return the lowest threshold that flags at most `capacity` of 10,000 by the upper limit.

        None where even the override rules alone flag more, or where the people drawn are too few to tell.
        """
        thresholds = self.thresholds()
        fits = np.flatnonzero(self.flags(thresholds)[2] <= capacity)
        return int(thresholds[fits[0]]) if len(fits) else None

    def _worst(self, thresholds: Whole) -> list[Worst]:
        sizes = np.array([len(risk) for _, risk in self.groups])[:, None]
        count = np.stack([_below(risk, thresholds) for _, risk in self.groups])
        error = 1 - self.confidence
        low = exact_interval(count, sizes, 1 - error / len(self.groups))[0].max(axis=0)
        high = exact_interval(count, sizes, self.confidence)[1].max(axis=0)
        largest = np.argmax(count / sizes, axis=0)
        return [
            Worst(
                self.groups[group][0],
                Rate(int(count[group, place]), int(sizes[group, 0]), self.confidence),
                float(low[place]),
                float(high[place]),
            )
            for place, group in enumerate(largest)
        ]


@dataclass(frozen=True)
class Curve:
    """Flags against misses, with the certificate's threshold and, where one was asked for, the capacity's.

    Attributes:
        points: Points of the curve, from the lowest threshold to the highest.
        here: The certificate's threshold.
        share_of_victims: For which flags are counted.
        confidence: Of every interval.
        capacity: Flags among 10,000 applicants that there are officers for; None where nobody asked.
        best: The lowest threshold that the capacity allows; None where there is none, or nobody asked.
    """

    points: Sequence[Point]
    here: Point
    share_of_victims: float
    confidence: float
    capacity: float | None
    best: Point | None

    @property
    def feasible(self) -> bool | None:
        """Whether promise and capacity can both be kept; None where no capacity was named."""
        return None if self.capacity is None else self.here.flags.high <= self.capacity

    def summary_json(self) -> dict[str, Any]:
        """Return the curve for a certificate: `asked`, `feasible`, and the points `here` and `best`."""
        return {
            "share_of_victims": self.share_of_victims,
            "confidence": self.confidence,
            "asked": self.capacity,
            "feasible": self.feasible,
            "here": self.here.to_json(),
            "best": self.best and self.best.to_json(),
        }

    def to_json(self) -> dict[str, Any]:
        """Return the whole curve for JSON: the summary, and `points` with rising thresholds."""
        return {**self.summary_json(), "points": [point.to_json() for point in self.points]}


def curve_of(people: People, threshold: int, steps: npt.ArrayLike, capacity: float | None) -> Curve:
    """Return the curve of flags against misses.

    Args:
        people: Whose flags and misses are counted.
        threshold: The certificate's, in hundredths.
        steps: Shape (m,): the thresholds of the points, rising.
        capacity: Flags among 10,000 applicants that there are officers for, where somebody asks.
    """
    allowed = None if capacity is None else people.within(capacity)
    return Curve(
        people.points(np.asarray(steps, dtype=np.int64)),
        people.point(threshold),
        people.share_of_victims,
        people.confidence,
        capacity,
        None if allowed is None else people.point(allowed),
    )


def _below(risk: Risks, thresholds: Whole) -> Whole:
    """Return how many of the risks lie below each threshold, shape (m,)."""
    return np.searchsorted(np.sort(risk), thresholds, side="left").astype(np.int64)
