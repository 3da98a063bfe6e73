"""`saring draw`: a cohort in a folder, observed and sealed apart."""

import hashlib
import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from dossier.fields import fields
from dossier.tables import MARK, from_arrow
from synthetic import cohort as cohorts
from synthetic import draw, load_scenario
from tests.unit.console.conftest import SIZE, Made
from tests.unit.console.terminal import OK, SCENARIO, json_of, saring


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
    monkeypatch.setattr(cohorts, "ROWS_PER_PART", 150)
    words = ("draw", SCENARIO, "--n", 1000, "--seed", 2)
    one = json_of(*words, "--workers", 2, "--out", tmp_path / "one")
    other = json_of(*words, "--workers", workers, "--out", tmp_path / "other")
    assert len(one["files"]) == 7
    assert one["files"] == other["files"]
    sealed = [(tmp_path / name / "truth" / "manifest.json").read_bytes() for name in ("one", "other")]
    assert sealed[0] == sealed[1]


def test_a_scenario_can_come_from_a_file(tmp_path: Path) -> None:
    source = Path(cohorts.__file__).with_name("scenarios") / f"{SCENARIO}.toml"
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
