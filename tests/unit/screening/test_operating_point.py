"""Operating points: thresholds by stage, read out of a certificate, and what is refused."""

import json
from pathlib import Path
from typing import Any

import pytest

from dossier.problems import BadInput
from dossier.stages import STAGE_LABELS, Stage
from models.card import LARGEST, load_cards
from screening.operating_point import OperatingPoint, load_operating_point
from screening.screener import RELEASED

CONTENT: dict[str, Any] = {
    "schema_version": "1",
    "cards": "small",
    "columns_hash": "0" * 64,
    "thresholds": {"counter": -300, "checkpoint": 12},
    "statement": "This certifies a threshold for the simulated population.",
}


def loaded(folder: Path, text: str) -> OperatingPoint:
    path = folder / "certificate.json"
    path.write_text(text, encoding="utf-8")
    return load_operating_point(path)


def test_the_released_certificate_belongs_to_the_released_cards() -> None:
    point, cards = load_operating_point(RELEASED), load_cards(RELEASED)
    assert point.cards == cards.id
    assert point.columns_hash == cards.columns_hash


def test_the_released_certificate_has_a_threshold_for_every_stage() -> None:
    point = load_operating_point(RELEASED)
    assert set(point.thresholds) == set(STAGE_LABELS)
    assert all(point.threshold(stage) == point.thresholds[stage.label] for stage in Stage)


def test_the_released_certificate_says_what_it_claims_and_of_whom() -> None:
    details = load_operating_point(RELEASED).details
    assert "simulated" in details["statement"]
    assert {"terms", "stages", "scenario", "scenario_hash", "evidence_hash"} <= set(details)
    for stage, found in details["stages"].items():
        assert found["threshold"] == load_operating_point(RELEASED).thresholds[stage]
        assert found["basis"] in ("max_miss", "max_flagged")
        for rate in (found["miss_rate"], found["false_flag_rate"]):
            assert 0 <= rate["low"] <= rate["estimate"] <= rate["high"] <= 1
            assert rate["n"] > 0


def test_a_point_comes_from_its_file_with_everything_it_says(tmp_path: Path) -> None:
    point = loaded(tmp_path, json.dumps(CONTENT))
    assert point.threshold(Stage.COUNTER) == -300
    assert point.details == {"statement": CONTENT["statement"]}


def test_another_threshold_at_one_stage_leaves_the_others_and_drops_the_claim(tmp_path: Path) -> None:
    point = loaded(tmp_path, json.dumps(CONTENT)).with_threshold(Stage.COUNTER, -250)
    assert point.thresholds == {"counter": -250, "checkpoint": 12}
    assert point.details == {}
    assert (point.cards, point.columns_hash) == ("small", "0" * 64)


CURVES: dict[str, Any] = {
    "counter": {"calibration": {"risks": [-400, 0], "log_odds": [-5.0, -1.5], "prior": 0.02}},
    "checkpoint": {
        "calibration": {"risks": [-100, 50], "log_odds": [-2.0, 1.0], "prior": 0.02},
        "basis": "x",
    },
    "interview": {"basis": "max_miss"},
}


def test_what_a_risk_stands_for_is_told_by_stage(tmp_path: Path) -> None:
    point = loaded(tmp_path, json.dumps({**CONTENT, "stages": CURVES}))
    curve = point.calibration(Stage.COUNTER)
    assert curve is not None
    assert (curve.risks, curve.log_odds, curve.prior) == ((-400, 0), (-5.0, -1.5), 0.02)
    assert point.calibration(Stage.CHECKPOINT) != curve
    assert point.calibration(Stage.INTERVIEW) is None
    assert point.calibration(Stage.VERIFICATION) is None
    assert loaded(tmp_path, json.dumps(CONTENT)).calibration(Stage.COUNTER) is None


def test_another_threshold_changes_no_chance_and_drops_every_claim(tmp_path: Path) -> None:
    point = loaded(tmp_path, json.dumps({**CONTENT, "stages": CURVES}))
    moved = point.with_threshold(Stage.COUNTER, -250).with_threshold(Stage.CHECKPOINT, 40)
    assert moved.thresholds == {"counter": -250, "checkpoint": 40}
    for stage in Stage:
        assert moved.calibration(stage) == point.calibration(stage)
    assert set(moved.details) == {"stages"}
    assert all(set(found) == {"calibration"} for found in moved.details["stages"].values())


def test_a_point_is_for_cards_of_its_id_columns_and_content() -> None:
    cards = load_cards(RELEASED)
    point = load_operating_point(RELEASED)
    point.check_cards(cards, "ours")
    point.model_copy(update={"cards_hash": None}).check_cards(cards, "ours")
    for other in ({"cards": "others"}, {"columns_hash": "0" * 64}):
        with pytest.raises(BadInput, match="the certificate 'ours' is not for the cards"):
            point.model_copy(update=other).check_cards(cards, "ours")
    with pytest.raises(BadInput, match="their points have changed"):
        point.model_copy(update={"cards_hash": "0" * 64}).check_cards(cards, "ours")


def test_another_threshold_is_still_for_the_same_cards() -> None:
    point = load_operating_point(RELEASED)
    assert point.with_threshold(Stage.COUNTER, 5).cards_hash == point.cards_hash is not None


def test_a_point_is_completed_by_another_without_the_claims_of_that(tmp_path: Path) -> None:
    own = {**CONTENT, "thresholds": {"counter": -1}, "asked": {"max_miss": 0.05, "confidence": 0.9}}
    other = {**CONTENT, "stages": CURVES, "terms": {"max_miss": 0.2, "max_flagged": 0.05}}
    point = loaded(tmp_path, json.dumps(own))
    assert point.lacking == (Stage.INTERVIEW, Stage.VERIFICATION, Stage.CHECKPOINT)
    whole = point.completed(loaded(tmp_path, json.dumps(other)))
    assert whole.thresholds == {"counter": -1, "checkpoint": 12}
    assert whole.details["terms"] == {"max_miss": 0.05, "max_flagged": 0.05, "confidence": 0.9}
    assert whole.details["stages"]["checkpoint"].keys() == {"calibration"}
    assert whole.details["stages"]["counter"]["threshold"] == -1
    assert whole.details["statement"] == CONTENT["statement"]


@pytest.mark.parametrize("asked", [None, 7, "max_miss", []])
def test_a_strange_question_completes_no_claim(asked: object, tmp_path: Path) -> None:
    point = loaded(tmp_path, json.dumps({**CONTENT, "asked": asked}))
    assert point.completed(point).details["terms"] == {}


def test_a_stage_without_threshold_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="no threshold for the interview"):
        loaded(tmp_path, json.dumps(CONTENT)).threshold(Stage.INTERVIEW)


@pytest.mark.parametrize("name", ["saring-1999", "nowhere.json"])
def test_a_certificate_that_is_not_there_is_named(name: str) -> None:
    with pytest.raises(BadInput, match="there is no certificate"):
        load_operating_point(name)


@pytest.mark.parametrize(
    "spoiled",
    [
        {"thresholds": None},
        {"thresholds": {"counter": 0.5}},
        {"thresholds": {"counter": "low"}},
        {"thresholds": {"counter": LARGEST + 1}},
        {"thresholds": {"counter": 2**31}},
        {"thresholds": {"counter": 10**400}},
        {"thresholds": [1, 2]},
        {"cards": 5},
        {"columns_hash": None},
        {"schema_version": "2"},
        {"stages": 7},
        {"stages": {"counter": 7}},
        {"stages": {"noon": {"calibration": None}}},
        {"stages": {"counter": {"calibration": 7}}},
        {
            "stages": {
                "counter": {"calibration": {**CURVES["counter"]["calibration"], "log_odds": [3.0, 1.0]}}
            }
        },
    ],
    ids=str,
)
def test_a_broken_certificate_is_refused(spoiled: dict[str, Any], tmp_path: Path) -> None:
    with pytest.raises(BadInput) as error:
        loaded(tmp_path, json.dumps({**CONTENT, **spoiled}))
    assert error.value.problems[0].where == "certificate.json"


def test_a_certificate_cut_short_anywhere_is_refused(tmp_path: Path) -> None:
    whole = json.dumps(CONTENT)
    for end in range(0, len(whole), 5):
        with pytest.raises(BadInput):
            loaded(tmp_path, whole[:end])


@pytest.mark.parametrize("number", ["NaN", "Infinity", "1e999"])
def test_a_threshold_that_is_no_number_is_refused(number: str, tmp_path: Path) -> None:
    with pytest.raises(BadInput):
        loaded(tmp_path, json.dumps(CONTENT).replace("-300", number))
