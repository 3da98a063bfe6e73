"""Joint tables: the points of several inputs added up beforehand, so that a dossier looks them up at once.

The points of a stage's cards are sums over dozens of inputs. Here inputs are taken together while there are
few enough combinations of their levels; a row of such a table holds the sums of all cards for one of these,
in one context. The scores are the same whole numbers, to the last hundredth. Cards whose sums could leave the
small numbers used here get no joint tables, and whoever asks about few dossiers needs none.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self, TypeAlias

import numpy as np
import numpy.typing as npt

from models.features import Levels
from models.scores import Points

Small: TypeAlias = npt.NDArray[np.int16]

MOST_ROWS = 8_192
"""Rows of a table: with sixteen cards a quarter of a mebibyte, several of which a processor keeps near."""

LOWEST, HIGHEST = -20_000, 32_767
"""Hundredths between which every sum must lie: those of the small numbers, and far above what fills a row."""

FILLING = -32_768
"""Stands where a row has more places than there are cards: odds of nothing beside those of any card."""

AT_ONCE = 32_768
"""Dossiers that are looked up at once."""


@dataclass(frozen=True)
class JointTable:
    """The points of a few inputs together.

    Attributes:
        columns: Which inputs they are.
        sizes: How many levels each of them has.
        rows: Shape (contexts x combinations of levels, places of a row).
    """

    columns: tuple[int, ...]
    sizes: tuple[int, ...]
    rows: Small

    def places(self, levels: Levels, context: npt.NDArray[np.int8]) -> npt.NDArray[np.intp]:
        """Return the row of each dossier, shape (n,); arguments as for `JointTables.sums`."""
        place = context.astype(np.uint16)
        for column, size in zip(self.columns, self.sizes, strict=True):
            place *= np.uint16(size)
            np.add(place, levels[:, column], out=place, casting="unsafe")
        return place.astype(np.intp)


@dataclass(frozen=True)
class JointTables:
    """The points of all inputs of a stage, several inputs to a table.

    Attributes:
        tables: The tables; the first holds what every dossier starts with, too.
        cards: How many cards there are; a row has room for a power of two.
    """

    tables: tuple[JointTable, ...]
    cards: int

    @classmethod
    def of(cls, start: Points, tables: Sequence[Points]) -> Self | None:
        """Return the joint tables of a stage's cards; None where their sums need larger numbers.

        Args:
            start: Shape (contexts, cards): the points every dossier starts with.
            tables: For each input, points of shape (contexts, levels, cards); never negative.
        """
        contexts, cards = start.shape
        most = start.max(axis=1) + sum(int(table.max()) for table in tables)
        if start.min() < LOWEST or most.max() > HIGHEST:
            return None
        room = 1 << (cards - 1).bit_length()
        filling = np.full((contexts, room), FILLING, dtype=np.int16)
        filling[:, :cards] = start
        groups = _groups(tables, MOST_ROWS // contexts) or [()]
        return cls(
            tuple(
                JointTable(
                    group,
                    tuple(tables[column].shape[1] for column in group),
                    _added(filling if first == 0 else np.zeros_like(filling), [tables[c] for c in group]),
                )
                for first, group in enumerate(groups)
            ),
            cards,
        )

    @property
    def nbytes(self) -> int:
        """Bytes that the tables take."""
        return sum(table.rows.nbytes for table in self.tables)

    def sums(self, levels: Levels, context: npt.NDArray[np.int8]) -> Small:
        """Return the score of each card, shape (n, places of a row); what lies beyond the cards is filling.

        Args:
            levels: Shape (n, inputs): the level of each input.
            context: Shape (n,): index of the context.
        """
        room = self.tables[0].rows.shape[1]
        sums = np.empty((len(levels), room), dtype=np.int16)
        further = np.empty((min(len(levels), AT_ONCE), room), dtype=np.int16)
        for start in range(0, len(levels), AT_ONCE):
            part = slice(start, start + AT_ONCE)
            self._add_up(levels[part], context[part], sums[part], further)
        return sums

    def _add_up(self, levels: Levels, context: npt.NDArray[np.int8], sums: Small, further: Small) -> None:
        first, *others = self.tables
        # No place lies outside its table, and numpy is fastest where it may wrap those that do.
        np.take(first.rows, first.places(levels, context), axis=0, out=sums, mode="wrap")
        own = further[: len(levels)]
        for table in others:
            np.take(table.rows, table.places(levels, context), axis=0, out=own, mode="wrap")
            sums += own


def _groups(tables: Sequence[Points], most: int) -> list[tuple[int, ...]]:
    """Return inputs that go together, up to `most` combinations of levels; one without points is left out.

    The inputs with most levels come first, and each joins the first group that has room for it.
    """
    groups: list[tuple[int, tuple[int, ...]]] = []
    with_points = [column for column, table in enumerate(tables) if table.any()]
    for column in sorted(with_points, key=lambda one: -tables[one].shape[1]):
        size = tables[column].shape[1]
        fitting = (place for place, (combinations, _) in enumerate(groups) if combinations * size <= most)
        place = next(fitting, None)
        if place is None:
            groups.append((size, (column,)))
        else:
            combinations, columns = groups[place]
            groups[place] = combinations * size, (*columns, column)
    return [columns for _, columns in groups]


def _added(start: Small, tables: Sequence[Points]) -> Small:
    """Return the sums of all combinations, shape (contexts x combinations, places of a row)."""
    contexts, room = start.shape
    total = start[:, None, :]
    for table in tables:
        own = np.zeros((*table.shape[:2], room), dtype=np.int16)
        own[:, :, : table.shape[2]] = table
        total = (total[:, :, None, :] + own[:, None, :, :]).reshape(contexts, -1, room)
    return total.reshape(-1, room)
