"""`saring tune` and `saring verify`: what the command line asks, and where the work is done."""

from pathlib import Path
from typing import Annotated

import typer

from console.errors import errors_explained
from console.options import (
    RELEASED,
    AsJson,
    BaseRate,
    Cards,
    Debug,
    Difficulty,
    Force,
    Levers,
    Modules,
    Out,
    Quiet,
    Rules,
    Scenario,
    StageName,
)
from console.output import Output

MaxMiss = Annotated[
    float | None,
    typer.Option(help="Largest share of victims that may be missed, in every group; 0.05 if left out."),
]
Confidence = Annotated[
    float | None,
    typer.Option(help="Probability, over the draw, that the promise holds; 0.95 if left out."),
]
Groups = Annotated[
    str | None,
    typer.Option(
        help="Groups that are each protected, separated by commas: typology, tier, sex, age_band, "
        "province, crossed ones such as typology+sex, or everybody; typology,sex if left out."
    ),
]
Victims = Annotated[
    int | None,
    typer.Option(help="Fresh victims of each group, to set the threshold and again to check it."),
]
Others = Annotated[int | None, typer.Option(help="Fresh lawful and irregular people.")]
DrawSeed = Annotated[
    int | None,
    typer.Option(
        help="Seed of the draws. When left out it is made of the rules, the cards and the scenario, so "
        "that whatever is changed meets fresh people. A seed is good for one rulebook and its cards "
        "only, and these have one seed for each scenario and stage."
    ),
]
Capacity = Annotated[
    float | None,
    typer.Option(
        metavar="FLAGS",
        help="Flags among 10,000 applicants that there are officers for; exit code 1 where "
        "the promise takes more.",
    ),
]
Ledger = Annotated[
    Path | None,
    typer.Option(help="File that names the seeds that are spent; var/ledger.json if left out."),
]
Point = Annotated[
    Path | None,
    typer.Option(
        help="An operating point saved on the workbench: its stage, bound and base rate are asked for, "
        "and its threshold is held against the tuned one; exit code 1 where it does not keep the promise."
    ),
]


def add_to(app: typer.Typer) -> None:
    """Add both commands to the application."""
    app.command()(tune)
    app.command()(verify)


def tune(
    scenario: Scenario,
    max_miss: MaxMiss = None,
    confidence: Confidence = None,
    groups: Groups = None,
    stage: StageName = None,
    victims: Victims = None,
    others: Others = None,
    seed: DrawSeed = None,
    capacity: Capacity = None,
    base_rate: BaseRate = None,
    rulebook: Rules = RELEASED,
    cards: Cards = RELEASED,
    levers: Levers = None,
    modules: Modules = None,
    difficulty: Difficulty = 3,
    ledger: Ledger = None,
    point: Point = None,
    out: Out = None,
    force: Force = False,
    as_json: AsJson = False,
    quiet: Quiet = False,
    debug: Debug = False,
) -> None:
    """Set a threshold that misses at most a stated share of simulated victims, in every group at once.

    Each group has its own fresh victims, one for each network. The certificate says what is promised of which
    simulated people, and `saring verify` checks it again. Nothing is promised about real applicants.
    """
    with errors_explained(debug=debug):
        from console.commands.tune import tune as tune_threshold
        from console.commands.tune_options import TuneOptions

        options = TuneOptions(
            scenario,
            max_miss,
            confidence,
            groups,
            stage,
            victims,
            others,
            seed,
            capacity,
            base_rate,
            rulebook,
            cards,
            tuple(levers or ()),
            modules,
            difficulty,
            ledger,
            out,
            force,
            point,
        )
        tune_threshold(options, Output(as_json, quiet))


def verify(
    what: Annotated[
        str,
        typer.Argument(
            metavar="RUN|CERTIFICATE",
            help="The folder of a run or a cohort; or a certificate: its file, or a released one's name.",
        ),
    ],
    scenario: Annotated[
        str | None,
        typer.Option(help="The scenario, where it is not where the run or the certificate took it from."),
    ] = None,
    rulebook: Annotated[str | None, typer.Option(help="The certified rulebook, likewise.")] = None,
    cards: Annotated[str | None, typer.Option(help="The certified cards, likewise.")] = None,
    modules: Modules = None,
    ranges: Annotated[
        int, typer.Option(min=0, max=100_000, help="With a run: ranges of rows that are drawn again.")
    ] = 16,
    lot: Annotated[
        int | None,
        typer.Option(
            min=0, help="With a run: decides which rows; chance decides, and the number is told, if left out."
        ),
    ] = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
    debug: Debug = False,
) -> None:
    """Check a run or a certificate: draw the same people again, compute anew, and compare.

    Of a run every file is compared with its hash, one part is written anew and compared byte by byte, random
    ranges of rows are drawn and screened again and compared value by value, and the counts are made again.
    Of a certificate every field is computed again. Exit code 0 where it holds, 1 where it does not, 3 where
    it is neither.
    """
    with errors_explained(debug=debug):
        from console.commands.verify import VerifyOptions, verify_anything
        from console.thresholds.verifying import Instead

        instead = Instead(scenario, rulebook, cards)
        verify_anything(VerifyOptions(what, instead, modules, ranges, lot), Output(as_json, quiet))
