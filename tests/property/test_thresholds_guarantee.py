"""The guarantee holds: over hundreds of calibrations drawn anew, violations stay within what was promised.

A claim with confidence 1 - delta may fail, and does; what is tested is how often. With 400 independent
calibrations the number of violations is binomial, and more of them than a binomial of delta would give once
in 10,000 times fails the test. Groups overlap, and one threshold serves them all.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from math import comb, floor

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binom, norm

from dossier.problems import BadInput
from dossier.stages import Stage
from screening.evaluation.guarantee.certificate import workload_threshold
from screening.evaluation.guarantee.thresholds import (
    allowed_misses,
    group_threshold,
    guaranteed_threshold,
    sample_for,
    smallest_sample,
    threshold_for_share,
)
from synthetic import FreshDraws
from tests.unit.screening.desks import ALL_TYPES, screener
from tests.unit.synthetic.worlds import world

CALIBRATIONS = 400
DELTA = 0.10
MISS = 0.05
RARE = 1e-4

Scores = npt.NDArray[np.int32]
SCORES = st.lists(st.integers(-50, 50), min_size=1, max_size=60)


def array(scores: list[int]) -> Scores:
    return np.array(scores, dtype=np.int32)


def assert_consistent(violations: int, delta: float = DELTA) -> None:
    """Assert that so many violations in all calibrations are no surprise at a rate of delta."""
    assert binom.sf(violations - 1, CALIBRATIONS, delta) > RARE


# --- how many may be missed -------------------------------------------------------------------------


def tail(misses: int, n: int, rate: Fraction) -> Fraction:
    """Return P(at most so many misses among n), exactly."""
    return sum((comb(n, k) * rate**k * (1 - rate) ** (n - k) for k in range(misses + 1)), Fraction(0))


@given(st.integers(0, 120), st.integers(1, 99), st.integers(50, 99))
@settings(max_examples=150)
def test_allowed_misses_are_the_most_that_an_exact_tail_allows(n: int, miss: int, sure: int) -> None:
    allowed = allowed_misses(n, miss / 100, sure / 100)
    rate, delta = Fraction(miss, 100), 1 - Fraction(sure, 100)
    if allowed >= 0:
        assert tail(allowed, n, rate) <= delta
    assert allowed < n or n == 0
    if allowed < n:
        assert tail(allowed + 1, n, rate) >= delta  # where it is equal, floats decide


@pytest.mark.parametrize(("n", "allowed"), [(100, 1), (300, 8), (1000, 38), (3000, 130), (10_000, 463)])
def test_allowed_misses_are_those_of_the_published_table(n: int, allowed: int) -> None:
    assert allowed_misses(n, 0.05, 0.95) == allowed


@pytest.mark.parametrize(("miss", "n"), [(0.10, 29), (0.05, 59), (0.02, 149), (0.01, 299), (0.005, 598)])
def test_smallest_samples_are_those_of_the_published_table(miss: float, n: int) -> None:
    assert smallest_sample(miss, 0.95) == n


@given(st.floats(0.005, 0.5), st.floats(0.5, 0.99))
def test_the_smallest_sample_is_the_first_that_allows_a_threshold(miss: float, sure: float) -> None:
    n = smallest_sample(miss, sure)
    assert allowed_misses(n, miss, sure) >= 0
    assert allowed_misses(n - 1, miss, sure) < 0


@given(st.integers(0, 300), st.floats(0.01, 0.4), st.floats(0.5, 0.99))
def test_more_victims_never_allow_fewer_misses(n: int, miss: float, sure: float) -> None:
    assert allowed_misses(n, miss, sure) <= allowed_misses(n + 1, miss, sure)


@given(st.integers(0, 40), st.floats(0.02, 0.4), st.floats(0.5, 0.99))
def test_the_sample_for_so_many_misses_is_the_first_that_allows_them(
    misses: int, miss: float, sure: float
) -> None:
    n = sample_for(misses, miss, sure)
    assert allowed_misses(n, miss, sure) >= misses
    assert allowed_misses(n - 1, miss, sure) < misses


# --- thresholds -------------------------------------------------------------------------------------


@given(st.lists(st.integers(-30, 30), min_size=60, max_size=200))
def test_a_group_threshold_misses_no_more_than_allowed_and_one_higher_would(scores: list[int]) -> None:
    found = group_threshold(array(scores), 0.05, 0.95)
    assert found.allowed == allowed_misses(len(scores), 0.05, 0.95)
    assert found.threshold == sorted(scores)[found.allowed]
    assert sum(score < found.threshold for score in scores) <= found.allowed
    assert sum(score < found.threshold + 1 for score in scores) > found.allowed


@given(st.lists(st.integers(0, 100), min_size=60, max_size=90), st.permutations(range(60)))
def test_the_order_of_victims_changes_no_threshold(scores: list[int], order: list[int]) -> None:
    shuffled = [scores[place] for place in order] + scores[60:]
    assert group_threshold(array(scores), 0.05, 0.95) == group_threshold(array(shuffled), 0.05, 0.95)


@given(
    st.dictionaries(st.text(max_size=3), st.lists(st.integers(0, 9), min_size=60, max_size=80), min_size=1)
)
def test_one_threshold_protects_every_group(scores: dict[str, list[int]]) -> None:
    threshold, groups = guaranteed_threshold({name: array(one) for name, one in scores.items()}, 0.05, 0.95)
    assert threshold == min(group.threshold for group in groups.values())
    for name, one in scores.items():
        assert sum(score < threshold for score in one) <= groups[name].allowed


def test_victims_flagged_by_rule_are_never_counted_as_missed() -> None:
    by_rule = np.iinfo(np.int32).max
    found = group_threshold(array([by_rule] * 99 + [7]), 0.05, 0.95)
    assert found.threshold == by_rule
    assert (array([by_rule]) >= found.threshold).all()


def test_too_few_victims_are_named_with_the_number_that_is_wanting() -> None:
    with pytest.raises(BadInput, match="29 more men are needed"):
        group_threshold(array([1] * 30), 0.05, 0.95, "men")
    with pytest.raises(BadInput, match="1 more girls"):
        guaranteed_threshold({"boys": array([1] * 59), "girls": array([1] * 58)}, 0.05, 0.95)


@given(SCORES, st.fractions(0, 1, max_denominator=64))
def test_a_share_flags_as_many_as_it_may_and_ties_only_make_it_fewer(
    scores: list[int], share: Fraction
) -> None:
    threshold = threshold_for_share(array(scores), float(share))
    allowed = floor(share * len(scores))
    assert sum(score >= threshold for score in scores) <= allowed
    if allowed < len(scores):
        assert sum(score >= threshold - 1 for score in scores) > allowed


@given(st.lists(st.integers(-20, 20), min_size=100, max_size=300))
def test_a_workload_threshold_flags_no_more_than_allowed_and_one_lower_would(scores: list[int]) -> None:
    threshold = workload_threshold(array(scores), 0.05, 0.95)
    allowed = allowed_misses(len(scores), 0.05, 0.95)
    assert sum(score >= threshold for score in scores) <= allowed
    assert sum(score >= threshold - 1 for score in scores) > allowed


def test_too_few_others_carry_no_promise() -> None:
    with pytest.raises(BadInput, match="more .* are needed"):
        workload_threshold(array(list(range(58))), 0.05, 0.95)
    assert workload_threshold(array(list(range(59))), 0.05, 0.95) == 59


# --- the guarantee, drawn anew ----------------------------------------------------------------------
# Scores are normal, so that every group's true miss rate is known. Groups: two sexes and two ages of the
# same victims, so that each victim is in two of them, and the worst group is not the first.

MEANS = {("man", "young"): 300.0, ("man", "old"): 250.0, ("woman", "young"): 320.0, ("woman", "old"): 180.0}
SPREAD = 100.0


def drawn_victims(rng: np.random.Generator, size: int) -> dict[str, Scores]:
    """Return one calibration: whole scores by group, each victim in a sex and in an age."""
    kinds = list(MEANS)
    kind = rng.integers(0, len(kinds), size)
    means = np.array([MEANS[one] for one in kinds])[kind]
    scores = np.floor(rng.normal(means, SPREAD)).astype(np.int32)
    names = sorted({name for one in kinds for name in one})
    member = {name: np.array([name in one for one in kinds])[kind] for name in names}
    return {name: scores[inside] for name, inside in member.items()}


def true_miss_rate(name: str, threshold: int) -> float:
    """Return the share of a group's victims below a whole threshold."""
    means = [mean for kind, mean in MEANS.items() if name in kind]
    return float(np.mean([norm.cdf(threshold, mean, SPREAD) for mean in means]))


def violations_of(choose: Callable[[Mapping[str, Scores]], int]) -> int:
    """Return in how many calibrations the chosen threshold misses too many of some group."""
    rng = np.random.default_rng(17)
    found = 0
    for _ in range(CALIBRATIONS):
        groups = drawn_victims(rng, 400)
        threshold = choose(groups)
        found += any(true_miss_rate(name, threshold) > MISS for name in groups)
    return found


def test_violations_stay_within_delta_for_overlapping_groups() -> None:
    assert_consistent(violations_of(lambda groups: guaranteed_threshold(groups, MISS, 1 - DELTA)[0]))


def test_the_examination_would_notice_a_threshold_without_a_margin() -> None:
    """The sample's own quantile breaks the promise about half the time: the test above can fail."""

    def careless(groups: Mapping[str, Scores]) -> int:
        return min(int(np.quantile(scores, MISS)) for scores in groups.values())

    violations = violations_of(careless)
    assert binom.sf(violations - 1, CALIBRATIONS, DELTA) < RARE


def test_a_workload_is_exceeded_no_more_often_than_promised() -> None:
    rng = np.random.default_rng(23)
    violations = 0
    for _ in range(CALIBRATIONS):
        others = np.floor(rng.normal(0.0, SPREAD, 1000)).astype(np.int32)
        threshold = workload_threshold(others, MISS, 1 - DELTA)
        violations += norm.sf(threshold, 0.0, SPREAD) > MISS
    assert_consistent(violations)
    assert violations > 0


@pytest.mark.slow
def test_violations_stay_within_delta_for_drawn_victims() -> None:
    """The released cards, victims one for each network, all families and tiers as overlapping groups."""
    draws, stage = FreshDraws(world(ALL_TYPES)), Stage.VERIFICATION
    size = 300

    def groups_of(seed: int, n: int) -> dict[str, Scores]:
        dossiers, truth = draws("victims", n, seed, one_per_network=True)
        risk = screener().assess(dossiers, stage).risk
        member = {name: truth.family == place for place, name in enumerate(truth.family_names)}
        member |= {name: truth.tier == place for place, name in enumerate(truth.tiers)}
        return {name: risk[inside] for name, inside in member.items() if inside.any()}

    population = groups_of(seed=999_999, n=200_000)
    violations = 0
    for calibration in range(CALIBRATIONS):
        groups = {name: one for name, one in groups_of(calibration, size).items() if len(one) >= 22}
        threshold, _ = guaranteed_threshold(groups, 0.10, 1 - DELTA)
        violations += any((population[name] < threshold).mean() > 0.10 for name in groups)
    assert_consistent(violations)


# --- the guarantee, on drawn and screened victims -----------------------------------------------------
# A pool of drawn victims is the declared population itself, so that the miss rate of each of its groups is
# known to the last victim at every threshold. Calibrations are drawn from it anew, one victim independent of
# the next.

POOL = 60_000
TWELVE = 12
SURPRISING = 1e-3


@dataclass(frozen=True)
class Pool:
    """Victims of a scenario, drawn and screened: the whole population of which something is promised.

    Attributes:
        risk: Shape (n,): their risks.
        network: Shape (n,): their networks.
        groups: Who belongs to each of twelve overlapping groups, as rows.
    """

    risk: Scores
    network: npt.NDArray[np.int64]
    groups: Mapping[str, npt.NDArray[np.intp]]

    def miss_rate(self, name: str, threshold: int) -> float:
        """Return the exact share of a group that a threshold misses."""
        return float((self.risk[self.groups[name]] < threshold).mean())


@cache
def pool(*, one_per_network: bool) -> Pool:
    """Return victims of every typology, and twelve ways of belonging together."""
    drawn = FreshDraws(world(ALL_TYPES))
    dossiers, truth = drawn("victims", POOL, 31, one_per_network=one_per_network)
    risk = screener().assess(dossiers, Stage.VERIFICATION).risk
    member = {name: truth.family == place for place, name in enumerate(truth.family_names)}
    member |= {name: truth.tier == place for place, name in enumerate(truth.tiers)}
    member["women"] = dossiers.columns["sex"] == 0
    return Pool(risk, truth.network, {name: np.flatnonzero(inside) for name, inside in member.items()})


def independent_violations(size: int, max_miss: float, delta: float, *, careless: bool = False) -> int:
    """Return in how many calibrations some group of the pool is missed more than promised.

    Args:
        size: Victims of each group, drawn from its own members.
        max_miss, delta: What is promised.
        careless: Whether all groups together, as one, set the threshold.
    """
    people, rng, found = pool(one_per_network=True), np.random.default_rng(41), 0
    for _ in range(CALIBRATIONS):
        groups = {name: people.risk[rng.choice(rows, size)] for name, rows in people.groups.items()}
        if careless:
            groups = {"together": people.risk[rng.integers(0, len(people.risk), size)]}
        threshold, _ = guaranteed_threshold(groups, max_miss, 1 - delta)
        found += any(people.miss_rate(name, threshold) > max_miss for name in people.groups)
    return found


def test_twelve_overlapping_groups_of_drawn_victims_are_protected_as_promised() -> None:
    people = pool(one_per_network=True)
    assert len(people.groups) == TWELVE
    assert sum(len(rows) for rows in people.groups.values()) > 2 * POOL  # most people are in three groups
    violations = independent_violations(300, 0.10, 0.05)
    assert binom.sf(violations - 1, CALIBRATIONS, 0.05) > SURPRISING


def test_the_threshold_that_each_of_them_needs_alone_is_no_more_careful_than_promised() -> None:
    """The lowest of twelve is hardly ever too high; each by itself is, about as often as it may be."""
    people, rng = pool(one_per_network=True), np.random.default_rng(47)
    for name, rows in people.groups.items():
        violations = 0
        for _ in range(CALIBRATIONS):
            own = group_threshold(people.risk[rng.choice(rows, 300)], 0.10, 1 - DELTA).threshold
            violations += people.miss_rate(name, own) > 0.10
        assert_consistent(violations)
        assert violations > DELTA * CALIBRATIONS / 4, name


def test_a_promise_for_all_together_leaves_the_worst_group_unprotected() -> None:
    assert independent_violations(300, 0.10, 0.05, careless=True) == CALIBRATIONS


# --- what clustering does to the claim ---------------------------------------------------------------
# Victims of large networks: members share a tier, actors and days. The population is the same in both tests,
# and so is n; only who is drawn together differs.

LARGE = 12
VICTIMS = 300


@cache
def large_networks() -> tuple[Scores, tuple[npt.NDArray[np.intp], ...]]:
    """Return the risks of the pool, and the rows of each network with at least twelve members."""
    people = pool(one_per_network=False)
    order = np.argsort(people.network, kind="stable")
    _, first = np.unique(people.network[order], return_index=True)
    return people.risk, tuple(rows for rows in np.split(order, first[1:]) if len(rows) >= LARGE)


def violations_in_large_networks(choose: Callable[[np.random.Generator], npt.NDArray[np.intp]]) -> int:
    """Return how often 300 chosen victims promise 20 % with confidence 95 % and break it."""
    risk, networks = large_networks()
    population, rng, found = risk[np.concatenate(networks)], np.random.default_rng(43), 0
    for _ in range(CALIBRATIONS):
        threshold = group_threshold(risk[choose(rng)], 0.20, 0.95).threshold
        found += int((population < threshold).mean() > 0.20)
    return found


def test_several_victims_of_each_network_break_the_claim() -> None:
    """With the same number of victims, the promise of one in twenty fails one time in five or more."""
    _, networks = large_networks()

    def together(rng: np.random.Generator) -> npt.NDArray[np.intp]:
        chosen = rng.permutation(len(networks))[: VICTIMS // LARGE + 1]
        return np.concatenate([networks[place] for place in chosen])[:VICTIMS]

    violations = violations_in_large_networks(together)
    assert violations > 4 * 0.05 * CALIBRATIONS
    assert binom.sf(violations - 1, CALIBRATIONS, 0.05) < RARE


def test_one_victim_of_each_network_keeps_it() -> None:
    _, networks = large_networks()
    members = np.concatenate(networks)

    def apart(rng: np.random.Generator) -> npt.NDArray[np.intp]:
        return rng.choice(members, VICTIMS)

    violations = violations_in_large_networks(apart)
    assert binom.sf(violations - 1, CALIBRATIONS, 0.05) > SURPRISING
