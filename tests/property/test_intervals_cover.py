"""Every kind of interval that is printed holds the truth as often as it says, where there is no gap too.

Each is nominally 95 %, and must hold the truth in at least 93.5 % of 2,000 simulations, for which the truth
is known because it was chosen. That the examination can fail is shown by an interval that fails it: the one
that resamples people and reads quantiles of the largest gap, as fairlearn's `difference_ci` does.
"""

from collections.abc import Callable
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import pytest
from scipy.stats import norm

from screening.evaluation.decision_curve import Choices
from screening.evaluation.fairness.chances import coming_true
from screening.evaluation.fairness.gaps import parity
from screening.evaluation.guarantee.capacity import People
from screening.evaluation.guarantee.tuning import GroupName
from screening.evaluation.networks import Clusters
from screening.evaluation.rare_events import Mixture
from screening.evaluation.rates import PairedDifference, Rate
from screening.evaluation.reliability import Expectation
from screening.evaluation.workload import at_prevalences
from screening.evaluation.yardsticks import area_under_curve
from screening.intervals import exact_interval

SIMULATIONS = 2_000
LEAST = 0.935

Whole: TypeAlias = npt.NDArray[np.int64]
Share: TypeAlias = npt.NDArray[np.float64]
Interval: TypeAlias = tuple[float, float]


def coverage(intervals: npt.ArrayLike, truth: float) -> float:
    """Return how often intervals of shape (simulations, 2) hold the truth."""
    low, high = np.asarray(intervals).T
    return float(((low <= truth) & (truth <= high)).mean())


def each_distinct(make: Callable[..., Interval], *counts: Whole) -> Share:
    """Return the interval of each simulation, shape (simulations, 2), made once for every set of counts."""
    distinct, place = np.unique(np.stack(counts), axis=1, return_inverse=True)
    made = np.array([make(*(int(count) for count in column)) for column in distinct.T])
    return made[place.ravel()]


# --- one rate ---------------------------------------------------------------------------------------


def of_rate(count: int, n: int) -> Interval:
    rate = Rate(count, n)
    return rate.low, rate.high


@pytest.mark.parametrize("n", [1, 40, 300, 10_000])
@pytest.mark.parametrize("share", [0.0, 0.001, 0.01, 0.05, 0.5, 0.95, 1.0])
def test_a_rate(share: float, n: int) -> None:
    counts = np.random.default_rng([1, n]).binomial(n, share, SIMULATIONS)
    assert coverage(each_distinct(lambda count: of_rate(count, n), counts), share) >= LEAST


# --- two screeners on the same people ---------------------------------------------------------------


@pytest.mark.parametrize("n", [40, 1_000])
@pytest.mark.parametrize(
    ("only_first", "only_second"), [(0.02, 0.02), (0.2, 0.2), (0.1, 0.02), (0.004, 0.0), (0.0, 0.0)]
)
def test_a_difference_of_two_screeners_on_the_same_people(
    only_first: float, only_second: float, n: int
) -> None:
    shares = [only_first, only_second, 1 - only_first - only_second]
    first, second, _ = np.random.default_rng([2, n]).multinomial(n, shares, SIMULATIONS).T
    intervals = each_distinct(lambda one, two: PairedDifference(one, two, n).interval, first, second)
    assert coverage(intervals, only_first - only_second) >= LEAST


# --- the area under a curve -------------------------------------------------------------------------


@pytest.mark.parametrize(("victims", "others"), [(20, 400), (200, 20)])
@pytest.mark.parametrize(("apart", "hidden"), [(0.0, 0.0), (2.5, 0.0), (4.0, 0.0), (5.0, 0.02), (5.0, 0.3)])
def test_an_area_under_the_curve(apart: float, hidden: float, victims: int, others: int) -> None:
    """Scores are normal and lie `apart`; a share of the victims is `hidden`, and scores like the others."""
    rng = np.random.default_rng([3, victims])
    truth = (1 - hidden) * float(norm.cdf(apart / np.sqrt(2))) + hidden / 2
    intervals = []
    for _ in range(SIMULATIONS):
        seen = rng.random(victims) >= hidden
        area = area_under_curve(rng.normal(apart * seen, 1, victims), rng.normal(0, 1, others))
        intervals.append((area.low, area.high))
    assert coverage(intervals, truth) >= LEAST


# --- the same people screened twice, by network -----------------------------------------------------


@pytest.mark.parametrize(("networks", "changing"), [(100, 0.25), (1_000, 0.03), (1_000, 0.2)])
@pytest.mark.parametrize("newly_missed", [0.5, 0.9, 1.0])
@pytest.mark.parametrize("members", [1.0, 5.5])
def test_a_change_over_networks(networks: int, changing: float, newly_missed: float, members: float) -> None:
    """Sizes are skewed, as those of the released scenarios are, and the members of a network fare alike."""
    rng = np.random.default_rng([4, networks])
    intervals = []
    for _ in range(SIMULATIONS):
        sizes = rng.geometric(1 / members, networks)
        fate = rng.choice(
            [1, -1, 0],
            networks,
            p=np.array([newly_missed, 1 - newly_missed, 0]) * changing + np.array([0, 0, 1 - changing]),
        )
        changes = sizes * fate
        intervals.append(Clusters(np.arange(networks), sizes, changes, np.abs(changes)).interval())
    told = [interval for interval in intervals if not np.isnan(interval[0])]
    assert len(told) > 0.95 * SIMULATIONS
    assert coverage(told, changing * (2 * newly_missed - 1)) >= LEAST


# --- gaps between groups ----------------------------------------------------------------------------

SIZES = np.array([100, 100, 100, 100, 100])
GAPS = {
    "no gap": (SIZES, np.full(5, 0.10)),
    "no gap, few misses": (np.array([40, 60, 300, 1_000, 3_000]), np.full(5, 0.02)),
    "no gap, many groups": (np.full(12, 200), np.full(12, 0.05)),
    "two groups": (np.array([100, 400]), np.array([0.05, 0.05])),
    "a gap": (SIZES, np.array([0.05, 0.10, 0.10, 0.10, 0.30])),
}
GAP_CASES = pytest.mark.parametrize(("sizes", "shares"), GAPS.values(), ids=GAPS.keys())


@GAP_CASES
def test_the_largest_gap_between_groups(sizes: Whole, shares: Share) -> None:
    counts = np.random.default_rng([5, len(sizes)]).binomial(sizes, shares, (SIMULATIONS, len(sizes)))
    names = [str(place) for place in range(len(sizes))]
    intervals = []
    for row in counts:
        rates = [Rate(int(count), int(n)) for count, n in zip(row, sizes, strict=True)]
        found = parity(list(zip(names, rates, strict=True)), margin=0.05, confidence=0.95)
        intervals.append((found.low, found.high))
    assert coverage(intervals, float(shares.max() - shares.min())) >= LEAST


@GAP_CASES
def test_all_groups_and_all_differences_of_two_of_them_at_once(sizes: Whole, shares: Share) -> None:
    counts = np.random.default_rng([6, len(sizes)]).binomial(sizes, shares, (SIMULATIONS, len(sizes)))
    example = [(str(place), Rate(0, int(n))) for place, n in enumerate(sizes)]
    each = parity(example, margin=0.05, confidence=0.95).groups[0][1].confidence
    low, high = exact_interval(counts, sizes, each)
    assert ((low <= shares) & (shares <= high)).all(axis=1).mean() >= LEAST
    apart = shares[:, None] - shares[None, :]
    least, most = low[:, :, None] - high[:, None, :], high[:, :, None] - low[:, None, :]
    pairs = ~np.eye(len(sizes), dtype=bool)
    assert ((least <= apart) & (apart <= most))[:, pairs].all(axis=1).mean() >= LEAST


@pytest.mark.parametrize("case", [name for name in GAPS if name.startswith("no gap")])
def test_the_examination_would_notice_quantiles_of_resampled_gaps(case: str) -> None:
    """The control: resampled people find a gap where there is none, in all but a few simulations."""
    sizes, shares = GAPS[case]
    rng = np.random.default_rng([7, len(sizes)])
    counts = rng.binomial(sizes, shares, (SIMULATIONS, len(sizes)))
    again = rng.binomial(sizes, counts / sizes, (200, *counts.shape)) / sizes
    gaps = again.max(axis=2) - again.min(axis=2)
    assert coverage(np.quantile(gaps, [0.025, 0.975], axis=0).T, 0.0) < 0.05


@pytest.mark.parametrize("case", ["no gap, few misses", "a gap"])
def test_the_worst_group_whichever_it_is(case: str) -> None:
    sizes, shares = GAPS[case]
    counts = np.random.default_rng([8, len(sizes)]).binomial(sizes, shares, (SIMULATIONS, len(sizes)))
    intervals = []
    for row in counts:
        # Whoever is missed has a risk of 0; the threshold is 1.
        risks = [(np.arange(n) >= missed).astype(np.int32) for missed, n in zip(row, sizes, strict=True)]
        groups = [(GroupName("typology", str(place)), risk) for place, risk in enumerate(risks)]
        worst = People(risks[0], risks[0], groups, 0.5, 0.95).point(1).worst
        intervals.append((worst.low, worst.high))
    assert coverage(intervals, float(shares.max())) >= LEAST


# --- typologies put together ------------------------------------------------------------------------


def test_the_miss_rate_of_a_mixture_of_typologies() -> None:
    n = 40
    weights = {"a": 0.7, "b": 0.2, "c": 0.1}
    shares = {"a": 0.02, "b": 0.2, "c": 0.6}
    counts = np.random.default_rng(9).binomial(n, list(shares.values()), (SIMULATIONS, 3))
    intervals = [
        Mixture(weights, {name: Rate(int(k), n) for name, k in zip(shares, row, strict=True)}, 0.95).interval
        for row in counts
    ]
    assert coverage(intervals, sum(weights[name] * shares[name] for name in weights)) >= LEAST


# --- from both rates at once ------------------------------------------------------------------------

BOTH_RATES = pytest.mark.parametrize(
    ("miss", "false_flag"), [((0.05, 300), (0.05, 20_000)), ((0.2, 40), (0.001, 4_000))]
)


def drawn(miss: tuple[float, int], false_flag: tuple[float, int]) -> tuple[Whole, Whole]:
    """Return missed victims and flagged others of each simulation."""
    rng = np.random.default_rng([10, miss[1]])
    missed, flagged = (rng.binomial(n, share, SIMULATIONS) for share, n in (miss, false_flag))
    return missed, flagged


@BOTH_RATES
@pytest.mark.parametrize("prevalence", [0.00001, 0.01])
def test_precision_and_workload_at_a_prevalence(
    prevalence: float, miss: tuple[float, int], false_flag: tuple[float, int]
) -> None:
    right, wrong = prevalence * (1 - miss[0]), (1 - prevalence) * false_flag[0]
    truths = {
        ("low", "high"): right / (right + wrong),
        ("flags_low", "flags_high"): 10_000 * (right + wrong),
        ("others_low", "others_high"): wrong / right,
        ("wrong_low", "wrong_high"): 10_000 * wrong,
    }
    found = [
        at_prevalences(Rate(int(missed), miss[1]), Rate(int(flagged), false_flag[1]), [prevalence])[0]
        for missed, flagged in zip(*drawn(miss, false_flag), strict=True)
    ]
    for ends, truth in truths.items():
        assert coverage([[getattr(one, end) for end in ends] for one in found], truth) >= LEAST


@BOTH_RATES
def test_flags_at_the_share_of_victims_of_a_scenario(
    miss: tuple[float, int], false_flag: tuple[float, int]
) -> None:
    intervals = []
    for missed, flagged in zip(*drawn(miss, false_flag), strict=True):
        victims = (np.arange(miss[1]) >= missed).astype(np.int32)
        others = (np.arange(false_flag[1]) < flagged).astype(np.int32)
        _, low, high = People(victims, others, [], 0.03, 0.95).flags(np.array([1]))
        intervals.append((low[0], high[0]))
    assert coverage(intervals, 10_000 * (0.03 * (1 - miss[0]) + 0.97 * false_flag[0])) >= LEAST


@BOTH_RATES
def test_net_benefit_and_cost(miss: tuple[float, int], false_flag: tuple[float, int]) -> None:
    missed, flagged = drawn(miss, false_flag)
    choices = Choices(miss[1] - missed, flagged, miss[1], false_flag[1])
    for chance in (0.0001, 0.01):
        found = choices.net_benefit(0.001, np.full(SIMULATIONS, chance))
        benefit = 0.001 * (1 - miss[0]) - 0.999 * false_flag[0] * chance / (1 - chance)
        assert coverage(np.stack([found.low, found.high], axis=1), benefit) >= LEAST
        cost = choices.cost(np.full(SIMULATIONS, chance))
        expected = chance * miss[0] + (1 - chance) * false_flag[0]
        assert coverage(np.stack([cost.low, cost.high], axis=1), expected) >= LEAST


# --- chances that are shown -------------------------------------------------------------------------


@pytest.mark.parametrize("spread", [0.0, 0.9])
def test_victims_for_each_that_chances_lead_to_expect(spread: float) -> None:
    """In three groups the chances are right; people of one group have like chances, or very unlike ones."""
    rng = np.random.default_rng([11, int(10 * spread)])
    chances = [mean * (1 + spread * np.linspace(-1, 1, 500)) for mean in (0.01, 0.05, 0.3)]
    counts = np.stack([rng.random((SIMULATIONS, 500)) < one for one in chances], axis=2).sum(axis=1)
    held = 0
    for row in counts:
        groups = [
            Expectation(str(place), float(one.sum()), Rate(int(count), 500))
            for place, (one, count) in enumerate(zip(chances, row, strict=True))
        ]
        low, high = coming_true(groups, 1.25, 0.95, fewest=30, most=10**6).ratios
        held += bool(((low <= 1) & (high >= 1)).all())
    assert held >= LEAST * SIMULATIONS
