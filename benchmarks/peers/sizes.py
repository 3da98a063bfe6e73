"""Whether more workers help, and whether a row costs the same in a cohort of any size.

The rows of a large plan can be drawn anywhere, so a sample of its parts tells what all of them would take.
Wall time counts where several work at once, and the processor's time everywhere else.
"""

import statistics
import time
import tracemalloc
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, Literal

import numpy as np

from console.parts.parallel import Workers, each_part
from synthetic.cohort import CHUNK, chunks_of
from synthetic.cohort_files import ROWS_PER_PART
from synthetic.draw import Drawn, Plan

Kind = Literal["threads", "processes"]


def walked(plan: Plan, seen: Callable[[Drawn], object], part: int) -> int:
    """Draw one part in chunks, hand each over, and keep nothing; returns its number of rows."""
    rows = range(part * ROWS_PER_PART, min((part + 1) * ROWS_PER_PART, plan.size))
    for chunk in chunks_of(rows):
        seen(plan.draw(chunk))
    return len(rows)


def forgotten(_: Drawn) -> None:
    """Do nothing with drawn rows."""


def two_workers(
    task: Callable[[int], int], parts: int, repeats: int, kinds: Sequence[Kind] = ("threads", "processes")
) -> dict[str, Any]:
    """Return the wall seconds of one worker and of two, the median of `repeats`, side by side.

    What worker processes take to start is among their seconds, as it is for whoever waits for them.
    """
    crews = {"one": Workers(1), **{f"two {kind}": Workers(2, kind) for kind in kinds}}
    times: dict[str, list[float]] = {name: [] for name in crews}
    for _ in range(repeats):
        for name, crew in crews.items():
            begin = time.perf_counter()
            rows = sum(each_part(task, range(parts), crew))
            times[name].append(time.perf_counter() - begin)
    medians = {name: statistics.median(seconds) for name, seconds in times.items()}
    return {
        "rows": rows,
        "chunk": CHUNK,
        "seconds": medians,
        "times_one": {name: medians["one"] / seconds for name, seconds in medians.items() if name != "one"},
    }


def flatness(
    task_of: Callable[[int], Callable[[Drawn], object]],
    plan_of: Callable[[int], Plan],
    sizes: Sequence[int],
    chunks: int,
) -> dict[str, Any]:
    """Return what a row costs in plans of several sizes, on chunks from anywhere in each.

    Args:
        task_of: What is done with drawn rows in a plan of a size.
        plan_of: The plan of a size.
        sizes: Numbers of applicants.
        chunks: How many chunks of each are drawn; the median counts.
    """
    plans = {size: plan_of(size) for size in sizes}
    tasks = {size: task_of(size) for size in sizes}
    costs: dict[int, list[float]] = {size: [] for size in sizes}
    lot = np.random.default_rng(1)
    for turn in range(-1, chunks):  # the first time is not counted: tables are built
        for size, plan in plans.items():
            start = int(lot.integers(0, max(size - CHUNK, 0) + 1))
            rows = range(start, min(start + CHUNK, size))
            begin = time.process_time()
            tasks[size](plan.draw(rows))
            if turn >= 0:
                costs[size].append(1e6 * (time.process_time() - begin) / len(rows))
    medians = {size: statistics.median(cost) for size, cost in costs.items()}
    return {
        "us_per_row": {str(size): cost for size, cost in medians.items()},
        "largest_to_smallest": max(medians.values()) / min(medians.values()),
        "plan_mib": {str(size): _grown(plan_of, size) for size in sizes},
    }


def whole_parts(plan: Plan, seen: Callable[[Drawn], object]) -> Callable[[int], int]:
    """Return the task of drawing a part of a plan."""
    return partial(walked, plan, seen)


def _grown(plan_of: Callable[[int], Plan], size: int) -> float:
    """Return the MiB that a plan of a size holds once it draws; tables of its world are there already."""
    tracemalloc.start()
    plan = plan_of(size)
    plan.draw(range(1))
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return held / 2**20
