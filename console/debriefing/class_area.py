"""The area under the curve of a class: the chance that a seat rates a victim's dossier above another one.

It is the average over seats, victims' dossiers and others, since seats differ in what they take for enough.
All three are drawn: another class would have other seats, another sitting other dossiers. So its variance is
DeLong's over dossiers, with seats averaged, and that over seats added; the part of the seats holds chance
that those of the dossiers hold, too, which errs on the safe side. Limits are taken on the scale of log-odds,
by Student's distribution for the smaller number of dossiers. Where nothing varies they are Clopper and
Pearson's instead.

In simulated classes of 5 to 300 seats (ratings after Roe and Metz 1997, areas from 0.70 to 0.97, from 4
victims' dossiers and 8 others on; 600 classes each) such limits held the truth in 94 to 99 of 100. DeLong's
own, with seats as they are, held it in 67 to 92 of 100, and a bootstrap over seats and dossiers in 71 to 93.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
from scipy.special import expit, logit, stdtrit

from console.debriefing.judgements import Case, Judgement, by_seat
from console.debriefing.rating import OTHERS, confident_rating
from screening.evaluation.rates import CONFIDENCE
from screening.intervals import exact_interval

Numbers: TypeAlias = npt.NDArray[np.float64]
FEWEST = 2
"""Of seats and of dossiers on either side: of fewer nobody can say how they vary."""


@dataclass(frozen=True)
class ClassArea:
    """The area under the curve of a class, with actions and confidence as ratings.

    Attributes:
        estimate, low, high: The area and its interval, over other seats and other dossiers like these.
        seats, victims, others: Seats, and dossiers of victims and of others, that it rests on.
    """

    estimate: float
    low: float
    high: float
    seats: int
    victims: int
    others: int


def class_area(
    judgements: Iterable[Judgement], cases: Mapping[str, Case], flags_from: int
) -> ClassArea | None:
    """Return the area under the curve of a class.

    Args:
        judgements: Of many seats, at most one for each dossier and seat.
        cases: By dossier.
        flags_from: Least action that counts as a flag.

    Returns:
        None of fewer than two seats that rated both sides, or fewer than two dossiers on either side.
    """
    rated = {seat: _rated(own, cases, flags_from) for seat, own in by_seat(judgements).items()}
    both = [sides for sides in rated.values() if all(sides)]
    names = [sorted({dossier for sides in both for dossier in sides[side]}) for side in (0, 1)]
    if min(len(both), *map(len, names)) < FEWEST:
        return None
    victims, others = (
        np.array([[sides[side].get(dossier, np.nan) for dossier in names[side]] for sides in both])
        for side in (0, 1)
    )
    return area_of_ratings(victims, others)


def area_of_ratings(victims: Numbers, others: Numbers, confidence: float = CONFIDENCE) -> ClassArea:
    """Return the area under the curve of ratings.

    Args:
        victims: Shape (seats, victims' dossiers): higher is more concern; NaN where a seat did not decide.
        others: Shape (seats, others' dossiers).
        confidence: Of the interval.
    """
    won, pairs = (np.array(found) for found in zip(*map(_won, victims, others), strict=True))
    area = float(won.sum() / pairs.sum())
    # Each is the area of one dossier, or of one seat, over all pairs that it is part of.
    parts = [won.sum(axis=axes) / pairs.sum(axis=axes) for axes in ((0, 2), (0, 1), (1, 2))]
    variance = sum(float(np.var(part, ddof=1)) / len(part) for part in parts)
    smaller = min(victims.shape[1], others.shape[1])
    low, high = _limits(area, variance, smaller, confidence)
    return ClassArea(area, low, high, len(victims), victims.shape[1], others.shape[1])


def _limits(area: float, variance: float, smaller: int, confidence: float) -> tuple[float, float]:
    """Return the ends of the interval of an area that rests on `smaller` dossiers on the smaller side."""
    if not variance or area in {0.0, 1.0}:
        counts = [np.floor(area * smaller), np.ceil(area * smaller)]
        lows, highs = exact_interval(counts, smaller, confidence)
        return float(lows[0]), float(highs[1])
    half = float(stdtrit(smaller - 1, (1 + confidence) / 2)) * variance**0.5 / (area * (1 - area))
    return float(expit(logit(area) - half)), float(expit(logit(area) + half))


def _won(victims: Numbers, others: Numbers) -> tuple[Numbers, Numbers]:
    """Return which pairs one seat rated rightly, ties half, and which it rated; shape (victims, others)."""
    mine, theirs = victims[:, None], others[None, :]
    rated = ~np.isnan(mine) & ~np.isnan(theirs)
    return (mine > theirs) + (mine == theirs) / 2, rated.astype(np.float64)


def _rated(
    own: Iterable[Judgement], cases: Mapping[str, Case], flags_from: int
) -> tuple[dict[str, float], dict[str, float]]:
    """Return the ratings of one seat by dossier, of victims and of others."""
    victims: dict[str, float] = {}
    others: dict[str, float] = {}
    for one in own:
        case = cases[one.dossier]
        if case.is_victim or case.truth_class in OTHERS:
            (victims if case.is_victim else others)[one.dossier] = float(confident_rating(one, flags_from))
    return victims, others
