"""The files of a cohort: the same bytes in chunks of any size, in every form, and without any file."""

import json
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from dossier.fields import fields
from dossier.tables import MARK, from_arrow
from synthetic import cohort_files
from synthetic.cohort import CHUNK, plan_for
from synthetic.cohort_files import (
    Form,
    identity_of,
    part_name,
    parts_of,
    row_layers,
    write_manifests,
    write_part,
)
from synthetic.compile import compile_world
from synthetic.draw import Drawn, Plan
from synthetic.scenarios import load_scenario
from synthetic.sealed import sealed_manifest

SEED = 31


@pytest.fixture(scope="module")
def plan() -> Plan:
    return plan_for(compile_world(load_scenario("phnom_penh_2022")), 2_500, SEED)


@pytest.fixture
def small_files(monkeypatch: pytest.MonkeyPatch) -> None:
    """Write parts of 2,000 rows in groups of 500."""
    monkeypatch.setattr(cohort_files, "ROWS_PER_GROUP", 500)
    monkeypatch.setattr(cohort_files, "ROWS_PER_PART", 2_000)


def content(folder: Path) -> dict[str, str]:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): sha256(path.read_bytes()).hexdigest() for path in files}


def written(plan: Plan, folder: Path, **options: Any) -> dict[str, str]:
    for number in range(len(parts_of(plan.size))):
        write_part(plan, folder, number, **options)
    return content(folder)


# --- chunks -------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("small_files")
def test_chunks_of_any_size_give_the_same_bytes(plan: Plan, tmp_path: Path) -> None:
    """Smaller than a row group, as large, larger, larger than a part, and such as fit into nothing."""
    expected = written(plan, tmp_path / "usual")
    for chunk in (120, 501, 1_300, 1_000_000):
        assert written(plan, tmp_path / str(chunk), chunk=chunk) == expected, chunk


@pytest.mark.slow
def test_chunks_of_the_usual_sizes_give_the_same_bytes(plan: Plan, tmp_path: Path) -> None:
    large = plan_for(plan.world, cohort_files.ROWS_PER_PART + 1_000, SEED)
    expected = written(large, tmp_path / "usual")
    for chunk in (1_000, CHUNK, 1_000_000):
        assert written(large, tmp_path / str(chunk), chunk=chunk) == expected, chunk
    file = pq.read_metadata(tmp_path / "usual" / "observed" / part_name(0))
    assert {file.row_group(index).num_rows for index in range(file.num_row_groups)} == {65_536}


@pytest.mark.usefixtures("small_files")
@pytest.mark.parametrize("chunk", [100, 500, 1_300, 5_000])
def test_as_many_rows_are_drawn_at_once_as_asked_for(
    chunk: int, plan: Plan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn: list[range] = []
    draw = Plan.draw

    def noted(self: Plan, rows: range) -> Drawn:
        drawn.append(rows)
        return draw(self, rows)

    monkeypatch.setattr(Plan, "draw", noted)
    seen: list[Drawn] = []
    write_part(plan, tmp_path, 0, seen.append, chunk=chunk)
    assert max(map(len, drawn)) == min(chunk - chunk % 500 or chunk, 2_000)
    assert [row for rows in drawn for row in rows] == list(range(2_000))
    assert [row for one in seen for row in one.rows] == list(range(2_000))
    for one in seen:
        assert len(one.applicants) == len(one.rows) <= 500


def test_a_chunk_of_no_rows_is_a_programmers_error(plan: Plan, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="at least one row"):
        write_part(plan, tmp_path, 0, chunk=0)


# --- forms --------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("small_files")
@pytest.mark.parametrize("form", ["arrow", "arrow-lz4"])
def test_arrow_files_hold_what_parquet_files_hold(form: Form, plan: Plan, tmp_path: Path) -> None:
    parquet = written(plan, tmp_path / "parquet")
    arrow = written(plan, tmp_path / "arrow", form=form)
    assert set(arrow) == {name.replace(".parquet", ".arrow") for name in parquet}
    for name in parquet:
        with pa.ipc.open_file(str(tmp_path / "arrow" / name.replace(".parquet", ".arrow"))) as opened:
            found = opened.read_all()
        expected = pq.read_table(tmp_path / "parquet" / name)
        assert found.schema.metadata == expected.schema.metadata
        assert found.schema.metadata[MARK] == b"true"
        assert found.to_pylist() == expected.to_pylist(), name


@pytest.mark.usefixtures("small_files")
def test_arrow_files_have_the_same_bytes_for_any_chunk(plan: Plan, tmp_path: Path) -> None:
    usual = written(plan, tmp_path / "usual", form="arrow")
    assert written(plan, tmp_path / "chunks", form="arrow", chunk=77) == usual


def test_arrow_files_can_be_screened(plan: Plan, tmp_path: Path) -> None:
    write_part(plan, tmp_path, 0, form="arrow")
    with pa.ipc.open_file(str(tmp_path / "observed" / part_name(0, "arrow"))) as opened:
        dossiers = from_arrow(opened.read_all(), fields(), where="x")
    assert dossiers.applicants.tolist() == plan.draw(range(plan.size)).applicants.tolist()


def test_without_files_everything_is_still_drawn(plan: Plan, tmp_path: Path) -> None:
    seen: list[int] = []
    write_part(plan, tmp_path / "none", 0, lambda drawn: seen.extend(drawn.rows), form=None)
    assert seen == list(range(plan.size))
    assert list(tmp_path.iterdir()) == []


def test_layers_of_rows_can_be_had_without_files(plan: Plan, tmp_path: Path) -> None:
    write_part(plan, tmp_path, 0)
    found = row_layers(plan.world, [plan.draw(range(10, 20)), plan.draw(range(20, 40))])
    assert set(found) == {"observed", "truth/truth", "truth/fields", "truth/declared", "truth/hidden"}
    for name, batch in found.items():
        stored = pq.read_table(tmp_path / name / part_name(0)).slice(10, 30)
        assert batch.to_pylist() == stored.to_pylist(), name


# --- manifests ----------------------------------------------------------------------------------------


def manifests(folder: Path) -> list[dict[str, Any]]:
    paths = (folder / "manifest.json", folder / "truth" / "manifest.json")
    return [json.loads(path.read_text(encoding="utf-8")) for path in paths]


def test_known_digests_are_not_read_again(plan: Plan, tmp_path: Path) -> None:
    digests = written(plan, tmp_path / "one")
    write_manifests(plan, tmp_path / "one")
    write_manifests(plan, tmp_path / "two", dict(reversed(digests.items())))
    for name in ("manifest.json", "truth/manifest.json"):
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


def test_a_cohort_without_files_has_manifests_too(plan: Plan, tmp_path: Path) -> None:
    write_manifests(plan, tmp_path / "none", {}, results=["0" * 64])
    public, sealed = manifests(tmp_path / "none")
    assert (public["rows"], public["files"], sealed["files"]) == (plan.size, {}, {})
    assert sealed["results"] == ["0" * 64]
    assert "results" not in public
    assert sealed_manifest(tmp_path / "none" / "truth").scenario == "phnom_penh_2022"


def test_arrow_files_are_vouched_for(plan: Plan, tmp_path: Path) -> None:
    digests = written(plan, tmp_path, form="arrow")
    write_manifests(plan, tmp_path)
    public, sealed = manifests(tmp_path)
    assert public["files"] | sealed["files"] == digests


def test_everything_that_decides_the_files_is_in_the_identity(plan: Plan) -> None:
    def identity(**options: Any) -> dict[str, Any]:
        return identity_of(plan_for(plan.world, **{"size": 2_500, "seed": SEED, **options}))

    usual = identity()
    assert usual == identity_of(plan)
    json.dumps(usual, allow_nan=False)
    for options in ({"size": 2_501}, {"seed": 32}, {"base_rate": 0.001}):
        assert identity(**options) != usual
    other = compile_world(load_scenario("baseline_year"))
    assert identity_of(plan_for(other, 2_500, SEED))["scenario_hash"] != usual["scenario_hash"]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cohort_files, "ROWS_PER_PART", np.int64(5).item())
        assert identity_of(plan) != usual
