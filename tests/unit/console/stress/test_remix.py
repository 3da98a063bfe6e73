"""The worst re-mix: a linear programme, and its closed-form twin."""

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.stress.frame import Finding, Row
from console.stress.remix import cells_of, remix, worst_mixture
from console.stress.settings import settings
from dossier.texts import Text
from dossier.truth import TruthClass
from screening.evaluation.rates import Rate
from screening.evaluation.texts import percent
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


def test_shares_are_those_the_scenario_declares_and_not_those_that_were_drawn() -> None:
    world = mixed().judge.world
    declared = {module: share.share for module, share in world.scenario.mix.items()}
    for by in ("typology", "tier", "typology+tier"):
        cells = cells_of(mixed(), by)
        assert cells.shares.sum() == pytest.approx(1)
        drawn = np.array([rate.n for rate in cells.rates]) / len(mixed().victims)
        assert cells.shares == pytest.approx(drawn, abs=0.06)
        assert (cells.shares != drawn).any()
    families = cells_of(mixed(), "typology")
    victims = [one for one in world.modules if one.module.truth == "victim"]
    for name, share in zip(families.names, families.shares, strict=True):
        own = sum(declared[one.id] for one in victims if one.module.family == name)
        assert share == pytest.approx(own / sum(declared[one.id] for one in victims))


def test_the_rise_is_a_lower_end_less_an_upper_end_that_hold_together() -> None:
    found = remix(mixed(), quiet)
    each = 1 - 0.05 / found.intervals
    before = Rate(mixed().miss.count, mixed().miss.n, each)
    rises = []
    for by in settings().remix.by:
        cells = cells_of(mixed(), by, each)
        mixture = by_hand(cells.shares, cells.lows, settings().remix.stated)
        rises.append(float(mixture @ cells.lows) - before.high)
    assert found.rise == pytest.approx(max(0.0, *rises), abs=1e-7)


def test_the_answer_names_the_largest_upper_end_as_the_limit_of_any_mixture() -> None:
    found = remix(mixed(), quiet)
    kinds = [[row.miss for row in found.rows if row.series == f"kinds by {by}"] for by in settings().remix.by]
    most = [max(rate.high for rate in rates if rate) for rates in kinds]
    assert any(f"misses more than {percent(one).en}," in found.answer.en for one in most)


def test_rates_of_other_people_rise_from_the_upper_end_of_what_was_before() -> None:
    before, after = Rate(100, 1000), Rate(300, 1000)
    name = Text(en="a", id="b")
    found = Finding("x", name, name, name, [Row(name, "x", miss=after)], name)
    halves = [Rate(rate.count, rate.n, 0.975) for rate in (after, before)]
    assert found.largest_rise(before) == pytest.approx(halves[0].low - halves[1].high)
    assert found.largest_rise(after) == 0


def test_a_scenario_of_one_typology_is_mixed_by_tier_only() -> None:
    series = {row.series for row in remix(setting(), quiet).rows}
    assert series == {"", "tier", "kinds by tier"}
