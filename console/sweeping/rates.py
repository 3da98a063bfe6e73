"""The rates that a sweep can keep: measures of an evaluation, and what a policy of referral makes of a flag.

A person's state is a `Fate`: not flagged, or what follows from the flag. Every rate is a pair of masks over
truth class and state, so that counts of people by group, class and state give all of them, plain and paired.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from screening.evaluation.measures import (
    FALSE_FLAG,
    IRREGULAR_FLAGGED,
    LAWFUL_FLAGGED,
    MEASURES,
    MISS,
    Measure,
)
from screening.referral_policy import Fate

Mask = npt.NDArray[np.bool_]
Whole = npt.NDArray[np.int64]

FLAGGED = np.array([fate != Fate.GOES_ON for fate in Fate])
"""Shape (states,): whether somebody in this state is flagged."""

USUAL = (MISS.name, FALSE_FLAG.name)
"""The rates that are always kept; neither is ever told without the other."""


@dataclass(frozen=True)
class SweptRate:
    """One rate.

    Attributes:
        name: What it is called in files.
        counted_as: What its count is called.
        counted, among: Shape (truth classes, states): whom it counts, and of whom.
    """

    name: str
    counted_as: str
    counted: Mask
    among: Mask

    @cached_property
    def is_pairable(self) -> bool:
        """Whether its n are the same people however they are screened, so that a difference can be paired."""
        return bool((self.among.all(axis=1) | ~self.among.any(axis=1)).all())

    def shown_by(self, people: Whole) -> bool:
        """Tell whether some group holds people of both sides that the rate compares.

        Args:
            people: Shape (groups, truth classes, states).
        """
        by_class = people.sum(axis=2)
        counted = self.counted.any(axis=1)
        sides = (counted, self.among.any(axis=1) & ~counted)
        there = [by_class[:, side].sum(axis=1) > 0 for side in sides if side.any()]
        return bool(np.logical_and.reduce(there).any())

    def of(self, people: Whole) -> tuple[Whole, Whole]:
        """Return what it counts and its n, each of shape (groups,).

        Args:
            people: Shape (groups, truth classes, states).
        """
        return people[:, self.counted].sum(axis=1), people[:, self.among].sum(axis=1)

    def changes(self, pairs: Whole) -> tuple[Whole, Whole, Whole]:
        """Return who is counted after only and before only, and n; each of shape (groups,).

        Args:
            pairs: Shape (groups, truth classes, states before, states after).
        """
        before, after = self.counted[:, :, None], self.counted[:, None, :]
        among = np.broadcast_to(self.among[:, :, None], pairs.shape[1:])
        newly, no_longer = ~before & after & among, before & ~after & among
        return pairs[:, newly].sum(axis=1), pairs[:, no_longer].sum(axis=1), pairs[:, among].sum(axis=1)


def _of_measure(measure: Measure) -> SweptRate:
    """Return a measure of flags as a rate of states."""
    counted, among = (measure.mask(part)[:, FLAGGED.astype(int)] for part in ("counted", "among"))
    return SweptRate(measure.name, measure.counted_as, counted, among)


def _of_fates(name: str, counted_as: str, whose: Measure, fates: set[Fate], *, of_flagged: bool) -> SweptRate:
    """Return the share of people to whom one of these fates comes; of all of them, or of the flagged."""
    people = np.asarray(whose.mask("among").all(axis=1))[:, None]
    chosen = np.array([fate in fates for fate in Fate])
    everybody = FLAGGED if of_flagged else np.ones(len(Fate), dtype=bool)
    return SweptRate(name, counted_as, people & chosen, people & everybody)


_UNPROTECTED = {Fate.TURNED_AWAY, Fate.EXAMINED}

FATES = (
    _of_fates("lawful_ended", "ended", LAWFUL_FLAGGED, {Fate.TURNED_AWAY}, of_flagged=False),
    _of_fates("irregular_ended", "ended", IRREGULAR_FLAGGED, {Fate.TURNED_AWAY}, of_flagged=False),
    _of_fates("victims_received", "received", MISS, {Fate.RECEIVED}, of_flagged=False),
    _of_fates("flagged_victims_unprotected", "unprotected", MISS, _UNPROTECTED, of_flagged=True),
)
"""What a policy of referral does; policies change nobody's risk, and differ in nothing but these."""

RATES: Mapping[str, SweptRate] = {
    one.name: one for one in (*(_of_measure(measure) for measure in MEASURES.values()), *FATES)
}
"""Every rate by its name."""


def named(name: str) -> SweptRate | None:
    """Return a rate by its name; None if there is none of that name."""
    return RATES.get(name)


def rate_names() -> str:
    """Return the names of all rates, for a message."""
    return ", ".join(RATES)
