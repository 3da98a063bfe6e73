"""How the benchmarks measure: medians of repeated runs, versions of what was run, and the class of machine.

Time is the processor's, so that whatever else runs on the machine lengthens neither side. No name of a host
and no path of a machine enters a result.
"""

import importlib.metadata
import os
import platform
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

PACKAGES = ("numpy", "scipy", "pandas", "scikit-learn", "fairlearn", "mapie")


def median_seconds(job: Callable[[], object], repeats: int) -> float:
    """Return the median processor time of a job that is run `repeats` times."""
    times = []
    for _ in range(repeats):
        begin = time.process_time()
        job()
        times.append(time.process_time() - begin)
    return statistics.median(times)


def version_of(package: str) -> str | None:
    """Return the installed version of a package, or nothing."""
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return None


def machine() -> dict[str, Any]:
    """Return the class of machine: processor, how many of them, memory and Python."""
    return {
        "processor": _processor() or platform.machine(),
        "processors": os.cpu_count(),
        "memory_gib": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30),
        "python": platform.python_version(),
        "versions": {package: version_of(package) for package in PACKAGES},
    }


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return ""
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "")
