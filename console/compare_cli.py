"""`saring compare` on the command line: its options, and nothing else.

Two finished runs bring their own seed, rules and cards, so that these options have no default here.
"""

from typing import Annotated

import typer

from console.errors import errors_explained
from console.options import AsJson, Debug, Force, Modules, Out, OwnSeed, Quiet, Size, Workers
from console.output import Output

What = Annotated[
    list[str],
    typer.Argument(
        metavar="SCENARIO|RUN RUN",
        help="A scenario with --lever, or the folders of two runs of one cohort.",
    ),
]
TogetherLevers = Annotated[
    list[str] | None,
    typer.Option(
        "--lever",
        help="A released lever (see `saring show levers`) or a path to a .toml file; all of them act "
        "together.",
    ),
]
Adversary = Annotated[
    bool,
    typer.Option(
        "--adversary", help="Let networks learn against the screener, and compare before and after."
    ),
]
OwnStage = Annotated[
    str | None,
    typer.Option(
        "--stage",
        help="counter, interview, verification or checkpoint; when left out, the one the scenario or "
        "the runs name.",
    ),
]
OwnRules = Annotated[
    str | None, typer.Option("--rulebook", help="A released rulebook or a path to a .toml file.")
]
OwnCards = Annotated[
    str | None,
    typer.Option("--cards", help="Released cards or a path to a .json file; none for rules alone."),
]
OwnThreshold = Annotated[
    float | None,
    typer.Option("--threshold", help="Log-odds at the stage compared; the certificate's when left out."),
]
OwnDifficulty = Annotated[
    int | None, typer.Option("--difficulty", min=1, max=5, help="Step of difficulty; 3 when left out.")
]


def add_to(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command()(compare)


def compare(
    what: What,
    levers: TogetherLevers = None,
    adversary: Adversary = False,
    n: Size = None,
    seed: OwnSeed = None,
    stage: OwnStage = None,
    rulebook: OwnRules = None,
    cards: OwnCards = None,
    threshold: OwnThreshold = None,
    difficulty: OwnDifficulty = None,
    modules: Modules = None,
    workers: Workers = 2,
    out: Out = None,
    force: Force = False,
    as_json: AsJson = False,
    quiet: Quiet = False,
    debug: Debug = False,
) -> None:
    """Screen the same people twice, with and without a lever, and say what changed for whom.

    The same seed draws the same people, so that a difference is the lever's effect and not chance. Or compare
    two finished runs of one cohort, which may differ in rules, cards, threshold or levers.

    Differences come with exact intervals over persons. But members of one network are alike: they are found
    together or missed together, so persons are not independent, and for other networks than those drawn the
    interval over persons can be too narrow. An approximate interval over networks stands beside it: trust the
    wider of the two.
    """
    with errors_explained(debug=debug):
        from console.commands.compare import CompareOptions
        from console.commands.compare import compare as compare_twice

        options = CompareOptions(
            tuple(what),
            tuple(levers or ()),
            adversary,
            n,
            seed,
            stage,
            rulebook,
            cards,
            threshold,
            difficulty,
            modules,
            workers,
            out,
            force,
        )
        compare_twice(options, Output(as_json, quiet))
