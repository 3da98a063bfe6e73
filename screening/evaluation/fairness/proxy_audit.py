"""Whether reasons tell who somebody is: can sex or province be told from the points of lawful people?

The cards read neither. Yet an answer may stand in for one, and then what looks like a reason is an origin. A
plain additive model learns on some lawful people which group somebody belongs to from the points that each
row gave, and is judged on others. How well it tells one of the group from anybody else is an area under the
curve; a half is what guessing gives. That a group can be told does not show that anybody is treated worse,
nor does a half show that all are treated alike; the gaps of flags say that.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import softmax

from dossier.truth import TruthClass
from screening.evaluation.fairness.burden import leading_points
from screening.evaluation.outcomes import Grouping, Outcomes, grouping
from screening.evaluation.rates import CONFIDENCE
from screening.evaluation.yardsticks import Area, area_under_curve
from screening.screener import Assessment, Screener

Numbers = npt.NDArray[np.float64]

OTHERS = "others:patterns"
"""The line of an explanation for resembling other patterns too."""

AUDITED = ("sex", "province")

CHANCE = 0.5
"""The area under the curve of somebody who guesses."""

ROUNDS = 200
"""Of the solver, which is done sooner."""


@dataclass(frozen=True)
class Reasons:
    """The reasons of a sample of lawful people, and to which groups they belong.

    Attributes:
        names: Rows of the cards, and last the line for other patterns.
        points: Shape (people, names): hundredths.
        groups: For each audited grouping its division of these people.
    """

    names: tuple[str, ...]
    points: npt.NDArray[np.int32]
    groups: Mapping[str, Grouping]


@dataclass(frozen=True)
class Told:
    """How well one group can be told from all others.

    Attributes:
        group: Its name.
        area: Area under the curve; its interval holds for all groups of the grouping at once.
    """

    group: str
    area: Area


@dataclass(frozen=True)
class Audit:
    """How well the groups of one grouping can be told by reasons.

    Attributes:
        by: The grouping.
        people: Lawful people in the sample who belong to an audited group.
        told: The audited groups, the best told first; whoever is surely told before whoever only seems so.
        left_out: Groups with too few people in the sample.
        carried: For each row that helps to tell the first group, by how much the area falls if everybody is
            given the row's mean; the most important first.
    """

    by: str
    people: int
    told: tuple[Told, ...]
    left_out: tuple[str, ...]
    carried: tuple[tuple[str, float], ...]


def reasons_of(
    screener: Screener, assessment: Assessment, outcomes: Outcomes, asked: npt.NDArray[np.bool_]
) -> Reasons:
    """Return the reasons of the lawful among `asked`.

    Args:
        screener: The screener that made the assessment.
        assessment: Its result for n people.
        outcomes: The same people.
        asked: Shape (n,): whom to look at.
    """
    cards = screener.cards.at(assessment.stage)
    rows = np.flatnonzero(asked & (outcomes.truth.truth_class == TruthClass.LAWFUL))
    points = leading_points(cards, assessment, rows)
    others = assessment.score.resembles_others[rows]
    chosen = outcomes.take(rows)
    return Reasons(
        (*(row.input for row in cards.rows), OTHERS),
        np.column_stack([points, others]).astype(np.int32),
        {name: grouping(chosen, name) for name in AUDITED},
    )


def joined_reasons(parts: Sequence[Reasons]) -> Reasons:
    """Return the reasons of all parts, of which there is at least one, one after the other."""
    first = parts[0]
    return Reasons(
        first.names,
        np.concatenate([part.points for part in parts]),
        {
            name: Grouping(name, division.labels, np.concatenate([part.groups[name].codes for part in parts]))
            for name, division in first.groups.items()
        },
    )


def audited(reasons: Reasons, by: str, *, folds: int, fewest: int) -> Audit | None:
    """Return how well the groups of a grouping can be told by reasons; None where there are not two.

    Args:
        reasons: Of lawful people.
        by: The grouping.
        folds: Parts of the cross-validation: each person is judged by a model that did not see him.
        fewest: Groups with fewer people are left out, and their people with them.
    """
    division = reasons.groups[by]
    people = np.bincount(division.codes[division.codes >= 0], minlength=len(division.labels))
    kept = np.flatnonzero(people >= max(fewest, folds))
    left_out = tuple(division.labels[code] for code in np.flatnonzero(people) if code not in kept)
    if len(kept) < 2:  # noqa: PLR2004  (one group cannot be told from another)
        return None
    rows = np.flatnonzero(np.isin(division.codes, kept))
    group = np.searchsorted(kept, division.codes[rows])
    features = _scaled(reasons.points[rows])
    models = _models(features, group, folds)
    scores = _told(models, features)
    # Of two groups, one is told exactly as well as the other.
    tried = len(kept) if len(kept) > 2 else 1  # noqa: PLR2004
    areas = [_area(scores[:, place], group == place, tried) for place in range(len(kept))]
    best = max(range(len(areas)), key=lambda place: _rank(areas[place]))
    told = sorted(
        (Told(division.labels[code], area) for code, area in zip(kept, areas, strict=True)),
        key=lambda one: _rank(one.area),
        reverse=True,
    )
    falls = _falls(models, features, group == best, best)
    carried = sorted(zip(reasons.names, falls, strict=True), key=lambda item: -item[1])
    useful = tuple((name, float(fall)) for name, fall in carried if fall > 0)
    return Audit(by, len(rows), tuple(told), left_out, useful)


@dataclass(frozen=True)
class _Fold:
    """A model and the people it is judged on.

    Attributes:
        rows: Those people.
        slopes: Shape (groups, features).
        starts: Shape (groups,).
    """

    rows: npt.NDArray[np.intp]
    slopes: Numbers
    starts: Numbers


def _models(features: Numbers, group: npt.NDArray[np.intp], folds: int) -> list[_Fold]:
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415  (slow to import, seldom needed)
    from sklearn.model_selection import StratifiedKFold  # noqa: PLC0415

    found = []
    for learned, rows in StratifiedKFold(folds).split(features, group):
        model = LogisticRegression(max_iter=ROUNDS).fit(features[learned], group[learned])
        slopes, starts = model.coef_, model.intercept_
        if len(slopes) == 1:
            slopes, starts = np.concatenate([-slopes, slopes]), np.concatenate([-starts, starts])
        found.append(_Fold(rows, slopes, starts))
    return found


def _told(models: Sequence[_Fold], features: Numbers, without: int | None = None) -> Numbers:
    """Return how likely each group is for each person, shape (people, groups).

    Args:
        models: Of each part of the people.
        features: Shape (people, features); means are zero.
        without: A feature of which everybody is given the mean.
    """
    scores = np.empty((len(features), len(models[0].starts)))
    for fold in models:
        found = features[fold.rows] @ fold.slopes.T + fold.starts
        if without is not None:
            found -= np.outer(features[fold.rows, without], fold.slopes[:, without])
        scores[fold.rows] = found
    return np.asarray(softmax(scores, axis=1))


def _falls(models: Sequence[_Fold], features: Numbers, own: npt.NDArray[np.bool_], place: int) -> Numbers:
    """Return by how much the area of one group falls without each feature, shape (features,)."""
    whole = _area(_told(models, features)[:, place], own, 1).estimate
    falls = np.zeros(features.shape[1])
    for column in np.flatnonzero(features.any(axis=0)).tolist():
        falls[column] = whole - _area(_told(models, features, column)[:, place], own, 1).estimate
    return falls


def _area(scores: Numbers, own: npt.NDArray[np.bool_], areas: int) -> Area:
    """Return the area under the curve, with an interval that holds for so many areas at once (Bonferroni)."""
    return area_under_curve(scores[own], scores[~own], 1 - (1 - CONFIDENCE) / areas)


def _rank(area: Area) -> tuple[bool, float]:
    return area.low > CHANCE, area.estimate


def _scaled(points: npt.NDArray[np.int32]) -> Numbers:
    """Return points with a mean of 0 and a spread of 1; a row that never varies stays at 0."""
    spread = points.std(axis=0)
    return np.asarray((points - points.mean(axis=0)) / np.where(spread > 0, spread, 1.0))
