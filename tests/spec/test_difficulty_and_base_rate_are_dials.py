"""Difficulty and base rate are dials: the same victims, harder to see, among more others.

Five steps of difficulty hide more and more of the same victims, and the best possible screener separates them
less and less. A base rate says how rare victims are; they stay exact in number, and known weights say how many
people each row stands for.
"""

import numpy as np
import pytest

from console.worlds import parsed_base_rate
from dossier.problems import BadInput
from dossier.stages import Stage
from dossier.truth import TruthClass
from screening.evaluation.rates import Rate
from screening.evaluation.workload import at_prevalences
from screening.evaluation.yardsticks import area_under_curve
from synthetic.audit import modules_with, only
from synthetic.cohort import plan_for, truth_of
from synthetic.compile import compile_world
from synthetic.draw import Drawn, Plan
from synthetic.levers import load_lever
from synthetic.oracle import Oracle
from synthetic.scenarios import load_scenario
from tests.unit.synthetic.worlds import world

SCENARIO = "phnom_penh_2022"
STEPS = (1, 2, 3, 4, 5)
VICTIMS = 6_000
OTHERS = 12_000
SEED = 23
NOT_VICTIMS = (TruthClass.LAWFUL, TruthClass.IRREGULAR)


def victims_at(step: int) -> tuple[Drawn, float]:
    """Return the victims at a step of difficulty, and the oracle's area under the curve."""
    found = compile_world(load_scenario(SCENARIO).with_difficulty(step))
    victims = Plan(found, SEED, VICTIMS, only(found, modules_with(found, TruthClass.VICTIM)))
    others = Plan(found, SEED + 1, OTHERS, only(found, modules_with(found, *NOT_VICTIMS)))
    drawn, rest = victims.draw(range(VICTIMS)), others.draw(range(OTHERS))
    oracle = Oracle(found, Stage.VERIFICATION)
    area = area_under_curve(oracle.log_odds(drawn.observed), oracle.log_odds(rest.observed))
    return drawn, area.estimate


@pytest.mark.slow
def test_five_steps_show_the_same_victims_less_and_less() -> None:
    found = [victims_at(step) for step in STEPS]
    first = found[0][0]
    for drawn, _ in found:
        assert (drawn.applicants == first.applicants).all()
        assert (drawn.kinds == first.kinds).all()
        assert (drawn.network == first.network).all()
        assert (drawn.truth["sex"] == first.truth["sex"]).mean() > 0.95
    areas = [area for _, area in found]
    assert areas == sorted(areas, reverse=True)
    assert len(set(areas)) == len(STEPS)
    assert areas[0] - areas[-1] > 0.02


def test_the_third_step_is_the_scenario_as_it_is_written() -> None:
    plain, third = world(SCENARIO), compile_world(load_scenario(SCENARIO).with_difficulty(3))
    before, after = (Plan(w, SEED, 5000).draw(range(5000)) for w in (plain, third))
    assert all((values == after.values[name]).all() for name, values in before.values.items())


@pytest.mark.parametrize("step", [0, 6])
def test_there_is_no_other_step(step: int) -> None:
    with pytest.raises(BadInput, match="difficulty"):
        load_scenario(SCENARIO).with_difficulty(step)


@pytest.mark.parametrize("rate", ["1:100", "1:1000", "1:10000"])
def test_on_the_ladder_of_base_rates_victims_stay_exact_in_number(rate: str) -> None:
    size = 30_000
    plan = plan_for(world(SCENARIO), size, SEED, parsed_base_rate(rate))
    truth = truth_of(plan.world, plan.draw(range(size)))
    shares = world(SCENARIO).scenario.mix
    expected = round(size * sum(s.share for m, s in shares.items() if m.startswith("typology.")))
    victims = int(truth.is_victim.sum())
    of_victim, of_other = plan.weights
    assert victims == expected
    assert victims * of_victim == pytest.approx(size * parsed_base_rate(rate))
    assert victims * of_victim + (size - victims) * of_other == pytest.approx(size)


def test_where_victims_stand_is_known_to_the_seed_alone() -> None:
    """The rows of victims are scattered evenly, whatever their number."""
    size = 20_000
    truth = truth_of(world(SCENARIO), plan_for(world(SCENARIO), size, SEED, 0.001).draw(range(size)))
    rows = np.flatnonzero(truth.is_victim)
    halves = (rows < size / 2).mean()
    assert abs(halves - 0.5) < 4 * np.sqrt(0.25 / len(rows))
    assert len(np.unique(truth.applicants)) == size


def test_the_workload_at_a_base_rate_is_that_of_the_rates() -> None:
    found = at_prevalences(Rate(30, 100), Rate(5, 100), [0.001])[0]
    assert found.flags_per_10000 == pytest.approx(10_000 * (0.001 * 0.7 + 0.999 * 0.05))


@pytest.mark.parametrize("text", ["0", "1", "2", "-0.1", "1:0", "many", "", "nan", "1e999"])
def test_what_is_no_share_is_refused(text: str) -> None:
    with pytest.raises(BadInput, match="share of victims"):
        parsed_base_rate(text)


@pytest.mark.parametrize("text", ["1e-300", "1e-10", "1:10000000000"])
def test_a_share_that_stands_for_nobody_is_refused(text: str) -> None:
    with pytest.raises(BadInput, match="too small a share of victims"):
        parsed_base_rate(text)


@pytest.mark.parametrize("text", ["1e-9", "1:1000000000", "0.5", " 1 / 3 "])
def test_every_other_share_is_taken(text: str) -> None:
    assert 0 < parsed_base_rate(text) < 1


def test_a_base_rate_is_the_share_before_levers_divert_anybody() -> None:
    size = 30_000
    warned = compile_world(load_scenario(SCENARIO).with_levers([load_lever("awareness_campaign")]))
    plan = plan_for(warned, size, SEED, 0.001)
    left = int(truth_of(warned, plan.draw(range(size))).is_victim.sum())
    assert plan.victims is not None
    assert 0 < left < plan.victims
    assert plan.share_left(left) == pytest.approx(0.001 * left / plan.victims)
    assert plan.share_left(plan.victims) == 0.001
    assert plan_for(warned, size, SEED).share_left(left) is None


def test_a_base_rate_needs_victims() -> None:
    with pytest.raises(BadInput, match="victims"):
        plan_for(world(SCENARIO), 5, SEED, 0.001)
