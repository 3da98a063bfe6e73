"""`saring screen`: recommendations for a cohort on disk, the same as in memory."""

import shutil
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest

from console.screened import read_screened
from dossier.recommendations import Recommendation
from dossier.stages import STAGE_LABELS, Stage
from screening.referral import headline_stage
from screening.screener import OVERRIDE
from synthetic import cohort_files, draw, load_scenario
from tests.unit.console.conftest import SIZE, Made
from tests.unit.console.terminal import OK, SCENARIO, json_of, nothing_left, refusal, saring
from tests.unit.screening.desks import screener


def test_everybody_gets_one_recommendation(screened_cohort: Made) -> None:
    given = screened_cohort.printed["recommendations"]
    assert list(given) == [one.label for one in Recommendation]
    assert sum(given.values()) == screened_cohort.printed["n"] == SIZE


def test_it_says_who_screened_and_at_which_thresholds(screened_cohort: Made) -> None:
    found = screened_cohort.printed
    assert (found["cards"], found["rulebook"]) == (screener().cards.id, screener().rulebook.rulebook.id)
    expected = {s.label: screener().operating_point.threshold(s) / 100 for s in Stage}
    assert found["thresholds"] == expected


def test_a_screened_file_holds_what_is_found_in_memory(screened_cohort: Made) -> None:
    dossiers = draw(load_scenario(SCENARIO), n=SIZE, seed=5).dossiers
    found = read_screened(screened_cohort.folder)
    assert found.applicants.tolist() == dossiers.applicants.tolist()
    for stage in Stage:
        expected = screener().assess(dossiers, stage)
        assert (found.risk[stage.label] == expected.risk).all()
        assert found.thresholds[stage.label] == screener().operating_point.threshold(stage)
    headline = screener().assess(dossiers, headline_stage())
    assert (found.recommendation == headline.recommendation).all()
    assert (found.leading == headline.score.leading).all()
    assert (found.agency == np.where(headline.is_flagged, headline.agency, -1)).all()


def test_a_decision_by_rule_stays_one_on_disk(screened_cohort: Made) -> None:
    table = pq.read_table(screened_cohort.folder)
    risk = read_screened(screened_cohort.folder).risk
    for stage in STAGE_LABELS:
        assert (np.isposinf(table[f"risk_{stage}"].to_numpy()) == (risk[stage] == OVERRIDE)).all()
    assert (risk["checkpoint"] == OVERRIDE).any()


def test_a_run_holds_the_same_screening(screened_cohort: Made, finished_run: Made) -> None:
    run = pq.read_table(finished_run.folder / "screened")
    assert run.equals(pq.read_table(screened_cohort.folder))


def test_a_run_recommends_the_same_investigations(screened_cohort: Made, finished_run: Made) -> None:
    profiles = Path(screened_cohort.printed["artifacts"]["profiles"]).read_text(encoding="utf-8")
    assert profiles == (finished_run.folder / "profiles.json").read_text(encoding="utf-8")
    assert screened_cohort.printed["investigations"]["n"] == finished_run.printed["investigations"]["n"]


@pytest.mark.parametrize("place", ["", "observed", "observed/part-00000.parquet"])
def test_a_cohort_its_observed_folder_or_one_file_can_be_given(
    place: str, drawn_cohort: Made, screened_cohort: Made, tmp_path: Path
) -> None:
    found = json_of("screen", drawn_cohort.folder / place, "--out", tmp_path / "screened")
    assert found["recommendations"] == screened_cohort.printed["recommendations"]


def test_the_folder_of_a_run_can_be_given(finished_run: Made, screened_cohort: Made, tmp_path: Path) -> None:
    found = json_of("screen", finished_run.folder, "--out", tmp_path / "screened")
    assert found["recommendations"] == screened_cohort.printed["recommendations"]


def test_many_parts_are_screened_into_as_many(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cohort_files, "ROWS_PER_PART", 100)
    json_of("draw", SCENARIO, "--n", 350, "--out", tmp_path / "cohort")
    found = json_of("screen", tmp_path / "cohort", "--out", tmp_path / "screened")
    assert found["n"] == 350
    assert len(list((tmp_path / "screened").glob("*.parquet"))) == 4
    applicants = draw(load_scenario(SCENARIO), n=350).dossiers.applicants
    assert read_screened(tmp_path / "screened").applicants.tolist() == applicants.tolist()


def test_a_threshold_of_ones_own_moves_the_headline_stage_only(drawn_cohort: Made, tmp_path: Path) -> None:
    found = json_of("screen", drawn_cohort.folder, "--threshold", "-9.5", "--out", tmp_path / "screened")
    expected = {s.label: screener().operating_point.threshold(s) / 100 for s in Stage}
    assert found["thresholds"] == {**expected, headline_stage().label: -9.5}


def test_a_policy_changes_what_follows_and_nobodys_risk(
    drawn_cohort: Made, screened_cohort: Made, tmp_path: Path
) -> None:
    found = json_of("screen", drawn_cohort.folder, "--policy", "paper-004", "--out", tmp_path / "screened")
    assert found["recommendations"] == screened_cohort.printed["recommendations"]
    ours, papers = (read_screened(folder) for folder in (screened_cohort.folder, tmp_path / "screened"))
    assert (ours.policy, papers.policy) == ("saring-2026", "paper-004")
    for stage in STAGE_LABELS:
        assert (ours.risk[stage] == papers.risk[stage]).all()
    agencies = [found.agency[found.recommendation == Recommendation.REFER] for found in (ours, papers)]
    assert (agencies[0] != agencies[1]).any()


def test_a_policy_that_is_not_there_is_refused(drawn_cohort: Made, tmp_path: Path) -> None:
    with nothing_left(tmp_path):
        words = ("--policy", "paper-04", "--out", tmp_path / "screened")
        assert "there is no policy 'paper-04'" in refusal("screen", drawn_cohort.folder, *words)


def test_people_read_a_table(drawn_cohort: Made, tmp_path: Path) -> None:
    result = saring("screen", drawn_cohort.folder, "--out", tmp_path / "screened")
    assert result.exit_code == OK
    assert result.stderr == ""
    assert f"{SIZE:,} synthetic applicants screened" in result.stdout
    assert all(one.label in result.stdout for one in Recommendation)


@pytest.mark.parametrize("out", [".", "..", "observed", "truth"])
def test_the_results_never_take_the_place_of_what_is_screened(
    out: str, drawn_cohort: Made, tmp_path: Path
) -> None:
    folder = tmp_path / "cohort"
    shutil.copytree(drawn_cohort.folder, folder)
    before = sorted(path.relative_to(folder) for path in folder.rglob("*"))
    said = refusal("screen", folder, "--out", folder / out, "--force")
    assert "the results would take the place of what is screened" in said
    assert sorted(path.relative_to(folder) for path in folder.rglob("*")) == before
