"""The prevalence sweep: Bayes' rule, by hand."""

import pytest

from console.stress.prevalence import prevalence
from screening.evaluation.rates import Rate
from tests.unit.console.stress.people import quiet, setting


def test_flags_and_precision_follow_from_the_two_rates() -> None:
    here = setting()
    found = prevalence(here, quiet)
    for row in found.rows:
        share = row.at or 0.0
        right, wrong = share * (1 - here.miss.estimate), (1 - share) * here.false_flag.estimate
        assert row.more["flags_per_10000"]["estimate"] == pytest.approx(10_000 * (right + wrong))
        assert row.more["precision"]["estimate"] == pytest.approx(right / (right + wrong))
        assert (
            row.more["precision"]["low"] < row.more["precision"]["estimate"] < row.more["precision"]["high"]
        )
        assert row.more["others_per_victim"]["estimate"] == pytest.approx(wrong / right)


def test_it_goes_from_one_in_a_hundred_thousand_to_one_in_a_hundred() -> None:
    shares = [row.at for row in prevalence(setting(), quiet).rows]
    assert (shares[0], shares[-1]) == (0.00001, 0.01)
    assert shares == sorted(shares, key=lambda share: share or 0)


def test_all_follows_from_two_intervals_that_hold_together() -> None:
    here, found = setting(), prevalence(setting(), quiet)
    assert found.intervals == 2
    miss, wrong = (Rate(rate.count, rate.n, 1 - 0.05 / 2) for rate in (here.miss, here.false_flag))
    for row in found.rows:
        share = row.at or 0.0
        right, others = share * (1 - miss.high), (1 - share) * wrong.high
        assert row.more["precision"]["low"] == pytest.approx(right / (right + others))


def test_it_raises_no_misses() -> None:
    assert prevalence(setting(), quiet).largest_rise(setting().miss) == 0
