"""Joint tables and the joined risk against their naive twins: the plain sum, and the formula as in books."""

import pickle

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import logsumexp

from dossier.stages import Stage
from models import card as card_module
from models import scores as scores_module
from models.card import CardScores, StageCards, joined_score
from models.features import Levels
from models.joint_tables import HIGHEST, LOWEST, MOST_ROWS, JointTables
from tests.unit.models.cards import card_set
from tests.unit.screening.desks import assessment, screener

STAGES = pytest.mark.parametrize("stage", Stage, ids=lambda stage: stage.label)
SEED = 6


def any_levels(cards: StageCards, size: int) -> tuple[Levels, npt.NDArray[np.int8]]:
    """Return levels and contexts of dossiers that nobody would draw: every combination is as likely."""
    rng = np.random.default_rng(SEED)
    levels = rng.integers(0, [len(entry.levels) for entry in cards.inputs], (size, len(cards.inputs)))
    return levels.astype(np.uint8), rng.integers(0, len(cards.contexts), size).astype(np.int8)


def plain_sums(cards: StageCards, levels: Levels, context: npt.NDArray[np.int8]) -> npt.NDArray[np.int64]:
    sums = np.array(cards.start, dtype=np.int64)[context]
    for column, row in enumerate(cards.rows):
        sums += row.table().astype(np.int64)[context, levels[:, column]]
    return sums


def by_the_book(sums: npt.NDArray[np.int32]) -> list[int]:
    """Return the risk as it was worked out before anybody made it fast."""
    risk = np.rint(100 * logsumexp(sums / 100, axis=1)).astype(np.int32)
    found: list[int] = np.maximum(risk, sums.max(axis=1)).tolist()
    return found


# --- sums -------------------------------------------------------------------------------------------


@STAGES
@pytest.mark.parametrize("size", [card_module.FEW, card_module.FEW + 1, 40_001])
def test_many_dossiers_score_as_the_plain_sum_over_all_inputs(stage: Stage, size: int) -> None:
    cards = screener().cards.at(stage)
    levels, context = any_levels(cards, size)
    expected = plain_sums(cards, levels, context)
    assert (cards.family_scores(levels, context).points == expected).all()
    score = cards.score(levels, context)
    assert (score.sums == expected).all()
    assert (score.card == expected.argmax(axis=1)).all()
    assert score.risk.tolist() == by_the_book(expected.astype(np.int32))


@STAGES
def test_drawn_dossiers_score_the_same_many_at_once_and_one_by_one(stage: Stage) -> None:
    cards, found = screener().cards.at(stage), assessment(stage)
    for row in range(0, len(found.risk), 97):
        alone = cards.score(found.levels[[row]], found.context[[row]])
        together = found.score
        assert alone.risk[0] == together.risk[row]
        assert (alone.families[0] == together.families[row]).all()
        assert (alone.card[0], alone.leading[0]) == (together.card[row], together.leading[row])
        assert alone.resembles_others[0] == together.resembles_others[row]


@st.composite
def points(draw: st.DrawFn) -> tuple[np.ndarray, list[np.ndarray]]:
    """Return a start and tables of any shape: few or many levels, cards and contexts, zero tables among them."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    contexts, cards = draw(st.integers(1, 9)), draw(st.integers(1, 33))
    start = rng.integers(LOWEST, 0, (contexts, cards)).astype(np.int32)
    shapes = [(contexts, size, cards) for size in draw(st.lists(st.integers(1, 40), max_size=8))]
    most = draw(st.sampled_from([0, 1, 500]))
    return start, [rng.integers(0, most + 1, shape).astype(np.int32) for shape in shapes]


@given(points(), st.integers(1, 50))
@settings(max_examples=60)
def test_any_joint_tables_hold_the_plain_sums(made: tuple[np.ndarray, list[np.ndarray]], size: int) -> None:
    start, tables = made
    joint = JointTables.of(start, tables)
    assert joint is not None
    contexts, cards = start.shape
    rng = np.random.default_rng(SEED)
    context = rng.integers(0, contexts, size).astype(np.int8)
    levels = np.array([rng.integers(0, table.shape[1], size) for table in tables], dtype=np.uint8)
    levels = levels.reshape(len(tables), size).T
    expected = start[context] + sum(table[context, levels[:, c]] for c, table in enumerate(tables))
    assert (joint.sums(levels, context)[:, :cards] == expected).all()
    read = sorted(column for table in joint.tables for column in table.columns)
    assert read == [column for column, table in enumerate(tables) if table.any()]
    assert all(len(table.columns) < 2 or len(table.rows) <= MOST_ROWS for table in joint.tables)


@pytest.mark.parametrize(
    ("start", "gain"), [(LOWEST - 1, 0), (HIGHEST, 1), (-100, HIGHEST + 101), (100_000, 0), (0, 100_000)]
)
def test_sums_that_could_leave_the_small_numbers_get_no_joint_tables(start: int, gain: int) -> None:
    tables = [np.array([[[0], [gain]]], dtype=np.int32)]
    assert JointTables.of(np.array([[start]], dtype=np.int32), tables) is None


def test_sums_up_to_the_last_small_number_keep_theirs() -> None:
    tables = [np.array([[[0, 7], [HIGHEST - LOWEST, 0]]], dtype=np.int32)]
    joint = JointTables.of(np.array([[LOWEST, LOWEST]], dtype=np.int32), tables)
    assert joint is not None
    found = joint.sums(np.array([[1], [0]], dtype=np.uint8), np.zeros(2, dtype=np.int8))
    assert found.tolist() == [[HIGHEST, LOWEST], [LOWEST, LOWEST + 7]]


def test_cards_without_joint_tables_score_many_dossiers_by_the_plain_sum() -> None:
    cards = screener().cards.at(Stage.COUNTER)
    far = cards.model_copy(update={"start": tuple(tuple(s - 50_000 for s in row) for row in cards.start)})
    assert far.joint_tables is None
    levels, context = any_levels(cards, 3_000)
    assert (far.family_scores(levels, context).points == plain_sums(far, levels, context)).all()
    assert (far.score(levels, context).risk == cards.score(levels, context).risk - 50_000).all()


# --- what is made from the points -------------------------------------------------------------------


@STAGES
def test_joint_tables_stay_small(stage: Stage) -> None:
    joint = screener().cards.at(stage).joint_tables
    assert joint is not None
    assert joint.nbytes < 8 * 2**20


def test_cards_travel_without_their_joint_tables_and_score_the_same() -> None:
    cards = card_set().at(Stage.COUNTER)
    plain = pickle.dumps(cards)
    assert cards.joint_tables is not None
    assert pickle.dumps(cards) == plain
    assert pickle.loads(plain) == cards


def test_a_changed_copy_of_cards_has_tables_of_its_own() -> None:
    cards = card_set().at(Stage.COUNTER)
    levels, context = any_levels(cards, 3_000)
    before = cards.family_scores(levels, context).points
    raised = cards.model_copy(update={"start": tuple(tuple(s + 1 for s in row) for row in cards.start)})
    assert (raised.family_scores(levels, context).points == before + 1).all()


# --- the joined risk --------------------------------------------------------------------------------


def any_sums(size: int, seed: int) -> npt.NDArray[np.int32]:
    """Return scores of one to sixteen cards, near each other and far apart, with ties in the lead."""
    rng = np.random.default_rng(seed)
    cards = int(rng.integers(1, 17))
    spread = rng.choice([3, 60, 900, 20_000])
    sums = rng.integers(-spread, spread + 1, (size, cards)).astype(np.int32)
    tied = rng.random(size) < 0.2
    sums[tied, rng.integers(0, cards)] = sums[tied].max(axis=1)
    return sums


@pytest.mark.parametrize("seed", range(12))
def test_the_joined_risk_is_that_of_the_book(seed: int) -> None:
    sums = any_sums(20_000, seed)
    score = joined_score(CardScores(sums, tuple(range(sums.shape[1]))))
    assert score.risk.tolist() == by_the_book(sums)
    assert (score.card == sums.argmax(axis=1)).all()


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(100, 130))
def test_the_joined_risk_of_millions_is_that_of_the_book(seed: int) -> None:
    sums = any_sums(200_000, seed)
    assert joined_score(CardScores(sums, tuple(range(sums.shape[1])))).risk.tolist() == by_the_book(sums)


@given(st.lists(st.integers(-100_000, 100_000), min_size=1, max_size=20))
def test_the_joined_risk_is_that_of_the_book_however_far_apart_cards_are(row: list[int]) -> None:
    sums = np.array([row], dtype=np.int32)
    assert joined_score(CardScores(sums, tuple(range(len(row))))).risk.tolist() == by_the_book(sums)


def test_whoever_comes_near_a_half_is_worked_out_by_the_book(monkeypatch: pytest.MonkeyPatch) -> None:
    """A wide margin sends a known share of rows there, and exactly those that lie within it."""
    asked: list[int] = []

    def marked(sums: npt.NDArray[np.int32]) -> npt.NDArray[np.int32]:
        asked.append(len(sums))
        return np.full(len(sums), 77, dtype=np.int32)

    monkeypatch.setattr(scores_module, "_NEAR_A_HALF", 0.1)
    monkeypatch.setattr(scores_module, "log_of_summed_odds", marked)
    sums = any_sums(5_000, seed=3)
    found = joined_score(CardScores(sums, tuple(range(sums.shape[1])))).risk
    exact = 100 * logsumexp(sums / 100, axis=1)
    near = np.abs(exact - np.rint(exact)) > 0.4
    assert 500 < near.sum() < 1_500
    assert asked == [near.sum()]
    assert (found[near] == 77).all()
    assert (found[~near] == np.rint(exact[~near])).all()


# --- lines of many explanations ---------------------------------------------------------------------


@STAGES
def test_start_lines_and_other_patterns_sum_to_the_risk(stage: Stage) -> None:
    cards, found = screener().cards.at(stage), assessment(stage)
    lines = cards.lines(found.levels, found.context, found.score.card)
    start = np.array(cards.start)[found.context, found.score.card]
    assert (start + lines.sum(axis=1) + found.score.resembles_others == found.score.risk).all()
    for column, row in enumerate(cards.rows):
        expected = row.table()[found.context, found.levels[:, column], found.score.card]
        assert (lines[:, column] == expected).all(), row.input
