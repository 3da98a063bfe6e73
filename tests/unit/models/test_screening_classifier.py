"""The card as a classifier: what it learns, what it never does, what it writes and what it refuses."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest
from sklearn.ensemble import HistGradientBoostingClassifier

from dossier.problems import BadInput
from models import ScreeningClassifier
from models.additive_card import Direction, load_additive_card

N = 1500
RISING, FALLING, CONTINUOUS, FREE = range(4)
DIRECTIONS: Any = {RISING: 1, FALLING: -1, CONTINUOUS: 1}

Matrix = npt.NDArray[np.float64]


def table(seed: int = 5, unknown: float = 0.15) -> tuple[Matrix, npt.NDArray[np.bool_]]:
    """Return a matrix with a rising, a falling, a continuous and a free feature, and two classes."""
    rng = np.random.default_rng(seed)
    matrix = np.column_stack(
        [
            rng.integers(0, 3, N).astype(float),
            rng.integers(0, 6, N).astype(float),
            rng.normal(size=N),
            rng.integers(0, 4, N).astype(float),
        ]
    )
    logit = matrix[:, 0] - 0.6 * matrix[:, 1] + 0.8 * matrix[:, 2] + 1.5 * (matrix[:, 3] == 2)
    is_second = rng.random(N) < 1 / (1 + np.exp(-logit))
    matrix[rng.random(matrix.shape) < unknown] = np.nan
    return matrix, is_second


@pytest.fixture(scope="module")
def fitted() -> ScreeningClassifier:
    return ScreeningClassifier(monotone=DIRECTIONS, max_bins=12).fit(*table())


# --- what it learns ---------------------------------------------------------------------------------


def test_the_score_is_the_sum_of_start_and_reasons_exactly(fitted: ScreeningClassifier) -> None:
    matrix, _ = table(seed=6)
    for reasons, score in zip(
        fitted.reasons(matrix[:200], top=None), fitted.decision_function(matrix[:200]), strict=True
    ):
        assert (fitted.card_.start + sum(reason.points for reason in reasons)) / 100 == score


def test_reasons_are_few_and_the_heaviest_come_first(fitted: ScreeningClassifier) -> None:
    matrix, _ = table(seed=6)
    for some, all_of_them in zip(
        fitted.reasons(matrix[:200], top=2), fitted.reasons(matrix[:200], top=None), strict=True
    ):
        points = [reason.points for reason in all_of_them]
        assert points == sorted(points, reverse=True)
        assert min(points, default=1) > 0
        assert some == all_of_them[:2]


def test_rounding_costs_less_than_a_hundredth_for_each_feature(fitted: ScreeningClassifier) -> None:
    assert 0 < fitted.card_.loss < 0.01 * fitted.n_features_in_


def test_the_loss_is_the_distance_from_the_same_model_unrounded() -> None:
    """Whole numbers in few bands are their own codes, so the model can be learned again beside the card."""
    rng = np.random.default_rng(1)
    matrix = rng.integers(0, 5, (800, 3)).astype(float)
    y = rng.random(800) < matrix.sum(axis=1) / 15
    card = ScreeningClassifier(max_iter=40).fit(matrix, y)
    model = HistGradientBoostingClassifier(
        max_iter=40, interaction_cst="no_interactions", early_stopping=False
    ).fit(matrix, y)
    distance = np.abs(card.decision_function(matrix) - model.decision_function(matrix)).max()
    assert distance == pytest.approx(card.card_.loss, abs=1e-9)


def test_probabilities_are_those_of_the_score(fitted: ScreeningClassifier) -> None:
    matrix, _ = table(seed=6)
    found = fitted.predict_proba(matrix)
    assert found[:, 1] == pytest.approx(1 / (1 + np.exp(-fitted.decision_function(matrix))))
    assert found.sum(axis=1) == pytest.approx(1)


def test_unstated_the_prior_is_the_samples(fitted: ScreeningClassifier) -> None:
    matrix, y = table()
    assert fitted.predict_proba(matrix)[:, 1].mean() == pytest.approx(y.mean(), abs=0.01)


def test_a_stated_prior_moves_every_score_by_the_same_offset(fitted: ScreeningClassifier) -> None:
    matrix, y = table()
    rare = ScreeningClassifier(monotone=DIRECTIONS, max_bins=12, prior=0.001).fit(matrix, y)
    moved = rare.decision_function(matrix) - fitted.decision_function(matrix)
    share = y.mean()
    assert moved == pytest.approx(np.log(0.001 / 0.999) - np.log(share / (1 - share)), abs=0.01)
    assert np.ptp(moved) < 1e-9


def test_a_card_restores_a_prior_that_sampling_bent() -> None:
    """Everybody is seen with the second class, one in ten of the first; the stated share mends what that does."""
    matrix, y = table(unknown=0.0)
    kept = y | (np.arange(N) % 10 == 0)
    card = ScreeningClassifier(prior=float(y.mean())).fit(matrix[kept], y[kept])
    assert (
        ScreeningClassifier().fit(matrix[kept], y[kept]).predict_proba(matrix)[:, 1].mean() > y.mean() + 0.2
    )
    assert card.predict_proba(matrix)[:, 1].mean() == pytest.approx(y.mean(), abs=0.05)


def test_no_feature_adds_more_than_it_may() -> None:
    card = ScreeningClassifier(max_points=25, monotone=DIRECTIONS).fit(*table()).card_
    assert max(max(feature.table) for feature in card.features) == 25


def test_a_feature_has_no_more_bands_than_asked_for() -> None:
    card = ScreeningClassifier(max_bins=5).fit(*table()).card_
    assert [len(feature.points) for feature in card.features] == [3, 5, 5, 4]


def test_bands_hold_about_equally_many_however_skewed_the_values() -> None:
    values = np.exp(np.random.default_rng(0).normal(size=1000) * 3).reshape(-1, 1)
    feature = ScreeningClassifier(max_bins=10).fit(values, np.arange(1000) % 2).card_.features[0]
    counts = np.bincount(feature.bands(values[:, 0]))
    assert len(counts) == 10
    assert counts.min() >= 95


def test_a_frame_gives_its_names_to_the_reasons() -> None:
    matrix, y = table()
    frame = pd.DataFrame(matrix, columns=["asked", "years", "fee", "channel"])
    card = ScreeningClassifier(monotone={"asked": 1, "years": -1}).fit(frame, y)
    assert [feature.name for feature in card.card_.features] == list(frame.columns)
    assert [feature.direction for feature in card.card_.features] == [1, -1, 0, 0]


# --- what it never does -----------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize(("place", "way"), DIRECTIONS.items())
def test_more_concern_never_lowers_a_score(seed: int, place: int, way: int) -> None:
    card = ScreeningClassifier(monotone=DIRECTIONS, max_iter=30).fit(*table(seed))
    matrix, _ = table(seed + 100)
    worse = matrix.copy()
    worse[:, place] += way * np.random.default_rng(seed).integers(0, 4, N)
    assert (card.decision_function(worse) >= card.decision_function(matrix)).all()


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize(("place", "way"), DIRECTIONS.items())
def test_unknown_lies_between_the_least_concerning_band_and_all_others(
    seed: int, place: int, way: int
) -> None:
    matrix, y = table(seed)
    card = ScreeningClassifier(monotone=DIRECTIONS, max_iter=30).fit(matrix, y)
    unknown, least = matrix.copy(), matrix.copy()
    unknown[:, place] = np.nan
    least[:, place] = -way * 1e6
    feature = card.card_.features[place]
    bands, bottom = feature.bands(matrix[:, place]), feature.bands(least[:, place])
    known = ~np.isnan(matrix[:, place]) & (bands != bottom)
    assert known.sum() > 100
    assert (card.decision_function(matrix) >= card.decision_function(unknown))[known].all()
    assert (card.decision_function(unknown) >= card.decision_function(least)).all()


@pytest.mark.parametrize("way", [1, -1])
@pytest.mark.parametrize("of_unknown", [0.0, 1.0])
def test_whatever_the_sample_says_of_unknown_it_keeps_its_place(way: Direction, of_unknown: float) -> None:
    """Where nobody, and where everybody, of unknown value is of the second class."""
    values = np.tile([0.0, 1.0, 2.0, np.nan], 300)
    share = np.where(np.isnan(values), of_unknown, np.where(way > 0, values, 2 - values) * 0.3 + 0.2)
    is_second = np.random.default_rng(0).random(len(values)) < share
    card = ScreeningClassifier(monotone={0: way}, max_iter=30).fit(values.reshape(-1, 1), is_second)
    least, middle, most = [0.0, 1.0, 2.0][::way]
    ladder = card.decision_function([[least], [np.nan], [middle], [most]])
    assert ladder.tolist() == sorted(ladder)
    assert ladder[-1] > ladder[0]


def test_unknown_of_a_free_feature_is_a_level_of_its_own() -> None:
    """Those who did not answer are the second class; a card that took them for any answer could not tell."""
    answers = np.tile([0.0, 1.0, 2.0, np.nan], 200).reshape(-1, 1)
    card = ScreeningClassifier(max_iter=20).fit(answers, np.isnan(answers[:, 0]))
    assert card.predict(answers).tolist() == np.isnan(answers[:, 0]).tolist()


def test_findings_of_rules_are_not_read_as_numbers() -> None:
    findings = np.tile(np.array([[-1], [0], [1]], dtype=np.int8), (100, 1))
    y = findings[:, 0] == 1
    with pytest.raises(ValueError, match="missing_values=-1"):
        ScreeningClassifier(monotone="rising").fit(findings, y)
    card = ScreeningClassifier(monotone="rising", missing_values=-1).fit(findings, y)
    absent, unknown, present = card.decision_function(np.array([[0], [-1], [1]], dtype=np.int8))
    assert absent <= unknown <= present
    assert card.decision_function([[np.nan]]) == unknown


def test_a_feature_that_nobody_answered_says_nothing() -> None:
    matrix, y = table()
    for way in ("rising", None):
        empty = np.column_stack([matrix[:, 2], np.full(N, np.nan)])
        card = ScreeningClassifier(monotone=way, max_iter=10).fit(empty, y)
        assert card.card_.features[1].table.tolist() == [0, 0]


def test_values_that_were_never_seen_belong_to_the_outermost_bands(fitted: ScreeningClassifier) -> None:
    far = fitted.card_.features[CONTINUOUS].bands(np.array([-1e300, 1e300]))
    assert far.tolist() == [0, len(fitted.card_.features[CONTINUOUS].points) - 1]


# --- the file ---------------------------------------------------------------------------------------


def test_a_reloaded_card_scores_to_the_bit_as_before(fitted: ScreeningClassifier, tmp_path: Path) -> None:
    fitted.to_card(tmp_path / "card.json")
    loaded = ScreeningClassifier.from_card(tmp_path / "card.json")
    matrix, _ = table(seed=6)
    assert loaded.card_ == fitted.card_
    assert (loaded.decision_function(matrix) == fitted.decision_function(matrix)).all()
    assert (loaded.predict_proba(matrix) == fitted.predict_proba(matrix)).all()
    assert (loaded.predict(matrix) == fitted.predict(matrix)).all()
    assert [path.name for path in tmp_path.iterdir()] == ["card.json"]


def test_a_card_can_be_scored_with_pencil_and_paper(fitted: ScreeningClassifier, tmp_path: Path) -> None:
    """A twin that knows nothing but the file: find the band, add the points."""
    fitted.to_card(tmp_path / "card.json")
    card = json.loads((tmp_path / "card.json").read_text(encoding="utf-8"))
    on_edges = np.array([[feature["edges"][0] for feature in card["features"]]])
    matrix = np.concatenate([table(seed=6)[0][:300], on_edges])
    for row, score in zip(matrix, fitted.decision_function(matrix), strict=True):
        points = card["start"]
        for value, feature in zip(row, card["features"], strict=True):
            if np.isnan(value):
                points += feature["unknown"]
            else:
                points += feature["points"][sum(value > edge for edge in feature["edges"])]
        assert points / 100 == score


@pytest.mark.parametrize("classes", [["lawful", "victim"], [0, 1], [1.0, 2.0], [False, True]])
def test_classes_come_back_as_they_were(classes: list[Any], tmp_path: Path) -> None:
    matrix, y = table()
    card = ScreeningClassifier(max_iter=5).fit(matrix, np.array(classes)[y.astype(int)])
    card.to_card(tmp_path / "card.json")
    loaded = ScreeningClassifier.from_card(tmp_path / "card.json")
    assert loaded.classes_.tolist() == classes
    assert loaded.classes_.dtype == card.classes_.dtype


def test_names_and_what_stands_for_unknown_come_back(tmp_path: Path) -> None:
    frame = pd.DataFrame({"a": np.tile([-1, 0, 1], 100), "b": 0})
    card = ScreeningClassifier(missing_values=-1).fit(frame, frame["a"] == 1)
    card.to_card(tmp_path / "card.json")
    loaded = ScreeningClassifier.from_card(tmp_path / "card.json")
    assert loaded.feature_names_in_.tolist() == ["a", "b"]
    assert (loaded.decision_function(frame) == card.decision_function(frame)).all()
    with pytest.raises(ValueError, match="feature names"):
        loaded.predict(frame.rename(columns={"a": "other"}))


def test_a_file_has_one_feature_to_a_line(fitted: ScreeningClassifier, tmp_path: Path) -> None:
    fitted.to_card(tmp_path / "card.json")
    lines = (tmp_path / "card.json").read_text(encoding="utf-8").splitlines()
    assert sum(line.startswith('{"name"') for line in lines) == 4


SPOILED: dict[str, tuple[Any, str]] = {
    "edges that fall": ({"edges": [2.0, 1.0], "points": [0, 1, 2]}, "edges must rise"),
    "an edge that is no number": ({"edges": ["x"], "points": [0, 1]}, "valid number"),
    "points for too many bands": ({"edges": [1.0], "points": [0, 1, 2]}, "one number for each band"),
    "points without a zero": ({"points": [1], "unknown": 1}, "the least of all zero"),
    "points below zero": ({"points": [-1]}, "greater than or equal to 0"),
    "points that fall": ({"direction": 1, "edges": [1.0, 2.0], "points": [0, 5, 4]}, "may not fall"),
    "points that rise where they may not": (
        {"direction": -1, "edges": [1.0], "points": [0, 5]},
        "may not fall",
    ),
    "unknown above all else": (
        {"direction": 1, "edges": [1.0], "points": [0, 5], "unknown": 6},
        "may not fall",
    ),
    "points beyond all measure": ({"edges": [1.0], "points": [0, 10**9]}, "less than or equal"),
    "a word too many": ({"formula": "1 + 1"}, "not permitted"),
    "another direction": ({"direction": 2}, "Input should be"),
}


@pytest.mark.parametrize(("change", "message"), SPOILED.values(), ids=SPOILED)
def test_a_card_that_breaks_a_rule_of_the_format_is_refused(
    change: Any, message: str, tmp_path: Path
) -> None:
    path = tmp_path / "card.json"
    card: dict[str, Any] = {
        "classes": [0, 1],
        "start": 0,
        "loss": 0.0,
        "trees": 1,
        "named": False,
        "features": [{"name": "x0", "direction": 0, "edges": [], "points": [0], "unknown": 0}],
    }
    path.write_text(json.dumps(card), encoding="utf-8")
    assert load_additive_card(path).scores(np.zeros((1, 1))).tolist() == [0]
    card["features"][0].update(change)
    path.write_text(json.dumps(card), encoding="utf-8")
    with pytest.raises(BadInput, match=message):
        ScreeningClassifier.from_card(path)


def test_a_card_that_is_not_there_is_named_with_a_remedy(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"none\.json(.|\n)*to_card"):
        ScreeningClassifier.from_card(tmp_path / "none.json")


# --- what it refuses --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"max_bins": 1}, "max_bins"),
        ({"max_bins": 255}, "max_bins"),
        ({"max_points": 0}, "max_points"),
        ({"prior": 1.0}, "prior"),
        ({"monotone": "falling"}, "monotone"),
        ({"monotone": {4: 1}}, "does not have"),
        ({"monotone": {"fee": 1}}, "does not have"),
        ({"monotone": {0: 2}}, "direction 2"),
        ({"learning_rate": 0.0}, "learning_rate"),
    ],
)
def test_a_parameter_that_cannot_be_is_refused(parameters: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        ScreeningClassifier(**parameters).fit(*table())
