"""The roster of a class: nicknames, one on each line, each with a PIN or without; data and nothing else.

A PIN that the trainer leaves out is derived from the console's secret. So the list can be printed again at
any time, and no table holds a PIN that could be read.
"""

import csv
import re
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.conf import settings
from django.contrib.auth.hashers import PBKDF2PasswordHasher, check_password, get_hasher

from console.web.classroom.models import RosterEntry, Sitting
from console.web.classroom.nicknames import LONGEST_NICKNAME, look_of, plain_nickname
from console.web.secrets import derived_seed

LARGEST_ROSTER = 40_000
"""Bytes; enough for the longest roster with the longest names."""
MOST_EXPECTED = 400
"""The largest class that the console was measured with."""
MOST_COMPLAINTS = 10
"""More than anybody mends at a time."""

PIN_DIGITS = 6
PIN_ROUNDS = 20_000
"""Of the hash of a PIN. Six digits are found from any hash, however slow; what protects them is that guessing
is counted. Two hundred hashes must not keep a trainer waiting for a minute."""

_PIN = re.compile(r"[0-9]{4,8}")
_SEPARATORS = (";", "\t", ",")
_FIRST_LINE = frozenset({"nickname", "name", "nama", "nama panggilan"})


@dataclass(frozen=True)
class Expected:
    """Somebody whom the trainer expects; without a PIN, one is made."""

    nickname: str
    pin: str = ""


@dataclass(frozen=True)
class Complaint:
    """What is wrong with a roster: a word of `[roster]`, the line (from 1), and what stands there."""

    reason: str
    line: int = 0
    found: str = ""


class BadRoster(Exception):
    """A roster that cannot be used, with all that is wrong with it."""

    def __init__(self, complaints: Sequence[Complaint]) -> None:
        super().__init__(", ".join(complaint.reason for complaint in complaints))
        self.complaints = tuple(complaints)


def decoded(data: bytes) -> str:
    """Return the text of an uploaded roster.

    Raises:
        BadRoster: If it is too large, or no text.
    """
    if len(data) > LARGEST_ROSTER:
        raise BadRoster([Complaint("too_large")])
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise BadRoster([Complaint("not_text")]) from None
    if "\0" in text:
        raise BadRoster([Complaint("not_text")])
    return text


def read_roster(text: str) -> tuple[Expected, ...]:
    r"""Return who stands on a roster; empty lines and a first line of headings count for nothing.

    Examples:
        >>> read_roster("name;PIN\nAyu;4711\nBudi")
        (Expected(nickname='Ayu', pin='4711'), Expected(nickname='Budi', pin=''))

    Raises:
        BadRoster: If any line cannot be used; it names each of the first lines that cannot.
    """
    rows = list(_rows(text))
    if len(rows) > MOST_EXPECTED:
        raise BadRoster([Complaint("too_many", found=str(len(rows)))])
    complaints: list[Complaint] = []
    lines: dict[str, int] = {}
    for line, cells in rows:
        name = plain_nickname(cells[0])
        complaints += _complaints(line, cells, lines.get(look_of(name)))
        lines.setdefault(look_of(name), line)
    if complaints:
        raise BadRoster(complaints[:MOST_COMPLAINTS])
    return tuple(Expected(plain_nickname(cells[0]), *cells[1:]) for _, cells in rows)


def _rows(text: str) -> Iterator[tuple[int, list[str]]]:
    """Yield each line's number and cells."""
    for number, line in enumerate(text.splitlines(), start=1):
        separator = next((mark for mark in _SEPARATORS if mark in line), ",")
        cells = [cell.strip() for cell in next(csv.reader([line.strip()], delimiter=separator), [])]
        while cells and not cells[-1]:
            cells.pop()
        if cells and not (number == 1 and cells[0].casefold() in _FIRST_LINE):
            yield number, cells


def _complaints(line: int, cells: list[str], same_as: int | None) -> Iterator[Complaint]:
    name, pin = cells[0], cells[1] if len(cells) > 1 else ""
    if not plain_nickname(name):
        yield Complaint("no_name", line)
    elif len(name) > LONGEST_NICKNAME:
        yield Complaint("too_long", line, name[:LONGEST_NICKNAME])
    elif same_as is not None:
        yield Complaint("twice", line, name)
    if len(cells) > 2:  # noqa: PLR2004  (a name and a PIN)
        yield Complaint("more_cells", line, cells[2][:LONGEST_NICKNAME])
    elif pin and not _PIN.fullmatch(pin):
        yield Complaint("no_pin", line, pin[:LONGEST_NICKNAME])


def made_pin(sitting_id: uuid.UUID, nickname: str) -> str:
    """Return the PIN that the console gives somebody; the same whenever it is asked."""
    seed = derived_seed(settings.SECRET_KEY, "pin", str(sitting_id), nickname)
    return f"{seed % 10**PIN_DIGITS:0{PIN_DIGITS}}"


def hashed_pin(pin: str) -> str:
    """Return a PIN as the table keeps it, in the form that Django's `check_password` reads."""
    hasher = get_hasher()
    if isinstance(hasher, PBKDF2PasswordHasher):
        return hasher.encode(pin, hasher.salt(), PIN_ROUNDS)
    return hasher.encode(pin, hasher.salt())


def printed(sitting: Sitting) -> list[Expected]:
    """Return a sitting's roster for printing, by name; without the PINs that the trainer chose."""
    entries = RosterEntry.objects.filter(sitting=sitting).order_by("nickname")
    return [_printed(sitting, entry) for entry in entries]


def _printed(sitting: Sitting, entry: RosterEntry) -> Expected:
    pin = made_pin(sitting.pk, entry.nickname)
    return Expected(entry.nickname, pin if check_password(pin, entry.pin) else "")
