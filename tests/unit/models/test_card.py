"""Cards: their file, what it refuses, and the scores it gives."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dossier.problems import BadInput
from dossier.stages import Stage
from models.card import CardScores, CardSet, Score, joined_score, load_cards, save_cards
from screening.screener import RELEASED
from tests.unit.models.cards import card_set, content, loaded, saved

# --- scores -----------------------------------------------------------------------------------------


def joined(points: list[list[int]], family_of: tuple[int, ...] = ()) -> Score:
    own = family_of or tuple(range(len(points[0])))
    return joined_score(CardScores(np.array(points, dtype=np.int32), own))


def test_a_family_scores_its_start_and_its_points() -> None:
    levels = np.array([[2, 0], [1, 2], [1, 1]], dtype=np.uint8)
    context = np.array([0, 0, 1], dtype=np.int8)
    found = card_set().at(Stage.COUNTER).family_scores(levels, context)
    assert found.points.tolist() == [
        [-500 + 90 + 30, -400 + 50],
        [-500 + 10 + 20, -400 + 3],
        [-700 + 5, -600],
    ]


def test_the_joined_risk_is_the_log_of_the_summed_odds() -> None:
    score = joined([[0, 0], [100, -300]])
    assert score.risk.tolist() == [round(100 * np.log(2)), round(100 * np.log(np.e + np.exp(-3)))]
    assert score.leading.tolist() == [0, 0]
    assert score.resembles_others.tolist() == [69, 2]


def test_a_single_family_resembles_no_other() -> None:
    score = joined([[-123], [456]])
    assert score.risk.tolist() == [-123, 456]
    assert score.resembles_others.tolist() == [0, 0]


def test_far_apart_families_join_without_overflow() -> None:
    score = joined([[1_000_000, -1_000_000]])
    assert score.risk.tolist() == [1_000_000]


def test_nobody_has_no_score() -> None:
    assert joined_score(CardScores(np.empty((0, 3), dtype=np.int32), (0, 1, 2))).risk.tolist() == []


def test_a_family_of_several_cards_leads_with_its_best() -> None:
    score = joined([[0, 100, 90], [50, -10, 60]], family_of=(0, 0, 1))
    assert score.families.tolist() == [[100, 90], [50, 60]]
    assert (score.leading.tolist(), score.card.tolist()) == ([0, 1], [1, 2])
    assert (score.resembles_others == score.risk - [100, 60]).all()
    assert score.risk[0] == round(100 * np.log(1 + np.exp(1.0) + np.exp(0.9)))


def test_an_empty_entry_stands_for_no_points_at_all() -> None:
    table = card_set().at(Stage.COUNTER).tables[0]
    assert table.shape == (2, 3, 2)
    assert table[1, :, 1].tolist() == [0, 0, 0]


def test_a_stage_without_cards_is_named() -> None:
    with pytest.raises(BadInput, match="none for the stage 'checkpoint'"):
        card_set().at(Stage.CHECKPOINT)


# --- the file ---------------------------------------------------------------------------------------


def test_cards_come_back_from_their_file_as_they_were(tmp_path: Path) -> None:
    assert load_cards(saved(tmp_path)) == card_set()


def test_released_cards_come_back_byte_for_byte(tmp_path: Path) -> None:
    released = load_cards(RELEASED)
    first, second = tmp_path / "first.json", tmp_path / "second.json"
    save_cards(released, first)
    save_cards(load_cards(first), second)
    assert load_cards(first) == released
    assert first.read_bytes() == second.read_bytes()


def test_loaded_cards_score_as_the_saved_ones(tmp_path: Path) -> None:
    rng = np.random.default_rng(3)
    levels, context = rng.integers(0, 3, (50, 2), dtype=np.uint8), rng.integers(0, 2, 50, dtype=np.int8)
    before, after = (cards.at(Stage.COUNTER) for cards in (card_set(), load_cards(saved(tmp_path))))
    assert (before.family_scores(levels, context).points == after.family_scores(levels, context).points).all()


def test_saving_replaces_the_file_and_leaves_nothing_beside_it(tmp_path: Path) -> None:
    saved(tmp_path)
    assert load_cards(saved(tmp_path)).id == "small"
    assert [path.name for path in tmp_path.iterdir()] == ["small.json"]


def test_a_file_has_one_row_to_a_line(tmp_path: Path) -> None:
    lines = saved(tmp_path).read_text(encoding="utf-8").splitlines()
    assert sum(line.startswith('{"input"') for line in lines) == 2


def test_cards_that_are_not_there_are_named_with_a_remedy(tmp_path: Path) -> None:
    for name in (tmp_path / "none.json", "saring-1999"):
        with pytest.raises(BadInput, match=r"there are no cards.*\n?.*saring train"):
            load_cards(name)


def test_cards_know_their_rulebook() -> None:
    card_set().check_rulebook("0" * 64)
    with pytest.raises(BadInput, match="trained on other rules") as error:
        card_set().check_rulebook("f" * 64)
    assert "saring train" in error.value.problems[0].mend


# --- what the format refuses ------------------------------------------------------------------------

Spoil = Callable[[dict[str, Any]], object]


def rule(found: dict[str, Any]) -> dict[str, Any]:
    """Return the row of the rule."""
    row: dict[str, Any] = found["stages"][0]["rows"][0]
    return row


SPOILED: dict[str, Spoil] = {
    "falling points": lambda c: rule(c)["cards"].__setitem__(0, [0, 20, 10]),
    "falling points of a context": lambda c: rule(c)["contexts"].__setitem__(0, [0, 200, 10]),
    "present below unknown in one place only": lambda c: rule(c)["apart"].__setitem__(1, [1, 1, [0, 9, 8]]),
    "negative points": lambda c: rule(c)["apart"].__setitem__(0, [1, 0, [-5, 0, 10]]),
    "no level without points": lambda c: rule(c)["apart"].__setitem__(0, [1, 0, [1, 2, 3]]),
    "negative points of a setting": lambda c: c["stages"][0]["rows"][1]["apart"].append([0, 0, [0, -1, 5]]),
    "points for too few levels": lambda c: rule(c)["cards"].__setitem__(0, [0, 10]),
    "points for too many levels": lambda c: rule(c)["contexts"].__setitem__(0, [0, 10, 20, 30]),
    "points apart for too few levels": lambda c: rule(c)["apart"].__setitem__(0, [1, 0, [0, 5]]),
    "points for a card there is not": lambda c: rule(c)["apart"].__setitem__(0, [1, 2, [0, 5, 5]]),
    "points in a context there is not": lambda c: rule(c)["apart"].__setitem__(0, [2, 0, [0, 5, 5]]),
    "points in a context before the first": lambda c: rule(c)["apart"].__setitem__(0, [-1, 0, [0, 5, 5]]),
    "a card too few": lambda c: rule(c).update(cards=[[0, 1, 2]], apart=[]),
    "a card too many": lambda c: rule(c)["cards"].append([]),
    "a context too few": lambda c: rule(c).update(contexts=[[]], apart=[]),
    "a context too many": lambda c: rule(c)["contexts"].append([]),
    "an input without levels": lambda c: c["levels"].pop("rule:trial"),
    "no levels": lambda c: c["levels"].update({"rule:trial": []}),
    "a card of no family": lambda c: c["stages"][0].update(family_of=[0, 2]),
    "a family without a card": lambda c: c["stages"][0].update(family_of=[0, 0]),
    "a start too few": lambda c: c["stages"][0]["start"].pop(),
    "a start of another width": lambda c: c["stages"][0]["start"][0].pop(),
    "no families": lambda c: c.update(families=[]),
    "an unknown kind": lambda c: rule(c).update(input="field:sex"),
    "an input without a kind": lambda c: rule(c).update(input="trial"),
    "broken points": lambda c: rule(c)["cards"].__setitem__(0, [0, 0.5, 10]),
    "points in words": lambda c: rule(c)["cards"].__setitem__(0, [0, "many", 10]),
    "points beyond any log-odds": lambda c: rule(c)["cards"].__setitem__(0, [0, 1, 2**31]),
    "points beyond any number": lambda c: rule(c)["cards"].__setitem__(0, [0, 1, 10**400]),
    "a start beyond any log-odds": lambda c: c["stages"][0]["start"].__setitem__(0, [-(2**31) - 1, 0]),
    "an unknown key": lambda c: c.update(model="x"),
    "an unknown key in a row": lambda c: rule(c).update(code="x"),
    "a key that is missing": lambda c: c.pop("columns_hash"),
    "another version": lambda c: c.update(schema_version="1"),
    "an unknown stage": lambda c: c["stages"][0].update(stage="gate"),
    "a list for an object": lambda c: c.update(training=[]),
    "a stage twice": lambda c: c["stages"].append(c["stages"][0]),
    "an input twice": lambda c: c["stages"][0]["rows"].append(rule(c)),
    "points apart twice": lambda c: rule(c)["apart"].append(rule(c)["apart"][0]),
    "a family twice": lambda c: c.update(families=["first", "first"]),
    "more families than a byte tells apart": lambda c: c.update(families=[f"f{n}" for n in range(200)]),
    "a mark that nobody can see": lambda c: c.update(id="small\u202e"),
}


@pytest.mark.parametrize("spoil", SPOILED.values(), ids=SPOILED)
def test_a_broken_card_is_refused(spoil: Spoil, tmp_path: Path) -> None:
    spoiled = content()
    spoil(spoiled)
    with pytest.raises(BadInput) as error:
        loaded(tmp_path, json.dumps(spoiled))
    assert error.value.problems[0].where == "cards.json"


def test_the_card_that_was_broken_was_whole(tmp_path: Path) -> None:
    assert loaded(tmp_path, json.dumps(content())) == card_set()


def test_points_of_a_setting_may_fall(tmp_path: Path) -> None:
    free = content()
    free["stages"][0]["rows"][1]["cards"][0] = [90, 40, 0]
    assert loaded(tmp_path, json.dumps(free)).at(Stage.COUNTER).tables[1][0, :, 0].tolist() == [90, 40, 0]


@pytest.mark.parametrize("kind", ["answer", "indicator", "rule"])
def test_points_of_everything_else_may_not(kind: str, tmp_path: Path) -> None:
    fallen = content()
    rule(fallen).update(input=f"{kind}:trial")
    rule(fallen)["cards"][0] = [90, 40, 0]
    fallen["levels"][f"{kind}:trial"] = fallen["levels"]["rule:trial"]
    with pytest.raises(BadInput, match="points may not fall as the level rises"):
        loaded(tmp_path, json.dumps(fallen))


def test_a_file_cut_short_anywhere_is_refused(tmp_path: Path) -> None:
    whole = saved(tmp_path).read_text(encoding="utf-8").rstrip()
    for end in range(0, len(whole), 7):
        with pytest.raises(BadInput):
            loaded(tmp_path, whole[:end])


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="nothing"),
        pytest.param("[]", id="another kind of JSON"),
        pytest.param("null", id="null"),
        pytest.param("[" * 500_000 + "]" * 500_000, id="deep lists"),
        pytest.param('{"stages":' * 200_000 + "1" + "}" * 200_000, id="deep objects"),
        pytest.param(b"\xff\xfe\x00", id="not text"),
        pytest.param(b"PAR1\x00\x01", id="another file"),
        pytest.param("schema_version = '2'", id="TOML"),
    ],
)
def test_what_is_not_a_card_file_is_refused(text: str | bytes, tmp_path: Path) -> None:
    with pytest.raises(BadInput):
        loaded(tmp_path, text)


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999", "1e-999", "0x10", "1_000"])
def test_numbers_that_are_none_are_refused(number: str, tmp_path: Path) -> None:
    text = json.dumps(content()).replace("[0, 10, 90]", f"[0, 10, {number}]")
    assert number in text
    with pytest.raises(BadInput):
        loaded(tmp_path, text)


def test_every_problem_is_named_but_not_without_end(tmp_path: Path) -> None:
    spoiled = content()
    spoiled["stages"][0]["rows"] *= 40
    for row in spoiled["stages"][0]["rows"]:
        row["extra"] = 1
    with pytest.raises(BadInput) as error:
        loaded(tmp_path, json.dumps(spoiled))
    assert 1 < len(error.value.problems) <= 10


def test_cards_cannot_be_changed() -> None:
    cards: CardSet = card_set()
    with pytest.raises(ValueError, match="frozen"):
        cards.id = "other"
