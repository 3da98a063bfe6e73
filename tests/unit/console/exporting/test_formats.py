"""An export holds the very cells of the cohort, in each format, and other programs read them."""

import csv
import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from console.exporting.columns import OBSERVED, SCREENED, SEALED_TABLES, TABLES, columns_of
from console.exporting.formats import FORMATS
from dossier.fields import fields
from tests.unit.console.exporting.exports import export, files_below
from tests.unit.console.terminal import saring

FORMULA = re.compile(r"^[=+@\t\r-]")


def cells(folder: Path) -> list[dict[str, Any]]:
    """Return the rows of a folder of Parquet, as Python has them."""
    rows: list[dict[str, Any]] = pq.read_table(folder).to_pylist()
    return rows


def all_folders(tables: tuple[str, ...]) -> list[str]:
    return [f"truth/{name}" if name in SEALED_TABLES else name for name in tables]


@pytest.fixture(scope="module")
def exports(run: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    place = tmp_path_factory.mktemp("formats")
    return {form: export(run, place / form, form, with_truth=True, with_screened=True) for form in FORMATS}


def original(run: Path, folder: str) -> Path:
    return run / folder if folder == SCREENED else run / "cohort" / folder


@pytest.mark.parametrize("folder", all_folders(TABLES))
def test_parquet_holds_the_very_bytes_of_the_run(folder: str, run: Path, exports: dict[str, Path]) -> None:
    if folder == "truth/mechanisms":  # written as one row group there, however long
        assert cells(exports["parquet"] / folder) == cells(original(run, folder))
    else:
        assert files_below(exports["parquet"] / folder) == {
            name: content
            for name, content in files_below(original(run, folder)).items()
            if name.endswith(".parquet")
        }


@pytest.mark.parametrize("folder", all_folders(TABLES))
def test_arrow_holds_the_same_cells_types_and_marks(folder: str, run: Path, exports: dict[str, Path]) -> None:
    expected = pq.read_table(original(run, folder))
    (file,) = (exports["arrow"] / folder).iterdir()
    with pa.memory_map(str(file)) as mapped:
        found = pa.ipc.open_file(mapped).read_all()
    assert found.equals(expected)
    assert found.schema.types == expected.schema.types
    assert found.schema.metadata[b"saring.synthetic"] == b"true"


@pytest.mark.parametrize("folder", all_folders(TABLES))
def test_json_lines_hold_the_same_cells(folder: str, run: Path, exports: dict[str, Path]) -> None:
    (file,) = (exports["jsonl"] / folder).iterdir()
    rows = [json.loads(line, parse_constant=_refuse) for line in file.read_text("utf-8").splitlines()]
    expected = cells(original(run, folder))
    assert [row.pop("synthetic") for row in rows] == [True] * len(expected)
    assert rows == [{name: _in_json(name, cell) for name, cell in row.items()} for row in expected]


@pytest.mark.parametrize("folder", all_folders(TABLES))
def test_csv_holds_the_same_cells(folder: str, run: Path, exports: dict[str, Path]) -> None:
    (file,) = (exports["csv"] / folder).iterdir()
    with file.open(encoding="utf-8", newline="") as opened:
        rows = list(csv.DictReader(opened))
    expected = cells(original(run, folder))
    assert [row.pop("synthetic") for row in rows] == ["true"] * len(expected)
    assert rows == [{name: _in_csv(name, cell) for name, cell in row.items()} for row in expected]


def _refuse(word: str) -> None:
    raise AssertionError(f"{word} is no JSON")


def _in_json(name: str, cell: Any) -> Any:
    if name == "applicant":
        return f"{cell:016d}"
    return None if cell == float("inf") else cell


def _in_csv(name: str, cell: Any) -> str:
    if name == "applicant":
        return f"{cell:016d}"
    if isinstance(cell, float) and cell != float("inf"):
        return repr(cell).removesuffix(".0")
    return "" if cell is None else str(cell)


def test_csv_is_as_rfc_4180_wants_it(exports: dict[str, Path]) -> None:
    (file,) = (exports["csv"] / "truth" / "fields").iterdir()
    content = file.read_bytes()
    assert content.endswith(b"\r\n")
    assert b"\n" not in content.replace(b"\r\n", b"")
    assert content.startswith(b"synthetic,applicant,sex,age,")
    assert b'"500,000-1,499,999"' in content, "a comma within a cell wants quotes"


def test_no_cell_is_a_formula_for_a_spreadsheet(exports: dict[str, Path]) -> None:
    texts = {
        cell
        for file in exports["csv"].rglob("*.csv")
        for row in csv.reader(file.read_text(encoding="utf-8").splitlines())
        for cell in row
        if not re.fullmatch(r"-?\d+(\.\d+)?|inf", cell)
    }
    assert len(texts) > 200
    assert [cell for cell in texts if FORMULA.match(cell)] == []


def test_no_declared_code_is_a_formula_or_holds_markup() -> None:
    codes = [code for name in TABLES for column in columns_of(name).values() for code in column.codes]
    assert len(codes) > 400
    assert [code for code in codes if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_.,-]*", code)] == []


def test_pandas_reads_the_csv_and_the_json_lines_alike(run: Path, exports: dict[str, Path]) -> None:
    expected = pd.read_parquet(run / "cohort" / OBSERVED)
    (file,) = (exports["csv"] / OBSERVED).iterdir()
    (lines,) = (exports["jsonl"] / OBSERVED).iterdir()
    as_csv = pd.read_csv(file, dtype={"applicant": str})
    as_lines = pd.read_json(lines, lines=True, dtype={"applicant": str})
    for found in (as_csv, as_lines):
        assert list(found.columns) == ["synthetic", *expected.columns]
        assert found["applicant"].tolist() == [f"{number:016d}" for number in expected["applicant"]]
        for name, field in fields().items():
            if field.is_number:
                assert found[name].sum() == expected[name].sum()
            else:
                assert found[name].value_counts().to_dict() == _counted(expected[name])


def _counted(column: "pd.Series[Any]") -> dict[str, int]:
    return {str(code): int(times) for code, times in column.value_counts().items() if times}


def answered(asked: str) -> list[tuple[Any, ...]]:
    """Return what DuckDB answers, in a database of its own."""
    with duckdb.connect() as opened:
        found: list[tuple[Any, ...]] = opened.execute(asked).fetchall()
    return found


@pytest.mark.parametrize("form", ["parquet", "csv", "jsonl"])
def test_duckdb_reads_every_part_of_an_export(form: str, in_parts: Path, tmp_path: Path) -> None:
    folder = export(in_parts, tmp_path / "out", form) / OBSERVED
    reader = {"parquet": "read_parquet", "csv": "read_csv", "jsonl": "read_json"}[form]
    asked = f"select stated_purpose, count(*) from {reader}('{folder}/*.{form}') group by 1"
    expected = Counter(row["stated_purpose"] for row in cells(in_parts / OBSERVED))
    assert dict(answered(asked)) == expected


def test_duckdb_and_polars_read_the_cohort_directly(in_parts: Path) -> None:
    expected = Counter((row["sex"], row["job_offer"]) for row in cells(in_parts / OBSERVED))
    place = f"{in_parts}/observed/*.parquet"
    asked = f"select sex, job_offer, count(*), sum(age) from read_parquet('{place}') group by 1, 2"
    by_duckdb = answered(asked)
    assert {(sex, offer): count for sex, offer, count, _ in by_duckdb} == expected
    frame = pl.scan_parquet(place)
    assert frame.select(pl.len()).collect().item() == 300
    by_polars = frame.group_by("sex", "job_offer").agg(pl.len(), pl.col("age").sum()).collect()
    assert sorted(map(str, by_polars.rows())) == sorted(map(str, by_duckdb))


def test_polars_reads_the_arrow_files(in_parts: Path, tmp_path: Path) -> None:
    folder = export(in_parts, tmp_path / "out", "arrow") / OBSERVED
    found = pl.concat([pl.read_ipc(file) for file in sorted(folder.iterdir())])
    expected = cells(in_parts / OBSERVED)
    assert found.to_dicts() == expected


def test_saring_screens_an_exported_cohort_again(run: Path, exports: dict[str, Path], tmp_path: Path) -> None:
    for folder, out in ((run / "cohort", "own"), (exports["parquet"], "exported")):
        result = saring("screen", folder, "--out", tmp_path / out)
        assert result.exit_code == 0, result.stderr
    own, exported = (pq.read_table(tmp_path / out / "part-00000.parquet") for out in ("own", "exported"))
    assert exported.equals(own)


def test_an_arrow_export_can_be_exported_again(exports: dict[str, Path], tmp_path: Path) -> None:
    again = export(exports["arrow"], tmp_path / "again", "parquet", with_truth=True)
    for folder in all_folders((OBSERVED, *SEALED_TABLES)):
        assert cells(again / folder) == cells(exports["parquet"] / folder)
