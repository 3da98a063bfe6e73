"""The two rates in the form in which scikit-learn and fairlearn take a metric: of labels and flags or scores.

Victims are 1 or True. `missed` and `falsely_flagged` give a rate with its count, n and exact interval, for a
`MetricFrame` by group; the functions whose names end in rate give its bare number, for what must compare. A
bare number is for a machine that chooses, and never for a reader.
"""

from typing import Any

import numpy as np
import numpy.typing as npt

from screening.evaluation.rates import Rate
from screening.evaluation.yardsticks import at_false_flag_rate

Mask = npt.NDArray[np.bool_]


def missed(y_true: Any, y_pred: Any) -> Rate:
    """Return the victims who are not flagged, of all victims.

    Args:
        y_true: Shape (n,): who is a victim.
        y_pred: Shape (n,): who is flagged.

    Raises:
        ValueError: If a label is neither 0, 1, False nor True.

    Examples:
        >>> missed([1, 1, 1, 0], [1, 0, 1, 1])
        Rate(count=1, n=3, confidence=0.95)
    """
    is_victim, is_flagged = _mask(y_true), _mask(y_pred)
    return Rate(int((is_victim & ~is_flagged).sum()), int(is_victim.sum()))


def falsely_flagged(y_true: Any, y_pred: Any) -> Rate:
    """Return the non-victims who are flagged, of all non-victims; see `missed`.

    Examples:
        >>> falsely_flagged([1, 1, 1, 0], [1, 0, 1, 1])
        Rate(count=1, n=1, confidence=0.95)
    """
    is_victim, is_flagged = _mask(y_true), _mask(y_pred)
    return Rate(int((~is_victim & is_flagged).sum()), int((~is_victim).sum()))


def miss_rate(y_true: Any, y_pred: Any) -> float:
    """Return the miss rate alone; not a number where there is no victim."""
    return missed(y_true, y_pred).estimate


def false_flag_rate(y_true: Any, y_pred: Any) -> float:
    """Return the false-flag rate alone; not a number where there are victims only."""
    return falsely_flagged(y_true, y_pred).estimate


def miss_rate_at(y_true: Any, y_score: Any, *, false_flags: float) -> float:
    """Return the miss rate where at most a share of non-victims is flagged; not a number without either.

    For comparing scores, as in a grid search: `make_scorer(miss_rate_at, false_flags=0.05,
    response_method="decision_function", greater_is_better=False)`. The threshold is taken from the same rows
    and promises nothing for others.

    Args:
        y_true: Shape (n,): who is a victim.
        y_score: Shape (n,): scores; higher is more concerning.
        false_flags: The share.

    Examples:
        >>> miss_rate_at([1, 1, 0, 0, 0, 0], [5, 3, 4, 2, 1, 0], false_flags=0.05)
        0.5
    """
    is_victim, scores = _mask(y_true), np.asarray(y_score, dtype=np.float64)
    if is_victim.all() or not is_victim.any():
        return float("nan")
    return float(at_false_flag_rate(scores[is_victim], scores[~is_victim], false_flags).mean())


def _mask(labels: Any) -> Mask:
    found = np.asarray(labels)
    if not np.isin(found, [0, 1]).all():
        strangers = sorted({str(label) for label in found[~np.isin(found, [0, 1])]})
        raise ValueError(f"labels must be 0 or 1, or False or True; there are {', '.join(strangers[:3])}.")
    return found.astype(bool)
