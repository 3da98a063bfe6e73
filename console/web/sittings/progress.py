"""How far a class is: each seat's way through the dossiers, without a word on what was decided.

What a seat decided is no part of it, nor is any answer; neither is read. A few queries serve any class.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from hashlib import sha256
from itertools import groupby
from math import ceil

from django.db.models import Count, Max
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from console.web.classroom.models import Decision, Dossier, Seat, Sitting, Turn
from console.web.classroom.turns import rounds_of
from console.web.speech import speaker_now

MOST_NAMED = 3
"""Seats that are named as those furthest behind."""


class Cell(Enum):
    """How far a seat is with a dossier; the value is a word of `[grid]`."""

    DONE = "done"
    FIRST = "first_round"
    DESK = "on_desk"
    AHEAD = "not_begun"

    @property
    def mark(self) -> str:
        """A mark that can be told from the others without colour."""
        return _MARKS[self]


_MARKS = {Cell.DONE: "●", Cell.FIRST: "◐", Cell.DESK: "○", Cell.AHEAD: "·"}


@dataclass(frozen=True)
class Row:
    """One seat: its cells in the order of the columns, and since when a dossier lies on its desk."""

    seat: Seat
    cells: Sequence[Cell]
    desk: str = ""
    since: datetime | None = None

    @property
    def done(self) -> int:
        """Dossiers that are settled."""
        return sum(cell is Cell.DONE for cell in self.cells)

    @property
    def drawn(self) -> SafeString:
        """The cells as HTML; drawn here, since a template takes long over thousands of them."""
        names = {cell: speaker_now().say(f"grid.{cell.value}") for cell in set(self.cells)}
        return format_html_join(
            "",
            '<td class="{}" aria-label="{}">{}</td>',
            ((cell.value, names[cell], cell.mark) for cell in self.cells),
        )

    @property
    def minutes(self) -> int:
        """Whole minutes that the dossier has lain on the desk."""
        return int((timezone.now() - self.since).total_seconds() // 60) if self.since else 0


@dataclass(frozen=True)
class Column:
    """One dossier, as the class calls it, and the number of its block."""

    letter: str
    block: int


@dataclass(frozen=True)
class Progress:
    """How far a class is."""

    columns: Sequence[Column]
    rows: Sequence[Row]

    @property
    def blocks(self) -> list[tuple[int, int]]:
        """Each block's number and the number of its columns."""
        found = groupby(self.columns, key=lambda column: column.block)
        return [(block, len(list(columns))) for block, columns in found]

    @property
    def done(self) -> int:
        """Dossiers settled by all seats."""
        return sum(row.done for row in self.rows)

    @property
    def whole(self) -> int:
        """Dossiers to settle by all seats."""
        return len(self.columns) * len(self.rows)

    @property
    def finished(self) -> int:
        """Seats that have settled everything."""
        return sum(row.done == len(self.columns) for row in self.rows)

    @property
    def furthest_behind(self) -> Sequence[Row]:
        """Unfinished seats that have settled fewest, where some have settled more."""
        behind = sorted((row for row in self.rows if row.done < len(self.columns)), key=lambda row: row.done)
        return behind[:MOST_NAMED] if len({row.done for row in self.rows}) > 1 else ()

    @property
    def longest(self) -> Row | None:
        """The seat whose dossier has lain on the desk longest; None before the first full minute."""
        waiting = [row for row in self.rows if row.minutes > 0]
        return max(waiting, key=lambda row: row.minutes, default=None)


def progress_of(sitting: Sitting) -> Progress:
    """Return how far the seats of a sitting are, removed ones left out."""
    dossiers = Dossier.objects.filter(block__sitting=sitting).values_list("pk", "letter", "block__number")
    ordered = sorted(dossiers, key=lambda found: (found[2], int(found[1][1:])))
    rounds, turns = rounds_of(sitting), _turns(sitting)
    rows = []
    for seat in Seat.objects.filter(sitting=sitting, removed_at=None).defer("return_key"):
        own = turns.get(seat.pk, {})
        cells = [_cell(own.get(dossier), rounds) for dossier, _, _ in ordered]
        desk = next((n for n, cell in enumerate(cells) if cell in (Cell.DESK, Cell.FIRST)), None)
        since = own[ordered[desk][0]].opened_at if desk is not None else None
        rows.append(Row(seat, cells, ordered[desk][1] if desk is not None else "", since))
    return Progress([Column(letter, block) for _, letter, block in ordered], rows)


@dataclass(frozen=True)
class _Way:
    """What is known of a turn here: when it was opened, and how many decisions were made."""

    opened_at: datetime | None
    made: int


def _turns(sitting: Sitting) -> dict[object, dict[object, _Way]]:
    """Return the turns of a sitting by seat and dossier."""
    made: Mapping[int, int] = Counter(
        Decision.objects.filter(turn__seat__sitting=sitting).order_by().values_list("turn_id", flat=True)
    )
    found: dict[object, dict[object, _Way]] = {}
    turns = Turn.objects.filter(seat__sitting=sitting, seat__removed_at=None).order_by()
    for turn, seat, dossier, opened_at in turns.values_list("pk", "seat_id", "dossier_id", "opened_at"):
        found.setdefault(seat, {})[dossier] = _Way(opened_at, made.get(turn, 0))
    return found


def _cell(way: _Way | None, rounds: int) -> Cell:
    if way is None:
        return Cell.AHEAD
    if way.made:
        return Cell.DONE if way.made >= rounds else Cell.FIRST
    return Cell.DESK if way.opened_at else Cell.AHEAD


def minutes_left(sitting: Sitting) -> int | None:
    """Return the minutes an open sitting still has, begun ones counted whole; None without a limit."""
    if sitting.state != Sitting.State.OPEN or sitting.ends_at is None:
        return None
    return max(0, ceil((sitting.ends_at - timezone.now()).total_seconds() / 60))


def stamp(sitting: Sitting) -> str:
    """Return a word that changes whenever the page on a class's progress would, and at least each minute."""
    seats = Seat.objects.filter(sitting=sitting, removed_at=None).order_by()
    turns = Turn.objects.filter(seat__sitting=sitting, opened_at__isnull=False).order_by()
    decisions = Decision.objects.filter(turn__seat__sitting=sitting).order_by()
    facts = (
        (sitting.state, sitting.locked, sitting.minutes, sitting.code, minutes_left(sitting)),
        timezone.now().replace(second=0, microsecond=0),
        seats.aggregate(seats=Count("pk"), last=Max("joined_at")),
        turns.aggregate(opened=Count("pk")),
        decisions.aggregate(made=Count("pk")),
    )
    return sha256(repr(facts).encode()).hexdigest()[:16]
