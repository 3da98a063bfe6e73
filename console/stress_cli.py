"""`saring stress` on the command line: its options, and nothing else."""

from typing import Annotated

import typer

from console.errors import errors_explained
from console.options import (
    RELEASED,
    AsJson,
    Cards,
    Certificate,
    Debug,
    Difficulty,
    Force,
    Levers,
    Modules,
    Out,
    Quiet,
    Rules,
    Scenario,
    Seed,
    StageName,
    Threshold,
    Workers,
)
from console.output import Output

Tests = Annotated[
    str | None,
    typer.Option(
        help="Stress tests, separated by commas; all for every one, also those that train or simulate anew. "
        "When left out: all that take little time."
    ),
]
Victims = Annotated[
    int | None, typer.Option(min=1, help="Victims who are drawn, each from a network of its own.")
]
Others = Annotated[int | None, typer.Option(min=1, help="Lawful and irregular people who are drawn.")]


def add_to(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command()(stress)


def stress(
    scenario: Scenario,
    tests: Tests = None,
    stage: StageName = None,
    rulebook: Rules = RELEASED,
    cards: Cards = RELEASED,
    threshold: Threshold = None,
    certificate: Certificate = RELEASED,
    levers: Levers = None,
    difficulty: Difficulty = 3,
    modules: Modules = None,
    victims: Victims = None,
    others: Others = None,
    seed: Seed = 1,
    workers: Workers = 2,
    out: Out = None,
    force: Force = False,
    as_json: AsJson = False,
    quiet: Quiet = False,
    debug: Debug = False,
) -> None:
    """Put a screener under stress: what becomes of its misses and wrong flags when the world is another.

    Other kinds of victims, rarer ones, missing answers, hidden evidence, other officers, fewer officers; and
    with --tests all also kinds of victims that nobody trained for, wrong labels, networks that learn, and
    every assumption of the simulation. Wherever it can be, the same people are measured before and after.
    """
    with errors_explained(debug=debug):
        from console.commands.stress import StressOptions, put_under_stress
        from console.worlds import WorldOptions

        world = WorldOptions(scenario, None, seed, modules, tuple(levers or ()), difficulty)
        options = StressOptions(
            world, tests, stage, rulebook, cards, threshold, certificate, victims, others, workers, out, force
        )
        put_under_stress(options, Output(as_json, quiet))
