"""A cohort keeps its truth sealed: what a screener may open says nothing of what only the simulator knows.

Not by column, not by file name, not by a count of rows, not by an empty cell, and not by the seed, for who
holds the seed holds the answers.
"""

import json
from collections.abc import Iterator, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow.parquet as pq
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from dossier.fields import MISSING, NOT_APPLICABLE, fields
from dossier.problems import BadInput
from dossier.tables import APPLICANT, MARK, REFERENCES, from_arrow
from dossier.truth import TruthClass
from synthetic import cohort, cohort_files
from synthetic.audit import base_group, modules_with, only
from synthetic.cohort_files import written_aside
from synthetic.draw import Drawn, Plan
from tests.unit.synthetic.worlds import RELEASED, world

SCENARIO = "phnom_penh_2022"
SEED = 918_273_645
SIZE = 3_000
PER_SIDE = 12_000

TYPOLOGIES = [(name, module) for name in RELEASED for module in modules_with(world(name), TruthClass.VICTIM)]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return written(tmp_path_factory.mktemp("cohorts") / "cohort", SEED)


def written(folder: Path, seed: int) -> Path:
    """Write a small cohort in three parts and return its folder."""
    plan = cohort.plan_for(world(SCENARIO), SIZE, seed)
    with pytest.MonkeyPatch.context() as patch, written_aside(folder) as aside:
        patch.setattr(cohort_files, "ROWS_PER_GROUP", 500)
        patch.setattr(cohort_files, "ROWS_PER_PART", 1_000)
        for number in range(len(cohort_files.parts_of(SIZE))):
            cohort_files.write_part(plan, aside, number)
        cohort_files.write_manifests(plan, aside)
    return folder


def manifest(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    return found


def names(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


# --- what lies where ----------------------------------------------------------------------------------


def test_a_cohort_is_an_observed_folder_a_sealed_one_and_a_manifest(folder: Path) -> None:
    assert sorted(path.name for path in folder.iterdir()) == ["manifest.json", "observed", "truth"]
    parts = [f"part-{number:05d}.parquet" for number in range(3)]
    assert sorted(path.name for path in (folder / "observed").iterdir()) == parts
    sealed = {path.name for path in (folder / "truth").iterdir()}
    assert sealed == {"manifest.json", "truth", "fields", "declared", "hidden", "mechanisms", "edges"}


def test_observed_files_hold_the_fields_of_a_dossier_and_nothing_else(folder: Path) -> None:
    """Nothing else but who shares with whom, in numbers that the fields do not hold."""
    for path in (folder / "observed").iterdir():
        assert pq.read_schema(path).names == [APPLICANT, *REFERENCES, *fields()]


def test_observed_values_are_what_was_observed(folder: Path) -> None:
    """Neither the truth nor the declaration slipped into the file."""
    drawn = Plan(world(SCENARIO), SEED, SIZE).draw(range(SIZE))
    table = pq.ParquetDataset(folder / "observed").read()
    found = from_arrow(table, fields(), where="observed")
    for name, values in drawn.values.items():
        assert np.array_equal(found.columns[name], values), name
    assert found.applicants.tolist() == drawn.applicants.tolist()


def test_the_sealed_side_joins_by_identity_number(folder: Path) -> None:
    drawn = Plan(world(SCENARIO), SEED, SIZE).draw(range(SIZE))
    truth = pq.ParquetDataset(folder / "truth" / "truth").read()
    assert truth.column(APPLICANT).to_pylist() == drawn.applicants.tolist()
    labels = [TruthClass(world(SCENARIO).kinds[kind].truth_class).label for kind in drawn.kinds]
    assert truth.column("truth_class").to_pylist() == labels


def test_files_and_their_sizes_are_the_same_whoever_is_in_them(folder: Path, tmp_path: Path) -> None:
    other = written(tmp_path / "cohort", SEED + 1)
    assert names(other) == names(folder)
    for name in (name for name in names(folder) if name.startswith("observed/")):
        one, two = (pq.read_metadata(place / name) for place in (folder, other))
        groups = [[found.row_group(i).num_rows for i in range(found.num_row_groups)] for found in (one, two)]
        assert groups[0] == groups[1] == [500, 500]
        assert one.schema.to_arrow_schema().metadata == two.schema.to_arrow_schema().metadata


def test_files_keep_no_statistics_of_their_columns(folder: Path) -> None:
    group = pq.read_metadata(folder / "observed" / "part-00000.parquet").row_group(0)
    assert not any(group.column(index).is_stats_set for index in range(group.num_columns))


# --- the seed -----------------------------------------------------------------------------------------


def test_the_seed_stands_in_the_sealed_manifest_only(folder: Path) -> None:
    holding = [name for name in names(folder) if str(SEED).encode() in (folder / name).read_bytes()]
    assert holding == ["truth/manifest.json"]
    assert json.loads((folder / "truth" / "manifest.json").read_text(encoding="utf-8"))["seed"] == SEED


def test_the_public_manifest_says_only_where_the_files_come_from(folder: Path) -> None:
    expected = {
        "synthetic",
        "schema_version",
        "scenario_hash",
        "evidence_hash",
        "code_version",
        "rows",
        "files",
    }
    assert set(manifest(folder)) == expected
    assert all(name.startswith("observed/") for name in manifest(folder)["files"])
    assert manifest(folder)["rows"] == SIZE


# --- the mark -----------------------------------------------------------------------------------------


def test_every_file_and_manifest_carries_the_same_marks(folder: Path) -> None:
    """Sealed files too: none of them may ever pass for data about people."""
    public = manifest(folder)
    sealed = json.loads((folder / "truth" / "manifest.json").read_text(encoding="utf-8"))
    marks = ("schema_version", "scenario_hash", "evidence_hash", "code_version")
    assert public["synthetic"] is sealed["synthetic"] is True
    assert [public[mark] for mark in marks] == [sealed[mark] for mark in marks]
    for path in folder.rglob("*.parquet"):
        metadata: Mapping[bytes, bytes] = pq.read_schema(path).metadata
        assert metadata[MARK] == b"true", path
        told = [metadata[f"saring.{mark}".encode()].decode() for mark in marks]
        assert told == [public[mark] for mark in marks], path


def test_the_manifests_vouch_for_every_file(folder: Path) -> None:
    sealed = json.loads((folder / "truth" / "manifest.json").read_text(encoding="utf-8"))
    vouched = {**manifest(folder)["files"], **sealed["files"]}
    assert vouched == {
        name: sha256((folder / name).read_bytes()).hexdigest()
        for name in names(folder)
        if name.endswith(".parquet")
    }


@pytest.mark.parametrize("sealed", ["truth", "fields", "declared", "hidden", "mechanisms", "edges"])
def test_a_sealed_file_cannot_be_screened_by_mistake(folder: Path, sealed: str) -> None:
    table = pq.read_table(folder / "truth" / sealed / "part-00000.parquet")
    with pytest.raises(BadInput, match="column"):
        from_arrow(table, fields(), where=sealed)


# --- empty cells --------------------------------------------------------------------------------------


def sides(name: str, typology: str) -> tuple[Drawn, Drawn]:
    """Return victims of a typology, and people of its base journey and lookalikes."""
    world_ = world(name)
    return (
        Plan(world_, 31, PER_SIDE, only(world_, [typology])).draw(range(PER_SIDE)),
        Plan(world_, 32, PER_SIDE, only(world_, base_group(world_, typology))).draw(range(PER_SIDE)),
    )


def area_of(features: tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]) -> float:
    """Return the area under the curve of a classifier that is fitted to every other row, on the rest."""
    rows = np.concatenate(features)
    label = np.repeat([1, 0], [len(side) for side in features])
    fitted = np.arange(len(rows)) % 2 == 0
    model = LogisticRegression(max_iter=300).fit(rows[fitted], label[fitted])
    return float(roc_auc_score(label[~fitted], model.decision_function(rows[~fitted])))


def emptiness(drawn: Drawn, asked: list[str], rows: npt.NDArray[np.bool_]) -> npt.NDArray[np.float32]:
    return np.stack([drawn.observed[name][rows] == MISSING for name in asked], axis=1).astype(np.float32)


ENOUGH = 2_000


@pytest.mark.parametrize(("name", "typology"), TYPOLOGIES)
def test_empty_cells_say_nothing_where_everybody_is_asked(name: str, typology: str) -> None:
    """Loss depends on offices and, for a few fields, a little on the answer: never on the type."""
    asked = [field.name for field in fields().values() if field.gate is None]
    everyone = np.ones(PER_SIDE, dtype=bool)
    one, other = (emptiness(side, asked, everyone) for side in sides(name, typology))
    assert abs(area_of((one, other)) - 0.5) < 0.05


@pytest.mark.parametrize(("name", "typology"), TYPOLOGIES)
def test_empty_cells_say_nothing_among_those_with_a_job_offer(name: str, typology: str) -> None:
    asked = [field.name for field in fields().values() if field.gate_field == "job_offer"]
    yes = fields()["job_offer"].code("yes")
    one, other = (emptiness(side, asked, side.observed["job_offer"] == yes) for side in sides(name, typology))
    if min(len(one), len(other)) < ENOUGH:
        pytest.skip("too few of them have an offer to tell a pattern from chance")
    assert abs(area_of((one, other)) - 0.5) < 0.05


@pytest.mark.parametrize(("name", "typology"), TYPOLOGIES)
def test_the_whole_pattern_of_empty_cells_says_little(name: str, typology: str) -> None:
    """What is left is not loss but the gates: an empty cell also says that the question arose."""
    everyone = np.ones(PER_SIDE, dtype=bool)
    one, other = (emptiness(side, list(fields()), everyone) for side in sides(name, typology))
    assert area_of((one, other)) < 0.62


def test_what_does_not_apply_follows_from_answers_that_are_seen_anyway(folder: Path) -> None:
    found = from_arrow(pq.ParquetDataset(folder / "observed").read(), fields(), where="observed")
    for field in fields().values():
        closed = found.columns[field.name] == NOT_APPLICABLE
        for gate, labels in (field.gate or {"sex": ("female", "male")}).items():
            opening = [fields()[gate].code(label) for label in labels]
            assert np.array_equal(closed, ~np.isin(found.columns[gate], opening)), field.name


# --- nothing half-written -----------------------------------------------------------------------------


def leftovers(parent: Path) -> Iterator[str]:
    """Yield everything in a folder, what is hidden too."""
    return (path.name for path in parent.iterdir())


def test_nothing_is_left_of_a_cohort_that_failed(tmp_path: Path) -> None:
    def fail_half_way() -> None:
        with written_aside(tmp_path / "cohort") as aside:
            cohort_files.write_part(cohort.plan_for(world(SCENARIO), 100, SEED), aside, 0)
            assert list((aside / "observed").iterdir())
            raise RuntimeError("the lamp went out")

    with pytest.raises(RuntimeError, match="the lamp went out"):
        fail_half_way()
    assert list(leftovers(tmp_path)) == []


def test_an_interruption_leaves_nothing_either(tmp_path: Path) -> None:
    def interrupted() -> None:
        with written_aside(tmp_path / "cohort") as aside:
            (aside / "x").write_text("half", encoding="utf-8")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert list(leftovers(tmp_path)) == []


def test_nothing_bears_the_name_of_a_cohort_before_it_is_whole(tmp_path: Path) -> None:
    with written_aside(tmp_path / "cohort") as aside:
        assert not (tmp_path / "cohort").exists()
        assert aside.name.startswith(".")
        (aside / "x").write_text("whole", encoding="utf-8")
    assert list(leftovers(tmp_path)) == ["cohort"]
    assert (tmp_path / "cohort" / "x").read_text(encoding="utf-8") == "whole"


def test_a_cohort_that_is_there_is_not_overwritten_unasked(tmp_path: Path) -> None:
    (tmp_path / "cohort").mkdir()
    with pytest.raises(BadInput, match="exists already"), written_aside(tmp_path / "cohort"):
        pytest.fail("nothing may be written")
    assert list(leftovers(tmp_path)) == ["cohort"]


def test_a_cohort_is_replaced_when_asked_and_only_by_a_whole_one(tmp_path: Path) -> None:
    old = tmp_path / "cohort"
    old.mkdir()
    (old / "old.parquet").touch()
    (old / "_work.json").touch()

    def replaced(*, whole: bool) -> None:
        with written_aside(old, force=True) as aside:
            (aside / "new.parquet").touch()
            if not whole:
                raise RuntimeError("no room")

    with pytest.raises(RuntimeError, match="no room"):
        replaced(whole=False)
    assert sorted(leftovers(old)) == ["_work.json", "old.parquet"]
    replaced(whole=True)
    assert list(leftovers(old)) == ["new.parquet"]
    assert list(leftovers(tmp_path)) == ["cohort"]


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(BadInput, match="cannot be written"), written_aside(tmp_path / "file" / "cohort"):
        pytest.fail("nothing may be written")


def test_a_part_that_fails_closes_its_files(tmp_path: Path) -> None:
    """Whoever is told of the chunks may fail; what was opened is closed and can be removed."""

    def fail(_: Drawn) -> None:
        raise RuntimeError("no room")

    with pytest.raises(RuntimeError, match="no room"), written_aside(tmp_path / "cohort") as aside:
        cohort_files.write_part(cohort.plan_for(world(SCENARIO), 100, SEED), aside, 0, fail)
    assert list(leftovers(tmp_path)) == []


def test_whoever_listens_hears_of_every_row_once_and_in_order(tmp_path: Path) -> None:
    heard: list[int] = []
    plan = cohort.plan_for(world(SCENARIO), cohort.CHUNK + 10, SEED)
    with written_aside(tmp_path / "cohort") as aside:
        cohort_files.write_part(plan, aside, 0, lambda chunk: heard.extend(chunk.rows))
    assert heard == list(range(cohort.CHUNK + 10))
