"""The worst re-mix: a linear programme, and its closed-form twin."""

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.stress.remix import cells_of, remix, worst_mixture
from dossier.truth import TruthClass
from tests.unit.console.stress.people import mixed, quiet, setting

Numbers = npt.NDArray[np.float64]


def by_hand(shares: Numbers, misses: Numbers, factor: float) -> Numbers:
    """Give every kind the least it may have, and what is left to those missed most, as far as each may go."""
    mixture = shares / factor
    left = 1 - mixture.sum()
    for kind in np.argsort(-misses, kind="stable"):
        more = min(left, min(1.0, shares[kind] * factor) - mixture[kind])
        mixture[kind] += more
        left -= more
    return np.asarray(mixture)


@given(
    st.lists(st.tuples(st.integers(1, 50), st.floats(0, 1)), min_size=2, max_size=8),
    st.floats(1.01, 20),
)
def test_the_programme_finds_what_filling_up_by_hand_finds(
    kinds: list[tuple[int, float]], factor: float
) -> None:
    shares = np.array([weight for weight, _ in kinds], dtype=np.float64)
    shares /= shares.sum()
    misses = np.array([miss for _, miss in kinds])
    found = worst_mixture(shares, misses, factor)
    assert found.sum() == pytest.approx(1)
    assert (found <= np.minimum(1, shares * factor) + 1e-7).all()
    assert (found >= shares / factor - 1e-7).all()
    assert found @ misses == pytest.approx(by_hand(shares, misses, factor) @ misses, abs=1e-7)


def test_without_any_limit_everybody_is_of_the_kind_missed_most() -> None:
    found = worst_mixture(np.array([0.7, 0.2, 0.1]), np.array([0.1, 0.9, 0.5]), 1e9)
    assert found.round(6).tolist() == [0, 1, 0]


def test_the_kinds_together_are_all_victims_and_their_misses_all_misses() -> None:
    here = mixed()
    for by in ("typology", "tier", "typology+tier"):
        cells = cells_of(here, by)
        assert sum(rate.n for rate in cells.rates) == len(here.victims)
        assert sum(rate.count for rate in cells.rates) == here.miss.count
    assert (here.victims.outcomes.truth.truth_class == TruthClass.VICTIM).all()


def test_a_larger_change_is_never_better_and_nothing_is_worse_than_the_worst_kind() -> None:
    found = remix(mixed(), quiet)
    for by in ("typology", "tier", "typology+tier"):
        rows = [row for row in found.rows if row.series == by]
        worst = [row.more["worst"] for row in rows]
        assert worst == sorted(worst)
        assert worst[0] >= mixed().miss.estimate
        kinds = [row.miss for row in found.rows if row.series == f"kinds by {by}"]
        assert worst[-1] == max(rate.estimate for rate in kinds if rate)
        assert all(row.more["worst_high"] >= row.more["worst"] for row in rows)


def test_a_scenario_of_one_typology_is_mixed_by_tier_only() -> None:
    series = {row.series for row in remix(setting(), quiet).rows}
    assert series == {"", "tier", "kinds by tier"}
