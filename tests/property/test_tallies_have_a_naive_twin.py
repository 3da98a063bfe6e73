"""Every count of a tally is the one that a frame, grouped and filtered person by person, would give.

The twin says each rate in words of its own, over labels instead of codes, and knows nothing of keys, orders
and sums. Counts agree as whole numbers, and interval ends with scipy's own exact interval. The intervals of
mixtures and of precision cover what they claim to, by enumeration where the people are few.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from itertools import product

import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binom, binomtest

from dossier.stages import Stage
from dossier.truth import TruthClass
from screening.evaluation.groups import group_rates, people_by
from screening.evaluation.measures import MEASURES, MISS
from screening.evaluation.outcomes import GROUPINGS, Grouping, Outcomes, grouping, outcomes_of
from screening.evaluation.rare_events import Mixture
from screening.evaluation.rates import Rate
from screening.evaluation.tally import Tally, joined_tallies, tallied
from screening.evaluation.workload import Both
from screening.screener import OVERRIDE
from synthetic import draw, load_scenario
from tests.unit.screening.desks import screener

Side = Callable[[pd.DataFrame], "pd.Series[bool]"]
Counts = dict[tuple[str, ...], tuple[int, int]]

LEFT_OUT = "nobody knows"
"""The label of whoever belongs to no group."""

OTHERS = ("lawful", "irregular")
RATES: Mapping[str, tuple[Side, Side]] = {
    "miss_rate": (lambda p: (p.truth == "victim") & ~p.flagged, lambda p: p.truth == "victim"),
    "false_flag_rate": (lambda p: p.truth.isin(OTHERS) & p.flagged, lambda p: p.truth.isin(OTHERS)),
    "lawful_flagged": (lambda p: (p.truth == "lawful") & p.flagged, lambda p: p.truth == "lawful"),
    "irregular_flagged": (lambda p: (p.truth == "irregular") & p.flagged, lambda p: p.truth == "irregular"),
    "facilitators_flagged": (
        lambda p: (p.truth == "facilitator") & p.flagged,
        lambda p: p.truth == "facilitator",
    ),
    "flag_rate": (lambda p: (p.truth != "facilitator") & p.flagged, lambda p: p.truth != "facilitator"),
    "precision": (
        lambda p: (p.truth == "victim") & p.flagged,
        lambda p: (p.truth != "facilitator") & p.flagged,
    ),
}
"""What each rate counts, and whom it is among."""


def people(
    risk: npt.NDArray[np.int32], truth_class: npt.NDArray[np.int8], groupings: Sequence[Grouping]
) -> pd.DataFrame:
    """Return people as a frame of words, without whoever is in no group of some grouping."""
    labels = {
        one.name: np.array([*one.labels, LEFT_OUT], dtype=object)[one.codes] for one in groupings
    }  # the code -1 takes the last
    truth = np.array([one.label for one in TruthClass], dtype=object)[truth_class]
    frame = pd.DataFrame({"risk": risk.astype(np.int64), "truth": truth, **labels})
    return frame[~(frame[list(labels)] == LEFT_OUT).any(axis=1)]


def twin(frame: pd.DataFrame, names: Sequence[str], rate: str, threshold: int) -> Counts:
    """Return count and n of each group that has people in it."""
    counted, among = RATES[rate]
    frame = frame.assign(flagged=frame.risk >= threshold)
    columns = frame.assign(counted=counted, among=among)
    if not names:
        return {(): (int(columns.counted.sum()), int(columns.among.sum()))}
    sums = columns.groupby(list(names), observed=True)[["counted", "among"]].sum()
    keys = [key if isinstance(key, tuple) else (key,) for key in sums.index]
    return dict(zip(keys, zip(sums["counted"].tolist(), sums["among"].tolist(), strict=True), strict=True))


def counts(tally: Tally, rate: str, threshold: int) -> Counts:
    found = tally.rates(MEASURES[rate], [threshold])
    return {
        group: (int(found.count[place, 0]), int(found.n[place, 0]))
        for place, group in enumerate(found.groups)
    }


def test_the_twin_knows_every_rate() -> None:
    assert set(RATES) == set(MEASURES)


# --- any people -------------------------------------------------------------------------------------

RISKS = st.one_of(st.integers(-40, 40), st.sampled_from([OVERRIDE, OVERRIDE - 1, -(2**31), 0]))


@st.composite
def cases(choose: st.DrawFn) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int8], list[Grouping]]:
    """Return people with risks, truths and up to three groupings, some people in no group of one."""
    size = choose(st.integers(0, 40))
    risk = choose(st.lists(RISKS, min_size=size, max_size=size))
    truth = choose(st.lists(st.integers(0, 3), min_size=size, max_size=size))
    groupings = []
    for name in "abc"[: choose(st.integers(0, 3))]:
        labels = tuple(f"{name}{place}" for place in range(choose(st.integers(1, 4))))
        codes = choose(st.lists(st.integers(-1, len(labels) - 1), min_size=size, max_size=size))
        groupings.append(Grouping(name, labels, np.array(codes, dtype=np.int64)))
    return np.array(risk, dtype=np.int32), np.array(truth, dtype=np.int8), groupings


THRESHOLDS = st.one_of(st.integers(-45, 45), st.sampled_from([OVERRIDE, OVERRIDE - 1, -(2**31)]))


@given(cases(), THRESHOLDS, st.integers(0, 40))
@settings(max_examples=60)
def test_counts_of_any_people_are_those_of_the_twin(
    case: tuple[npt.NDArray[np.int32], npt.NDArray[np.int8], list[Grouping]], threshold: int, cut: int
) -> None:
    risk, truth, groupings = case
    names = [one.name for one in groupings]
    frame = people(risk, truth, groupings)
    whole = tallied(risk, truth, groupings)
    parts = [
        tallied(risk[rows], truth[rows], [Grouping(g.name, g.labels, g.codes[rows]) for g in groupings])
        for rows in (slice(0, cut), slice(cut, None))
    ]
    for rate in RATES:
        expected = twin(frame, names, rate, threshold)
        assert counts(whole, rate, threshold) == expected
        assert counts(joined_tallies(parts), rate, threshold) == expected
        assert counts(whole.over(*names[:1]), rate, threshold) == twin(frame, names[:1], rate, threshold)


@given(st.integers(1, 400), st.data(), st.sampled_from([0.8, 0.95, 0.975, 0.999]))
@settings(max_examples=60)
def test_interval_ends_are_scipys(n: int, data: st.DataObject, confidence: float) -> None:
    victims = np.full(n, TruthClass.VICTIM, dtype=np.int8)
    missed = data.draw(st.integers(0, n))
    risk = np.where(np.arange(n) < missed, -1, 1).astype(np.int32)
    low, high = tallied(risk, victims).rates(MISS, 0).interval(confidence)
    expected = binomtest(missed, n).proportion_ci(confidence, method="exact")
    assert (low[0, 0], high[0, 0]) == pytest.approx((expected.low, expected.high), abs=1e-12)


# --- a drawn cohort ---------------------------------------------------------------------------------


@cache
def drawn(size: int) -> Outcomes:
    cohort = draw(load_scenario("baseline_year"), n=size, seed=41)
    stage = Stage.VERIFICATION
    found = screener().assess(cohort.dossiers, stage)
    return outcomes_of(cohort.dossiers, cohort.truth, {stage: found}, stage)


def agrees(outcomes: Outcomes, names: Sequence[str]) -> None:
    """Assert that every rate at many thresholds is the twin's, from the whole and from its parts."""
    risk, truth = outcomes.risk["verification"], outcomes.truth.truth_class
    frame = people(risk, truth, [grouping(outcomes, name) for name in names])
    whole = people_by(outcomes, "verification", names)
    cuts = np.array_split(np.arange(len(outcomes)), 7)
    parts = joined_tallies([people_by(outcomes.take(rows), "verification", names) for rows in cuts])
    own = screener().operating_point.threshold(Stage.VERIFICATION)
    finite = risk[risk != OVERRIDE]
    thresholds = [own, int(finite.min()), int(np.median(finite)), int(finite.max()) + 1, OVERRIDE]
    for rate, threshold in product(RATES, thresholds):
        expected = twin(frame, names, rate, threshold)
        assert counts(whole, rate, threshold) == expected
        assert counts(parts, rate, threshold) == expected


CROSSED = [
    (),
    ("sex", "age_band"),
    ("typology", "tier"),
    ("sex", "province", "truth"),
    ("typology", "sex", "age_band"),
]


@pytest.mark.parametrize("names", [*((name,) for name in GROUPINGS), *CROSSED], ids="+".join)
def test_counts_of_a_drawn_cohort_are_those_of_the_twin(names: tuple[str, ...]) -> None:
    agrees(drawn(4000), names)


@pytest.mark.slow
@pytest.mark.parametrize("names", [*((name,) for name in GROUPINGS), *CROSSED], ids="+".join)
def test_counts_of_a_large_drawn_cohort_are_those_of_the_twin(names: tuple[str, ...]) -> None:
    agrees(drawn(50_000), names)


@pytest.mark.parametrize("name", GROUPINGS)
def test_the_rates_of_the_report_are_those_of_the_twin(name: str) -> None:
    outcomes = drawn(4000)
    threshold = screener().operating_point.threshold(Stage.VERIFICATION)
    risk = outcomes.risk["verification"]
    frame = people(risk, outcomes.truth.truth_class, [grouping(outcomes, name)])
    found = {(one.group,): one for one in group_rates(outcomes, risk >= threshold, grouping(outcomes, name))}
    for rate, attribute in (
        ("miss_rate", "miss"),
        ("false_flag_rate", "false_flag"),
        ("lawful_flagged", "lawful"),
    ):
        expected = twin(frame, [name], rate, threshold)
        rates = {group: getattr(one, attribute) for group, one in found.items()}
        assert {group: (one.count, one.n) for group, one in rates.items()} == expected


# --- intervals of what is put together --------------------------------------------------------------

SIZES = (6, 9)


@pytest.mark.parametrize("shares", list(product((0.0, 0.03, 0.2, 0.5, 0.97), repeat=2)), ids=str)
@pytest.mark.parametrize("weight", [0.0, 0.05, 0.5])
def test_a_mixtures_interval_covers_it_for_few_people(shares: tuple[float, float], weight: float) -> None:
    """All outcomes of two small groups of victims, each with its probability."""
    weights = {"a": weight, "b": 1 - weight}
    truth = weight * shares[0] + (1 - weight) * shares[1]
    covered = 0.0
    for missed in product(range(SIZES[0] + 1), range(SIZES[1] + 1)):
        rates = {name: Rate(k, n) for name, k, n in zip(weights, missed, SIZES, strict=True)}
        low, high = Mixture(weights, rates, 0.95).interval
        if low <= truth <= high:
            covered += float(
                np.prod([binom.pmf(k, n, p) for k, n, p in zip(missed, SIZES, shares, strict=True)])
            )
    assert covered >= 0.95


@pytest.mark.slow
@pytest.mark.parametrize("size", [20, 300])
def test_a_mixtures_interval_covers_it_in_simulation(size: int) -> None:
    random = np.random.default_rng(size)
    weights, shares = {"a": 0.6, "b": 0.3, "c": 0.1}, (0.02, 0.2, 0.5)
    truth = sum(weight * share for weight, share in zip(weights.values(), shares, strict=True))
    covered = 0
    for _ in range(2000):
        rates = {
            name: Rate(int(random.binomial(size, share)), size)
            for name, share in zip(weights, shares, strict=True)
        }
        low, high = Mixture(weights, rates, 0.95).interval
        covered += low <= truth <= high
    assert covered >= 0.935 * 2000


@pytest.mark.slow
@pytest.mark.parametrize("rates", [(0.1, 0.02), (0.0, 0.0), (0.3, 0.001)])
def test_joint_intervals_cover_precision_and_workload_together(rates: tuple[float, float]) -> None:
    """At a share of one in a thousand; all three figures at once, though each alone would do."""
    random = np.random.default_rng(3)
    found, wrong = 0.001 * (1 - rates[0]), 0.999 * rates[1]
    covered = 0
    for _ in range(2000):
        miss, false_flag = (
            Rate(int(random.binomial(n, p)), n) for n, p in zip((150, 900), rates, strict=True)
        )
        at = Both(miss, false_flag).at(0.001)
        covered += (
            at.low <= found / (found + wrong) <= at.high
            and at.flags_low - 1e-9 <= 10_000 * (found + wrong) <= at.flags_high + 1e-9
            and at.others_low - 1e-9 <= wrong / found <= at.others_high + 1e-9
        )
    assert covered >= 0.935 * 2000
