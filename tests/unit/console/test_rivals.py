"""Rivals: all of them on the same people and at the same workload, however a cohort is cut into parts."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from threadpoolctl import threadpool_limits

from console import rivals as rivals_module
from console import training
from console.pipeline import Job, evaluation_of
from console.rivals import (
    Rivals,
    RivalScores,
    joined_scores,
    rivals_content,
    trained_logistic,
    trained_rivals,
)
from dossier.stages import Stage
from models import challengers, floors
from models.train import settings as training_settings
from screening.rules_only import rank_scores
from synthetic import cohort_files
from synthetic.cohort import dossiers_of, plan_for
from tests.unit.screening.desks import cohort, screener
from tests.unit.screening.results import IRREGULAR, made
from tests.unit.synthetic.worlds import world

SCENARIO, SIZE, SEED = "phnom_penh_2022", 3000, 11
STAGE = Stage.VERIFICATION
NAMES = ["oracle", "rules_only", "challenger", "logistic"]


@pytest.fixture(scope="module")
def few() -> Iterator[None]:
    """Few people to learn from, few trees, on one thread."""
    floor = floors.settings().model_copy(update={"victims": 500, "others": 1500})
    sizes = {"challenger_victims": 500, "challenger_others": 1500, "challenger_trees": 8}
    small = training_settings().model_copy(update=sizes)
    with pytest.MonkeyPatch.context() as patch, threadpool_limits(1):
        patch.setattr(rivals_module, "floor_settings", lambda: floor)
        for module in (training, challengers):
            patch.setattr(module, "settings", lambda: small)
        yield


@pytest.fixture(scope="module")
def rivals(few: None) -> Rivals:
    return trained_rivals(world(SCENARIO), screener().cards, STAGE)


@pytest.fixture(scope="module")
def whole(rivals: Rivals, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The content of a job in one part."""
    return content_of(rivals, tmp_path_factory.mktemp("whole"))


def content_of(rivals: Rivals, folder: Path) -> dict[str, Any]:
    job = Job(plan_for(world(SCENARIO), SIZE, SEED), screener(), rivals, STAGE, {})
    return evaluation_of(job, job.run(folder, 1)[0], {}).to_json()


def test_floors_are_measured_beside_the_oracle_and_the_challenger(whole: dict[str, Any]) -> None:
    for name in NAMES:
        rival = whole[name]
        missed = rival["miss_rate_at_same_workload"]
        assert missed["n"] == whole["victims"] == rival["screener_minus_this"]["n"]
        assert rival["missed_best"] <= missed["missed"] <= rival["missed_worst"]
        ours = whole["miss_rate"]["missed"]
        assert rival["screener_minus_this"]["estimate"] * missed["n"] == pytest.approx(
            ours - missed["missed"]
        )
        assert 0.5 < rival["area_under_curve"]["low"] <= rival["area_under_curve"]["estimate"] < 1


def test_nothing_tells_more_than_the_oracle(whole: dict[str, Any]) -> None:
    best = whole["oracle"]["area_under_curve"]["estimate"]
    assert all(whole[name]["area_under_curve"]["estimate"] < best for name in NAMES[1:])


def test_the_parts_of_a_cohort_do_not_matter(
    rivals: Rivals, whole: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cohort_files, "ROWS_PER_PART", 700)
    cut = content_of(rivals, tmp_path)
    assert {name: cut[name] for name in NAMES} == {name: whole[name] for name in NAMES}


def test_each_rival_scores_the_rows_that_are_asked_for(rivals: Rivals) -> None:
    plan = plan_for(world(SCENARIO), 400, SEED)
    drawn = plan.draw(range(400))
    dossiers, rows = dossiers_of(drawn), np.array([3, 5, 250])
    found = rivals.scores(drawn, dossiers, screener().rulebook, rows)
    everybody = rivals.scores(drawn, dossiers, screener().rulebook, np.arange(400))
    assert sorted(found) == sorted(NAMES)
    for name in NAMES:
        assert found[name].tolist() == everybody[name][rows].tolist()
    counted = rank_scores(screener().rulebook, dossiers, STAGE)
    assert everybody["rules_only"].tolist() == counted.tolist()


def test_of_nobody_there_are_no_scores(rivals: Rivals) -> None:
    plan = plan_for(world(SCENARIO), 20, SEED)
    drawn = plan.draw(range(20))
    nobody = np.array([], dtype=np.intp)
    found = rivals.scores(drawn, dossiers_of(drawn), screener().rulebook, nobody)
    assert {name: scores.shape for name, scores in found.items()} == dict.fromkeys(NAMES, (0,))


def test_a_rival_that_was_not_trained_is_left_out(rivals: Rivals) -> None:
    plan = plan_for(world(SCENARIO), 20, SEED)
    drawn = plan.draw(range(20))
    untrained = replace(rivals, challenger=None, logistic=None)
    found = untrained.scores(drawn, dossiers_of(drawn), screener().rulebook, np.arange(20))
    assert sorted(found) == ["oracle", "rules_only"]


def test_rivals_learn_where_the_cards_did(rivals: Rivals, few: None) -> None:
    """And not on the scenario that is screened, which would be another question."""
    home = screener().cards.training
    again = trained_logistic(world(home.scenario), home.seed, STAGE)
    assert rivals.logistic is not None
    expected = again.scores(cohort().dossiers)
    assert (rivals.logistic.scores(cohort().dossiers) == expected).all()
    elsewhere = trained_logistic(world(SCENARIO), home.seed, STAGE)
    assert (elsewhere.scores(cohort().dossiers) != expected).any()


def test_rivals_of_cards_from_a_scenario_of_ones_own_learn_on_what_is_screened(few: None) -> None:
    cards = screener().cards
    own = cards.model_copy(update={"training": cards.training.model_copy(update={"scenario": "my_own"})})
    found = trained_rivals(world(SCENARIO), own, STAGE)
    assert found.logistic is not None
    here = trained_logistic(world(SCENARIO), cards.training.seed, STAGE)
    assert (found.logistic.scores(cohort().dossiers) == here.scores(cohort().dossiers)).all()


# --- the workload, by hand ----------------------------------------------------------------------------

TOURIST, OVERSTAYER, VICTIM = 0, 2, 3


def test_a_rival_flags_as_many_people_as_the_screener_by_weight() -> None:
    """Three of six are flagged; of each two others one was looked at, so a rival may flag victim, other, none."""
    people = made([VICTIM, VICTIM, TOURIST, TOURIST, OVERSTAYER, OVERSTAYER], [1, -1, 1, 1, -1, -1])
    flagged = people.risk["verification"] >= 0
    assert people.truth.truth_class[4] == IRREGULAR
    scores = {"ours": np.array([4.0, 3.0, 2.0, 1.0]), "blind": np.array([1.0, 0.0, 3.0, 2.0])}
    looked_at = RivalScores(scores, np.array([1.0, 1.0, 2.0, 2.0]), np.array([True, True, False, False]))
    found = rivals_content(looked_at, people, flagged, (1.0, 1.0))
    assert found["ours"]["miss_rate_at_same_workload"]["missed"] == 0
    assert found["blind"]["miss_rate_at_same_workload"]["missed"] == 2
    assert found["ours"]["area_under_curve"]["estimate"] == 1.0
    assert found["blind"]["area_under_curve"]["estimate"] == 0.0
    assert found["ours"]["screener_minus_this"]["estimate"] == 0.5


def test_one_person_of_a_side_has_no_area() -> None:
    people = made([VICTIM, TOURIST], [1, -1])
    looked_at = RivalScores({"a": np.array([1.0, 0.0])}, np.ones(2), np.array([True, False]))
    found = rivals_content(looked_at, people, np.array([True, False]), (1.0, 1.0))
    assert set(found) == {"a"}
    assert "area_under_curve" not in found["a"]


def test_scores_of_parts_are_joined_in_their_order() -> None:
    parts = [
        RivalScores({"a": np.array([float(n)])}, np.array([n + 1.0]), np.array([n == 1])) for n in range(3)
    ]
    joined = joined_scores(parts)
    assert joined is not None
    assert joined.scores["a"].tolist() == [0.0, 1.0, 2.0]
    assert joined.weights.tolist() == [1.0, 2.0, 3.0]
    assert joined.is_victim.tolist() == [False, True, False]
    assert joined_scores([]) is None
