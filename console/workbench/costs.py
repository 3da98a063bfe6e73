"""What an operating point costs: flags, officer-hours and precision where so many applicants are victims.

A run holds many more victims than there are in life, so that rates can be told; whoever asks says which share
of applicants are victims, what a flag takes of an officer, and how many hours there are. Every figure has the
ends of its joint interval. Nothing is decided here.
"""

from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
import numpy.typing as npt

from console.workbench.points import GroupAt, OperatingPoints
from screening.evaluation.rates import PER, Rate
from screening.evaluation.workload import AtPrevalence, Both

MINUTES = 60
ROWS = 13
"""Thresholds of the table that stands for the curve: enough to see its shape, few enough to print."""

Shares: TypeAlias = npt.NDArray[np.float64]
Verdict: TypeAlias = Literal["within", "above", "unclear", "nobody"]


@dataclass(frozen=True)
class Capacity:
    """The officers there are.

    Attributes:
        hours: Officer-hours a day.
        applicants: Applicants a day.
    """

    hours: float
    applicants: float


@dataclass(frozen=True)
class Setting:
    """What whoever asks takes for granted.

    Attributes:
        prevalence: Share of victims among applicants.
        minutes: Officer-minutes that each flagged person takes.
        max_miss: The largest miss rate that is accepted of any group.
        capacity: The officers there are; None where nobody said it.
    """

    prevalence: float
    minutes: float
    max_miss: float
    capacity: Capacity | None = None

    @property
    def most_flags(self) -> float | None:
        """Flags among 10,000 applicants that there are officers for; None where nobody said it."""
        if self.capacity is None or not self.minutes:
            return None
        return PER * self.capacity.hours * MINUTES / self.minutes / self.capacity.applicants


@dataclass(frozen=True)
class Cost:
    """One operating point where so many applicants are victims.

    Attributes:
        at: Flags and precision with their joint intervals.
        minutes: Officer-minutes that each flagged person takes.
    """

    at: AtPrevalence
    minutes: float

    @property
    def hours(self) -> tuple[float, float, float]:
        """Officer-hours for 10,000 applicants, and the ends of the interval."""
        low, high = (self._hours(flags) for flags in (self.at.flags_low, self.at.flags_high))
        return self._hours(self.at.flags_per_10000), low, high

    def _hours(self, flags: float) -> float:
        return flags * self.minutes / MINUTES


def cost_of(found: GroupAt, setting: Setting) -> Cost | None:
    """Return what a point costs; None where it has no victims or no others to tell it from."""
    if not (found.miss.n and found.false_flag.n):
        return None
    return Cost(Both(found.miss, found.false_flag).at(setting.prevalence), setting.minutes)


def hours_on_others(found: GroupAt, minutes: float) -> tuple[float, float, float] | None:
    """Return the officer-hours that 10,000 people of a group take who are no victims, with their interval.

    How many victims there are in a group is not known; beside the others they hardly count. None where the
    group has nobody but victims.
    """
    wrong = found.false_flag
    if not wrong.n:
        return None
    each = PER * minutes / MINUTES
    return wrong.estimate * each, wrong.low * each, wrong.high * each


def verdict(miss: Rate, max_miss: float) -> Verdict:
    """Return how a miss rate stands to a bound: its whole interval decides, or it cannot be told.

    Examples:
        >>> verdict(Rate(1, 1000), 0.05), verdict(Rate(9, 10), 0.05), verdict(Rate(0, 10), 0.05)
        ('within', 'above', 'unclear')
    """
    if not miss.n:
        return "nobody"
    if miss.low > max_miss:
        return "above"
    return "within" if miss.high <= max_miss else "unclear"


def flags_per_10000(points: OperatingPoints, prevalence: float) -> Shares:
    """Return the flags among 10,000 applicants at every step; not numbers where victims or others lack."""
    all_of = points.everybody
    flagged = np.array(all_of.lawful_flagged) + np.array(all_of.irregular_flagged)
    with np.errstate(invalid="ignore", divide="ignore"):
        missed = np.array(all_of.missed) / np.float64(all_of.victims)
        wrong = flagged / np.float64(all_of.lawful + all_of.irregular)
    return flags_among(missed, wrong, prevalence)


def flags_among(missed: Shares, wrong: Shares, prevalence: float) -> Shares:
    """Return the flags among 10,000 applicants, by Bayes' rule.

    Args:
        missed, wrong: Shape (steps,): shares of victims missed and of others flagged.
        prevalence: Share of victims among applicants.
    """
    return np.asarray(PER * (prevalence * (1 - missed) + (1 - prevalence) * wrong))


def reachable_from(points: OperatingPoints, setting: Setting) -> int | None:
    """Return the lowest threshold, in hundredths, that the officers there are can keep up with.

    None where nobody said what there is, or not even the highest threshold is within it.
    """
    most = setting.most_flags
    if most is None:
        return None
    within = np.flatnonzero(flags_per_10000(points, setting.prevalence) <= most)
    return int(points.thresholds[within[0]]) if len(within) else None


@dataclass(frozen=True)
class Overview:
    """One row of the table that stands for the curve.

    Attributes:
        threshold: Hundredths.
        whole: Everybody.
        cost: What it costs; None where victims or others lack.
        fits: Whether the officers there are keep up with it; None where nobody said what there is.
        is_chosen: Whether it is the threshold that was asked for.
    """

    threshold: int
    whole: GroupAt
    cost: Cost | None
    fits: bool | None
    is_chosen: bool


def overview(points: OperatingPoints, chosen: int, setting: Setting) -> list[Overview]:
    """Return a few thresholds over the whole range, with the one at the step `chosen` among them."""
    everywhere = np.linspace(0, len(points.thresholds) - 1, ROWS).round().astype(int).tolist()
    most = setting.most_flags
    rows = []
    for step in sorted({*everywhere, chosen}):
        whole = points.everybody.at(step)
        cost = cost_of(whole, setting)
        fits = None if most is None or cost is None else cost.at.flags_per_10000 <= most
        rows.append(Overview(points.thresholds[step], whole, cost, fits, step == chosen))
    return rows
