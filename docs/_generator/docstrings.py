"""A Sphinx extension: docstrings in Google's style become fields, ours read as they are meant.

Sphinx's own converter takes the words before a colon in a property's docstring for its type, and of two names
that share a line the first for the type of the second. Neither is so here.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Any

from sphinx.application import Sphinx
from sphinx.ext.napoleon import Config
from sphinx.ext.napoleon.docstring import GoogleDocstring

_SETTINGS: Any = Config(napoleon_use_ivar=True, napoleon_use_rtype=False)
_SHARED = re.compile(r"^:(?P<kind>ivar|param) (?P<names>\S+(?:, \S+)+): (?P<text>.*)$")


def converted(lines: Sequence[str]) -> list[str]:
    """Return the lines of a docstring as reStructuredText.

    Examples:
        >>> converted(["An interval.", "", "Attributes:", "    low, high: Its ends."])
        ['An interval.', '', ':ivar low: Its ends.', ':ivar high: Its ends.', '']
    """
    return list(_each_by_itself(GoogleDocstring(list(lines), _SETTINGS).lines()))


def _each_by_itself(lines: Sequence[str]) -> Iterator[str]:
    """Yield the lines; names that share a text each get it."""
    at = 0
    while at < len(lines):
        end = at + 1
        shared = _SHARED.match(lines[at])
        if shared is None:
            yield lines[at]
        else:
            while end < len(lines) and lines[end].startswith(" "):
                end += 1
            for name in shared["names"].split(", "):
                yield f":{shared['kind']} {name}: {shared['text']}"
                yield from lines[at + 1 : end]
        at = end


def _convert(_app: Sphinx, _what: str, _name: str, _value: Any, _options: Any, lines: list[str]) -> None:
    lines[:] = converted(lines)


def _shorten(
    _app: Sphinx, _what: str, _name: str, _value: Any, _options: Any, taken: str | None, given: str | None
) -> tuple[str | None, str | None]:
    """Return a signature that Sphinx can read: it knows no default that is made anew each time."""
    return taken and taken.replace("<factory>", "..."), given


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the conversion with Sphinx."""
    app.connect("autodoc-process-docstring", _convert)
    app.connect("autodoc-process-signature", _shorten)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
