"""Yardsticks: rivals at the same workload, at a false-flag rate, and on the same victims."""

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from screening.evaluation.rates import PairedDifference, Rate
from screening.evaluation.yardsticks import (
    ShareOfAchievable,
    Yardstick,
    at_false_flag_rate,
    at_same_workload,
    decided,
    holm_adjusted,
    paired_misses,
    share_of_achievable,
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


def naive(rival: Yardstick, flags: float, first: Callable[[int], int] = lambda _: 0) -> list[bool]:
    """Flag one person after the other, most concerning first, as long as the flags last; return the missed.

    Among people of equal score, those with the least `first` come first, and then as they were given.
    """
    flagged: set[int] = set()
    used = 0.0
    for row in sorted(range(len(rival.scores)), key=lambda row: (-rival.scores[row], first(row))):
        used += rival.weights[row]
        if used > flags + 1e-9:
            break
        flagged.add(row)
    return [row not in flagged for row in range(len(rival.scores)) if rival.is_victim[row]]


@given(PEOPLE, st.floats(0, 60))
def test_a_rival_at_the_same_workload_agrees_with_its_naive_twin(
    people: list[tuple[int, bool, float]], flags: float
) -> None:
    rival = yardstick(people)
    found = at_same_workload(rival, flags)
    assert found.missed.tolist() == naive(rival, flags)
    assert found.miss == Rate(sum(naive(rival, flags)), int(rival.is_victim.sum()))
    assert found.best == sum(naive(rival, flags, lambda row: not rival.is_victim[row]))
    assert found.worst == sum(naive(rival, flags, lambda row: bool(rival.is_victim[row])))


@given(PEOPLE, st.floats(0, 60))
def test_neither_luck_with_ties_takes_more_flags(people: list[tuple[int, bool, float]], flags: float) -> None:
    rival = yardstick(people)
    found = at_same_workload(rival, flags)
    for flagged in (found.flagged, found.flagged_best, found.flagged_worst):
        assert rival.weights[flagged].sum() <= flags + 1e-6


def test_ties_at_the_threshold_decide_only_about_the_flags_that_are_left() -> None:
    """Two flags are left for four people of equal score, two of them victims."""
    people = [(9, True, 1.0), (5, True, 1.0), (5, False, 1.0), (5, True, 1.0), (5, False, 1.0)]
    found = at_same_workload(yardstick(people), 3)
    assert (found.best, found.miss.count, found.worst) == (0, 1, 2)
    without_ties = at_same_workload(yardstick([(3, True, 1.0), (2, True, 1.0), (1, False, 1.0)]), 2)
    assert (without_ties.best, without_ties.miss.count, without_ties.worst) == (0, 0, 0)


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


@given(st.integers(0, 60), st.integers(0, 60), st.integers(0, 400))
def test_the_p_value_of_a_pair_is_scipys_exact_one(first: int, second: int, same: int) -> None:
    found = PairedDifference(first, second, first + second + same)
    expected = binomtest(first, first + second, 0.5).pvalue if first + second else 1.0
    assert found.p_value == pytest.approx(float(expected))


def test_who_decides_by_itself_has_no_ties() -> None:
    found = decided(np.array([True, False, True]), np.array([True, True, False]))
    assert (found.best, found.miss.count, found.worst) == (1, 1, 1)


# --- many tests at once -------------------------------------------------------------------------------


@given(st.lists(st.floats(0, 1), min_size=1, max_size=20))
def test_holms_adjustment_agrees_with_its_definition(p_values: list[float]) -> None:
    """Step down: a test is adjusted to the largest (tests left) times p of all before it in order, at most 1."""
    order = sorted(range(len(p_values)), key=lambda place: p_values[place])
    steps = [min(1.0, (len(order) - rank) * p_values[place]) for rank, place in enumerate(order)]
    found = holm_adjusted(p_values)
    for rank, place in enumerate(order):
        assert found[place] == max(steps[: rank + 1])


def test_no_test_at_all_needs_no_adjustment() -> None:
    assert holm_adjusted([]) == []


def test_chance_alone_makes_one_of_many_tests_small_as_seldom_as_one() -> None:
    """Eight tests of nothing, 2,000 times: the smallest adjusted p-value is below 5 % at most as often."""
    draws = np.random.Generator(np.random.SFC64(3)).random((2000, 8))
    false = sum(min(holm_adjusted(row.tolist())) < 0.05 for row in draws)
    assert binomtest(false, 2000, 0.05, alternative="greater").pvalue > 0.001
    assert false > 20


# --- the share of achievable detection ------------------------------------------------------------------


@given(st.lists(st.tuples(st.booleans(), st.booleans()), max_size=60))
def test_the_share_of_achievable_detection_is_a_plain_ratio(pairs: list[tuple[bool, bool]]) -> None:
    this, oracle = (np.array([pair[side] for pair in pairs], dtype=bool) for side in (0, 1))
    found = share_of_achievable(this, oracle)
    assert found.of_oracle == oracle.sum()
    if oracle.any():
        assert found.estimate == pytest.approx(this.sum() / oracle.sum())
        low, high = found.interval
        assert 0 <= low <= found.estimate <= high
    else:
        assert np.isnan([found.estimate, *found.interval]).all()


@pytest.mark.parametrize(
    "shares", [(0.7, 0.02, 0.15), (0.6, 0.0, 0.2), (0.9, 0.0, 0.0), (0.3, 0.2, 0.1), (0.02, 0.01, 0.03)]
)
def test_the_interval_of_the_share_holds_at_least_as_often_as_it_says(
    shares: tuple[float, float, float],
) -> None:
    """Two thousand cohorts of 150 victims; (both, only this, only the oracle), at and beyond one too."""
    both, this, oracle = shares
    truth = (both + this) / (both + oracle)
    draws = np.random.Generator(np.random.SFC64(11))
    counts, often = np.unique(
        draws.multinomial(150, [both, this, oracle, 1 - both - this - oracle], size=2000)[:, :3],
        axis=0,
        return_counts=True,
    )
    held = told = 0
    for cells, times in zip(counts.tolist(), often.tolist(), strict=True):
        found = ShareOfAchievable(*cells)
        if found.of_oracle:
            low, high = found.interval
            told += times
            held += times * (low - 1e-12 <= truth <= high + 1e-12)
    assert held >= 0.95 * told


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
