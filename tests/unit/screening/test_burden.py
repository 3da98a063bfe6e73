"""On what flags depend: against the naive definition, which drops a row or rule and screens everybody again."""

from functools import cache

import numpy as np
import numpy.typing as npt
import pytest

from dossier.findings import PRESENT
from dossier.stages import Stage
from dossier.truth import TruthClass
from models.card import StageCards, joined_score
from screening.evaluation.fairness.burden import Dependence, dependence, joined_dependences, leading_points
from screening.evaluation.outcomes import grouping
from screening.screener import OVERRIDE
from tests.unit.screening.desks import assessment, cohort, screener
from tests.unit.screening.results import drawn_outcomes

BY = ("sex", "sex+age_band", "typology")
CLASSES = cohort().truth.truth_class
OVERRIDES = [rule.id for rule in screener().rulebook.rules if rule.tier == "override"]


def threshold(stage: Stage) -> int:
    """Return a threshold at which more people are flagged than at the released one."""
    return screener().operating_point.threshold(stage) - 150


@cache
def found(stage: Stage) -> Dependence:
    return dependence(screener(), assessment(stage), threshold(stage), drawn_outcomes(), BY)


def risk_without(stage: Stage, part: str) -> npt.NDArray[np.int32]:
    """Return everybody's risk with one row dropped from the cards, or one override rule silent."""
    cards, made = screener().cards.at(stage), assessment(stage)
    kept = [place for place, row in enumerate(cards.rows) if row.input != part]
    fewer = StageCards(
        stage=cards.stage,
        contexts=cards.contexts,
        start=cards.start,
        rows=tuple(cards.rows[place] for place in kept),
        family_of=cards.family_of,
    )
    risk = joined_score(fewer.family_scores(made.levels[:, kept], made.context)).risk
    for rule in OVERRIDES:
        if rule in made.evidence.outcomes and part != f"override:{rule}":
            risk = np.where(made.evidence.outcomes[rule] == PRESENT, OVERRIDE, risk)
    return risk


@pytest.mark.parametrize("stage", [Stage.COUNTER, Stage.CHECKPOINT], ids=lambda stage: stage.label)
def test_counts_agree_with_their_naive_twin(stage: Stage) -> None:
    made, limit = found(stage), threshold(stage)
    flagged = assessment(stage).risk >= limit
    for place in sorted(
        {*range(0, len(made.parts), 3), *range(len(made.parts) - len(OVERRIDES), len(made.parts))}
    ):
        part = made.parts[place]
        depends = flagged & (risk_without(stage, part) < limit) & (CLASSES != TruthClass.FACILITATOR)
        for name in BY:
            division, counts = grouping(drawn_outcomes(), name), made.by[name].depending[place]
            expected = [
                [int((depends & (division.codes == group) & (one == CLASSES)).sum()) for one in TruthClass]
                for group in range(len(division.labels))
            ]
            assert counts.tolist() == expected, part


def test_many_flags_depend_on_rows_and_some_on_rules() -> None:
    made = found(Stage.CHECKPOINT)
    depending = made.by["sex"].depending.sum(axis=(1, 2))
    kinds = np.array([part.partition(":")[0] for part in made.parts])
    for kind in ("answer", "setting", "indicator", "rule"):
        assert depending[kinds == kind].sum() > 0, kind


def test_everybody_is_counted_once_in_a_division_of_all() -> None:
    people = found(Stage.CHECKPOINT).by["sex"].people
    flagged = assessment(Stage.CHECKPOINT).risk >= threshold(Stage.CHECKPOINT)
    assert people.sum() == len(CLASSES)
    for one in TruthClass:
        assert people[:, one, 1].sum() == (flagged & (one == CLASSES)).sum()


def test_points_are_those_of_the_leading_card() -> None:
    stage = Stage.CHECKPOINT
    made, cards = assessment(stage), screener().cards.at(stage)
    rows = np.arange(50)
    points = leading_points(cards, made, rows)
    start = np.array(cards.start)[made.context[rows], made.score.card[rows]]
    leading = made.score.families[rows, made.score.leading[rows]]
    assert (start + points.sum(axis=1) == leading).all()


def test_points_are_summed_over_lawful_people_whom_the_cards_flag() -> None:
    stage = Stage.CHECKPOINT
    made = assessment(stage)
    stopped = (CLASSES == TruthClass.LAWFUL) & (made.risk >= threshold(stage)) & (made.risk != OVERRIDE)
    points = leading_points(screener().cards.at(stage), made, np.flatnonzero(stopped)).sum(axis=0)
    counted = found(stage).by["sex"].points
    assert counted.sum(axis=1)[: len(points)].tolist() == points.tolist()
    assert not counted[len(points) :].any()


def test_the_counts_of_two_halves_add_up() -> None:
    stage = Stage.CHECKPOINT
    first = np.arange(len(CLASSES)) % 2 == 0
    halves = [
        dependence(screener(), assessment(stage), threshold(stage), drawn_outcomes(), BY, asked)
        for asked in (first, ~first)
    ]
    both = joined_dependences(halves)
    for name in BY:
        for part in ("people", "depending", "points"):
            assert (getattr(both.by[name], part) == getattr(found(stage).by[name], part)).all()


def test_points_of_any_size_are_left_out_without_overflow() -> None:
    """A stranger's cards may give a thousand log-odds units; one row of them must not hide another."""
    stage = Stage.CHECKPOINT
    for limit in (-60_000, 60_000):
        made = dependence(screener(), assessment(stage), limit, drawn_outcomes(), ("sex",))
        assert made.by["sex"].depending[: -len(OVERRIDES)].sum() == 0
