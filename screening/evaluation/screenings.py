"""Two screenings of the same people with their risks: what both flag at every threshold, for overlaid curves.

Only people who set out as the same both times are counted, as in every rate of a comparison. Both sweeps have
the same steps, so that one slider moves both; where the cards differ, the same number of points may mean
another resemblance, and whoever shows the curves says so.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from dossier.truth import Truth
from screening.evaluation.comparison import Side
from screening.evaluation.sweep import Counted, counted, joined_counts, steps_of, sweep_json


@dataclass(frozen=True)
class Screening:
    """One screening of many people.

    Attributes:
        truth: What n people truly are.
        risk: Shape (n,): hundredths.
    """

    truth: Truth
    risk: npt.NDArray[np.int32]

    def side(self, threshold: int) -> Side:
        """Return the screening with the flags of a threshold, in hundredths."""
        return Side(self.truth, self.risk >= threshold)


def counted_pair(first: Screening, second: Screening) -> tuple[Counted, Counted]:
    """Count whoever set out as the same both times, once by the risk of either screening."""
    stayed = first.truth.module == second.truth.module
    before, after = (counted(one.risk, one.truth, rows=stayed) for one in (first, second))
    return before, after


def joined_pairs(pairs: Sequence[tuple[Counted, Counted]]) -> tuple[Counted, Counted]:
    """Return the counts of a whole cohort from those of its parts, of which there is at least one."""
    before, after = (joined_counts(side) for side in zip(*pairs, strict=True))
    return before, after


def paired_sweeps_json(
    sides: tuple[Counted, Counted],
    thresholds: tuple[int, int],
    shares: tuple[float | None, float | None] = (None, None),
) -> dict[str, Any]:
    """Return two sweeps that can be laid over each other, for JSON: `before` and `after`, of the same steps.

    Args:
        sides: The same people, counted in two screenings.
        thresholds: The operating threshold of each, in hundredths.
        shares: The share of victims for which each counts flags; as drawn, where it is None.
    """
    steps = steps_of(joined_counts(sides), *thresholds)
    return {
        name: sweep_json(people, threshold, steps=steps, share_of_victims=share)
        for name, people, threshold, share in zip(("before", "after"), sides, thresholds, shares, strict=True)
    }
