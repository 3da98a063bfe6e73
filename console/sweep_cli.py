"""`saring sweep` on the command line: its options, and nothing else."""

from pathlib import Path
from typing import Annotated

import typer

from console.errors import errors_explained
from console.options import (
    AsJson,
    Cluster,
    Debug,
    Force,
    Out,
    Quiet,
    Resume,
    Workers,
    WorkersAs,
)
from console.output import Output

Plan = Annotated[
    Path,
    typer.Argument(metavar="PLAN", help="A .toml file that says what is varied, on how many people."),
]
DryRun = Annotated[
    bool,
    typer.Option("--dry-run", help="Only list the variants, and estimate the time from a small sample."),
]


def add_to(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command()(sweep)


def sweep(
    plan: Plan,
    workers: Workers = 2,
    workers_as: WorkersAs = "auto",
    cluster: Cluster = None,
    dry_run: DryRun = False,
    resume: Resume = False,
    out: Out = None,
    force: Force = False,
    as_json: AsJson = False,
    quiet: Quiet = False,
    debug: Debug = False,
) -> None:
    """Screen the same people in many variants: scenarios, levers, rulebooks, cards, thresholds, seeds.

    Every combination of the plan's lists is a variant. The same seed draws the same people in each, so that
    a difference is what was varied and not chance; differences against a baseline are paired, person by
    person. Writes one tidy table, and what each variant stands for. Neither cohort nor report is written.

    A plan to begin with, each line explained: console/sweeping/examples/sweep.toml.
    """
    with errors_explained(debug=debug):
        from console.commands.sweep import SweepOptions, sweep_plan
        from console.parts.parallel import workers_of

        options = SweepOptions(plan, workers_of(workers, workers_as, cluster), out, force, resume, dry_run)
        sweep_plan(options, Output(as_json, quiet))
