"""An adversary that adapts: networks that see who of theirs is flagged, and nothing else of the screener.

In each round the networks of a typology try moves on some of their people, keep what lowers the flagged share
most for its cost, and stop where the budget ends; some leave. A move hides the odds of a theme of answers,
shifts the corridor, or tells more cover stories. It is a model of pressure, kept abstract: odds on coded
fields, no way of doing anything. Its sizes are assumptions.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Literal, TypeAlias

import numpy as np
import numpy.typing as npt
from pydantic import Field as Option

from dossier.dossiers import Dossiers
from dossier.fields import fields
from dossier.problems import BadInput
from dossier.texts import Text
from dossier.toml_files import Declared, read_toml, validated
from dossier.truth import TruthClass
from synthetic.adaptations import CORRIDOR, Adaptation
from synthetic.audit import modules_with, only
from synthetic.cohort import dossiers_of
from synthetic.compile import compile_world
from synthetic.draw import Plan
from synthetic.modules import HERE, Chance, Module
from synthetic.scenarios import Scenario
from synthetic.world import World

Flag: TypeAlias = Callable[[Dossiers], npt.NDArray[np.bool_]]
"""Says of many dossiers who is flagged: all that networks ever learn."""

CORRIDOR_MOVE = "corridor"
COVER_MOVE = "cover"


class Settings(Declared):
    """How networks learn; see `adversary.toml` for what each number means."""

    version: str
    grade: Literal["D"]
    description: Text
    periods: int = Option(ge=1, le=50)
    members: int = Option(ge=100)
    step: Chance
    shift: Chance
    budget: float = Option(gt=0)
    base_cost: float = Option(gt=0)
    noticeable: Chance
    unbearable: Chance
    leaving: Chance


class _SettingsFile(Declared):
    adversary: Settings


@dataclass(frozen=True)
class Round:
    """What the networks of one typology saw and did in one round.

    Attributes:
        period: Which round, from 1.
        module: The typology.
        flagged, n: People of theirs who were flagged before they moved, of how many.
        moves: What they moved, by theme.
        share: Share of the networks still at work afterwards.
    """

    period: int
    module: str
    flagged: int
    n: int
    moves: tuple[str, ...]
    share: float


@dataclass(frozen=True)
class Learned:
    """What came of it.

    Attributes:
        rounds: Every round of every typology, in order.
        adaptations: How far each typology moved in the end.
    """

    rounds: tuple[Round, ...]
    adaptations: Mapping[str, Adaptation]


@cache
def settings() -> Settings:
    """Return how networks learn."""
    return validated(_SettingsFile, read_toml(HERE / "adversary.toml")).adversary


def learned(
    scenario: Scenario,
    flag: Flag,
    seed: int,
    how: Settings | None = None,
    done: Callable[[int], None] = lambda _: None,
) -> Learned:
    """Let the networks of a scenario learn against a screener.

    Args:
        scenario: The scenario, with the levers it takes.
        flag: The screener; only whether somebody is flagged is ever seen.
        seed: Seed of the people by whom moves are tried; not that of a cohort to be measured.
        how: How they learn; as `adversary.toml` says when left out.
        done: Called with 1 after each round.

    Raises:
        BadInput: If the scenario has no victims, so that there are no networks to learn.
    """
    how = how or settings()
    start = compile_world(scenario)
    modules = {m.id: m for m in start.modules}
    typologies = modules_with(start, TruthClass.VICTIM)
    if not typologies:
        raise BadInput.of(
            f"'{scenario.id}' has no networks that could learn", mend="Choose a scenario with victims."
        )
    state = {module_id: Adaptation() for module_id in typologies}
    rounds: list[Round] = []
    for period in range(1, how.periods + 1):
        seen = _Trials(start, flag, seed + period, how.members)
        now = seen.flagged(state, typologies)
        tried = {name: _try_out(name, state, modules, seen, how) for name in _moves(modules, typologies)}
        for module_id in typologies:
            gains = {
                name: now[module_id] - found[module_id] for name, found in tried.items() if module_id in found
            }
            chosen = _affordable(gains, modules[module_id], how)
            state[module_id] = _settle(state[module_id], chosen, modules[module_id], now[module_id], how)
            flagged = round(now[module_id] * how.members)
            share = state[module_id].share
            rounds.append(Round(period, module_id, flagged, how.members, chosen, share))
        done(1)
    return Learned(tuple(rounds), state)


@dataclass(frozen=True)
class _Trials:
    """The people of one round, the same for every move, so that a difference is the move's."""

    start: World
    flag: Flag
    seed: int
    members: int

    def flagged(self, state: Mapping[str, Adaptation], wanted: list[str]) -> dict[str, float]:
        """Return the flagged share for each of `wanted`, from one compiled world."""
        moved = self.start.scenario.with_adaptations(state)
        world = compile_world(moved, self.start.unlevered or self.start)
        shares = {}
        for module_id in wanted:
            plan = Plan(world, self.seed, self.members, only(world, [module_id]))
            flags = self.flag(dossiers_of(plan.draw(range(self.members))))
            shares[module_id] = float(flags.mean())
        return shares


def _moves(modules: Mapping[str, Module], typologies: list[str]) -> list[str]:
    """Return every move that some typology has: the themes of its odds, corridor and cover."""
    themes = {theme for module_id in typologies for theme in _themes(modules[module_id])}
    return [*sorted(themes), CORRIDOR_MOVE, COVER_MOVE]


def _themes(module: Module) -> dict[str, list[str]]:
    """Return the fields with odds that could be hidden, by theme."""
    found: dict[str, list[str]] = {}
    for name in module.odds:
        if name in fields() and module.hard_to_fake.get(name, 0.0) < 1:
            found.setdefault(fields()[name].theme, []).append(name)
    return found


def _try_out(
    move: str,
    state: Mapping[str, Adaptation],
    modules: Mapping[str, Module],
    seen: _Trials,
    how: Settings,
) -> dict[str, float]:
    """Return the flagged share of each typology that has the move, had it made it."""
    able = [module_id for module_id in state if _has(modules[module_id], move)]
    changed = {m: _moved(state[m], move, modules[m], how) for m in able}
    return seen.flagged({**state, **changed}, able)


def _has(module: Module, move: str) -> bool:
    if move == CORRIDOR_MOVE:
        return any(name in module.table or name in module.odds for name in CORRIDOR)
    if move == COVER_MOVE:
        return module.cover is not None
    return move in _themes(module)


def _moved(state: Adaptation, move: str, module: Module, how: Settings) -> Adaptation:
    if move == CORRIDOR_MOVE:
        return replace(state, corridor=state.corridor + (1 - state.corridor) * how.shift)
    if move == COVER_MOVE:
        return replace(state, cover=state.cover + (1 - state.cover) * how.shift)
    hidden = dict(state.hidden)
    for name in _themes(module)[move]:
        before = hidden.get(name, 0.0)
        hidden[name] = before + (1 - before) * how.step
    return replace(state, hidden=hidden)


def _affordable(gains: Mapping[str, float], module: Module, how: Settings) -> tuple[str, ...]:
    """Return the moves worth making, the best for its cost first, until the budget ends."""
    left, chosen = how.budget, []
    for move in sorted(gains, key=lambda name: (-gains[name] / _cost(name, module, how), name)):
        cost = _cost(move, module, how)
        if gains[move] >= how.noticeable and cost <= left:
            chosen.append(move)
            left -= cost
    return tuple(chosen)


def _cost(move: str, module: Module, how: Settings) -> float:
    names = list(CORRIDOR) if move == CORRIDOR_MOVE else _themes(module).get(move, [])
    hard = [module.hard_to_fake.get(name, 0.0) for name in names]
    return how.base_cost + (float(np.mean(hard)) if hard else 0.0)


def _settle(
    state: Adaptation, moves: tuple[str, ...], module: Module, flagged: float, how: Settings
) -> Adaptation:
    """Return the state after the moves; where too many are flagged, some networks leave."""
    for move in moves:
        state = _moved(state, move, module, how)
    gone = how.leaving * max(0.0, flagged - how.unbearable)
    return replace(state, share=state.share * (1 - gone))
