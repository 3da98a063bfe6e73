"""What it would take to close a gap of burden: one row or rule left out, or everybody's threshold raised.

Each change is reckoned exactly, on the same people: how large the largest gap is afterwards, and how many
more victims it misses. Raising the threshold is the plain remedy that any other has to beat. Nothing is
changed here; a rule that burdens one group may be what finds another.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from dossier.truth import TruthClass
from models.card import LARGEST
from screening.evaluation.fairness.burden import Grouped
from screening.evaluation.measures import LAWFUL_FLAGGED, MISS
from screening.evaluation.rates import Rate
from screening.evaluation.tally import Tally

THRESHOLD = "threshold"
"""Names the change that leaves every row and rule as it is and raises the threshold."""

Shares = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Change:
    """One change, and what it does.

    Attributes:
        part: The row or rule that is left out, or `THRESHOLD`.
        before, gap: The largest difference between groups in the share of lawful people flagged, before the
            change and after it.
        relieved: Lawful people whose flag falls away, of those flagged.
        missed: Victims missed by it who were flagged before, of all victims asked about.
        threshold: Hundredths, where the threshold is what changes.
    """

    part: str
    before: float
    gap: float
    relieved: Rate
    missed: Rate
    threshold: int | None = None

    @property
    def closed(self) -> float:
        """By how much the gap shrinks; negative where it grows."""
        return self.before - self.gap

    @property
    def price(self) -> float:
        """Victims missed, as a share, for each unit by which the gap shrinks; infinite where it does not."""
        return self.missed.estimate / self.closed if self.closed > 0 else float("inf")


@dataclass(frozen=True)
class Relief:
    """What would close a gap.

    Attributes:
        changes: Every row and rule on which a flag depends, the one that closes most first.
        closing: The change that brings the gap within the margin and misses fewest victims; None where no
            single row or rule does.
        raising: The least rise of the threshold that closes as much as `best`; None where nothing does.
    """

    changes: tuple[Change, ...]
    closing: Change | None
    raising: Change | None

    @property
    def best(self) -> Change | None:
        """The closing change, or else the one that closes most; None where nothing closes anything."""
        return self.closing or next((one for one in self.changes if one.closed > 0), None)


def relief(
    parts: Sequence[str],
    found: Grouped,
    everybody: Tally,
    *,
    threshold: int,
    margin: float,
    fewest: int,
) -> Relief:
    """Return what would close the gap between the groups of one division.

    Args:
        parts: Rows and rules, in the order of the counts.
        found: Whose flag depends on which, by the groups of the division.
        everybody: All people by these groups and by risk.
        threshold: Hundredths.
        margin: The largest gap that is called equal.
        fewest: Groups with fewer lawful people are left out.
    """
    changes = sorted(
        (one for one in _without(parts, found, fewest) if one.relieved.count or one.missed.count),
        key=lambda one: (one.gap, one.missed.count),
    )
    closing = min(
        (one for one in changes if one.gap <= margin),
        key=lambda one: (one.missed.count, one.gap),
        default=None,
    )
    found_so_far = Relief(tuple(changes), closing, None)
    if found_so_far.best is None:
        return found_so_far
    goal = found_so_far.best.gap
    return replace(found_so_far, raising=_raised(everybody, threshold, goal, fewest))


def _without(parts: Sequence[str], found: Grouped, fewest: int) -> Sequence[Change]:
    """Return the change of each part that is left out."""
    people = found.people[:, TruthClass.LAWFUL].sum(axis=1)
    flagged, relieved = found.people[:, TruthClass.LAWFUL, 1], found.depending[:, :, TruthClass.LAWFUL]
    victims = int(found.people[:, TruthClass.VICTIM].sum())
    counted = people >= max(fewest, 1)
    before = _gap(flagged[counted] / people[counted])
    return [
        Change(
            part,
            before,
            _gap(((flagged - relieved[place]) / np.maximum(people, 1))[counted]),
            Rate(int(relieved[place].sum()), int(flagged.sum())),
            Rate(int(found.depending[place, :, TruthClass.VICTIM].sum()), victims),
        )
        for place, part in enumerate(parts)
    ]


def _raised(tally: Tally, threshold: int, goal: float, fewest: int) -> Change | None:
    """Return the least rise of the threshold at which the gap is no larger than `goal`; None where none is.

    People whom a rule refers by itself are flagged at every threshold, so no rise need close a gap.
    """
    steps = np.concatenate([[threshold], tally.risks[tally.risks > threshold]])
    lawful, misses = tally.rates(LAWFUL_FLAGGED, steps), tally.over().rates(MISS, steps)
    shares = lawful.estimate[lawful.n[:, 0] >= max(fewest, 1)]
    gaps = shares.max(axis=0) - shares.min(axis=0)
    reached = np.flatnonzero((gaps <= goal) & (steps <= LARGEST))
    if not len(reached):
        return None
    place = int(reached[0])
    flagged = lawful.count.sum(axis=0)
    return Change(
        THRESHOLD,
        float(gaps[0]),
        float(gaps[place]),
        Rate(int(flagged[0] - flagged[place]), int(flagged[0])),
        Rate(int(misses.count[0, place] - misses.count[0, 0]), int(misses.n[0, 0])),
        int(steps[place]),
    )


def _gap(shares: Shares) -> float:
    return float(shares.max() - shares.min()) if len(shares) else 0.0
