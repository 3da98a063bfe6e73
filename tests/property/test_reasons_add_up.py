"""Reasons add up to the score, to the last hundredth, at every stage and for everybody."""

from functools import cache

import numpy as np
import pytest

from dossier.fields import MISSING, fields, fields_visible_at
from dossier.recommendations import Recommendation
from dossier.stages import Stage
from screening.explain import Explanation, explain
from screening.referral import agency_names
from screening.rulebook import load_rulebook
from screening.rules_only import rules_screener
from screening.screener import OVERRIDE, RELEASED
from tests.unit.screening.desks import assessment, cohort, screener, with_column

EXACT = 1e-9
STAGES = pytest.mark.parametrize("stage", Stage, ids=lambda stage: stage.label)


def rows_of(stage: Stage) -> list[int]:
    """Return ordinary rows, and all those at the two ends: of the highest risk, and by rule."""
    found = assessment(stage)
    return sorted(
        {*range(250), *found.score.risk.argsort()[-50:].tolist(), *(found.risk == OVERRIDE).nonzero()[0]}
    )


@cache
def explanations(stage: Stage) -> tuple[tuple[int, Explanation], ...]:
    return tuple((row, explain(screener(), cohort().dossiers, row, stage)) for row in rows_of(stage))


@STAGES
def test_start_reasons_and_other_patterns_are_the_score(stage: Stage) -> None:
    score = assessment(stage).score
    for row, found in explanations(stage):
        points = [reason.points for reason in found.reasons]
        assert found.start + sum(points) + found.resembles_others == score.risk[row]
        assert found.sum_of_points == score.risk[row]
        assert all(isinstance(part, int) for part in (found.start, *points, found.resembles_others))


@STAGES
def test_the_risk_is_that_sum_or_decided_by_rule(stage: Stage) -> None:
    for row, found in explanations(stage):
        overridden = assessment(stage).risk[row] == OVERRIDE
        assert found.risk == (None if overridden else found.sum_of_points)
        assert bool(found.overrides) == overridden


@STAGES
def test_the_points_as_people_read_them_add_up_to_the_risk_as_they_read_it(stage: Stage) -> None:
    for _, found in explanations(stage):
        parts = [found.start, *(reason.points for reason in found.reasons), found.resembles_others]
        assert abs(sum(part / 100 for part in parts) - found.sum_of_points / 100) < EXACT


@STAGES
def test_reasons_add_up_where_every_answer_is_missing_that_can_be(stage: Stage) -> None:
    empty = cohort().dossiers.take(np.arange(40))
    for name, values in empty.columns.items():
        if not fields()[name].missing.startswith("never"):
            empty = with_column(empty, name, np.where(values >= 0, MISSING, values))
    risk = screener().assess(empty, stage).score.risk
    for row in range(len(empty)):
        found = explain(screener(), empty, row, stage)
        assert found.sum_of_points == risk[row]
        assert {reason.level for reason in found.reasons} & {"missing", "unknown"}


@pytest.mark.parametrize(
    "skipped", [(Stage.INTERVIEW,), (Stage.VERIFICATION,), (Stage.INTERVIEW, Stage.VERIFICATION)]
)
def test_reasons_add_up_where_stages_were_skipped(skipped: tuple[Stage, ...]) -> None:
    passed = frozenset(skipped)
    rows = rows_of(Stage.CHECKPOINT)[:100]
    risk = screener().assess(cohort().dossiers, Stage.CHECKPOINT, passed).score.risk
    for row in rows:
        found = explain(screener(), cohort().dossiers, row, Stage.CHECKPOINT, passed)
        assert found.sum_of_points == risk[row]
        assert {fields()[name].visible_from for name in found.skipped} == passed
        read = {read.field for reason in found.reasons for read in reason.reads}
        assert not read & set(found.skipped)
        assert not set(found.not_assessed) & set(found.skipped)


def test_reasons_add_up_where_rules_decide_by_themselves() -> None:
    by_rules = rules_screener(load_rulebook(RELEASED), 2)
    assessed = by_rules.assess(cohort().dossiers, Stage.VERIFICATION)
    for row in assessed.score.risk.argsort()[-40:].tolist():
        found = explain(by_rules, cohort().dossiers, row, Stage.VERIFICATION)
        assert found.by_rules
        assert found.sum_of_points == assessed.score.risk[row] == 100 * len(found.reasons)
        assert {reason.kind for reason in found.reasons} == {"rule"}


@STAGES
def test_start_and_reasons_are_the_leading_card_alone(stage: Stage) -> None:
    score = assessment(stage).score
    for row, found in explanations(stage):
        leading = screener().cards.families.index(found.family)
        own = found.start + sum(reason.points for reason in found.reasons)
        assert own == score.families[row, leading] == score.families[row].max()


@STAGES
def test_an_explanation_agrees_with_the_assessment_of_everybody(stage: Stage) -> None:
    together = assessment(stage)
    for row, found in explanations(stage):
        assert found.applicant == together.applicants[row]
        assert found.recommendation == together.recommendation[row]
        assert found.family == screener().cards.families[together.score.leading[row]]
        assert found.resembles_others == together.score.resembles_others[row] >= 0
        referred = found.recommendation == Recommendation.REFER
        assert found.agency == (agency_names()[together.agency[row]] if referred else None)
        grounds = screener().referral.routes[int(together.route[row])].grounds
        assert found.grounds == (grounds if referred else None)


@STAGES
def test_reasons_stand_in_order_and_none_of_them_takes_away(stage: Stage) -> None:
    """Signs come first; among them, and among what is none, most points do."""
    for _, found in explanations(stage):
        signs = [reason.points for reason in found.reasons if reason.is_sign]
        others = [reason.points for reason in found.reasons if not reason.is_sign]
        assert signs == sorted(signs, reverse=True)
        assert others == sorted(others, reverse=True)
        assert signs + others == [reason.points for reason in found.reasons]
        assert all(one > 0 for one in signs + others)


@STAGES
def test_no_sentence_is_read_twice(stage: Stage) -> None:
    for _, found in explanations(stage):
        said = [reason.sentence.en for reason in found.reasons]
        assert len(set(said)) == len(said)


@STAGES
def test_what_is_empty_and_what_was_not_asked_yet_are_told_apart(stage: Stage) -> None:
    visible = fields_visible_at(stage)
    for row, found in explanations(stage):
        empty = [name for name in visible if cohort().dossiers.columns[name][row] == MISSING]
        assert list(found.not_assessed) == empty
        assert set(found.not_yet_asked) == set(fields()) - set(visible)


@STAGES
def test_a_reason_shows_only_values_that_can_be_seen_at_the_stage(stage: Stage) -> None:
    visible = set(fields_visible_at(stage))
    assert all(set(reason.values) <= visible for _, found in explanations(stage) for reason in found.reasons)
