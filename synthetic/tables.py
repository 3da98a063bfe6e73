"""Integer tables that turn random words into codes, exactly and fast.

A conditional table holds one distribution for each group. `AliasTable` draws in constant time whatever the
number of codes; `InverseTable` draws by the cumulative distribution, so that a small change of a
probability moves few rows, which is what a lever or a paired comparison needs. Probabilities are exact to
one part in 2**32.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from synthetic.streams import FULL, Words, high

Probabilities = npt.NDArray[np.float64]
"""Shape (groups, codes); every row sums to one."""


def as_parts(probabilities: Probabilities) -> npt.NDArray[np.int64]:
    """Return integer parts of 2**32 for each row, summing to 2**32 exactly; zero stays zero.

    The largest probability of a row takes up the rounding.

    Examples:
        >>> as_parts(np.array([[0.25, 0.75, 0.0]])).tolist()
        [[1073741824, 3221225472, 0]]
    """
    parts = np.rint(probabilities * FULL).astype(np.int64)
    largest = probabilities.argmax(axis=1)
    parts[np.arange(len(parts)), largest] += FULL - parts.sum(axis=1)
    return parts


@dataclass(frozen=True)
class AliasTable:
    """One alias table for each group, laid flat.

    Attributes:
        codes: Number of codes.
        threshold: Shape (groups * codes,), uint32.
        alias: Shape (groups * codes,), int8.
    """

    codes: int
    threshold: npt.NDArray[np.uint32]
    alias: npt.NDArray[np.int8]

    @classmethod
    def build(cls, probabilities: Probabilities) -> "AliasTable":
        """Build the table for `probabilities`, shape (groups, codes)."""
        distinct, group = np.unique(as_parts(probabilities), axis=0, return_inverse=True)
        rows = [_alias_row(row.tolist()) for row in distinct]
        threshold = np.array([row[0] for row in rows], dtype=np.uint32)[group.ravel()]
        alias = np.array([row[1] for row in rows], dtype=np.int8)[group.ravel()]
        return cls(probabilities.shape[1], threshold.ravel(), alias.ravel())

    def draw(self, raw: Words, group: npt.NDArray[np.int64]) -> npt.NDArray[np.int8]:
        """Return one code for each word, from the distribution of its group."""
        slot = high(raw)
        slot *= np.uint64(self.codes)
        slot >>= np.uint64(32)
        cell = group * self.codes + slot.view(np.int64)
        stays = raw.astype(np.uint32) < self.threshold.take(cell)  # the lower half of each word
        return chosen(stays, slot.astype(np.int8), self.alias.take(cell))


@dataclass(frozen=True)
class InverseTable:
    """One cumulative table for each group.

    Attributes:
        cumulative: Shape (groups, codes), uint64; the last column is 2**32.
    """

    cumulative: npt.NDArray[np.uint64]

    @classmethod
    def build(cls, probabilities: Probabilities) -> "InverseTable":
        """Build the table for `probabilities`, shape (groups, codes)."""
        return cls(np.cumsum(as_parts(probabilities), axis=1).astype(np.uint64))

    def draw(self, raw: Words, group: npt.NDArray[np.int64]) -> npt.NDArray[np.int8]:
        """Return one code for each word, from the distribution of its group."""
        level = high(raw)
        if len(self.cumulative) == 1:
            return np.searchsorted(self.cumulative[0], level, side="right").astype(np.int8)
        codes = np.zeros(len(raw), dtype=np.int8)
        for reached in self.cumulative.T[:-1]:  # the last is 2**32, which no level reaches
            codes += (level >= reached.take(group)).view(np.int8)
        return codes


def chosen(
    condition: npt.NDArray[np.bool_], one: npt.NDArray[np.int8] | np.int8, other: npt.NDArray[np.int8]
) -> npt.NDArray[np.int8]:
    """Return `one` where the condition holds, else `other`: `np.where` without a branch for each row.

    Where chance decides, a processor guesses every other branch wrongly, which takes longer than all else.

    Examples:
        >>> chosen(np.array([True, False]), np.int8([1, 2]), np.int8([-2, -1])).tolist()
        [1, -1]
    """
    difference = one - other  # what is too large for a byte wraps around, and back in the last step
    difference *= condition.view(np.int8)
    difference += other
    return difference


def _alias_row(parts: list[int]) -> tuple[list[int], list[int]]:
    """Return thresholds and aliases for one distribution, in exact integer arithmetic (Vose's method)."""
    count = len(parts)
    weight = [part * count for part in parts]
    threshold = [FULL - 1] * count
    alias = list(range(count))
    small = [code for code in range(count) if weight[code] < FULL]
    large = [code for code in range(count) if weight[code] >= FULL]
    while small and large:
        lesser, greater = small.pop(), large.pop()
        threshold[lesser], alias[lesser] = weight[lesser], greater
        weight[greater] -= FULL - weight[lesser]
        (small if weight[greater] < FULL else large).append(greater)
    return threshold, alias
