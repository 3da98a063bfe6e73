"""Reading somebody's text file, bounded and without waiting; and writing one, whole or not at all.

What comes from a stranger may be a pipe, a device, a folder or far too large. Each is refused before anything
of it is read into memory. What the text says is for the readers of TOML and JSON to judge.
"""

import re
import stat
from pathlib import Path
from typing import Any

from dossier.problems import BadInput

LARGEST_FILE = 384 * 1024
"""Bytes of the largest text file that is read; ours are far smaller, and reading takes time and memory."""

MOST_ITEMS = 1000
"""Items of the longest list that is read: each that is wrong costs a thousand bytes to complain about."""

_UNSEEN = re.compile("[\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\x7f-\\x9f\\u202a-\\u202e\\u2066-\\u2069]")


def bytes_of(path: Path, *, ending: str, missing: str = "there is no such file", mend: str = "") -> bytes:
    """Return what stands in a file; raises before a pipe or a device could make us wait.

    Args:
        path: The file.
        ending: How the name of such a file ends, for messages.
        missing: What to say when there is no such file.
        mend: How to come by one.

    Raises:
        BadInput: If the file is missing, is no ordinary file, is too large, or may not be read.
    """
    try:
        found = path.stat()
        if not stat.S_ISREG(found.st_mode):
            what = "this is a folder" if stat.S_ISDIR(found.st_mode) else "this is not an ordinary file"
            raise BadInput.of(
                f"{what}, so it cannot be read as text",
                where=str(path),
                mend=f"Give the path of a {ending} file.",
            )
        if found.st_size > LARGEST_FILE:
            what = f"this file has {found.st_size:,} bytes; more than {LARGEST_FILE:,} are not read"
            raise BadInput.of(what, where=str(path), mend="Check that it is the file you mean, or split it.")
        return path.read_bytes()
    except FileNotFoundError:
        raise BadInput.of(missing, where=str(path), mend=mend or "Check the path.") from None
    except (OSError, ValueError) as error:  # a path that cannot be one is a ValueError
        reason = getattr(error, "strerror", None) or str(error)
        advice = "Check the path, and that you may read the file."
        raise BadInput.of(f"this file cannot be read ({reason})", where=str(path), mend=advice) from None


def check_lists(data: Any, where: str) -> None:
    """Refuse what holds a list far longer than any of ours, or marks that nobody can see.

    Raises:
        BadInput: If a list has more than `MOST_ITEMS` items, or a text steers terminals or turns lines round.
    """
    waiting = [data]
    while waiting:
        found = waiting.pop()
        if isinstance(found, list) and len(found) > MOST_ITEMS:
            what = f"a list has {len(found):,} items; more than {MOST_ITEMS:,} are not read"
            raise BadInput.of(what, where=where, mend="Check that it is the file you mean.")
        if isinstance(found, str) and (mark := _UNSEEN.search(found)):
            what = f"a text holds a mark that nobody can see (U+{ord(mark[0]):04X})"
            raise BadInput.of(what, where=where, mend="Remove it; only line ends and tabs are allowed.")
        if isinstance(found, list):
            waiting.extend(found)
        elif isinstance(found, dict):
            waiting.extend((*found, *found.values()))


def write_text(path: Path, text: str) -> None:
    """Write a text file aside and rename it, so that nothing half-written is ever left looking whole.

    Raises:
        BadInput: If a folder stands where the file should go.
        OSError: If the file cannot be written.
    """
    if path.is_dir():
        raise BadInput.of("this is a folder", where=str(path), mend="Give the name of a file.")
    aside = path.with_name(f".{path.name}.unfinished")
    try:
        aside.write_text(text, encoding="utf-8")
        aside.replace(path)
    finally:
        aside.unlink(missing_ok=True)
