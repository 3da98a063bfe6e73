"""Every stage at once against its twin, one stage after the other: the same findings, scores and routes."""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from dossier.dossiers import Dossiers
from dossier.fields import MISSING, NOT_APPLICABLE, fields
from dossier.stages import Stage
from screening.rulebook import load_rulebook
from screening.rules_only import rules_screener
from screening.screener import NOT_ROUTED, Assessment, Screener
from synthetic import draw, load_scenario
from tests.unit.screening.desks import screener, with_column

SCENARIOS = ("baseline_year", "phnom_penh_2022", "airport_day")
SIZE = 3_000
SEED = 6
EMPTIED = 0.15
STAGES = pytest.mark.parametrize("stage", Stage, ids=lambda stage: stage.label)


@cache
def drawn(scenario: str) -> Dossiers:
    return draw(load_scenario(scenario), n=SIZE, seed=SEED).dossiers


@cache
def with_holes(scenario: str) -> Dossiers:
    """Return dossiers of which any answer may be missing, whatever the scenario says."""
    rng = np.random.default_rng(SEED)
    holed = drawn(scenario)
    for name, values in drawn(scenario).columns.items():
        emptied = (rng.random(SIZE) < EMPTIED) & (values >= 0)
        holed = with_column(holed, name, np.where(emptied, MISSING, values))
    return holed


@cache
def never_drawn() -> Dossiers:
    """Return dossiers with any code anywhere, as no scenario would draw them."""
    rng = np.random.default_rng(SEED)
    made = drawn(SCENARIOS[0])
    for name, field in fields().items():
        most = field.upper + 1 if field.is_number else field.size
        made = with_column(made, name, rng.integers(NOT_APPLICABLE, most, SIZE, dtype=np.int32))
    return made


def assert_same(found: Assessment, expected: Assessment) -> None:
    for name in ("applicants", "levels", "context", "risk", "recommendation"):
        assert (getattr(found, name) == getattr(expected, name)).all(), name
        assert getattr(found, name).dtype == getattr(expected, name).dtype, name
    for name in ("risk", "families", "leading", "card", "resembles_others"):
        assert (getattr(found.score, name) == getattr(expected.score, name)).all(), name
    for part in ("indicators", "outcomes"):
        here, there = getattr(found.evidence, part), getattr(expected.evidence, part)
        assert list(here) == list(there)
        assert all((here[name] == there[name]).all() for name in there), part


def assert_twin(one: Screener, dossiers: Dossiers, routed_at: Stage) -> None:
    together = one.assess_all(dossiers, routed_at)
    assert list(together) == list(Stage)
    for stage, found in together.items():
        expected = one.assess(dossiers, stage)
        assert_same(found, expected)
        routed = found.is_flagged if stage == routed_at else np.zeros(len(dossiers), dtype=bool)
        assert (found.route == np.where(routed, expected.route, NOT_ROUTED)).all()
        assert (found.agency == np.where(routed, expected.agency, NOT_ROUTED)).all()


@STAGES
@pytest.mark.parametrize("scenario", SCENARIOS)
def test_all_stages_at_once_say_what_each_says_alone(scenario: str, stage: Stage) -> None:
    assert_twin(screener(), drawn(scenario), stage)


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_missing_answers_are_read_the_same_at_once_and_one_by_one(scenario: str) -> None:
    assert_twin(screener(), with_holes(scenario), Stage.INTERVIEW)


def test_any_codes_are_read_the_same_at_once_and_one_by_one() -> None:
    assert_twin(screener(), never_drawn(), Stage.CHECKPOINT)


@pytest.mark.parametrize("size", [0, 1])
def test_nobody_and_one_dossier_are_screened_at_all_stages(size: int) -> None:
    assert_twin(screener(), drawn(SCENARIOS[0]).take(slice(0, size)), Stage.INTERVIEW)


@STAGES
def test_some_stages_at_once_say_what_each_says_alone(stage: Stage) -> None:
    for others in ([], [Stage.COUNTER], [Stage.CHECKPOINT]):
        chosen = sorted({stage, *others}, reverse=True)
        found = screener().assess_all(drawn(SCENARIOS[0]), stage, chosen)
        assert list(found) == chosen
        for one, assessed in found.items():
            assert_same(assessed, screener().assess(drawn(SCENARIOS[0]), one))


def test_rules_that_decide_by_themselves_do_so_at_all_stages_at_once() -> None:
    one = rules_screener(load_rulebook("saring-2026"), refers_from=2)
    assert_twin(one, with_holes(SCENARIOS[0]), Stage.INTERVIEW)


def test_somebody_is_routed_and_somebody_is_not() -> None:
    found = screener().assess_all(drawn(SCENARIOS[0]), Stage.INTERVIEW)[Stage.INTERVIEW]
    assert found.is_flagged.any()
    assert not found.is_flagged.all()
    assert (found.route[found.is_flagged] >= 0).all()


@STAGES
def test_an_earlier_stage_sees_nothing_of_a_later_one_when_all_are_screened_at_once(stage: Stage) -> None:
    before = drawn(SCENARIOS[0])
    later = {name: never_drawn().columns[name] for name, f in fields().items() if f.visible_from > stage}
    after = replace(before, columns={**before.columns, **later})
    found = screener().assess_all(after, stage)[stage]
    expected = screener().assess_all(before, stage)[stage]
    assert_same(found, expected)
    assert (found.route == expected.route).all()
    assert (found.agency == expected.agency).all()
