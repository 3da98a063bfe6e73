"""The paper card: few rows, whole points, chosen by search; compared with every card there is on small cases."""

from itertools import combinations, product
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some

from dossier.problems import BadInput
from models.paper_card import Labelled, PaperCard, chosen_points, load_paper_card, settings

CONTENT = {
    "id": "small",
    "stage": "counter",
    "rulebook": "trial",
    "columns_hash": "0" * 64,
    "scenario": "trial",
    "scenario_hash": "1" * 64,
    "seed": 1,
    "rows": [{"finding": "rule:second", "points": 3}, {"finding": "rule:first", "points": 1}],
    "refer_from": 3,
}


def people(seed: int, odds: tuple[float, ...], size: int = 4000) -> Labelled:
    """Return people with independent signs, each present at 10 % of others and at `odds` times that of victims."""
    generator = np.random.Generator(np.random.SFC64(seed))
    is_victim = np.arange(2 * size) < size
    shares = np.where(is_victim[:, None], 0.1 * np.array(odds), 0.1)
    return Labelled(generator.random((2 * size, len(odds))) < shares, is_victim, 0.05)


def loss(found: Labelled, points: np.ndarray) -> float:
    """Return what a card leaves unknown, reckoned person by person."""
    sums = [int(sum(p for p, sign in zip(points, row, strict=True) if sign)) for row in found.signs.tolist()]
    share, n = found.share_of_victims, len(sums)
    weight = {True: share / found.is_victim.sum(), False: (1 - share) / (n - found.is_victim.sum())}
    total: dict[tuple[int, bool], float] = {}
    for person, victim in zip(sums, found.is_victim.tolist(), strict=True):
        total[person, victim] = total.get((person, victim), 0.0) + weight[victim]
    both = {s: total.get((s, True), 0.0) + total.get((s, False), 0.0) for s in set(sums)}
    return -sum(w * float(np.log(w / both[s])) for (s, _), w in total.items())


def test_the_signs_that_tell_most_are_chosen() -> None:
    points = chosen_points(people(1, (1.0, 6.0, 1.05, 3.0, 1.0)), rows=2, most_points=5)
    assert np.flatnonzero(points).tolist() == [1, 3]
    assert points[1] >= points[3]


def test_a_card_never_has_more_rows_or_points_than_it_may() -> None:
    points = chosen_points(people(2, (4.0, 3.0, 5.0, 2.0, 6.0)), rows=3, most_points=4)
    assert np.count_nonzero(points) <= 3
    assert points.max() <= 4
    assert points.min() >= 0


def test_the_same_people_give_the_same_card() -> None:
    cards = [chosen_points(people(3, (2.0, 3.0, 4.0, 1.5)), 3, 5) for _ in range(2)]
    assert cards[0].tolist() == cards[1].tolist()


@pytest.mark.parametrize("seed", range(4))
def test_no_single_change_of_a_row_betters_the_card(seed: int) -> None:
    found = people(seed, (2.0, 4.0, 1.2, 3.0), size=300)
    points = chosen_points(found, rows=2, most_points=3)
    here = loss(found, points)
    for row, worth in product(np.flatnonzero(points), range(4)):
        other = points.copy()
        other[row] = worth
        assert loss(found, other) >= here - 1e-12


def test_the_search_finds_a_card_near_the_best_of_all() -> None:
    found = people(5, (2.0, 4.0, 1.2, 3.0), size=300)
    points = chosen_points(found, rows=2, most_points=3)
    every = []
    for rows, worth in product(combinations(range(4), 2), product(range(1, 4), repeat=2)):
        card = np.zeros(4, dtype=np.int64)
        card[list(rows)] = worth
        every.append(loss(found, card))
    assert loss(found, points) <= min(every) + 1e-12


@given(some.lists(some.lists(some.booleans(), min_size=3, max_size=3), min_size=1, max_size=6))
def test_one_more_sign_never_lowers_a_sum(signs: list[list[bool]]) -> None:
    card = PaperCard.model_validate(CONTENT)
    candidates = ("rule:first", "rule:second", "rule:third")
    before = card.sums(np.array(signs, dtype=bool), candidates)
    for column in range(3):
        more = np.array(signs, dtype=bool)
        more[:, column] = True
        assert (card.sums(more, candidates) >= before).all()


def test_a_sum_is_the_plain_sum_of_the_rows() -> None:
    card = PaperCard.model_validate(CONTENT)
    signs = np.array([[True, True], [False, True], [True, False], [False, False]])
    assert card.sums(signs, ("rule:first", "rule:second")).tolist() == [4, 3, 1, 0]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"rows": []}, "at least 1"),
        ({"rows": [{"finding": f"rule:{n}", "points": 1} for n in range(11)]}, "at most 10"),
        ({"rows": [{"finding": "rule:a", "points": 0}]}, "greater than or equal to 1"),
        ({"rows": [{"finding": "rule:a", "points": 1.5}]}, "integer"),
        ({"rows": [{"finding": "rule:a", "points": 9}] * 2}, "two rows"),
        ({"refer_from": 5}, "more than all points"),
        ({"stage": "desk"}, "'counter'"),
        ({"surprise": 1}, "not permitted"),
    ],
)
def test_a_faulty_card_is_refused_with_the_reason(
    tmp_path: Path, change: dict[str, object], message: str
) -> None:
    import json

    path = tmp_path / "card.json"
    path.write_text(json.dumps({**CONTENT, **change}), encoding="utf-8")
    with pytest.raises(BadInput, match=message):
        load_paper_card(path)


def test_a_card_that_is_not_there_is_said_to_be_missing() -> None:
    with pytest.raises(BadInput, match="there is no paper card 'nowhere'"):
        load_paper_card("nowhere")


def test_the_settings_allow_ten_rows_at_most() -> None:
    assert settings().rows <= 10
