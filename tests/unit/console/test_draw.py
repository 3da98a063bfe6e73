"""`saring draw`: a cohort in a folder, observed and sealed apart."""

import hashlib
import json
from pathlib import Path
from types import SimpleNamespace

import pyarrow.parquet as pq
import pytest

from console.commands.draw import _audit_content, _print_audit
from console.output import Output
from dossier.fields import fields
from dossier.tables import MARK, from_arrow
from synthetic import cohort_files, draw, load_scenario
from synthetic.fidelity.report import Check
from synthetic.levers import LEVERS
from tests.unit.console.conftest import SIZE, Made
from tests.unit.console.terminal import OK, SCENARIO, json_of, nothing_left, refusal, saring
from tests.unit.console.worlds import idle_lever, one_sided


def test_it_says_what_it_drew_and_where(drawn_cohort: Made) -> None:
    found = drawn_cohort.printed
    assert (found["scenario"], found["n"], found["schema_version"]) == (SCENARIO, SIZE, "1")
    assert Path(found["artifacts"]["cohort"]) == drawn_cohort.folder
    assert Path(found["artifacts"]["observed"]).is_dir()
    assert "seed" not in found


def test_hashes_are_those_of_the_files(drawn_cohort: Made) -> None:
    for name, digest in drawn_cohort.printed["files"].items():
        assert hashlib.sha256((drawn_cohort.folder / name).read_bytes()).hexdigest() == digest


def test_observed_files_hold_what_is_drawn_in_memory(drawn_cohort: Made) -> None:
    table = pq.read_table(drawn_cohort.folder / "observed")
    assert table.schema.metadata[MARK] == b"true"
    found = from_arrow(table, fields(), where="x")
    expected = draw(load_scenario(SCENARIO), n=SIZE, seed=5).dossiers
    assert found.applicants.tolist() == expected.applicants.tolist()
    for name, values in expected.columns.items():
        assert found.columns[name].tolist() == values.tolist(), name


def test_the_public_manifest_says_synthetic_and_keeps_the_seed_to_itself(drawn_cohort: Made) -> None:
    public = json.loads((drawn_cohort.folder / "manifest.json").read_text(encoding="utf-8"))
    assert public["synthetic"] is True
    assert public["rows"] == SIZE
    assert "seed" not in public
    assert all(name.startswith("observed/") for name in public["files"])


def test_a_run_holds_the_same_cohort(drawn_cohort: Made, finished_run: Made) -> None:
    run = json.loads((finished_run.folder / "cohort" / "manifest.json").read_text(encoding="utf-8"))
    assert run["files"] == drawn_cohort.printed["files"]


@pytest.mark.parametrize("workers", [1, 3])
def test_the_number_of_workers_changes_no_byte(
    workers: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cohort_files, "ROWS_PER_PART", 150)
    words = ("draw", SCENARIO, "--n", 1000, "--seed", 2)
    one = json_of(*words, "--workers", 2, "--out", tmp_path / "one")
    other = json_of(*words, "--workers", workers, "--out", tmp_path / "other")
    assert len(one["files"]) == 7
    assert one["files"] == other["files"]
    sealed = [(tmp_path / name / "truth" / "manifest.json").read_bytes() for name in ("one", "other")]
    assert sealed[0] == sealed[1]


def test_a_scenario_can_come_from_a_file(tmp_path: Path) -> None:
    source = Path(cohort_files.__file__).with_name("scenarios") / f"{SCENARIO}.toml"
    own = tmp_path / "own.toml"
    own.write_text(
        source.read_text(encoding="utf-8").replace(f'id = "{SCENARIO}"', 'id = "own"'), encoding="utf-8"
    )
    assert json_of("draw", own, "--n", 50, "--out", tmp_path / "cohort")["scenario"] == "own"


def test_people_are_told_to_open_observed_only(tmp_path: Path) -> None:
    result = saring("draw", SCENARIO, "--n", 50, "--out", tmp_path / "cohort")
    assert result.exit_code == OK
    assert "Drew 50 synthetic applicants" in result.stdout
    assert "A screener may open observed/ only" in result.stdout


def test_without_a_folder_it_goes_to_var_and_may_be_drawn_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    first = json_of("draw", SCENARIO, "--n", 50)
    again = json_of("draw", SCENARIO, "--n", 50)
    assert first["files"] == again["files"]
    assert Path(again["artifacts"]["cohort"]).parts[:2] == ("var", "cohorts")


def test_a_lever_of_which_nothing_applies_is_named_as_such(tmp_path: Path) -> None:
    words = ("draw", SCENARIO, "--n", 50, "--lever", idle_lever(tmp_path), "--lever", "registry_link")
    assert "NOTHING OF 'idle' APPLIES" in saring(*words, "--out", tmp_path / "said").stdout
    assert json_of(*words, "--out", tmp_path / "cohort")["idle_levers"] == ["idle"]


def test_a_lever_is_named_once_by_name_or_path(tmp_path: Path) -> None:
    own = tmp_path / "autogates.toml"
    own.write_text((LEVERS / "autogates.toml").read_text(encoding="utf-8"), encoding="utf-8")
    with nothing_left(tmp_path):
        words = ("--lever", "autogates", "--lever", own, "--out", tmp_path / "cohort")
        assert "the lever 'autogates' is named twice" in refusal("draw", SCENARIO, *words)


def test_there_is_a_largest_cohort(tmp_path: Path) -> None:
    scenario = one_sided(tmp_path, "journey.tourist", size=10**12)
    with nothing_left(tmp_path):
        said = refusal("draw", SCENARIO, "--n", 2 * 10**12, "--out", tmp_path / "cohort")
        assert "--n: 2,000,000,000,000 applicants are too many" in said
        said = refusal("draw", scenario, "--out", tmp_path / "cohort")
        assert "scenario.size: 1,000,000,000,000 applicants are too many" in said


def test_one_applicant_is_singular(tmp_path: Path) -> None:
    assert (
        "Drew 1 synthetic applicant of" in saring("draw", SCENARIO, "--n", 1, "--out", tmp_path / "x").stdout
    )


def test_an_audit_says_what_it_examined_on_people_drawn_afresh(capsys: pytest.CaptureFixture[str]) -> None:
    checks = [
        Check("oracle", "one rule", "met", 10, "people", fresh=True),
        Check("noise", "another rule", "met", 20, "cells"),
    ]
    content = {"n": 20, "scenario": "x", "wall_s": 1.0, "idle_levers": []}
    paths = {"cohort": "c", "audit_page": "c/audit.html"}
    found = SimpleNamespace(checks=checks, verdict="met")
    _print_audit(found, {**content, "artifacts": paths}, Output(as_json=False, quiet=False))  # type: ignore[arg-type]
    said = capsys.readouterr().out
    assert "10 people, drawn afresh" in said
    assert "20 cells, this cohort" in said
    assert "not of this cohort" in " ".join(said.split())
    added = _audit_content(found, {}, Path("c"))  # type: ignore[arg-type]
    assert [check["fresh"] for check in added["audit"]["checks"]] == [True, False]
