"""How the points of one input are written: once for each card and once for each context, where that is all.

The points of a card in a context are the sum of both, less the least of it; where they are anything else they
are written out apart. Writing and reading back gives the same points, to the last hundredth. Nothing is
learned or judged here.
"""

from collections.abc import Iterator, Sequence
from typing import Annotated, TypeAlias

import numpy as np
import numpy.typing as npt
from pydantic import Field as Option

from dossier.toml_files import Declared

LARGEST = 100_000
"""Hundredths that no points reach: a thousand log-odds units. Sums of such points fit their numbers."""

Whole: TypeAlias = Annotated[int, Option(ge=-LARGEST, le=LARGEST)]
ByLevel: TypeAlias = tuple[Whole, ...]
Place: TypeAlias = Annotated[int, Option(ge=0, le=LARGEST)]

Table: TypeAlias = npt.NDArray[np.int64]

_ROUNDS = 4
"""Rounds in which both parts are told apart; where the points are such a sum, two are enough."""


class PackedRow(Declared):
    """The points of one input, as they are written.

    Attributes:
        input: Kind and name, such as `answer:fee_idr`.
        cards: For each card, one number for each level, or empty where all are zero.
        contexts: For each context, the same.
        apart: Context, card and points, where these are not the sum of both.
    """

    input: str
    cards: tuple[ByLevel, ...]
    contexts: tuple[ByLevel, ...]
    apart: tuple[tuple[Place, Place, ByLevel], ...] = ()

    def points(self, levels: int) -> tuple[tuple[ByLevel, ...], ...]:
        """Return the points by context, then card: one number for each level, or empty where all are zero.

        Args:
            levels: Number of levels of the input.

        Raises:
            ValueError: If a table has another number of levels, or stands apart for a card there is not.
        """
        cards, contexts = self._filled(self.cards, levels), self._filled(self.contexts, levels)
        sums = contexts[:, None, :] + cards[None, :, :]
        sums -= sums.min(axis=2, keepdims=True)
        found = [[_sparse(points) for points in context.tolist()] for context in sums]
        if len({place[:2] for place in self.apart}) != len(self.apart):
            raise ValueError(f"'{self.input}': the points of a card in a context stand apart twice")
        for context, card, points in self.apart:
            if context >= len(contexts) or card >= len(cards):
                raise ValueError(f"'{self.input}': there is no card {card} in a context {context}")
            found[context][card] = points
        return tuple(tuple(context) for context in found)

    def _filled(self, tables: Sequence[ByLevel], levels: int) -> Table:
        if not levels or any(len(points) not in (0, levels) for points in tables):
            raise ValueError(f"'{self.input}': one number for each level")
        filled = [points or (0,) * levels for points in tables]
        return np.array(filled, dtype=np.int64).reshape(len(filled), levels)


def packed(key: str, points: Sequence[Sequence[ByLevel]], levels: int, *, rising: bool) -> PackedRow:
    """Return the points of one input as they are written.

    Args:
        key: Kind and name of the input.
        points: By context, then card; empty where all are zero.
        levels: Number of levels of the input.
        rising: Whether its points never fall; then neither part of them does.
    """
    nothing = (0,) * levels
    table = np.array([[own or nothing for own in context] for context in points], dtype=np.int64)
    cards, contexts = _parts(table, rising=rising)
    together = PackedRow(input=key, cards=_tables(cards), contexts=_tables(contexts))
    apart = tuple(_differences(points, together.points(levels)))
    return together.model_copy(update={"apart": apart})


def _parts(table: Table, *, rising: bool) -> tuple[Table, Table]:
    """Return the parts by card and by context whose sums agree with most of `table`, but for a constant."""
    above = table - table[:, :, :1]
    contexts = np.zeros((table.shape[0], table.shape[2]), dtype=np.int64)
    for _ in range(_ROUNDS):
        cards = _middle(above - contexts[:, None, :], axis=0)
        contexts = _middle(above - cards[None, :, :], axis=1)
    if rising:  # what rises in every context belongs to the cards
        common = np.diff(contexts, axis=1, prepend=0).min(axis=0).cumsum()
        cards, contexts = cards + common, contexts - common
    return cards, contexts


def _middle(table: Table, axis: int) -> Table:
    return np.asarray(np.quantile(table, 0.5, axis=axis, method="lower"), dtype=np.int64)


def _tables(part: Table) -> tuple[ByLevel, ...]:
    return tuple(_sparse(points) for points in (part - part.min(axis=1, keepdims=True)).tolist())


def _sparse(points: Sequence[int]) -> ByLevel:
    return tuple(points) if any(points) else ()


def _differences(
    wanted: Sequence[Sequence[ByLevel]], found: Sequence[Sequence[ByLevel]]
) -> Iterator[tuple[int, int, ByLevel]]:
    for context, of_context in enumerate(wanted):
        for card, points in enumerate(of_context):
            if points != found[context][card]:
                yield context, card, points
