"""Whether chances come true in each group: expected and observed victims, reckoned by hand."""

import numpy as np
import pytest
from scipy.stats import binom

from models.calibration import Calibration
from screening.evaluation.fairness.chances import coming_true
from screening.evaluation.fairness.gaps import Verdict
from screening.evaluation.outcomes import grouping
from screening.evaluation.rates import Rate
from screening.evaluation.reliability import Expectation, expectations
from screening.screener import OVERRIDE
from tests.unit.screening.results import made

CURVE = Calibration(risks=(-500, 0, 500), log_odds=(-7.0, -2.0, 3.0), prior=0.5)
TOURIST, VICTIM, ESCORT = 0, 3, 5


def test_expected_is_the_sum_of_the_chances_that_were_shown() -> None:
    people = made(
        [TOURIST, VICTIM, TOURIST, VICTIM, ESCORT, VICTIM],
        [-300, 0, 200, 400, 100, OVERRIDE],
        sex=[0, 0, 1, 1, 1, 0],
    )
    women, men = expectations(people.risk["counter"], people, CURVE, grouping(people, "sex"))
    # Three of five are victims; the escort is left out, and so is whoever a rule decided on.
    chance = CURVE.chance(np.array([-300, 0, 200, 400], dtype=np.int32), 3 / 5)
    assert [women.group, men.group] == ["female", "male"]
    assert women.expected == pytest.approx(chance[:2].sum())
    assert men.expected == pytest.approx(chance[2:].sum())
    assert [(one.observed.count, one.observed.n) for one in (women, men)] == [(1, 2), (1, 2)]


@pytest.mark.parametrize("module", [TOURIST, VICTIM])
def test_without_both_sides_nothing_is_expected(module: int) -> None:
    people = made([module] * 3, [0, 1, 2])
    assert expectations(people.risk["counter"], people, CURVE, grouping(people, "sex")) == []


def test_a_group_whose_chances_are_too_high_is_a_gap() -> None:
    found = coming_true(
        [Expectation("women", 300.0, Rate(100, 5000)), Expectation("men", 500.0, Rate(505, 5000))],
        1.25,
        0.95,
        fewest=30,
        most=10**9,
    )
    assert found.verdict is Verdict.GAP
    assert found.furthest is not None
    assert found.furthest.group == "women"
    assert found.at_least == pytest.approx(300 / 5000 / Rate(100, 5000, 0.975).high)
    assert found.needs is None


def test_chances_within_the_ratio_in_every_group_are_equal() -> None:
    groups = [
        Expectation("women", 5000.0, Rate(5100, 50_000)),
        Expectation("men", 5000.0, Rate(4950, 50_000)),
    ]
    assert coming_true(groups, 1.25, 0.95, fewest=30, most=10**9).verdict is Verdict.EQUAL


def test_where_too_few_tell_it_is_said_how_many_would() -> None:
    groups = [Expectation("women", 10.0, Rate(11, 100)), Expectation("men", 1000.0, Rate(1000, 10_000))]
    found = coming_true(groups, 1.25, 0.95, fewest=30, most=10**9)
    assert found.verdict is Verdict.UNKNOWN
    assert found.needs is not None
    assert set(found.needs.more) == {"women"}
    size = 100 + round(1.1 * found.needs.more["women"])
    grown = Expectation("women", 10.0 * size / 100, Rate(round(11 * size / 100), size))
    assert coming_true([grown, groups[1]], 1.25, 0.95, fewest=30, most=10**9).verdict is not Verdict.UNKNOWN
    assert coming_true(groups, 1.25, 0.95, fewest=30, most=101).needs is None


def test_groups_of_too_few_people_are_named_and_not_judged() -> None:
    few = Expectation("few", 1.0, Rate(20, 29))
    found = coming_true([few], 1.25, 0.95, fewest=30, most=10**9)
    assert (found.silent, found.groups) == ((few,), ())
    assert (found.verdict, found.furthest, found.needs, found.at_least) == (Verdict.UNKNOWN, None, None, 1.0)


def test_true_chances_are_seldom_said_to_be_wrong() -> None:
    """Chances differ within each group, as they do; victims are drawn by them."""
    random = np.random.default_rng(4)
    chances = random.beta(0.4, 6, size=(4, 400))
    wrong = 0
    for _ in range(1000):
        victims = (random.random(chances.shape) < chances).sum(axis=1)
        groups = [
            Expectation(str(place), float(chances[place].sum()), Rate(int(victims[place]), 400))
            for place in range(4)
        ]
        wrong += coming_true(groups, 1.01, 0.95, fewest=30, most=10**6).at_least > 1
    assert binom.sf(wrong - 1, 1000, 0.05) >= 1e-3
