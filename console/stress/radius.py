"""The evasion radius: the fewest pieces of evidence that must be hidden for a flagged person to be missed.

Hiding takes points away from all cards at once, and the cards are joined by the log of their summed odds. So
the best next piece need not belong to the best pair, and going piece by piece (greedily) is exact for a
single card only. Here greedy gives a number that is enough. A bound gives one that is needed: for any weights
of the cards that add up to one, the joined risk is at least the weighted sum plus the weights' entropy
(Gibbs' inequality), and a sum is lowered most by its largest terms. Where the two differ, every set of that
size is tried out, as far as there are not too many; what is left open is said to be open, and never guessed.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations, islice
from math import comb

import numpy as np
import numpy.typing as npt
from scipy.special import logsumexp, xlogy

from console.stress.hidden import Evidence
from models.card import HUNDREDTHS, Points

Counts = npt.NDArray[np.int64]
Weights = npt.NDArray[np.float64]

TOLERANCE = 1e-6
"""Hundredths by which the bound is lowered, far more than its sums are rounded."""

AT_ONCE = 20_000
"""Sets that are tried out at once."""


@dataclass(frozen=True)
class Radius:
    """How many pieces must be hidden, for each of some flagged people.

    Attributes:
        needed: Shape (n,): with fewer hidden nobody is missed; `most` + 1 where more than `most` are needed.
        enough: Shape (n,): with so many hidden the person is missed; `most` + 1 where `most` were not enough.
        most: The most that were tried.
    """

    needed: Counts
    enough: Counts
    most: int

    @property
    def is_exact(self) -> npt.NDArray[np.bool_]:
        """Shape (n,): whether the fewest are known."""
        return np.asarray(self.needed == self.enough)


def radius_of(evidence: Evidence, most: int, steps: int, sets: int) -> Radius:
    """Return the fewest pieces to hide for each of some flagged people.

    Args:
        evidence: What speaks for them.
        most: Look no further than so many.
        steps: By which the bound is brought nearer.
        sets: Most sets that are tried out for one person and number.
    """
    by_rule = evidence.overrides.sum(axis=1).astype(np.int64)
    by_cards = evidence.is_flagged_at(evidence.scores)
    needed, enough = (np.where(by_cards, most + 1, 0) for _ in range(2))
    current, used = evidence.scores, np.zeros(evidence.given.shape[:2], dtype=bool)
    for size in range(1, min(most, len(evidence.keys)) + 1):
        current = _without_the_next(evidence, current, used)
        enough = np.where(~evidence.is_flagged_at(current), np.minimum(enough, size), enough)
        open_ = (needed > size) & ~_is_flagged_whatever_is_hidden(evidence, current, size, steps)
        for person in np.flatnonzero(open_ & (enough > size)):
            found = _tried_out(evidence, int(person), size, sets)
            enough[person] = size if found else enough[person]
            open_[person] = found is not False
        needed = np.where(open_, size, needed)
    return Radius(np.minimum(needed + by_rule, most + 1), np.minimum(enough + by_rule, most + 1), most)


def _without_the_next(evidence: Evidence, current: Points, used: npt.NDArray[np.bool_]) -> Points:
    """Return the sums without one piece more, the one that lowers the joined risk most; notes it as used."""
    person = np.arange(len(evidence))
    odds = np.exp((current - current.max(axis=1, keepdims=True)) / HUNDREDTHS)
    left = np.einsum("nc,nrc->nr", odds, np.exp(-evidence.given / HUNDREDTHS))
    left[used] = np.inf
    piece = left.argmin(axis=1)
    used[person, piece] = True
    return np.asarray(current - evidence.given[person, piece], dtype=np.int32)


def _is_flagged_whatever_is_hidden(
    evidence: Evidence, greedy: Points, size: int, steps: int
) -> npt.NDArray[np.bool_]:
    """Return for whom it is certain that no `size` hidden rows lead to a miss, shape (n,).

    The weights start where the greedy sums point and move, by less and less, to where the bound's own choice
    of rows points; the best bound on the way counts.
    """
    best = np.full(len(evidence), -np.inf)
    weights = _softmax(greedy)
    for step in range(steps):
        worth = np.einsum("nrc,nc->nr", evidence.given, weights)
        chosen = np.argpartition(-worth, size - 1, axis=1)[:, :size]
        entropy = -HUNDREDTHS * xlogy(weights, weights).sum(axis=1)
        plain = (weights * evidence.scores).sum(axis=1)
        best = np.maximum(best, plain + entropy - np.take_along_axis(worth, chosen, axis=1).sum(axis=1))
        sums = evidence.scores - np.take_along_axis(evidence.given, chosen[:, :, None], axis=1).sum(axis=1)
        weights = weights + (_softmax(sums) - weights) / (step + 2)
    return np.asarray(np.rint(best - TOLERANCE) >= evidence.threshold)


def _softmax(sums: Points) -> Weights:
    scaled = sums / HUNDREDTHS
    return np.asarray(np.exp(scaled - logsumexp(scaled, axis=1, keepdims=True)))


def _tried_out(evidence: Evidence, person: int, size: int, sets: int) -> bool | None:
    """Return whether some `size` rows of one person are enough; None where there are too many sets to try."""
    given = evidence.given[person]
    rows = np.flatnonzero(given.any(axis=1))
    if len(rows) < size or comb(len(rows), size) > sets:
        return None
    found = (
        ~evidence.is_flagged_at(evidence.scores[person] - given[chosen].sum(axis=1))
        for chosen in _sets_of(rows, size)
    )
    return any(missed.any() for missed in found)


def _sets_of(rows: npt.NDArray[np.intp], size: int) -> Iterator[npt.NDArray[np.intp]]:
    """Yield all sets of so many rows, many at a time, shape (sets, size)."""
    chosen = combinations(rows.tolist(), size)
    while block := list(islice(chosen, AT_ONCE)):
        yield np.array(block)
