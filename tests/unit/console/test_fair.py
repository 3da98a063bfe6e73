"""Fairness in the main job: chunks leave behind what the section needs, whoever works on them."""

import numpy as np

from console.fair import Fair, fair, fair_content, joined_fair
from screening.evaluation.fairness.gaps import terms
from screening.referral import headline_stage
from tests.unit.screening.desks import assessment, screener
from tests.unit.screening.results import drawn_outcomes

STAGE = headline_stage()
THRESHOLD = screener().operating_point.threshold(STAGE)
PEOPLE = len(drawn_outcomes())
WORDS = np.random.default_rng(6).integers(0, 2**64, PEOPLE, dtype=np.uint64)


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
    content = fair_content(screener(), found, drawn_outcomes(), STAGE)
    assert content["fairness"]["audit"] == []


def test_two_parts_make_one_section() -> None:
    whole = left_behind(PEOPLE)
    twice = joined_fair([whole, whole])
    assert twice.dependence.by["sex"].people.sum() == 2 * PEOPLE
    assert whole.reasons is not None
    assert twice.reasons is not None
    assert len(twice.reasons.points) == 2 * len(whole.reasons.points)


def test_without_dossiers_rates_are_compared_all_the_same() -> None:
    content = fair_content(screener(), None, drawn_outcomes(), STAGE)["fairness"]
    assert content["miss"]
    assert content["attribution"] == []
