"""Where the workbench looks for runs and puts operating points: two folders, named by the environment.

- `SARING_RUNS`: the folder below which `saring run` put its results; `var/runs` when left out
- `SARING_POINTS`: the folder of saved operating points; `var/operating-points` when left out
"""

import os
from pathlib import Path


def runs_folder() -> Path:
    """Return the folder of the finished runs."""
    return Path(os.environ.get("SARING_RUNS", "var/runs")).resolve()


def points_folder() -> Path:
    """Return the folder of the saved operating points."""
    return Path(os.environ.get("SARING_POINTS", "var/operating-points")).resolve()
