"""Screening beside its peers: a boosted model's scores, and general rule engines, in one run, same rows.

Speed is told as ratios of medians of processor time, both sides timed in one process on one core. The rules
give the same outcomes as the engines, compared one by one. A peer that is not installed is named and its rows
are left out. What is found is written as JSON; `table` makes of it the rows for readers. Run it with

    OMP_NUM_THREADS=1 python -m benchmarks.screening [--quick]

zen-engine and rule-engine come with `pip install -e '.[benchmarks]'`.
"""

import argparse
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.peers.boosting import all_stages, boosted, screening_beside_boosting
from benchmarks.peers.engines import CHUNK, rules_beside_engines
from benchmarks.peers.measuring import machine, version_of
from dossier.stages import Stage
from dossier.truth import TruthClass
from screening.screener import Screener
from synthetic import draw, load_scenario

ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / "benchmarks" / "results" / "screening.json"

SCENARIO = "baseline_year"
SEED = 20_261_122
TRAINING, COMPLETE, ENGINE_ROWS, REPEATS = 100_000, 200_000, 300, 7
QUICK = 20
"""In a quick run everything is smaller by about this factor; its figures are for nobody."""

PACKAGES = ("zen-engine", "rule-engine")
LARGEST_RATIO, AIMED_RATIO = 0.25, 0.1
LEAST_TIMES, AIMED_TIMES = 1_000, 4_000


def results(*, quick: bool) -> dict[str, Any]:
    """Return everything that is measured."""
    smaller, repeats = (QUICK, 3) if quick else (1, REPEATS)
    screener, told = Screener.default(), load_scenario(SCENARIO)
    training = draw(told, n=TRAINING // smaller, seed=SEED)
    is_victim = np.asarray(training.truth.truth_class == TruthClass.VICTIM)
    people = draw(told, n=CHUNK, seed=SEED + 1).dossiers
    versions = {package: version_of(package) for package in PACKAGES}
    found: dict[str, Any] = {
        "simulated": True,
        "quick": quick,
        "scenario": SCENARIO,
        "machine": machine(),
        "peers": versions,
        "missing": [package for package, version in versions.items() if version is None],
    }
    found["boosting"] = [
        _said(
            "boosting",
            screening_beside_boosting(
                screener, boosted(training.dossiers, is_victim, stage, SEED), people, repeats
            ),
        )
        for stage in (Stage.INTERVIEW, Stage.CHECKPOINT)
    ]
    found["all_stages"] = _said("all stages", all_stages(screener, people, Stage.INTERVIEW, repeats))
    many = draw(told, n=COMPLETE // smaller, seed=SEED + 2).dossiers
    beside = rules_beside_engines(screener.rulebook, many, ENGINE_ROWS // smaller, repeats)
    found["engines"] = _said("engines", beside)
    return found


def gates(found: Mapping[str, Any]) -> dict[str, bool]:
    """Return which gates hold; engines that are missing are not asked."""
    engines = [one for one in found["engines"] if "missing" not in one]
    return {
        f"screening at most {LARGEST_RATIO} of boosting": all(
            one["ratio"] <= LARGEST_RATIO for one in found["boosting"]
        ),
        f"rules at least {LEAST_TIMES:,} times the engines": all(
            one["times"] >= LEAST_TIMES for one in engines
        ),
        "every outcome the same as theirs": all(one["same"] == one["compared"] for one in engines),
    }


def table(found: Mapping[str, Any]) -> list[str]:
    """Return the rows of a table in Markdown: what, ours, theirs, ratio, gate and aim."""
    rows = [
        f"| rules, cards, recommendation and reasons at the {one['stage']} ({one['rows']:,} rows, "
        f"{one['flagged']:,} flagged) beside `predict_proba` of 100 trees | {one['our_us_per_row']:.2f} µs "
        f"| {one['us_per_row']:.2f} µs | {one['ratio']:.3f} times the time "
        f"| at most {LARGEST_RATIO} (aim {AIMED_RATIO}) |"
        for one in found["boosting"]
    ]
    rows += [
        f"| {one['rules']} live rules beside {one['peer']} {one['version']}, {one['used']} ({one['rows']:,} "
        f"complete rows, told per row) | {one['our_us_per_row']:.3f} µs | {one['us_per_row']:,.0f} µs "
        f"| {one['times']:,.0f} times faster; {one['same']:,} of {one['compared']:,} outcomes the same "
        f"| at least {LEAST_TIMES:,} times (aim {AIMED_TIMES:,}) |"
        for one in found["engines"]
        if "missing" not in one
    ]
    return rows


def _said(what: str, row: Any) -> Any:
    print(what, json.dumps(row), flush=True)
    return row


def main() -> None:
    """Measure, print, and keep what was measured."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="a small run, to see that it runs")
    parser.add_argument("--out", type=Path, default=RESULTS)
    chosen = parser.parse_args()
    found = results(quick=chosen.quick)
    found["gates"] = _said("gates", gates(found))
    for package in found["missing"]:
        print(f"{package} is not installed; its rows are left out")
    chosen.out.parent.mkdir(parents=True, exist_ok=True)
    chosen.out.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    print("\n".join(table(found)))


if __name__ == "__main__":
    main()
