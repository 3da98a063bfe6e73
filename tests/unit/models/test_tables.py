"""Reading tables off an additive score, and rounding them."""

import numpy as np
import numpy.typing as npt
import pytest

from models.tables import Floats, Tables, in_hundredths, read_off

CODES: list[Floats] = [np.arange(4.0), np.array([0.0, 1.0, np.nan]), np.arange(2.0)]
GAINS = [np.array([0.3, -0.1, 2.0, 7.77]), np.array([0.0, 5.0, -1.5]), np.array([1.0, 1.0])]


def additive(rows: Floats) -> Floats:
    """Return a score that adds one gain for each input; NaN has the last."""
    places = [
        np.where(np.isnan(column), len(GAINS[i]) - 1, column).astype(int) for i, column in enumerate(rows.T)
    ]
    return np.asarray(0.25 + sum(GAINS[i][place] for i, place in enumerate(places)))


def all_rows() -> Floats:
    """Return every combination of codes."""
    return np.stack(np.meshgrid(*CODES, indexing="ij"), axis=-1).reshape(-1, len(CODES))


def summed(start: float, tables: tuple[npt.NDArray[np.generic], ...], rows: Floats) -> Floats:
    places = [
        np.where(np.isnan(column), len(CODES[i]) - 1, column).astype(int) for i, column in enumerate(rows.T)
    ]
    return np.asarray(start + sum(table[place] for table, place in zip(tables, places, strict=True)))


def test_the_tables_add_up_to_the_score_of_every_row() -> None:
    tables = read_off(additive, CODES)
    rows = all_rows()
    assert len(rows) == 24
    assert np.abs(summed(tables.start, tables.gains, rows) - additive(rows)).max() < 1e-12


def test_the_least_gain_of_every_input_is_zero() -> None:
    assert [gains.min() for gains in read_off(additive, CODES).gains] == [0, 0, 0]


def test_rounding_moves_a_score_by_half_a_hundredth_for_each_input_and_the_start() -> None:
    tables = read_off(additive, CODES)
    whole = in_hundredths(tables, [False] * 3)
    rows = all_rows()
    moved = np.abs(summed(whole.start, whole.points, rows) / 100 - additive(rows)).max()
    assert moved <= 0.005 * (len(CODES) + 1) + 1e-12


def test_a_last_digit_that_falls_does_not_make_points_fall() -> None:
    gains = np.array([0.0, 0.125 + 1e-15, 0.125 - 1e-15])
    assert in_hundredths(Tables(0.0, (gains,)), [False]).points[0].tolist() == [0, 13, 12]
    assert in_hundredths(Tables(0.0, (gains,)), [True]).points[0].tolist() == [0, 13, 13]


def test_every_input_needs_its_direction() -> None:
    with pytest.raises(ValueError, match="zip"):
        in_hundredths(read_off(additive, CODES), [True])
