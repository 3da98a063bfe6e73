"""How well ratings order cases: the curve of a seat, of a class and of the screener on the same dossiers.

The four actions are ordered, so every seat has three operating points without being asked for more. With its
confidence it has eleven: among actions that let go, sure is lower than unsure; among those that flag, sure is
higher. The area under a curve is the chance that a victim's dossier was rated above another one's.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from console.debriefing.judgements import Case, Judgement
from console.debriefing.shares import Share, share
from dossier.recommendations import Recommendation
from screening.evaluation.yardsticks import Area, area_under_curve

SURE = 3
"""The highest confidence."""
OTHERS = frozenset({"lawful", "irregular"})
"""Whose flag is a false one; facilitators are in no rate."""


@dataclass(frozen=True)
class Point:
    """An operating point.

    Attributes:
        least: Rating from which on a dossier counts as flagged.
        flagged, victims: Victims' dossiers flagged, of all of them.
        wrongly, others: Other dossiers flagged, of all of them.
    """

    least: float
    flagged: int
    victims: int
    wrongly: int
    others: int

    @property
    def flagged_share(self) -> float:
        """Share of victims' dossiers flagged; 0 where there is none."""
        return self.flagged / self.victims if self.victims else 0.0

    @property
    def wrongly_share(self) -> float:
        """Share of other dossiers flagged; 0 where there is none."""
        return self.wrongly / self.others if self.others else 0.0


@dataclass(frozen=True)
class Line:
    """An operating point of the actions, with intervals that know of seats and dossiers that repeat.

    Attributes:
        least: Action from which on a dossier counts as flagged.
        flagged: Victims' dossiers flagged, of all of them.
        wrongly: Other dossiers flagged, of all of them.
    """

    least: int
    flagged: Share
    wrongly: Share


@dataclass(frozen=True)
class Rated:
    """Ratings of victims' dossiers and of others.

    Attributes:
        victims, others: Ratings; higher is more concern.
    """

    victims: Sequence[float]
    others: Sequence[float]

    def at(self, least: float) -> Point:
        """Return the operating point at which ratings from `least` on are flags."""
        return Point(
            least=least,
            flagged=sum(rating >= least for rating in self.victims),
            victims=len(self.victims),
            wrongly=sum(rating >= least for rating in self.others),
            others=len(self.others),
        )

    def points(self) -> list[Point]:
        """Return the operating points at all ratings that occur, the strictest first."""
        return [self.at(least) for least in sorted({*self.victims, *self.others}, reverse=True)]

    def area(self) -> Area | None:
        """Return the area under the curve; None where there are fewer than two on either side."""
        enough = 2
        if min(len(self.victims), len(self.others)) < enough:
            return None
        return area_under_curve(
            np.array(self.victims, dtype=np.float64), np.array(self.others, dtype=np.float64)
        )


def actions(judgements: Iterable[Judgement], cases: Mapping[str, Case]) -> Rated:
    """Return the actions as ratings."""
    return _rated((float(judgement.action), cases[judgement.dossier]) for judgement in judgements)


def confident_actions(judgements: Iterable[Judgement], cases: Mapping[str, Case], flags_from: int) -> Rated:
    """Return actions and confidence as one rating from 0 to 11."""
    return _rated(
        (float(confident_rating(judgement, flags_from)), cases[judgement.dossier]) for judgement in judgements
    )


def confident_rating(judgement: Judgement, flags_from: int) -> int:
    """Return one rating of action and confidence.

    Examples:
        >>> sure = Judgement("s", "d", 0, 3, frozenset(), 1.0, False, "counter")
        >>> confident_rating(sure, 2)
        0
    """
    flags = judgement.action >= flags_from
    within = judgement.confidence - 1 if flags else SURE - judgement.confidence
    return judgement.action * SURE + within


def screener(judgements: Iterable[Judgement], cases: Mapping[str, Case]) -> Rated:
    """Return the screener's risks for the same dossiers, each with the evidence that the seat had opened."""
    read = ((judgement, cases[judgement.dossier]) for judgement in judgements)
    return _rated((case.screened[judgement.evidence].risk, case) for judgement, case in read)


def as_screened(judgements: Iterable[Judgement], cases: Mapping[str, Case]) -> list[Judgement]:
    """Return the judgements as if every seat had followed the screener at the evidence it had opened."""
    return [_followed(judgement, cases[judgement.dossier]) for judgement in judgements]


def screened_action(judgement: Judgement, case: Case) -> int:
    """Return what the screener recommends with the evidence that the seat had opened."""
    return case.screened[judgement.evidence].recommendation


def operating_points(rated: Rated) -> list[Point]:
    """Return the three operating points of the four actions, the strictest first."""
    return [rated.at(float(action)) for action in sorted(Recommendation, reverse=True)[:-1]]


def lines(judgements: Iterable[Judgement], cases: Mapping[str, Case]) -> list[Line]:
    """Return the three operating points of the four actions as shares, the strictest first."""
    made = list(judgements)
    victims = [one for one in made if cases[one.dossier].is_victim]
    others = [one for one in made if cases[one.dossier].truth_class in OTHERS]

    def at(least: int) -> Line:
        def is_flagged(one: Judgement) -> bool:
            return one.action >= least

        return Line(least, share(victims, is_flagged), share(others, is_flagged))

    return [at(int(action)) for action in sorted(Recommendation, reverse=True)[:-1]]


def _followed(judgement: Judgement, case: Case) -> Judgement:
    return replace(judgement, action=screened_action(judgement, case))


def _rated(rated: Iterable[tuple[float, Case]]) -> Rated:
    """Return ratings of victims and of the lawful and irregular; facilitators are in no rate."""
    victims: list[float] = []
    others: list[float] = []
    for rating, case in rated:
        if case.is_victim:
            victims.append(rating)
        elif case.truth_class in OTHERS:
            others.append(rating)
    return Rated(tuple(victims), tuple(others))
