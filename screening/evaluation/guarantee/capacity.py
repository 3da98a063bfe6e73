"""Flags against misses: what each threshold costs the officers, and what it misses in the worst group.

The flags of a threshold are bounded by two exact limits, one on the victims who are flagged and one on the
others, each with half of the error, so that they hold together whatever the shares are. Nothing here chooses
between a promise and a capacity: whether both are kept is shown, shown not to be, or cannot be told, and then
it says how many more people would tell. What no limit shows is not claimed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import numpy as np
import numpy.typing as npt

from models.card import LARGEST
from screening.evaluation.guarantee.tuning import GroupName, Risks, defaults
from screening.evaluation.rates import PER, Rate, rate_json
from screening.intervals import exact_interval

Floats = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]

Answer: TypeAlias = Literal["feasible", "infeasible", "cannot_tell"]
"""Whether a capacity is kept: shown, shown not to be, or neither."""


@dataclass(frozen=True)
class Interval:
    """A number with the ends of its interval."""

    estimate: float
    low: float
    high: float

    def within(self, capacity: float) -> Answer:
        """Return whether the number is shown to be at most `capacity`, which only its ends can tell."""
        if self.high <= capacity:
            return "feasible"
        return "infeasible" if self.low > capacity else "cannot_tell"

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
        victims, others = (_flagged(risk, thresholds) for risk in (self.victims, self.others))
        estimate = self._among(victims / len(self.victims), others / len(self.others))
        low, high = (
            self._among(found, wrong)
            for found, wrong in zip(
                self._ends(victims, len(self.victims)), self._ends(others, len(self.others)), strict=True
            )
        )
        return estimate, low, high

    def others_to_tell(self, threshold: int, capacity: float) -> int | None:
        """Return how many others would tell whether a threshold keeps to `capacity`, at the shares seen here.

        Whole people are counted, rounded against the answer.

        Args:
            threshold: Hundredths.
            capacity: Flags among 10,000 applicants.

        Returns:
            Their number in all; None where not even the most that may be drawn would tell.
        """
        low, high = len(self.others), defaults().most.others
        if not self._would_tell(threshold, capacity, high):
            return None
        while high - low > 1:
            middle = (low + high) // 2
            if self._would_tell(threshold, capacity, middle):
                high = middle
            else:
                low = middle
        return high

    def _would_tell(self, threshold: int, capacity: float, n: int) -> bool:
        """Whether `n` others, of whom the same share is flagged, would show a capacity kept or not kept."""
        at = np.array([threshold])
        seen = int(_flagged(self.others, at)[0]) * n
        least, most = self._ends(_flagged(self.victims, at), len(self.victims))
        fewest = self._ends(np.array([seen // len(self.others)]), n)[0]
        largest = self._ends(np.array([-(-seen // len(self.others))]), n)[1]
        low, high = self._among(least, fewest)[0], self._among(most, largest)[0]
        return bool(high <= capacity or low > capacity)

    def _ends(self, count: Whole, n: int) -> tuple[Floats, Floats]:
        """Return both ends for one side; each side has half of the error."""
        return exact_interval(count, n, (1 + self.confidence) / 2)

    def _among(self, victims: Floats, others: Floats) -> Floats:
        """Return flags among 10,000 applicants by the shares flagged of both sides."""
        return PER * (self.share_of_victims * victims + (1 - self.share_of_victims) * others)

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

        Looking at many thresholds costs nothing here: flags and their limit fall together as thresholds rise,
        so that whoever errs at one has erred at the highest that flags too many, which is fixed.

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
        best: The lowest threshold that is shown to keep to the capacity; None where there is none, or nobody
            asked.
        fewest: The threshold that flags fewest, where only override rules decide.
        others: Others by whom flags were counted.
        others_to_tell: How many would tell whether the capacity is kept, where these cannot; None where they
            can, or where not even the most that may be drawn would.
    """

    points: Sequence[Point]
    here: Point
    share_of_victims: float
    confidence: float
    capacity: float | None
    best: Point | None
    fewest: Point
    others: int
    others_to_tell: int | None

    @property
    def answer(self) -> Answer | None:
        """Whether promise and capacity are both kept; None where no capacity was named."""
        return None if self.capacity is None else self.here.flags.within(self.capacity)

    @property
    def feasible(self) -> bool | None:
        """The same as a truth value; None where it cannot be told or no capacity was named."""
        return None if self.answer in (None, "cannot_tell") else self.answer == "feasible"

    @property
    def more_others(self) -> int | None:
        """How many more others would tell; None as `others_to_tell`."""
        return None if self.others_to_tell is None else self.others_to_tell - self.others

    def summary_json(self) -> dict[str, Any]:
        """Return the curve for a certificate: what was asked, the answer, points `here` and `best`."""
        return {
            "share_of_victims": self.share_of_victims,
            "confidence": self.confidence,
            "asked": self.capacity,
            "answer": self.answer,
            "feasible": self.feasible,
            "more_others": self.more_others,
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
    here = people.point(threshold)
    needed = None
    if capacity is not None and here.flags.within(capacity) == "cannot_tell":
        needed = people.others_to_tell(threshold, capacity)
    return Curve(
        people.points(np.asarray(steps, dtype=np.int64)),
        here,
        people.share_of_victims,
        people.confidence,
        capacity,
        None if allowed is None else people.point(allowed),
        people.point(int(people.thresholds()[-1])),
        len(people.others),
        needed,
    )


def _flagged(risk: Risks, thresholds: Whole) -> Whole:
    """Return how many of the risks lie at or above each threshold, shape (m,)."""
    return len(risk) - _below(risk, thresholds)


def _below(risk: Risks, thresholds: Whole) -> Whole:
    """Return how many of the risks lie below each threshold, shape (m,)."""
    return np.searchsorted(np.sort(risk), thresholds, side="left").astype(np.int64)
