"""Where groups do not differ, no gap is shown: the interval of the largest gap covers zero as often as it says.

The field's usual interval for the largest difference never covers zero, because the largest of several noisy
differences is always above it. Ours is made of simultaneous exact intervals, and here it is tried on groups
drawn thousands of times, with no gap and with a known one.
"""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom

from screening.evaluation.fairness.gaps import Verdict, parity, verdict_of
from screening.evaluation.rates import Rate

DRAWS = 2000
RARE = 1e-3


def drawn(shares: list[float], n: int, seed: int) -> list[list[tuple[str, Rate]]]:
    counts = np.random.default_rng(seed).binomial(n, shares, size=(DRAWS, len(shares)))
    return [[(str(i), Rate(int(count), n)) for i, count in enumerate(row)] for row in counts]


@pytest.mark.parametrize(("share", "n"), [(0.05, 100), (0.2, 300), (0.01, 60)])
def test_without_a_gap_the_interval_covers_zero(share: float, n: int) -> None:
    invented = sum(parity(groups, 0.05, 0.95).low > 0 for groups in drawn([share] * 5, n, 1))
    assert binom.sf(invented - 1, DRAWS, 0.05) >= RARE


def test_a_true_gap_lies_within_its_interval() -> None:
    shares = [0.05, 0.08, 0.2, 0.1]
    found = [parity(groups, 0.05, 0.95) for groups in drawn(shares, 200, 2)]
    outside = sum(not one.low <= max(shares) - min(shares) <= one.high for one in found)
    assert binom.sf(outside - 1, DRAWS, 0.05) >= RARE


def test_equality_is_seldom_claimed_where_there_is_none() -> None:
    """Two groups differ by just more than the margin."""
    found = [parity(groups, 0.05, 0.95) for groups in drawn([0.0, 0.051], 400, 3)]
    claimed = sum(one.verdict is Verdict.EQUAL for one in found)
    assert binom.sf(claimed - 1, DRAWS, 0.05) >= RARE


rates = st.integers(1, 400).flatmap(lambda n: st.integers(0, n).map(lambda count: Rate(count, n)))


@given(st.lists(rates, min_size=2, max_size=6), st.floats(0.01, 0.5))
def test_the_gap_that_was_counted_lies_within_its_interval(found: list[Rate], margin: float) -> None:
    told = parity([(str(place), rate) for place, rate in enumerate(found)], margin, 0.95)
    assert told.gap is not None
    assert told.low <= told.gap + 1e-12
    assert told.gap <= told.high + 1e-12
    assert told.verdict is verdict_of(told.low, told.high, margin)


@given(st.lists(rates, min_size=2, max_size=5), st.integers(0, 4))
def test_groups_may_come_in_any_order(found: list[Rate], turn: int) -> None:
    groups = [(str(place), rate) for place, rate in enumerate(found)]
    turned = groups[turn:] + groups[:turn]
    one, other = parity(groups, 0.05, 0.95), parity(turned, 0.05, 0.95)
    assert (one.low, one.high) == (other.low, other.high)
