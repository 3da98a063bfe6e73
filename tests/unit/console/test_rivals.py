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
    AS_RUN,
    BEST_INDICATOR,
    SCREENER,
    Rivals,
    compared_content,
    trained_floors,
    trained_rivals,
)
from dossier.stages import Stage
from models import challengers, floors
from models.calibration import Calibration
from models.train import settings as training_settings
from screening.evaluation.panel import Panel, panel_of
from screening.rules_only import rank_scores
from screening.screener import OVERRIDE, released_rules
from synthetic import cohort_files
from synthetic.cohort import dossiers_of, plan_for
from tests.unit.console.jobs import ran
from tests.unit.screening.desks import cohort, screener
from tests.unit.screening.results import made
from tests.unit.synthetic.worlds import world

SCENARIO, SIZE, SEED = "phnom_penh_2022", 3000, 11
STAGE = Stage.VERIFICATION
NAMES = ["oracle", "rules_only", "challenger", "logistic", BEST_INDICATOR]


@pytest.fixture(scope="module")
def few() -> Iterator[None]:
    """Few people to learn from, few trees, on one thread."""
    floor = floors.settings().model_copy(update={"victims": 500, "others": 1500})
    sizes = {"challenger_victims": 500, "challenger_others": 1500, "challenger_trees": 8}
    small = training_settings().model_copy(update=sizes)
    with pytest.MonkeyPatch.context() as patch, threadpool_limits(1):
        patch.setattr(rivals_module, "floor_settings", lambda: floor)
        patch.setattr(rivals_module, "training_settings", lambda: small)
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
    return evaluation_of(job, ran(job, folder, 1)[0], {}).to_json()


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
        area = rival["area_under_curve"]
        assert 0.5 < area["estimate"] < 1
        assert area["low"] > 0.5 or name == BEST_INDICATOR


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
    assert rivals.indicator is not None
    read = released_rules().indicator_findings(dossiers, STAGE)[rivals.indicator.floor.name]
    assert everybody[BEST_INDICATOR].tolist() == read.tolist()


def test_of_nobody_there_are_no_scores(rivals: Rivals) -> None:
    plan = plan_for(world(SCENARIO), 20, SEED)
    drawn = plan.draw(range(20))
    nobody = np.array([], dtype=np.intp)
    found = rivals.scores(drawn, dossiers_of(drawn), screener().rulebook, nobody)
    assert {name: scores.shape for name, scores in found.items()} == dict.fromkeys(NAMES, (0,))


def test_a_rival_that_was_not_trained_is_left_out(rivals: Rivals) -> None:
    plan = plan_for(world(SCENARIO), 20, SEED)
    drawn = plan.draw(range(20))
    untrained = replace(rivals, challenger=None, logistic=None, indicator=None)
    found = untrained.scores(drawn, dossiers_of(drawn), screener().rulebook, np.arange(20))
    assert sorted(found) == ["oracle", "rules_only"]
    assert sorted(untrained.evidence(found)) == ["oracle"]


def test_rivals_learn_where_the_cards_did(rivals: Rivals, few: None) -> None:
    """And not on the scenario that is screened, which would be another question."""
    home = screener().cards.training
    logistic, indicator = trained_floors(world(home.scenario), home.seed, STAGE)
    assert rivals.logistic is not None
    expected = logistic.scores(cohort().dossiers)
    assert (rivals.logistic.scores(cohort().dossiers) == expected).all()
    assert rivals.indicator is not None
    assert rivals.indicator.floor == indicator.floor
    elsewhere, other_indicator = trained_floors(world(SCENARIO), home.seed, STAGE)
    assert (elsewhere.scores(cohort().dossiers) != expected).any()
    assert other_indicator.floor != indicator.floor


def test_rivals_of_cards_from_a_scenario_of_ones_own_learn_on_what_is_screened(few: None) -> None:
    cards = screener().cards
    own = cards.model_copy(update={"training": cards.training.model_copy(update={"scenario": "my_own"})})
    found = trained_rivals(world(SCENARIO), own, STAGE)
    assert found.logistic is not None
    here, _ = trained_floors(world(SCENARIO), cards.training.seed, STAGE)
    assert (found.logistic.scores(cohort().dossiers) == here.scores(cohort().dossiers)).all()


def test_evidence_is_what_is_left_without_the_odds_it_was_learned_at(rivals: Rivals) -> None:
    """So at even odds it says the chance; whoever counts rules gives none."""
    ones = {name: np.ones(1) for name in NAMES}
    found = {name: float(evidence[0]) for name, evidence in rivals.evidence(ones).items()}
    assert rivals.logistic is not None
    assert rivals.indicator is not None
    assert sorted(found) == sorted({*NAMES} - {"rules_only"})
    assert found["challenger"] == pytest.approx(1 - np.log(500 / 1500))
    assert found["logistic"] == pytest.approx(1 - rivals.logistic.learned_at)
    assert rivals.logistic.learned_at == pytest.approx(np.log(500 / 1500))
    assert found[BEST_INDICATOR] == rivals.indicator.floor.evidence[1]
    shares = [kind.share for kind in world(SCENARIO).kinds if kind.truth_class.label == "victim"]
    others = [k.share for k in world(SCENARIO).kinds if k.truth_class.label in ("lawful", "irregular")]
    assert found["oracle"] == pytest.approx(1 - np.log(sum(shares) / sum(others)))


# --- by hand --------------------------------------------------------------------------------------------

TOURIST, OVERSTAYER, VICTIM = 0, 2, 3


def panel(modules: list[int], risk: list[int], scores: dict[str, list[float]], other: float) -> Panel:
    people, rows = made(modules, risk), np.arange(len(modules))
    found = {name: np.array(one) for name, one in scores.items()}
    return panel_of(people, STAGE, rows, other, found, {"book": np.array(risk) > 0})


@pytest.fixture
def nobody(rivals: Rivals) -> Rivals:
    """Rivals of whom only the oracle gives evidence."""
    return replace(rivals, challenger=None, logistic=None, indicator=None)


def test_a_rival_flags_as_many_people_as_the_screener_by_weight(nobody: Rivals) -> None:
    """Three people are flagged: a victim and a tourist who stands for two; so may a rival flag."""
    scores = {"ours": [4.0, 3.0, 2.0, 1.0], "blind": [1.0, 0.0, 3.0, 2.0]}
    people = panel([VICTIM, VICTIM, TOURIST, OVERSTAYER], [1, -1, 1, -1], scores, 2.0)
    found = compared_content(people, 0, (1.0, 1.0), nobody, None)
    assert found["ours"]["miss_rate_at_same_workload"]["missed"] == 0
    assert found["blind"]["miss_rate_at_same_workload"]["missed"] == 2
    assert found["ours"]["area_under_curve"]["estimate"] == 1.0
    assert found["blind"]["area_under_curve"]["estimate"] == 0.0
    assert found["ours"]["screener_minus_this"]["estimate"] == 0.5
    assert "book" not in found
    assert [one["name"] for one in found["comparisons"]["rivals"]] == ["ours", "blind", "book"]


def test_one_person_of_a_side_has_no_area(nobody: Rivals) -> None:
    people = panel([VICTIM, TOURIST], [1, -1], {"a": [1.0, 0.0]}, 1.0)
    found = compared_content(people, 0, (1.0, 1.0), nobody, None)
    assert set(found) == {"a", "comparisons", "decision_curve", "cost_curve"}
    assert "area_under_curve" not in found["a"]


def test_without_victims_there_is_no_curve(nobody: Rivals) -> None:
    people = panel([TOURIST, OVERSTAYER], [1, -1], {"a": [1.0, 0.0]}, 1.0)
    found = compared_content(people, 0, (1.0, 1.0), nobody, None)
    assert set(found) == {"a", "comparisons"}
    assert found["a"]["screener_minus_this"]["estimate"] is None


def test_the_screener_stands_on_the_curves_by_its_chances_and_by_its_flags(nobody: Rivals) -> None:
    """An override refers at every exchange; a chance is that of the curve, at the stated share."""
    curve = Calibration(risks=(-100, 100), log_odds=(-3.0, 3.0), prior=0.5)
    people = panel([VICTIM, VICTIM, TOURIST], [OVERRIDE, 100, -100], {}, 1.0)
    found = compared_content(people, 0, (1.0, 1.0), nobody, curve)
    ways = {way["name"]: way for way in found["cost_curve"]["ways"]}
    assert list(ways) == [SCREENER, AS_RUN, "book"]
    shares = np.array(found["cost_curve"]["cost_shares"])
    needed = np.log((1 - shares) / shares)
    assert ways[SCREENER]["found"] == (1 + (needed <= 3.0)).tolist()
    assert ways[SCREENER]["wrong"] == (needed <= -3.0).astype(int).tolist()
    assert set(ways[AS_RUN]["found"]) == {2}
