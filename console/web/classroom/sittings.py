"""What a trainer does with a sitting: give it a code, open it, lock it, close it, reveal it.

A sitting goes forward and never back. Each step is safe to take twice, since a browser may send it twice.
"""

import secrets
from datetime import timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone

from console.web.classroom.models import Sitting
from dossier.problems import BadInput

CODE_LETTERS = "BCDFGHJKLMNPQRSTVWXYZ23456789"
"""Without what is read as something else, and without vowels, which make words."""
CODE_LENGTH = 6
CODE_HOURS = 12


def give_code(sitting: Sitting) -> str:
    """Give a sitting a code by which trainees join it; an old one ends, and a closed sitting gets none."""
    for _ in range(20):
        code = "".join(secrets.choice(CODE_LETTERS) for _ in range(CODE_LENGTH))
        try:
            with transaction.atomic():
                _while_it_takes_anybody(sitting).update(
                    code=code, code_expires=timezone.now() + timedelta(hours=CODE_HOURS)
                )
        except IntegrityError:
            continue
        sitting.refresh_from_db(fields=["code", "code_expires", "state"])
        return sitting.code or ""
    raise BadInput.of(
        "no free code was found", where="the join codes", mend="Close sittings that are over, and try again."
    )


def _while_it_takes_anybody(sitting: Sitting) -> QuerySet[Sitting]:
    return Sitting.objects.filter(pk=sitting.pk, state__in=[Sitting.State.LOBBY, Sitting.State.OPEN])


def open_sitting(sitting: Sitting) -> None:
    """Let the class begin; later comers may still join unless the lobby is locked."""
    _step(sitting, Sitting.State.LOBBY, state=Sitting.State.OPEN, opened_at=timezone.now())


def close_sitting(sitting: Sitting) -> None:
    """Take no more decisions; the code ends."""
    now = timezone.now()
    open_state, closed = Sitting.State.OPEN, Sitting.State.CLOSED
    _step(sitting, open_state, state=closed, closed_at=now, code=None, code_expires=None)


def reveal_sitting(sitting: Sitting) -> None:
    """Let the class see what was so; only a closed sitting is revealed."""
    _step(sitting, Sitting.State.CLOSED, state=Sitting.State.REVEALED, revealed_at=timezone.now())


def lock_lobby(sitting: Sitting, *, locked: bool) -> None:
    """Let nobody new join, or let them again; who has a seat returns in any case."""
    sitting.locked = locked
    sitting.save(update_fields=["locked"])


def _step(sitting: Sitting, before: str, **changes: Any) -> None:
    """Go one step forward if the sitting stands before it; the database decides who is first."""
    Sitting.objects.filter(pk=sitting.pk, state=before).update(**changes)
    sitting.refresh_from_db()
