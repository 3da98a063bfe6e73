"""How long a sweep would take: its first people drawn and screened once, and the rest reckoned from them.

It is an estimate by a small sample on a machine that may be busy with something else, and is told as one.
"""

import time
from dataclasses import dataclass

from console.sweeping.opened import world_key
from console.sweeping.running import Sweep

SAMPLE = 8_192
"""Applicants of the sample: a moment's work, and enough that what is done once for a chunk counts little."""


@dataclass(frozen=True)
class Estimate:
    """How long a sweep would take with one worker.

    Attributes:
        sampled: Applicants of the sample, counted once for each variant that screened them.
        sampled_s: Seconds it took, once its worlds were compiled.
        compile_s: Seconds that one world took to compile.
        seconds: Seconds of the whole sweep.
    """

    sampled: int
    sampled_s: float
    compile_s: float
    seconds: float


def estimated(sweep: Sweep) -> Estimate:
    """Return how long a sweep would take, from some rows of its first unit."""
    unit = sweep.units[0]
    rows = range(unit.rows.start, min(unit.rows.stop, unit.rows.start + SAMPLE))
    keys = {world_key(sweep.variants[place].settings) for place in unit.variants}
    started = time.perf_counter()
    for key in keys:
        sweep.world(key)
    compiled = time.perf_counter()
    sweep.counted_rows(unit, rows[:1])  # makes the tables of the draw, which is done once
    warm = time.perf_counter()
    sweep.counted_rows(unit, rows)
    sampled_s = time.perf_counter() - warm
    sampled = len(rows) * len(unit.variants)
    compile_s = (warm - started) / len(keys)
    worlds = len(sweep.opened.scenarios)
    seconds = worlds * compile_s + sweep.applicants * sampled_s / sampled
    return Estimate(sampled, sampled_s, (compiled - started) / len(keys), seconds)
