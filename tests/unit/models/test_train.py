"""Learning cards: the tables are what was learned, the shares are restored, and nothing depends on chance."""

from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pytest

from dossier.findings import FINDING_LABELS
from dossier.stages import Stage
from models import train
from models.card import StageCards, joined_score
from models.features import CardInput
from models.train import OTHERS, Sample, settings, train_stage

INPUTS = (
    CardInput("answer", "transit", ("direct", "missing", "usual_stop", "unusual_stop")),
    CardInput("setting", "visa_kind", ("missing", "visa_free", "tourist", "work")),
    CardInput("rule", "trial", FINDING_LABELS),
)
ODDS = (0.01, 0.03)
SIZE = 4000

# True log-odds by level: the rule counts against its direction, and the setting goes up and down.
EFFECTS = ((0.0, 0.5, 0.7, 2.0), (0.3, 1.5, -1.0, 0.0), (0.5, 0.2, -1.0))


@pytest.fixture(autouse=True)
def small_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """Small prices for small samples, and rows are kept however slight their points."""
    small = settings().model_copy(update={"rounds": 200, "ridge": 0.0001, "rise": 0.1, "least_points": 1})
    monkeypatch.setattr(train, "settings", lambda: small)


def sample(contexts: int = 2, seed: int = 1) -> Sample:
    """Return a case-control sample of two typologies whose odds are additive in the levels."""
    rng = np.random.default_rng(seed)
    sizes = [len(entry.levels) for entry in INPUTS]
    levels = rng.integers(0, sizes, (SIZE, len(INPUTS))).astype(np.uint8)
    logit = sum(np.array(effect)[levels[:, place]] for place, effect in enumerate(EFFECTS)) - 1.0
    is_victim = rng.random(SIZE) < 1 / (1 + np.exp(-logit))
    typology = np.where(is_victim, rng.integers(0, 2, SIZE), OTHERS).astype(np.int16)
    context = rng.integers(0, contexts, SIZE).astype(np.int8)
    return Sample(levels, context, typology, tuple(f"context_{c}" for c in range(contexts)), ODDS, (0, 1))


def trained(found: Sample) -> StageCards:
    return train_stage(Stage.COUNTER, INPUTS, found)


def scores_of(cards: StageCards, found: Sample) -> npt.NDArray[np.int32]:
    kept = [INPUTS.index(entry) for entry in cards.inputs]
    return cards.family_scores(found.levels[:, kept], found.context).points


def tables_of(cards: StageCards) -> dict[str, npt.NDArray[np.int32]]:
    return dict(zip((entry.kind for entry in cards.inputs), cards.tables, strict=True))


# --- what is learned --------------------------------------------------------------------------------


def test_points_follow_the_odds_in_the_sample() -> None:
    answer = tables_of(trained(sample()))["answer"][0, :, 0] / 100
    assert answer == pytest.approx(EFFECTS[0], abs=0.5)


def test_no_rising_table_falls_even_where_the_sample_does() -> None:
    cards = trained(sample())
    for entry, table in zip(cards.inputs, cards.tables, strict=True):
        assert not entry.is_rising or (np.diff(table, axis=1) >= 0).all()
    rule = tables_of(cards).get("rule")
    assert rule is None or rule.max() <= 5


def test_a_setting_follows_the_sample_up_and_down() -> None:
    missing, visa_free, tourist, work = tables_of(trained(sample()))["setting"][0, :, 0].tolist()
    assert visa_free > missing > tourist == 0 < work


def test_the_least_level_has_no_points() -> None:
    assert all((table.min(axis=1) == 0).all() for table in trained(sample()).tables)


def test_cards_are_the_sum_of_a_table_by_card_and_one_by_context() -> None:
    """What one card has above another is the same in every context."""
    for table in trained(sample()).tables:
        beyond = (table - table[:, :1])[:, :, 0] - (table - table[:, :1])[:, :, 1]
        assert (beyond == beyond[0]).all()


# --- shares and contexts ----------------------------------------------------------------------------


def uninformed(contexts: int = 1) -> Sample:
    """Return a sample in which nothing tells victims from others."""
    found = sample(contexts)
    return replace(found, levels=np.zeros_like(found.levels))


def test_cards_that_learn_nothing_give_the_scenarios_own_odds() -> None:
    cards = trained(uninformed())
    assert cards.rows == ()
    assert cards.start[0] == pytest.approx([100 * np.log(odds) for odds in ODDS], abs=1)


def test_the_joined_risk_of_such_cards_is_the_share_of_victims() -> None:
    found = uninformed()
    cards = trained(found)
    risk = joined_score(cards.family_scores(found.levels[:, :0], found.context)).risk
    assert abs(risk - 100 * np.log(sum(ODDS))).max() <= 1


def test_a_context_has_its_own_odds() -> None:
    found = uninformed()
    rng = np.random.default_rng(5)
    often = np.where(found.typology == OTHERS, rng.random(SIZE) < 0.2, rng.random(SIZE) < 0.7)
    found = replace(found, context=often.astype(np.int8), contexts=("rare", "often"))
    cards = trained(found)
    for context in range(2):
        here = found.context == context
        for card in range(len(ODDS)):
            victims, others = found.typology == card, found.typology == OTHERS
            odds = ODDS[card] * here[victims].mean() / here[others].mean()
            assert cards.start[context][card] == pytest.approx(100 * np.log(odds), abs=2)


def test_a_context_without_victims_has_cards_all_the_same() -> None:
    found = sample()
    nowhere = replace(found, context=np.zeros_like(found.context), contexts=("a", "b"))
    cards = trained(nowhere)
    assert len(cards.start) == 2
    assert all(len(row.points) == 2 for row in cards.rows)


def test_a_typology_belongs_to_its_family() -> None:
    assert trained(replace(sample(), family_of=(0, 0))).family_of == (0, 0)


# --- rows and repetition ----------------------------------------------------------------------------


def test_slight_rows_are_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    stern = train.settings().model_copy(update={"least_points": 10_000})
    assert {entry.kind for entry in trained(sample()).inputs} >= {"answer", "setting"}
    monkeypatch.setattr(train, "settings", lambda: stern)
    assert trained(sample()).rows == ()


def test_learning_twice_gives_the_same_cards() -> None:
    assert trained(sample()) == trained(sample())
