"""Scenarios state their difficulty before any screener is trained: what the oracle misses at 5 % false flags.

Crude networks are found by almost any careful reading, expert ones by few; so a class sees progress, and a
screener has something to reach for. The figures are on record and change only on purpose.
"""

import re
from functools import cache

import pytest

from dossier.stages import Stage
from synthetic.audit import Difficulty, difficulty, pooled
from tests.baseline.baselines import HINT, on_record
from tests.unit.synthetic.worlds import RELEASED, world

pytestmark = pytest.mark.xdist_group("difficulty")
"""One worker measures a scenario once for all tests."""

SEED = 2022
TIERS = ("crude", "standard", "expert")
TOLERANCE = 0.004
"""Two decimals of a per cent rest on arithmetic that differs between platforms; a change of odds shows."""


@cache
def difficulty_of(name: str) -> tuple[Difficulty, ...]:
    return tuple(difficulty(world(name), Stage.CHECKPOINT, SEED))


@pytest.mark.parametrize("name", RELEASED)
def test_difficulty_rises_from_crude_to_expert(name: str) -> None:
    crude, standard, expert = (pooled(difficulty_of(name), tier) for tier in TIERS)
    assert crude < standard < expert


@pytest.mark.parametrize("name", RELEASED)
def test_difficulty_rises_within_every_typology(name: str) -> None:
    for module in {item.module for item in difficulty_of(name)}:
        rates = {item.tier: item.missed / item.n for item in difficulty_of(name) if item.module == module}
        assert rates["crude"] < rates["standard"] < rates["expert"], module
        assert rates["crude"] < rates[""] < rates["expert"], module


@pytest.mark.parametrize("name", RELEASED)
def test_crude_networks_are_mostly_found_and_expert_ones_often_missed(name: str) -> None:
    assert pooled(difficulty_of(name), "crude") < 0.15
    assert pooled(difficulty_of(name), "expert") > 0.25


@pytest.mark.parametrize("name", RELEASED)
def test_every_group_is_large_enough_to_state_a_rate(name: str) -> None:
    assert min(item.n for item in difficulty_of(name)) >= 300


def test_the_miss_rates_are_those_on_record() -> None:
    found = {name: _rates(name) for name in RELEASED}
    stated = {"seed": SEED, "stage": Stage.CHECKPOINT.label, "false_flags": 0.05, "miss_rate": found}
    recorded = on_record("difficulty", stated).get("miss_rate", {})
    assert _flat(recorded) == pytest.approx(_flat(found), abs=TOLERANCE), HINT


def _rates(name: str) -> dict[str, dict[str, float]]:
    rates: dict[str, dict[str, float]] = {
        "all typologies": {tier or "all": pooled(difficulty_of(name), tier) for tier in ("", *TIERS)}
    }
    for item in difficulty_of(name):
        rates.setdefault(item.module, {})[item.tier or "all"] = item.missed / item.n
    return {
        group: {tier: round(rate, 4) for tier, rate in by_tier.items()} for group, by_tier in rates.items()
    }


def _flat(rates: dict[str, dict[str, dict[str, float]]]) -> dict[str, float]:
    return {
        f"{scenario} {module} {tier}": rate
        for scenario, modules in rates.items()
        for module, tiers in modules.items()
        for tier, rate in tiers.items()
    }


@pytest.mark.parametrize("name", RELEASED)
def test_the_sentence_about_difficulty_says_what_is_measured(name: str) -> None:
    """`python scripts/state_difficulty.py` writes the sentences anew."""
    head = world(name).scenario.scenario
    assert head.difficulty is not None
    for text in (head.difficulty.en, head.difficulty.id):
        said = [int(number) for number in re.findall(r"\d+", text)]
        said.remove(5)
        while 100 in said:
            said.remove(100)
        everyone, crude, standard, expert, elsewhere = said
        measured = {tier: 100 * pooled(difficulty_of(name), tier) for tier in ("", *TIERS)}
        if head.stage == Stage.CHECKPOINT.label:
            found = dict(zip(("", *TIERS), (everyone, crude, standard, expert), strict=True))
            assert found == pytest.approx(measured, abs=1.5)
        else:
            assert elsewhere == pytest.approx(measured[""], abs=1.5)
