"""Three-valued findings and the logic that combines them.

A finding is *absent* (0), *unknown* (1) or *present* (2). Ordered so, Kleene's three-valued logic is plain
arithmetic: "and" is the minimum, "or" the maximum, "not" is two minus. Unknown is never silently false.
All of it stays in single bytes, of which a processor compares and adds dozens at a time; a test keeps it
equal to the logic written out.
"""

from collections.abc import Sequence
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
    enough_certain = _counted([one == PRESENT for one in findings]) >= count
    enough_possible = _counted([one >= UNKNOWN for one in findings]) >= count
    return enough_certain.view(np.int8) + enough_possible.view(np.int8)


def when(condition: npt.NDArray[np.bool_], known: npt.NDArray[np.bool_]) -> Findings:
    """Present where `condition` holds and is `known`, absent where it is known not to, unknown otherwise.

    Examples:
        >>> when(np.array([True, False, True]), np.array([True, True, False])).tolist()
        [2, 0, 1]
    """
    certain, possible = condition & known, condition | ~known
    return certain.view(np.int8) + possible.view(np.int8)


def one_of(values: npt.NDArray[np.integer], wanted: Sequence[int]) -> npt.NDArray[np.bool_]:
    """Return which values are among a few wanted ones, in the shape of `values`.

    Unlike `np.isin` it neither sorts nor looks up.

    Examples:
        >>> one_of(np.int8([3, -1, 4, 5]), [5, 3]).tolist()
        [True, False, False, True]
    """
    if not wanted:
        return np.zeros(len(values), dtype=bool)
    return reduce(np.logical_or, [values == one for one in wanted])


def _counted(held: Sequence[npt.NDArray[np.bool_]]) -> npt.NDArray[np.int16]:
    total = np.zeros(held[0].shape, dtype=np.int16)
    for one in held:
        total += one
    return total
