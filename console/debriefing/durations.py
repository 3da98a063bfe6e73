"""How long decisions took: for information, never as a score. Haste is the wrong lesson for protection."""

from collections.abc import Iterable
from dataclasses import dataclass
from statistics import quantiles

from console.debriefing.judgements import Judgement


@dataclass(frozen=True)
class Spread:
    """Middle and quartiles of some numbers, such as seconds.

    Attributes:
        n: How many numbers.
        lower, middle, upper: Quartiles; half of all numbers lie between the lower and the upper.
    """

    n: int
    lower: float
    middle: float
    upper: float


def spread(numbers: Iterable[float]) -> Spread | None:
    """Return the quartiles of numbers, both ends included; None without any.

    Examples:
        >>> spread([10.0, 20.0, 60.0])
        Spread(n=3, lower=15.0, middle=20.0, upper=40.0)
    """
    found = sorted(numbers)
    if not found:
        return None
    if len(found) == 1:
        return Spread(1, *(found * 3))
    return Spread(len(found), *quantiles(found, n=4, method="inclusive"))


def seconds(judgements: Iterable[Judgement]) -> Spread | None:
    """Return how long decisions took."""
    return spread(judgement.seconds for judgement in judgements)
