"""Every screener is compared on the same people: ours, others' rules, simpler ways, and the best possible.

Who scores flags as many as we do; who decides by itself is met at its own workload. What is learned is learned
on other people. Ties are told, the oracle may be exceeded, and no view of what a miss weighs is left out.
"""

from collections.abc import Iterator
from functools import cache
from itertools import product
from typing import Any

import numpy as np
import pytest
from scipy.stats import binomtest
from threadpoolctl import threadpool_limits

from console import rivals as rivals_module
from console import training
from console.rivals import AS_RUN, BEST_INDICATOR, Rivals, compared_content, trained_rivals
from dossier.dossiers import Dossiers
from dossier.stages import Stage
from models import challengers, floors
from models.train import settings as training_settings
from screening.evaluation.decision_curve import terms
from screening.evaluation.outcomes import Outcomes, outcomes_of
from screening.evaluation.panel import Panel, panel_of
from screening.rules_only import published_flags, published_rulebooks
from screening.screener import released_rules
from synthetic.cohort import dossiers_of, plan_for, truth_of
from synthetic.draw import Drawn
from tests.unit.screening.desks import screener
from tests.unit.synthetic.worlds import world

SCENARIO, SIZE, SEED, STAGE = "phnom_penh_2022", 3000, 23, Stage.VERIFICATION
BY_SCORE = {"oracle", "challenger", "logistic", "rules_only", BEST_INDICATOR}
BY_FLAGS = {"ilo-pre-departure", "paper-004", "women-17-45"}
THRESHOLD = screener().operating_point.threshold(STAGE)


@cache
def drawn() -> tuple[Drawn, Dossiers, Outcomes]:
    found = plan_for(world(SCENARIO), SIZE, SEED).draw(range(SIZE))
    dossiers = dossiers_of(found)
    assessed = {STAGE: screener().assess(dossiers, STAGE)}
    return found, dossiers, outcomes_of(dossiers, truth_of(world(SCENARIO), found), assessed, STAGE)


@pytest.fixture(scope="module")
def rivals() -> Iterator[Rivals]:
    """Few people to learn from, few trees, on one thread."""
    floor = floors.settings().model_copy(update={"victims": 800, "others": 2500})
    sizes = {"challenger_victims": 800, "challenger_others": 2500, "challenger_trees": 20}
    small = training_settings().model_copy(update=sizes)
    with pytest.MonkeyPatch.context() as patch, threadpool_limits(1):
        for module in (rivals_module, floors):
            patch.setattr(module, "floor_settings" if module is rivals_module else "settings", lambda: floor)
        for module in (training, challengers):
            patch.setattr(module, "settings", lambda: small)
        patch.setattr(rivals_module, "training_settings", lambda: small)
        yield trained_rivals(world(SCENARIO), screener().cards, STAGE)


@pytest.fixture(scope="module")
def panel(rivals: Rivals) -> Panel:
    found, dossiers, outcomes = drawn()
    rows = np.flatnonzero(outcomes.truth.is_victim | outcomes.truth.is_counted_as_other)
    scores = rivals.scores(found, dossiers, screener().rulebook, rows)
    return panel_of(
        outcomes, STAGE, rows, 1.0, scores, published_flags(published_rulebooks(), dossiers, STAGE)
    )


@pytest.fixture(scope="module")
def content(panel: Panel, rivals: Rivals) -> dict[str, Any]:
    calibration = screener().operating_point.calibration(STAGE)
    assert calibration is not None
    return compared_content(panel, THRESHOLD, (1.0, 1.0), rivals, calibration)


def by_name(content: dict[str, Any]) -> dict[str, Any]:
    return {one["name"]: one for one in content["comparisons"]["rivals"]}


def test_all_of_them_are_there(content: dict[str, Any]) -> None:
    assert set(by_name(content)) == BY_SCORE | BY_FLAGS
    assert {name for name, one in by_name(content).items() if one["by_its_flags"]} == BY_FLAGS
    assert content.keys() >= BY_SCORE


def test_they_are_the_very_same_people(content: dict[str, Any]) -> None:
    people, truth = content["comparisons"]["people"], drawn()[2].truth
    assert people["victims"] == truth.is_victim.sum()
    assert people["lawful"] + people["irregular"] == truth.is_counted_as_other.sum()
    for one in by_name(content).values():
        for side in (one, one["screener"]):
            assert side["miss_rate"]["n"] == people["victims"]
            assert side["lawful_flagged"]["n"] == people["lawful"]
            assert side["irregular_flagged"]["n"] == people["irregular"]


def test_two_who_are_compared_flag_equally_many(content: dict[str, Any]) -> None:
    for one in by_name(content).values():
        assert one["flags_per_10000"] == pytest.approx(one["screener"]["flags_per_10000"])
    ours = content["comparisons"]["screener"]["flags_per_10000"]
    assert all(by_name(content)[name]["flags_per_10000"] == pytest.approx(ours) for name in BY_SCORE)


def test_rulebooks_are_met_where_they_stand(content: dict[str, Any]) -> None:
    """Their flags are those they would give, whatever the workload of the screener is."""
    _, dossiers, outcomes = drawn()
    for name, flagged in published_flags(published_rulebooks(), dossiers, STAGE).items():
        missed = by_name(content)[name]["miss_rate"]["missed"]
        assert missed == (outcomes.truth.is_victim & ~flagged).sum()


def test_the_tests_are_exact_and_counted(content: dict[str, Any]) -> None:
    found = [one[side] for one in by_name(content).values() for side in ("misses", "lawful")]
    assert content["comparisons"]["tests"] == len(found) == 2 * len(BY_SCORE | BY_FLAGS)
    for gap in found:
        only = gap["only_screener"], gap["only_this"]
        expected = binomtest(only[0], sum(only)).pvalue if sum(only) else 1.0
        assert gap["p_value"] == pytest.approx(float(expected))
        assert gap["p_value"] <= gap["p_value_holm"] <= 1.0
        low, high = (gap["screener_minus_this"][end] for end in ("low", "high"))
        assert low <= gap["screener_minus_this"]["estimate"] <= high


def test_nobody_who_is_evaluated_chose_the_best_indicator(rivals: Rivals, panel: Panel) -> None:
    """It is the best of other people; among those evaluated another one might well do better."""
    assert rivals.indicator is not None
    _, dossiers, outcomes = drawn()
    learned_on, _ = training.labelled_draw(world("baseline_year"), 50, 50, screener().cards.training.seed)
    assert not set(learned_on.applicants) & set(dossiers.applicants)
    read = released_rules().indicator_findings(dossiers, STAGE)[rivals.indicator.floor.name]
    rows = np.flatnonzero(outcomes.truth.is_victim | outcomes.truth.is_counted_as_other)
    assert panel.scores[BEST_INDICATOR].tolist() == read[rows].tolist()


def test_ties_are_told_for_whoever_has_them(content: dict[str, Any]) -> None:
    tied = by_name(content)[BEST_INDICATOR]
    assert tied["missed_best"] < tied["missed_worst"]
    for one in by_name(content).values():
        for side, part in product((one, one["screener"]), ("missed", "lawful_flagged")):
            ends = sorted((side[f"{part}_best"], side[f"{part}_worst"]))
            rate = side["miss_rate"]["missed"] if part == "missed" else side[part]["flagged"]
            assert ends[0] <= rate <= ends[1]


def test_each_is_told_as_a_share_of_what_can_be_achieved(content: dict[str, Any]) -> None:
    assert by_name(content)["oracle"]["share_of_achievable"]["estimate"] == 1.0
    whole = content["comparisons"]["share_of_achievable"]["overall"]
    assert whole["low"] < whole["estimate"] < 1.0
    assert whole["n"] > 0
    for one in by_name(content).values():
        found = one["share_of_achievable"]
        assert found["low"] <= found["estimate"] <= found["high"]


def test_whoever_gives_a_chance_or_a_flag_stands_on_both_curves(content: dict[str, Any]) -> None:
    chances = {"screener", "oracle", "challenger", "logistic", BEST_INDICATOR}
    for curve in (content["cost_curve"], *content["decision_curve"]["curves"]):
        found = {way["name"]: way["decides_by"] for way in curve["ways"]}
        assert {name for name, by in found.items() if by == "chance"} == chances
        assert {name for name, by in found.items() if by == "flags"} == BY_FLAGS | {AS_RUN}
    assert [c["prevalence"] for c in content["decision_curve"]["curves"]] == list(terms().prevalences)
    assert content["decision_curve"]["grade"] == content["cost_curve"]["grade"] == "D"


def test_nobody_is_worth_more_than_who_knows_the_laws_wherever_chance_could_not_do_it(
    content: dict[str, Any],
) -> None:
    for curve in content["decision_curve"]["curves"]:
        ways = {way["name"]: way for way in curve["ways"]}
        for name, way in ways.items():
            assert all(low <= high for low, high in zip(way["low"], ways["oracle"]["high"], strict=True)), (
                name
            )


def test_net_benefit_is_what_people_of_the_cohort_add_up_to(content: dict[str, Any], panel: Panel) -> None:
    """The naive way, from raw people: the oracle's own odds, moved to the stated share of victims."""
    at = {name: place for place, name in enumerate(way["name"] for way in content["cost_curve"]["ways"])}
    victims = panel.is_victim
    shares = dict.fromkeys(("victim", "lawful", "irregular"), 0.0)
    for kind in world(SCENARIO).kinds:
        if kind.truth_class.label in shares:
            shares[kind.truth_class.label] += kind.share
    prior = shares["victim"] / (shares["lawful"] + shares["irregular"])
    for curve in content["decision_curve"]["curves"]:
        prevalence = curve["prevalence"]
        way = curve["ways"][at["oracle"]]
        for place, chance in enumerate(content["decision_curve"]["threshold_chances"]):
            odds = np.exp(panel.scores["oracle"]) / prior * prevalence / (1 - prevalence)
            flagged = odds / (1 + odds) >= chance
            expected = prevalence * flagged[victims].mean()
            expected -= (1 - prevalence) * chance / (1 - chance) * flagged[~victims].mean()
            assert way["estimate"][place] == pytest.approx(10_000 * expected, abs=1e-6)


def test_rules_that_decide_are_told_by_their_flags_alone(panel: Panel, rivals: Rivals) -> None:
    found = compared_content(panel, THRESHOLD, (1.0, 1.0), rivals, None)
    assert "screener" not in {way["name"] for way in found["cost_curve"]["ways"]}


def test_a_base_rate_moves_workloads_and_no_share_of_a_side(panel: Panel, rivals: Rivals) -> None:
    """At a rare base rate nearly all flags are others', so they alone make up the workload."""
    found = compared_content(panel, THRESHOLD, (0.001, 1.0), rivals, None)
    own = found["comparisons"]["screener"]
    others = own["lawful_flagged"]["flagged"] + own["irregular_flagged"]["flagged"]
    oracle = by_name(found)["oracle"]
    theirs = oracle["lawful_flagged"]["flagged"] + oracle["irregular_flagged"]["flagged"]
    assert abs(theirs - others) <= 2
    assert (
        own["miss_rate"]
        == compared_content(panel, THRESHOLD, (1.0, 1.0), rivals, None)["comparisons"]["screener"][
            "miss_rate"
        ]
    )
