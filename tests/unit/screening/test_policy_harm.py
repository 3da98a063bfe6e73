"""The harm of a policy, reckoned by hand: who is turned away, who is received, and what is only assumed."""

from dataclasses import replace
from typing import Any

import numpy as np

from screening.evaluation.outcomes import AGE_LABELS, Outcomes
from screening.evaluation.policy_harm import Counts, Harm, policy_harm_counts, policy_harm_json
from screening.evaluation.rates import clopper_pearson
from screening.referral_policy import Fate, load_policy
from tests.unit.screening.results import made, random_outcomes

TOURIST, IRREGULAR, VICTIM = 0, 2, 3
ON, IN, LOOKED, OUT = (int(fate) for fate in Fate)
PAPER = load_policy("paper-004")

MODULE = [TOURIST] * 10 + [IRREGULAR] * 4 + [VICTIM] * 6
FATE = [ON] * 7 + [OUT] * 2 + [LOOKED] + [ON, OUT, OUT, IN] + [ON, ON, IN, LOOKED, OUT, OUT]
SEX = [0] * 10 + [1] * 4 + [1, 0, 1, 1, 1, 0]
BAND = [3] * 10 + [3] * 4 + [3, 3, 3, 3, 3, AGE_LABELS.index("17")]


def people() -> Outcomes:
    found = made(MODULE, [0] * len(MODULE), sex=SEX)
    return replace(found, age_band=np.array(BAND, dtype=np.int8))


def counts() -> Counts:
    return policy_harm_counts(people(), np.array(FATE, dtype=np.int8))


def reckoned(found: Counts) -> dict[str, Any]:
    policies: dict[str, Any] = policy_harm_json("paper-004", [Harm(PAPER, found)])["policies"]
    whole: dict[str, Any] = policies["paper-004"]
    return whole


def whole() -> dict[str, Any]:
    found: dict[str, Any] = reckoned(counts())["all"]
    return found


def test_everybody_is_counted_once() -> None:
    assert counts().sum() == len(MODULE)


def test_lawful_people_whose_application_ends_are_counted_with_n_and_an_exact_interval() -> None:
    low, high = clopper_pearson(2, 10)
    assert whole()["lawful_ended"] == {"estimate": 0.2, "low": low, "high": high, "n": 10, "ended": 2}
    assert whole()["lawful_ended_per_10000"] == {
        "estimate": 2000,
        "low": 10_000 * low,
        "high": 10_000 * high,
        "n": 10,
    }


def test_irregular_people_stand_apart_from_victims() -> None:
    assert (whole()["irregular_ended"]["ended"], whole()["irregular_ended"]["n"]) == (2, 4)


def test_victims_are_divided_by_what_befell_them() -> None:
    victims = whole()["victims"]
    assert {fate.label: victims[fate.label]["people"] for fate in Fate} == {
        "goes_on": 2,
        "received": 1,
        "examined": 1,
        "turned_away": 2,
    }
    assert all(victims[fate.label]["n"] == 6 for fate in Fate)


def test_of_the_victims_who_are_flagged_those_without_a_protector_are_counted() -> None:
    found = whole()["flagged_victims_unprotected"]
    assert (found["unprotected"], found["n"]) == (3, 4)


def test_minors_stand_apart() -> None:
    found = reckoned(counts())["minors"]["flagged_victims_unprotected"]
    assert (found["unprotected"], found["n"]) == (1, 1)


def test_the_groups_add_up_to_the_whole() -> None:
    outcomes = random_outcomes(5)
    rng = np.random.default_rng(6)
    outcomes = replace(outcomes, age_band=rng.integers(-1, len(AGE_LABELS), len(outcomes)).astype(np.int8))
    fate = rng.integers(0, len(Fate), len(outcomes)).astype(np.int8)
    found = reckoned(policy_harm_counts(outcomes, fate))
    for groups in found["by"].values():
        assert (
            sum(group["lawful_ended"]["ended"] for group in groups) == found["all"]["lawful_ended"]["ended"]
        )
        for label in ("received", "turned_away"):
            together = sum(group["victims"][label]["people"] for group in groups)
            assert together == found["all"]["victims"][label]["people"]
        assert groups[-1]["group"] == "unknown"


def test_the_counts_of_parts_add_up() -> None:
    outcomes, fate = people(), np.array(FATE, dtype=np.int8)
    parts = [np.arange(9), np.arange(9, len(FATE))]
    found = [policy_harm_counts(outcomes.take(rows), fate[rows]) for rows in parts]
    assert (found[0] + found[1] == counts()).all()


def test_what_is_assumed_is_a_share_of_those_counted_with_a_range_and_its_grade() -> None:
    by_id = {one["id"]: one for one in reckoned(counts())["assumed"]}
    assumed = {one.id: one for one in PAPER.written.assumed}
    assert set(by_id) == set(assumed)
    ended = by_id["journeys_lost"]
    assert ended["n"] == 2
    assert ended["expected"]["used"] == 2 * assumed["journeys_lost"].used
    assert ended["expected"]["low"] <= ended["expected"]["used"] <= ended["expected"]["high"]
    assert ended["grade"] == "D"
    assert by_id["victims_led_away"]["n"] == 3


def test_where_nobody_is_turned_away_nothing_is_claimed_of_nobody() -> None:
    nobody = policy_harm_counts(people().take(np.arange(0)), np.empty(0, dtype=np.int8))
    found = reckoned(nobody)["all"]
    assert found["lawful_ended"]["estimate"] is None
    assert found["lawful_ended_per_10000"]["estimate"] is None
