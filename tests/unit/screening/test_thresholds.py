"""Thresholds on small samples that can be counted by hand; how often they hold is a property test."""

import numpy as np
import numpy.typing as npt
import pytest

from screening.evaluation.guarantee.thresholds import (
    GroupThreshold,
    allowed_misses,
    group_threshold,
    guaranteed_threshold,
    smallest_sample,
    threshold_for_share,
)


def scores(*values: int) -> npt.NDArray[np.int32]:
    return np.array(values, dtype=np.int32)


def test_with_the_fewest_victims_nobody_may_be_missed() -> None:
    n = smallest_sample(0.05, 0.95)
    assert allowed_misses(n, 0.05, 0.95) == 0
    assert group_threshold(scores(*range(10, 10 + n)), 0.05, 0.95) == GroupThreshold(n, 0, 10)


def test_ties_at_the_threshold_are_all_flagged() -> None:
    tied = scores(*[5] * 10, *[9] * 100)
    found = group_threshold(tied, 0.05, 0.95)
    assert found.threshold == 5
    assert (tied >= found.threshold).all()


def test_a_bolder_claim_needs_a_lower_threshold() -> None:
    victims = scores(*range(1000))
    thresholds = [group_threshold(victims, miss, 0.95).threshold for miss in (0.2, 0.1, 0.05, 0.01)]
    assert thresholds == sorted(thresholds, reverse=True)
    surer = [group_threshold(victims, 0.05, confidence).threshold for confidence in (0.8, 0.9, 0.99)]
    assert surer == sorted(surer, reverse=True)


def test_the_hardest_group_sets_the_threshold_of_all() -> None:
    groups = {"easy": scores(*range(100, 200)), "hard": scores(*range(100))}
    threshold, found = guaranteed_threshold(groups, 0.05, 0.95)
    assert threshold == found["hard"].threshold < found["easy"].threshold
    assert list(found) == ["easy", "hard"]


@pytest.mark.parametrize(
    ("share", "threshold"), [(0.0, 5), (0.2, 5), (0.25, 4), (0.5, 3), (0.75, 2), (1.0, 1)]
)
def test_the_lowest_threshold_that_flags_no_more_than_a_share(share: float, threshold: int) -> None:
    assert threshold_for_share(scores(3, 1, 4, 2), share) == threshold


def test_ties_that_do_not_fit_into_a_share_are_left_out_together() -> None:
    assert threshold_for_share(scores(1, 7, 7, 7), 0.5) == 8


def test_a_share_of_nobody_who_is_flagged_by_rule_lies_above_the_rule() -> None:
    by_rule = int(np.iinfo(np.int32).max)
    assert threshold_for_share(scores(by_rule, 1, 2, 3), 0.25) == 4
