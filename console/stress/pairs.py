"""The same people before and after a change, as rates and paired differences with simultaneous intervals.

Where a test makes many comparisons, each interval is so much wider that all of them hold together at least 95
times in 100 (Bonferroni). Nothing is compared here that is not of the same people in the same order.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from console.stress.frame import Finding, Row, Setting
from dossier.texts import Text
from screening.evaluation.rates import CONFIDENCE, PairedDifference, Rate

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Before:
    """Whom a screener misses and whom it flags wrongly, such as before anything was changed.

    Attributes:
        missed: Shape (victims,).
        flagged: Shape (others,).
    """

    missed: Mask
    flagged: Mask


def together(comparisons: int) -> float:
    """Return the confidence of each of several intervals, so that all of them hold together.

    Examples:
        >>> together(1), round(together(10), 3)
        (0.95, 0.995)
    """
    return 1 - (1 - CONFIDENCE) / max(comparisons, 1)


def held_together(made: Callable[[float], Finding]) -> Finding:
    """Return a finding all of whose intervals hold together at least 95 times in 100.

    It is made once so that its intervals can be counted, and again with each as wide as their number asks.

    Args:
        made: Returns the finding with every interval at the given confidence, and always as many of them.
    """
    return made(together(made(CONFIDENCE).intervals))


def rate_of(counted: Mask, confidence: float = CONFIDENCE) -> Rate:
    """Return the share of people who are counted."""
    return Rate(int(counted.sum()), len(counted), confidence)


def change(after: Mask, before: Mask, confidence: float = CONFIDENCE) -> PairedDifference:
    """Return the share counted after less the share counted before, on the same people.

    Examples:
        >>> change(np.array([True, True]), np.array([True, False])).estimate
        0.5
    """
    return PairedDifference(
        int((after & ~before).sum()), int((before & ~after).sum()), len(after), confidence
    )


def paired_row(
    setting: Setting, name: Text, key: str, missed: Mask, flagged: Mask, confidence: float = CONFIDENCE
) -> Row:
    """Return the row of a change to the people of a setting: both rates, and by how much they changed.

    Args:
        setting: Where it was measured; nothing was changed there.
        name, key: What was changed.
        missed: Shape (victims,): who is missed after the change.
        flagged: Shape (others,): who is flagged after it.
        confidence: Of each interval.
    """
    return Row(
        name,
        key,
        miss=rate_of(missed, confidence),
        false_flag=rate_of(flagged, confidence),
        miss_change=change(missed, setting.is_missed, confidence),
        flag_change=change(flagged, setting.is_flagged, confidence),
    )
