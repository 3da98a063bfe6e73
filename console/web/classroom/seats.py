"""Taking a seat: by code and nickname, or by code, a name on the roster and its PIN; and coming back.

Whoever joins gets a return key, short enough to be noted on paper, of which the table keeps a hash: it brings
the seat back in another browser. Where there is a roster, the PIN brings it back, too. Guessing is slowed
down by `guessing`: only failures count, so that a class behind one address joins freely.
"""

import random
import secrets
from dataclasses import dataclass
from hashlib import sha256
from uuid import UUID

from django.contrib.auth.hashers import check_password, make_password
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from console.web.classroom.guessing import Guess, count_failures, kept_apart, too_many
from console.web.classroom.models import Dossier, FailedAttempt, RosterEntry, Seat, Sitting, Turn
from console.web.classroom.nicknames import is_legible, look_of, plain_nickname
from console.web.classroom.sittings import CODE_LENGTH, CODE_LETTERS, reason_to_wait

MOST_CODES = MOST_KEYS = 600
"""Wrong ones of an address within ten minutes; the same wrong code counts once, so that a typo on the wall
that thirty phones load again and again is one. Six of 29 letters make 595 million codes: who tries 600 every
ten minutes meets a certain one, in the twelve hours that it lives, once in 13,800 times."""
MOST_PINS, MOST_PINS_OF_A_NAME, MOST_PINS_OF_AN_ADDRESS = 10, 100, 200
"""Wrong ones within ten minutes for one name from one address, for one name from anywhere, and of an address:
nobody shuts a neighbour out by ten wrong guesses from another place."""
MOST_SEATS = 1000
"""In a sitting; three times the largest class that was measured. It bounds what a prankster can take."""
KEY_LENGTH = 12
"""Of 29 letters: 58 bits."""


class CannotJoin(Exception):
    """Somebody cannot take a seat; `reason` is a word of `join` in `words/` that says no more than needed."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class Taken:
    """A seat that was just taken, and the key by which another browser takes it up again."""

    seat: Seat
    return_key: str


def sitting_of(code: str, address: str) -> Sitting:
    """Return the sitting that a code belongs to.

    Raises:
        CannotJoin: If there is none, or somebody has tried too often.
    """
    typed = plain_code(code)
    guess = Guess(FailedAttempt.Kind.CODE, address, MOST_CODES, mistake=kept_apart("code", typed))
    _refuse(guess)
    found = Sitting.objects.filter(code=typed, code_expires__gt=timezone.now()).first() if typed else None
    if found is None:
        raise _failed("unknown_code", guess)
    return found


def plain_code(code: str) -> str:
    """Return a code as it is kept, however it was typed; empty where it cannot be one.

    Examples:
        >>> plain_code(" bcd-fgh "), plain_code("hello!")
        ('BCDFGH', '')
    """
    return _plain(code, CODE_LENGTH)


def plain_key(key: str) -> str:
    """Return a return key as it is hashed, however it was typed; empty where it cannot be one.

    Examples:
        >>> plain_key("bcdf-ghjk 2345")
        'BCDFGHJK2345'
    """
    return _plain(key, KEY_LENGTH)


def new_key() -> str:
    """Return a return key that nobody has."""
    return "".join(secrets.choice(CODE_LETTERS) for _ in range(KEY_LENGTH))


def _plain(typed: str, length: int) -> str:
    plain = "".join(letter for letter in typed.upper() if letter.isalnum())
    return plain if len(plain) == length and set(plain) <= set(CODE_LETTERS) else ""


def take_seat(
    sitting: Sitting, nickname: str, language: str, pin: str = "", address: str = "", key: str = ""
) -> Taken:
    """Give somebody a seat in a sitting, with its dossiers in an order of its own.

    Args:
        sitting: Where.
        nickname: Chosen, or as on the roster.
        language: `en` or `id`.
        pin: Of the roster.
        address: Who asks, to slow down guessing.
        key: Return key that was made for the form that was sent, so that a form sent twice takes one seat;
            a new one when left out.

    Raises:
        CannotJoin: If the sitting takes nobody, or the nickname is taken, or is not on the roster.
    """
    name, has_roster = plain_nickname(nickname), sitting.roster.exists()
    if not name:
        raise CannotJoin("no_nickname")
    if has_roster:
        name = _listed(sitting, name, pin, address)
    elif not is_legible(name):
        raise CannotJoin("illegible")
    key = key or new_key()
    held = _held(sitting, name)
    if held is not None:
        return _taken_again(held, key, knows_pin=has_roster and held.nickname == name)
    try:
        seat = _new_seat(sitting, name, language, key)
    except IntegrityError:  # the same finger, twice, or two with one name
        held = _held(sitting, name)
        if held is None:
            raise
        return _taken_again(held, key, knows_pin=has_roster and held.nickname == name)
    return Taken(seat, key)


def _held(sitting: Sitting, name: str) -> Seat | None:
    """Return the seat whose nickname is this one, or looks like it."""
    return (
        Seat.objects.filter(sitting=sitting).filter(Q(nickname__iexact=name) | Q(look=look_of(name))).first()
    )


def _new_seat(sitting: Sitting, name: str, language: str, key: str) -> Seat:
    """Return a new seat with its dossiers.

    Raises:
        CannotJoin: If the sitting takes nobody.
        IntegrityError: If somebody took the nickname meanwhile.
    """
    with transaction.atomic():
        sitting.refresh_from_db(fields=["locked", "state", "told_early_at"])  # it may have changed meanwhile
        if reason := reason_to_wait(sitting):
            raise CannotJoin(reason)
        if sitting.seats.count() >= MOST_SEATS:
            raise CannotJoin("full")
        seat = Seat.objects.create(
            sitting=sitting, nickname=name, look=look_of(name), language=language, return_key=_hashed(key)
        )
        deal(seat)
    return seat


def _taken_again(seat: Seat, key: str, *, knows_pin: bool) -> Taken:
    """Return a seat to whoever took it by the same form, or knows its PIN, under the key that they hold now.

    Raises:
        CannotJoin: If it is somebody else's, or was taken away.
    """
    is_same = secrets.compare_digest(_hashed(key), seat.return_key)
    if seat.removed_at is not None:
        raise CannotJoin("removed" if is_same or knows_pin else "nickname_taken")
    if not (is_same or knows_pin):
        raise CannotJoin("nickname_taken")
    seat.return_key = _hashed(key)
    seat.save(update_fields=["return_key"])
    return Taken(seat, key)


def _hashed(key: str) -> str:
    """Return the hash of a key that nobody could guess; it needs no slow one."""
    return sha256(key.encode()).hexdigest()


def _listed(sitting: Sitting, name: str, pin: str, address: str) -> str:
    """Return a name as the roster has it, if the PIN is its own.

    Raises:
        CannotJoin: If not, or somebody has tried too often.
    """
    kind, whose = FailedAttempt.Kind.PIN, ("pin", str(sitting.pk), name.casefold())
    guesses = (
        Guess(kind, kept_apart(*whose, address), MOST_PINS),
        Guess(kind, kept_apart(*whose), MOST_PINS_OF_A_NAME),
        Guess(kind, kept_apart("pins of", address), MOST_PINS_OF_AN_ADDRESS),
    )
    _refuse(*guesses)
    entry = RosterEntry.objects.filter(sitting=sitting, nickname__iexact=name).first()
    # A name that is not on the roster takes as long as one that is.
    if not check_password(pin, entry.pin if entry else make_password(None)) or entry is None:
        raise _failed("wrong_pin", *guesses)
    return entry.nickname


def deal(seat: Seat) -> None:
    """Lay a sitting's dossiers before a seat, block by block, shuffled within each."""
    lot, position = random.SystemRandom(), 0
    turns = []
    for block in seat.sitting.blocks.all():
        dossiers = list(Dossier.objects.filter(block=block).only("id"))
        lot.shuffle(dossiers)
        for dossier in dossiers:
            position += 1
            turns.append(Turn(seat=seat, dossier=dossier, position=position))
    Turn.objects.bulk_create(turns)


def returned(key: str, seat_id: str) -> Seat | None:
    """Return the seat that somebody comes back to; None if the key is another's, or the seat was removed."""
    try:
        wanted = UUID(seat_id)
    except ValueError:
        return None
    seat = Seat.objects.filter(pk=wanted, removed_at=None).select_related("sitting").first()
    return seat if seat is not None and secrets.compare_digest(_hashed(key), seat.return_key) else None


def seat_of_key(key: str, address: str) -> Seat:
    """Return the seat that belongs to a return key, however it was typed.

    Raises:
        CannotJoin: If there is none, it was removed, or somebody has tried too often.
    """
    guess = Guess(FailedAttempt.Kind.KEY, address, MOST_KEYS)
    _refuse(guess)
    typed = plain_key(key)
    held = Seat.objects.filter(return_key=_hashed(typed)).select_related("sitting") if typed else None
    seat = held.first() if held is not None else None
    if seat is None:
        raise _failed("unknown_key", guess)
    if seat.removed_at is not None:
        raise CannotJoin("removed")
    return seat


def remove_seat(seat: Seat) -> None:
    """Take a seat away; what it decided stays, and counts no more."""
    Seat.objects.filter(pk=seat.pk, removed_at=None).update(removed_at=timezone.now())


def _refuse(*guesses: Guess) -> None:
    if too_many(guesses):
        raise CannotJoin("too_often")


def _failed(reason: str, *guesses: Guess) -> CannotJoin:
    count_failures(guesses)
    return CannotJoin(reason)
