"""Timing several jobs in turn, so that what else happens on the machine at a time slows all of them alike."""

import statistics
from collections.abc import Callable, Sequence

from benchmarks.peers.measuring import median_seconds

Job = Callable[[], object]


def medians_in_turn(jobs: Sequence[Job], repeats: int) -> list[float]:
    """Return the median processor time of each job; every round runs each of them once."""
    times = [[median_seconds(job, 1) for job in jobs] for _ in range(repeats)]
    return [statistics.median(own) for own in zip(*times, strict=True)]
