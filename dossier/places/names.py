"""Names of files below a place: what may be one, which match a pattern, and URLs without their secrets.

A name is relative, with `/` between its parts. It may come from a file that somebody else made, so that
nothing is asked of a file system before the name itself is known to stay below its place.
"""

import re
from collections.abc import Callable

from dossier.problems import BadInput

ASIDE = ".aside-"
"""Stands in the name of a file that is not whole yet; no pattern matches it."""

_DRIVE = re.compile("[A-Za-z]:")
_LONGEST_SHOWN = 200
_CREDENTIALS = re.compile(r"(?<=://)[^/\s]*@")
_QUERY = re.compile(r"\?\S*=\S*")


def checked_name(name: str, where: str) -> str:
    """Return a relative name that stays below its place.

    Args:
        name: The name, which may come from a file of somebody else.
        where: The place, for the message.

    Raises:
        BadInput: If it is empty, absolute, leads upwards, or holds what no name of a file should.
    """
    parts = name.split("/")
    if "\\" in name or not name.isprintable() or {"", ".", ".."} & set(parts) or _DRIVE.match(name):
        raise BadInput.of(
            f"{name[:_LONGEST_SHOWN]!r} is no name of a file below this place",
            where=where,
            mend="Names are relative, with '/' between their parts, and never lead upwards.",
        )
    return name


def matcher(pattern: str) -> Callable[[str], bool]:
    """Return what tells whether a name matches; asides never do."""
    *folders, last = pattern.split("/")
    parts = ["(?:[^/]+/)*" if part == "**" else f"{_part(part)}/" for part in folders]
    parts.append("(?:[^/]+/)*[^/]+" if last == "**" else _part(last))
    matches = re.compile("".join(parts)).fullmatch
    return lambda name: ASIDE not in name and matches(name) is not None


def _part(pattern: str) -> str:
    """Return one part of a pattern as a regular expression."""
    signs = {"*": "[^/]*", "?": "[^/]"}
    return "".join(signs.get(sign, re.escape(sign)) for sign in pattern)


def depth_of(pattern: str) -> int | None:
    """Return how many folders deep a pattern looks; None without bound."""
    parts = pattern.split("/")
    return None if "**" in parts else len(parts)


def masked(text: str) -> str:
    """Return a text without the user names, passwords and signatures of the URLs in it.

    Examples:
        >>> masked("cannot open sftp://ayu:secret@host/cohort")
        'cannot open sftp://***@host/cohort'
        >>> masked("https://host/cohort?signature=secret")
        'https://host/cohort?***'
    """
    return _QUERY.sub("?***", _CREDENTIALS.sub("***@", text)) if "://" in text else text
