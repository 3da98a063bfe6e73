"""Slowing down who guesses codes, PINs, return keys and passwords: failures are counted, successes never.

What was typed is not kept: names, and codes that are wrong, stay only as hashes that tell nobody anything
without the console's secret.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256

from django.conf import settings
from django.db.models import QuerySet
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
        mistake: What `kept_apart` returns for what is wrong, where the same mistake counts once; else empty.
    """

    kind: str
    subject: str
    most: int
    mistake: str = ""


def too_many(guesses: Iterable[Guess]) -> bool:
    """Return whether any of these has failed too often of late."""
    return any(_of_late(one).count() >= one.most for one in guesses)


def count_failures(guesses: Sequence[Guess]) -> None:
    """Count a failure for each, a mistake that was made of late once; rows that are too old to count go."""
    FailedAttempt.objects.filter(at__lt=timezone.now() - timedelta(minutes=KEPT_MINUTES)).delete()
    FailedAttempt.objects.bulk_create(
        FailedAttempt(kind=one.kind, subject=one.subject, mistake=one.mistake)
        for one in guesses
        if not (one.mistake and _of_late(one).filter(mistake=one.mistake).exists())
    )


def forget_failures(guess: Guess) -> None:
    """Begin anew for somebody who knew it in the end."""
    FailedAttempt.objects.filter(kind=guess.kind, subject=guess.subject).delete()


def _of_late(guess: Guess) -> QuerySet[FailedAttempt]:
    since = timezone.now() - timedelta(minutes=MINUTES)
    return FailedAttempt.objects.filter(kind=guess.kind, subject=guess.subject, at__gt=since)


def kept_apart(*parts: str) -> str:
    """Return a hash that stands for some words, and tells nobody what they are without the secret."""
    return sha256("\0".join((settings.SECRET_KEY, *parts)).encode()).hexdigest()
