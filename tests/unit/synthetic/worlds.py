"""Compiled worlds and drawn rows that many tests look at, each made once."""

from functools import cache

from synthetic.compile import compile_world
from synthetic.draw import Drawn, Plan
from synthetic.scenarios import load_scenario, scenario_names
from synthetic.world import World

RELEASED = tuple(scenario_names())
ALL_TYPES = "baseline_year"
"""The scenario in which every released module has a share."""

SEED = 11
SIZE = 20_000


@cache
def world(name: str) -> World:
    """Return a released scenario, compiled."""
    return compile_world(load_scenario(name))


@cache
def plan(name: str = ALL_TYPES) -> Plan:
    """Return the plan of the drawn rows."""
    return Plan(world(name), SEED, SIZE)


@cache
def drawn(name: str = ALL_TYPES) -> Drawn:
    """Return all rows of the plan."""
    return plan(name).draw(range(SIZE))
