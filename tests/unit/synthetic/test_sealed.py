"""Reading the sealed side back: what is wrong with it is named, with the file it stands in."""

import json
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from dossier.problems import BadInput, Problem
from synthetic.cohort import plan_for
from synthetic.cohort_files import write_manifests, write_part, written_aside
from synthetic.sealed import read_origin, read_sealed, truths_of
from tests.unit.synthetic.worlds import SEED
from tests.unit.synthetic.worlds import world as world_named

SIZE = 300
PART = "part-00000.parquet"
NAMES = ("sex", "age")
Change = Callable[[pa.Table], pa.Table]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    plan = plan_for(world_named("phnom_penh_2022"), SIZE, SEED)
    with written_aside(tmp_path / "cohort") as aside:
        write_part(plan, aside, 0)
        write_manifests(plan, aside)
    return tmp_path / "cohort"


def problem_of(folder: Path) -> Problem:
    with pytest.raises(BadInput) as raised:
        read_sealed(folder, NAMES)
    (problem,) = raised.value.problems
    assert problem.mend
    for word in ("Error", "FieldRef", "Input should", "Parquet magic", "NoneType"):
        assert word not in str(problem)
    return problem


def rewrite(file: Path, change: Change) -> None:
    pq.write_table(change(pq.read_table(file)), file)


def with_word(column: str, word: str | None) -> Change:
    def change(table: pa.Table) -> pa.Table:
        at = table.column_names.index(column)
        return table.set_column(at, column, pa.array([word] * len(table), pa.string()).dictionary_encode())

    return change


def test_what_was_written_is_read(folder: Path) -> None:
    sealed = read_sealed(folder, NAMES)
    world = world_named("phnom_penh_2022")
    drawn = plan_for(world, SIZE, SEED).draw(range(SIZE))
    assert sealed.truth.applicants.tolist() == drawn.applicants.tolist()
    assert sealed.truth.network.tolist() == drawn.network.tolist()
    assert sealed.scenario == "phnom_penh_2022"
    for name in NAMES:
        assert sealed.codes[name].tolist() == drawn.truth[name].tolist()
    (truth,) = truths_of(folder, read_origin(folder).parts)
    assert truth.module.tolist() == sealed.truth.module.tolist()


@pytest.mark.parametrize("layer", ["truth", "fields"])
@pytest.mark.parametrize("content", [b"", b"junk" * 100, b"PAR1"])
def test_a_file_that_is_no_parquet_is_named(layer: str, content: bytes, folder: Path) -> None:
    file = folder / "truth" / layer / PART
    file.write_bytes(content)
    assert problem_of(folder).where == str(file)


@pytest.mark.parametrize(
    ("layer", "column"),
    [("truth", "truth_class"), ("truth", "network"), ("fields", "sex"), ("fields", "applicant")],
)
def test_a_column_that_is_gone_is_named(layer: str, column: str, folder: Path) -> None:
    file = folder / "truth" / layer / PART
    rewrite(file, lambda table: table.drop_columns([column]))
    problem = problem_of(folder)
    assert problem.where == str(file)
    assert f"the column '{column}' is missing" in problem.what


@pytest.mark.parametrize(("layer", "column"), [("truth", "module"), ("truth", "tier"), ("fields", "sex")])
def test_a_word_that_nobody_knows_is_named(layer: str, column: str, folder: Path) -> None:
    file = folder / "truth" / layer / PART
    rewrite(file, with_word(column, "moonstruck"))
    problem = problem_of(folder)
    assert problem.where == str(file)
    assert "unknown word 'moonstruck'" in problem.what


@pytest.mark.parametrize("column", ["truth_class", "module"])
def test_everybody_is_somebody(column: str, folder: Path) -> None:
    rewrite(folder / "truth" / "truth" / PART, with_word(column, None))
    assert f"the column '{column}' is empty" in problem_of(folder).what


def test_answers_of_other_people_are_refused(folder: Path) -> None:
    file = folder / "truth" / "fields" / PART
    rewrite(file, lambda table: table.take(list(range(SIZE))[::-1]))
    problem = problem_of(folder)
    assert problem.where == str(file)
    assert "of another cohort than" in problem.what


@pytest.mark.parametrize("layer", ["truth", "fields"])
def test_a_layer_without_files_is_named(layer: str, folder: Path) -> None:
    (folder / "truth" / layer / PART).unlink()
    assert str(folder / "truth" / layer) in problem_of(folder).where


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"modules": None}, "'modules'"),
        ({"modules": [{"id": "x", "kind": "journey"}]}, "'modules.0.family'"),
        ({"tiers": 5}, "'tiers'"),
        ({"scenario": 5}, "'scenario'"),
        ({"stage": "moon"}, "'stage'"),
        ({"base_rate": 7}, "'base_rate'"),
        ({"levers": "x"}, "'levers'"),
    ],
)
def test_a_manifest_that_cannot_be_is_named_with_its_key(
    change: dict[str, object], said: str, folder: Path
) -> None:
    path = folder / "truth" / "manifest.json"
    path.write_text(json.dumps({**json.loads(path.read_text(encoding="utf-8")), **change}), encoding="utf-8")
    problem = problem_of(folder)
    assert problem.where == str(path)
    assert said in problem.what


def test_a_manifest_may_be_older(folder: Path) -> None:
    path = folder / "truth" / "manifest.json"
    manifest = json.loads(path.read_text(encoding="utf-8"))
    for key in ("year", "stage", "base_rate", "weights", "levers", "difficulty"):
        del manifest[key]
    path.write_text(json.dumps(manifest), encoding="utf-8")
    assert (read_sealed(folder).stage, read_sealed(folder).base_rate) == ("", None)
    assert read_origin(folder).levers == ()
