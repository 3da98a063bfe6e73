"""What a rule is worth: against the naive definition, which takes the rule away and screens everybody again."""

from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from dossier.findings import ABSENT, PRESENT, any_of
from dossier.stages import Stage
from dossier.truth import TruthClass
from models.card import joined_score
from models.features import encode
from screening.evaluation.rule_value import rule_counts, rule_values
from screening.screener import OVERRIDE
from tests.unit.screening.desks import assessment, cohort, screener

STAGES = pytest.mark.parametrize("stage", Stage, ids=lambda stage: stage.label)
RULES = screener().rulebook.rules
CLASSES = cohort().truth.truth_class


def threshold_at(stage: Stage) -> int:
    return screener().operating_point.threshold(stage)


def risk_without(stage: Stage, rule_id: str) -> npt.NDArray[np.int32]:
    """Return everybody's risk where the rule never fires, from findings to score."""
    found, cards = assessment(stage), screener().cards.at(stage)
    outcomes = dict(found.evidence.outcomes)
    outcomes[rule_id] = np.full_like(outcomes[rule_id], ABSENT)
    levels = encode(cards.inputs, cohort().dossiers, found.evidence.indicators, outcomes)
    risk = joined_score(cards.family_scores(levels, found.context)).risk
    fired = [outcomes[rule.id] for rule in RULES if rule.tier == "override" and rule.id in outcomes]
    return np.where(any_of(*fired) == PRESENT, OVERRIDE, risk) if fired else risk


def naive_counts(stage: Stage, threshold: int) -> list[list[list[int]]]:
    """Return for each rule and class: on whom it fires, and whose flag depends on it."""
    counts = []
    for rule in RULES:
        outcome = assessment(stage).evidence.outcomes.get(rule.id)
        fires = outcome == PRESENT if outcome is not None else np.zeros(len(CLASSES), dtype=bool)
        depends = np.zeros(len(CLASSES), dtype=bool)
        if outcome is not None:
            flagged = assessment(stage).risk >= threshold
            depends = fires & flagged & (risk_without(stage, rule.id) < threshold)
        counts.append([[int(some[c == CLASSES].sum()) for some in (fires, depends)] for c in TruthClass])
    return counts


def counts_at(stage: Stage, threshold: int) -> Any:
    return rule_counts(screener(), assessment(stage), threshold, CLASSES)


@STAGES
@pytest.mark.parametrize("lower", [0, 200])
def test_counts_agree_with_their_naive_twin(stage: Stage, lower: int) -> None:
    threshold = threshold_at(stage) - lower
    assert counts_at(stage, threshold).tolist() == naive_counts(stage, threshold)


def test_some_flags_depend_on_a_rule() -> None:
    assert counts_at(Stage.CHECKPOINT, threshold_at(Stage.CHECKPOINT))[:, :, 1].sum() > 0


@STAGES
def test_a_rule_of_a_later_stage_is_worth_nothing_yet(stage: Stage) -> None:
    counts = counts_at(stage, threshold_at(stage))
    later = [place for place, rule in enumerate(RULES) if rule.stage > stage]
    assert not counts[later].any()


@STAGES
def test_no_more_flags_depend_on_a_rule_than_it_fires_on(stage: Stage) -> None:
    counts = counts_at(stage, threshold_at(stage))
    assert (counts[:, :, 1] <= counts[:, :, 0]).all()


def test_nobodys_flag_depends_on_a_rule_where_nobody_is_flagged() -> None:
    assert not counts_at(Stage.COUNTER, OVERRIDE)[:, :, 1].any()


def test_counting_changes_nothing_in_the_assessment() -> None:
    before = assessment(Stage.COUNTER).levels.copy()
    counts_at(Stage.COUNTER, threshold_at(Stage.COUNTER))
    assert (assessment(Stage.COUNTER).levels == before).all()


def test_values_divide_by_the_people_of_each_class() -> None:
    counts = np.zeros((1, len(TruthClass), 2), dtype=np.int64)
    counts[0, TruthClass.VICTIM] = [7, 3]
    counts[0, TruthClass.LAWFUL] = [20, 5]
    counts[0, TruthClass.IRREGULAR] = [4, 2]
    counts[0, TruthClass.FACILITATOR] = [9, 9]
    of_class = np.bincount(CLASSES, minlength=len(TruthClass))
    (value,) = rule_values(["some_rule"], counts, of_class)
    victims, others = (
        of_class[TruthClass.VICTIM],
        of_class[TruthClass.LAWFUL] + of_class[TruthClass.IRREGULAR],
    )
    assert value.rule == "some_rule"
    assert (value.fires_on_victims.count, value.fires_on_victims.n) == (7, victims)
    assert (value.fires_on_others.count, value.fires_on_others.n) == (24, others)
    assert (value.saves, value.stops_lawful, value.stops_irregular) == (3, 5, 2)
