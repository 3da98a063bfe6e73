"""A run can be checked by anybody: its people are drawn and screened again, and what was changed is named.

Whoever is given the folder of a run need not believe it. Whatever of it was changed afterwards, the answer
says which file, which row and which column, and exit code 1.
"""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.unit.console.terminal import GATE_FAILED, OK, SCENARIO, json_of, nothing_left, refusal, saring

SIZE = 3000
PART = "part-00000.parquet"
EVERY_ROW = ("--ranges", 40, "--lot", 1)
"""So many ranges of a run so small that hardly a row is left out."""


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("checked") / "run"
    json_of(
        "run", SCENARIO, "--n", SIZE, "--seed", 8, "--no-yardsticks", "--export", "parquet", "--out", folder
    )
    return folder


@pytest.fixture
def run(finished: Path, tmp_path: Path) -> Path:
    """A run that a test may change."""
    return Path(shutil.copytree(finished, tmp_path / "run"))


def answer(*words: object) -> dict[str, Any]:
    """Return what `saring verify` says of a run that does not hold."""
    result = saring("verify", *words, "--json")
    assert result.exit_code == GATE_FAILED, result.output
    found: dict[str, Any] = json.loads(result.stdout)
    assert not found["holds"]
    return found


def places(found: dict[str, Any]) -> list[str]:
    return [one["where"] for one in found["differences"]]


def rewritten(file: Path, change: Callable[[pa.Table], pa.Table]) -> None:
    table = pq.read_table(file)
    pq.write_table(change(table).replace_schema_metadata(table.schema.metadata), file, row_group_size=1000)


def rehashed(cohort: Path, name: str) -> None:
    """Let the manifest name the file as it is now, as somebody would who wants it to be believed."""
    import hashlib

    manifest = cohort / ("truth" if name.startswith("truth/") else "") / "manifest.json"
    content = json.loads(manifest.read_text("utf-8"))
    content["files"][name] = hashlib.sha256((cohort / name).read_bytes()).hexdigest()
    manifest.write_text(json.dumps(content), "utf-8")


# --- what holds -------------------------------------------------------------------------------------


def test_a_run_as_it_was_made_holds_and_nothing_in_it_changes(finished: Path) -> None:
    with nothing_left(finished):
        result = saring("verify", finished)
    assert result.exit_code == OK, result.output
    assert result.stdout.startswith(f"Yes: {finished} holds.")
    assert "Not every row was drawn again" in result.stdout


def test_a_cohort_holds_too(tmp_path: Path) -> None:
    json_of("draw", SCENARIO, "--n", 500, "--lever", "autogates", "--difficulty", 2, "--out", tmp_path / "c")
    found = json_of("verify", tmp_path / "c")
    assert found["holds"]
    assert found["kind"] == "run"


def test_a_cohort_of_a_base_rate_holds(tmp_path: Path) -> None:
    words = ("--n", 500, "--seed", -4, "--base-rate", "1:500")
    json_of("draw", SCENARIO, *words, "--out", tmp_path / "c")
    assert json_of("verify", tmp_path / "c")["holds"]


def test_the_cohort_of_a_run_holds_by_itself(finished: Path) -> None:
    assert json_of("verify", finished / "cohort")["holds"]


@pytest.mark.slow
def test_a_report_that_is_written_again_is_the_same(run: Path) -> None:
    json_of("report", run)
    assert json_of("verify", run)["holds"]
    (run / "report.html").write_text("<!doctype html>", "utf-8")
    assert places(answer(run)) == ["report.html"]


@pytest.mark.slow
def test_the_same_lot_draws_the_same_rows(finished: Path) -> None:
    words = ("verify", finished, "--lot", 5)
    first, again = (json_of(*words) for _ in range(2))
    assert (first["fields"], first["lot"]) == (again["fields"], 5)
    assert json_of("verify", finished, "--lot", 6)["fields"] != first["fields"]


# --- what was changed -------------------------------------------------------------------------------


def test_a_changed_answer_is_named_by_file_row_and_column_even_under_a_new_hash(run: Path) -> None:
    name, row = f"observed/{PART}", 1234

    def older(table: pa.Table) -> pa.Table:
        ages = table["age"].to_numpy(zero_copy_only=False).copy()
        ages[row] = 99 if ages[row] != 99 else 98
        return table.set_column(
            table.schema.get_field_index("age"), table.schema.field("age"), pa.array(ages, pa.int32())
        )

    rewritten(run / "cohort" / name, older)
    rehashed(run / "cohort", name)
    found = answer(run, *EVERY_ROW)
    told = {one["where"]: one for one in found["differences"]}
    assert f"cohort/{name}, row {row + 1:,}, age" in told
    assert told[f"cohort/{name}, row {row + 1:,}, age"]["found"] in (98, 99)
    assert f"{name}, by the manifest" in told


def test_a_changed_byte_is_told_by_the_hash(run: Path) -> None:
    file = run / "cohort" / "truth" / "edges" / PART
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(bytes(content))
    assert f"truth/edges/{PART}" in places(answer(run, "--ranges", 0))


def test_a_swapped_recommendation_is_found_among_the_screened(run: Path) -> None:
    def kinder(table: pa.Table) -> pa.Table:
        said = table["recommendation"].combine_chunks().dictionary_decode().to_pylist()
        at = said.index("refer")
        said[at] = "proceed"
        place = table.schema.get_field_index("recommendation")
        labels = pa.array(said).dictionary_encode().cast(table.schema.field(place).type)
        return table.set_column(place, table.schema.field(place), labels)

    rewritten(run / "screened" / PART, kinder)
    found = places(answer(run, *EVERY_ROW))
    assert any(one.startswith(f"screened/{PART}, row") and one.endswith("recommendation") for one in found)
    assert "evaluation.json: miss_rate.missed" in found or "evaluation.json: false_flag_rate.flagged" in found


def test_a_prettier_evaluation_is_found(run: Path) -> None:
    content = json.loads((run / "evaluation.json").read_text("utf-8"))
    content["miss_rate"]["missed"] -= 1
    (run / "evaluation.json").write_text(json.dumps(content), "utf-8")
    assert places(answer(run, "--ranges", 0)) == ["evaluation.json", "evaluation.json: miss_rate.missed"]


@pytest.mark.parametrize("key", ["beside", "results"])
def test_hashes_that_are_taken_away_are_missed(key: str, run: Path) -> None:
    manifest = run / "cohort" / "truth" / "manifest.json"
    content = json.loads(manifest.read_text("utf-8"))
    del content[key]
    manifest.write_text(json.dumps(content), "utf-8")
    assert any(one.startswith("hashes of the") for one in places(answer(run, "--ranges", 0)))


def test_a_screener_that_is_taken_away_is_missed(run: Path) -> None:
    shutil.rmtree(run / "screened" / "_screener")
    assert "screened/_screener" in places(answer(run, "--ranges", 0))


def test_rows_that_were_added_to_the_screened_are_told(run: Path) -> None:
    shutil.copy(run / "screened" / PART, run / "screened" / "part-00001.parquet")
    assert places(answer(run, "--ranges", 0)) == ["screened/part-00001.parquet"]


def test_a_removed_file_and_an_added_one_are_told(run: Path) -> None:
    observed = run / "cohort" / "observed"
    (observed / PART).rename(observed / "part-00007.parquet")
    found = places(answer(run, "--ranges", 2))
    assert {f"observed/{PART}", "observed/part-00007.parquet"} <= set(found)


def test_another_seed_in_the_manifest_changes_nearly_everything(run: Path) -> None:
    manifest = run / "cohort" / "truth" / "manifest.json"
    content = json.loads(manifest.read_text("utf-8"))
    content["seed"] += 1
    manifest.write_text(json.dumps(content), "utf-8")
    result = saring("verify", run, "--ranges", 3, "--lot", 2)
    assert result.exit_code == GATE_FAILED
    assert "row 1," in result.output or "row " in result.output
    assert "and " in result.stdout
    assert "more; --json lists all" in result.stdout


def test_another_scenario_is_said_to_be_another(run: Path) -> None:
    found = answer(run, "--scenario", "batam_2022")
    assert places(found) == ["scenario_hash"]


def test_rows_taken_away_are_told(run: Path) -> None:
    rewritten(run / "screened" / PART, lambda table: table.slice(0, SIZE - 10))
    found = answer(run, "--ranges", 40, "--lot", 3)
    assert any(one.startswith(f"screened/{PART}, rows from") for one in places(found))


# --- what is no run ---------------------------------------------------------------------------------


def test_an_empty_folder_is_neither_run_nor_certificate(tmp_path: Path) -> None:
    assert "neither a run nor a cohort" in refusal("verify", tmp_path)


def test_an_export_is_not_what_was_drawn(finished: Path, tmp_path: Path) -> None:
    json_of("export", finished, "--with-truth", "--out", tmp_path / "exported")
    assert "Give what it was exported from" in refusal("verify", tmp_path / "exported")


def test_a_run_of_an_unknown_scenario_asks_for_it(run: Path) -> None:
    manifest = run / "cohort" / "truth" / "manifest.json"
    content = json.loads(manifest.read_text("utf-8"))
    manifest.write_text(json.dumps({**content, "scenario": "nowhere"}), "utf-8")
    assert "Give the scenario with --scenario" in refusal("verify", run)


@pytest.mark.parametrize("text", ["", "[1]", "[" * 100_000], ids=["empty", "a list", "deep"])
def test_a_broken_evaluation_is_refused(text: str, run: Path) -> None:
    (run / "evaluation.json").write_text(text, "utf-8")
    assert "this is no evaluation" in refusal("verify", run)


@pytest.mark.parametrize("text", ["", "{", "[]", '{"files": {}}', '{"files": {}, "rows": -1}'])
def test_a_broken_manifest_is_refused(text: str, run: Path) -> None:
    (run / "cohort" / "manifest.json").write_text(text, "utf-8")
    assert "manifest.json" in refusal("verify", run)


def test_a_truncated_file_is_no_traceback(run: Path) -> None:
    file = run / "screened" / PART
    file.write_bytes(file.read_bytes()[: np.random.default_rng(1).integers(4, 2000)])
    assert "this file cannot be read" in refusal("verify", run)


# --- a run that keeps no files of people --------------------------------------------------------------


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same run without files."""
    folder = tmp_path_factory.mktemp("bare") / "run"
    words = ("--n", SIZE, "--seed", 8, "--no-yardsticks", "--export", "none", "--out", folder)
    json_of("run", SCENARIO, *words)
    return folder


def test_a_run_without_files_counts_the_same_and_can_be_checked(bare: Path, finished: Path) -> None:
    assert not list(bare.rglob("*.parquet"))
    theirs, ours = (json.loads((run / "evaluation.json").read_text("utf-8")) for run in (finished, bare))
    passing = {"wall_s", "peak_rss_mib", "artifacts", "draw_and_screen_s", "timings", "export"}
    assert ours.keys() - theirs.keys() == {"operating_points"}  # what the workbench would read from files
    assert {name for name in theirs if ours[name] != theirs[name]} <= passing
    assert json_of("verify", bare)["holds"]


@pytest.mark.parametrize("key", ["seed", "results"])
def test_what_a_run_without_files_says_of_itself_is_checked(key: str, bare: Path, tmp_path: Path) -> None:
    run = Path(shutil.copytree(bare, tmp_path / "run"))
    manifest = run / "cohort" / "truth" / "manifest.json"
    content = json.loads(manifest.read_text("utf-8"))
    content[key] = content[key] + 1 if key == "seed" else ["0" * 64]
    manifest.write_text(json.dumps(content), "utf-8")
    assert places(answer(run)) == ["results of part 1"]


def test_somebody_in_it_is_explained_by_being_drawn_again(bare: Path, finished: Path) -> None:
    examples = json.loads((bare / "evaluation.json").read_text("utf-8"))["examples"]
    applicant = int(examples[0]["applicant"])
    ours, theirs = (json_of("explain", run, "--applicant", applicant) for run in (bare, finished))
    assert ours == theirs
    assert "there is no applicant 5 here" in refusal("explain", bare, "--applicant", 5)
