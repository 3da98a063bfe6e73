"""Tables: integer arithmetic turns words into codes with exactly the probabilities asked for."""

from fractions import Fraction

import numpy as np
import pytest

from synthetic.streams import FULL, words
from synthetic.tables import AliasTable, InverseTable, as_parts

RARE = 1e-6
MANY = 400_000

DISTRIBUTIONS = {
    "one code": [1.0],
    "even": [0.25] * 4,
    "thirds": [1 / 3] * 3,
    "uneven": [0.5, 0.3, 0.15, 0.05],
    "with a zero": [0.0, 0.6, 0.0, 0.4],
    "certain": [0.0, 1.0, 0.0],
    "rare": [RARE, 1 - RARE],
    "many": [float(p) for p in np.arange(1, 39) / np.arange(1, 39).sum()],
}


def implied(table: AliasTable, group: int) -> list[Fraction]:
    """Return the probability of each code, read off the table: an even choice of a slot, then a threshold."""
    chances = [Fraction(0)] * table.codes
    for slot in range(table.codes):
        cell = group * table.codes + slot
        stays = Fraction(int(table.threshold[cell]), FULL)
        if table.alias[cell] == slot:
            stays = Fraction(1)
        chances[slot] += stays / table.codes
        chances[int(table.alias[cell])] += (1 - stays) / table.codes
    return chances


def drawn(table: AliasTable | InverseTable, count: int = MANY, group: int = 0) -> list[float]:
    codes = table.draw(words(3, "tables", rows=range(count)), np.full(count, group))
    return [float(share) for share in np.bincount(codes, minlength=2) / count]


# --- parts ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("row", DISTRIBUTIONS.values(), ids=DISTRIBUTIONS.keys())
def test_parts_sum_exactly_and_lie_within_half_a_part(row: list[float]) -> None:
    (parts,) = as_parts(np.array([row])).tolist()
    assert sum(parts) == FULL
    others = [i for i in range(len(row)) if i != int(np.argmax(row))]
    assert all(abs(parts[i] - row[i] * FULL) <= 0.5 for i in others)
    assert all(part == 0 for part, chance in zip(parts, row, strict=True) if chance == 0)


def test_the_largest_takes_up_the_rounding() -> None:
    (parts,) = as_parts(np.array([[0.1, 0.1, 0.8]])).tolist()
    assert parts == [429496730, 429496730, FULL - 2 * 429496730]


# --- alias ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("row", DISTRIBUTIONS.values(), ids=DISTRIBUTIONS.keys())
def test_an_alias_table_is_exact(row: list[float]) -> None:
    (parts,) = as_parts(np.array([row])).tolist()
    assert implied(AliasTable.build(np.array([row])), 0) == [Fraction(part, FULL) for part in parts]


def test_each_group_has_its_own_distribution() -> None:
    rows = np.array([[0.5, 0.5], [0.1, 0.9], [0.5, 0.5], [1.0, 0.0]])
    table = AliasTable.build(rows)
    for group, parts in enumerate(as_parts(rows).tolist()):
        assert implied(table, group) == [Fraction(part, FULL) for part in parts]


def test_a_group_is_drawn_from_its_own_row() -> None:
    table = AliasTable.build(np.array([[1.0, 0.0], [0.0, 1.0]]))
    raw = words(3, "tables", rows=range(6))
    assert table.draw(raw, np.array([0, 1, 1, 0, 1, 0])).tolist() == [0, 1, 1, 0, 1, 0]


def test_one_in_a_million_survives_exactly() -> None:
    table = AliasTable.build(np.array([[RARE, 1 - RARE]]))
    assert implied(table, 0)[0] == Fraction(round(RARE * FULL), FULL)
    raw = words(3, "tables", rows=range(4_000_000))
    found = int((table.draw(raw, np.zeros(1, dtype=np.int64)) == 0).sum())
    assert found == pytest.approx(4, abs=6)
    assert found > 0


def test_draws_have_the_shares_of_the_table() -> None:
    row = [0.5, 0.3, 0.15, 0.05]
    assert drawn(AliasTable.build(np.array([row]))) == pytest.approx(row, abs=4 * 0.5 / np.sqrt(MANY))


@pytest.mark.parametrize("end", [0, 2**32 - 1, 2**64 - 2**32, 2**64 - 1])
@pytest.mark.parametrize("kind", [AliasTable, InverseTable])
def test_the_outermost_words_never_draw_what_cannot_be(
    kind: type[AliasTable | InverseTable], end: int
) -> None:
    table = kind.build(np.array([[0.0, 0.4, 0.0, 0.6, 0.0]]))
    (code,) = table.draw(np.array([end], dtype=np.uint64), np.zeros(1, dtype=np.int64))
    assert code in (1, 3)


# --- inverse ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("row", DISTRIBUTIONS.values(), ids=DISTRIBUTIONS.keys())
def test_an_inverse_table_is_exact(row: list[float]) -> None:
    (cumulative,) = InverseTable.build(np.array([row])).cumulative.astype(np.int64).tolist()
    (parts,) = as_parts(np.array([row])).tolist()
    assert np.diff([0, *cumulative]).tolist() == parts
    assert cumulative[-1] == FULL


def test_an_inverse_table_changes_code_exactly_at_its_edges() -> None:
    table = InverseTable.build(np.array([[0.25, 0.5, 0.25]]))
    edge = FULL // 4
    levels = np.array([0, edge - 1, edge, 3 * edge - 1, 3 * edge, FULL - 1], dtype=np.uint64) << np.uint64(32)
    assert table.draw(levels, np.zeros(6, dtype=np.int64)).tolist() == [0, 0, 1, 1, 2, 2]


def test_one_group_and_many_groups_draw_alike() -> None:
    rows = np.array([[0.2, 0.3, 0.5], [0.6, 0.0, 0.4]])
    raw = words(3, "tables", rows=range(1000))
    together = InverseTable.build(rows)
    for group, row in enumerate(rows):
        alone = InverseTable.build(row[None]).draw(raw, np.zeros(1000, dtype=np.int64))
        assert together.draw(raw, np.full(1000, group)).tolist() == alone.tolist()


def test_a_small_change_moves_few_rows() -> None:
    """What a lever needs: shifting one in a thousand re-draws one in a thousand."""
    raw = words(3, "tables", rows=range(MANY))
    group = np.zeros(1, dtype=np.int64)
    before = InverseTable.build(np.array([[0.300, 0.30, 0.400]])).draw(raw, group)
    after = InverseTable.build(np.array([[0.301, 0.30, 0.399]])).draw(raw, group)
    assert (before != after).mean() == pytest.approx(0.002, abs=0.0005)
