"""Reading the tables off an additive model, and rounding them to the whole hundredths that a card holds.

An additive model is the sum of one function for each input, so moving one input at a time tells all of it.
This module probes and rounds; it knows neither who learned the model nor the file in which the tables end. It
is right for additive models only, and cannot tell whether one is.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from models.card import HUNDREDTHS, Points

Floats: TypeAlias = npt.NDArray[np.float64]

Score: TypeAlias = Callable[[Floats], Floats]
"""From codes of shape (n, inputs) to scores of shape (n,), in log-odds units."""


@dataclass(frozen=True)
class Tables:
    """An additive score, input by input.

    Attributes:
        start: What every row starts with, in log-odds units.
        gains: For each input, what each of its codes adds to the start; the least of them zero.
    """

    start: float
    gains: tuple[Floats, ...]


@dataclass(frozen=True)
class WholeTables:
    """The same in hundredths of a log-odds unit.

    Attributes:
        start: What every row starts with.
        points: For each input, what each of its codes adds; the least of them zero.
    """

    start: int
    points: tuple[Points, ...]


def read_off(score: Score, codes: Sequence[Floats]) -> Tables:
    """Return the tables of an additive score, probing one code of one input at a time.

    Args:
        score: The model's score.
        codes: For each input, the codes it can take, in the order that its table shall have.

    Examples:
        >>> tables = read_off(lambda rows: 1 + 2 * rows[:, 0] - rows[:, 1], [np.arange(2.0), np.arange(3.0)])
        >>> tables.start, [gains.tolist() for gains in tables.gains]
        (-1.0, [[0.0, 2.0], [2.0, 1.0, 0.0]])
    """
    first = np.array([[own[0] for own in codes]])
    probes = np.repeat(first, 1 + sum(len(own) for own in codes), axis=0)
    ends = np.cumsum([1, *(len(own) for own in codes)])
    for column, own in enumerate(codes):
        probes[ends[column] : ends[column + 1], column] = own
    found = score(probes)
    parts = [found[ends[column] : ends[column + 1]] - found[0] for column in range(len(codes))]
    return Tables(
        float(found[0]) + sum(float(part.min()) for part in parts), tuple(part - part.min() for part in parts)
    )


def in_hundredths(tables: Tables, rising: Sequence[bool]) -> WholeTables:
    """Return the tables rounded to whole hundredths.

    Args:
        tables: The tables.
        rising: For each input, whether its points may not fall from one code to the next. The model keeps to
            it; where its sums differ in the last digit, so that rounding would not, the higher one counts.

    Examples:
        >>> in_hundredths(Tables(0.5, (np.array([0.0, 0.123, 1.0]),)), [True])
        WholeTables(start=50, points=(array([  0,  12, 100], dtype=int32),))
    """
    risen = [
        np.maximum.accumulate(gains) if rises else gains
        for gains, rises in zip(tables.gains, rising, strict=True)
    ]
    whole = tuple(np.rint(HUNDREDTHS * gains).astype(np.int32) for gains in risen)
    return WholeTables(round(HUNDREDTHS * tables.start), whole)
