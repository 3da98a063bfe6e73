"""How many random words the drawing of a row takes: counted while rows are drawn, never read from a table."""

import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import synthetic.streams
from synthetic.draw import Plan

SELDOM = ("lie", "slip", "cover")
"""Layers whose words decide about few people, although one is made for everybody."""

MODULES = ("streams", "draw", "observe", "deceive", "entities")


def words_taken(plan: Plan, rows: range) -> dict[str, float]:
    """Return the random words taken for each row.

    Returns:
        `all` that are made row by row; those that `decide` about everybody, without what only liars and
        tellers of cover stories need; and those `scattered` over networks and actors, beside both.
    """
    layers: Counter[str] = Counter()
    with (
        _counted("words", lambda *address, rows: (address[-1], len(rows)), layers),
        _counted("scattered_words", lambda *_, ids: ("scattered", len(ids)), layers),
    ):
        plan.draw(rows)
    scattered = layers.pop("scattered")
    every = layers.total()
    found = {
        "all": every,
        "decide": every - sum(layers[layer] for layer in SELDOM),
        "scattered": scattered,
    }
    return {name: count / len(rows) for name, count in found.items()}


@contextmanager
def _counted(name: str, told: Callable[..., tuple[str, int]], into: Counter[str]) -> Iterator[None]:
    """Count what every call of a function of `synthetic.streams` makes, wherever it was imported."""
    real = getattr(synthetic.streams, name)

    def counting(*address: Any, **rows: Any) -> Any:
        layer, many = told(*address, **rows)
        into[layer] += many
        return real(*address, **rows)

    modules = [sys.modules[f"synthetic.{module}"] for module in MODULES]
    users = [module for module in modules if hasattr(module, name)]
    for module in users:
        setattr(module, name, counting)
    try:
        yield
    finally:
        for module in users:
            setattr(module, name, real)
