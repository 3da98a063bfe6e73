"""What the papers count, the simulation shows: every published sum is met, through the channel that counted it.

Meeting them is calibration and validates nothing: the numbers were chosen so that they come out.
"""

from dataclasses import replace

import pytest

from dossier.truth import TruthClass
from evidence import figure
from synthetic.audit import modules_with, only
from synthetic.draw import Plan
from synthetic.fidelity.targets import targets_found
from tests.unit.synthetic.worlds import RELEASED, world

SEED = 404
VICTIMS = 60_000
WITH_TARGETS = [name for name in RELEASED if world(name).scenario.targets]


@pytest.mark.parametrize("name", WITH_TARGETS)
def test_every_declared_sum_is_met(name: str) -> None:
    victims = only(world(name), modules_with(world(name), TruthClass.VICTIM))
    found = targets_found(Plan(world(name), SEED, VICTIMS, victims))
    assert {target.name: target.verdict for target in found} == dict.fromkeys(
        world(name).scenario.targets, "met"
    )
    assert all(target.observed.n > 0 for target in found)


def test_the_sums_that_the_papers_give_are_declared() -> None:
    """189 of 202 men, the promised pay, the recruiters' channels, the fees, the register and the task force."""
    declared = {key for name in WITH_TARGETS for key in world(name).scenario.targets}
    figures = {
        key
        for name in WITH_TARGETS
        for target in world(name).scenario.targets.values()
        for key in (target.figure, target.of, *target.evidence)
        if key
    }
    assert len(declared) >= 8
    for wanted in ("phnom_penh_2022_men", "offer_pay_usd", "simfoni_share.men", "task_force_june_2023_male"):
        assert wanted in figures
    assert all(figure(key).source or figure(key).grade for key in figures)


def test_a_sum_is_met_only_through_its_own_channel() -> None:
    """The register's sums are not those of the victims who are there."""
    name = "baseline_year"
    targets = {
        key: target.model_copy(update={"channel": ""})
        for key, target in world(name).scenario.targets.items()
        if target.channel == "child_protection_register"
    }
    plain = world(name).scenario.model_copy(update={"targets": targets})
    changed = replace(world(name), scenario=plain)
    victims = only(changed, modules_with(changed, TruthClass.VICTIM))
    found = targets_found(Plan(changed, SEED, VICTIMS, victims))
    assert "not met" in {target.verdict for target in found}
