"""Operating points as files: what is saved, what is refused, and what `saring tune` makes of them."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from console.commands.tune_options import TuneOptions
from console.commands.tune_point import asked_with, check_made_of, point_json, point_sentence
from console.thresholds.tuning import prepared
from console.workbench.points import opened
from console.workbench.runs import FinishedRun, run_named
from console.workbench.saved import SavedPoint, point_names, point_of, points_in, read_point, save
from dossier.problems import BadInput

OPTIONS = TuneOptions(
    scenario="batam_2022",
    max_miss=None,
    confidence=None,
    groups="typology",
    stage=None,
    victims=None,
    others=None,
    seed=None,
    capacity=None,
    base_rate=None,
    rulebook="saring-2026",
    cards="saring-2026",
    levers=(),
    modules=None,
    difficulty=3,
    ledger=None,
    out=None,
    force=False,
)


@pytest.fixture(scope="module")
def point(run: FinishedRun) -> SavedPoint:
    return point_at(run, -220)


def point_at(run: FinishedRun, threshold: int) -> SavedPoint:
    points = opened(run, None, threshold).points
    return point_of(
        run,
        points,
        points.step(threshold),
        max_miss=0.2,
        prevalence=0.001,
        flags=123.4,
        note="for the meeting",
    )


def test_a_point_is_read_as_it_was_saved(point: SavedPoint, tmp_path: Path) -> None:
    path = save(point, tmp_path / "points")
    assert read_point(path) == point
    assert list(points_in(tmp_path / "points")) == [(path.name, point)]


def test_a_point_names_what_it_was_made_of_and_not_the_seed(point: SavedPoint, run: FinishedRun) -> None:
    sealed = json.loads((run.folder / "cohort/truth/manifest.json").read_text(encoding="utf-8"))
    text = point.model_dump_json()
    assert point.scenario_hash == sealed["scenario_hash"]
    assert "seed" not in text
    assert str(run.folder.parent) not in text


def test_other_files_of_the_folder_are_passed_over(point: SavedPoint, tmp_path: Path) -> None:
    save(point, tmp_path)
    (tmp_path / "notes.json").write_text("{}", encoding="utf-8")
    (tmp_path / "a file.txt").write_text("", encoding="utf-8")
    assert [found for _, found in points_in(tmp_path)] == [point]
    assert "a file.txt" not in point_names(tmp_path)


def _everybody(content: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = content["groups"][0]["miss_rate"]
    return found


@pytest.mark.parametrize(
    ("spoil", "why"),
    [
        (lambda content: content.update(format="another"), "format"),
        (lambda content: content.update(schema_version="2"), "schema_version"),
        (lambda content: content.update(synthetic=False), "synthetic"),
        (lambda content: content.update(stage="nowhere"), "stage"),
        (lambda content: content.update(threshold=1.5), "threshold"),
        (lambda content: content.update(max_miss=1.0), "max_miss"),
        (lambda content: content.update(cards_hash="short"), "cards_hash"),
        (lambda content: content.update(groups=[]), "everybody"),
        (lambda content: content.update(more=1), "more"),
        (lambda content: content.pop("rulebook_hash"), "rulebook_hash"),
        (lambda content: _everybody(content).update(count=1), "rate"),
        (lambda content: _everybody(content).update(estimate=0.0), "rate"),
        (lambda content: _everybody(content).update(count=10**6), "more people"),
    ],
)
def test_a_file_that_is_no_point_is_refused_and_says_why(
    point: SavedPoint, tmp_path: Path, spoil: Any, why: str
) -> None:
    path = save(point, tmp_path)
    content = json.loads(path.read_text(encoding="utf-8"))
    spoil(content)
    path.write_text(json.dumps(content), encoding="utf-8")
    with pytest.raises(BadInput, match=why):
        read_point(path)


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="there is no operating point"):
        read_point(tmp_path / "none.json")


def test_a_run_that_keeps_no_screener_has_no_point(run: FinishedRun, tmp_path: Path) -> None:
    (tmp_path / "cohort").mkdir()
    (tmp_path / "cohort/manifest.json").write_text("{}", encoding="utf-8")
    with pytest.raises(BadInput, match="does not keep the rulebook"):
        point_of(
            replace(run, folder=tmp_path), opened(run).points, 0, max_miss=0.2, prevalence=0.1, flags=1.0
        )


def test_tuning_takes_stage_bound_and_base_rate_of_the_point(point: SavedPoint) -> None:
    found = asked_with(OPTIONS, point)
    assert (found.stage, found.max_miss, found.base_rate) == (point.stage, 0.2, "0.001")
    own = asked_with(replace(OPTIONS, max_miss=0.1, base_rate="1:50"), point)
    assert (own.max_miss, own.base_rate) == (0.1, "1:50")


def test_another_stage_than_the_point_s_is_refused(point: SavedPoint) -> None:
    with pytest.raises(BadInput, match="belongs to the verification"):
        asked_with(replace(OPTIONS, stage="counter"), point)


def test_rules_and_cards_must_be_those_of_the_point(point: SavedPoint, runs: Path) -> None:
    check_made_of(point, prepared(asked_with(OPTIONS, point).asked))
    other = point_at(run_named(runs, "paper"), 100)
    with pytest.raises(BadInput, match="other rulebook") as refused:
        check_made_of(other, prepared(asked_with(OPTIONS, other).asked))
    assert [problem.where for problem in refused.value.problems] == ["--rulebook", "--cards"]


def test_rules_that_decide_by_themselves_have_no_cards_to_compare(runs: Path) -> None:
    point = point_at(run_named(runs, "paper"), 100)
    options = replace(asked_with(OPTIONS, point), rulebook="paper-004")
    assert point.cards_hash is None
    check_made_of(point, prepared(options.asked))


@pytest.mark.parametrize(("tuned", "is_kept"), [(-219, True), (-220, True), (-221, False)])
def test_a_threshold_not_above_the_tuned_one_keeps_its_promise(
    point: SavedPoint, tuned: int, is_kept: bool
) -> None:
    found = point_json(point, {"threshold": tuned})
    assert found["is_kept"] is is_kept
    said = point_sentence(found, 0.2, 0.95)
    assert ("holds there, too" in said) is is_kept
    assert "-2.20" in said
