"""Workload and precision at stated prevalences, counted out person by person."""

from fractions import Fraction
from math import inf, isnan

import pytest
from hypothesis import given
from hypothesis import strategies as st

from screening.evaluation.rates import Rate
from screening.evaluation.workload import PREVALENCES, at_prevalences

RATES = st.tuples(st.integers(0, 200), st.integers(1, 200)).map(lambda two: Rate(min(two), max(two)))


def counted(prevalence: Fraction, miss: Fraction, false_flag: Fraction) -> tuple[Fraction, Fraction]:
    """Return the victims and the others who are flagged among 10,000 applicants."""
    victims = 10_000 * prevalence
    return victims * (1 - miss), (10_000 - victims) * false_flag


@given(RATES, RATES, st.fractions(Fraction(1, 100_000), Fraction(1, 2)))
def test_precision_is_victims_among_the_flagged(miss: Rate, false_flag: Rate, prevalence: Fraction) -> None:
    (found,) = at_prevalences(miss, false_flag, [float(prevalence)])
    shares = (Fraction(rate.count, rate.n) for rate in (miss, false_flag))
    victims, others = counted(prevalence, *shares)
    assert found.flags_per_10000 == pytest.approx(float(victims + others), abs=1e-9)
    if victims + others:
        assert found.precision == pytest.approx(float(victims / (victims + others)))
    if victims:
        assert found.others_per_victim == pytest.approx(float(others / victims))


@given(RATES, RATES)
def test_precision_lies_between_its_ends(miss: Rate, false_flag: Rate) -> None:
    for found in at_prevalences(miss, false_flag):
        if not isnan(found.precision):
            assert found.low <= found.precision + 1e-12
            assert found.precision <= found.high + 1e-12


def test_the_rarer_the_victims_the_more_others_are_flagged_for_each() -> None:
    found = at_prevalences(Rate(20, 100), Rate(50, 1000))
    assert [one.prevalence for one in found] == list(PREVALENCES) == sorted(PREVALENCES)
    precisions = [one.precision for one in found]
    assert precisions == sorted(precisions)
    others = [one.others_per_victim for one in found]
    assert others == sorted(others, reverse=True)


def test_a_known_case() -> None:
    """One victim in a thousand, a fifth missed, one in twenty flagged wrongly: 8 victims and 499.5 others."""
    (found,) = at_prevalences(Rate(20, 100), Rate(50, 1000), [0.001])
    assert found.flags_per_10000 == pytest.approx(8 + 499.5)
    assert found.precision == pytest.approx(8 / 507.5)
    assert found.others_per_victim == pytest.approx(499.5 / 8)


def test_where_nobody_is_found_no_number_of_others_would_do() -> None:
    (found,) = at_prevalences(Rate(10, 10), Rate(5, 100), [0.01])
    assert found.precision == 0
    assert found.others_per_victim == inf


def test_where_nobody_is_flagged_there_is_no_precision() -> None:
    (found,) = at_prevalences(Rate(10, 10), Rate(0, 100), [0.01])
    assert isnan(found.precision)
    assert found.flags_per_10000 == 0
