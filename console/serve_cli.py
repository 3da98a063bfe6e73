"""`saring serve` on the command line: its options, and nothing else."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from console.errors import errors_explained
from console.options import AsJson, Debug, Quiet
from console.output import Output

Host = Annotated[
    str,
    typer.Option(
        help="Address to listen at. 0.0.0.0 lets a class reach it from its phones and laptops; 127.0.0.1 "
        "keeps it on this computer."
    ),
]
Port = Annotated[int, typer.Option(min=0, max=65535, help="Port to listen at; 0 takes any that is free.")]
Data = Annotated[
    Path,
    typer.Option(
        envvar="SARING_DATA", help="Folder of the console's database and secret, on a disk of this computer."
    ),
]
Runs = Annotated[
    Path | None,
    typer.Option(
        envvar="SARING_RUNS", help="Folder of finished runs for the workbench; var/runs when left out."
    ),
]
Name = Annotated[
    list[str] | None,
    typer.Option("--name", help="A further name by which browsers reach this computer; may be repeated."),
]
Processes = Annotated[int, typer.Option("--workers", min=1, max=64, help="Server processes.")]
Threads = Annotated[int, typer.Option(min=1, max=64, help="Threads of each process.")]
Trainer = Annotated[
    str | None,
    typer.Option(help="Make an account for this trainer, who may use the workbench as well."),
]
Researcher = Annotated[
    str | None, typer.Option(help="Make an account for this researcher, for the workbench alone.")
]
PasswordFile = Annotated[
    Path | None,
    typer.Option(
        help="File whose first line is the account's password; for an account that exists, its new one. "
        "Without it you are asked, or a password is made and shown once."
    ),
]
Spoken = Annotated[
    Literal["en", "id"],
    typer.Option(help="Language of what is said here: en or id. Pages speak the language of each browser."),
]


def add_to(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command()(serve)


def serve(
    host: Host = "0.0.0.0",  # noqa: S104  (as its help says)
    port: Port = 8000,
    data: Data = Path("var/console"),
    runs: Runs = None,
    name: Name = None,
    workers: Processes = 2,
    threads: Threads = 4,
    trainer: Trainer = None,
    researcher: Researcher = None,
    password_file: PasswordFile = None,
    language: Spoken = "en",
    as_json: AsJson = False,
    quiet: Quiet = False,
    debug: Debug = False,
) -> None:
    """Serve the console: the classroom for trainers and trainees, and the researcher's workbench.

    The first start makes the database and asks for the first trainer. Nothing is asked of any other computer:
    an office without internet can run a class. PostgreSQL is used where DATABASE_URL names it, SQLite
    otherwise. Ctrl-C stops the console; what was recorded is kept, and seats go on where they were.
    """
    with errors_explained(debug=debug):
        from console.commands.serve import ServeOptions, serve_console

        options = ServeOptions(
            host,
            port,
            data,
            runs,
            tuple(name or ()),
            workers,
            threads,
            trainer,
            researcher,
            password_file,
            language,
        )
        serve_console(options, Output(as_json, quiet))
