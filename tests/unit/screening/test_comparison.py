"""The same people screened twice: counts of pairs, exact intervals, and what networks do to them."""

import json
from dataclasses import replace
from itertools import product
from math import comb, isnan

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import multinomial

from dossier.problems import BadInput
from dossier.truth import Truth, TruthClass
from screening.evaluation.comparison import Change, Comparison, Side, compared, joined_comparisons
from screening.evaluation.networks import FEWEST_NETWORKS, Clusters
from screening.evaluation.rates import PairedDifference
from tests.unit.screening.results import MODULES, made

TOURIST, BACKPACKER, IRREGULAR, FIRST, SECOND, ESCORT = range(len(MODULES))


def side(modules: list[int], flags: list[int], networks: list[int] | None = None) -> Side:
    """Return people of these modules, flagged or not."""
    truth = made(modules, [0] * len(modules)).truth
    if networks is not None:
        truth = replace(truth, network=np.array(networks, dtype=np.int64))
    return Side(truth, np.array(flags, dtype=bool))


def drawn(seed: int, size: int) -> tuple[Side, Side]:
    """Return two screenings at random of people of all kinds; some of the second set out otherwise."""
    rng = np.random.default_rng(seed)
    modules = rng.integers(0, len(MODULES), size)
    moved = np.where((modules == FIRST) & (rng.random(size) < 0.2), TOURIST, modules)
    networks = rng.integers(0, 9, size)
    before, after = (side(found.tolist(), rng.integers(0, 2, size).tolist()) for found in (modules, moved))
    first = np.where(modules >= FIRST, networks, -1)
    second = np.where(moved == modules, first, -1)
    return (
        Side(replace(before.truth, network=first), before.flagged),
        Side(replace(after.truth, network=second), after.flagged),
    )


# --- counts -----------------------------------------------------------------------------------------


def test_by_hand() -> None:
    modules = [FIRST, FIRST, FIRST, SECOND, TOURIST, BACKPACKER, IRREGULAR, ESCORT]
    found = compared(side(modules, [1, 0, 0, 0, 0, 0, 1, 0]), side(modules, [0, 1, 1, 0, 0, 1, 1, 1]))
    assert found.n == 8
    assert found.victims == (4, 4)
    assert found.misses == Change(both=1, only_before=2, only_after=1, n=4)
    assert found.misses_by_family() == {"a": Change(0, 2, 1, 3), "b": Change(1, 0, 0, 1)}
    assert found.flags(TruthClass.LAWFUL) == Change(0, 0, 1, 2)
    assert found.flags(TruthClass.IRREGULAR) == Change(1, 0, 0, 1)
    assert found.flags(TruthClass.FACILITATOR) == Change(0, 0, 1, 1)
    assert found.otherwise() == []


def test_the_most_newly_burdened_stand_first() -> None:
    modules = [TOURIST, TOURIST, BACKPACKER, BACKPACKER, IRREGULAR]
    found = compared(side(modules, [1, 1, 0, 0, 0]), side(modules, [0, 1, 1, 1, 0])).flags_by_module()
    assert list(found) == [MODULES[BACKPACKER], MODULES[IRREGULAR], MODULES[TOURIST]]
    assert found[MODULES[BACKPACKER]] == Change(0, 0, 2, 2)


def test_whoever_sets_out_otherwise_is_told_apart_and_enters_no_rate() -> None:
    before = side([FIRST, FIRST, TOURIST], [1, 0, 0])
    after = side([FIRST, TOURIST, TOURIST], [1, 1, 0])
    found = compared(before, after)
    assert found.victims == (2, 1)
    assert (found.misses.n, found.flags(TruthClass.LAWFUL).n) == (1, 1)
    (moved,) = found.otherwise()
    assert (moved.module, moved.module_after, moved.n) == (MODULES[FIRST], MODULES[TOURIST], 1)
    assert (moved.flagged, moved.flagged_after) == (0, 1)
    assert found.n == 3


def naive(before: Side, after: Side, rows: npt.NDArray[np.bool_], counted: bool) -> Change:
    """Return the change among `rows`, person by person."""
    said = [
        (bool(one) == counted, bool(other) == counted)
        for one, other in zip(before.flagged[rows], after.flagged[rows], strict=True)
    ]
    return Change(said.count((True, True)), said.count((True, False)), said.count((False, True)), len(said))


@given(seed=st.integers(0, 10_000), size=st.integers(1, 120))
def test_counts_are_those_of_a_slow_twin(seed: int, size: int) -> None:
    before, after = drawn(seed, size)
    found = compared(before, after)
    truth, stayed = before.truth, before.truth.module == after.truth.module
    assert found.misses == naive(before, after, truth.is_victim & stayed, counted=False)
    for family, change in found.misses_by_family().items():
        module = truth.families.index(family)
        assert change == naive(before, after, (truth.module == module) & stayed, counted=False)
    for truth_class in TruthClass:
        rows = (truth.truth_class == truth_class) & stayed
        assert found.flags(truth_class) == naive(before, after, rows, counted=True)
    for name, change in found.flags_by_module().items():
        rows = (truth.module == MODULES.index(name)) & stayed
        assert change == naive(before, after, rows, counted=True)
    assert sum(moved.n for moved in found.otherwise()) == (~stayed).sum()
    victims = truth.is_victim & stayed
    assert sorted(found.clusters.networks.tolist()) == sorted(set(truth.network[victims].tolist()))
    assert found.clusters.sizes.sum() == victims.sum()
    assert found.clusters.changes.sum() == found.misses.only_after - found.misses.only_before
    assert found.clusters.changed.sum() == found.misses.only_after + found.misses.only_before


@given(seed=st.integers(0, 10_000), cut=st.integers(1, 89))
def test_parts_add_up_to_the_whole(seed: int, cut: int) -> None:
    before, after = drawn(seed, 90)
    parts = [
        compared(
            Side(before.truth.take(rows), before.flagged[rows]),
            Side(after.truth.take(rows), after.flagged[rows]),
        )
        for rows in (slice(0, cut), slice(cut, None))
    ]
    assert joined_comparisons(parts).to_json() == compared(before, after).to_json()


# --- the same people --------------------------------------------------------------------------------


def spoiled(truth: Truth, name: str) -> Truth:
    column = getattr(truth, name).copy()
    column[1] += 1
    return replace(truth, **{name: column})


@pytest.mark.parametrize("name", ["applicants", "tier", "network", "truth_class"])
def test_other_people_are_refused(name: str) -> None:
    before = side([FIRST, TOURIST, TOURIST], [1, 0, 0])
    with pytest.raises(BadInput, match="not the same people"):
        compared(before, Side(spoiled(before.truth, name), before.flagged))


def test_fewer_people_and_other_modules_are_refused() -> None:
    before = side([FIRST, TOURIST], [1, 0])
    fewer = Side(before.truth.take(slice(0, 1)), before.flagged[:1])
    renamed = Side(replace(before.truth, modules=tuple(reversed(MODULES))), before.flagged)
    for after in (fewer, renamed):
        with pytest.raises(BadInput, match="not the same people"):
            compared(before, after)


# --- intervals over persons -------------------------------------------------------------------------


def test_a_difference_is_the_second_rate_minus_the_first() -> None:
    change = Change(both=10, only_before=30, only_after=5, n=100)
    assert change.difference.estimate == pytest.approx(change.after.estimate - change.before.estimate)
    low, high = change.difference.interval
    assert low < -0.25 < high < 0


@pytest.mark.parametrize("only_before", [0.0, 0.02, 0.1, 0.3, 0.5])
@pytest.mark.parametrize("only_after", [0.0, 0.02, 0.1, 0.3, 0.5])
def test_the_interval_holds_at_least_95_times_in_100(only_before: float, only_after: float) -> None:
    """Exactly: the chance of every outcome for 14 people, added up where its interval holds the truth."""
    n = 14
    outcomes = [(a, b) for a, b in product(range(n + 1), repeat=2) if a + b <= n]
    intervals = [PairedDifference(a, b, n).interval for a, b in outcomes]
    truth = only_after - only_before
    holding = [o for o, (low, high) in zip(outcomes, intervals, strict=True) if low <= truth <= high]
    shares = [only_after, only_before, max(0.0, 1 - only_after - only_before)]
    chances = [multinomial.pmf([a, b, n - a - b], n, shares) for a, b in holding]
    assert sum(chances) >= 0.95


@pytest.mark.parametrize(("one", "other"), [(0, 0), (5, 0), (0, 7), (3, 3), (12, 4), (40, 31)])
def test_the_p_value_is_that_of_tossing_a_coin(one: int, other: int) -> None:
    tosses = one + other
    chances = [comb(tosses, heads) / 2**tosses for heads in range(tosses + 1)]
    as_uneven = sum(chance for chance in chances if chance <= chances[one] * (1 + 1e-9))
    assert PairedDifference(one, other, 1000).p_value == pytest.approx(min(1.0, as_uneven))


# --- networks ---------------------------------------------------------------------------------------


def clusters(sizes: npt.NDArray[np.int64], changes: npt.NDArray[np.int64]) -> Clusters:
    return Clusters.of(np.arange(len(sizes)), sizes, changes, np.abs(changes))


def test_networks_of_one_are_persons() -> None:
    changes = np.repeat([-1, 1, 0], [300, 100, 3600])
    low, high = clusters(np.ones(4000, dtype=np.int64), changes).interval()
    exact = PairedDifference(100, 300, 4000).interval
    assert (low + high) / 2 == pytest.approx(-0.05)
    assert exact[0] < low < high < exact[1]
    # Wald's interval of a paired difference, with Student's quantile: networks of one are persons.
    spread = np.sqrt(400 - 200**2 / 4000) / 4000
    assert high - low == pytest.approx(2 * 1.966 * spread, rel=0.001)


def test_networks_that_are_found_together_make_the_interval_wider() -> None:
    each = np.repeat([-1, 1, 0], [300, 100, 3600])
    together = np.repeat([-10, 10, 0], [30, 10, 360])
    alone = clusters(np.ones(4000, dtype=np.int64), each).interval()
    alike = clusters(np.full(400, 10), together).interval()
    assert alike[1] - alike[0] > 2.5 * (alone[1] - alone[0])


def test_over_networks_drawn_anew_theirs_holds_and_that_of_persons_does_not() -> None:
    """Networks of 1 to 20 members, of which all are newly found, all newly missed, or none: 400 draws."""
    rng, held, held_of_persons = np.random.default_rng(4), 0, 0
    for _ in range(400):
        sizes = rng.integers(1, 21, 200)
        change = rng.choice([-1, 1, 0], 200, p=[0.30, 0.10, 0.60])
        found = clusters(sizes, sizes * change)
        low, high = found.interval()
        held += low <= -0.2 <= high
        gone, new = (int(sizes[change == sign].sum()) for sign in (-1, 1))
        low, high = PairedDifference(new, gone, int(sizes.sum())).interval
        held_of_persons += low <= -0.2 <= high
    assert held >= 0.91 * 400
    assert held_of_persons < 0.75 * 400


def test_where_few_networks_changed_no_interval_is_told() -> None:
    sizes = np.full(50, 5)
    changes = np.zeros(50, dtype=np.int64)
    changes[: FEWEST_NETWORKS - 1] = -1
    assert all(isnan(end) for end in clusters(sizes, changes).interval())
    changes[FEWEST_NETWORKS - 1] = -1
    assert not any(isnan(end) for end in clusters(sizes, changes).interval())


def test_a_network_that_is_cut_by_parts_is_one() -> None:
    found = Clusters.of(np.array([7, 3, 7]), np.array([2, 1, 4]), np.array([1, 0, -3]), np.array([1, 0, 3]))
    assert (found.networks.tolist(), found.sizes.tolist()) == ([3, 7], [1, 6])
    assert (found.changes.tolist(), found.changed.tolist()) == ([0, -2], [0, 4])


def test_a_victim_without_a_network_is_one_of_its_own() -> None:
    modules = [FIRST] * 3
    found = compared(side(modules, [1, 0, 1], [-1, -1, 5]), side(modules, [0, 0, 0], [-1, -1, 5]))
    assert len(found.clusters.networks) == 3


# --- as JSON ----------------------------------------------------------------------------------------


def without_victims() -> Comparison:
    return compared(side([TOURIST] * 3, [0, 0, 1]), side([TOURIST] * 3, [0, 0, 0]))


@pytest.mark.parametrize("found", [compared(*drawn(1, 200)), without_victims()])
def test_the_content_is_json_without_infinities(found: Comparison) -> None:
    def refuse(name: str) -> None:
        raise AssertionError(name)

    content = found.to_json()
    assert json.loads(json.dumps(content), parse_constant=refuse) == json.loads(json.dumps(content))


def test_every_rate_stands_with_its_count_its_n_and_its_interval() -> None:
    content = compared(*drawn(2, 300)).to_json()
    changes = [content[name] for name in ("misses", "lawful_flagged", "irregular_flagged", "false_flags")]
    for change in (*changes, *content["by_typology"], *content["by_traveller"]):
        counted = "missed" if "newly_missed" in change else "flagged"
        for when in ("before", "after"):
            rate = change[when]
            assert rate["n"] == change["n"]
            assert rate["low"] <= rate["estimate"] == rate[counted] / rate["n"] <= rate["high"]
        net = change[f"newly_{counted}"] - change[f"no_longer_{counted}"]
        assert change["difference"]["estimate"] == pytest.approx(net / change["n"])
        assert change["difference"]["low"] <= net / change["n"] <= change["difference"]["high"]
        assert 0 <= change["p_value"] <= 1


def test_nobody_gives_no_number() -> None:
    content = without_victims().to_json()
    assert content["misses"]["difference"] == {"estimate": None, "low": None, "high": None}
    assert content["misses"]["p_value"] is None
    assert content["networks"] == {"networks": 0, "networks_changed": 0, "low": None, "high": None}
    assert content["by_typology"] == []
