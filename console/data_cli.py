"""`saring export`: the command with which cohorts, runs and screenings leave for other programs."""

from pathlib import Path
from typing import Annotated

import typer

from console.errors import errors_explained
from console.options import AsJson, Debug, Force, Out, Quiet, Workers
from console.output import Output


def add_to(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command()(export)


def export(
    folder: Annotated[
        Path,
        typer.Argument(
            metavar="RUN|COHORT|SCREENED", help="The folder of a run, of a cohort, or of what was screened."
        ),
    ],
    form: Annotated[str, typer.Option("--format", help="parquet, arrow, csv or jsonl.")] = "parquet",
    out: Out = None,
    with_truth: Annotated[
        bool,
        typer.Option(
            "--with-truth",
            help="Export the sealed truth and the seed too, into a folder of their own: the answers.",
        ),
    ] = False,
    with_screened: Annotated[
        bool, typer.Option("--with-screened", help="With a run: export what was recommended, too.")
    ] = False,
    fields: Annotated[
        str | None,
        typer.Option(
            help="Fields, separated by commas; all of them when left out (see `saring show fields`)."
        ),
    ] = None,
    language: Annotated[str, typer.Option(help="en or id, for the datasheet and the model card.")] = "en",
    workers: Workers = 2,
    force: Force = False,
    as_json: AsJson = False,
    quiet: Quiet = False,
    debug: Debug = False,
) -> None:
    """Export a cohort, a run or a screening for other programs, with all that is needed to read it."""
    with errors_explained(debug=debug):
        from console.commands.export import ExportOptions, export_data

        options = ExportOptions(
            folder, form, out, with_truth, with_screened, fields, language, force, workers
        )
        export_data(options, Output(as_json, quiet))
