"""One hash over what was drawn and screened in a part, so that a run without files can be checked too.

Every column is hashed by itself and in order, and the hashes together. However the part is cut into chunks,
the result is the same.
"""

from collections.abc import Mapping
from hashlib import sha256
from typing import Any

import numpy as np
import numpy.typing as npt

from screening.evaluation.outcomes import Outcomes

_TYPES = {"applicants": "<i8", "truth": "<i1", "recommendation": "<i1"}
"""Byte order and size as they are hashed; risks are whole hundredths of four bytes."""

_RISK = "<i4"


class PartDigest:
    """The hash of a part, chunk after chunk in order."""

    def __init__(self) -> None:
        self._columns: dict[str, Any] = {}

    def add(self, outcomes: Outcomes) -> None:
        """Take up the next chunk."""
        for name, values in _columns(outcomes).items():
            self._columns.setdefault(name, sha256()).update(values.tobytes())

    @property
    def columns(self) -> int:
        """How many columns are hashed."""
        return len(self._columns)

    def hexdigest(self) -> str:
        """Return the hash of all chunks so far."""
        whole = sha256()
        for name, column in sorted(self._columns.items()):
            whole.update(name.encode() + b"\0" + column.digest())
        return whole.hexdigest()


def _columns(outcomes: Outcomes) -> Mapping[str, npt.NDArray[Any]]:
    plain = {
        "applicants": outcomes.truth.applicants,
        "truth": outcomes.truth.truth_class,
        "recommendation": outcomes.recommendation,
    }
    found = {name: np.ascontiguousarray(values, dtype=_TYPES[name]) for name, values in plain.items()}
    risks = {f"risk_{stage}": np.ascontiguousarray(risk, _RISK) for stage, risk in outcomes.risk.items()}
    return {**found, **risks}
