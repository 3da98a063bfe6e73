"""What cannot be exported is refused with what, where and how to mend it; and nothing is left behind."""

import json
import os
import shutil
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from console.exporting.tables import PLAIN
from tests.unit.console.exporting.exports import json_in, refused

PART = "observed/part-00001.parquet"


def renamed(folder: Path, name: str, change: Callable[[dict[str, Any]], Any]) -> None:
    """Change a manifest."""
    content = json_in(folder / name)
    change(content)
    (folder / name).write_text(json.dumps(content))


def rewritten(folder: Path, part: str, change: Callable[[pa.Table], pa.Table]) -> None:
    """Change a part, and the manifest so that it names what is there now: a stranger can do both."""
    pq.write_table(change(pq.read_table(folder / part)), folder / part)
    digest = sha256((folder / part).read_bytes()).hexdigest()
    manifest = "truth/manifest.json" if part.startswith("truth/") else "manifest.json"
    renamed(folder, manifest, lambda content: content["files"].update({part: digest}))


def with_cell(name: str, cell: Any) -> Callable[[pa.Table], pa.Table]:
    def change(table: pa.Table) -> pa.Table:
        place = table.column_names.index(name)
        cells = table[name].to_pylist()
        kind = pa.string() if isinstance(cell, str) else pa.int64()
        return table.set_column(place, name, pa.array([*cells[:-1], cell], type=kind))

    return change


def as_text(name: str) -> Callable[[pa.Table], pa.Table]:
    def change(table: pa.Table) -> pa.Table:
        return table.set_column(table.column_names.index(name), name, table[name].cast(pa.string()))

    return change


def test_a_sealed_table_without_a_column(broken: Path, tmp_path: Path) -> None:
    for number in range(3):
        rewritten(
            broken, f"truth/truth/part-0000{number}.parquet", lambda table: table.drop_columns(["tier"])
        )
    assert "the column 'tier' is missing" in refused(broken, tmp_path / "out", with_truth=True)


def test_a_sealed_table_with_a_column_of_another_type(broken: Path, tmp_path: Path) -> None:
    for number in range(3):
        rewritten(broken, f"truth/edges/part-0000{number}.parquet", as_text("actor"))
    said = refused(broken, tmp_path / "out", with_truth=True)
    assert "the column 'actor' is of type string, not int64" in said


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    assert "there is no such folder" in refused(tmp_path / "nowhere", tmp_path / "out")


def test_a_file(in_parts: Path, tmp_path: Path) -> None:
    assert "this is no folder" in refused(in_parts / PART, tmp_path / "out")


def test_an_empty_folder(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    said = refused(tmp_path / "empty", tmp_path / "out")
    assert "there is nothing here that can be exported" in said
    assert "Give the folder of a cohort, of a run, or of what was screened." in said


@pytest.mark.parametrize("within", ["truth", "truth/fields"])
def test_the_sealed_truth_itself(within: str, in_parts: Path, tmp_path: Path) -> None:
    assert "this is the sealed truth" in refused(in_parts / within, tmp_path / "out")


def test_a_format_that_does_not_exist(in_parts: Path, tmp_path: Path) -> None:
    said = refused(in_parts, tmp_path / "out", "xlsx")
    assert "there is no format 'xlsx'" in said
    assert "Choose from: parquet, arrow, csv, jsonl." in said


def test_a_language_that_does_not_exist(in_parts: Path, tmp_path: Path) -> None:
    assert "there is no language 'nl'" in refused(in_parts, tmp_path / "out", language="nl")


def test_fields_that_do_not_exist_are_all_named(in_parts: Path, tmp_path: Path) -> None:
    said = refused(in_parts, tmp_path / "out", fields="sex,sponsor_kin,\x1b[2J,")
    assert "there is no field 'sponsor_kin'" in said
    assert "Did you mean 'sponsor_kind'?" in said
    assert "there is no field '\\x1b[2J'" in said
    assert "there is no field ''" in said


def test_a_field_that_is_named_twice(in_parts: Path, tmp_path: Path) -> None:
    assert "'sex' stands there twice" in refused(in_parts, tmp_path / "out", fields="sex,age,sex")


def test_a_folder_that_exists(in_parts: Path, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    assert "this folder exists already" in refused(in_parts, tmp_path / "out")


@pytest.mark.parametrize("within", [".", "observed", "exported"])
def test_a_place_within_what_is_exported(within: str, broken: Path) -> None:
    said = refused(broken, broken / within, force=True)
    assert "the export would stand in what is exported, or take its place" in said


def test_the_truth_or_recommendations_where_there_are_none(
    in_parts: Path, screened: Path, broken: Path, tmp_path: Path
) -> None:
    assert "a screening holds no truth" in refused(screened, tmp_path / "out", with_truth=True)
    assert "nothing here that can be exported" in refused(in_parts, tmp_path / "out", with_screened=True)
    shutil.rmtree(broken / "truth")
    assert "the sealed truth of this cohort is not here" in refused(broken, tmp_path / "out", with_truth=True)


def test_fields_of_a_screening(screened: Path, tmp_path: Path) -> None:
    assert "a screening holds no fields" in refused(screened, tmp_path / "out", fields="sex")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda content: content.pop("synthetic"), "the manifest lacks 'synthetic'"),
        (lambda content: content.update(synthetic=False), "'synthetic' cannot be: False"),
        (lambda content: content.update(rows=-3), "'rows' cannot be: -3"),
        (lambda content: content.update(rows=299), "names 299 applicants, and the files hold 300"),
        (lambda content: content["files"].update({PART: "0" * 64}), "not the file that the manifest names"),
        (lambda content: content["files"].pop(PART), "the manifest names no such file"),
        (lambda content: content["files"].update({"observed/../../x": "0"}), "which is not there"),
        (lambda content: content.update(schema_version="9"), "'schema_version' cannot be: 9"),
    ],
)
def test_a_manifest_that_does_not_fit_its_files(
    change: Callable[[dict[str, Any]], Any], said: str, broken: Path, tmp_path: Path
) -> None:
    renamed(broken, "manifest.json", change)
    assert said in refused(broken, tmp_path / "out")


def test_a_manifest_that_is_none_or_not_there(broken: Path, tmp_path: Path) -> None:
    (broken / "manifest.json").write_text("[" * 100_000)
    assert "this is no manifest of a cohort" in refused(broken, tmp_path / "out")
    (broken / "manifest.json").unlink()
    assert "this file is not there" in refused(broken, tmp_path / "out")
    os.mkfifo(broken / "manifest.json")
    assert "this is no ordinary file" in refused(broken, tmp_path / "out")


@pytest.mark.parametrize(
    ("part", "change", "said"),
    [
        (PART, with_cell("sex", "=cmd|'/c calc'!A1"), "'sex' holds the unknown code"),
        (PART, with_cell("age", 900), "'age' holds 900"),
        (PART, with_cell("applicant", 3171234567890123), "outside the reserved synthetic range"),
        (
            PART,
            lambda table: table.drop_columns(["sex"]),
            "has other columns or marks than part-00000.parquet",
        ),
        (PART, lambda table: table.replace_schema_metadata(None), "does not say that it is synthetic"),
        (PART, lambda table: table.slice(0, 0), "this cohort is empty"),
        ("truth/truth/part-00001.parquet", with_cell("truth_class", "+victim"), "holds the unknown code"),
        ("truth/truth/part-00001.parquet", lambda table: table.drop_columns(["tier"]), "has other columns"),
        ("truth/edges/part-00001.parquet", as_text("actor"), "the column 'actor' is of type string"),
        ("truth/hidden/part-00002.parquet", with_cell("applicant", 10**15), "outside the reserved synthetic"),
    ],
)
def test_a_part_that_does_not_hold_what_it_should(
    part: str, change: Callable[[pa.Table], pa.Table], said: str, broken: Path, tmp_path: Path
) -> None:
    rewritten(broken, part, change)
    assert said in refused(broken, tmp_path / "out", with_truth=True)


def test_a_part_that_is_no_file_of_its_folder(broken: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere.parquet"
    (broken / PART).rename(elsewhere)
    (broken / PART).symlink_to(elsewhere)
    assert "this is no ordinary file of this folder" in refused(broken, tmp_path / "out")


def test_a_part_that_was_cut_short(broken: Path, tmp_path: Path) -> None:
    content = (broken / PART).read_bytes()[:-100]
    (broken / PART).write_bytes(content)
    digest = sha256(content).hexdigest()
    renamed(broken, "manifest.json", lambda manifest: manifest["files"].update({PART: digest}))
    assert PART in refused(broken, tmp_path / "out")


def test_parquet_beside_arrow(broken: Path, tmp_path: Path) -> None:
    (broken / "observed" / "part-00009.arrow").write_bytes(b"")
    assert "they may be the same applicants twice" in refused(broken, tmp_path / "out")


def test_a_module_that_a_spreadsheet_would_take_for_a_formula(broken: Path, tmp_path: Path) -> None:
    renamed(broken, "truth/manifest.json", lambda content: content["modules"][0].update(id="=1+1"))
    assert "'=1+1' is no code" in refused(broken, tmp_path / "out", with_truth=True)


def test_a_screening_whose_rules_are_no_rules(screened: Path, tmp_path: Path) -> None:
    copy = Path(shutil.copytree(screened, tmp_path / "copy"))
    (file,) = copy.glob("*.parquet")
    pq.write_table(with_cell("rules", "@SUM(A1)")(pq.read_table(file)), file)
    assert "the column 'rules' holds '@SUM(A1)', which is no list of rules" in refused(copy, tmp_path / "out")


def test_foreign_parquet_that_says_nothing_of_being_synthetic(tmp_path: Path) -> None:
    (tmp_path / "foreign").mkdir()
    pq.write_table(pa.table({"a": [1]}), tmp_path / "foreign" / "x.parquet")
    assert "does not say that it is synthetic" in refused(tmp_path / "foreign", tmp_path / "out")


def test_a_time_that_is_none(in_parts: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "yesterday")
    assert "'yesterday' is no time" in refused(in_parts, tmp_path / "out")


@pytest.mark.parametrize("text", ["=1", "+1", "-1", "@a", "\t1", "a\n", 'a"b', "a<b\x00", ""])
def test_what_is_no_plain_label(text: str) -> None:
    assert not PLAIN.fullmatch(text)
