"""`saring run`: what it prints, what it leaves, and that the same words give the same result."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest
from threadpoolctl import threadpool_limits

from console import training
from console.commands import run as run_command
from dossier.tables import MARK
from models import challengers
from models.train import settings
from synthetic import cohort_files
from tests.unit.console.conftest import SIZE, Made
from tests.unit.console.terminal import OK, SCENARIO, json_of, nothing_left, refusal, saring
from tests.unit.console.worlds import idle_lever, one_sided

RATES = {"miss_rate": "missed", "false_flag_rate": "flagged"}


# --- what it prints ---------------------------------------------------------------------------------


def test_the_printed_object_has_the_promised_keys(finished_run: Made) -> None:
    found = finished_run.printed
    promised = {"schema_version", "scenario", "n", "victims", "irregular", "lawful", "threshold"}
    promised |= {"flags_per_10000", "wall_s", "peak_rss_mib", "artifacts", *RATES}
    assert promised <= set(found)
    assert (found["scenario"], found["n"]) == (SCENARIO, SIZE)
    assert found["n"] == found["victims"] + found["irregular"] + found["lawful"] + found["facilitators"]


@pytest.mark.parametrize(("rate", "counted"), RATES.items())
def test_rates_are_printed_with_count_and_interval(finished_run: Made, rate: str, counted: str) -> None:
    found = finished_run.printed[rate]
    assert set(found) == {"estimate", "low", "high", "n", counted}
    assert 0 <= found["low"] <= found["estimate"] <= found["high"] <= 1
    assert found["estimate"] == pytest.approx(found[counted] / found["n"])


def test_the_printed_object_stays_short_and_is_part_of_the_evaluation(finished_run: Made) -> None:
    whole = json.loads((finished_run.folder / "evaluation.json").read_text(encoding="utf-8"))
    assert {"curve", "examples", "rules", "about"} <= set(whole)
    assert not {"curve", "examples", "rules", "about"} & set(finished_run.printed)
    assert all(whole[key] == value for key, value in finished_run.printed.items())


def test_people_read_the_same_numbers(finished_run: Made, tmp_path: Path) -> None:
    words = ("run", SCENARIO, "--n", SIZE, "--seed", 5, "--no-yardsticks", "--out", tmp_path / "run")
    result = saring(*words)
    assert result.exit_code == OK
    assert result.stderr == ""
    miss, wrong = (finished_run.printed[rate] for rate in RATES)
    assert f"{miss['missed']:,} of {miss['n']:,} victims" in result.stdout
    assert f"{wrong['flagged']:,} of {wrong['n']:,} lawful or irregular" in result.stdout
    assert "synthetic applicants" in result.stdout
    assert str(tmp_path / "run" / "report.html") in result.stdout.replace("\n", "")


# --- what it leaves ---------------------------------------------------------------------------------


def test_every_artifact_is_where_it_says(finished_run: Made) -> None:
    artifacts = finished_run.printed["artifacts"]
    assert set(artifacts) == {"report.html", "evaluation.json", "profiles.json", "cohort", "screened"}
    assert all(Path(place).exists() for place in artifacts.values())
    assert all(Path(place).parent == finished_run.folder for place in artifacts.values())


def test_nothing_else_is_left(finished_run: Made) -> None:
    assert {path.name for path in finished_run.folder.iterdir()} == set(finished_run.printed["artifacts"])
    assert [path.name for path in finished_run.folder.parent.iterdir()] == [finished_run.folder.name]


def test_the_report_is_a_page(finished_run: Made) -> None:
    text = (finished_run.folder / "report.html").read_text(encoding="utf-8")
    assert text.lstrip().lower().startswith("<!doctype html>")


def test_the_seed_stands_in_the_sealed_manifest_only(finished_run: Made) -> None:
    whole = json.loads((finished_run.folder / "evaluation.json").read_text(encoding="utf-8"))
    public = json.loads((finished_run.folder / "cohort" / "manifest.json").read_text(encoding="utf-8"))
    sealed = json.loads((finished_run.folder / "cohort/truth/manifest.json").read_text(encoding="utf-8"))
    assert "seed" not in whole | public | finished_run.printed
    assert sealed["seed"] == 5


def test_everything_screened_carries_the_mark(finished_run: Made) -> None:
    for file in finished_run.folder.rglob("*.parquet"):
        assert pq.read_schema(file).metadata[MARK] == b"true"


# --- what may be looked into ------------------------------------------------------------------------


def test_investigations_are_counted_and_their_profiles_stand_in_a_file(finished_run: Made) -> None:
    found = finished_run.printed["investigations"]
    profiles = json.loads((finished_run.folder / "profiles.json").read_text(encoding="utf-8"))
    assert profiles["synthetic"] is True
    assert found["n"] == len(profiles["investigations"])
    assert found["followed"] > 50
    for kind, counted in found["by_kind"].items():
        assert counted["recommended"] == sum(one["kind"] == kind for one in profiles["investigations"])
    assert {"used_by_network", "lawful_users", "irregular_users", "facilitators"} <= set(found)


def test_who_is_really_behind_an_actor_stands_in_the_evaluation_only(finished_run: Made) -> None:
    text = (finished_run.folder / "profiles.json").read_text(encoding="utf-8")
    assert not any(word in text for word in ("victim", "lawful_users", "network", "facilitator"))


# --- the same again ---------------------------------------------------------------------------------


def observed_hashes(folder: Path) -> dict[str, str]:
    manifest = json.loads((folder / "cohort" / "manifest.json").read_text(encoding="utf-8"))
    hashes: dict[str, str] = manifest["files"]
    assert hashes
    return hashes


def lasting(printed: dict[str, Any]) -> dict[str, Any]:
    """Return what must be the same in every run: all but time, memory and place."""
    passing = ("wall_s", "peak_rss_mib", "artifacts", "draw_and_screen_s")
    return {key: value for key, value in printed.items() if key not in passing}


@pytest.mark.parametrize("workers", [1, 2, 5])
def test_the_number_of_workers_changes_nothing(
    workers: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, parts_of_200: Made
) -> None:
    words = ("run", SCENARIO, "--n", 1500, "--seed", 8, "--no-yardsticks", "--workers", workers)
    again = Made(tmp_path / "run", json_of(*words, "--out", tmp_path / "run"))
    assert observed_hashes(again.folder) == observed_hashes(parts_of_200.folder)
    assert lasting(again.printed) == lasting(parts_of_200.printed)


@pytest.fixture
def parts_of_200(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Made:
    """A run whose cohort has many small parts, by two workers."""
    monkeypatch.setattr(cohort_files, "ROWS_PER_PART", 200)
    monkeypatch.setattr(run_command, "write_html", lambda *_: None)
    folder = tmp_path / "first"
    words = ("run", SCENARIO, "--n", 1500, "--seed", 8, "--no-yardsticks", "--workers", 2)
    made = Made(folder, json_of(*words, "--out", folder))
    assert len(observed_hashes(folder)) == 8
    return made


def test_another_seed_gives_other_people(finished_run: Made, tmp_path: Path) -> None:
    words = ("run", SCENARIO, "--n", SIZE, "--seed", 6, "--no-yardsticks", "--out", tmp_path / "run")
    json_of(*words)
    assert observed_hashes(tmp_path / "run") != observed_hashes(finished_run.folder)


# --- its options ------------------------------------------------------------------------------------


@pytest.fixture
def no_page(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave out the page, which takes longest."""
    monkeypatch.setattr(run_command, "write_html", lambda *_: None)


def run_with(folder: Path, *words: object) -> dict[str, Any]:
    return json_of("run", SCENARIO, "--n", 800, "--no-yardsticks", "--out", folder, *words)


def test_a_higher_threshold_flags_fewer_and_misses_more(no_page: None, tmp_path: Path) -> None:
    low, high = (run_with(tmp_path / t, "--threshold", t) for t in ("-6", "-1.5"))
    assert (low["threshold"], high["threshold"]) == (-6, -1.5)
    assert low["false_flag_rate"]["flagged"] > high["false_flag_rate"]["flagged"]
    assert low["miss_rate"]["missed"] <= high["miss_rate"]["missed"]


def test_a_threshold_of_ones_own_carries_no_claim(no_page: None, tmp_path: Path) -> None:
    run_with(tmp_path / "own", "--threshold", "-3")
    run_with(tmp_path / "released")
    own, released = (
        json.loads((tmp_path / name / "evaluation.json").read_text(encoding="utf-8"))["certificate"]
        for name in ("own", "released")
    )
    assert "statement" in released
    assert set(own) == {"cards"}


def test_force_replaces_a_run_and_its_absence_does_not(no_page: None, tmp_path: Path) -> None:
    run_with(tmp_path / "run", "--seed", 1)
    before = observed_hashes(tmp_path / "run")
    with nothing_left(tmp_path):
        assert saring("run", SCENARIO, "--n", 800, "--out", tmp_path / "run").exit_code == 3
    run_with(tmp_path / "run", "--seed", 2, "--force")
    assert observed_hashes(tmp_path / "run") != before
    assert [path.name for path in tmp_path.iterdir()] == ["run"]


@pytest.mark.parametrize("n", [1, 2, 5])
def test_a_cohort_of_very_few_people_is_run_all_the_same(n: int, tmp_path: Path) -> None:
    found = json_of("run", SCENARIO, "--n", n, "--no-yardsticks", "--out", tmp_path / "run")
    assert found["n"] == n


# --- yardsticks -------------------------------------------------------------------------------------


@pytest.fixture
def small_challenger(monkeypatch: pytest.MonkeyPatch, no_page: None) -> Iterator[None]:
    """A challenger that is trained in a moment, and a difficulty that is not stated."""
    few = {"challenger_victims": 600, "challenger_others": 1500, "challenger_trees": 8}
    small = settings().model_copy(update=few)
    monkeypatch.setattr(training, "settings", lambda: small)
    monkeypatch.setattr(challengers, "settings", lambda: small)
    monkeypatch.setattr(run_command, "difficulty", lambda *_: [])
    with threadpool_limits(1):
        yield


def test_yardsticks_are_measured_at_the_same_workload(small_challenger: None, tmp_path: Path) -> None:
    found = json_of("run", SCENARIO, "--n", SIZE, "--seed", 5, "--out", tmp_path / "run")
    ours = found["miss_rate"]
    for name in ("oracle", "challenger"):
        rival = found[name]["miss_rate_at_same_workload"]
        assert rival["n"] == ours["n"]
        assert found[name]["missed_best"] <= rival["missed"] <= found[name]["missed_worst"]
        paired = found[name]["screener_minus_this"]
        assert paired["estimate"] == pytest.approx((ours["missed"] - rival["missed"]) / ours["n"])
        assert paired["low"] <= paired["estimate"] <= paired["high"]
    oracle, challenger = (found[name]["miss_rate_at_same_workload"] for name in ("oracle", "challenger"))
    assert oracle["missed"] < challenger["missed"]


def test_yardsticks_change_nothing_else(finished_run: Made, small_challenger: None, tmp_path: Path) -> None:
    found = json_of("run", SCENARIO, "--n", SIZE, "--seed", 5, "--out", tmp_path / "run")
    without = {key: value for key, value in lasting(found).items() if key not in ("oracle", "challenger")}
    assert without == lasting(finished_run.printed)


def test_without_victims_there_is_nothing_to_measure_and_nothing_breaks(
    small_challenger: None, tmp_path: Path
) -> None:
    found = json_of("run", SCENARIO, "--n", 2, "--seed", 4, "--out", tmp_path / "run")
    assert found["victims"] == 0
    assert found["miss_rate"]["estimate"] is None
    for name in {"oracle", "challenger"} & set(found):
        assert found[name]["screener_minus_this"]["estimate"] is None


def test_the_instruction_of_2023_is_measured_beside_it(finished_run: Made) -> None:
    """Women of an age, from the very cohort: whom it misses and whom it stops."""
    from synthetic import draw, load_scenario

    drawn = draw(load_scenario(SCENARIO), n=SIZE, seed=5)
    columns = drawn.dossiers.columns
    named = (drawn.dossiers["sex"].is_any("female") == 2) & (columns["age"] >= 17) & (columns["age"] <= 45)
    found = finished_run.printed["instruction_2023"]
    assert found["miss_rate"]["missed"] == np.sum(drawn.truth.is_victim & ~named)
    assert found["false_flag_rate"]["flagged"] == np.sum(drawn.truth.is_counted_as_other & named)


def test_groups_are_printed_with_the_number_of_either_side(finished_run: Made, tmp_path: Path) -> None:
    words = ("run", SCENARIO, "--n", SIZE, "--seed", 5, "--no-yardsticks", "--out", tmp_path / "run")
    said = saring(*words).stdout
    for group in finished_run.printed["by"]["sex"]:
        (row,) = [line.split() for line in said.splitlines() if line.startswith(group["group"] + " ")]
        assert f"{group['miss_rate']['n']:,}" == row[1]
        assert f"{group['false_flag_rate']['n']:,}" in row[2:]


# --- scenarios and options of which nothing can come ------------------------------------------------


@pytest.mark.parametrize(
    ("module", "lacking"),
    [("typology.online_scam", "lawful or irregular people"), ("journey.escort", "victims")],
)
def test_yardsticks_need_both_sides(module: str, lacking: str, tmp_path: Path) -> None:
    scenario = one_sided(tmp_path, module)
    with nothing_left(tmp_path):
        said = refusal("run", scenario, "--out", tmp_path / "run")
    assert f"'one_sided' has no {lacking}, so there is nothing to tell apart" in said
    assert "--no-yardsticks" in said


@pytest.mark.parametrize(
    ("module", "side"),
    [
        ("typology.online_scam", "Flagged wrongly: there were no lawful or irregular travellers"),
        ("journey.escort", "Missed: there were no victims"),
        ("journey.tourist", "Missed: there were no victims"),
    ],
)
@pytest.mark.filterwarnings("error::RuntimeWarning")
def test_what_nobody_can_show_is_not_said(module: str, side: str, tmp_path: Path) -> None:
    words = ("--no-yardsticks", "--n", 500, "--out", tmp_path / "run")
    result = saring("run", one_sided(tmp_path, module), *words)
    assert result.exit_code == OK, result.exception
    assert f"{side}: cannot be said" in " ".join(result.stdout.split())
    assert (tmp_path / "run" / "report.html").is_file()


def test_a_lever_is_named_once(tmp_path: Path) -> None:
    with nothing_left(tmp_path):
        words = ("--lever", "autogates", "--lever", "autogates", "--out", tmp_path / "run")
        assert "the lever 'autogates' is named twice" in refusal("run", SCENARIO, *words)


def test_a_lever_of_which_nothing_applies_is_named_as_such(no_page: None, tmp_path: Path) -> None:
    levers = ("--lever", idle_lever(tmp_path), "--lever", "autogates")
    words = ("run", SCENARIO, "--n", 500, "--no-yardsticks", *levers, "--out", tmp_path / "run")
    result = saring(*words)
    assert result.exit_code == OK
    assert "NOTHING OF 'idle' APPLIES to this scenario" in result.stdout
    assert "'autogates' APPLIES" not in result.stdout


@pytest.mark.parametrize("n", [2_000_000_001, 10**20])
def test_there_is_a_largest_cohort(n: int, tmp_path: Path) -> None:
    with nothing_left(tmp_path):
        said = refusal("run", SCENARIO, "--n", n, "--no-yardsticks", "--out", tmp_path / "run")
    assert f"--n: {n:,} applicants are too many" in said


def test_one_applicant_is_singular(no_page: None, tmp_path: Path) -> None:
    result = saring("run", SCENARIO, "--n", 1, "--no-yardsticks", "--out", tmp_path / "run")
    assert "1 synthetic applicant," in result.stdout


def test_a_base_rate_is_that_before_levers_divert_anybody(no_page: None, tmp_path: Path) -> None:
    words = ("--base-rate", "1:100", "--n", 4000)
    plain, warned = (
        json_of("run", SCENARIO, *words, "--no-yardsticks", *lever, "--out", tmp_path / str(len(lever)))
        for lever in ((), ("--lever", "awareness_campaign"))
    )
    assert plain["base_rate_after_levers"] == plain["base_rate"] == warned["base_rate"] == 0.01
    left = warned["victims"] / plain["victims"]
    assert 0.5 < left < 1
    assert warned["base_rate_after_levers"] == pytest.approx(0.01 * left, rel=1e-12)
    share = warned["base_rate_after_levers"]
    found, wrong = 1 - warned["miss_rate"]["estimate"], warned["false_flag_rate"]["estimate"]
    assert warned["flags_per_10000"] == pytest.approx(10_000 * (share * found + (1 - share) * wrong))


def test_people_read_both_shares(no_page: None, tmp_path: Path) -> None:
    words = ("--base-rate", "1:100", "--lever", "awareness_campaign", "--n", 4000, "--no-yardsticks")
    said = " ".join(saring("run", SCENARIO, *words, "--out", tmp_path / "run").stdout.split())
    assert "the share 0.01 before the levers, 0.00" in said
