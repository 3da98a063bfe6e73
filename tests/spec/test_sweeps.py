"""A sweep: many variants on the same people, so that a difference is what was varied, and every row has its n.

A row says what `saring run` would say. The best of many is never shown without an interval that holds for all,
nor without whom it flags wrongly. Whatever stops a sweep, going on gives what an undisturbed one gives.
"""

import errno
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from console.sweeping.counts import Remains
from console.sweeping.running import Sweep
from tests.unit.console.sweeping.sweeps import (
    BAD_INPUT,
    OK,
    cells_of,
    contents,
    refusal,
    row_of,
    rows_of,
    sweep,
    swept,
    written,
)
from tests.unit.console.terminal import json_of

SMALL = """
title = "A small sweep"
n = 3000
scenarios = ["phnom_penh_2022"]
levers = [[], ["awareness_campaign", "registry_link"]]
rulebooks = ["saring-2026", "paper-004"]
seeds = [1, 2]
by = ["typology", "sex"]

[baseline]
levers = []
rulebook = "saring-2026"
"""

RATES = (
    'rates = ["miss_rate", "false_flag_rate", "lawful_flagged", "irregular_flagged", "facilitators_flagged"]'
)


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return swept(SMALL, tmp_path_factory.mktemp("small"))


# --- a row is what a run finds ------------------------------------------------------------------------

OPTIONS = {
    "levers": ("--lever", "registry_link"),
    "difficulty": ("--difficulty", "5"),
    "rules": ("--rulebook", "women-17-45"),
    "threshold": ("--threshold", "-3.2"),
    "base_rate": ("--base-rate", "1:1000"),
}
ALONE = """
title = "One thing at a time"
n = 2500
scenarios = ["phnom_penh_2022"]
seeds = [6]
by = ["typology", "sex", "age_band"]
{rates}
[[variant]]
id = "levers"
levers = ["registry_link"]
[[variant]]
id = "difficulty"
difficulty = 5
[[variant]]
id = "rules"
rulebook = "women-17-45"
[[variant]]
id = "threshold"
threshold = -3.2
[[variant]]
id = "base_rate"
base_rate = "1:1000"
"""


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return swept(ALONE.format(rates=RATES), tmp_path_factory.mktemp("alone"))


@pytest.mark.slow
@pytest.mark.parametrize("variant", OPTIONS)
def test_a_variants_rows_are_what_a_run_with_the_same_settings_finds(
    variant: str, alone: Path, tmp_path: Path
) -> None:
    words = ("--n", 2500, "--seed", 6, "--no-yardsticks", *OPTIONS[variant], "--out", tmp_path / "run")
    found = json_of("run", "phnom_penh_2022", *words)
    rows = [row for row in rows_of(alone) if row["variant"] == variant]
    for rate, counted in (
        ("miss_rate", "missed"),
        ("false_flag_rate", "flagged"),
        ("lawful_flagged", "flagged"),
    ):
        assert_equal(row_of(rows, by="everybody", rate=rate), found[rate], counted)
    for by in ("typology", "sex", "age_band"):
        for group in found["by"][by]:
            row = row_of(rows, by=by, group=group["group"], rate="miss_rate")
            assert_equal(row, group["miss_rate"], "missed")
    workload = next(row for row in cells_of(alone / "workload.csv") if row["variant"] == variant)
    assert float(workload["flags_per_10000"]) == pytest.approx(found["flags_per_10000"])
    assert [int(workload[name]) for name in ("victims", "irregular", "lawful", "facilitators")] == [
        found[name] for name in ("victims", "irregular", "lawful", "facilitators")
    ]


def assert_equal(row: dict[str, Any], rate: dict[str, Any], counted: str) -> None:
    assert (row["count"], row["n"]) == (rate[counted], rate["n"])
    for end in ("estimate", "low", "high"):
        assert row[end] == (None if rate[end] is None else pytest.approx(rate[end]))


@pytest.mark.slow
def test_what_a_policy_does_is_what_a_run_under_it_counts(tmp_path: Path) -> None:
    plan = """
        title = "Policies"
        n = 2500
        scenarios = ["phnom_penh_2022"]
        policies = ["saring-2026", "paper-004"]
        seeds = [6]
        rates = ["miss_rate", "false_flag_rate", "lawful_ended", "irregular_ended", "victims_received",
                 "flagged_victims_unprotected"]
    """
    rows = rows_of(swept(plan, tmp_path))
    words = ("--n", 2500, "--seed", 6, "--no-yardsticks", "--out", tmp_path / "run")
    json_of("run", "phnom_penh_2022", *words)
    harm = json.loads((tmp_path / "run" / "evaluation.json").read_text())["policy_harm"]["policies"]
    for policy, found in harm.items():
        own = [row for row in rows if row["policy"] == policy]
        whole = found["all"]
        assert_equal(row_of(own, rate="lawful_ended"), whole["lawful_ended"], "ended")
        assert_equal(row_of(own, rate="irregular_ended"), whole["irregular_ended"], "ended")
        assert_equal(row_of(own, rate="victims_received"), whole["victims"]["received"], "people")
        unprotected = whole["flagged_victims_unprotected"]
        assert_equal(row_of(own, rate="flagged_victims_unprotected"), unprotected, "unprotected")
    assert len({row["count"] for row in rows if row["rate"] == "miss_rate"}) == 1


# --- the same people --------------------------------------------------------------------------------


def test_what_no_rulebook_changes_is_the_same_in_every_variant_of_a_seed(small: Path) -> None:
    for seed in ("1", "2"):
        rows = [
            row for row in cells_of(small / "workload.csv") if row["seed"] == seed and row["levers"] == "none"
        ]
        assert (
            len({tuple(row[name] for name in ("n", "victims", "irregular", "lawful")) for row in rows}) == 1
        )
    rows = cells_of(small / "workload.csv")
    assert len({row["victims"] for row in rows}) > 1, "another seed draws other people"


def test_differences_are_the_counts_of_either_screening_less_each_other(small: Path) -> None:
    """Without levers nobody is lost to a pair: then both sides of a pair are the two plain rows."""
    rows = [row for row in rows_of(small) if row["levers"] == "none"]
    paired = [row for row in rows if row["pairing"] == "same_people" and row["difference"] is not None]
    assert paired
    for row in paired:
        key = {name: row[name] for name in ("seed", "by", "group", "rate")}
        baseline = row_of(rows, variant=row["baseline"], **key)
        assert row["paired_n"] == row["n"] == baseline["n"]
        assert row["only_here"] - row["only_in_baseline"] == row["count"] - baseline["count"]
        assert row["difference_low"] <= row["difference"] <= row["difference_high"]


def test_whom_a_lever_diverts_is_in_no_difference_and_is_told(small: Path) -> None:
    content = json.loads((small / "sweep.json").read_text())
    moved = content["set_out_otherwise"]
    assert moved
    for seed in (1, 2):
        row = row_of(content["results"], variant="v4", seed=seed, by="everybody", rate="false_flag_rate")
        baseline = row_of(content["results"], variant="v1", seed=seed, by="everybody", rate="miss_rate")
        miss = row_of(content["results"], variant="v4", seed=seed, by="everybody", rate="miss_rate")
        own = sum(one["n"] for one in moved if one["variant"] == "v4" and one["seed"] == seed)
        left = sum(
            one["n"]
            for one in moved
            if (one["variant"], one["seed"]) == ("v4", seed) and one["module"].startswith("typology.")
        )
        assert own > 0
        assert miss["paired_n"] == baseline["n"] - left
        assert row["paired_n"] <= row["n"]


def test_variants_of_other_scenarios_are_never_paired(tmp_path: Path) -> None:
    plan = """
        title = "Two scenarios"
        n = 400
        scenarios = ["phnom_penh_2022", "batam_2022"]
        [baseline]
        scenario = "phnom_penh_2022"
    """
    rows = rows_of(swept(plan, tmp_path))
    others = [row for row in rows if row["scenario"] == "batam_2022"]
    assert {row["pairing"] for row in others} == {"other_people"}
    assert {row["difference"] for row in others} == {None}


# --- a table that can be trusted -------------------------------------------------------------------


def test_every_rate_has_its_n_and_two_intervals_the_wider_of_which_holds_for_all(small: Path) -> None:
    content = json.loads((small / "sweep.json").read_text())
    rows = content["results"]
    said = sum(row["n"] > 0 for row in rows) + sum(bool(row["paired_n"]) for row in rows)
    assert content["comparisons"] == said
    for row in rows:
        assert row["confidence"] == 0.95
        assert row["confidence_simultaneous"] == pytest.approx(1 - 0.05 / said)
        if row["n"]:
            assert row["low_simultaneous"] <= row["low"] <= row["estimate"] <= row["high"]
            assert row["high"] <= row["high_simultaneous"]


def test_csv_parquet_and_json_hold_the_same_rows(small: Path) -> None:
    table = pq.read_table(small / "results.parquet")
    assert table.schema.metadata[b"saring.synthetic"] == b"true"
    assert table.to_pylist() == rows_of(small)
    cells = cells_of(small / "results.csv")
    assert {row.pop("synthetic") for row in cells} == {"true"}
    texts = [
        {name: "" if value is None else str(value) for name, value in row.items()} for row in rows_of(small)
    ]
    assert cells == texts


def test_each_variant_says_what_it_stands_for(small: Path) -> None:
    found = {row["variant"]: row for row in cells_of(small / "variants.csv")}
    assert list(found) == ["v1", "v2", "v3", "v4"]
    assert found["v4"]["levers"] == "awareness_campaign + registry_link"
    assert (found["v4"]["rulebook"], found["v4"]["baseline"]) == ("paper-004", "v1")


def test_the_best_are_never_told_without_whom_they_flag_wrongly(small: Path, tmp_path: Path) -> None:
    printed = sweep(written(SMALL, tmp_path), "--out", tmp_path / "out").stdout
    assert "others flagged" in printed
    assert "difference from v1, points:" in " ".join(printed.split())
    assert "The best of many looks better than it is" in printed
    summary = json.loads((small / "sweep.json").read_text())["summary"]
    misses = [entry["miss_rate"]["estimate"] for entry in summary["best"]]
    assert misses == sorted(misses)
    for entry in (*summary["best"], *summary["worst"]):
        assert entry["false_flag_rate"]["n"] > 0
        assert entry["miss_rate"]["low_simultaneous"] <= entry["miss_rate"]["low"]


# --- stopped, and gone on with ------------------------------------------------------------------------


def test_any_number_of_workers_gives_the_same_bytes(small: Path, tmp_path: Path) -> None:
    assert contents(swept(SMALL, tmp_path, "--workers", 3)) == contents(small)


MANY_SEEDS = SMALL.replace("seeds = [1, 2]", "seeds = { from = 1, count = 12 }").replace(
    "n = 3000", "n = 400"
)
DRIVER = Path(__file__).parents[1] / "unit" / "console" / "sweeping" / "slow_sweep.py"


@pytest.mark.slow
@pytest.mark.parametrize("ending", [signal.SIGKILL, signal.SIGINT, signal.SIGTERM])
def test_a_sweep_that_was_stopped_goes_on_and_ends_as_an_undisturbed_one(
    ending: signal.Signals, tmp_path: Path
) -> None:
    undisturbed = contents(swept(MANY_SEEDS, tmp_path / "undisturbed"))
    plan, out, log = written(MANY_SEEDS, tmp_path), tmp_path / "out", tmp_path / "log"
    records = tmp_path / ".out.unfinished" / "_parts"
    with slow_sweep(plan, out, log, 0.4) as stopped:
        wait_for(lambda: len(list(records.glob("part-*.json"))) >= 2)
        stopped.send_signal(ending)
        stopped.wait(timeout=60)
    assert stopped.returncode != 0
    assert not out.exists()
    kept = {int(path.stem.removeprefix("part-")) for path in records.glob("part-*.json")}
    assert 2 <= len(kept) < 12
    assert "--resume" in refused(plan, out)
    again = tmp_path / "log-again"
    with slow_sweep(plan, out, again, 0.0, "--resume") as resumed:
        assert resumed.wait(timeout=60) == 0
    assert contents(out) == undisturbed
    assert {int(line) for line in again.read_text().split()} == set(range(12)) - kept


def slow_sweep(plan: Path, out: Path, log: Path, delay: float, *words: str) -> "subprocess.Popen[bytes]":
    """Start a sweep that waits in every unit and logs its number."""
    command = [
        str(one) for one in (sys.executable, DRIVER, log, delay, plan, "--out", out, "--workers", 1, *words)
    ]
    root = Path(__file__).parents[2]
    environment = {**os.environ, "PYTHONPATH": str(root)}
    quiet = subprocess.DEVNULL
    return subprocess.Popen(command, env=environment, cwd=root, stdout=quiet, stderr=quiet)


def wait_for(condition: Any) -> None:
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline, "nothing was recorded"
        time.sleep(0.02)


def refused(plan: Path, out: Path) -> str:
    result = sweep(plan, "--out", out)
    assert result.exit_code == BAD_INPUT
    return result.stderr


def test_a_sweep_that_is_finished_is_not_done_again(tmp_path: Path) -> None:
    out = swept(SMALL.replace("n = 3000", "n = 300"), tmp_path)
    before = {path: path.stat().st_mtime_ns for path in out.iterdir()}
    result = sweep(tmp_path / "plan.toml", "--out", out, "--resume")
    assert result.exit_code == OK
    assert "finished before" in result.stdout
    assert {path: path.stat().st_mtime_ns for path in out.iterdir()} == before


def test_another_plan_does_not_go_on_with_a_sweep_that_was_stopped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan, out, count = written(MANY_SEEDS, tmp_path), tmp_path / "out", Sweep.count

    def no_room(self: Sweep, number: int) -> Remains:
        if number:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return count(self, number)

    with monkeypatch.context() as context:
        context.setattr(Sweep, "count", no_room)
        stopped = sweep(plan, "--out", out, "--workers", 1)
    assert stopped.exit_code == BAD_INPUT
    assert "1 finished part is kept" in stopped.stderr
    written(MANY_SEEDS.replace("n = 400", "n = 401"), tmp_path)
    result = sweep(plan, "--out", out, "--resume")
    assert result.exit_code == BAD_INPUT
    assert "differs in its n" in result.stderr


# --- before anything is drawn -----------------------------------------------------------------------


def test_a_dry_run_lists_the_variants_estimates_the_time_and_writes_nothing(tmp_path: Path) -> None:
    result = sweep(written(SMALL, tmp_path), "--out", tmp_path / "out", "--dry-run")
    assert result.exit_code == OK
    assert "4 variants, 2 seeds each, in 2 worlds." in result.stdout
    assert "24,000 screenings" in result.stdout
    assert "with one worker" in result.stdout
    assert [path.name for path in tmp_path.iterdir()] == ["plan.toml"]


def test_more_than_a_plan_allows_is_refused_with_what_would_allow_it(tmp_path: Path) -> None:
    said = refusal("most_variants = 7\n" + SMALL, tmp_path / "variants")
    assert "8 variants times seeds are more than 7" in said
    assert "most_variants = 8" in said
    said = refusal("most_applicants = 20_000\n" + SMALL, tmp_path / "applicants")
    assert "24,000 applicants" in said
    assert "most_applicants = 24000" in said
