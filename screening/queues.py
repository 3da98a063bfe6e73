"""A queue at one stage, day by day: who is seen, who waits, and who has waited too long.

Whole people and whole days throughout, so that every count is exact. A capacity is a share of an ordinary
day's applicants. Time in which nobody comes is lost but for one person's worth, which is kept: in a small
sample of a large flow a day's share is less than one person. It knows nothing of risks or truths: who comes
first was settled before.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from functools import cache
from itertools import count
from typing import Literal, TypeAlias

import numpy as np
import numpy.typing as npt

Days: TypeAlias = npt.NDArray[np.int32]
"""Shape (n,): days of the year, from 1; those of the next year are counted on."""

Open: TypeAlias = Literal["working_days", "every_day"]

_FIRST_OF_WEEKEND = 5


@dataclass(frozen=True)
class Calendar:
    """On which days of a year, and of those after it, a stage is open.

    Attributes:
        year: The year whose first of January is day 1.
        days: Which days.
    """

    year: int
    days: Open

    def is_open(self, day: int) -> bool:
        """Whether the stage is open on a day.

        Examples:
            >>> [Calendar(2022, "working_days").is_open(day) for day in (1, 2, 3)]  # Saturday to Monday
            [False, False, True]
        """
        if self.days == "every_day":
            return True
        return (date(self.year, 1, 1) + timedelta(days=day - 1)).weekday() < _FIRST_OF_WEEKEND

    def days_open(self) -> Iterator[int]:
        """Yield the days on which the stage is open, without end."""
        return (day for day in count(1) if self.is_open(day))


@cache
def open_days(calendar: Calendar) -> int:
    """Return how many days of its year a stage is open.

    Examples:
        >>> open_days(Calendar(2022, "working_days")), open_days(Calendar(2022, "every_day"))
        (260, 365)
    """
    days = (date(calendar.year + 1, 1, 1) - date(calendar.year, 1, 1)).days
    return sum(calendar.is_open(day) for day in range(1, days + 1))


@dataclass(frozen=True)
class Queue:
    """How a queue moves.

    Attributes:
        calendar: When the stage is open.
        capacity: People seen on an open day, as a share of an ordinary day's applicants; None for all.
        longest_wait: Open days for which somebody waits before going on unseen; None for any number.
    """

    calendar: Calendar
    capacity: Fraction | None
    longest_wait: int | None

    def __post_init__(self) -> None:
        if self.capacity == 0 and self.longest_wait is None:
            raise ValueError("where nobody is seen, a longest wait is needed, or the queue never ends")


@dataclass(frozen=True)
class Waiting:
    """What became of the people in a queue.

    Attributes:
        seen: Shape (n,): who was seen; all others went on without it.
        left: Shape (n,): the day on which each was seen or went on.
        waited: Shape (n,): open days from the first on which each could have been seen.
    """

    seen: npt.NDArray[np.bool_]
    left: Days
    waited: Days


def stand_in_queue(
    queue: Queue,
    arrival: Days,
    desk: npt.NDArray[np.int64],
    first: npt.NDArray[np.int64],
    applicants: npt.NDArray[np.int64],
) -> Waiting:
    """Return what becomes of people who come to the desks of one stage.

    Args:
        queue: How the queues move.
        arrival: Shape (n,): day from which each can be seen.
        desk: Shape (n,): at which desk, from 0.
        first: Shape (n,): a smaller number is seen first; among equals who came first, then the first row.
        applicants: Shape (desks,): applicants of a year, of which the capacity is a share.
    """
    order = np.lexsort((arrival, first, desk))
    found = _moved(queue, arrival[order], desk[order], applicants)
    rows = np.argsort(order)
    return Waiting(found.seen[rows], found.left[rows], found.waited[rows])


def _moved(
    queue: Queue, arrival: Days, desk: npt.NDArray[np.int64], applicants: npt.NDArray[np.int64]
) -> Waiting:
    """Return what becomes of people who stand desk by desk, and there in the order in which they are seen."""
    size, desks = len(arrival), np.arange(len(applicants))
    found = Waiting(np.zeros(size, dtype=bool), np.zeros(size, np.int32), np.zeros(size, np.int32))
    coming = np.argsort(arrival, kind="stable")
    days, joined = arrival[coming], np.zeros(size, dtype=np.int32)
    here, come = np.empty(0, dtype=np.int64), 0
    places = _Places.of(queue, applicants)
    for nth, day in enumerate(queue.calendar.days_open(), start=1):
        if come == size and not len(here):
            break
        until = int(np.searchsorted(days, day, side="right"))
        joined[coming[come:until]] = nth
        here, come = np.sort(np.concatenate([here, coming[come:until]])), until
        before = np.arange(len(here)) - np.searchsorted(desk[here], desks)[desk[here]]
        found.seen[here] = places.taken(before, desk[here])
        found.left[here], found.waited[here] = day, nth - joined[here]
        stays = ~found.seen[here]
        if queue.longest_wait is not None:
            stays &= found.waited[here] < queue.longest_wait
        here = here[stays]
    return found


@dataclass
class _Places:
    """The people whom each desk can still see, in whole parts of a person.

    Attributes:
        one: Parts that make a person; zero where there is no limit.
        by_day: Shape (desks,): parts that an open day adds.
        left: Shape (desks,): parts at hand.
    """

    one: int
    by_day: npt.NDArray[np.int64]
    left: npt.NDArray[np.int64]

    @classmethod
    def of(cls, queue: Queue, applicants: npt.NDArray[np.int64]) -> "_Places":
        """Return the places of desks that so many apply at in a year."""
        share = queue.capacity or Fraction(0)
        one = 0 if queue.capacity is None else share.denominator * open_days(queue.calendar)
        return cls(one, share.numerator * applicants.astype(np.int64), np.zeros(len(applicants), np.int64))

    def taken(self, before: npt.NDArray[np.int64], desk: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
        """Let a day pass; returns who of the queue is seen on it.

        Args:
            before: Shape (m,): how many stand before each person at the same desk.
            desk: Shape (m,): at which desk each stands.
        """
        if not self.one:
            return np.ones(len(desk), dtype=bool)
        self.left += self.by_day
        seen = before < (self.left // self.one)[desk]
        self.left -= self.one * np.bincount(desk[seen], minlength=len(self.left))
        np.minimum(self.left, self.one, out=self.left)
        return np.asarray(seen)
