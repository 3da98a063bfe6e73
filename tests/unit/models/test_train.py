"""Learning cards: what is read off is the model, the shares are restored, and nothing depends on chance."""

from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from sklearn.ensemble import HistGradientBoostingClassifier

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
    """Few trees, and rows kept however slight their points."""
    small = settings().model_copy(update={"trees": 30, "fewest": 50, "least_points": 1})
    monkeypatch.setattr(train, "settings", lambda: small)


@pytest.fixture
def models(monkeypatch: pytest.MonkeyPatch) -> list[HistGradientBoostingClassifier]:
    """The models that training fits, in order."""
    fitted: list[HistGradientBoostingClassifier] = []

    class Remembered(HistGradientBoostingClassifier):
        def fit(self, *arguments: Any) -> "Remembered":
            fitted.append(self)
            super().fit(*arguments)
            return self

    monkeypatch.setattr(train, "HistGradientBoostingClassifier", Remembered)
    return fitted


def sample(contexts: int = 2, seed: int = 1) -> Sample:
    """Return a case-control sample of two families whose odds are additive in the levels."""
    rng = np.random.default_rng(seed)
    sizes = [len(entry.levels) for entry in INPUTS]
    levels = rng.integers(0, sizes, (SIZE, len(INPUTS))).astype(np.uint8)
    logit = sum(np.array(effect)[levels[:, place]] for place, effect in enumerate(EFFECTS)) - 1.0
    is_victim = rng.random(SIZE) < 1 / (1 + np.exp(-logit))
    family = np.where(is_victim, rng.integers(0, 2, SIZE), OTHERS).astype(np.int16)
    context = rng.integers(0, contexts, SIZE).astype(np.int8)
    return Sample(levels, context, family, tuple(f"context_{c}" for c in range(contexts)), ODDS)


def offset(found: Sample, family: int) -> float:
    """Return what restores the scenario's shares, from the definition."""
    counted = (found.family == family).sum() / (found.family == OTHERS).sum()
    return float(np.log(ODDS[family] / counted))


def trained(found: Sample) -> StageCards:
    return train_stage(Stage.COUNTER, INPUTS, found)


def columns_of(cards: StageCards) -> list[int]:
    """Return the position among `INPUTS` of each input the cards kept."""
    return [INPUTS.index(entry) for entry in cards.inputs]


def scores_of(cards: StageCards, found: Sample) -> npt.NDArray[np.int32]:
    return cards.family_scores(found.levels[:, columns_of(cards)], found.context)


# --- what is read off -------------------------------------------------------------------------------


def test_the_tables_are_the_model_to_within_rounding(models: list[HistGradientBoostingClassifier]) -> None:
    found = sample()
    scores = scores_of(trained(found), found)
    fitted = iter(models)
    tolerance = 0.5 * (1 + len(INPUTS)) + 1e-6
    for family in range(len(ODDS)):
        for context in range(2):
            rows = found.context == context
            exact = 100 * (next(fitted).decision_function(found.levels[rows]) + offset(found, family))
            assert abs(scores[rows, family] - exact).max() <= tolerance
            assert np.ptp(exact) > 100 * tolerance / 2
    assert next(fitted, None) is None


def test_a_model_of_a_card_has_no_interactions(models: list[HistGradientBoostingClassifier]) -> None:
    """Changing one input changes the model's score by the same, whatever the others are."""
    trained(sample())
    rng = np.random.default_rng(2)
    rows = rng.integers(0, 3, (200, len(INPUTS))).astype(np.uint8)
    for model in models:
        for column in range(len(INPUTS)):
            other = rows.copy()
            other[:, column] = (other[:, column] + 1) % 3
            change = model.decision_function(other) - model.decision_function(rows)
            for level in range(3):
                assert np.ptp(change[rows[:, column] == level]) < 1e-9


def test_no_rising_table_falls_even_where_the_sample_does() -> None:
    cards = trained(sample())
    for entry, table in zip(cards.inputs, cards.tables, strict=True):
        assert not entry.is_rising or (np.diff(table, axis=1) >= 0).all()
    rule = {entry.kind: table for entry, table in zip(cards.inputs, cards.tables, strict=True)}.get("rule")
    assert rule is None or not rule.any()


def test_a_setting_follows_the_sample_up_and_down() -> None:
    cards = trained(sample())
    table = dict(zip((entry.kind for entry in cards.inputs), cards.tables, strict=True))["setting"]
    missing, visa_free, tourist, work = table[0].T.tolist()[0]
    assert visa_free > missing > tourist == 0 < work


def test_the_least_level_has_no_points() -> None:
    assert all((table.min(axis=1) == 0).all() for table in trained(sample()).tables)


# --- shares and contexts ----------------------------------------------------------------------------


def uninformed(contexts: int = 1) -> Sample:
    """Return a sample in which nothing tells victims from others."""
    found = sample(contexts)
    return replace(found, levels=np.zeros_like(found.levels))


def test_cards_that_learn_nothing_give_the_scenarios_own_odds() -> None:
    cards = trained(uninformed())
    assert cards.rows == ()
    assert cards.start == (tuple(round(100 * np.log(odds)) for odds in ODDS),)


def test_the_joined_risk_of_such_cards_is_the_share_of_victims() -> None:
    found = uninformed()
    risk = joined_score(scores_of(trained(found), found)).risk
    assert abs(risk - 100 * np.log(sum(ODDS))).max() <= 1


def test_a_context_has_its_own_odds() -> None:
    found = uninformed()
    rng = np.random.default_rng(5)
    often = np.where(found.family == OTHERS, rng.random(SIZE) < 0.2, rng.random(SIZE) < 0.7)
    found = replace(found, context=often.astype(np.int8), contexts=("rare", "often"))
    cards = trained(found)
    for context in range(2):
        here = found.context == context
        for family in range(len(ODDS)):
            of_family, others = found.family == family, found.family == OTHERS
            odds = ODDS[family] * here[of_family].mean() / here[others].mean()
            assert cards.start[context][family] == pytest.approx(100 * np.log(odds), abs=0.51)


def crowded(found: Sample, few: int) -> Sample:
    """Return the sample with only a few victims left in the second context."""
    context = found.context.copy()
    victims = np.flatnonzero((found.family != OTHERS) & (context == 1))
    context[victims[few:]] = 0
    return replace(found, context=context)


def test_a_context_with_too_few_victims_takes_the_card_of_everybody(
    models: list[HistGradientBoostingClassifier],
) -> None:
    found = crowded(sample(), few=10)
    cards = trained(found)
    assert len(models) == 2 * len(ODDS)
    everybody = models[1]
    rows = found.context == 1
    exact = 100 * (everybody.decision_function(found.levels[rows]) + offset(found, 0))
    assert abs(scores_of(cards, found)[rows, 0] - exact).max() <= 0.5 * (1 + len(INPUTS)) + 1e-6


def test_the_card_of_everybody_is_learned_once_however_many_contexts_take_it(
    models: list[HistGradientBoostingClassifier],
) -> None:
    found = sample(contexts=2)
    nowhere = replace(found, context=np.zeros_like(found.context), contexts=("a", "b", "c", "d"))
    cards = trained(nowhere)
    assert len(models) == 2 * len(ODDS)
    assert cards.start[1] == cards.start[2] == cards.start[3]


def test_slight_rows_are_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    stern = train.settings().model_copy(update={"least_points": 10_000})
    assert {entry.kind for entry in trained(sample()).inputs} >= {"answer", "setting"}
    monkeypatch.setattr(train, "settings", lambda: stern)
    assert trained(sample()).rows == ()


# --- no chance --------------------------------------------------------------------------------------


def test_training_twice_gives_the_same_cards() -> None:
    assert trained(sample()).model_dump_json() == trained(sample()).model_dump_json()


def test_another_sample_gives_other_cards() -> None:
    assert trained(sample(seed=2)) != trained(sample(seed=3))


def test_the_settings_are_declared_in_full() -> None:
    dials = settings.__wrapped__().model_dump()
    assert min(dials[name] for name in ("trees", "others", "victims_per_family", "challenger_trees")) > 0
    assert 0 < dials["learning_rate"] <= 1
