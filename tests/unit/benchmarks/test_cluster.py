"""The benchmark of clusters does what a run does with a part."""

from pathlib import Path

import pytest

from benchmarks.cluster import STAGE, Part
from console.pipeline import Job
from screening.rules_only import published_rulebooks
from screening.screener import Screener
from synthetic import cohort_files, load_scenario
from synthetic.cohort import plan_for
from synthetic.compile import compile_world

ROWS = 400


def test_a_part_can_be_done_again_and_writes_the_files_of_a_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cohort_files, "ROWS_PER_PART", ROWS)
    plan = plan_for(compile_world(load_scenario("batam_2022")), 2 * ROWS, 1)
    task = Part(Job(plan, Screener.default(), None, STAGE, published_rulebooks()), ROWS, tmp_path)
    first, again, other = task.result(1), task.result(1), task.result(0)
    assert first.digests == again.digests != other.digests
    for number in (0, 1):
        for layer in ("cohort/observed", "screened"):
            assert (tmp_path / str(number) / layer / f"part-{number:05d}.parquet").is_file()
