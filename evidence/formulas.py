"""Arithmetic for derived figures, on estimates and on the ranges around them.

All operations work on plain numbers (a share of 93.6 percent enters as 0.936). Each rises or falls
steadily in each of its inputs, so the ends of the inputs' ranges give the ends of the result. Inputs are
taken as independent of one another. No expression is ever parsed: an operation is a name in a table.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product

from evidence.entries import Operation


@dataclass(frozen=True)
class Quantity:
    """A number with the range it may lie in, as plain numbers.

    Attributes:
        estimate: The best single number.
        low, high: The ends of the range; equal to the estimate where nothing else is known.
    """

    estimate: float
    low: float
    high: float


def flag_rate(prevalence: float, sensitivity: float, specificity: float) -> float:
    """Return the share of all applicants that a check flags; every argument and the result is a fraction."""
    return prevalence * sensitivity + (1 - prevalence) * (1 - specificity)


def precision(prevalence: float, sensitivity: float, specificity: float) -> float:
    """Return the share of flagged applicants who are victims; every argument and the result is a fraction.

    Raises:
        ZeroDivisionError: If nobody is flagged.

    Examples:
        At one victim in ten thousand, even a good questionnaire is nearly always wrong:

        >>> round(100 * precision(1e-4, 0.867, 0.765), 3)
        0.037
    """
    return prevalence * sensitivity / flag_rate(prevalence, sensitivity, specificity)


def clear_precision(prevalence: float, sensitivity: float, specificity: float) -> float:
    """Return the share of applicants not flagged who are indeed no victims; all are fractions."""
    return (1 - prevalence) * specificity / (1 - flag_rate(prevalence, sensitivity, specificity))


def evaluate(operation: Operation, inputs: Sequence[Quantity]) -> Quantity:
    """Apply `operation` to `inputs`.

    Raises:
        ZeroDivisionError: If it would divide by zero.
    """
    if operation == "span":
        low, high = min(item.low for item in inputs), max(item.high for item in inputs)
        return Quantity((low + high) / 2, low, high)
    function = _FUNCTIONS[operation]
    corners = [function(*ends) for ends in product(*(sorted({item.low, item.high}) for item in inputs))]
    return Quantity(function(*(item.estimate for item in inputs)), min(corners), max(corners))


def takes(operation: Operation, count: int) -> bool:
    """Return whether `operation` can work on `count` inputs."""
    return count == _INPUTS[operation] if operation in _INPUTS else count >= 1


def _sum(*terms: float) -> float:
    return math.fsum(terms)


def _remainder(*parts: float) -> float:
    return 1 - math.fsum(parts)


def _product(*factors: float) -> float:
    return math.prod(factors)


def _difference(whole: float, part: float) -> float:
    return whole - part


def _ratio(part: float, whole: float) -> float:
    return part / whole


_FUNCTIONS: Mapping[str, Callable[..., float]] = {
    "sum": _sum,
    "difference": _difference,
    "product": _product,
    "ratio": _ratio,
    "remainder": _remainder,
    "flag_rate": flag_rate,
    "precision": precision,
    "clear_precision": clear_precision,
}
_INPUTS: Mapping[str, int] = {
    "difference": 2,
    "ratio": 2,
    "flag_rate": 3,
    "precision": 3,
    "clear_precision": 3,
}
