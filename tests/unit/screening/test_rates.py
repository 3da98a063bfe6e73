"""Rates: exact intervals, and differences on the same people."""

from math import isnan

import numpy as np
import pytest
from scipy.stats import binom, binomtest

from screening.evaluation.rates import PairedDifference, Rate, clopper_pearson

COUNTS = [(0, 1), (1, 1), (0, 40), (40, 40), (1, 40), (39, 40), (7, 100), (500, 1000), (3, 100_000)]


@pytest.mark.parametrize(("count", "n"), COUNTS)
@pytest.mark.parametrize("confidence", [0.8, 0.95, 0.99])
def test_an_interval_is_the_exact_one_of_the_binomial_test(count: int, n: int, confidence: float) -> None:
    expected = binomtest(count, n).proportion_ci(confidence, method="exact")
    assert clopper_pearson(count, n, confidence) == pytest.approx((expected.low, expected.high), abs=1e-12)


@pytest.mark.parametrize(("count", "n"), COUNTS)
def test_the_ends_of_an_interval_are_where_the_tails_are_half_of_the_error(count: int, n: int) -> None:
    low, high = clopper_pearson(count, n)
    if count:
        assert binom.sf(count - 1, n, low) == pytest.approx(0.025)
    if count < n:
        assert binom.cdf(count, n, high) == pytest.approx(0.025)


@pytest.mark.parametrize(("count", "n"), COUNTS)
def test_an_estimate_lies_in_its_interval(count: int, n: int) -> None:
    rate = Rate(count, n)
    assert 0 <= rate.low <= rate.estimate <= rate.high <= 1
    assert rate.estimate == count / n


def test_a_rate_of_nobody_is_no_number_and_could_be_anything() -> None:
    assert isnan(Rate(0, 0).estimate)
    assert clopper_pearson(0, 0) == (0.0, 1.0)


def test_more_people_make_a_narrower_interval() -> None:
    widths = [Rate(n // 10, n).high - Rate(n // 10, n).low for n in (10, 100, 1000, 10_000)]
    assert widths == sorted(widths, reverse=True)


@pytest.mark.parametrize("share", [0.01, 0.2, 0.5])
def test_an_interval_covers_the_truth_at_least_as_often_as_it_says(share: float) -> None:
    """Exactly: the chance of every count, added up where its interval holds the truth."""
    n = 60
    intervals = [clopper_pearson(count, n) for count in range(n + 1)]
    covering = [count for count, (low, high) in enumerate(intervals) if low <= share <= high]
    assert np.sum(binom.pmf(covering, n, share)) >= 0.95


# --- the same people twice --------------------------------------------------------------------------


def test_a_difference_counts_those_on_whom_the_two_disagree() -> None:
    difference = PairedDifference(30, 10, 1000)
    assert difference.estimate == pytest.approx(0.02)
    low, high = difference.interval
    assert low < 0.02 < high


def test_the_interval_of_a_difference_is_made_of_two_exact_ones() -> None:
    low, high = PairedDifference(30, 10, 1000).interval
    first, second = (clopper_pearson(count, 1000, 0.975) for count in (30, 10))
    assert (low, high) == (first[0] - second[1], first[1] - second[0])


def test_changing_places_changes_the_sign() -> None:
    one, other = PairedDifference(30, 10, 1000), PairedDifference(10, 30, 1000)
    assert one.estimate == -other.estimate
    assert one.interval == pytest.approx((-other.interval[1], -other.interval[0]))


def test_a_difference_over_nobody_is_no_number_and_could_be_anything() -> None:
    assert isnan(PairedDifference(0, 0, 0).estimate)
    assert PairedDifference(0, 0, 0).interval == (-1.0, 1.0)


@pytest.mark.parametrize("shares", [(0.05, 0.05), (0.10, 0.02), (0.001, 0.01), (0.3, 0.2)])
def test_the_interval_of_a_difference_covers_the_truth_often_enough(shares: tuple[float, float]) -> None:
    rng, n = np.random.default_rng(8), 400
    first, second = shares
    counts = rng.multinomial(n, [first, second, 1 - first - second], size=400)
    intervals = [PairedDifference(int(one), int(other), n).interval for one, other, _ in counts]
    covered = sum(low <= first - second <= high for low, high in intervals)
    assert binom.cdf(covered, len(counts), 0.95) > 1e-4
