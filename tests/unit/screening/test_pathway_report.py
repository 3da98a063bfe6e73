"""What is told of a walk: counts that add up, minutes, waiting, causes and costs, reckoned by hand."""

import json
from functools import cache
from typing import Any

import numpy as np
import pytest

from dossier.recommendations import Recommendation
from dossier.stages import Stage
from dossier.truth import TruthClass
from screening.evaluation.pathway_report import LOST_BY, Walked, walk_json
from screening.pathway import Travellers, travellers, walk
from screening.pathway_policy import CAUSES, PathwayPolicy, pathway_policy
from tests.unit.screening.desks import assessment, cohort, screener
from tests.unit.screening.results import drawn_outcomes

CAPACITIES = (0.0, 0.1, 0.4, None)
RATES = ("miss_rate", "false_flag_rate", "lawful_flagged", "irregular_flagged")


@cache
def drawn() -> Travellers:
    """Return the drawn cohort as the pathway knows it."""
    return travellers(screener(), cohort().dossiers, {stage: assessment(stage) for stage in Stage})


def walked(policy: PathwayPolicy) -> Walked:
    return Walked(drawn_outcomes(), drawn(), walk(drawn(), policy, 2022), policy)


@cache
def told(interview: float | None) -> dict[str, Any]:
    return walk_json(walked(pathway_policy().with_capacity({"interview": interview})))


ANY_CAPACITY = pytest.mark.parametrize("capacity", CAPACITIES, ids=str)


@ANY_CAPACITY
def test_the_causes_add_up_to_the_missed_in_every_group(capacity: float | None) -> None:
    found = told(capacity)
    lost = found["lost"]
    assert lost["missed"] == found["miss_rate"]["missed"] > 0
    totals = {entry["cause"]: entry["lost"]["lost"] for entry in lost["causes"]}
    assert sum(totals.values()) == lost["missed"]
    assert all(entry["lost"]["n"] == lost["missed"] for entry in lost["causes"])
    assert set(lost["by"]) == set(LOST_BY)
    for rows in lost["by"].values():
        assert sum(row["missed"] for row in rows) == lost["missed"]
        assert all(sum(row["causes"].values()) == row["missed"] for row in rows)
        assert {cause: sum(row["causes"][cause] for row in rows) for cause in totals} == totals


@ANY_CAPACITY
def test_at_every_stage_the_missed_were_sent_or_not_and_seen_or_not(capacity: float | None) -> None:
    found = told(capacity)
    for stage in found["stages"]:
        assert sum(stage["missed_victims"].values()) == found["lost"]["missed"]


@ANY_CAPACITY
def test_people_and_minutes_add_up_along_the_pathway(capacity: float | None) -> None:
    found = told(capacity)
    gone = 0
    for stage in found["stages"]:
        assert stage["coming"] == found["applicants"] - gone
        assert stage["sent"]["sent"] == stage["seen"]["seen"] + stage["not_reached"]["not_reached"]
        assert stage["waiting"]["n"] == stage["sent"]["sent"]
        assert stage["officer_minutes"]["total"] == stage["seen"]["seen"] * stage["policy"]["minutes"]
        gone += sum(stage["referred"].values())
        assert stage["referred"]["victim"] <= stage["miss_rate"]["n"] - stage["miss_rate"]["missed"]
    assert found["officer_minutes"]["total"] == sum(s["officer_minutes"]["total"] for s in found["stages"])
    assert all(found[rate] == found["stages"][-1][rate] for rate in RATES)
    of_victims = sum(stage["referred"]["victim"] for stage in found["stages"])
    assert of_victims == found["miss_rate"]["n"] - found["miss_rate"]["missed"]


@ANY_CAPACITY
def test_waiting_is_told_as_a_sorted_list_would_tell_it(capacity: float | None) -> None:
    found = walked(pathway_policy().with_capacity({"interview": capacity}))
    for stage, entry in zip(Stage, told(capacity)["stages"], strict=True):
        days = sorted(found.walk.waited[stage][np.isin(found.walk.fate[stage], (1, 2))].tolist())
        waiting = entry["waiting"]
        assert waiting["longest"] == days[-1]
        assert waiting["total"] == sum(days)
        for name, share in (("median", 0.5), ("ninetieth", 0.9)):
            within = sum(day <= waiting[name] for day in days)
            assert within >= share * len(days)
            assert sum(day < waiting[name] for day in days) < share * len(days)


def test_a_cause_is_the_first_stage_left_out_that_would_have_led_to_a_referral() -> None:
    few = {"interview": 0.1, "verification": 0.2, "checkpoint": 0.3}
    found = walked(pathway_policy().with_capacity(few))
    content = walk_json(found)
    names = [entry["cause"] for entry in content["lost"]["causes"]]
    assert names == list(CAUSES)
    expected = dict.fromkeys(names, 0)
    for row in np.flatnonzero(found.missed):
        expected[naive_cause(found, int(row))] += 1
    assert {e["cause"]: e["lost"]["lost"] for e in content["lost"]["causes"]} == expected
    assert sum(count > 0 for count in expected.values()) >= 4


def naive_cause(found: Walked, row: int) -> str:
    """Ask stage by stage why one missed victim was lost."""
    skipped: frozenset[Stage] = frozenset()
    for stage in Stage:
        fate = found.walk.fate[stage][row]
        if fate != 2:
            case = found.people.recommendation[stage, skipped]
            if case[row] == Recommendation.REFER:
                return f"{stage.label}_{'not_sent' if fate == 0 else 'not_reached'}"
            skipped |= {stage}
    seen_everywhere = (found.people.recommendation[stage, frozenset()][row] for stage in Stage)
    return "answers_not_asked" if Recommendation.REFER in seen_everywhere else "not_recommended"


def test_what_it_costs_is_told_for_the_lawful_and_the_irregular_apart() -> None:
    found, content = walked(pathway_policy()), told(0.1)
    assert list(content["cost"]) == ["lawful", "irregular"]
    for truth_class in (TruthClass.LAWFUL, TruthClass.IRREGULAR):
        rows = found.of_class(truth_class)
        cost = content["cost"][truth_class.label]
        assert cost["sent_to_interview"]["n"] == rows.sum()
        assert cost["interviewed"]["interviewed"] == (found.walk.fate[Stage.INTERVIEW][rows] == 2).sum()
        assert cost["days_waited"] == sum(found.walk.waited[stage][rows].sum() for stage in Stage)
        assert cost["late"]["late"] == found.walk.late[rows].sum()


def test_it_says_by_what_policy_and_what_stays_unasked_without_a_stage() -> None:
    interview = told(0.1)["stages"][1]
    assert interview["policy"]["capacity"] == 0.1
    assert interview["policy"]["capacity_minutes_per_100"] == pytest.approx(250)
    assert interview["policy"]["grade"] == "D"
    assert "told_to_keep_silent" in interview["fields"]
    assert told(None)["stages"][1]["policy"]["capacity_minutes_per_100"] is None


@ANY_CAPACITY
def test_everything_is_plain_json_and_every_text_in_both_languages(capacity: float | None) -> None:
    content = json.loads(json.dumps(told(capacity), allow_nan=False))
    assert content == told(capacity)
    texts = [entry["title"] for entry in content["lost"]["causes"]]
    assert all(text["en"] and text["id"] for text in [*texts, *(s["name"] for s in content["stages"])])


def test_of_nobody_nothing_can_be_said() -> None:
    nobody = np.zeros(0, dtype=np.intp)
    none = travellers(
        screener(),
        cohort().dossiers.take(nobody),
        {stage: screener().assess(cohort().dossiers.take(nobody), stage) for stage in Stage},
    )
    policy = pathway_policy()
    content = walk_json(Walked(drawn_outcomes().take(nobody), none, walk(none, policy, 2022), policy))
    assert content["miss_rate"]["estimate"] is None
    assert content["officer_minutes"] == {"total": 0, "per_10000": None, "per_victim_found": None}
    assert content["stages"][1]["waiting"] == {
        "n": 0,
        "median": None,
        "ninetieth": None,
        "longest": None,
        "total": 0,
    }
