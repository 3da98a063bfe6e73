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

_TRUTH = {"applicants": "<i8", "truth_class": "<i1", "module": "<i2", "tier": "<i1", "network": "<i8"}
_OUTCOMES = dict.fromkeys(("sex", "age_band", "province", "recommendation", "agency", "leading"), "<i1")
"""Byte order and size as they are hashed."""

_RISK = "<i4"
"""Of risks, which are whole hundredths."""


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
    found = {name: np.ascontiguousarray(getattr(outcomes.truth, name), of) for name, of in _TRUTH.items()}
    found |= {name: np.ascontiguousarray(getattr(outcomes, name), of) for name, of in _OUTCOMES.items()}
    risks = {f"risk_{stage}": np.ascontiguousarray(risk, _RISK) for stage, risk in outcomes.risk.items()}
    return {**found, **risks}
