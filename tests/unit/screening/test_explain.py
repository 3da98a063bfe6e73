"""Explanations: each reason says what was found, in which answers, in both languages."""

import numpy as np
import pytest

from dossier.fields import MISSING, NOT_APPLICABLE, fields
from dossier.indicators import indicator_texts, indicators
from dossier.recommendations import Recommendation
from dossier.stages import Stage
from models.features import contexts_at
from screening.explain import Explanation, Reason, explain, shown_value
from screening.reasons import clear_answers, said_value
from screening.referral import policy
from screening.rules import Rule
from screening.rules_examples import example_dossiers
from screening.screener import released_rules
from tests.unit.screening.desks import assessment, cohort, screener

STAGES = pytest.mark.parametrize("stage", Stage, ids=lambda stage: stage.label)
RULES = released_rules()


def explained(stage: Stage) -> list[tuple[int, Explanation]]:
    """Return the dossiers with most risk, explained: those with most reasons."""
    rows = assessment(stage).score.risk.argsort()[-40:].tolist()
    return [(row, explain(screener(), cohort().dossiers, row, stage)) for row in rows]


def reasons(stage: Stage, kind: str) -> list[tuple[int, Reason]]:
    return [(row, one) for row, found in explained(stage) for one in found.reasons if one.kind == kind]


@STAGES
def test_answers_and_settings_show_what_was_answered(stage: Stage) -> None:
    for kind in ("answer", "setting"):
        for row, reason in reasons(stage, kind):
            value = shown_value(reason.name, int(cohort().dossiers.columns[reason.name][row]))
            assert reason.values == {reason.name: value}
            assert reason.title == fields()[reason.name].label


@STAGES
def test_a_missing_answer_speaks_for_itself(stage: Stage) -> None:
    for row, reason in reasons(stage, "answer"):
        is_missing = cohort().dossiers.columns[reason.name][row] == MISSING
        assert (reason.level == "missing") == is_missing


def test_indicators_show_every_answer_they_read() -> None:
    found = [one for stage in Stage for one in reasons(stage, "indicator")]
    assert found
    for _, reason in found:
        assert tuple(reason.values) == indicators()[reason.name].reads
        assert reason.title == indicator_texts()[reason.name].title
        assert reason.level in ("unknown", "present")


def test_rules_show_every_answer_they_read() -> None:
    found = [one for stage in Stage for one in reasons(stage, "rule")]
    assert found
    for _, reason in found:
        assert set(reason.values) == set(RULES.rule(reason.name).reads)
        assert reason.title == RULES.rule(reason.name).title
        assert reason.level in ("unknown", "present")


@STAGES
def test_the_context_that_read_a_dossier_is_named(stage: Stage) -> None:
    for row, found in explained(stage):
        assert found.context == contexts_at(stage)[assessment(stage).context[row]].name


@STAGES
def test_every_line_is_a_sentence_with_the_values_it_read(stage: Stage) -> None:
    for row, found in explained(stage):
        lines = [found.start_sentence, found.others_sentence, *(reason.sentence for reason in found.reasons)]
        assert all(text.en != text.id and text.en.strip() and text.id.strip() for text in lines)
        for reason in found.reasons:
            assert [read.field for read in reason.reads] == list(reason.values)
            for read in reason.reads:
                assert read.label == fields()[read.field].label
                assert read.value == said_value(read.field, int(cohort().dossiers.columns[read.field][row]))


def test_the_honest_explanations_of_a_rule_come_with_it() -> None:
    found = [one for stage in Stage for _, one in reasons(stage, "rule")]
    assert all(reason.innocent == RULES.rule(reason.name).innocent for reason in found)


def test_the_other_pattern_that_is_named_is_the_second_of_them() -> None:
    for row, found in explained(Stage.VERIFICATION):
        families = assessment(Stage.VERIFICATION).score.families[row]
        second = screener().cards.families[int(np.argsort(-families, kind="stable")[1])]
        if found.resembles_others:
            assert policy().title[second].en in found.others_sentence.en
        else:
            assert found.others_sentence.en == "No other pattern adds to the risk."


def test_whoever_is_flagged_or_asked_further_is_offered_a_lawful_route() -> None:
    for row in range(200):
        found = explain(screener(), cohort().dossiers, row, Stage.VERIFICATION)
        assert bool(found.offers) == (found.recommendation > Recommendation.PROCEED)


def test_a_rule_and_an_indicator_that_say_the_same_are_one_line_with_the_points_of_both() -> None:
    same = "The applicant is a minor, and no letter of the parents was handed in."
    dossiers = cohort().dossiers
    columns = dossiers.columns
    lacking = fields()["guardian_letter"].code("lacking")
    row = int(np.flatnonzero((columns["age"] < 17) & (columns["guardian_letter"] == lacking))[0])
    stage = Stage.VERIFICATION
    found = explain(screener(), dossiers, row, stage)
    (line,) = [reason for reason in found.reasons if reason.sentence.en == same]
    cards, card = screener().cards.at(stage), int(assessment(stage).score.card[row])
    levels, context = assessment(stage).levels[row], int(assessment(stage).context[row])
    points = [
        int(table[context, level, card])
        for entry, table, level in zip(cards.inputs, cards.tables, levels, strict=True)
        if entry.name in ("minor_without_guardian_letter", "minor_without_parents_letter")
    ]
    assert len(points) == 2
    assert all(points)
    assert line.points == sum(points)
    assert {"age", "guardian_letter"} <= set(line.values)
    assert [read.field for read in line.reads] == list(line.values)
    assert set(RULES.rule("minor_without_parents_letter").innocent) < set(line.innocent)


@STAGES
def test_signs_are_what_was_found_and_nothing_that_leaves_nothing_to_clear_up(stage: Stage) -> None:
    for _, found in explained(stage):
        for reason in found.reasons:
            if reason.kind == "setting" or reason.level in ("missing", "unknown", "not applicable"):
                assert not reason.is_sign
            elif reason.kind == "answer":
                assert reason.is_sign == (reason.level not in clear_answers(reason.name))
            else:
                assert reason.is_sign


@STAGES
def test_every_title_is_in_both_languages(stage: Stage) -> None:
    for _, found in explained(stage):
        assert all(reason.title.en and reason.title.id for reason in found.reasons)


@pytest.mark.parametrize("rule", [r for r in RULES.rules if r.tier == "override"], ids=lambda rule: rule.id)
def test_a_decision_by_rule_names_the_rule_and_who_receives_the_person(rule: Rule) -> None:
    dossiers = example_dossiers(rule.tests.fires, RULES.rulebook.neutral)
    found = explain(screener(), dossiers, 0, rule.stage)
    assert rule.id in found.overrides
    assert found.risk is None
    assert found.agency == rule.agency
    decided = {reason.name: reason for reason in found.decided}
    assert tuple(decided) == found.overrides
    assert decided[rule.id].sentence == rule.reason
    assert decided[rule.id].innocent == rule.innocent
    assert decided[rule.id].points == 0
    assert found.recommendation == Recommendation.REFER


def test_nobody_is_received_who_is_not_referred() -> None:
    calm = int(np.argmin(assessment(Stage.VERIFICATION).risk))
    found = explain(screener(), cohort().dossiers, calm, Stage.VERIFICATION)
    assert found.recommendation < Recommendation.REFER
    assert found.agency is None
    assert found.grounds is None
    assert found.informs == ()


@pytest.mark.parametrize(
    ("name", "value", "shown"),
    [
        ("sex", 1, "male"),
        ("sex", MISSING, "missing"),
        ("contract", NOT_APPLICABLE, "not applicable"),
        ("fee_idr", 12_500_000, "12,500,000"),
        ("fee_idr", MISSING, "missing"),
    ],
)
def test_values_are_shown_as_people_read_them(name: str, value: int, shown: str) -> None:
    assert shown_value(name, value) == shown
