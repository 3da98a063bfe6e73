"""Giving a sitting more time, and deleting one with everything in it."""

from math import ceil

from django.db import transaction
from django.utils import timezone

from console.web.classroom.models import Decision, Sitting

MOST_MINUTES = 24 * 60
"""A sitting is over within a day; its code ends sooner."""


def longer(sitting: Sitting, minutes: int) -> int | None:
    """Return the time limit that would give a class so many minutes more; None without a limit.

    Where the time is over already, they count from now.
    """
    if sitting.minutes is None or sitting.opened_at is None:
        return None
    gone = ceil((timezone.now() - sitting.opened_at).total_seconds() / 60)
    return min(max(sitting.minutes, gone) + minutes, MOST_MINUTES)


def extend(sitting: Sitting, minutes: int, *, before: int) -> None:
    """Give an open sitting more time, once: a second request finds a limit that is no longer `before`.

    Args:
        sitting: Which.
        minutes: How many more.
        before: The limit that the trainer saw when asking.
    """
    limit = longer(sitting, minutes)
    if limit is not None:
        Sitting.objects.filter(pk=sitting.pk, state=Sitting.State.OPEN, minutes=before).update(minutes=limit)


def delete_sitting(sitting: Sitting) -> None:
    """Delete a sitting, its dossiers and answers, its seats and what they decided.

    Decisions are protected from going along with anything else, so they go first, and on purpose.
    """
    with transaction.atomic():
        Decision.objects.filter(turn__seat__sitting=sitting).delete()
        sitting.delete()
