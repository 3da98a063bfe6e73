"""What a part costs, and what follows for a national decade and a thousand scenarios on a cluster.

Measured: the fixed costs of starting, compiling and shipping; processor time of drawing, writing, screening
and evaluating a row; bytes written for a row and sent back for a part; and whole runs of 1, 2 and 4 parts on
a real scheduler with one worker process and with two. Everything beyond that is extrapolated by the sums in
`benchmarks/peers/cluster_costs.py` and called so. Nobody's misses or flags are looked at here. Run it with

    python -m benchmarks.cluster [--rows N] [--quick]
"""

import argparse
import json
import math
import os
import resource
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, cast

import cloudpickle

from benchmarks.peers.cluster_costs import costs, page_with
from benchmarks.peers.measuring import machine, median_seconds, version_of
from console.parts.parallel import Workers, each_part
from console.pipeline import Job
from dossier.places import place_of
from dossier.stages import Stage
from screening.rules_only import published_rulebooks
from screening.screener import Screener
from synthetic import cohort_files
from synthetic.cohort import chunks_of, dossiers_of, plan_for
from synthetic.compile import compile_world
from synthetic.draw import Plan
from synthetic.scenarios import load_scenario

ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / "benchmarks" / "results" / "cluster.json"
PAGE = ROOT / "docs" / "cluster.md"

SCENARIO = "baseline_year"
SEED = 20_261_122
STAGE = Stage.VERIFICATION
PARTITIONS = (1, 2, 4)
WORKERS = (1, 2)
ROWS_TIMED = 65_536
TRIVIAL_PARTS = 1_000
REPEATS = 5
QUICK = 16
"""In a quick run everything is smaller by this factor; its figures are for nobody."""


@dataclass(frozen=True)
class Part:
    """What a worker does for a part of a run: draw, write, screen at every stage and evaluate.

    Attributes:
        job: The run.
        rows: Rows of a part.
        folder: Where the files go.
    """

    job: Job
    rows: int
    folder: Path

    def result(self, number: int) -> Any:
        """Do a part and return what remains of it; its files go below a folder of its own."""
        cohort_files.ROWS_PER_PART = self.rows
        own = self.folder / str(number)
        shutil.rmtree(own, ignore_errors=True)  # of an earlier turn
        return self.job.part(number, own)

    def __call__(self, number: int) -> tuple[float, int]:
        """Do a part and return its seconds of processor time and the bytes of what remains."""
        begun = time.thread_time()
        found = self.result(number)
        return time.thread_time() - begun, len(cloudpickle.dumps(found))


def measured(rows: int, smaller: int) -> dict[str, Any]:
    """Return everything that is measured.

    Args:
        rows: Rows of a part.
        smaller: By what factor all is smaller than it should be.
    """
    world = compile_world(load_scenario(SCENARIO))
    plan = plan_for(world, max(PARTITIONS) * rows, SEED)
    job = Job(plan, Screener.default(), None, STAGE, published_rulebooks())
    timed = ROWS_TIMED // smaller
    return {
        "scenario": SCENARIO,
        "rows_of_a_part": rows,
        "rows_timed": timed,
        "fixed": _said("fixed", _fixed(job)),
        "row": _said("row", _row(job, timed)),
        "result_bytes": _said("results", _result_bytes(job, rows // 4)),
        "parts": _said("parts", _parts(job, rows, TRIVIAL_PARTS // smaller)),
    }


def _fixed(job: Job) -> dict[str, float]:
    """Return the seconds and bytes that are paid once, or once for each worker or scenario."""
    task = Part(job, 1, Path("nowhere"))
    packed = cloudpickle.dumps(task)
    return {
        "start_worker_s": _start_seconds(),
        "compile_s": median_seconds(lambda: compile_world(load_scenario(SCENARIO)), 3),
        "task_bytes": len(packed),
        "pack_s": median_seconds(lambda: cloudpickle.dumps(task), 3),
        "unpack_s": median_seconds(lambda: cloudpickle.loads(packed), 3),
    }


def _start_seconds() -> float:
    """Return the processor time of a new process until it has imported what a worker needs."""
    spent = []
    for _ in range(3):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run([sys.executable, "-c", "import console.pipeline, distributed"], check=True, cwd=ROOT)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        spent.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return statistics.median(spent)


def _row(job: Job, rows: int) -> dict[str, float]:
    """Return nanoseconds and bytes for each row, on `rows` rows."""
    drawn = [job.plan.draw(chunk) for chunk in chunks_of(range(rows))]
    dossiers = [dossiers_of(chunk) for chunk in drawn]
    times = {
        "draw": _best(lambda: [job.plan.draw(chunk) for chunk in chunks_of(range(rows))]),
        "screen_one_stage": _best(lambda: [job.screener.assess(one, STAGE) for one in dossiers]),
        "screen_all_stages": _best(lambda: [job.screener.assess_all(one, STAGE) for one in dossiers]),
    }
    with _parts_of(rows), TemporaryDirectory() as name:
        folder = Path(name)
        times["draw_and_write"] = _best(lambda: _written(job.plan, folder))
        times["run"] = _best(lambda: Part(job, rows, folder / "run").result(0))
        written = {
            layer: _bytes_below(folder / "run" / "0" / layer) / rows for layer in ("cohort", "screened")
        }
    per_row = {f"{name}_ns": seconds / rows * 1e9 for name, seconds in times.items()}
    return per_row | {f"{layer}_bytes": found for layer, found in written.items()}


def _written(plan: Plan, folder: Path) -> None:
    (folder / "cohort").mkdir(exist_ok=True)
    cohort_files.write_part(plan, folder / "cohort", 0)


def _best(job: Callable[[], object]) -> float:
    """Return the least processor time of several; whatever disturbs only adds to it."""
    return min(median_seconds(job, 1) for _ in range(REPEATS))


def _bytes_below(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


@contextmanager
def _parts_of(rows: int) -> Iterator[None]:
    before, cohort_files.ROWS_PER_PART = cohort_files.ROWS_PER_PART, rows
    try:
        yield
    finally:
        cohort_files.ROWS_PER_PART = before


def _result_bytes(job: Job, rows: int) -> dict[str, int]:
    """Return the bytes that a part of so many rows sends back, and one of twice as many; do they grow?"""
    found = {}
    for size in (rows, 2 * rows):
        with _parts_of(size), TemporaryDirectory() as name:
            found[str(size)] = len(cloudpickle.dumps(Part(job, size, Path(name)).result(0)))
    return found


def _parts(job: Job, rows: int, trivial: int) -> dict[str, Any]:
    """Return what runs of a few parts take on a real scheduler with one worker process and with two."""
    from distributed import LocalCluster  # noqa: PLC0415 - takes a second

    runs, agree, each = [], {}, {}
    for workers in WORKERS:
        options = {"n_workers": workers, "threads_per_worker": 1, "dashboard_address": None}
        with cast("Any", LocalCluster)(**options) as cluster, TemporaryDirectory() as name:
            crew = Workers(kind="cluster", cluster=cluster.scheduler_address)
            agree[str(workers)] = _spent(time.perf_counter, 0, crew, name)
            each[str(workers)] = _spent(time.process_time, trivial, crew, name) / trivial
            _drained(Part(job, rows // QUICK, Path(name, "warm")), workers, crew, name)
            for parts in PARTITIONS:
                task = Part(job, rows, Path(name, str(parts)))
                runs.append(_run_of(task, parts, workers, crew))
    return {"agree_s": agree, "overhead_s": each, "runs": runs, **_fitted(runs)}


def _spent(clock: Callable[[], float], parts: int, crew: Workers, folder: str) -> float:
    """Return the time for so many parts that do nothing.

    By the processor it is that of whoever collects, and of the scheduler, which is in the same process here.
    """
    begun = clock()
    _drained(abs, parts, crew, folder)
    return clock() - begun


def _run_of(task: Part, parts: int, workers: int, crew: Workers) -> dict[str, Any]:
    begun = time.perf_counter()
    found = list(each_part(task, range(parts), crew, place=place_of(task.folder)))
    wall = time.perf_counter() - begun
    return {
        "parts": parts,
        "workers": workers,
        "wall_s": wall,
        "processor_s": sum(seconds for seconds, _ in found),
        "result_bytes": sum(size for _, size in found),
    }


def _drained(task: Callable[[int], Any], parts: int, crew: Workers, folder: str) -> None:
    for _ in each_part(task, range(parts), crew, place=place_of(folder)):
        pass


def _fitted(runs: list[dict[str, Any]]) -> dict[str, Any]:
    """Return what 1 and 2 parts say about 4, and how far that is from what 4 parts took.

    Processor time grows with the parts; wall time with the rounds, which are parts divided by workers.
    """
    one, two, four = ([run for run in runs if run["parts"] == parts] for parts in PARTITIONS)
    processor = statistics.mean(run["processor_s"] for run in (*one, *two)) / 1.5
    foretold = {
        str(run["workers"]): _foretold(first, second, run["workers"])
        for first, second, run in zip(one, two, four, strict=True)
    }
    return {
        "processor_s_of_a_part": processor,
        "processor_of_4_against_foretold": statistics.mean(r["processor_s"] for r in four) / (4 * processor),
        "wall_s_of_4_foretold": foretold,
        "wall_of_4_against_foretold": {
            str(run["workers"]): run["wall_s"] / foretold[str(run["workers"])] for run in four
        },
    }


def _foretold(first: dict[str, Any], second: dict[str, Any], workers: int) -> float:
    """Return the wall time of 4 parts; where 1 and 2 parts are one round each, they give their mean twice."""
    rounds = [math.ceil(parts / workers) for parts in PARTITIONS]
    if rounds[0] == rounds[1]:
        return float(rounds[2] * (first["wall_s"] + second["wall_s"]) / 2)
    each = second["wall_s"] - first["wall_s"]
    return float(first["wall_s"] + each * (rounds[2] - rounds[0]))


def _said(what: str, found: Any) -> Any:
    print(f"{what}: {json.dumps(found)}", flush=True)
    return found


def main() -> None:
    """Measure, extrapolate, and write results and page."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rows", type=int, default=cohort_files.ROWS_PER_PART, help="rows of a part")
    parser.add_argument("--quick", action="store_true", help="figures for nobody, written nowhere")
    chosen = parser.parse_args()
    smaller = QUICK if chosen.quick else 1
    found = {"simulated": True, "machine": machine(), "distributed": version_of("distributed")}
    before = os.getloadavg()[1]
    found |= measured(chosen.rows // smaller, smaller)
    found["load"] = [before, os.getloadavg()[1]]
    found["costs"] = _said("costs", costs(found))
    if not chosen.quick:
        RESULTS.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
        PAGE.write_text(page_with(PAGE.read_text(encoding="utf-8"), found), encoding="utf-8")


if __name__ == "__main__":
    main()
