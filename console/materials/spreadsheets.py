r"""Tables as CSV (RFC 4180) and JSON, written row by row; and a guard against cells that a program would run.

A spreadsheet takes a cell that begins with a sign such as `=` for a formula, and may send what stands beside
it to somebody. A text that begins so gets an apostrophe in front, and so does what follows a mark within it
that some spreadsheet takes for the end of a cell, such as a semicolon. Numbers stay numbers.

Where people write a decimal comma, spreadsheets expect semicolons between cells, so there are two manners.

Examples:
    >>> "".join(csv_lines(["a", "b"], [{"a": "=1+1", "b": -2.5}]))
    "a,b\r\n'=1+1,-2.5\r\n"
    >>> "".join(csv_lines(["a", "b"], [{"a": "x,y", "b": -2.5}], SEMICOLONS))
    'a;b\r\nx,y;-2,5\r\n'
"""

import csv
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from io import StringIO
from typing import Any, Final

from dossier.texts import Language

_BEGINS = frozenset("=+-@\uff1d\uff0b\uff0d\uff20")
"""What begins a formula; spreadsheets take the full-width signs for plain ones."""
FORMULA = _BEGINS | frozenset("\t\r\n")
"""What a text may not begin with."""
_WITHIN = re.compile(r"[,;\t\r\n][\s\u00a0\ufeff\"']*")
"""What ends a cell for programs that take other marks than the comma, and what may stand before a formula."""


@dataclass(frozen=True)
class Manner:
    """How a table separates its cells and writes its numbers.

    Attributes:
        separator: Between two cells.
        decimal: Before the decimals of a number.
    """

    separator: str
    decimal: str


COMMAS: Final = Manner(",", ".")
"""As RFC 4180 says, and as programs such as R and Python read without being told."""
SEMICOLONS: Final = Manner(";", ",")
"""As spreadsheets expect it where people write a decimal comma."""
MANNER_OF: Final[Mapping[Language, Manner]] = {"en": COMMAS, "id": SEMICOLONS}
"""What a spreadsheet in each language expects."""

BYTE_ORDER_MARK = "\ufeff"
"""Tells some spreadsheets that a file is UTF-8."""


def guarded(value: object) -> object:
    """Return a cell as it may stand in a table that a spreadsheet opens.

    Examples:
        >>> guarded("@SUM(A1)"), guarded("a=b"), guarded(-3), guarded(None)
        ("'@SUM(A1)", 'a=b', -3, '')
        >>> guarded("ok;=1+1")
        "ok;'=1+1"
    """
    if not isinstance(value, str):
        return "" if value is None else value
    begins = value[:1] in FORMULA or value.lstrip(" \u00a0\ufeff")[:1] in FORMULA
    if value and begins:
        return f"'{value[0]}{_WITHIN.sub(_held, value[1:])}"
    return _WITHIN.sub(_held, value)


def _held(before: re.Match[str]) -> str:
    """Return what stands before the next cell, with a guard where a formula begins there."""
    begins = before.string[before.end() : before.end() + 1] in _BEGINS
    return f"{before[0]}'" if begins else before[0]


def csv_lines(
    columns: Sequence[str],
    rows: Iterable[Mapping[str, object]],
    manner: Manner = COMMAS,
    *,
    marked: bool = False,
) -> Iterator[str]:
    """Yield a table as CSV, line by line, the names of its columns first.

    Args:
        columns: Which columns, in which order; a row may hold more.
        rows: The rows; a column that a row lacks is empty.
        manner: How cells are separated and numbers written.
        marked: Whether a byte order mark stands in front.
    """
    out = StringIO()
    writer = csv.writer(out, delimiter=manner.separator, lineterminator="\r\n")
    if marked:
        yield BYTE_ORDER_MARK
    writer.writerow([guarded(name) for name in columns])
    yield _taken(out)
    for row in rows:
        writer.writerow([_cell(row.get(name), manner) for name in columns])
        yield _taken(out)


def json_pieces(head: Mapping[str, Any], lists: Mapping[str, Iterable[Any]]) -> Iterator[str]:
    """Yield one JSON object piece by piece: what is in `head`, then lists that are never held whole."""
    yield "{" + ",".join(f"{json.dumps(name)}:{_json(value)}" for name, value in head.items())
    for name, values in lists.items():
        yield f",\n{json.dumps(name)}:"
        yield from json_list(values)
    yield "}\n"


def json_list(values: Iterable[Any]) -> Iterator[str]:
    """Yield a JSON list, one value a line."""
    before = "[\n"
    for value in values:
        yield before + _json(value)
        before = ",\n"
    yield "[]\n" if before == "[\n" else "\n]\n"


def _cell(value: object, manner: Manner) -> object:
    return repr(value).replace(".", manner.decimal) if isinstance(value, float) else guarded(value)


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False)


def _taken(out: StringIO) -> str:
    """Return what was written, and begin anew."""
    text = out.getvalue()
    out.seek(0)
    out.truncate()
    return text
