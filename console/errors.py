"""From an error to what the person at the terminal reads, and to the exit code.

0 all went well; 1 it ran, but a gate failed; 2 the command was called wrongly; 3 an input cannot be used;
130 interrupted; 141 whoever read the output left. A traceback is shown only with `--debug`.
"""

import errno
import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import zip_longest

import typer

from dossier.problems import BadInput

GATE_FAILED = 1
BAD_INPUT = 3
INTERRUPTED = 130
READER_LEFT = 141

_NOTHING_THERE = (errno.ENOENT, errno.ENOTDIR, errno.EISDIR, errno.ELOOP, errno.ENAMETOOLONG)
_NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EFBIG)


@contextmanager
def errors_explained(*, debug: bool) -> Iterator[None]:
    """Turn bad input and interruption into a message on stderr and an exit code.

    What mends several problems in a row is said once, below the last of them.
    """
    try:
        with _ending_is_interruption():
            yield
    except BadInput as error:
        if debug:
            raise
        for problem, following in zip_longest(error.problems, error.problems[1:]):
            same = following is not None and following.mend == problem.mend
            print(f"saring: {replace(problem, mend='') if same else problem}", file=sys.stderr)
        raise typer.Exit(BAD_INPUT) from None
    except KeyboardInterrupt as error:
        if debug:
            raise
        kept = str(error) or "nothing half-written was left behind"
        print(f"saring: interrupted; {kept}", file=sys.stderr)
        raise typer.Exit(INTERRUPTED) from None
    except MemoryError:
        if debug:
            raise
        print("saring: there is not enough memory for this", file=sys.stderr)
        print("    To mend it: Give a smaller --n, fewer --workers, or more memory.", file=sys.stderr)
        raise typer.Exit(BAD_INPUT) from None
    except OSError as error:
        if debug:
            raise
        raise typer.Exit(_explained(error)) from None


def _explained(error: OSError) -> int:
    """Say what the system would not do, and return the exit code."""
    if isinstance(error, BrokenPipeError):
        # Whoever reads along, such as `head`, has seen enough; Python would complain of it at the end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return READER_LEFT
    place = f"{error.filename}: " if error.filename else ""
    print(f"saring: {place}{error.strerror or error}", file=sys.stderr)
    print(f"    To mend it: {_mend_of(error)}", file=sys.stderr)
    return BAD_INPUT


def _mend_of(error: OSError) -> str:
    """Return what to do about an error of the file system; most say whether reading or writing failed."""
    if error.errno in _NOTHING_THERE:
        return "Check the path: it must lead to a file or folder of the kind that is asked for."
    if error.errno in _NO_ROOM:
        return "Check who may write there, and the space that is left."
    return "Check the path, who may read and write there, and the space that is left."


@contextmanager
def _ending_is_interruption() -> Iterator[None]:
    """Let a request to end do what Ctrl-C does, so that it leaves nothing half-written either.

    A program that has decided otherwise about such requests, or calls from another thread, keeps its way.
    """
    is_ours = (
        threading.current_thread() is threading.main_thread()
        and signal.getsignal(signal.SIGTERM) == signal.SIG_DFL
    )
    if not is_ours:
        yield
        return
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
