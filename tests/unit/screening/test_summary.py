"""Summaries: how large they become, and who is kept as a person."""

import numpy as np
import pytest

from screening.evaluation.summary import (
    EVERYBODY_BELOW,
    MOST_SAMPLED,
    joined_summaries,
    sample_below,
    summarised,
)
from screening.referral import headline_stage
from tests.unit.screening.desks import screener
from tests.unit.screening.results import drawn_outcomes

NUMBERS = 2**40


@pytest.mark.parametrize("size", [1, 1000, MOST_SAMPLED])
def test_in_a_small_cohort_everybody_else_is_kept_as_a_person(size: int) -> None:
    assert sample_below(size, NUMBERS) == EVERYBODY_BELOW


@pytest.mark.parametrize("times", [2, 25, 250])
def test_of_a_large_one_as_many_as_are_wanted(times: int) -> None:
    share = sample_below(times * MOST_SAMPLED, NUMBERS) / NUMBERS
    assert times * MOST_SAMPLED * share == pytest.approx(MOST_SAMPLED)


def test_the_same_people_again_take_no_more_room() -> None:
    """Counts grow, and what holds them does not; only persons are kept one by one."""
    thresholds = screener().operating_point.thresholds
    one = summarised(drawn_outcomes(), headline_stage(), thresholds, burdens=("sex", "province"))
    many = joined_summaries([one] * 16)
    assert len(many) == 16 * len(one)
    assert many.given.tolist() == (16 * one.given).tolist()
    for name in ("cells", "everybody"):
        assert getattr(many, name).keys.tolist() == getattr(one, name).keys.tolist()
        assert getattr(many, name).people.tolist() == (16 * getattr(one, name).people).tolist()
    for name, tally in one.burdened.items():
        assert len(many.burdened[name].keys) == len(tally.keys)
    assert np.array_equal(many.networks.networks, one.networks.networks)
    assert len(many.sample) == len(one.sample) == 0
