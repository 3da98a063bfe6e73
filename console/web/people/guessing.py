"""Slowing down who guesses passwords: failures are counted by address, by name, and by both together.

A trainer at another computer can still sign in while somebody guesses at the trainer's name; only very many
failures close a name for everybody, and only for some minutes. Failures to join a class count elsewhere, so
that a class that mistypes its code shuts no trainer out. Rows hold no name that was typed, since people type
passwords there by mistake.
"""

from console.web.classroom import guessing
from console.web.classroom.guessing import Guess, kept_apart, too_many
from console.web.classroom.models import FailedAttempt

OF_A_NAME_AT_AN_ADDRESS, OF_AN_ADDRESS, OF_A_NAME = 10, 40, 100
"""Failures within ten minutes after which no password is looked at any more."""


def is_guessing(name: str, address: str) -> bool:
    """Return whether there were too many failures of late to look at another password."""
    return too_many(_guesses(name, address))


def count_failure(name: str, address: str) -> None:
    """Count a wrong name or password."""
    guessing.count_failures(_guesses(name, address))


def forget_failures(name: str, address: str) -> None:
    """Begin anew for somebody who did sign in; failures of the address as a whole stay."""
    guessing.forget_failures(_guesses(name, address)[0])


def _guesses(name: str, address: str) -> tuple[Guess, Guess, Guess]:
    """Return as what an attempt counts: name and address together, the address, the name."""
    plain, kind = name.strip().casefold(), FailedAttempt.Kind.SIGN_IN
    return (
        Guess(kind, kept_apart("both", plain, address), OF_A_NAME_AT_AN_ADDRESS),
        Guess(kind, kept_apart("address", address), OF_AN_ADDRESS),
        Guess(kind, kept_apart("name", plain), OF_A_NAME),
    )
