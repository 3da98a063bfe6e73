"""From an error to what the person at the terminal reads, and to the exit code.

0 all went well; 1 it ran, but a gate failed; 2 the command was called wrongly; 3 an input cannot be used;
130 interrupted. A traceback is shown only with `--debug`.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

import typer

from dossier.problems import BadInput

GATE_FAILED = 1
BAD_INPUT = 3
INTERRUPTED = 130


@contextmanager
def errors_explained(*, debug: bool) -> Iterator[None]:
    """Turn bad input and interruption into a message on stderr and an exit code."""
    try:
        yield
    except BadInput as error:
        if debug:
            raise
        for problem in error.problems:
            print(f"saring: {problem}", file=sys.stderr)
        raise typer.Exit(BAD_INPUT) from None
    except KeyboardInterrupt:
        if debug:
            raise
        print("saring: interrupted; nothing half-written was left behind", file=sys.stderr)
        raise typer.Exit(INTERRUPTED) from None
    except OSError as error:
        if debug:
            raise
        place = f"{error.filename}: " if error.filename else ""
        print(f"saring: {place}{error.strerror or error}", file=sys.stderr)
        print(
            "    To mend it: Check the path, who may write there, and the space that is left.",
            file=sys.stderr,
        )
        raise typer.Exit(BAD_INPUT) from None
