"""The `saring` command: one word for each thing a trainer, researcher or analyst does.

Commands parse and print; the work is composed in the modules beside this one. Everything heavy is imported
inside the command that needs it, so that `--help` answers at once.
"""

import os
from pathlib import Path
from typing import Annotated, Literal

import typer

from console.certificates_cli import add_to as add_certificates
from console.compare_cli import add_to as add_compare
from console.data_cli import add_to as add_data
from console.demo_cli import add_to as add_demo
from console.errors import errors_explained
from console.options import (
    RELEASED,
    AsJson,
    BaseRate,
    Capacities,
    Cards,
    Certificate,
    Cluster,
    Debug,
    Difficulty,
    Force,
    Language,
    Levers,
    Modules,
    OutPlace,
    Quiet,
    Referral,
    Resume,
    Rules,
    Scenario,
    Seed,
    Size,
    Threshold,
    Workers,
    WorkersAs,
)
from console.output import Output
from console.rules_cli import rules
from console.serve_cli import add_to as add_serve
from console.stress_cli import add_to as add_stress
from console.sweep_cli import add_to as add_sweep

app = typer.Typer(
    name="saring",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help=(
        "Simulate screening for trafficking victims before departure. Everything is synthetic: saring draws "
        "made-up passport applicants, screens them, and measures whom the screening misses and whom it stops "
        "wrongly. "
        "It screens only data that carries its own synthetic mark. It is not for use on real people."
    ),
)


@app.command()
def run(
    scenario: Scenario,
    n: Size = None,
    seed: Seed = 1,
    workers: Workers = 2,
    workers_as: WorkersAs = "auto",
    cluster: Cluster = None,
    rulebook: Rules = RELEASED,
    cards: Cards = RELEASED,
    threshold: Threshold = None,
    certificate: Annotated[
        str | None,
        typer.Option(help="A certificate that `saring tune` wrote; the one of the cards when left out."),
    ] = None,
    policy: Referral = RELEASED,
    yardsticks: Annotated[bool, typer.Option(help="Measure the oracle and the challenger too.")] = True,
    pathway: Annotated[
        bool,
        typer.Option(
            "--pathway", help="Walk the pathway with the officers there are, and say who was lost where."
        ),
    ] = False,
    capacities: Capacities = None,
    levers: Levers = None,
    difficulty: Difficulty = 3,
    base_rate: BaseRate = None,
    modules: Modules = None,
    export: Annotated[
        str,
        typer.Option(
            help="Files of people: parquet, arrow, arrow-lz4 or none; auto keeps Parquet of up to a million."
        ),
    ] = "auto",
    out: OutPlace = None,
    resume: Resume = False,
    force: Force = False,
    as_json: AsJson = False,
    quiet: Quiet = False,
    debug: Debug = False,
) -> None:
    """Draw a cohort, screen it, and report what was missed and who was flagged wrongly: the main job."""
    with errors_explained(debug=debug):
        from console.commands.run import RunOptions, run_scenario
        from console.parts.parallel import workers_of
        from console.worlds import WorldOptions

        world = WorldOptions(scenario, n, seed, modules, tuple(levers or ()), difficulty, base_rate)
        options = RunOptions(
            world,
            workers_of(workers, workers_as, cluster),
            rulebook,
            cards,
            threshold,
            yardsticks,
            pathway,
            out,
            force,
            policy=policy,
            capacities=tuple(capacities or ()),
            certificate=certificate,
            export=export,
            resume=resume,
        )
        run_scenario(options, Output(as_json, quiet))


@app.command()
def draw(
    scenario: Scenario,
    n: Size = None,
    seed: Seed = 1,
    workers: Workers = 2,
    workers_as: WorkersAs = "auto",
    cluster: Cluster = None,
    levers: Levers = None,
    difficulty: Difficulty = 3,
    base_rate: BaseRate = None,
    modules: Modules = None,
    audit: Annotated[
        bool,
        typer.Option("--audit", help="Examine the cohort without real data; exit code 1 where it fails."),
    ] = False,
    form: Annotated[
        str,
        typer.Option("--format", help="parquet, arrow (large and fast), or arrow-lz4."),
    ] = "parquet",
    out: OutPlace = None,
    resume: Resume = False,
    force: Force = False,
    as_json: AsJson = False,
    quiet: Quiet = False,
    debug: Debug = False,
) -> None:
    """Draw a synthetic cohort into a folder: observed dossiers, and the truth sealed apart."""
    with errors_explained(debug=debug):
        from console.commands.draw import DrawOptions, draw_cohort
        from console.parts.parallel import workers_of
        from console.working import form_named
        from console.worlds import WorldOptions

        options = DrawOptions(
            WorldOptions(scenario, n, seed, modules, tuple(levers or ()), difficulty, base_rate),
            workers_of(workers, workers_as, cluster),
            out,
            form_named(form),
            resume,
            force,
            audit,
        )
        draw_cohort(options, Output(as_json, quiet))


@app.command()
def train(
    scenario: Scenario,
    out: Annotated[Path, typer.Option(help="File for the cards; the certificate stands beside it.")] = Path(
        "var/cards.json"
    ),
    seed: Annotated[
        int | None, typer.Option(help="Seed of the training draw; the released one when left out.")
    ] = None,
    rulebook: Rules = RELEASED,
    name: Annotated[str | None, typer.Option(help="Id of the cards; the file's name when left out.")] = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
    debug: Debug = False,
) -> None:
    """Learn cards and a certified threshold from freshly drawn applicants; takes some minutes."""
    with errors_explained(debug=debug):
        from console.commands.train import train_and_certify

        train_and_certify(scenario, out, seed, rulebook, name, Output(as_json, quiet))


@app.command()
def screen(
    cohort: Annotated[
        str,
        typer.Argument(
            help="A cohort's folder; a folder or file of observed Parquet or Arrow; a glob in quotes; or a "
            "URL of any of these."
        ),
    ],
    rulebook: Rules = RELEASED,
    cards: Cards = RELEASED,
    certificate: Certificate = RELEASED,
    threshold: Threshold = None,
    policy: Referral = RELEASED,
    stages: Annotated[
        Literal["all", "headline"], typer.Option(help="All, or only the risk of the headline stage.")
    ] = "all",
    workers: Workers = 2,
    workers_as: WorkersAs = "auto",
    cluster: Cluster = None,
    out: OutPlace = None,
    resume: Resume = False,
    force: Force = False,
    as_json: AsJson = False,
    quiet: Quiet = False,
    debug: Debug = False,
) -> None:
    """Screen a cohort: recommendation, reasons and receiving agency for every dossier.

    Files may be larger than memory; only the columns that are needed are read.
    """
    with errors_explained(debug=debug):
        from console.commands.screen import ScreenOptions, screen_cohort
        from console.parts.parallel import workers_of

        options = ScreenOptions(
            cohort,
            rulebook,
            cards,
            certificate,
            threshold,
            out,
            force,
            policy,
            workers=workers_of(workers, workers_as, cluster),
            stages=stages,
            resume=resume,
        )
        screen_cohort(options, Output(as_json, quiet))


@app.command()
def evaluate(
    screened: Annotated[Path, typer.Argument(help="What `saring screen` wrote, or the folder of a run.")],
    truth: Annotated[
        Path, typer.Option(help="The folder of the cohort or the run, or its sealed truth folder.")
    ],
    by: Annotated[
        str, typer.Option(help="Groups, separated by commas; a plus sign crosses two, as in sex+age_band.")
    ] = "typology,sex,age_band",
    rates: Annotated[
        str,
        typer.Option(
            help="Rates, separated by commas: miss_rate, false_flag_rate, lawful_flagged, irregular_flagged, "
            "facilitators_flagged, flag_rate, precision; the first four when left out."
        ),
    ] = "",
    at: Annotated[
        str,
        typer.Option(help="Thresholds in log-odds, separated by commas; the screening's when left out."),
    ] = "",
    csv: Annotated[Path | None, typer.Option(help="File for the rates as a tidy table.")] = None,
    out: Annotated[Path | None, typer.Option(help="File for the evaluation as JSON.")] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace files that exist already.")] = False,
    as_json: AsJson = False,
    quiet: Quiet = False,
    debug: Debug = False,
) -> None:
    """Measure a screening against the truth: misses and wrong flags, with exact intervals."""
    with errors_explained(debug=debug):
        from console.commands.evaluate import evaluate_screened

        evaluate_screened(screened, truth, by, out, Output(as_json, quiet), rates, at, csv, force)


@app.command()
def report(
    folder: Annotated[Path, typer.Argument(metavar="RUN", help="The folder of a run.")],
    out: Annotated[Path | None, typer.Option(help="File for the report.")] = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
    debug: Debug = False,
) -> None:
    """Write the HTML report of a run again: one file, no network."""
    with errors_explained(debug=debug):
        from console.commands.report import write_report

        write_report(folder, out, Output(as_json, quiet))


@app.command()
def show(
    what: Annotated[
        str,
        typer.Argument(
            help="scenarios, journeys, levers, channels, rulebooks, rules, policies, paper-cards, "
            "indicators, evidence, fields, agencies; or applicant, for one simulated person's story."
        ),
    ],
    item: Annotated[
        str | None,
        typer.Argument(
            metavar="[ID]", help="One of them, in full; for an applicant, a run's or cohort's folder."
        ),
    ] = None,
    applicant: Annotated[int | None, typer.Option(help="Identity number of the applicant.")] = None,
    unsourced: Annotated[
        bool, typer.Option("--unsourced", help="With evidence: every number that is an assumption (grade D).")
    ] = False,
    scenario: Annotated[
        str | None, typer.Option(help="With --unsourced: only what this scenario rests on.")
    ] = None,
    html: Annotated[Path | None, typer.Option(help="With a paper card: write it as a page to print.")] = None,
    rulebook: Annotated[
        str | None,
        typer.Option(help="With rules: the rulebook whose rules are meant; saring-2026 if left out."),
    ] = None,
    language: Language = "en",
    form: Annotated[
        str | None,
        typer.Option("--format", help="With fields: the whole data dictionary, as markdown or json."),
    ] = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
    debug: Debug = False,
) -> None:
    """Show what saring knows and assumes, such as scenarios, rules and evidence; or one person's story."""
    with errors_explained(debug=debug):
        from console.commands.show import ShowOptions, show_things

        options = ShowOptions(what, item, applicant, unsourced, scenario, language, html, rulebook, form)
        show_things(options, Output(as_json, quiet))


@app.command()
def explain(
    folder: Annotated[
        Path, typer.Argument(metavar="RUN", help="The folder of a run, of a cohort, or of what was screened.")
    ],
    applicant: Annotated[
        int, typer.Option(help="Identity number of the applicant; `saring show applicant RUN` names some.")
    ],
    stage: Annotated[str | None, typer.Option(help="counter, interview, verification or checkpoint.")] = None,
    language: Language = "en",
    as_json: AsJson = False,
    quiet: Quiet = False,
    debug: Debug = False,
) -> None:
    """Explain one recommendation: reasons that add up, and what would have changed it."""
    with errors_explained(debug=debug):
        from console.commands.explain import explain_applicant

        explain_applicant(folder, applicant, stage, language, Output(as_json, quiet))


@app.command()
def doctor(as_json: AsJson = False, quiet: Quiet = False, debug: Debug = False) -> None:
    """Check this installation: versions, data files, hashes, a small run."""
    with errors_explained(debug=debug):
        from console.commands.doctor import examine

        examine(Output(as_json, quiet))


add_compare(app)
add_certificates(app)
add_stress(app)
add_sweep(app)
add_data(app)
add_serve(app)
add_demo(app)
app.add_typer(rules)


@app.callback(invoke_without_command=True)
def saring(
    version: Annotated[bool, typer.Option("--version", help="Print the version and leave.")] = False,
) -> None:
    """Handle the options that stand before any command."""
    if version:
        from synthetic.cohort_files import code_version

        print(f"saring {code_version()}")
        raise typer.Exit


def main() -> None:
    """Run the command line.

    Threads of the learners that wait for one another give way. On a machine that is busy with other work they
    would otherwise keep its cores from whoever they wait for, and training takes several times as long.
    """
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")
    app()
