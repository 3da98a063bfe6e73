"""How much memory this process has taken, and giving back what it no longer needs; light to load."""

import ctypes
import gc
import resource
import sys
from pathlib import Path

STATUS = Path("/proc/self/status")


def peak_rss_mib() -> float:
    """Return the largest resident memory of this process so far, in MiB.

    Linux tells it for the program alone. What every system tells, `getrusage`, begins there with the memory
    of whoever started the program.
    """
    if STATUS.exists():
        (line,) = (line for line in STATUS.read_text("ascii").splitlines() if line.startswith("VmHWM:"))
        return int(line.split()[1]) / 1024
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 1024**2 if sys.platform == "darwin" else peak / 1024


def give_back() -> None:
    """Give memory that nobody uses any more back to the system, where its library can."""
    gc.collect()
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)  # only the GNU library has it
    if trim is not None:
        trim(0)
