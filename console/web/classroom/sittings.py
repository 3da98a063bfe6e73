"""What a trainer does with a sitting: give it a code, open it, lock it, close it, reveal it.

A sitting goes forward and never back. Each step is safe to take twice, since a browser may send it twice.
"""

import secrets
from datetime import timedelta
from enum import Enum
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone

from console.web.classroom.models import Block, Sitting
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


def tells_early(sitting: Sitting) -> bool:
    """Return whether seats learn anything of a dossier before the class does, by the sitting's plan.

    The screener's recommendation after a first decision is such a thing, too: it helps whoever has still to
    decide on the dossier at another seat.
    """
    is_after = sitting.assistance == Sitting.Assistance.AFTER
    return is_after or sitting.blocks.exclude(feedback=Block.Feedback.REVEAL).exists()


def note_told_early(sitting: Sitting) -> None:
    """Note that a seat is shown an answer before the class, and let nobody new in from now on.

    Whoever took a seat now could learn there what he or she has still to decide at another. Where a roster
    gives everybody one seat, others still join. What the trainer decides afterwards stands: only the first
    answer locks.
    """
    if sitting.told_early_at is not None or sitting.state != Sitting.State.OPEN:
        return
    changes: dict[str, Any] = {"told_early_at": timezone.now()}
    if not sitting.roster.exists():
        changes["locked"] = True
    Sitting.objects.filter(pk=sitting.pk, state=Sitting.State.OPEN, told_early_at=None).update(**changes)
    sitting.refresh_from_db(fields=["told_early_at", "locked"])


class Door(Enum):
    """Whether somebody new may join a sitting, and why not."""

    OPEN = "open"
    LOCKED = "locked"
    STOPPED = "stopped"
    """Locked, and an answer was shown early."""
    REOPENED = "reopened"
    """An answer was shown early, and the trainer lets others join all the same."""


def door_of(sitting: Sitting) -> Door:
    """Return whether somebody new may join a sitting that is not over."""
    if sitting.told_early_at is None or sitting.roster.exists():
        return Door.LOCKED if sitting.locked else Door.OPEN
    return Door.STOPPED if sitting.locked else Door.REOPENED


def reason_to_wait(sitting: Sitting) -> str:
    """Return why a sitting takes nobody new, a word of `join` in `words/`; empty where it does."""
    if sitting.state not in (Sitting.State.LOBBY, Sitting.State.OPEN):
        return "locked"
    return {Door.LOCKED: "locked", Door.STOPPED: "told_early"}.get(door_of(sitting), "")


def _step(sitting: Sitting, before: str, **changes: Any) -> None:
    """Go one step forward if the sitting stands before it; the database decides who is first."""
    Sitting.objects.filter(pk=sitting.pk, state=before).update(**changes)
    sitting.refresh_from_db()
