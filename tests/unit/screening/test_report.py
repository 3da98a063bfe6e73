"""An evaluation as a whole: every number with its count, all of it JSON, and all of it adding up."""

import json
from collections import Counter
from dataclasses import replace
from math import isfinite
from typing import Any

import pytest

from dossier.problems import BadInput
from dossier.recommendations import Recommendation
from dossier.stages import STAGE_LABELS, Stage
from dossier.truth import TruthClass
from screening.evaluation.outcomes import GROUPINGS
from screening.evaluation.rates import Rate
from screening.evaluation.report import GROUPED_BY, Evaluation
from screening.referral import headline_stage
from tests.unit.screening.results import drawn_evaluation, drawn_flags, drawn_outcomes, made

RATES = {
    "miss_rate": "missed",
    "false_flag_rate": "flagged",
    "lawful_flagged": "flagged",
    "irregular_flagged": "flagged",
    "facilitators_flagged": "flagged",
}


def content() -> dict[str, Any]:
    return drawn_evaluation().to_json()


def evaluation(module: list[int], risk: list[int], threshold: int = 0) -> Evaluation:
    return Evaluation(
        made(module, risk), Stage.COUNTER, dict.fromkeys(STAGE_LABELS, threshold), ("a", "b"), ("police",)
    )


def rates_in(found: Any) -> list[dict[str, Any]]:
    """Return everything in a content that looks like a rate, however deep."""
    if isinstance(found, list):
        return [rate for one in found for rate in rates_in(one)]
    if not isinstance(found, dict):
        return []
    inside = [rate for one in found.values() for rate in rates_in(one)]
    return [found, *inside] if "estimate" in found else inside


# --- JSON -------------------------------------------------------------------------------------------


def test_the_whole_is_json_without_anything_that_json_does_not_know() -> None:
    text = json.dumps(content(), allow_nan=False)
    assert json.loads(text) == content()


@pytest.mark.parametrize(
    ("module", "risk"),
    [
        ([0], [-5]),
        ([0], [5]),
        ([3], [-5]),
        ([3], [5]),
        ([5], [0]),
        ([2, 2], [1, -1]),
        ([0, 3], [2**31 - 1] * 2),
    ],
    ids=str,
)
def test_so_is_that_of_very_few_people(module: list[int], risk: list[int]) -> None:
    found = evaluation(module, risk).to_json()
    assert json.loads(json.dumps(found, allow_nan=False)) == found


def test_every_rate_has_its_n_its_count_and_its_exact_interval() -> None:
    found = rates_in(content())
    assert len(found) > 50
    for rate in found:
        count = rate.get("missed", rate.get("flagged"))
        assert count is not None
        if rate["n"]:
            expected = Rate(count, rate["n"])
            assert (rate["estimate"], rate["low"], rate["high"]) == (
                expected.estimate,
                expected.low,
                expected.high,
            )
        else:
            assert rate["estimate"] is rate["low"] is rate["high"] is None


def test_the_keys_that_every_reader_relies_on_are_there() -> None:
    keys = {"schema_version", "n", "victims", "irregular", "lawful", "facilitators", "stage", "threshold"}
    assert keys | set(RATES) | {"flags_per_10000", "by", "by_stage", "curve"} <= set(content())
    assert set(content()["by"]) == set(GROUPED_BY)


def test_extras_stand_beside_the_rest() -> None:
    found = replace(drawn_evaluation(), extras={"scenario": "some"}).to_json()
    assert found["scenario"] == "some"


# --- counts -----------------------------------------------------------------------------------------


def test_everybody_is_counted_in_one_class() -> None:
    found = content()
    assert found["n"] == found["victims"] + found["irregular"] + found["lawful"] + found["facilitators"]
    counts = Counter(drawn_outcomes().truth.truth_class.tolist())
    assert found["victims"] == counts[TruthClass.VICTIM]
    assert found["facilitators"] == counts[TruthClass.FACILITATOR]


def test_the_rates_are_of_those_classes() -> None:
    found = content()
    assert found["miss_rate"]["n"] == found["victims"]
    assert found["false_flag_rate"]["n"] == found["lawful"] + found["irregular"]
    assert found["lawful_flagged"]["n"] == found["lawful"]
    assert found["irregular_flagged"]["n"] == found["irregular"]
    assert found["facilitators_flagged"]["n"] == found["facilitators"]


def test_flags_are_those_of_victims_and_others_and_not_of_facilitators() -> None:
    found = content()
    flags = found["victims"] - found["miss_rate"]["missed"] + found["false_flag_rate"]["flagged"]
    assert found["flags_per_10000"] == pytest.approx(10_000 * flags / (found["n"] - found["facilitators"]))
    assert flags + found["facilitators_flagged"]["flagged"] == drawn_flags().sum()


@pytest.mark.parametrize("name", GROUPED_BY)
def test_the_groups_of_a_grouping_add_up(name: str) -> None:
    found, groups = content(), content()["by"][name]
    for rate, counted in (("miss_rate", "missed"), ("false_flag_rate", "flagged")):
        whole = (sum(g[rate][counted] for g in groups), sum(g[rate]["n"] for g in groups))
        nobody = (rate == "miss_rate") == (name == "traveller") and name in ("typology", "tier", "traveller")
        assert whole == ((0, 0) if nobody else (found[rate][counted], found[rate]["n"]))


def test_recommendations_of_every_class_add_up() -> None:
    found = content()["recommendations"]
    names = {"victim": "victims", "facilitator": "facilitators"}
    for label, given in found.items():
        assert set(given) == {one.label for one in Recommendation}
        assert sum(given.values()) == content()[names.get(label, label)]
    referred = sum(given["refer"] for given in found.values())
    assert referred == drawn_flags().sum()


def test_everybody_who_is_flagged_is_received_by_one_agency() -> None:
    received = content()["referred_to"]
    assert sum(sum(given.values()) for given in received.values()) == drawn_flags().sum()
    victims = sum(given["victim"] for given in received.values())
    assert victims == content()["victims"] - content()["miss_rate"]["missed"]


# --- the curve and the stages -----------------------------------------------------------------------


def test_the_curve_counts_exactly_at_every_step() -> None:
    risk, truth = drawn_outcomes().risk[headline_stage().label], drawn_outcomes().truth
    for step in content()["curve"]:
        flagged = risk >= round(100 * step["threshold"])
        assert step["missed"] == (truth.is_victim & ~flagged).sum()
        assert step["lawful"] == (flagged & (truth.truth_class == TruthClass.LAWFUL)).sum()
        assert step["irregular"] == (flagged & (truth.truth_class == TruthClass.IRREGULAR)).sum()


def test_the_curve_passes_through_the_threshold() -> None:
    found = content()
    (here,) = [step for step in found["curve"] if step["threshold"] == found["threshold"]]
    assert here["missed"] == found["miss_rate"]["missed"]
    assert here["lawful"] + here["irregular"] == found["false_flag_rate"]["flagged"]


def test_the_curve_runs_from_many_flags_to_none_but_those_by_rule() -> None:
    curve = content()["curve"]
    assert [step["threshold"] for step in curve] == sorted({step["threshold"] for step in curve})
    missed = [step["missed"] for step in curve]
    assert missed == sorted(missed)
    by_rule = (drawn_outcomes().risk[headline_stage().label] == 2**31 - 1) & drawn_outcomes().truth.is_victim
    assert missed[-1] == content()["victims"] - by_rule.sum()


def test_every_stage_has_its_rates_at_its_own_threshold() -> None:
    found = {one["group"]: one for one in content()["by_stage"]}
    assert list(found) == list(STAGE_LABELS)
    for stage in Stage:
        flagged = drawn_outcomes().flagged(stage, drawn_evaluation().thresholds[stage.label])
        missed = (drawn_outcomes().truth.is_victim & ~flagged).sum()
        assert found[stage.label]["miss_rate"]["missed"] == missed
    assert found[headline_stage().label]["miss_rate"] == content()["miss_rate"]


def test_precision_is_never_given_for_the_scenarios_own_share() -> None:
    found = content()["at_prevalence"]
    assert [one["prevalence"] for one in found] == [0.00001, 0.0001, 0.001, 0.01]
    assert all(isfinite(one["precision"]) for one in found)
    assert "precision" not in content()


# --- frames -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [*GROUPINGS, "stage"])
def test_every_grouping_is_a_frame_with_one_row_for_each_group(name: str) -> None:
    frame = drawn_evaluation().by(name)
    assert frame.index.name == "group"
    assert frame.index.is_unique
    expected = {"victims", "missed", "miss_rate", "miss_rate_low", "miss_rate_high"}
    assert expected <= set(frame.columns)
    assert {"others", "flagged", "false_flag_rate"} <= set(frame.columns)


def test_a_frame_says_what_the_json_says() -> None:
    frame = drawn_evaluation().by("typology")
    for group in content()["by"]["typology"]:
        row = frame.loc[group["group"]]
        assert row["victims"] == group["miss_rate"]["n"]
        assert row["missed"] == group["miss_rate"]["missed"]
        assert row["miss_rate_high"] == group["miss_rate"]["high"]


def test_a_frame_of_groups_that_nobody_is_in_says_what_is_wanting() -> None:
    with pytest.raises(BadInput, match="nobody is known to belong to a group by 'typology'") as error:
        evaluation([0], [1]).by("typology")
    assert "observed" in error.value.problems[0].mend


def test_there_is_no_frame_by_anything_else() -> None:
    with pytest.raises(BadInput):
        drawn_evaluation().by("religion")


# --- the pathway ------------------------------------------------------------------------------------


def test_along_the_pathway_a_flag_is_never_taken_back() -> None:
    along = drawn_evaluation().rates_along_pathway()
    assert list(along) == list(STAGE_LABELS)
    misses = [found.miss.count for found in along.values()]
    wrong = [found.false_flag.count for found in along.values()]
    assert misses == sorted(misses, reverse=True)
    assert wrong == sorted(wrong)


def test_the_pathway_ends_with_everybody_whom_any_stage_flags() -> None:
    drawn = drawn_evaluation()
    flags = [drawn.outcomes.flagged(stage, drawn.thresholds[stage.label]) for stage in Stage]
    missed_by_all = drawn.outcomes.truth.is_victim.copy()
    for flagged in flags:
        missed_by_all &= ~flagged
    assert drawn.rates_along_pathway()["checkpoint"].miss.count == missed_by_all.sum()
