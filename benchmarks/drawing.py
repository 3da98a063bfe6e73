"""Drawing beside its peers: raw random numbers, Faker and SDV; two workers beside one; cohorts of any size.

Speed is told as ratios of medians of processor time on one core, both sides in one process, except for SDV,
which runs in an environment of its own, and for two workers, where the wall clock counts. What is found is
written as JSON, from which `benchmarks.performance_page` makes the page for readers. Run it, all or in parts,

    OMP_NUM_THREADS=1 python -m benchmarks.drawing [--quick] [--only numbers faker sdv workers sizes profile]

on a machine that does nothing else while two workers are timed.
"""

from collections.abc import Mapping
from functools import cache, partial
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.peers.generators import faker_beside, sdv_beside
from benchmarks.peers.kept_results import Part, arguments, measured
from benchmarks.peers.measuring import median_seconds
from benchmarks.peers.profiled import shares
from benchmarks.peers.sizes import flatness, forgotten, two_workers, whole_parts
from benchmarks.peers.words_taken import words_taken
from dossier.fields import fields
from synthetic import load_scenario
from synthetic.cohort import CHUNK, chunks_of, draw, plan_for
from synthetic.compile import compile_world
from synthetic.draw import Plan
from synthetic.world import World

ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / "benchmarks" / "results" / "drawing.json"
ENVIRONMENT = ROOT / "var" / "sdv"

SCENARIO = "baseline_year"
SEED = 20_261_122
SIZE = 10_000_000
SIZES = tuple(size * 1_000_000 for size in (1, 3, 10, 30, 100))
CHUNKS, REPEATS = 20, 7
FAKER_ROWS, LEARNED_FROM, SDV_ROWS = 500, 3_000, 20_000
PARTS_OF_WORKERS = 40
"""Ten million rows, so that the second which worker processes take to start is a small part."""
QUICK = 10
"""In a quick run everything is smaller by about this factor; its figures are for nobody."""

PACKAGES = ("Faker", "pyarrow", "joblib")
MOST_OF_RAW, AIMED_OF_RAW = 12, 5
LEAST_TIMES, AIMED_TIMES = 150, 500
LEAST_OF_TWO = 1.6
MOST_UNEVEN = 1.2


@cache
def world() -> World:
    """Return the scenario whose applicants are drawn."""
    return compile_world(load_scenario(SCENARIO))


def plan_of(size: int) -> Plan:
    """Return the plan of a size, which draws its first row before anything is timed."""
    plan = plan_for(world(), size, SEED)
    plan.draw(range(1))
    return plan


def drawn_us(chunks: int, repeats: int) -> float:
    """Return the microseconds that a row takes."""
    plan = plan_of(SIZE)

    def job() -> None:
        for rows in chunks_of(range(chunks * CHUNK)):
            plan.draw(rows)

    return 1e6 * median_seconds(job, repeats) / (chunks * CHUNK)


def beside_numbers(chunks: int, repeats: int) -> dict[str, Any]:
    """Return the times of drawing and of as many raw random doubles, chunk by chunk like ours."""
    taken = words_taken(plan_of(SIZE), range(CHUNK))
    rng = np.random.Generator(np.random.SFC64(SEED))

    def raw() -> None:
        for _ in range(chunks * round(taken["all"])):
            rng.random(CHUNK)

    raw_us = 1e6 * median_seconds(raw, repeats) / (chunks * CHUNK)
    us = drawn_us(chunks, repeats)
    deciding = raw_us * taken["decide"] / taken["all"]
    return {
        "rows": chunks * CHUNK,
        "fields": len(fields()),
        "words_per_row": taken,
        "us_per_row": us,
        "raw_us_per_row": raw_us,
        "ratio": us / raw_us,
        "ratio_to_deciding_words": us / deciding,
    }


def beside_faker(rows: int, repeats: int) -> dict[str, Any]:
    """Return Faker's time for a row beside ours; empty where it is missing."""
    return _times(faker_beside(rows, repeats), repeats)


def beside_sdv(folder: Path, sample: int, repeats: int) -> dict[str, Any]:
    """Return SDV's time for a row beside ours; empty where it is missing."""
    people = draw(load_scenario(SCENARIO), n=LEARNED_FROM, seed=SEED).dossiers
    return _times(sdv_beside(folder, people, sample, repeats), repeats)


def _times(peer: dict[str, Any] | None, repeats: int) -> dict[str, Any]:
    if peer is None:
        return {"missing": True}
    ours = drawn_us(4, repeats)
    return {**peer, "our_us_per_row": ours, "times": peer["us_per_row"] / ours}


def parts(folder: Path, *, quick: bool) -> dict[str, Part]:
    """Return what can be measured, by name."""
    smaller, repeats = (QUICK, 3) if quick else (1, REPEATS)
    chunks = max(CHUNKS // smaller, 2)
    few = whole_parts(plan_of(SIZE), forgotten)
    return {
        "numbers": partial(beside_numbers, chunks, repeats),
        "faker": partial(beside_faker, FAKER_ROWS // smaller, repeats),
        "sdv": partial(beside_sdv, folder, SDV_ROWS // smaller, 3),
        "workers": partial(two_workers, few, PARTS_OF_WORKERS // smaller, 3),
        "sizes": partial(flatness, lambda _: forgotten, plan_of, SIZES, chunks),
        "profile": lambda: shares(lambda: drawn_us(chunks, 1)),
    }


def gates(found: Mapping[str, Any]) -> dict[str, bool]:
    """Return which gates hold, of those that were measured; peers that are missing are not asked."""
    asked = {}
    if "numbers" in found:
        holds = found["numbers"]["ratio"] <= MOST_OF_RAW
        asked[f"drawing at most {MOST_OF_RAW} times raw random doubles"] = holds
    for name in ("faker", "sdv"):
        if "times" in found.get(name, {}):
            asked[f"at least {LEAST_TIMES} times {name}"] = found[name]["times"] >= LEAST_TIMES
    if "workers" in found:
        asked[f"two workers at least {LEAST_OF_TWO} times one"] = (
            max(found["workers"]["times_one"].values()) >= LEAST_OF_TWO
        )
    if "sizes" in found:
        holds = found["sizes"]["largest_to_smallest"] <= MOST_UNEVEN
        asked["cost of a row within 20 % from 1 to 100 million rows"] = holds
    return asked


def main() -> None:
    """Measure, print, and keep what was measured."""
    names = ("numbers", "faker", "sdv", "workers", "sizes", "profile")
    parser = arguments(str(__doc__).splitlines()[0], dict.fromkeys(names), RESULTS)
    parser.add_argument("--sdv", type=Path, default=ENVIRONMENT, metavar="FOLDER")
    chosen = parser.parse_args()
    asked = parts(chosen.sdv, quick=chosen.quick)
    found = measured(asked, chosen.only, chosen.out, PACKAGES, quick=chosen.quick)
    print("gates", gates(found))


if __name__ == "__main__":
    main()
