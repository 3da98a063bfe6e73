"""Fairness between groups is said with the same care as everything else.

Protection denied comes first: are the victims of one group missed more often? Then the burden: are its lawful
people flagged more often? Whoever asks gets one of three answers against a margin that was declared before, and
"cannot tell" says how many more people would tell. Where there is no gap none is shown; a group of few people
is named and never dropped; and nobody asks that all groups be flagged equally often. Misses are judged on victims
of whom no two come from one network, because members of a network resemble each other.
"""

import json
from functools import cache
from typing import Any

import numpy as np
import pytest

from console.judging import Judge
from screening.evaluation.fairness.fairness_report import Facts, fairness_json
from screening.evaluation.fairness.gaps import Verdict, parity, terms
from screening.evaluation.outcomes import Outcomes
from screening.evaluation.rates import Rate
from screening.referral import headline_stage
from synthetic.compile import compile_world
from synthetic.scenarios import load_scenario
from tests.unit.screening.desks import ALL_TYPES, screener
from tests.unit.screening.results import drawn_outcomes

MARGIN, SURE = 0.05, 0.95


@cache
def section() -> dict[str, Any]:
    stage = headline_stage()
    point = screener().operating_point
    facts = Facts.of(
        drawn_outcomes(), stage, point.threshold(stage), point.calibration(stage), victims=fresh_victims()
    )
    return fairness_json(facts)


@cache
def fresh_victims() -> Outcomes:
    """Return victims who were drawn to be judged by, each from a network of its own."""
    stage, world = headline_stage(), compile_world(load_scenario(ALL_TYPES))
    return Judge(world, screener(), stage).fresh("victims", 5000, 3, one_per_network=True).outcomes


def test_five_groups_of_a_hundred_without_a_gap_cannot_be_told_apart() -> None:
    """The case in which the field's usual interval always finds a gap."""
    found = parity([(name, Rate(5, 100)) for name in "abcde"], MARGIN, SURE)
    assert found.low == 0.0
    assert found.verdict is Verdict.UNKNOWN


def test_nobody_missed_of_forty_is_not_said_to_be_none() -> None:
    found = parity([("few", Rate(0, 40)), ("many", Rate(50, 1000))], MARGIN, SURE)
    assert found.groups[0][1].high > 0.08
    assert found.verdict is Verdict.UNKNOWN


def test_cannot_tell_says_how_many_more_people_of_which_group() -> None:
    needs = parity([("women", Rate(9, 60)), ("men", Rate(150, 1000))], MARGIN, SURE).needs
    assert needs is not None
    assert needs.becomes is Verdict.EQUAL
    assert next(iter(needs.more)) == "women"


def test_equal_is_only_said_where_a_difference_above_the_margin_is_ruled_out() -> None:
    assert parity([("a", Rate(5, 100)), ("b", Rate(5, 100))], MARGIN, SURE).verdict is Verdict.UNKNOWN
    assert parity([("a", Rate(250, 5000)), ("b", Rate(250, 5000))], MARGIN, SURE).verdict is Verdict.EQUAL


def test_a_shown_gap_says_by_how_much_at_least() -> None:
    found = parity([("a", Rate(100, 1000)), ("b", Rate(250, 1000))], MARGIN, SURE)
    assert found.verdict is Verdict.GAP
    assert 0 < found.low < 0.15 < found.high


def test_protection_comes_before_burden_and_burden_before_chances() -> None:
    assert list(section()) == ["terms", "victims", "miss", "burden", "chances", "attribution", "audit"]


def test_misses_are_judged_on_the_fresh_victims_and_burdens_on_the_applicants() -> None:
    of = int(drawn_outcomes().truth.is_victim.sum())
    assert (section()["victims"]["fresh"], section()["victims"]["n"], section()["victims"]["of"]) == (
        True,
        len(fresh_victims()),
        of,
    )
    assert len(np.unique(fresh_victims().truth.network)) == len(fresh_victims())


def test_without_fresh_victims_one_of_each_network_stands_for_it() -> None:
    people = drawn_outcomes()
    point = screener().operating_point
    stage = headline_stage()
    found = fairness_json(Facts.of(people, stage, point.threshold(stage), point.calibration(stage)))
    networks = people.truth.network[people.truth.is_victim]
    assert found["victims"]["n"] == len(np.unique(networks)) < found["victims"]["of"]
    assert found["chances"] == []


@pytest.mark.parametrize(("side", "of"), [("miss", "victims"), ("burden", "lawful")])
def test_every_person_is_in_a_group_that_is_named(side: str, of: str) -> None:
    truth = drawn_outcomes().truth
    of_class = {"victims": len(fresh_victims()), "lawful": (truth.truth_class == 0).sum()}[of]
    for division in section()[side]:
        people = sum(group["rate"]["n"] for group in division["groups"])
        assert people + sum(group["n"] for group in division["silent"]) == of_class, division["by"]


def test_every_verdict_stands_beside_the_terms_it_rests_on() -> None:
    for side in ("miss", "burden", "chances"):
        assert section()["terms"][side]["grade"] == "D"
        assert {division["verdict"] for division in section()[side]} <= {verdict.value for verdict in Verdict}
        assert section()["terms"][side]["margin"] == getattr(terms(), side).margin


def test_burden_is_said_per_ten_thousand_and_beside_the_share_of_people() -> None:
    for division in section()["burden"]:
        for group in division["groups"]:
            assert group["per_10000"] == pytest.approx(10_000 * group["rate"]["estimate"])
            assert {"of_people", "of_flags", "irregular"} <= set(group)


def test_the_section_is_plain_json() -> None:
    assert json.loads(json.dumps(section(), allow_nan=False)) == section()
