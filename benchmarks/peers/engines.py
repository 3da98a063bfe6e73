"""General rule engines on our rules: zen-engine and rule-engine, row by row, as they are made to be used.

Each gets the rules compiled beforehand and rows that are ready to read, and neither is timed. An engine that
is not installed is named, and its rows are left out. Outcomes are compared one by one before timing.
"""

import importlib
import importlib.util
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from benchmarks.peers.measuring import median_seconds, version_of
from benchmarks.peers.rules_said import Row, complete_rows, rows_said, rules_said
from dossier.dossiers import Dossiers
from dossier.findings import PRESENT
from dossier.stages import Stage
from screening.rulebook import CompiledRulebook

CHUNK = 32_768
"""Dossiers that our rules read at once, as when a cohort is screened."""

OFTEN = 5
"""How many times more often our side is timed: it takes milliseconds."""

Reader = Callable[[Row], Mapping[str, bool]]
"""From a row to the outcome of each rule."""


def zen_decision(said: Mapping[str, str]) -> Reader:
    """Return one decision of zen-engine with an expression for each rule."""
    zen = importlib.import_module("zen")

    expressions = [{"id": key, "key": key, "value": text} for key, text in said.items()]
    nodes: list[dict[str, object]] = [
        {"id": "in", "name": "row", "type": "inputNode"},
        {"id": "rules", "name": "rules", "type": "expressionNode", "content": {"expressions": expressions}},
        {"id": "out", "name": "outcomes", "type": "outputNode"},
    ]
    edges = [
        {"id": "read", "type": "edge", "sourceId": "in", "targetId": "rules"},
        {"id": "told", "type": "edge", "sourceId": "rules", "targetId": "out"},
    ]
    placed = [{**node, "position": {"x": 0, "y": 0}} for node in nodes]
    decision = zen.ZenEngine().create_decision(json.dumps({"nodes": placed, "edges": edges}))
    return lambda row: dict(decision.evaluate(row)["result"])


def zen_expressions(said: Mapping[str, str]) -> Reader:
    """Return one compiled expression of zen-engine for each rule."""
    zen = importlib.import_module("zen")

    compiled = {key: zen.compile_expression(text) for key, text in said.items()}
    return lambda row: {key: one.evaluate(row) for key, one in compiled.items()}


def rule_engine_rules(said: Mapping[str, str]) -> Reader:
    """Return one rule of rule-engine for each of ours."""
    rule_engine = importlib.import_module("rule_engine")

    compiled = {key: rule_engine.Rule(text) for key, text in said.items()}
    return lambda row: {key: one.matches(row) for key, one in compiled.items()}


@dataclass(frozen=True)
class Engine:
    """A rule engine, and how it is used.

    Attributes:
        package: As it is installed.
        module: As it is imported.
        used: In which way.
        made: From our rules to what reads a row.
    """

    package: str
    module: str
    used: str
    made: Callable[[Mapping[str, str]], Reader]


ENGINES = (
    Engine("zen-engine", "zen", "one decision with an expression for each rule", zen_decision),
    Engine("zen-engine", "zen", "one compiled expression for each rule", zen_expressions),
    Engine("rule-engine", "rule_engine", "one rule for each of ours", rule_engine_rules),
)


def rules_beside_engines(
    rulebook: CompiledRulebook, dossiers: Dossiers, rows: int, repeats: int
) -> list[dict[str, Any]]:
    """Return how long rules take here and in each engine, on the same rules and complete rows.

    Args:
        rulebook: The rules in force.
        dossiers: Those among them that are complete are read; by our rules over and over, until they fill a
            chunk, because one cannot time fewer.
        rows: How many of these the engines read: so few that they finish; time is told per row.
        repeats: Of which the median is taken.
    """
    complete = complete_rows(rulebook, dossiers)
    chunk = dossiers.take(np.resize(complete, CHUNK))
    ours = median_seconds(lambda: rulebook.outcomes(chunk, max(Stage)), OFTEN * repeats) / CHUNK
    few = dossiers.take(complete[:rows])
    found = {key: outcome == PRESENT for key, outcome in rulebook.outcomes(few, max(Stage)).items()}
    expected = [{key: bool(one[row]) for key, one in found.items()} for row in range(len(few))]
    ready = rules_said(rulebook), rows_said(rulebook, few)
    head = {
        "rules": len(found),
        "complete_rows": len(complete),
        "our_rows": CHUNK,
        "our_us_per_row": 1e6 * ours,
    }
    return [_beside(engine, head, ready, expected, repeats) for engine in ENGINES]


def _beside(
    engine: Engine,
    head: Mapping[str, Any],
    ready: tuple[Mapping[str, str], Sequence[Row]],
    expected: Sequence[Mapping[str, bool]],
    repeats: int,
) -> dict[str, Any]:
    named = {**head, "peer": engine.package, "used": engine.used, "version": version_of(engine.package)}
    if importlib.util.find_spec(engine.module) is None:
        return {**named, "missing": True}
    said, rows = ready
    reader = engine.made(said)
    pairs = [
        (bool(reader(row)[key]), outcome)
        for row, outcomes in zip(rows, expected, strict=True)
        for key, outcome in outcomes.items()
    ]
    theirs = median_seconds(lambda: [reader(row) for row in rows], repeats) / len(rows)
    return {
        **named,
        "rows": len(rows),
        "us_per_row": 1e6 * theirs,
        "times": 1e6 * theirs / head["our_us_per_row"],
        "compared": len(pairs),
        "present": sum(outcome for _, outcome in pairs),
        "same": sum(found == outcome for found, outcome in pairs),
    }
