"""Yardsticks: rivals at the same workload, at a false-flag rate, and on the same victims."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from screening.evaluation.yardsticks import (
    SameWorkload,
    Yardstick,
    at_false_flag_rate,
    at_same_workload,
    paired_misses,
)

PEOPLE = st.lists(
    st.tuples(st.integers(-5, 5), st.booleans(), st.sampled_from([1.0, 1.5, 4.0])), min_size=1, max_size=40
)


def yardstick(people: list[tuple[int, bool, float]]) -> Yardstick:
    """Return scores, weights and truth; a victim stands for one person only."""
    scores, victims, weights = zip(*people, strict=True)
    is_victim = np.array(victims, dtype=bool)
    return Yardstick(
        np.array(scores, dtype=np.float64), np.where(is_victim, 1.0, np.array(weights)), is_victim
    )


def naive(rival: Yardstick, flags: float) -> SameWorkload | None:
    """Flag one person after the other, most concerning first, as long as the flags last."""
    flagged: set[int] = set()
    used = 0.0
    for row in sorted(range(len(rival.scores)), key=lambda row: -rival.scores[row]):
        used += rival.weights[row]
        if used > flags + 1e-9:
            break
        flagged.add(row)
    limit = min((rival.scores[row] for row in flagged), default=np.inf)
    victims = [row for row in range(len(rival.scores)) if rival.is_victim[row]]
    missed = np.array([row not in flagged for row in victims], dtype=bool)
    best = sum(rival.scores[row] < limit for row in victims)
    worst = sum(rival.scores[row] <= limit for row in victims)
    from screening.evaluation.rates import Rate

    return SameWorkload(Rate(int(missed.sum()), len(victims)), int(best), int(worst), missed)


@given(PEOPLE, st.floats(0, 60))
def test_a_rival_at_the_same_workload_agrees_with_its_naive_twin(
    people: list[tuple[int, bool, float]], flags: float
) -> None:
    rival = yardstick(people)
    found, expected = at_same_workload(rival, flags), naive(rival, flags)
    assert expected is not None
    assert found.missed.tolist() == expected.missed.tolist()
    assert (found.miss, found.best, found.worst) == (expected.miss, expected.best, expected.worst)


@given(PEOPLE, st.floats(0, 60))
def test_ties_lie_between_the_best_and_the_worst(people: list[tuple[int, bool, float]], flags: float) -> None:
    found = at_same_workload(yardstick(people), flags)
    assert found.best <= found.miss.count <= found.worst


@given(PEOPLE, st.floats(0, 60))
def test_a_rival_never_flags_more_people_than_the_screener(
    people: list[tuple[int, bool, float]], flags: float
) -> None:
    rival = yardstick(people)
    found = at_same_workload(rival, flags)
    assert found.miss.n - found.miss.count <= flags + 1e-9


@given(PEOPLE, st.floats(0, 60), st.floats(0, 10))
def test_more_flags_never_miss_more(people: list[tuple[int, bool, float]], flags: float, more: float) -> None:
    fewer, greater = (at_same_workload(yardstick(people), some) for some in (flags, flags + more))
    assert (greater.missed <= fewer.missed).all()


def test_a_rival_without_flags_misses_everybody() -> None:
    found = at_same_workload(yardstick([(3, True, 1.0), (1, True, 1.0), (2, False, 1.0)]), 0)
    assert (found.miss.count, found.best, found.worst) == (2, 2, 2)


def test_a_person_who_stands_for_many_uses_up_as_many_flags() -> None:
    people = [(5, False, 4.0), (4, True, 1.0), (3, True, 1.0)]
    assert at_same_workload(yardstick(people), 4).miss.count == 2
    assert at_same_workload(yardstick(people), 5).miss.count == 1
    assert at_same_workload(yardstick(people), 6).miss.count == 0


def test_a_rival_without_victims_misses_nobody() -> None:
    found = at_same_workload(yardstick([(1, False, 1.0)]), 1)
    assert (found.miss.count, found.miss.n, found.missed.tolist()) == (0, 0, [])


# --- the same victims -------------------------------------------------------------------------------


@given(st.lists(st.tuples(st.booleans(), st.booleans()), min_size=1, max_size=50))
def test_paired_misses_count_the_victims_on_whom_two_disagree(pairs: list[tuple[bool, bool]]) -> None:
    first, second = np.array(pairs).T
    found = paired_misses(first, second)
    assert found.only_first == pairs.count((True, False))
    assert found.only_second == pairs.count((False, True))
    assert found.estimate == pytest.approx(first.mean() - second.mean())


# --- at a false-flag rate ---------------------------------------------------------------------------

NUMBERS = st.lists(st.integers(-9, 9), min_size=1, max_size=40)


@given(NUMBERS, NUMBERS, st.sampled_from([0.0, 0.05, 0.1, 0.25, 0.5, 0.9]))
def test_victims_are_missed_up_to_the_lowest_limit_that_flags_few_enough(
    victims: list[int], others: list[int], rate: float
) -> None:
    missed = at_false_flag_rate(np.array(victims, np.int32), np.array(others, np.int32), rate)
    fitting = (
        limit
        for limit in sorted({*others})
        if sum(one > limit for one in others) <= rate * len(others) + 1e-9
    )
    limit = next(fitting)
    assert missed.tolist() == [score <= limit for score in victims]


def test_a_tie_with_a_traveller_who_may_not_be_flagged_is_a_miss() -> None:
    missed = at_false_flag_rate(np.array([5, 6], np.int32), np.array([5, 1, 1, 1], np.int32), 0.0)
    assert missed.tolist() == [True, False]
