"""Integer tables: any distribution is drawn exactly, and what cannot be is never drawn."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from synthetic.streams import FULL
from synthetic.tables import AliasTable, InverseTable, as_parts

WEIGHTS = st.one_of(st.just(0.0), st.floats(1e-9, 1.0))
WORDS = st.lists(st.integers(0, 2**64 - 1), min_size=1, max_size=40)


@st.composite
def distributions(draw: st.DrawFn) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    """Return distributions of several groups over the same codes."""
    codes = draw(st.integers(1, 40))
    rows = draw(st.lists(st.lists(WEIGHTS, min_size=codes, max_size=codes), min_size=1, max_size=4))
    weights = np.array(rows)
    weights[weights.sum(axis=1) == 0, 0] = 1
    return np.asarray(weights / weights.sum(axis=1, keepdims=True))


@given(distributions())
def test_parts_are_a_distribution_of_whole_numbers(
    chances: np.ndarray[tuple[int, int], np.dtype[np.float64]],
) -> None:
    parts = as_parts(chances)
    assert (parts.sum(axis=1) == FULL).all()
    assert (parts >= 0).all()
    assert (parts[chances == 0] == 0).all()
    assert abs(parts / FULL - chances).max() <= chances.shape[1] / FULL


@given(distributions())
def test_an_alias_table_implies_its_parts_exactly(
    chances: np.ndarray[tuple[int, int], np.dtype[np.float64]],
) -> None:
    table, groups, codes = AliasTable.build(chances), *chances.shape
    implied = [[0] * codes for _ in range(groups)]
    for cell, (threshold, alias) in enumerate(
        zip(table.threshold.tolist(), table.alias.tolist(), strict=True)
    ):
        group, slot = divmod(cell, codes)
        kept = FULL if alias == slot else threshold
        implied[group][slot] += kept
        implied[group][alias] += FULL - kept
    assert implied == [[part * codes for part in row] for row in as_parts(chances).tolist()]


@pytest.mark.parametrize("kind", [AliasTable, InverseTable])
@given(distributions(), WORDS, st.data())
def test_no_word_draws_what_cannot_be(
    kind: type[AliasTable | InverseTable],
    chances: np.ndarray[tuple[int, int], np.dtype[np.float64]],
    words: list[int],
    data: st.DataObject,
) -> None:
    group = np.array(
        data.draw(st.lists(st.integers(0, len(chances) - 1), min_size=len(words), max_size=len(words)))
    )
    codes = kind.build(chances).draw(np.array(words, dtype=np.uint64), group)
    assert (as_parts(chances)[group, codes] > 0).all()


@given(distributions(), WORDS)
def test_an_inverse_table_is_the_cumulative_sum(
    chances: np.ndarray[tuple[int, int], np.dtype[np.float64]], words: list[int]
) -> None:
    """Naive twin: walk through the parts until the word's upper half is used up."""
    table = InverseTable.build(chances)
    for group, parts in enumerate(as_parts(chances).tolist()):
        found = table.draw(np.array(words, dtype=np.uint64), np.full(len(words), group)).tolist()
        assert found == [_walked(parts, word >> 32) for word in words]


def _walked(parts: list[int], level: int) -> int:
    for code, part in enumerate(parts):
        if level < part:
            return code
        level -= part
    raise AssertionError("the parts do not reach the end")


@given(distributions())
def test_a_table_built_for_many_groups_is_each_groups_own(
    chances: np.ndarray[tuple[int, int], np.dtype[np.float64]],
) -> None:
    table, codes = AliasTable.build(chances), chances.shape[1]
    for group in range(len(chances)):
        own = AliasTable.build(chances[group : group + 1])
        cells = slice(group * codes, (group + 1) * codes)
        assert table.threshold[cells].tolist() == own.threshold.tolist()
        assert table.alias[cells].tolist() == own.alias.tolist()


def test_the_smallest_part_is_drawn_by_exactly_its_words() -> None:
    """One part in 2**32 of two codes: one word in 2**32, found by asking the words around the edge."""
    chances = np.array([[1 / FULL, 1 - 1 / FULL]])
    assert as_parts(chances).tolist() == [[1, FULL - 1]]
    edge = np.array([0, 1 << 32], dtype=np.uint64)
    assert InverseTable.build(chances).draw(edge, np.zeros(2, dtype=np.int64)).tolist() == [0, 1]
    table = AliasTable.build(chances)
    assert Fraction(int(table.threshold[0]), 2 * FULL) == Fraction(1, FULL)
