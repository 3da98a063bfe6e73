"""Slowing down who guesses codes, PINs, return keys and passwords: failures are counted, successes never.

What was typed is not kept, and names only as hashes that tell nobody anything without the console's secret.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256

from django.conf import settings
from django.utils import timezone

from console.web.classroom.models import FailedAttempt

MINUTES = 10
KEPT_MINUTES = 60


@dataclass(frozen=True)
class Guess:
    """What somebody may be guessing.

    Attributes:
        kind: Of `FailedAttempt`.
        subject: Whose failure it is: an address, or what `kept_apart` returns.
        most: Failures within `MINUTES` after which nothing more is looked at.
    """

    kind: str
    subject: str
    most: int


def too_many(guesses: Iterable[Guess]) -> bool:
    """Return whether any of these has failed too often of late."""
    since = timezone.now() - timedelta(minutes=MINUTES)
    late = FailedAttempt.objects.filter(at__gt=since)
    return any(late.filter(kind=one.kind, subject=one.subject).count() >= one.most for one in guesses)


def count_failures(guesses: Sequence[Guess]) -> None:
    """Count a failure for each; rows that are too old to count go."""
    FailedAttempt.objects.filter(at__lt=timezone.now() - timedelta(minutes=KEPT_MINUTES)).delete()
    FailedAttempt.objects.bulk_create(FailedAttempt(kind=one.kind, subject=one.subject) for one in guesses)


def forget_failures(guess: Guess) -> None:
    """Begin anew for somebody who knew it in the end."""
    FailedAttempt.objects.filter(kind=guess.kind, subject=guess.subject).delete()


def kept_apart(*parts: str) -> str:
    """Return a hash that stands for some words, and tells nobody what they are without the secret."""
    return sha256("\0".join((settings.SECRET_KEY, *parts)).encode()).hexdigest()
