"""Scenarios state their difficulty before any screener is trained: what the oracle misses at 5 % false flags.

Crude networks are found by almost any careful reading, expert ones by few; so a class sees progress, and a
screener has something to reach for. The figures are on record and change only on purpose.
"""

import re
from collections.abc import Mapping

import pytest

from dossier.stages import Stage
from synthetic.audit import difficulty, pooled
from tests.baseline.baselines import HINT, on_record
from tests.unit.synthetic.worlds import RELEASED, world

SEED = 2022
TIERS = ("crude", "standard", "expert")
TOLERANCE = 0.004
"""Two decimals of a per cent rest on arithmetic that differs between platforms; a change of odds shows."""
LEAST_VICTIMS = 300
FEW = ("phnom_penh_2022", "batam_2022", "pilgrimage_cover")
TOGETHER = "all typologies"

Rates = Mapping[str, Mapping[str, float]]


def recorded(name: str) -> Rates:
    """Return the miss rates on record of a scenario, by typology and tier."""
    found: Rates = on_record("difficulty").get("miss_rate", {}).get(name, {})
    return found


@pytest.mark.parametrize("name", FEW)
def test_the_miss_rates_of_a_few_are_those_on_record(name: str) -> None:
    """All others here read the record; `make test-slow` measures every scenario again."""
    assert _flat({name: recorded(name)}) == pytest.approx(_flat({name: _measured(name)}), abs=TOLERANCE), HINT


@pytest.mark.slow
def test_the_miss_rates_are_those_on_record() -> None:
    found = {name: _measured(name) for name in RELEASED}
    stated = {"seed": SEED, "stage": Stage.CHECKPOINT.label, "false_flags": 0.05, "miss_rate": found}
    on_file = on_record("difficulty", stated).get("miss_rate", {})
    assert _flat(on_file) == pytest.approx(_flat(found), abs=TOLERANCE), HINT


@pytest.mark.parametrize("name", RELEASED)
def test_difficulty_rises_from_crude_to_expert(name: str) -> None:
    crude, standard, expert = (recorded(name)[TOGETHER][tier] for tier in TIERS)
    assert crude < standard < expert


@pytest.mark.parametrize("name", RELEASED)
def test_difficulty_rises_within_every_typology(name: str) -> None:
    for module, rates in recorded(name).items():
        assert rates["crude"] < rates["standard"] < rates["expert"], module
        assert rates["crude"] < rates["all"] < rates["expert"], module


@pytest.mark.parametrize("name", RELEASED)
def test_crude_networks_are_mostly_found_and_expert_ones_often_missed(name: str) -> None:
    assert recorded(name)[TOGETHER]["crude"] < 0.15
    assert recorded(name)[TOGETHER]["expert"] > 0.25


def _measured(name: str) -> dict[str, dict[str, float]]:
    groups = difficulty(world(name), Stage.CHECKPOINT, SEED)
    assert min(item.n for item in groups) >= LEAST_VICTIMS
    rates = {TOGETHER: {tier or "all": pooled(groups, tier) for tier in ("", *TIERS)}}
    for item in groups:
        rates.setdefault(item.module, {})[item.tier or "all"] = item.missed / item.n
    return {
        group: {tier: round(rate, 4) for tier, rate in by_tier.items()} for group, by_tier in rates.items()
    }


def _flat(rates: Mapping[str, Rates]) -> dict[str, float]:
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
    together = recorded(name)[TOGETHER]
    for text in (head.difficulty.en, head.difficulty.id):
        said = [int(number) for number in re.findall(r"\d+", text)]
        said.remove(5)
        while 100 in said:
            said.remove(100)
        everyone, crude, standard, expert, elsewhere = said
        measured = {tier: 100 * together[tier] for tier in ("all", *TIERS)}
        if head.stage == Stage.CHECKPOINT.label:
            found = dict(zip(("all", *TIERS), (everyone, crude, standard, expert), strict=True))
            assert found == pytest.approx(measured, abs=1.5)
        else:
            assert elsewhere == pytest.approx(measured["all"], abs=1.5)
