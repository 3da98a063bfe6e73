"""Where aequitas is found: in a virtual environment of its own, for it needs an older pandas than we do.

Questions and answers go through a subprocess as JSON (`aequitas_worker.py`). Where aequitas is not to be had,
that is said and its figures are left out.
"""

import json
import subprocess
import sys
import venv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

WORKER = Path(__file__).with_name("aequitas_worker.py")
NEEDS = ("aequitas==1.1.0", "pandas<3", "scipy<1.16")
"""With scipy 1.17 its test of equal variances fails on whole numbers."""


@dataclass(frozen=True)
class Aequitas:
    """The rival in its environment.

    Attributes:
        python: The interpreter that finds aequitas; None where there is none.
    """

    python: Path | None

    @classmethod
    def in_environment(cls, folder: Path, *, make: bool) -> "Aequitas":
        """Return the rival of an environment, which is made where it is wanted and not there yet."""
        python = folder / "bin" / "python"
        if not python.exists() and make:
            venv.create(folder, with_pip=True)
            subprocess.run([python, "-m", "pip", "install", "--quiet", *NEEDS], check=False)
        found = (
            python.exists()
            and not subprocess.run(
                [python, "-c", "import aequitas"], check=False, capture_output=True
            ).returncode
        )
        if not found:
            print("aequitas is not there; its rows are left out", file=sys.stderr)
        return cls(python if found else None)

    def smallest_p(self, sizes: Sequence[int], counts: npt.NDArray[np.int64]) -> list[float | None] | None:
        """Return the smallest p-value of each run; None where there is no aequitas."""
        found = self._asked({"sizes": list(sizes), "misses": counts.tolist(), "rows": 0})
        return None if found is None else list(found["smallest_p"])

    def about(self, rows: int) -> dict[str, Any] | None:
        """Return versions, and the seconds of counting `rows` people at one threshold without intervals."""
        found = self._asked({"sizes": [], "misses": [], "rows": rows})
        return None if found is None else {k: v for k, v in found.items() if k != "smallest_p"}

    def _asked(self, question: dict[str, Any]) -> dict[str, Any] | None:
        if self.python is None:
            return None
        done = subprocess.run(
            [self.python, WORKER], input=json.dumps(question), capture_output=True, text=True, check=True
        )
        answer: dict[str, Any] = json.loads(done.stdout)
        return answer
