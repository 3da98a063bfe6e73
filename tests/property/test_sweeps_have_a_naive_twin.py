"""What a sweep counts in chunks and in pairs is what anybody would count who drew and screened everybody by hand.

Cohorts are drawn whole in memory, screened whole, and compared person by person with what `saring compare`
uses; intervals are those of single rates and single paired differences.
"""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.commands.sweep import made_sweep
from console.parts.parallel import Kind, Workers, each_part
from console.parts.remains import pack, unpack
from console.screeners import screener_for
from console.sweeping.counts import Remains, people_by_state
from console.sweeping.plan import read_plan
from console.sweeping.rates import RATES
from console.sweeping.results import paired_interval
from console.sweeping.running import Sweep
from console.sweeping.variants import variants_of
from dossier.stages import Stage
from screening.evaluation.comparison import Change, Comparison, Side, compared
from screening.evaluation.measures import MEASURES
from screening.evaluation.rates import PairedDifference
from screening.referral_policy import Fate
from synthetic import Cohort, draw, load_scenario
from synthetic.levers import load_lever
from synthetic.oracle import Oracle
from tests.unit.console.sweeping.sweeps import row_of, rows_of, swept, written

SCENARIO, SEED, SIZE = "phnom_penh_2022", 4, 40_000
LEVERS = ("awareness_campaign", "interview_training")
STAGE = Stage.INTERVIEW
KINDS: tuple[Kind, ...] = ("threads", "processes")

PLAN = f"""
title = "Twin"
n = {SIZE}
scenarios = ["{SCENARIO}"]
levers = [[], {list(LEVERS)!r}]
thresholds = ["released", -3.1]
seeds = [{SEED}]
stage = "interview"
by = ["typology"]
rates = ["miss_rate", "false_flag_rate", "lawful_flagged", "irregular_flagged", "facilitators_flagged"]

[baseline]
levers = []
threshold = "released"
"""

FLAGS = {
    "false_flag_rate": "false_flags",
    "lawful_flagged": "lawful_flagged",
    "irregular_flagged": "irregular_flagged",
    "facilitators_flagged": "facilitators_flagged",
}


def cohort_with(*levers: str) -> Cohort:
    scenario = load_scenario(SCENARIO).with_levers(load_lever(name) for name in levers)
    return draw(scenario, SIZE, SEED)


@pytest.fixture(scope="module")
def rows(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    return rows_of(swept(PLAN, tmp_path_factory.mktemp("twin")))


@pytest.fixture(scope="module")
def by_hand() -> Comparison:
    """Return everybody without levers at the released threshold, and with levers at a lower one."""
    sides = []
    for levers, threshold in (((), None), (LEVERS, -3.1)):
        cohort = cohort_with(*levers)
        found = screener_for("saring-2026", None, threshold, stage=STAGE).assess(cohort.dossiers, STAGE)
        sides.append(Side(cohort.truth, found.is_flagged))
    return compared(*sides)


def assert_is(row: dict[str, Any], change: Change) -> None:
    low, high = change.difference.interval
    assert row["paired_n"] == change.n
    assert (row["only_here"], row["only_in_baseline"]) == (change.only_after, change.only_before)
    assert row["difference"] == pytest.approx(change.difference.estimate)
    assert (row["difference_low"], row["difference_high"]) == (pytest.approx(low), pytest.approx(high))


def test_paired_differences_are_those_of_a_comparison_person_by_person(
    rows: list[dict[str, Any]], by_hand: Comparison
) -> None:
    assert by_hand.otherwise(), "a lever diverts people here, who must be in no pair"
    own = [row for row in rows if row["variant"] == "v4"]
    assert_is(row_of(own, by="everybody", rate="miss_rate"), by_hand.misses)
    flags = by_hand.to_json()
    for rate, name in FLAGS.items():
        row, found = row_of(own, by="everybody", rate=rate), flags[name]
        assert row["paired_n"] == found["n"]
        assert row["only_here"] == found["newly_flagged"]
        assert row["only_in_baseline"] == found["no_longer_flagged"]
        assert row["difference_low"] == pytest.approx(found["difference"]["low"])
    for family, change in by_hand.misses_by_family().items():
        assert_is(row_of(own, by="typology", group=family, rate="miss_rate"), change)


@pytest.mark.slow
def test_whoever_sets_out_otherwise_is_told_as_a_comparison_tells_it(
    tmp_path: Path, by_hand: Comparison
) -> None:
    sweep = sweep_of(PLAN, tmp_path)
    found = next(counts for place, _, counts in counted(sweep) if place == 3)
    assert list(found.otherwise) == by_hand.otherwise()


@given(
    counts=st.lists(
        st.tuples(st.integers(0, 40), st.integers(0, 40), st.integers(0, 900)), min_size=1, max_size=5
    ),
    confidence=st.floats(0.5, 0.99999),
)
def test_many_paired_intervals_at_once_are_those_of_each_by_itself(
    counts: list[tuple[int, int, int]], confidence: float
) -> None:
    here, there, more = np.array(counts).T
    low, high = paired_interval(here, there, here + there + more, confidence)
    for place, (one, other, rest) in enumerate(counts):
        if one + other + rest:
            ends = PairedDifference(one, other, one + other + rest, confidence).interval
            assert (low[place], high[place]) == pytest.approx(ends)


def test_a_rate_of_states_counts_whom_the_measure_of_flags_counts() -> None:
    for name, measure in MEASURES.items():
        for truth_class, state in np.ndindex(*RATES[name].counted.shape):
            for part in ("counted", "among"):
                flagged = int(state != Fate.GOES_ON)
                assert (
                    getattr(RATES[name], part)[truth_class, state] == measure.mask(part)[truth_class, flagged]
                )


def test_what_remains_of_a_unit_can_be_kept_and_read_again(tmp_path: Path) -> None:
    remains = sweep_of(PLAN.replace(f"n = {SIZE}", "n = 700"), tmp_path).count(0)
    assert pack(unpack(Remains, pack(remains))) == pack(remains)


@pytest.mark.slow
def test_processes_count_what_threads_count(tmp_path: Path) -> None:
    plan = PLAN.replace(f"n = {SIZE}", "n = 700").replace(f"seeds = [{SEED}]", "seeds = [1, 2, 3]")
    sweep = sweep_of(plan, tmp_path)
    found = [list(each_part(sweep.count, 3, Workers(2, kind))) for kind in KINDS]
    assert [pack(one) for one in found[0]] == [pack(one) for one in found[1]]


@pytest.mark.parametrize("base_rate", ["as_drawn", "1:200"])
def test_the_oracle_flags_as_many_people_as_the_variant_and_no_more(base_rate: str, tmp_path: Path) -> None:
    plan = f"""
        title = "Oracle"
        n = 1200
        scenarios = ["{SCENARIO}"]
        seeds = [{SEED}]
        stage = "interview"
        yardsticks = true
        base_rates = ["{base_rate}"]
    """
    sweep = sweep_of(plan, tmp_path)
    drawn_by = sweep.plan_of(sweep.variants[0].settings, SEED)
    drawn = drawn_by.draw(range(1200))
    scores = Oracle(drawn_by.world, STAGE).log_odds(drawn.observed)
    row = row_of(rows_of(swept(plan, tmp_path / "swept")), rate="miss_rate")
    workload = rows_as_workload(tmp_path / "swept" / "out")
    is_victim = np.array([kind.truth_class.label == "victim" for kind in drawn_by.world.kinds])[drawn.kinds]
    is_other = np.array([kind.truth_class.label in {"lawful", "irregular"} for kind in drawn_by.world.kinds])[
        drawn.kinds
    ]
    victim, other = drawn_by.weights
    flags = victim * (row["n"] - row["count"]) + other * workload
    people = np.flatnonzero(is_victim | is_other)
    ordered = people[np.argsort(-scores[people], kind="stable")]
    flagged, used = 0, 0.0
    for person in ordered:
        used += victim if is_victim[person] else other
        if used > flags + 1e-6:
            break
        flagged += int(is_victim[person])
    assert row["oracle_count"] == pytest.approx(int(is_victim.sum()) - flagged, abs=0)


def rows_as_workload(out: Path) -> int:
    """Return how many others the variant flags."""
    return int(row_of(rows_of(out), rate="false_flag_rate")["count"])


def test_states_are_counted_once_for_each_person(tmp_path: Path) -> None:
    sweep = sweep_of(PLAN.replace(f"n = {SIZE}", "n = 900"), tmp_path)
    for _, _, counts in counted(sweep):
        assert int(people_by_state(counts.tallies[0]).sum()) == 900


def sweep_of(plan: str, folder: Path) -> Sweep:
    found = read_plan(written(plan, folder))
    return made_sweep(found, variants_of(found))


def counted(sweep: Sweep) -> Any:
    return sweep.counts_of_variants(sweep.count(number) for number in range(len(sweep.units)))
