"""`saring run`: what it prints, what it leaves, and that the same words give the same result."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest
from threadpoolctl import threadpool_limits
from typer.testing import Result

from console import pipeline, rivals, training
from console.commands import run as run_command
from console.commands.run import RIVALS
from console.pipeline import Job
from dossier.tables import MARK
from models import challengers
from models.floors import settings as floor_settings
from models.train import settings
from screening.evaluation.pages import html_report
from screening.rules_only import published_rulebooks
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


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Result:
    """What people are told of the finished run, made once more without its page."""
    folder = tmp_path_factory.mktemp("told") / "run"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(html_report, "write_html", lambda *_: None)
        return saring("run", SCENARIO, "--n", SIZE, "--seed", 5, "--no-yardsticks", "--out", folder)


def test_people_read_the_same_numbers(finished_run: Made, told: Result) -> None:
    assert told.exit_code == OK
    assert told.stderr == ""
    miss, wrong = (finished_run.printed[rate] for rate in RATES)
    assert f"{miss['missed']:,} of {miss['n']:,} victims" in told.stdout
    assert f"{wrong['flagged']:,} of {wrong['n']:,} lawful or irregular" in told.stdout
    assert "synthetic applicants" in told.stdout
    assert re.search(r"Report: \S+/told\d*/run/report\.html", told.stdout.replace("\n", ""))


def test_people_read_what_published_rulebooks_would_do(finished_run: Made, told: Result) -> None:
    said = " ".join(told.stdout.split())
    for one in finished_run.printed["baselines"]:
        assert f"If {one['rulebook']} decided instead ({one['title']['en']}):" in said
        assert f"{one['miss_rate']['missed']:,} of {one['miss_rate']['n']:,} victims" in said
        for sentence in one["summary"].values():
            assert " ".join(sentence["en"].split()) in said


# --- what it leaves ---------------------------------------------------------------------------------


def test_every_artifact_is_where_it_says(finished_run: Made) -> None:
    artifacts = finished_run.printed["artifacts"]
    assert set(artifacts) == {"report.html", "evaluation.json", "profiles.json", "cohort", "screened"}
    assert all(Path(place).exists() for place in artifacts.values())
    assert all(Path(place).parent == finished_run.folder for place in artifacts.values())


def test_nothing_else_is_left(finished_run: Made) -> None:
    left = {path.name for path in finished_run.folder.iterdir()}
    assert left == {*finished_run.printed["artifacts"], "_work.json"}
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
    passing = ("wall_s", "peak_rss_mib", "artifacts", "draw_and_screen_s", "timings")
    return {key: value for key, value in printed.items() if key not in passing}


@pytest.mark.parametrize("workers", [5, *(pytest.param(one, marks=pytest.mark.slow) for one in (1, 2))])
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
    monkeypatch.setattr(html_report, "write_html", lambda *_: None)
    folder = tmp_path / "first"
    words = ("run", SCENARIO, "--n", 1500, "--seed", 8, "--no-yardsticks", "--workers", 2)
    made = Made(folder, json_of(*words, "--out", folder))
    assert len(observed_hashes(folder)) == 8
    return made


def test_another_seed_gives_other_people(no_page: None, finished_run: Made, tmp_path: Path) -> None:
    words = ("run", SCENARIO, "--n", SIZE, "--seed", 6, "--no-yardsticks", "--out", tmp_path / "run")
    json_of(*words)
    assert observed_hashes(tmp_path / "run") != observed_hashes(finished_run.folder)


# --- its options ------------------------------------------------------------------------------------


@pytest.fixture
def no_page(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave out the page, which takes longest."""
    monkeypatch.setattr(html_report, "write_html", lambda *_: None)


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
    assert set(own) == {"cards", "stages"}
    assert {part for stage in own["stages"].values() for part in stage} == {"calibration"}


def test_the_page_tells_a_threshold_of_ones_own(tmp_path: Path) -> None:
    run_with(tmp_path / "own", "--threshold", "-3.21")
    page = (tmp_path / "own" / "report.html").read_text(encoding="utf-8")
    assert "The threshold −3.21 carries no claim" in page
    assert "--threshold -3.21" in page


def test_a_threshold_of_ones_own_is_that_of_the_stage_the_scenario_is_met_at(
    no_page: None, tmp_path: Path
) -> None:
    found = json_of(
        *(
            "run",
            "airport_day",
            "--n",
            300,
            "--no-yardsticks",
            "--threshold",
            "-1.23",
            "--out",
            tmp_path / "run",
        )
    )
    assert (found["stage"], found["threshold"]) == ("checkpoint", -1.23)


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
    floor = floor_settings().model_copy(update={"victims": 500, "others": 1000})
    monkeypatch.setattr(rivals, "floor_settings", lambda: floor)
    with threadpool_limits(1):
        yield


def test_yardsticks_are_measured_at_the_same_workload(small_challenger: None, tmp_path: Path) -> None:
    found = json_of("run", SCENARIO, "--n", SIZE, "--seed", 5, "--out", tmp_path / "run")
    ours = found["miss_rate"]
    for name in RIVALS:
        rival = found[name]["miss_rate_at_same_workload"]
        assert rival["n"] == ours["n"]
        assert found[name]["missed_best"] <= rival["missed"] <= found[name]["missed_worst"]
        paired = found[name]["screener_minus_this"]
        assert paired["estimate"] == pytest.approx((ours["missed"] - rival["missed"]) / ours["n"])
        assert paired["low"] <= paired["estimate"] <= paired["high"]
    best, *others = (found[name]["miss_rate_at_same_workload"]["missed"] for name in RIVALS)
    assert best < min(others)


def test_yardsticks_change_nothing_else(finished_run: Made, small_challenger: None, tmp_path: Path) -> None:
    found = json_of("run", SCENARIO, "--n", SIZE, "--seed", 5, "--out", tmp_path / "run")
    beside = {*RIVALS, "comparisons", "decision_curve", "cost_curve"}
    without = {key: value for key, value in lasting(found).items() if key not in beside}
    assert without["fairness"].pop("audit")  # it learns, as the yardsticks do
    sections = without["measured_on"]["by_section"]
    assert sections.keys() - {"baselines", "policy_harm", "attribution"} == {"audit", "comparisons"}
    bare = lasting(finished_run.printed)
    without["measured_on"] = bare["measured_on"]
    assert without == {**bare, "fairness": {k: v for k, v in bare["fairness"].items() if k != "audit"}}


def test_without_victims_there_is_nothing_to_measure_and_nothing_breaks(
    small_challenger: None, tmp_path: Path
) -> None:
    found = json_of("run", SCENARIO, "--n", 2, "--seed", 4, "--out", tmp_path / "run")
    assert found["victims"] == 0
    assert found["miss_rate"]["estimate"] is None
    assert set(RIVALS) <= set(found)
    for name in RIVALS:
        assert found[name]["screener_minus_this"]["estimate"] is None


def test_published_rulebooks_are_measured_beside_it(finished_run: Made) -> None:
    """The instruction of 2023, women of an age, from the very cohort: whom it misses and whom it stops."""
    from synthetic import draw, load_scenario

    drawn = draw(load_scenario(SCENARIO), n=SIZE, seed=5)
    columns = drawn.dossiers.columns
    named = (drawn.dossiers["sex"].is_any("female") == 2) & (columns["age"] >= 17) & (columns["age"] <= 45)
    found = {one["rulebook"]: one for one in finished_run.printed["baselines"]}
    assert list(found) == sorted(published_rulebooks())
    instruction = found["women-17-45"]
    assert instruction["miss_rate"]["missed"] == np.sum(drawn.truth.is_victim & ~named)
    assert instruction["false_flag_rate"]["flagged"] == np.sum(drawn.truth.is_counted_as_other & named)


def test_groups_are_printed_with_the_number_of_either_side(finished_run: Made, told: Result) -> None:
    for group in finished_run.printed["by"]["sex"]:
        rows = [line.split() for line in told.stdout.splitlines()]
        (row,) = [row for row in rows if row[:1] == [group["group"]]]
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


def test_what_rests_on_a_sample_is_said_once_before_the_published_rulebooks(
    no_page: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = ("run", SCENARIO, "--n", 1000, "--no-yardsticks", "--out")
    everybody = " ".join(saring(*words, tmp_path / "everybody").stdout.split())
    monkeypatch.setattr(pipeline, "MOST_OTHERS", 500)
    lines = saring(*words, tmp_path / "sample").stdout.splitlines()
    found = json.loads((tmp_path / "sample" / "evaluation.json").read_text(encoding="utf-8"))["measured_on"]
    said = f"on {found['by_section']['baselines']:,} of {found['others']:,} lawful and irregular travellers"
    (place,) = [i for i, line in enumerate(lines) if line.startswith("Measured on all victims and ")]
    assert said in lines[place]
    assert lines[place + 1].startswith("If ")
    assert "; flagged: " in lines[place + 2]
    assert "stopped" not in " ".join(lines)
    assert "peak memory of this process" in everybody
    assert "Measured on all victims" not in everybody


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


# --- what follows from a flag, and how many can be seen -----------------------------------------------


def test_a_capacity_changes_the_walk_and_no_rate(no_page: None, tmp_path: Path) -> None:
    few, everybody = (
        lasting(run_with(tmp_path / share, "--pathway", "--capacity", f"interview={share}"))
        for share in ("0.01", "unlimited")
    )
    plain = lasting(run_with(tmp_path / "plain"))
    assert few.pop("pathway_walk") != everybody.pop("pathway_walk")
    assert few == everybody == plain


def test_a_policy_changes_what_follows_and_nobodys_risk(no_page: None, tmp_path: Path) -> None:
    ours, papers = (run_with(tmp_path / name, "--policy", name) for name in ("saring-2026", "paper-004"))
    for same in ("miss_rate", "false_flag_rate", "by", "flags_per_10000"):
        assert ours[same] == papers[same]
    assert ours["referred_by_route"] != papers["referred_by_route"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--policy", "paper-04"), "there is no policy 'paper-04'"),
        (("--policy", "nowhere.toml"), "nowhere.toml"),
        (("--pathway", "--capacity", "lounge=0.1"), "there is no stage 'lounge'"),
    ],
)
def test_what_cannot_follow_is_refused_before_anything_is_drawn(
    words: tuple[str, ...], said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Job, "run", None)
    with nothing_left(tmp_path):
        assert said in refusal("run", SCENARIO, "--n", 200, *words, "--out", tmp_path / "run")
