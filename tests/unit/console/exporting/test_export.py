"""What `saring export` writes and what it keeps to itself."""

import hashlib
import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from console.commands.export import ExportOptions, export_data
from console.exporting.formats import FORMATS
from console.exporting.reading import batches
from console.output import Output
from dossier.fields import fields
from synthetic import load_scenario
from synthetic.cohort import plan_for
from synthetic.cohort_files import write_manifests, write_part
from synthetic.compile import compile_world
from tests.unit.console.exporting.exports import SEED, export, files_below, json_in, refused


@pytest.mark.parametrize("form", FORMATS)
def test_the_bytes_do_not_depend_on_the_number_of_workers(
    form: str, in_parts: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1790000000")
    found = [
        files_below(export(in_parts, tmp_path / str(workers), form, with_truth=True, workers=workers))
        for workers in (1, 2, 3)
    ]
    assert len(found[0]) > 3 * 7
    assert found[0] == found[1] == found[2]


@pytest.mark.parametrize("form", FORMATS)
def test_without_being_asked_an_export_tells_neither_truth_nor_seed(
    form: str, run: Path, tmp_path: Path
) -> None:
    found = files_below(export(run, tmp_path / "out", form, with_screened=True))
    assert not any("truth" in name for name in found)
    texts = {name: content for name, content in found.items() if name.endswith((".json", ".md"))}
    assert len(texts) == 5
    for name, content in texts.items():
        assert str(SEED).encode() not in content, name
        assert b"truth/truth" not in content, name
    rows = b"".join(content for name, content in found.items() if name.endswith((".csv", ".jsonl")))
    assert b"truth_class" not in rows


def test_the_truth_goes_into_a_folder_of_its_own_with_a_warning(
    run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    options = ExportOptions(run, "csv", tmp_path / "out", with_truth=True)
    export_data(options, Output(as_json=True, quiet=False))
    printed = json.loads(capsys.readouterr().out)
    assert any("who holds it holds the answers" in warning for warning in printed["warnings"])
    out = tmp_path / "out"
    assert json_in(out / "truth" / "manifest.json")["seed"] == SEED
    outside = {name: content for name, content in files_below(out).items() if not name.startswith("truth/")}
    assert all(str(SEED).encode() not in content for content in outside.values())
    assert b"truth_class" not in outside["observed/part-00000.csv"]
    assert b"truth_class" not in outside["data-dictionary.json"]
    assert b"truth_class" not in outside["croissant.json"]
    assert "holds the sealed truth and the seed" in (out / "datasheet.md").read_text()


def test_the_manifest_names_every_file_of_rows_with_its_hash(in_parts: Path, tmp_path: Path) -> None:
    out = export(in_parts, tmp_path / "out", "jsonl", with_truth=True)
    for place, start in ((out, "observed/"), (out / "truth", "truth/")):
        manifest = json_in(place / "manifest.json")
        assert manifest["synthetic"] is True
        assert manifest["format"] == "jsonl"
        there = {
            f"{start.split('/')[0]}/{name}" if start == "truth/" else name: content
            for name, content in files_below(place).items()
            if name.endswith(".jsonl") and not (place == out and name.startswith("truth/"))
        }
        assert manifest["files"] == {
            name: hashlib.sha256(content).hexdigest() for name, content in there.items()
        }
    assert json_in(out / "manifest.json")["rows"] == 300


def test_chosen_fields_stand_in_the_order_of_the_dossier(in_parts: Path, tmp_path: Path) -> None:
    out = export(in_parts, tmp_path / "out", fields="job_offer, sex,booking_applicants")
    names = ["applicant", "booking_ref", "sex", "job_offer", "booking_applicants"]
    table = pq.read_table(out / "observed")
    assert table.column_names == names
    assert table.equals(pq.read_table(in_parts / "observed").select(names))
    dictionary = json_in(out / "data-dictionary.json")
    assert [column["name"] for column in dictionary["tables"]["observed"]["columns"]] == names


def test_it_is_said_where_a_missing_answer_cannot_be_told_from_no_question(
    in_parts: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    options = ExportOptions(in_parts, "csv", tmp_path / "out", fields="sex,fee_idr")
    export_data(options, Output(as_json=False, quiet=False))
    assert "Without job_offer nobody can tell a missing answer" in capsys.readouterr().out.replace("\n", " ")


def test_missing_and_not_applicable_can_be_told_apart_by_the_dictionary(run: Path, tmp_path: Path) -> None:
    out = export(run, tmp_path / "out", "jsonl")
    dictionary = json_in(out / "data-dictionary.json")["tables"]["observed"]["columns"]
    gates = {column["name"]: column["gate"] for column in dictionary if column.get("gate")}
    lines = (out / "observed" / "part-00000.jsonl").read_text().splitlines()
    kinds = {_kind(json.loads(line), name, gate) for line in lines for name, gate in gates.items()}
    assert kinds == {"filled", "missing", "not applicable"}


def _kind(row: dict[str, Any], name: str, gate: dict[str, list[str]]) -> str:
    ((by, opening),) = gate.items()
    closed = row[by] is not None and row[by] not in opening
    assert row[name] is None or not closed, "a question that does not arise has no answer"
    return "filled" if row[name] is not None else "not applicable" if closed else "missing"


def test_a_screening_is_exported_by_itself(screened: Path, tmp_path: Path) -> None:
    out = export(screened, tmp_path / "out", "parquet")
    assert sorted(path.name for path in out.iterdir()) == [
        "croissant.json", "data-dictionary.json", "datasheet.md", "manifest.json", "screened",
    ]  # fmt: skip
    expected = (screened / "part-00000.parquet").read_bytes()
    assert (out / "screened" / "part-00000.parquet").read_bytes() == expected


def test_an_interrupted_export_leaves_nothing(
    in_parts: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(table: Any, number: int) -> Any:
        if number == 2:
            raise KeyboardInterrupt
        return batches(table, number)

    monkeypatch.setattr("console.exporting.exported.batches", interrupted)
    with pytest.raises(KeyboardInterrupt):
        export(in_parts, tmp_path / "place" / "out", "csv", workers=1)
    assert list(tmp_path.iterdir()) == []


def test_an_error_while_metadata_are_written_leaves_nothing(run: Path, tmp_path: Path) -> None:
    copy = Path(shutil.copytree(run, tmp_path / "run"))
    content = json_in(copy / "evaluation.json")
    del content["miss_rate"]
    (copy / "evaluation.json").write_text(json.dumps(content))
    said = refused(copy, tmp_path / "place" / "out", "csv")
    assert "this is not the evaluation of a run (miss_rate: Field required)" in said
    assert sorted(path.name for path in tmp_path.iterdir()) == ["run"]


def test_every_field_is_exported_unless_some_are_chosen(in_parts: Path, tmp_path: Path) -> None:
    table = pq.read_table(export(in_parts, tmp_path / "out") / "observed")
    assert set(fields()) <= set(table.column_names)


@pytest.mark.slow
def test_memory_does_not_grow_with_the_number_of_parts(tmp_path: Path) -> None:
    small, large = (_peak(_cohort_of(tmp_path / str(parts), parts), tmp_path / "out") for parts in (1, 8))
    assert large < small + 64, f"{small:.0f} MiB for one part, {large:.0f} MiB for eight"


def _cohort_of(folder: Path, parts: int) -> Path:
    """Make a cohort that holds the same part several times: an export does not compare applicants."""
    plan = plan_for(compile_world(load_scenario("phnom_penh_2022")), 262_144, 3)
    folder.mkdir()
    write_part(plan, folder, 0)
    write_manifests(plan, folder)
    first, manifest = folder / "observed" / "part-00000.parquet", json_in(folder / "manifest.json")
    for number in range(parts):
        name = f"observed/part-{number:05d}.parquet"
        if number:
            shutil.copyfile(first, folder / name)
        manifest["files"][name] = hashlib.sha256(first.read_bytes()).hexdigest()
    (folder / "manifest.json").write_text(json.dumps({**manifest, "rows": 262_144 * parts}))
    return folder


def _peak(cohort: Path, out: Path) -> float:
    """Export as CSV in a process of its own; return the largest memory that it held, in MiB."""
    code = (
        "import resource, sys; from pathlib import Path; from console.output import Output\n"
        "from console.commands.export import ExportOptions, export_data\n"
        "options = ExportOptions(Path(sys.argv[1]), 'csv', Path(sys.argv[2]), workers=1)\n"
        "export_data(options, Output(as_json=False, quiet=True))\n"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)"
    )
    words = [sys.executable, "-c", code, str(cohort), str(out)]
    printed = subprocess.run(words, check=True, capture_output=True, text=True).stdout
    shutil.rmtree(out)
    return float(printed.splitlines()[-1])
