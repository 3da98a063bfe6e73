"""How points are written: short where they are a sum of two parts, and the same when they are read back."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.packing import PackedRow, packed

Dense = tuple[tuple[tuple[int, ...], ...], ...]


def dense(cards: list[list[int]], contexts: list[list[int]]) -> Dense:
    """Return the sums of both parts, as points by context and card."""
    sums = np.array(contexts)[:, None, :] + np.array(cards)[None, :, :]
    sums -= sums.min(axis=2, keepdims=True)
    return tuple(tuple(tuple(own) if any(own) else () for own in context) for context in sums.tolist())


CARDS = [[0, 10, 40], [0, 0, 90], [0, 25, 25]]
CONTEXTS = [[0, 0, 0], [0, 5, 60], [0, 30, 30], [0, 0, 7]]


def test_points_that_are_a_sum_of_two_parts_need_nothing_apart() -> None:
    row = packed("rule:trial", dense(CARDS, CONTEXTS), 3, rising=True)
    assert row.apart == ()
    assert (len(row.cards), len(row.contexts)) == (3, 4)


@pytest.mark.parametrize("part", ["cards", "contexts"])
def test_neither_part_of_a_rising_input_falls(part: str) -> None:
    row = packed("rule:trial", dense(CARDS, CONTEXTS), 3, rising=True)
    assert all(list(points) == sorted(points) for points in getattr(row, part))


def test_a_setting_may_go_up_and_down_in_both_parts() -> None:
    points = dense([[3, 0, 9], [0, 8, 1]], [[0, 5, 2], [7, 0, 0], [0, 0, 4]])
    row = packed("setting:visa_kind", points, 3, rising=False)
    assert row.apart == ()
    assert row.points(3) == points


def test_one_stranger_is_written_apart() -> None:
    points = [list(context) for context in dense(CARDS, CONTEXTS)]
    points[2][1] = (0, 1, 2)
    row = packed("rule:trial", tuple(tuple(context) for context in points), 3, rising=True)
    assert row.apart == ((2, 1, (0, 1, 2)),)


POINTS = st.lists(st.integers(0, 400), min_size=4, max_size=4).map(
    lambda own: tuple(n - min(own) for n in own)
)


@given(st.lists(st.lists(POINTS, min_size=3, max_size=3), min_size=1, max_size=4))
def test_any_points_come_back_as_they_were(found: list[list[tuple[int, ...]]]) -> None:
    points = tuple(tuple(own if any(own) else () for own in context) for context in found)
    row = packed("setting:visa_kind", points, 4, rising=False)
    assert PackedRow.model_validate_json(row.model_dump_json()).points(4) == points
