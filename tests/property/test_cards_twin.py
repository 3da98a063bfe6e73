"""Cards against their naive twin, in plain Python loops, on released cards and on any that can be written."""

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dossier.findings import FINDING_LABELS
from dossier.stages import Stage
from models.card import CardScores, CardSet, StageCards, joined_score, load_cards, save_cards
from tests.unit.models.cards import content
from tests.unit.screening.desks import assessment, screener

STAGES = pytest.mark.parametrize("stage", Stage, ids=lambda stage: stage.label)


def naive_scores(cards: StageCards, levels: list[int], context: int) -> list[int]:
    """Return the score of each family: its start, and row by row what the level adds."""
    scores = list(cards.start[context])
    for row, level in zip(cards.rows, levels, strict=True):
        for family, points in enumerate(row.points[context]):
            if points:
                scores[family] += points[level]
    return scores


def naive_risk(scores: list[int]) -> int:
    """Return the log of the summed odds in whole hundredths, never below the leading family."""
    most = max(scores)
    odds = sum(math.exp((score - most) / 100) for score in scores)
    return max(round(most + 100 * math.log(odds)), most)


def assert_twin(cards: StageCards, levels: Any, context: Any) -> None:
    found = cards.family_scores(levels, context)
    expected = [
        naive_scores(cards, row, place) for row, place in zip(levels.tolist(), context.tolist(), strict=True)
    ]
    assert found.points.tolist() == expected
    score = joined_score(found)
    assert score.risk.tolist() == [naive_risk(scores) for scores in expected]
    assert score.card.tolist() == [scores.index(max(scores)) for scores in expected]
    assert score.leading.tolist() == [found.family_of[card] for card in score.card]
    others = [naive_risk(scores) - max(scores) for scores in expected]
    assert score.resembles_others.tolist() == others


@STAGES
def test_released_cards_score_drawn_dossiers_as_the_twin_does(stage: Stage) -> None:
    found = assessment(stage)
    assert_twin(screener().cards.at(stage), found.levels[:400], found.context[:400])


@STAGES
@given(seed=st.integers(0, 2**32 - 1))
@settings(max_examples=20)
def test_released_cards_score_any_levels_as_the_twin_does(stage: Stage, seed: int) -> None:
    cards = screener().cards.at(stage)
    rng = np.random.default_rng(seed)
    sizes = [len(entry.levels) for entry in cards.inputs]
    levels = rng.integers(0, sizes, (5, len(sizes))).astype(np.uint8)
    assert_twin(cards, levels, rng.integers(0, len(cards.contexts), 5).astype(np.int8))


# --- any cards --------------------------------------------------------------------------------------


@st.composite
def card_sets(draw: st.DrawFn) -> CardSet:
    """Return a small card set of one stage: any families, contexts, rows and points that keep the rules."""
    families, contexts = draw(st.integers(1, 3)), draw(st.integers(1, 3))
    family_of = [*range(families), *draw(st.lists(st.integers(0, families - 1), max_size=2))]
    cards = len(family_of)
    starts = st.lists(st.integers(-3000, 3000), min_size=cards, max_size=cards)
    rows = [_row(draw, place, contexts, cards) for place in range(draw(st.integers(0, 4)))]
    stage = {
        "stage": "counter",
        "contexts": [f"context_{place}" for place in range(contexts)],
        "start": [draw(starts) for _ in range(contexts)],
        "rows": rows,
        "family_of": family_of,
    }
    names = [f"family_{place}" for place in range(families)]
    head = {key: value for key, value in content().items() if key != "levels"}
    return CardSet.model_validate({**head, "families": names, "stages": [stage]})


def _row(draw: st.DrawFn, place: int, contexts: int, cards: int) -> dict[str, Any]:
    kind = draw(st.sampled_from(["answer", "setting", "indicator", "rule"]))
    points = [[_points(draw, free=kind == "setting") for _ in range(cards)] for _ in range(contexts)]
    return {"input": f"{kind}:input_{place}", "levels": FINDING_LABELS, "points": points}


def _points(draw: st.DrawFn, *, free: bool) -> list[int]:
    if draw(st.booleans()):
        return []
    two = draw(st.lists(st.integers(0, 500), min_size=2, max_size=2).filter(any))
    return draw(st.permutations([0, *two])) if free else sorted([0, *two])


@given(card_sets(), st.integers(0, 2**32 - 1))
@settings(max_examples=60)
def test_any_cards_score_as_the_twin_does(cards: CardSet, seed: int) -> None:
    of_stage = cards.at(Stage.COUNTER)
    rng = np.random.default_rng(seed)
    levels = rng.integers(0, 3, (4, len(of_stage.rows))).astype(np.uint8)
    assert_twin(of_stage, levels, rng.integers(0, len(of_stage.contexts), 4).astype(np.int8))


@given(cards=card_sets())
@settings(max_examples=60)
def test_any_cards_come_back_from_their_file_as_they_were(
    cards: CardSet, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("cards") / "any.json"
    save_cards(cards, path)
    back = load_cards(path)
    assert back == cards
    again = Path(f"{path}.again")
    save_cards(back, again)
    assert again.read_bytes() == path.read_bytes()


@given(st.lists(st.lists(st.integers(-3000, 3000), min_size=1, max_size=5), min_size=1, max_size=1))
def test_the_joined_risk_lies_between_the_leading_family_and_all_families_alike(
    rows: list[list[int]],
) -> None:
    risk = int(joined_score(CardScores(np.array(rows, dtype=np.int32), tuple(range(len(rows[0]))))).risk[0])
    most, families = max(rows[0]), len(rows[0])
    assert most <= risk <= round(most + 100 * math.log(families)) + 1
