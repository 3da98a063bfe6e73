"""The generator is reproducible: scenario, seed and size decide every code and every byte.

The number of workers, the size of chunks, the order of work, the process and the platform decide nothing.
"""

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from hashlib import sha256
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from dossier.fields import fields
from synthetic import cohort, cohort_files
from synthetic.draw import Drawn, Plan
from tests.baseline.baselines import HINT, on_record
from tests.unit.synthetic.worlds import RELEASED, world

SEED = 7
ROWS = 10_000
SMALL = 20_000
SCENARIO = "phnom_penh_2022"
LAYERS = ("truth", "declared", "observed", "values")


# --- codes --------------------------------------------------------------------------------------------


def columns(drawn: Drawn) -> Iterator[tuple[str, list[npt.NDArray[np.int64]]]]:
    """Yield every column of drawn rows; a field comes with all its layers."""
    for name in ("applicants", "kinds", "network"):
        yield name, [getattr(drawn, name)]
    for name, codes in drawn.hidden.items():
        yield f"hidden.{name}", [codes.astype(np.int64)]
    for name in fields():
        yield name, [getattr(drawn, layer)[name].astype(np.int64) for layer in LAYERS]
    for name, actors in drawn.actors.items():
        yield f"actors.{name}", [actors]


def digests(drawn: Drawn) -> dict[str, str]:
    """Return the SHA-256 of every column, as 64-bit integers with the least byte first."""
    return {
        name: sha256(b"".join(part.astype("<i8").tobytes() for part in parts)).hexdigest()
        for name, parts in columns(drawn)
    }


def digest_of_all(drawn: Drawn) -> str:
    return sha256("".join(digests(drawn).values()).encode()).hexdigest()


def test_the_codes_of_released_scenarios_are_those_on_record() -> None:
    found = {name: digests(Plan(world(name), SEED, ROWS).draw(range(ROWS))) for name in RELEASED}
    recorded = on_record("generator", {"seed": SEED, "rows": ROWS, "scenarios": found})
    scenarios: Mapping[str, Mapping[str, str]] = recorded.get("scenarios", {})
    assert set(scenarios) == set(found), HINT
    changed = [
        f"{scenario}: {column}"
        for scenario, sums in found.items()
        for column in {**sums, **scenarios[scenario]}
        if sums.get(column) != scenarios[scenario].get(column)
    ]
    assert changed == [], f"{len(changed)} columns are not what they were. {HINT}"


@pytest.mark.parametrize("name", RELEASED)
@pytest.mark.parametrize("size", [1_000, 777])
def test_codes_are_the_same_for_any_chunk_size(name: str, size: int) -> None:
    plan = Plan(world(name), SEED, ROWS)
    whole = dict(columns(plan.draw(range(4_000))))
    chunks = [dict(columns(plan.draw(chunk))) for chunk in cohort.chunks_of(range(4_000), size)]
    for column, layers in whole.items():
        for layer, expected in enumerate(layers):
            joined = np.concatenate([chunk[column][layer] for chunk in chunks])
            assert np.array_equal(joined, expected), column


def test_another_seed_changes_every_column() -> None:
    one, other = (digests(Plan(world(SCENARIO), seed, ROWS).draw(range(2_000))) for seed in (SEED, SEED + 1))
    alike = [name for name in one if one[name] == other[name]]
    assert alike == ["checkpoint_lane"]  # everybody passes an officer's desk here


def test_another_scenario_changes_the_codes_and_not_the_identity_numbers() -> None:
    one, other = (digests(Plan(world(name), SEED, ROWS).draw(range(2_000))) for name in RELEASED[-2:])
    assert one["applicants"] == other["applicants"]
    assert one["stated_country"] != other["stated_country"]


def test_another_process_draws_the_same(tmp_path: Path) -> None:
    """A process of its own, with another order of sets and another working directory."""
    script = (
        "from tests.spec.test_generator_is_reproducible import *\n"
        "print(digest_of_all(Plan(world(SCENARIO), SEED, ROWS).draw(range(2_000))))"
    )
    root = str(Path(__file__).parents[2])
    settings = {**os.environ, "PYTHONHASHSEED": "2022", "PYTHONPATH": root}
    result = subprocess.run(
        [sys.executable, "-c", script], cwd=tmp_path, env=settings, capture_output=True, text=True, check=True
    )
    assert result.stdout.strip() == digest_of_all(Plan(world(SCENARIO), SEED, ROWS).draw(range(2_000)))


# --- bytes --------------------------------------------------------------------------------------------


@pytest.fixture
def small_files(monkeypatch: pytest.MonkeyPatch) -> None:
    """Write parts of 8,192 rows in groups of 2,048, so that a small cohort has several of both."""
    monkeypatch.setattr(cohort_files, "ROWS_PER_GROUP", 2_048)
    monkeypatch.setattr(cohort_files, "ROWS_PER_PART", 8_192)


def written(
    folder: Path, *, seed: int = SEED, backwards: bool = False, chunk: int = cohort.CHUNK
) -> dict[str, str]:
    """Write a small cohort and return the SHA-256 of all its files."""
    plan = cohort.plan_for(world(SCENARIO), SMALL, seed)
    numbers = list(range(len(cohort_files.parts_of(SMALL))))
    with cohort_files.written_aside(folder) as aside:
        for number in reversed(numbers) if backwards else numbers:
            cohort_files.write_part(plan, aside, number, chunk=chunk)
        cohort_files.write_manifests(plan, aside)
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): sha256(path.read_bytes()).hexdigest() for path in files}


@pytest.mark.usefixtures("small_files")
def test_files_have_the_same_bytes_however_they_were_made(tmp_path: Path) -> None:
    """Parts in another order, as other workers would make them, and rows drawn in other chunks."""
    plain = written(tmp_path / "plain")
    assert len([name for name in plain if name.startswith("observed/")]) == 3

    assert written(tmp_path / "backwards", backwards=True) == plain

    for chunk in (700, 5_000, 1_000_000):
        assert written(tmp_path / f"chunks_of_{chunk}", chunk=chunk) == plain


@pytest.mark.usefixtures("small_files")
def test_another_seed_changes_every_file(tmp_path: Path) -> None:
    one, other = written(tmp_path / "one"), written(tmp_path / "other", seed=SEED + 1)
    assert one.keys() == other.keys()
    assert [name for name in one if one[name] == other[name]] == []


@pytest.mark.usefixtures("small_files")
def test_drawing_in_memory_and_to_files_gives_the_same_people(tmp_path: Path) -> None:
    import pyarrow.parquet as pq

    from dossier.tables import from_arrow
    from synthetic import draw
    from synthetic.scenarios import load_scenario

    written(tmp_path / "cohort")
    table = pq.ParquetDataset(tmp_path / "cohort" / "observed").read()
    from_files = from_arrow(table, fields(), where="observed")
    in_memory = draw(load_scenario(SCENARIO), n=SMALL, seed=SEED).dossiers
    assert from_files.applicants.tolist() == in_memory.applicants.tolist()
    for name, values in in_memory.columns.items():
        assert np.array_equal(from_files.columns[name], values), name
