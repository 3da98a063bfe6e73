"""Fairness in the main job: chunks leave behind what the section needs, whoever works on them."""

from pathlib import Path

import numpy as np

from console.fair import Fair, fair, fair_content, fresh_victims, joined_fair
from screening.evaluation.fairness.gaps import terms
from screening.evaluation.summary import EVERYBODY_BELOW, Summary, summarised
from screening.referral import headline_stage
from synthetic.compile import compile_world
from synthetic.draw import Plan
from synthetic.scenarios import load_scenario
from tests.unit.console.worlds import one_sided
from tests.unit.screening.desks import ALL_TYPES, SEED, assessment, screener
from tests.unit.screening.results import drawn_outcomes

STAGE = headline_stage()
THRESHOLD = screener().operating_point.threshold(STAGE)
PEOPLE = len(drawn_outcomes())
WORDS = np.random.default_rng(6).integers(0, 2**64, PEOPLE, dtype=np.uint64)


def plan(seed: int = SEED) -> Plan:
    return Plan(compile_world(load_scenario(ALL_TYPES)), seed, PEOPLE)


def counted() -> Summary:
    thresholds = screener().operating_point.thresholds
    burdens = terms().burden.by
    return summarised(drawn_outcomes(), STAGE, thresholds, burdens=burdens, below=EVERYBODY_BELOW)


def left_behind(size: int, *, audit: bool = True) -> Fair:
    return fair(screener(), assessment(STAGE), THRESHOLD, drawn_outcomes(), WORDS, size, audit=audit)


def test_in_a_small_cohort_everybody_is_asked() -> None:
    assert left_behind(PEOPLE).dependence.by["sex"].people.sum() == PEOPLE


def test_in_a_large_one_the_row_word_decides_who_is() -> None:
    size = 4 * terms().attribution.people
    asked = int(left_behind(size).dependence.by["sex"].people.sum())
    assert asked == int((WORDS / 2.0**64 < 0.25).sum())
    reasons = left_behind(size).reasons
    assert reasons is not None
    assert len(reasons.points) < 30


def test_the_audit_may_be_left_out() -> None:
    found = joined_fair([left_behind(PEOPLE, audit=False)] * 2)
    assert found.reasons is None
    content = fair_content(screener(), found, counted(), None)
    assert content["fairness"]["audit"] == []


def test_two_parts_make_one_section() -> None:
    whole = left_behind(PEOPLE)
    twice = joined_fair([whole, whole])
    assert twice.dependence.by["sex"].people.sum() == 2 * PEOPLE
    assert whole.reasons is not None
    assert twice.reasons is not None
    assert len(twice.reasons.points) == 2 * len(whole.reasons.points)


def test_misses_are_judged_on_fresh_victims_each_from_a_network_of_its_own() -> None:
    victims = fresh_victims(plan(), screener(), STAGE)
    assert victims is not None
    assert len(victims) == terms().victims.people
    assert victims.truth.is_victim.all()
    assert len(np.unique(victims.truth.network)) == len(victims)
    content = fair_content(screener(), None, counted(), victims)["fairness"]
    by_typology = next(one for one in content["miss"] if one["by"] == "typology")
    judged = sum(one["rate"]["n"] for one in by_typology["groups"])
    assert judged + sum(one["n"] for one in by_typology["silent"]) == terms().victims.people


def test_fresh_victims_follow_from_the_seed_of_the_cohort_and_share_none_of_its_words() -> None:
    one, again, other = (fresh_victims(plan(seed), screener(), STAGE) for seed in (SEED, SEED, SEED + 1))
    assert one is not None
    assert again is not None
    assert other is not None
    numbers = one.truth.applicants
    assert np.array_equal(numbers, again.truth.applicants)
    assert not np.array_equal(numbers, other.truth.applicants)
    assert not np.array_equal(numbers[:PEOPLE], plan().draw(range(PEOPLE)).applicants)


def test_a_world_without_victims_has_none_to_judge_by(tmp_path: Path) -> None:
    world = compile_world(load_scenario(str(one_sided(tmp_path, "journey.tourist"))))
    assert fresh_victims(Plan(world, SEED, PEOPLE), screener(), STAGE) is None


def test_without_dossiers_rates_are_compared_all_the_same() -> None:
    content = fair_content(screener(), None, counted(), None)["fairness"]
    assert content["miss"]
    assert content["attribution"] == []
