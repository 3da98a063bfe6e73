"""`saring rules`: what can be told of a rulebook by reasoning alone, and what it does to simulated people."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from console.errors import errors_explained
from console.options import RELEASED, AsJson, Debug, Levers, Modules, OwnSeed, Quiet, Size, StageName, Workers
from console.output import Output

rules = typer.Typer(
    name="rules",
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Examine a rulebook: its logic and tests (lint), and what it does to simulated people.",
)

Rulebook = Annotated[
    str, typer.Argument(metavar="RULEBOOK", help="A released rulebook or a path to a .toml file.")
]
People = Annotated[
    str | None,
    typer.Option(
        "--scenario", help="A released scenario (see `saring show scenarios`) or a path to a .toml file."
    ),
]
Run = Annotated[Path | None, typer.Option(help="A finished run, instead of a scenario.")]
OutFile = Annotated[Path | None, typer.Option("--out", help="A .json file for the result.")]
Day = Annotated[
    datetime | None,
    typer.Option(
        "--as-of",
        formats=["%Y-%m-%d"],
        help="The day looked at, such as 2026-11-22; the rulebook's first day when left out.",
    ),
]


@rules.command()
def lint(
    rulebooks: Annotated[
        list[str] | None,
        typer.Argument(metavar="RULEBOOK", help="Released rulebooks or paths; all released when left out."),
    ] = None,
    as_of: Day = None,
    mutants: Annotated[
        bool,
        typer.Option(
            "--mutants", help="Change each condition a little, and count how often the rule's tests notice."
        ),
    ] = False,
    strict: Annotated[bool, typer.Option("--strict", help="Exit code 1 for warnings too.")] = False,
    explain: Annotated[str | None, typer.Option(help="Explain a check by its code, such as R104.")] = None,
    language: Annotated[str, typer.Option(help="Of the explanation: en or id.")] = "en",
    as_json: AsJson = False,
    quiet: Quiet = False,
    debug: Debug = False,
) -> None:
    """Check a rulebook without any applicants, also one that would be refused.

    Every check has a number. Conditions are gone through case by case: whether a rule can be met at all, is
    always met, or says no more than another. Where there are too many cases it says so and guesses nothing.

    Exit code 1 where something is an error, or where the tests notice too few of the mutants.
    """
    with errors_explained(debug=debug):
        from console.commands.rules_lint import LintOptions, lint_rulebooks

        day = None if as_of is None else as_of.date()
        options = LintOptions(tuple(rulebooks or ()), day, mutants, strict, explain, language)
        lint_rulebooks(options, Output(as_json, quiet))


@rules.command()
def coverage(
    rulebook: Rulebook = RELEASED,
    scenario: People = None,
    n: Size = None,
    seed: OwnSeed = None,
    run: Run = None,
    stage: StageName = None,
    levers: Levers = None,
    modules: Modules = None,
    workers: Workers = 2,
    out: OutFile = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
    debug: Debug = False,
) -> None:
    """Measure what each rule covers, what it alone finds, and what would change without it.

    "Without it" means that the rule is taken away and everything else stays, cards and threshold included.
    The file that --out writes can stand beside the rulebook as its measured record.
    """
    with errors_explained(debug=debug):
        from console.commands.rules_coverage import CoverageOptions, cover
        from console.commands.rules_people import PeopleOptions

        people = PeopleOptions(scenario, n, seed, run, stage, tuple(levers or ()), modules, workers)
        cover(CoverageOptions(rulebook, people, out), Output(as_json, quiet))


@rules.command()
def diff(
    first: Annotated[str, typer.Argument(metavar="A", help="A released rulebook or a path to a .toml file.")],
    second: Annotated[str, typer.Argument(metavar="B", help="The one to compare it with.")],
    scenario: People = None,
    n: Size = None,
    seed: OwnSeed = None,
    run: Run = None,
    stage: StageName = None,
    levers: Levers = None,
    modules: Modules = None,
    same_workload: Annotated[
        bool,
        typer.Option(
            "--same-workload",
            help="Move one threshold until both flag as many of these people, as nearly as ties allow.",
        ),
    ] = False,
    workers: Workers = 2,
    out: OutFile = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
    debug: Debug = False,
) -> None:
    """Compare two rulebooks: what is written otherwise, and who of the same people enters and leaves.

    Each screens with the released cards where they were trained for it; otherwise its rules decide by
    themselves. Without a scenario or run only what is written is compared.
    """
    with errors_explained(debug=debug):
        from console.commands.rules_diff import DiffOptions, differ
        from console.commands.rules_people import PeopleOptions

        people = PeopleOptions(scenario, n, seed, run, stage, tuple(levers or ()), modules, workers)
        differ(DiffOptions(first, second, people, same_workload, out), Output(as_json, quiet))


@rules.command()
def shadow(
    rulebook: Rulebook = RELEASED,
    scenario: People = None,
    n: Size = None,
    seed: OwnSeed = None,
    run: Run = None,
    stage: StageName = None,
    levers: Levers = None,
    modules: Modules = None,
    workers: Workers = 2,
    out: OutFile = None,
    append: Annotated[
        bool,
        typer.Option(
            "--append", help="Add these people to the counts in --out; never the same people twice."
        ),
    ] = False,
    as_json: AsJson = False,
    quiet: Quiet = False,
    debug: Debug = False,
) -> None:
    """Try rules with status "shadow" beside the live ones; nobody's recommendation changes."""
    with errors_explained(debug=debug):
        from console.commands.rules_people import PeopleOptions
        from console.commands.rules_shadow import ShadowOptions, try_shadow_rules

        people = PeopleOptions(scenario, n, seed, run, stage, tuple(levers or ()), modules, workers)
        try_shadow_rules(ShadowOptions(rulebook, people, out, append), Output(as_json, quiet))
