"""Reading somebody's text file, of whatever kind: bounded, and never waiting for what is no file.

What comes from a stranger may be a pipe, a device, a folder or far too large. Each is refused before anything
of it is read into memory. What the text says is for the readers of TOML and JSON to judge.
"""

import stat
from pathlib import Path
from typing import Any

from dossier.problems import BadInput

LARGEST_FILE = 384 * 1024
"""Bytes of the largest text file that is read; ours are far smaller, and reading takes time and memory."""

MOST_ITEMS = 1000
"""Items of the longest list that is read: each that is wrong costs a thousand bytes to complain about."""


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
    """Refuse what holds a list far longer than any of ours, before each of its items is looked at.

    Raises:
        BadInput: If a list has more than `MOST_ITEMS` items.
    """
    waiting = [data]
    while waiting:
        found = waiting.pop()
        if isinstance(found, list) and len(found) > MOST_ITEMS:
            what = f"a list has {len(found):,} items; more than {MOST_ITEMS:,} are not read"
            raise BadInput.of(what, where=where, mend="Check that it is the file you mean.")
        if isinstance(found, list | dict):
            waiting.extend(found.values() if isinstance(found, dict) else found)
