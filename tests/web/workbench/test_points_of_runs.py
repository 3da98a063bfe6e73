"""Operating points of real runs: the very counts of `saring evaluate`, at any threshold and in any group."""

import json
import os
import shutil
from pathlib import Path

import pytest

from console.workbench.pairs import paired
from console.workbench.people import GROUPINGS, people_of
from console.workbench.points import KEPT, kept_points, opened
from console.workbench.runs import BrokenRun, FinishedRun, run_named, runs_in
from dossier.problems import BadInput
from dossier.stages import Stage
from screening.evaluation.summary import summarised
from tests.unit.console.terminal import json_of

ONE_BY_ONE = [name for name in GROUPINGS if name not in {"province", "traveller"}]
RATES = ("miss_rate", "lawful_flagged", "irregular_flagged")


@pytest.mark.parametrize("threshold", [-290, -137, 40])
def test_every_group_has_the_counts_of_saring_evaluate(run: FinishedRun, threshold: int) -> None:
    folder = str(run.folder)
    by, rates, at = ",".join(ONE_BY_ONE), ",".join(RATES), f"--at={threshold / 100}"
    said = json_of("evaluate", folder, "--truth", folder, "--by", by, "--rates", rates, at)
    wanted = {
        (row["by"], row[row["by"]] if row["by"] != "all" else "", row["rate"]): (row["count"], row["n"])
        for row in said["rates"]
    }
    points = opened(run, None, threshold).points
    step = points.step(threshold)
    assert points.thresholds[step] == threshold
    found = {}
    for group in (one.at(step) for one in points.groups):
        for name, rate in zip(RATES, (group.miss, group.lawful, group.irregular), strict=True):
            found[group.grouping or "all", group.group, name] = rate.count, rate.n
    assert {key: found[key] for key in wanted} == wanted


def test_every_stage_can_be_asked_for_and_a_strange_one_is_the_headline_stage(run: FinishedRun) -> None:
    assert [opened(run, stage.label).points.stage for stage in Stage] == [stage.label for stage in Stage]
    assert opened(run, "nowhere").points.stage == run.facts.stage


def test_groups_add_up_to_everybody_at_every_threshold(run: FinishedRun) -> None:
    points = opened(run).points
    whole = points.everybody
    for name, groups in points.by_grouping().items():
        if name != "traveller":
            missed = [sum(one.missed[step] for one in groups) for step in range(len(points.thresholds))]
            assert tuple(missed) == whole.missed
        if name not in {"typology", "tier"}:
            assert sum(one.lawful for one in groups) == whole.lawful


def test_a_run_made_again_is_read_again(runs: Path, tmp_path: Path) -> None:
    shutil.copytree(runs / "others", tmp_path / "again")
    before = opened(run_named(tmp_path, "again")).points
    shutil.rmtree(tmp_path / "again")
    shutil.copytree(runs / "cards", tmp_path / "again")
    os.utime(tmp_path / "again" / "evaluation.json")
    assert opened(run_named(tmp_path, "again")).points.everybody.victims != before.everybody.victims


def test_a_run_without_files_shows_totals_and_says_why(runs: Path, run: FinishedRun) -> None:
    found = opened(run_named(runs, "bare"))
    assert found.basis == "totals"
    assert found.why is not None
    assert "kept no files" in str(found.why)
    own = round(100 * run.facts.threshold)
    assert found.points.everybody.at(found.points.step(own)) == _at(run, own)


def _at(run: FinishedRun, threshold: int) -> object:
    points = opened(run, None, threshold).points
    return points.everybody.at(points.step(threshold))


def test_counts_that_a_run_kept_are_those_of_its_people(runs: Path, run: FinishedRun, tmp_path: Path) -> None:
    people, stage = people_of(run.folder), Stage.of(run.facts.stage)
    threshold = round(100 * run.facts.threshold)
    counted = summarised(people, stage, {stage.label: threshold}, burdens=GROUPINGS)
    shutil.copytree(runs / "bare", tmp_path / "bare")
    file = tmp_path / "bare" / "evaluation.json"
    content = json.loads(file.read_text(encoding="utf-8"))
    file.write_text(json.dumps({**content, KEPT: kept_points(counted)}), encoding="utf-8")
    found = opened(run_named(tmp_path, "bare"))
    assert found.basis == "counts"
    assert found.points == opened(run).points


def test_counts_that_cannot_be_are_refused(runs: Path, tmp_path: Path) -> None:
    shutil.copytree(runs / "bare", tmp_path / "bare")
    file = tmp_path / "bare" / "evaluation.json"
    content = json.loads(file.read_text(encoding="utf-8"))
    file.write_text(json.dumps({**content, KEPT: {"stage": "counter"}}), encoding="utf-8")
    with pytest.raises(BadInput, match=KEPT):
        opened(run_named(tmp_path, "bare"))


def test_the_listing_tells_broken_runs_from_readable_ones(runs: Path) -> None:
    found = {one.name: isinstance(one, BrokenRun) for one in runs_in(runs)}
    assert found == {
        "bare": False,
        "broken": True,
        "cards": False,
        "foreign": True,
        "others": False,
        "paper": False,
    }


@pytest.mark.parametrize("name", ["../runs/cards", "cards/../cards", "/etc", "..", ".", "", "no run at all"])
def test_only_the_names_of_the_listing_open_a_run(runs: Path, name: str) -> None:
    with pytest.raises(KeyError):
        run_named(runs, name)


def test_two_runs_are_compared_as_saring_compare_does(runs: Path) -> None:
    first, second = run_named(runs, "cards"), run_named(runs, "paper")
    said = json_of("compare", str(first.folder), str(second.folder))
    found = paired(first, second, 0.01).content
    assert found == {key: said[key] for key in found}


def test_a_run_at_two_thresholds_misses_nobody_newly_at_the_lower_one(runs: Path, tmp_path: Path) -> None:
    shutil.copytree(runs / "cards", tmp_path / "twin")
    found = paired(run_named(runs, "cards"), run_named(tmp_path, "twin"), 0.01, (-100, -300)).content
    assert found["misses"]["newly_missed"] == 0
    assert found["misses"]["no_longer_missed"] > 0


def test_equal_workload_flags_no_more_than_the_first(runs: Path, tmp_path: Path) -> None:
    shutil.copytree(runs / "cards", tmp_path / "twin")
    found = paired(
        run_named(runs, "cards"), run_named(tmp_path, "twin"), 0.001, (-150, 400), same_workload=True
    )
    assert not found.is_beyond
    assert found.second.threshold == -150
    assert found.second.flags <= found.first.flags


def test_rules_that_refer_by_themselves_cannot_flag_as_few(runs: Path) -> None:
    first, second = run_named(runs, "cards"), run_named(runs, "paper")
    assert paired(first, second, 0.001, (500, None), same_workload=True).is_beyond


@pytest.mark.parametrize(("second", "why"), [("others", "not of the same people"), ("cards", "named twice")])
def test_runs_that_cannot_be_compared_say_why(runs: Path, second: str, why: str) -> None:
    with pytest.raises(BadInput, match=why):
        paired(run_named(runs, "cards"), run_named(runs, second), 0.01)


def test_a_run_without_files_cannot_be_compared(runs: Path) -> None:
    with pytest.raises(BadInput, match="kept no files"):
        paired(run_named(runs, "cards"), run_named(runs, "bare"), 0.01)
