"""`saring demo` on the command line: its options, and nothing else."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from console.errors import errors_explained
from console.options import AsJson, Debug, Quiet
from console.output import Output

Host = Annotated[
    str,
    typer.Option(
        help="Address to listen at. 127.0.0.1 keeps it on this computer; 0.0.0.0 lets phones join as well."
    ),
]
Port = Annotated[int, typer.Option(min=0, max=65535, help="Port to listen at; 0 takes any that is free.")]
Data = Annotated[
    Path,
    typer.Option(
        envvar="SARING_DATA",
        help="Folder of the demonstration. A folder that holds the console of real classes is refused.",
    ),
]
Spoken = Annotated[
    Literal["en", "id"],
    typer.Option(
        help="Language of what is made and said: en or id. Pages speak the language of each browser."
    ),
]
PasswordFile = Annotated[
    Path | None,
    typer.Option(
        help="File whose first line is the password of the account `trainer`; one is made and shown once "
        "when left out."
    ),
]
Fresh = Annotated[bool, typer.Option("--fresh", help="Delete an earlier demonstration in the folder first.")]
NoServe = Annotated[bool, typer.Option("--no-serve", help="Only make the data, and end.")]
Open = Annotated[bool, typer.Option("--open", help="Open the console in this computer's browser.")]


def add_to(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command()(demo)


def demo(
    host: Host = "127.0.0.1",
    port: Port = 8000,
    data: Data = Path("var/demo"),
    language: Spoken = "en",
    password_file: PasswordFile = None,
    fresh: Fresh = False,
    no_serve: NoServe = False,
    open_browser: Open = False,
    as_json: AsJson = False,
    quiet: Quiet = False,
    debug: Debug = False,
) -> None:
    """Open a console with data: a simulated class that has finished, an open one to join, and finished runs.

    The first time it takes up to a minute; later it starts at once and keeps what is there. Everybody in it
    is made up: applicants, trainees, and what the class overlooks. It always uses SQLite in its own folder,
    whatever DATABASE_URL says.
    """
    with errors_explained(debug=debug):
        from console.commands.demo import DemoOptions, demonstrate

        options = DemoOptions(
            host,
            port,
            data,
            language,
            password_file,
            fresh=fresh,
            is_served=not no_serve,
            is_opened=open_browser,
        )
        demonstrate(options, Output(as_json, quiet))
