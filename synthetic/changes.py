"""What a module is within one scenario: its overlays, its dated regimes and its step of difficulty applied.

A scenario names modules and changes them; nothing of that is written back. This module answers what then
holds, and from which month on, and gives the hash of everything that decides a scenario's cohorts.
"""

import json
from collections.abc import Iterator
from dataclasses import asdict
from hashlib import sha256

from dossier.fields import fields
from dossier.problems import Problem, raise_if_any
from dossier.toml_files import KeyPath
from synthetic.modules import DAY, Module, Numbers, Tier, ancestry_problems, missing_module
from synthetic.population import load_population
from synthetic.scenarios import POPULATION, USUAL_DIFFICULTY, Overlay, Scenario


def eras(scenario: Scenario) -> tuple[int, ...]:
    """Return the days on which something changes, the first day of the year among them, in order."""
    return tuple(sorted({1, *(regime.since for regime in scenario.regimes.values())}))


def era_of_month(scenario: Scenario) -> tuple[int, ...]:
    """Return, for each month in which people apply, the index of the era it lies in."""
    starts = eras(scenario)
    return tuple(
        max(index for index, start in enumerate(starts) if start <= first) for first in fields()[DAY].edges
    )


def overlays(scenario: Scenario, module_id: str, era: int = 0) -> Iterator[tuple[KeyPath, Overlay]]:
    """Yield the overlays that change a module in an era, the earlier first, with where they stand."""
    if module_id in scenario.overlay:
        yield ("overlay", module_id), scenario.overlay[module_id]
    until = eras(scenario)[era]
    for name, regime in sorted(scenario.regimes.items(), key=lambda item: item[1].since):
        if regime.since <= until and module_id in regime.overlay:
            yield ("regimes", name, "overlay", module_id), regime.overlay[module_id]


def module_in(scenario: Scenario, module_id: str, era: int = 0) -> Module:
    """Return a module as `scenario` changes it in an era."""
    module = scenario.library[module_id][0]
    for _, overlay in overlays(scenario, module_id, era):
        odds = {name: block for name, block in module.odds.items() if name not in overlay.table}
        module = module.model_copy(
            update={
                "table": {**module.table, **overlay.table},
                "odds": {**odds, **overlay.odds},
                "tiers": {**module.tiers, **overlay.tiers},
                "cover": overlay.cover or module.cover,
            }
        )
    if scenario.difficulty == USUAL_DIFFICULTY or not module.tiers:
        return module
    return module.model_copy(
        update={"tiers": {name: _at_step(scenario, tier) for name, tier in module.tiers.items()}}
    )


def _at_step(scenario: Scenario, tier: Tier) -> Tier:
    step = load_population()[0].difficulty[str(scenario.difficulty)]
    coaching = {stage: step.of(told) for stage, told in tier.coaching.items()}
    return tier.model_copy(update={"camouflage": step.of(tier.camouflage), "coaching": coaching})


def population_changes(scenario: Scenario, era: int = 0) -> dict[str, tuple[KeyPath, Numbers]]:
    """Return the tables that replace those of the population in an era, with where they stand."""
    return {
        name: ((*at, "table", name), numbers)
        for at, overlay in overlays(scenario, POPULATION, era)
        for name, numbers in overlay.table.items()
    }


def involved(scenario: Scenario) -> list[str]:
    """Return the ids of the mix, of their bases and of the journeys their cover stories borrow, sorted.

    Raises:
        BadInput: If one of them does not exist, or modules extend each other in a circle.
    """
    found: list[str] = []
    waiting = list(scenario.mix)
    while waiting:
        module_id = waiting.pop()
        if module_id in found or module_id == POPULATION:
            continue
        found.append(module_id)
        raise_if_any(_wrong_with(scenario, module_id))
        module = scenario.library[module_id][0]
        waiting.append(module.module.extends)
        if module.cover:
            waiting.append(module.cover.journey)
        if module_id in scenario.overlay and (cover := scenario.overlay[module_id].cover):
            waiting.append(cover.journey)
    return sorted(found)


def _wrong_with(scenario: Scenario, module_id: str) -> Iterator[Problem]:
    """Yield what a module builds on, in its file or by an overlay, and what does not exist."""
    yield from ancestry_problems(scenario.library, module_id)
    if module_id in scenario.overlay and (cover := scenario.overlay[module_id].cover):
        at = ("overlay", module_id, "cover", "journey")
        yield from missing_module(scenario.library, cover.journey, scenario.file, at)


def scenario_hash(scenario: Scenario) -> str:
    """Return the SHA-256 of everything that decides a scenario's cohorts.

    That is the population, the modules it involves and no others, its own file, its levers and its step.
    """
    content = [
        load_population()[0].model_dump(mode="json"),
        {id_: scenario.library[id_][0].model_dump(mode="json") for id_ in involved(scenario)},
        scenario.model_dump(mode="json"),
        [lever.model_dump(mode="json") for lever in scenario.levers],
        scenario.difficulty,
        {module_id: asdict(moved) for module_id, moved in scenario.adaptations.items()},
    ]
    return sha256(json.dumps(content, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
