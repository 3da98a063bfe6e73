"""The benchmark of the evaluation: its helpers do what they say, and what it found is what its page tells."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.metrics import roc_curve

from benchmarks.evaluation import PAGE, RESULTS, largest_difference_of_ends
from benchmarks.peers.apart import Aequitas
from benchmarks.peers.gaps import Setting, compared, fairlearn_interval
from benchmarks.peers.guarantees import (
    Scale,
    Way,
    examined,
    no_worse_than_mapie,
    ours,
    own_quantile,
    tuned,
)
from benchmarks.peers.measuring import machine, median_seconds, version_of
from benchmarks.peers.page import page
from benchmarks.peers.people import Pool, pool
from benchmarks.peers.speed import (
    GROUPS,
    exact_rates,
    people,
    resampled_rates,
    same_counts,
    steps_between,
    swept,
)
from screening.evaluation.tally import tallied


def small_pool() -> Pool:
    rng = np.random.default_rng(1)
    victims, others = (np.sort(np.rint(rng.normal(mean, 100, 4_000)).astype(np.int32)) for mean in (0, -300))
    return Pool("made up", victims, others)


def results() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(RESULTS.read_text(encoding="utf-8"))
    return found


# --- what is measured -------------------------------------------------------------------------------


def test_a_median_is_of_as_many_runs_as_were_asked_for() -> None:
    runs: list[int] = []
    assert median_seconds(lambda: runs.append(1), 3) >= 0
    assert len(runs) == 3


def test_a_machine_is_told_by_its_class_and_not_by_its_name() -> None:
    assert set(machine()) == {"processor", "processors", "memory_gib", "python", "versions"}
    assert version_of("numpy") == np.__version__
    assert version_of("no-such-package") is None


def test_a_pool_knows_its_rates() -> None:
    found = Pool("made up", np.array([1, 2, 3, 4], np.int32), np.array([0, 1, 2, 9], np.int32))
    assert found.miss_rate(3) == 0.5
    assert found.false_flag_rate(2) == 0.5
    assert (found.miss_rate(-np.inf), found.false_flag_rate(-np.inf)) == (0.0, 1.0)


def test_a_pool_is_drawn_the_same_again() -> None:
    first, second = (pool("phnom_penh_2022", 50, 60, 3) for _ in range(2))
    assert (len(first.victims), len(first.others)) == (50, 60)
    np.testing.assert_array_equal(first.victims, second.victims)
    np.testing.assert_array_equal(first.others, np.sort(first.others))


# --- speed ------------------------------------------------------------------------------------------


def test_counts_are_compared_person_by_person_and_a_wrong_one_is_noticed() -> None:
    crowd, steps = people(small_pool(), 3_000, 0.3, 1), steps_between(small_pool())
    tally = tallied(crowd.risk, crowd.truth_class, [crowd.grouping])
    assert same_counts(crowd, tally, steps)
    assert not same_counts(crowd, tallied(crowd.risk + 30, crowd.truth_class, [crowd.grouping]), steps)


def test_a_sweep_is_the_curve_of_scikit_learn() -> None:
    crowd = people(small_pool(), 3_000, 0.3, 2)
    miss, flags = swept(tallied(crowd.risk, crowd.truth_class))
    theirs, found, _ = roc_curve(crowd.is_victim, crowd.risk, drop_intermediate=False)
    np.testing.assert_allclose(flags, theirs[:0:-1], atol=1e-12)
    np.testing.assert_allclose(1 - miss, found[:0:-1], atol=1e-12)


def test_counts_drawn_again_spread_as_people_drawn_again_do() -> None:
    crowd = people(small_pool(), 6_000, 0.5, 3)
    tally = tallied(crowd.risk, crowd.truth_class, [crowd.grouping])
    steps = np.array([-300, -150, 0], np.int32)
    miss, flags = resampled_rates(tally, steps, 2_000, 1)
    assert miss.shape == flags.shape == (2, GROUPS, 3)
    estimates = exact_rates(tally, steps)[::3]
    for again, estimate, side in ((miss, estimates[0], True), (flags, estimates[1], False)):
        n = np.array([(crowd.is_victim[crowd.group == g] == side).sum() for g in range(GROUPS)])
        spread = np.sqrt(estimate * (1 - estimate) / n[:, None])
        wide = spread > 0.02
        ratio = (again[1] - again[0])[wide] / (2 * 1.96 * spread[wide])
        assert np.median(ratio) == pytest.approx(1, abs=0.1)
        assert ((again[0] <= estimate) & (estimate <= again[1])).all()


def test_ends_of_exact_intervals_are_scipys() -> None:
    assert largest_difference_of_ends()["largest_difference"] < 1e-12


# --- gaps -------------------------------------------------------------------------------------------


def test_fairlearns_interval_begins_above_zero_where_there_is_no_gap() -> None:
    low, high = fairlearn_interval(np.array([9, 11, 10, 8, 12]), [100] * 5, 50)
    assert 0 < low < high


def test_where_aequitas_is_not_there_its_rows_are_left_out(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rival = Aequitas.in_environment(tmp_path / "none", make=False)
    assert "left out" in capsys.readouterr().err
    assert rival.about(10) is None
    row = compared(Setting("no gap", (30, 30), (0.2, 0.2)), 5, 2, 5, rival)
    assert row["aequitas"] is None
    assert row["ours"]["holds_the_truth"] == 5


# --- promises ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("centre", [0, -484])
def test_a_chance_leads_back_to_the_lowest_risk_that_reaches_it(centre: int) -> None:
    scale, risks = Scale(centre), np.arange(-1_500, 800)
    chances = scale.chance(risks)
    assert (np.diff(chances) > 0).all()
    assert [scale.risk(chance) for chance in chances[::7]] == risks[::7].tolist()
    between = (chances[100] + chances[101]) / 2
    assert scale.risk(between) == risks[101]
    assert scale.risk(0.0) == -np.inf
    assert scale.risk(1.0) == np.iinfo(np.int32).max


def test_ours_is_none_with_too_few_victims_and_then_everybody_is_flagged() -> None:
    victims = np.arange(58, dtype=np.int32)
    assert ours(victims, victims) is None
    assert ours(np.arange(59, dtype=np.int32), victims) == 0
    row = examined(small_pool(), Way("ours", promises=True, choice=ours), 58, 3)
    assert (row["no_threshold"], row["violations"], row["mean_false_flag_rate"]) == (3, 0, 1.0)


def test_violations_are_counted() -> None:
    row = examined(small_pool(), Way("careless", promises=False, choice=own_quantile), 400, 100)
    assert 25 < row["violations"] < 75
    assert row["chance_of_as_many"] < 1e-9
    assert examined(small_pool(), Way("ours", promises=True, choice=ours), 400, 100)["violations"] < 15


def test_the_tuned_threshold_keeps_to_its_own_sample_and_no_more() -> None:
    rng, drawn = np.random.default_rng(4), small_pool()
    victims, others = rng.choice(drawn.victims, 500), rng.choice(drawn.others, 500)
    threshold = tuned(Scale(-165), victims, others)
    assert (victims < threshold).mean() <= 0.05
    assert (victims < threshold + 15).mean() > 0.05


def test_ours_is_held_against_the_best_of_mapies_ways() -> None:
    def row(way: str, flags: float) -> dict[str, Any]:
        return {"scenario": "a", "victims": 100, "way": way, "mean_false_flag_rate": flags}

    rows = [row("saring: order statistic", 0.3), row("MAPIE: one", 0.4), row("MAPIE: two", 0.29)]
    (found,) = no_worse_than_mapie(rows)
    assert (found["mapie_way"], found["no_higher"]) == ("MAPIE: two", False)
    assert no_worse_than_mapie(rows[:1]) == []


# --- what was found ---------------------------------------------------------------------------------


def test_the_page_tells_the_results_and_nothing_else() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(results())


def test_the_results_are_of_a_whole_run_with_all_peers() -> None:
    found = results()
    assert not found["quick"]
    assert all(found["machine"]["versions"].values())
    assert found["aequitas"]
    assert found["sweep"]["people"] == 10_000_000
    assert found["sweep"]["same_rates"]
    assert found["rates_of_groups"]["people"] == 1_000_000
    assert found["rates_of_groups"]["same_counts"]


def test_what_the_results_must_show_they_show() -> None:
    found = results()
    assert found["rates_of_groups"]["times_faster"] > 1_000
    assert found["rates_of_groups"]["times_faster_resampled"] > 1_000
    assert found["sweep"]["times_faster"]["roc_curve"] > 100
    assert found["interval_ends"]["largest_difference"] < 1e-12
    assert all(pair["no_higher"] for pair in found["no_worse_than_mapie"])
    for row in found["guarantees"]:
        assert not row["promises"] or row["chance_of_as_many"] > 0.001
    for row in found["gaps"]:
        assert row["ours"]["holds_the_truth"] >= 0.935 * row["ours"]["runs"]


def test_a_peer_that_was_not_there_is_named_on_the_page() -> None:
    found = results()
    found["machine"]["versions"]["mapie"] = None
    found["aequitas"] = None
    found["guarantees"] = [row for row in found["guarantees"] if not row["way"].startswith("MAPIE")]
    found["no_worse_than_mapie"] = []
    found["gaps"] = [{**row, "aequitas": None} for row in found["gaps"]]
    del found["rare"]
    told = page(found)
    assert "left out: mapie, aequitas" in told
    assert "MAPIE: " not in told
