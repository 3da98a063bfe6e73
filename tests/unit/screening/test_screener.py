"""The screener: overrides, recommendations, the frame it returns, and what it refuses to be made of."""

from dataclasses import replace

import numpy as np
import pytest

from dossier.dossiers import Dossiers
from dossier.findings import PRESENT, any_of
from dossier.problems import BadInput
from dossier.recommendations import Recommendation
from dossier.stages import STAGE_LABELS, Stage
from models.card import CardSet, StageCards, load_cards
from models.features import CardInput
from screening import Screener
from screening.operating_point import load_operating_point
from screening.referral import agency_names, headline_stage, policy
from screening.rules import Rule
from screening.rules_examples import example_dossiers
from screening.screener import (
    OVERRIDE,
    RELEASED,
    Assessment,
    as_frame,
    fired_rules,
    inputs_at,
    read_evidence,
    released_rules,
)
from tests.unit.screening.desks import assessment, cohort, screener

STAGES = pytest.mark.parametrize("stage", Stage, ids=lambda stage: stage.label)
RULES = released_rules()
OVERRIDES = [rule for rule in RULES.rules if rule.tier == "override"]


def fires(rule: Rule) -> Dossiers:
    """Return the dossiers on which a rule fires, from its own test rows."""
    return example_dossiers(rule.tests.fires, RULES.rulebook.neutral)


# --- overrides --------------------------------------------------------------------------------------


def test_there_are_override_rules_and_they_fire_on_somebody() -> None:
    assert OVERRIDES
    assert all(len(fires(rule)) for rule in OVERRIDES)


@pytest.mark.parametrize("rule", OVERRIDES, ids=lambda rule: rule.id)
def test_an_override_rule_refers_to_its_agency_above_any_score(rule: Rule) -> None:
    found = screener().assess(fires(rule), rule.stage)
    assert (found.risk == OVERRIDE).all()
    assert (found.recommendation == Recommendation.REFER).all()
    assert [agency_names()[place] for place in found.agency] == [rule.agency] * len(found.risk)
    assert (found.score.risk < OVERRIDE).all()


@pytest.mark.parametrize("rule", OVERRIDES, ids=lambda rule: rule.id)
def test_an_override_is_shown_as_infinite_and_named(rule: Rule) -> None:
    frame = as_frame(screener(), screener().assess(fires(rule), rule.stage))
    assert np.isposinf(frame["risk"]).all()
    assert all(rule.id in fired.split() for fired in frame["rules"])


@pytest.mark.parametrize("rule", OVERRIDES, ids=lambda rule: rule.id)
def test_an_override_refers_however_high_the_threshold(rule: Rule) -> None:
    stern = replace(screener(), operating_point=screener().operating_point.with_threshold(rule.stage, 99_999))
    found = stern.assess(fires(rule), rule.stage)
    assert (found.recommendation == Recommendation.REFER).all()


@STAGES
def test_everybody_is_overridden_exactly_where_an_override_rule_fires(stage: Stage) -> None:
    found = assessment(stage)
    outcomes = [found.evidence.outcomes[r.id] for r in OVERRIDES if r.id in found.evidence.outcomes]
    expected = any_of(*outcomes) == PRESENT if outcomes else np.zeros(len(found.risk), dtype=bool)
    assert ((found.risk == OVERRIDE) == expected).all()
    assert (found.risk[~expected] == found.score.risk[~expected]).all()


# --- recommendations --------------------------------------------------------------------------------


def naive_recommendation(found: Assessment, row: int, threshold: int) -> Recommendation:
    """Return what follows from the policy for one dossier, asked one question after the other."""
    if found.risk[row] >= threshold:
        return Recommendation.REFER
    if found.risk[row] >= threshold - policy().interview_margin:
        return Recommendation.INTERVIEW
    findings = found.evidence.indicators
    if any(findings[name][row] == PRESENT for name in policy().ask_for_documents if name in findings):
        return Recommendation.DOCUMENTS
    return Recommendation.PROCEED


@STAGES
def test_recommendations_agree_with_their_naive_twin(stage: Stage) -> None:
    found = assessment(stage)
    threshold = screener().operating_point.threshold(stage)
    for row in range(len(found.risk)):
        assert found.recommendation[row] == naive_recommendation(found, row, threshold)


def test_every_recommendation_is_given_to_somebody() -> None:
    assert set(assessment(Stage.VERIFICATION).recommendation.tolist()) == set(Recommendation)


@STAGES
def test_a_recommendation_never_falls_as_the_risk_rises(stage: Stage) -> None:
    found = assessment(stage)
    highest = {r: found.risk[found.recommendation == r].max(initial=-OVERRIDE) for r in Recommendation}
    lowest = {r: found.risk[found.recommendation == r].min(initial=OVERRIDE) for r in Recommendation}
    assert (
        max(highest[Recommendation.PROCEED], highest[Recommendation.DOCUMENTS])
        < lowest[Recommendation.INTERVIEW]
    )
    assert highest[Recommendation.INTERVIEW] < lowest[Recommendation.REFER]


def test_a_flag_is_a_recommendation_to_refer() -> None:
    found = assessment(Stage.VERIFICATION)
    threshold = screener().operating_point.threshold(Stage.VERIFICATION)
    assert (found.is_flagged == (found.risk >= threshold)).all()


def test_a_lower_threshold_only_adds_flags() -> None:
    point = screener().operating_point
    stage = Stage.VERIFICATION
    lower = point.with_threshold(stage, point.threshold(stage) - 100)
    found = replace(screener(), operating_point=lower).assess(cohort().dossiers, stage)
    before = assessment(stage)
    assert (found.is_flagged >= before.is_flagged).all()
    assert found.is_flagged.sum() > before.is_flagged.sum()
    assert (found.risk == before.risk).all()


# --- the frame --------------------------------------------------------------------------------------


def test_the_frame_has_one_row_for_each_dossier_in_the_same_order() -> None:
    frame = screener().screen(cohort().observed)
    assert frame["applicant"].tolist() == cohort().dossiers.applicants.tolist()
    assert list(frame.columns) == [
        "applicant",
        "stage",
        "recommendation",
        "risk",
        "resembles",
        "agency",
        "grounds",
        "rules",
    ]


def test_the_frame_carries_the_mark_and_the_threshold() -> None:
    frame = screener().screen(cohort().observed)
    assert frame.attrs["synthetic"] is True
    assert frame.attrs["threshold"] == screener().operating_point.threshold(headline_stage())


@STAGES
def test_the_frame_says_what_the_assessment_found(stage: Stage) -> None:
    found = assessment(stage)
    frame = screener().screen(cohort().observed, stage)
    assert set(frame["stage"]) == {stage.label}
    assert list(frame["stage"].cat.categories) == list(STAGE_LABELS)
    expected = [Recommendation(code).label for code in found.recommendation]
    assert frame["recommendation"].tolist() == expected
    by_rule = (found.risk == OVERRIDE).tolist()
    risks = zip(frame["risk"], found.score.risk.tolist(), by_rule, strict=True)
    assert all(risk == (np.inf if ruled else points / 100) for risk, points, ruled in risks)
    assert frame["resembles"].tolist() == [screener().cards.families[code] for code in found.score.leading]


def test_recommendations_in_the_frame_can_be_compared() -> None:
    column = screener().screen(cohort().observed)["recommendation"]
    assert column.cat.ordered
    assert list(column.cat.categories) == ["proceed", "documents", "interview", "refer"]
    assert (column > "interview").sum() == assessment(headline_stage()).is_flagged.sum()


def test_an_agency_is_named_exactly_where_somebody_is_referred() -> None:
    frame = screener().screen(cohort().observed)
    assert (frame["agency"].notna() == (frame["recommendation"] == "refer")).all()
    assert set(frame["agency"].dropna()) <= set(agency_names())


def test_the_headline_stage_is_taken_when_none_is_named() -> None:
    plain, named = (
        screener().screen(cohort().observed),
        screener().screen(cohort().observed, headline_stage()),
    )
    assert plain.equals(named)


def test_an_empty_frame_is_screened_into_an_empty_frame() -> None:
    nobody = cohort().observed.iloc[:0]
    frame = screener().screen(nobody)
    assert len(frame) == 0
    assert "recommendation" in frame


@STAGES
def test_the_rules_of_a_row_are_those_that_fired(stage: Stage) -> None:
    found = assessment(stage)
    spelled, combination = fired_rules(found)
    for row in range(300):
        fired = [rule for rule, outcome in found.evidence.outcomes.items() if outcome[row] == PRESENT]
        assert spelled[combination[row]].split() == fired


def test_no_rule_is_lost_where_there_are_many() -> None:
    """More rules than a machine word has bits."""
    many = {f"rule_{place}": np.array([2 * (place in (0, 69)), 0], dtype=np.int8) for place in range(70)}
    found = assessment(Stage.COUNTER)
    evidence = replace(found.evidence, outcomes=many)
    two = replace(found, evidence=evidence, risk=found.risk[:2])
    spelled, combination = fired_rules(two)
    assert [spelled[place] for place in combination] == ["rule_0 rule_69", ""]


# --- what it is made of -----------------------------------------------------------------------------


def test_the_released_screener_belongs_together() -> None:
    made = Screener.default()
    assert made.cards.columns_hash == made.rulebook.columns_hash == made.operating_point.columns_hash


def test_cards_for_other_rules_are_refused() -> None:
    other = load_cards(RELEASED).model_copy(update={"columns_hash": "f" * 64})
    with pytest.raises(BadInput, match="trained on other rules"):
        Screener(RULES, other, load_operating_point(RELEASED))


def with_first_stage(**changes: object) -> CardSet:
    """Return the released cards with something changed at the first stage."""
    cards = load_cards(RELEASED)
    first: StageCards = cards.stages[0].model_copy(update=changes)
    return cards.model_copy(update={"stages": (first, *cards.stages[1:])})


def test_cards_for_other_contexts_are_refused() -> None:
    contexts = load_cards(RELEASED).stages[0].contexts
    with pytest.raises(BadInput, match="trained on other inputs"):
        Screener(
            RULES, with_first_stage(contexts=("elsewhere", *contexts[1:])), load_operating_point(RELEASED)
        )


@pytest.mark.parametrize(
    "change",
    [{"input": "answer:shoe_size"}, {"input": "setting:sex"}, {"levels": ("looks_older", "consistent")}],
    ids=str,
)
def test_cards_that_read_something_else_are_refused(change: dict[str, object]) -> None:
    """A level that moved would be read as another one, silently."""
    rows = load_cards(RELEASED).stages[0].rows
    spoiled = with_first_stage(rows=(rows[0].model_copy(update=change), *rows[1:]))
    with pytest.raises(BadInput, match="trained on other inputs"):
        Screener(RULES, spoiled, load_operating_point(RELEASED))


@STAGES
def test_override_rules_and_later_rules_are_no_inputs(stage: Stage) -> None:
    rules = {entry.name for entry in inputs_at(RULES, stage) if entry.kind == "rule"}
    assert rules == {rule.id for rule in RULES.rules if rule.tier == "evidence" and rule.stage <= stage}


@STAGES
def test_released_cards_read_nothing_but_inputs_of_their_stage(stage: Stage) -> None:
    assert set(screener().cards.at(stage).inputs) <= set(inputs_at(RULES, stage))
    assert all(isinstance(entry, CardInput) for entry in screener().cards.at(stage).inputs)


@STAGES
def test_evidence_is_what_rules_and_indicators_find(stage: Stage) -> None:
    found = read_evidence(RULES, cohort().dossiers, stage)
    assert set(found.indicators) == {name for name, one in RULES.indicators.items() if one.stage <= stage}
    assert set(found.outcomes) == {rule.id for rule in RULES.rules if rule.stage <= stage}
    for name, one in RULES.indicators.items():
        if name in found.indicators:
            assert (found.indicators[name] == one.read(cohort().dossiers, RULES.parameters)).all()


def test_a_frame_is_screened_at_a_stage_named_by_its_label() -> None:
    observed = cohort().observed
    assert screener().screen(observed, "interview").equals(screener().screen(observed, Stage.INTERVIEW))


def test_a_stage_that_there_is_not_is_refused_with_the_labels_that_there_are() -> None:
    with pytest.raises(BadInput, match="there is no stage 'intervue'") as refused:
        screener().screen(cohort().observed, "intervue")
    assert ", ".join(STAGE_LABELS) in str(refused.value)
