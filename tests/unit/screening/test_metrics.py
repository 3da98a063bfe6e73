"""The rates as metrics: counted by hand, and only of labels that say who is a victim."""

from math import isnan

import numpy as np
import pytest

from screening.evaluation.metrics import false_flag_rate, falsely_flagged, miss_rate, miss_rate_at, missed
from screening.evaluation.rates import Rate

VICTIM = [1, 1, 1, 1, 0, 0, 0, 0, 0]
FLAGGED = [1, 1, 1, 0, 1, 1, 0, 0, 0]


def test_victims_who_are_not_flagged_are_missed_and_others_who_are_flagged_falsely() -> None:
    assert missed(VICTIM, FLAGGED) == Rate(1, 4)
    assert falsely_flagged(VICTIM, FLAGGED) == Rate(2, 5)
    assert miss_rate(VICTIM, FLAGGED) == 0.25
    assert false_flag_rate(VICTIM, FLAGGED) == 0.4


def test_a_rate_of_nobody_is_no_number() -> None:
    assert isnan(miss_rate([0, 0], [0, 1]))
    assert isnan(false_flag_rate([True, True], [False, True]))
    assert isnan(miss_rate_at([1, 1], [1.0, 2.0], false_flags=0.05))
    assert isnan(miss_rate_at([0, 0], [1.0, 2.0], false_flags=0.05))


@pytest.mark.parametrize(
    ("false_flags", "expected"), [(0.0, 0.75), (0.2, 0.5), (0.25, 0.5), (0.4, 0.25), (0.6, 0.0)]
)
def test_missed_are_those_below_all_whom_the_budget_covers(false_flags: float, expected: float) -> None:
    others, victims = [1.0, 2.0, 3.0, 5.0, 7.0], [2.5, 4.0, 6.0, 8.0]
    found = miss_rate_at([0] * 5 + [1] * 4, others + victims, false_flags=false_flags)
    assert found == expected


@pytest.mark.parametrize("labels", [["victim", "lawful"], [1, 2], [-1, 1], [0.5, 1]])
def test_labels_that_do_not_say_who_is_a_victim_are_refused(labels: list[object]) -> None:
    with pytest.raises(ValueError, match="labels must be 0 or 1"):
        missed(np.array(labels), [0, 1])
