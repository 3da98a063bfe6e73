"""`saring evaluate`: a screening against the sealed truth, by any group."""

import json
from pathlib import Path

import pytest

from console.commands.evaluate import evaluate_screened
from console.output import Output
from dossier.problems import BadInput
from screening.evaluation.outcomes import GROUPINGS
from screening.evaluation.pages import html_report
from tests.unit.console.conftest import Made
from tests.unit.console.terminal import OK, SCENARIO, json_of, saring


def test_drawing_screening_and_evaluating_counts_what_a_run_counts(
    drawn_cohort: Made, screened_cohort: Made, finished_run: Made
) -> None:
    found = json_of("evaluate", screened_cohort.folder, "--truth", drawn_cohort.folder)
    people = ("n", "victims", "irregular", "lawful", "facilitators", "recommendations", "referred_to")
    rates = ("threshold", "stage", "miss_rate", "false_flag_rate", "flags_per_10000", "scenario")
    same = (*people, *rates, "referred_by_route")
    assert {key: found[key] for key in same} == {key: finished_run.printed[key] for key in same}


@pytest.mark.parametrize("name", [*GROUPINGS, "stage"])
def test_every_grouping_can_be_printed(name: str, finished_run: Made) -> None:
    run = finished_run.folder
    found = json_of("evaluate", run / "screened", "--truth", run, "--by", name)
    assert list(found["by"]) == [name]
    assert found["by"][name]
    for group in found["by"][name]:
        assert {"group", "miss_rate", "false_flag_rate"} <= set(group)


@pytest.mark.parametrize("place", ["", "cohort", "cohort/truth"])
def test_the_truth_is_found_in_a_run_a_cohort_or_by_itself(place: str, finished_run: Made) -> None:
    found = json_of("evaluate", finished_run.folder / "screened", "--truth", finished_run.folder / place)
    assert found["miss_rate"] == finished_run.printed["miss_rate"]


def test_the_whole_is_written_where_that_is_asked_for(finished_run: Made, tmp_path: Path) -> None:
    out = tmp_path / "evaluation.json"
    run = finished_run.folder
    found = json_of("evaluate", run / "screened", "--truth", run, "--out", out)
    whole = json.loads(out.read_text(encoding="utf-8"))
    assert whole["miss_rate"] == found["miss_rate"]
    assert whole["curve"]
    assert [path.name for path in tmp_path.iterdir()] == ["evaluation.json"]


def test_people_read_counts_and_intervals(finished_run: Made) -> None:
    run = finished_run.folder
    result = saring("evaluate", run / "screened", "--truth", run, "--by", "sex, tier")
    assert result.exit_code == OK
    people = (
        f"{finished_run.printed['n']:,} simulated applicants, {finished_run.printed['victims']:,} victims"
    )
    assert people in result.stdout.splitlines()[0]
    miss = finished_run.printed["miss_rate"]
    assert f"Missed: {miss['missed']:,} of {miss['n']:,} victims" in result.stdout
    assert "Facilitators, counted apart" in result.stdout
    flags = finished_run.printed["flags_per_10000"]
    assert f"Workload: {flags:,.0f} flags in 10,000 applicants, at the verification stage." in result.stdout
    assert "By sex" in result.stdout
    assert "By tier" in result.stdout
    assert "95 % interval" in result.stdout


def test_a_base_rate_is_told_and_is_the_runs_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A lever that diverts victims leaves fewer of them, in a run and in an evaluation of its files alike."""
    monkeypatch.setattr(html_report, "write_html", lambda *_: None)
    run = tmp_path / "run"
    words = ("--base-rate", "1:1000", "--lever", "awareness_campaign", "--no-yardsticks", "--out", run)
    whole = json_of("run", SCENARIO, "--n", 4000, *words)
    found = json_of("evaluate", run / "screened", "--truth", run)
    same = ("base_rate", "base_rate_after_levers", "flags_per_10000")
    assert {key: found[key] for key in same} == {key: whole[key] for key in same}
    assert found["base_rate_after_levers"] < found["base_rate"] == 0.001
    said = saring("evaluate", run / "screened", "--truth", run).stdout
    left = f"{found['base_rate_after_levers']:.6g}"
    assert f"the share 0.001 before the levers, {left} after;" in " ".join(said.split())


# --- rates and thresholds that are named -------------------------------------------------------------


def told(
    finished_run: Made, capsys: pytest.CaptureFixture[str], by: str, rates: str = "", at: str = ""
) -> str:
    run = finished_run.folder
    evaluate_screened(run / "screened", run, by, None, Output(as_json=False, quiet=True), rates, at)
    return " ".join(capsys.readouterr().out.split())


def test_people_read_the_rates_they_asked_for(finished_run: Made, capsys: pytest.CaptureFixture[str]) -> None:
    said = told(finished_run, capsys, "sex+age_band", "miss_rate,lawful_flagged", "-3,-2.5")
    assert "Everybody threshold rate count of share (95 % interval)" in said
    assert "By sex+age band" in said
    assert "female, 18-24 -2.5 lawful flagged" in said
    assert "male, 25-35 -3 miss rate" in said


def test_people_read_what_cannot_be_said(finished_run: Made, capsys: pytest.CaptureFixture[str]) -> None:
    said = told(finished_run, capsys, "typology", "miss_rate,false_flag_rate,precision")
    assert "By typology cannot be said: false-flag rate, precision." in said
    printed = finished_run.printed
    share = 100 * printed["victims"] / (printed["victims"] + printed["lawful"] + printed["irregular"])
    assert f"Precision holds only where, as in these files, {share:.3f} % of applicants are victims." in said


def test_stages_are_told_apart(finished_run: Made, capsys: pytest.CaptureFixture[str]) -> None:
    said = told(finished_run, capsys, "stage", "miss_rate")
    for stage in ("counter", "interview", "verification", "checkpoint"):
        assert f"{stage} -" in said


def test_two_files_in_one_place_are_refused(finished_run: Made, tmp_path: Path) -> None:
    run, file = finished_run.folder, tmp_path / "one"
    with pytest.raises(BadInput, match="two files would stand in one place"):
        evaluate_screened(run / "screened", run, "", file, Output(as_json=True, quiet=True), csv=file)


@pytest.mark.parametrize(("name", "said"), [("none/x", "there is no such folder"), ("", "this is a folder")])
def test_a_place_that_cannot_hold_a_file_is_refused(
    name: str, said: str, finished_run: Made, tmp_path: Path
) -> None:
    run = finished_run.folder
    with pytest.raises(BadInput, match=said):
        evaluate_screened(
            run / "screened", run, "", None, Output(as_json=True, quiet=True), csv=tmp_path / name
        )
