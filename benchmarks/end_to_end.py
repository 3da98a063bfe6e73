"""Everything that `saring run` does with an applicant, beside drawing him alone; its memory and its sizes.

Rows are drawn, screened at every stage and reduced to what the evaluation needs, in one process, one thread
and without files; the same rows are drawn alone. What is trained for comparison is timed apart. Memory is
that of the command itself, in a process of its own. Run it, all or in parts,

    OMP_NUM_THREADS=1 python -m benchmarks.end_to_end [--quick] [--only ratio sizes workers yardsticks runs]

on a machine that does nothing else while two workers are timed.
"""

import json
import os
import statistics
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from functools import cache, partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.peers.kept_results import Part, arguments, measured
from benchmarks.peers.processes import watched
from benchmarks.peers.profiled import shares
from benchmarks.peers.sizes import flatness, two_workers, whole_parts
from console.pipeline import Job
from console.rivals import trained_rivals
from dossier.stages import Stage
from screening.rules_only import published_rulebooks
from screening.screener import Screener
from synthetic import load_scenario
from synthetic.audit import difficulty
from synthetic.cohort import CHUNK, plan_for
from synthetic.compile import compile_world
from synthetic.draw import Drawn, Plan
from synthetic.world import World

ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / "benchmarks" / "results" / "end_to_end.json"

SCENARIO = "baseline_year"
STAGE = Stage.INTERVIEW
SEED = 20_261_122
SIZE = 10_000_000
SIZES = tuple(size * 1_000_000 for size in (1, 3, 10, 30, 100))
CHUNKS, REPEATS, PARTS_OF_WORKERS = 24, 7, 38
QUICK = 8
"""In a quick run everything is smaller by about this factor; its figures are for nobody."""

PACKAGES = ("pyarrow", "joblib")
MOST_TIMES_DRAWING, AIMED_TIMES_DRAWING = 2.5, 1.8
MOST_MIB = 500
LEAST_OF_TWO = 1.6
MOST_UNEVEN = 1.2


@cache
def world() -> World:
    """Return the scenario whose applicants are drawn."""
    return compile_world(load_scenario(SCENARIO))


def plan_of(size: int) -> Plan:
    """Return the plan of a size."""
    return plan_for(world(), size, SEED)


@cache
def screener() -> Screener:
    """Return the screener of a run without options."""
    return Screener.default()


def whole_job(size: int) -> Callable[[Drawn], object]:
    """Return what the main job does with drawn rows in a cohort of a size, without yardsticks and files.

    This is the one place that knows how the job is called.
    """
    return Job(plan_of(size), screener(), None, STAGE, published_rulebooks()).reduced


def beside_drawing(chunks: int, repeats: int) -> dict[str, Any]:
    """Return what a row costs from drawing to evaluation, and drawn alone, chunk by chunk in turn."""
    plan, reduced = plan_of(SIZE), whole_job(SIZE)
    reduced(plan.draw(range(CHUNK)))  # whatever is built once is built
    alone, after = [], []
    for _ in range(repeats):
        drawing = reducing = 0.0
        for number in range(chunks):
            rows = range(number * CHUNK, (number + 1) * CHUNK)
            begin = time.process_time()
            drawn = plan.draw(rows)
            middle = time.process_time()
            reduced(drawn)
            reducing += time.process_time() - middle
            drawing += middle - begin
        alone.append(drawing)
        after.append(reducing)
    us = 1e6 / (chunks * CHUNK)
    drawn_us, reduced_us = us * statistics.median(alone), us * statistics.median(after)
    return {
        "rows": chunks * CHUNK,
        "drawing_us_per_row": drawn_us,
        "after_drawing_us_per_row": reduced_us,
        "ratio": (drawn_us + reduced_us) / drawn_us,
    }


def yardsticks() -> dict[str, float]:
    """Return the processor seconds of what is trained and stated once in a run, whatever its size."""
    begin = time.process_time()
    rivals = trained_rivals(world(), screener().cards, STAGE)
    trained = time.process_time()
    difficulty(world(), STAGE, SEED)
    stated = time.process_time()
    plan, job = plan_of(SIZE), Job(plan_of(SIZE), screener(), rivals, STAGE, published_rulebooks())
    drawn, without = plan.draw(range(CHUNK)), whole_job(SIZE)
    costs = []
    for reduced in (without, job.reduced):
        reduced(drawn)
        start = time.process_time()
        reduced(drawn)
        costs.append(time.process_time() - start)
    scored = (costs[1] - costs[0]) * SIZE / CHUNK
    return {"training_s": trained - begin, "difficulty_s": stated - trained, "scoring_s_of_a_run": scored}


def runs(sizes: Sequence[int], options: Sequence[str]) -> list[dict[str, Any]]:
    """Return wall time and largest memory of `saring run`, each in a process of its own.

    Args:
        sizes: Numbers of applicants.
        options: Further options of the command.
    """
    return [_run(size, options) for size in sizes]


def _run(size: int, options: Sequence[str]) -> dict[str, Any]:
    code = "from console.cli import main; main()"
    with TemporaryDirectory(dir=_room()) as folder:
        words = ["run", SCENARIO, "--n", str(size), "--out", f"{folder}/run", "--json", *options]
        done = watched([sys.executable, "-c", code, *words])
    told = json.loads(done.stdout)
    return {
        "rows": size,
        "options": list(options),
        "wall_s": done.seconds,
        "us_per_row": 1e6 * done.seconds / size,
        "peak_mib": round(told["peak_rss_mib"]),
        "largest_process_mib": done.largest_mib,
        "all_processes_mib": done.together_mib,
        "timings": told.get("timings", {}),
    }


def _room() -> Path:
    """Return a folder on the disk of the project; a folder in memory would count as memory."""
    room = ROOT / "var"
    room.mkdir(exist_ok=True)
    return room


def parts(options: Sequence[str], sizes: Sequence[int], *, quick: bool) -> dict[str, Part]:
    """Return what can be measured, by name."""
    smaller, repeats = (QUICK, 3) if quick else (1, REPEATS)
    chunks = max(CHUNKS // smaller, 2)
    return {
        "ratio": partial(beside_drawing, chunks, repeats),
        "sizes": partial(flatness, whole_job, plan_of, SIZES, chunks),
        "workers": lambda: two_workers(
            whole_parts(plan_of(SIZE), whole_job(SIZE)), PARTS_OF_WORKERS // smaller, 3
        ),
        "yardsticks": yardsticks,
        "runs": partial(runs, [size // smaller for size in sizes], options),
        "profile": lambda: shares(lambda: beside_drawing(chunks, 1)),
    }


def gates(found: Mapping[str, Any]) -> dict[str, bool]:
    """Return which gates hold, of those that were measured."""
    asked = {}
    if "ratio" in found:
        asked[f"all at most {MOST_TIMES_DRAWING} times drawing"] = (
            found["ratio"]["ratio"] <= MOST_TIMES_DRAWING
        )
    if "sizes" in found:
        asked["cost of a row within 20 % from 1 to 100 million rows"] = (
            found["sizes"]["largest_to_smallest"] <= MOST_UNEVEN
        )
    if "workers" in found:
        asked[f"two workers at least {LEAST_OF_TWO} times one"] = (
            max(found["workers"]["times_one"].values()) >= LEAST_OF_TWO
        )
    if "runs" in found:
        most = max(run["largest_process_mib"] for run in found["runs"])
        asked[f"less than {MOST_MIB} MiB"] = most < MOST_MIB
    return asked


def main() -> None:
    """Measure, print, and keep what was measured."""
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    names = ("ratio", "sizes", "workers", "yardsticks", "runs", "profile")
    parser = arguments(str(__doc__).splitlines()[0], dict.fromkeys(names), RESULTS)
    parser.add_argument("--run-sizes", type=int, nargs="+", default=[SIZE], metavar="N")
    parser.add_argument("--run-options", default="--workers 2", help="further options of `saring run`")
    chosen = parser.parse_args()
    asked = parts(chosen.run_options.split(), chosen.run_sizes, quick=chosen.quick)
    found = measured(asked, chosen.only, chosen.out, PACKAGES, quick=chosen.quick)
    print("gates", gates(found))


if __name__ == "__main__":
    main()
