"""`saring serve`: the console on this computer, for a class or for a researcher's own browser."""

import os
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import typer

from console.output import Output
from dossier.problems import BadInput
from dossier.texts import Language

LIBRARIES = ("django", "dj_database_url", "django_htmx", "gunicorn", "segno", "whitenoise")
FIRST_NAME = "trainer"
"""Name of the first trainer where nobody can be asked."""


@dataclass(frozen=True)
class ServeOptions:
    """What `saring serve` was asked for.

    Attributes:
        host: Address to listen at.
        port: Port; 0 for any that is free.
        data: Folder of the console's database and secret.
        runs: Folder of finished runs for the workbench; its own default when left out.
        names: Further names by which the console is reached.
        processes: Server processes.
        threads: Threads of each.
        trainer: Name of a trainer who is to have an account.
        researcher: Name of a researcher who is to have one.
        password_file: File whose first line is that account's password.
        language: Of what is said and asked; pages speak each browser's.
    """

    host: str
    port: int
    data: Path
    runs: Path | None = None
    names: Sequence[str] = ()
    processes: int = 2
    threads: int = 4
    trainer: str | None = None
    researcher: str | None = None
    password_file: Path | None = None
    language: Language = "en"


@dataclass(frozen=True)
class Shown:
    """An account whose password is shown this once."""

    name: str
    password: str


def serve_console(options: ServeOptions, output: Output) -> None:
    """Prepare the console and serve it until somebody says stop."""
    require_console()
    _check(options)
    from console.web.serving import Workers, addresses_of, alone_in, listening, prepare, serve

    listener = listening(options.host, options.port)
    port: int = listener.getsockname()[1]
    with alone_in(options.data):
        with output.step("Preparing the console"):
            if options.runs is not None:
                os.environ["SARING_RUNS"] = str(options.runs.resolve())
            prepare(options.data, options.names)
        shown = _account(options, is_asking=sys.stdin.isatty() and not (output.as_json or output.quiet))
        content = {
            "schema_version": "1",
            "addresses": list(addresses_of(options.host, port)),
            "port": port,
            "data": str(options.data.resolve()),
            "account": None if shown is None else {"name": shown.name, "password": shown.password},
        }
        workers = Workers(options.processes, options.threads)
        serve(listener, workers, lambda: _announce(content, output, options.language))


def require_console() -> None:
    """Refuse where the console's libraries are missing, or the system is one that they do not serve on.

    Raises:
        BadInput: If so.
    """
    if os.name == "nt":
        raise BadInput.of(
            "the console is served from Linux, macOS, or the Windows Subsystem for Linux (WSL)",
            where="saring serve",
            mend="Install WSL (wsl --install), and saring within it. Browsers may run on any system.",
        )
    if missing := [name for name in LIBRARIES if find_spec(name) is None]:
        raise BadInput.of(
            f"the console's libraries are not installed: {', '.join(missing)}",
            where="saring serve, saring demo",
            mend="In saring's folder: make console, or in an environment of yours pip install '.[console]'",
        )


def _check(options: ServeOptions) -> None:
    """Refuse what cannot be meant, before anything is made."""
    from console.web.serving import refuse_demonstration

    refuse_demonstration(options.data)
    if options.runs is not None and not options.runs.is_dir():
        raise BadInput.of(
            "there is no such folder",
            where=f"--runs {options.runs}",
            mend="Give the folder below which saring run wrote results, or leave --runs out.",
        )
    if options.trainer is not None and options.researcher is not None:
        raise BadInput.of(
            "one account is made at a time", where="--researcher", mend="Leave --trainer or this one out."
        )
    if options.password_file is not None and _name(options) is None:
        raise BadInput.of(
            "nobody was named", where="--password-file", mend="Say whose it is: --trainer NAME."
        )
    if options.password_file is not None:
        password_in(options.password_file)


def _name(options: ServeOptions) -> str | None:
    return options.researcher if options.trainer is None else options.trainer


def _account(options: ServeOptions, *, is_asking: bool) -> Shown | None:
    """Make the account that is asked for, or the first trainer's; return it if we chose the password."""
    from console.web.access import RESEARCHERS, TRAINERS
    from console.web.people.accounts import account_made, has_account, has_trainer, new_password
    from console.web.speech import speaker

    say = speaker(options.language).say
    groups = (RESEARCHERS,) if options.researcher is not None else (TRAINERS, RESEARCHERS)
    given = None if options.password_file is None else password_in(options.password_file)
    name = _name(options)
    if name is None:
        if has_trainer():
            return None
        name = _asked(say("terminal.first_trainer"), default=FIRST_NAME) if is_asking else FIRST_NAME
    elif given is None and has_account(name):
        return None
    if given is None and is_asking:
        given = _password_for(name, options.language)
    password = new_password() if given is None else given
    account_made(name, password, *groups)
    return Shown(name, password) if given is None else None


def _password_for(name: str, language: Language) -> str:
    """Return a password that somebody at the terminal types twice; one that is easily guessed is refused."""
    from django.utils import translation

    from console.web.people.accounts import password_problems
    from console.web.speech import speaker

    say = speaker(language).say
    question, again = say("terminal.password_for", name=name), say("terminal.password_again")
    with translation.override(language):
        while True:
            given = _asked(question, hide_input=True, confirmation_prompt=again)
            problems = password_problems(name, given)
            if not problems:
                return given
            print(f"saring: {' '.join(problems)}", file=sys.stderr)


def _asked(question: str, **form: Any) -> str:
    """Return what somebody at the terminal answers; Ctrl-C there is the same as anywhere."""
    try:
        return str(typer.prompt(question, **form))
    except typer.Abort:
        raise KeyboardInterrupt from None


def password_in(file: Path) -> str:
    """Return a password from its file.

    Raises:
        BadInput: If the file is empty or is no text.
        OSError: If it cannot be read.
    """
    try:
        lines = file.read_text("utf-8").splitlines()
    except UnicodeDecodeError:
        lines = []
    if not lines or not lines[0]:
        raise BadInput.of(
            "there is no password in it", where=str(file), mend="Write the password on its first line."
        )
    return lines[0]


def _announce(content: dict[str, Any], output: Output, language: Language) -> None:
    """Say where the console is, once it answers; what is printed must be out before processes divide."""
    output.result(content, lambda: _say(content, language))
    sys.stdout.flush()


def _say(content: dict[str, Any], language: Language) -> None:
    from console.web.speech import speaker

    say = speaker(language).say
    here, *elsewhere = content["addresses"]
    rows = [(say("terminal.here"), here), *((say("terminal.elsewhere"), one) for one in elsewhere)]
    if account := content["account"]:
        password = say("terminal.shown_once", password=account["password"])
        rows += [(say("terminal.sign_in"), account["name"]), (say("terminal.password"), password)]
    print(say("terminal.ready"))
    print(in_two_columns(rows))
    print(say("terminal.data", folder=content["data"]))
    print(say("terminal.stops"))


def in_two_columns(rows: Iterable[tuple[str, str]]) -> str:
    """Return names and what they name below each other.

    Examples:
        >>> print(in_two_columns([("name", "budi"), ("code", "ABC")]))
          name  budi
          code  ABC
    """
    kept = list(rows)
    width = max(len(name) for name, _ in kept)
    return "\n".join(f"  {name:<{width}}  {what}" for name, what in kept)
