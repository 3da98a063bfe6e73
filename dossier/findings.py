"""Three-valued findings and the logic that combines them.

A finding is *absent* (0), *unknown* (1) or *present* (2). Ordered so, Kleene's three-valued logic is plain
arithmetic: "and" is the minimum, "or" the maximum, "not" is two minus. Unknown is never silently false.
"""

from functools import reduce
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

ABSENT = 0
UNKNOWN = 1
PRESENT = 2

FINDING_LABELS = ("absent", "unknown", "present")

Findings: TypeAlias = npt.NDArray[np.int8]
"""Shape (n,): one of ABSENT, UNKNOWN, PRESENT for each applicant."""


def all_of(*findings: Findings) -> Findings:
    """Present where all are present; absent where any is absent; unknown otherwise.

    Examples:
        >>> all_of(np.int8([2, 2, 0]), np.int8([2, 1, 1])).tolist()
        [2, 1, 0]
    """
    return reduce(np.minimum, findings)


def any_of(*findings: Findings) -> Findings:
    """Present where any is present; absent where all are absent; unknown otherwise.

    Examples:
        >>> any_of(np.int8([2, 0, 0]), np.int8([1, 1, 0])).tolist()
        [2, 1, 0]
    """
    return reduce(np.maximum, findings)


def negate(findings: Findings) -> Findings:
    """Present becomes absent and absent becomes present; unknown stays unknown.

    Examples:
        >>> negate(np.int8([0, 1, 2])).tolist()
        [2, 1, 0]
    """
    return (PRESENT - findings).astype(np.int8)


def at_least(count: int, *findings: Findings) -> Findings:
    """Present where at least `count` are present; unknown where unknowns could still make it so.

    Examples:
        >>> at_least(2, np.int8([2, 2, 0]), np.int8([2, 1, 1]), np.int8([0, 0, 0])).tolist()
        [2, 1, 0]
    """
    stacked = np.stack(findings)
    certain = (stacked == PRESENT).sum(axis=0)
    possible = (stacked >= UNKNOWN).sum(axis=0)
    return np.where(certain >= count, PRESENT, np.where(possible >= count, UNKNOWN, ABSENT)).astype(np.int8)


def when(condition: npt.NDArray[np.bool_], known: npt.NDArray[np.bool_]) -> Findings:
    """Present where `condition` holds and is `known`, absent where it is known not to, unknown otherwise."""
    return np.where(known, np.where(condition, PRESENT, ABSENT), UNKNOWN).astype(np.int8)
