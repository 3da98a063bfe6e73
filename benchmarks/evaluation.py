"""The evaluation beside its peers: scikit-learn, fairlearn, MAPIE and aequitas, in one run, same scores.

Speed is told as ratios of medians, both sides timed in one process; correctness as coverage of intervals
where the truth is known, and as promises kept. A peer that is not installed is named and its rows are left
out. What is found is written as JSON and as a page for readers. Run it with

    python benchmarks/evaluation.py [--aequitas FOLDER] [--jobs N] [--quick]

MAPIE comes with `pip install -e '.[benchmarks]'`; aequitas needs an older pandas, so it gets a virtual
environment of its own, which is made in FOLDER if it is not there.
"""

import argparse
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from joblib import Parallel, delayed
from scipy.stats import binomtest

from benchmarks.peers.apart import Aequitas
from benchmarks.peers.gaps import SETTINGS, compared
from benchmarks.peers.guarantees import at_a_rare_prevalence, examined, guarantees, no_worse_than_mapie
from benchmarks.peers.measuring import machine
from benchmarks.peers.page import page
from benchmarks.peers.people import pool
from benchmarks.peers.speed import rates_of_groups, sweep
from screening.intervals import exact_interval

ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / "benchmarks" / "results" / "evaluation.json"
PAGE = ROOT / "docs" / "evaluation-benchmarks.md"
ENVIRONMENT = ROOT / "var" / "aequitas"

SEED = 20_261_122
VICTIMS, OTHERS = 40_000, 100_000
CALIBRATIONS = {
    "phnom_penh_2022": {100: 400, 300: 400, 1_000: 400, 3_000: 400},
    "baseline_year": {1_000: 200},
}
"""By scenario and number of victims, how often a threshold is calibrated anew."""

RARE = (1e-4, 1e-3)
QUICK = 20
"""In a quick run everything is smaller by about this factor; its figures are for nobody."""


def largest_difference_of_ends() -> dict[str, Any]:
    """Return how far the ends of our exact intervals lie from scipy's `binomtest` at most."""
    checked, largest = 0, 0.0
    for n in (1, 2, 10, 40, 59, 100, 1_000, 100_000):
        counts = np.unique(np.linspace(0, n, 41).astype(int))
        for confidence in (0.90, 0.95, 0.99, 1 - 0.05 / 12):
            ends = np.stack(exact_interval(counts, n, confidence), axis=1)
            theirs = [binomtest(int(k), n).proportion_ci(confidence, "exact") for k in counts]
            largest = max(largest, float(np.abs(ends - np.array([(t.low, t.high) for t in theirs])).max()))
            checked += len(counts)
    return {"intervals": checked, "largest_difference": largest}


def results(rival: Aequitas, jobs: int, *, quick: bool) -> dict[str, Any]:
    """Return everything that is measured; what is timed runs alone, the rest in `jobs` processes."""
    smaller = QUICK if quick else 1
    pools = {name: pool(name, VICTIMS // smaller, OTHERS // smaller, SEED) for name in CALIBRATIONS}
    first = pools["phnom_penh_2022"]
    found: dict[str, Any] = {"simulated": True, "quick": quick, "machine": machine()}
    found["sweep"] = _said("sweep", sweep(first, 10_000_000 // smaller, 5))
    found["rates_of_groups"] = _said("rates", rates_of_groups(first, 1_000_000 // smaller, 3))
    found["aequitas"] = _said("aequitas", rival.about(100_000 // smaller))
    found["interval_ends"] = _said("ends", largest_difference_of_ends())
    together = Parallel(n_jobs=jobs)
    found["gaps"] = _said(
        "gaps",
        together(delayed(compared)(one, 2_000 // smaller, 60 // smaller, 100, rival) for one in SETTINGS),
    )
    found["guarantees"] = _said(
        "guarantees",
        together(
            delayed(examined)(pools[name], *asked)
            for name, wanted in CALIBRATIONS.items()
            for asked in guarantees(pools[name], _fewer(wanted, smaller))
        ),
    )
    found["no_worse_than_mapie"] = no_worse_than_mapie(found["guarantees"])
    if found["machine"]["versions"]["mapie"]:
        found["rare"] = [
            _said("rare", at_a_rare_prevalence(first, share, 1_000, 100 // smaller)) for share in RARE
        ]
    return found


def _fewer(calibrations: Mapping[int, int], factor: int) -> dict[int, int]:
    return {victims: max(many // factor, 2) for victims, many in calibrations.items()}


def _said(what: str, row: Any) -> Any:
    print(what, json.dumps(row), flush=True)
    return row


def main() -> None:
    """Measure, print, and keep what was measured."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--aequitas", type=Path, default=ENVIRONMENT, metavar="FOLDER")
    parser.add_argument("--jobs", type=int, default=2, help="processes for what is not timed")
    parser.add_argument("--quick", action="store_true", help="a small run, to see that it runs")
    parser.add_argument("--out", type=Path, default=RESULTS)
    parser.add_argument("--page", type=Path, default=PAGE)
    chosen = parser.parse_args()
    found = results(Aequitas.in_environment(chosen.aequitas, make=True), chosen.jobs, quick=chosen.quick)
    chosen.out.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    chosen.page.write_text(page(found), encoding="utf-8")


if __name__ == "__main__":
    main()
