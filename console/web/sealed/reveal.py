"""The door to the answers: who may see which, and when.

A seat learns an answer once its own decision on that dossier is recorded and the block's feedback, or the
trainer, allows it. The trainer of a sitting may read all its answers at any time, for guides and print packs,
and the class sees them after the reveal. Nobody else does, and nothing else reads the tables.
"""

import secrets
from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeAlias

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.core.exceptions import PermissionDenied
from django.db import transaction

from console.web.classroom.models import Block, Dossier, Seat, Sitting, Turn
from console.web.classroom.turns import is_settled, opened_evidence, unsettled
from console.web.sealed.models import DossierKey, SealedDraw

Key: TypeAlias = Mapping[str, Any]


def seal(dossiers: Iterable[tuple[Dossier, Mapping[str, Any]]], sitting: Sitting, seed: int) -> None:
    """Keep the answers of a sitting's dossiers and the seed they came from."""
    with transaction.atomic():
        SealedDraw.objects.create(sitting=sitting, seed=seed)
        DossierKey.objects.bulk_create(_sealed(dossier, content) for dossier, content in dossiers)


def _sealed(dossier: Dossier, content: Mapping[str, Any]) -> DossierKey:
    canary = secrets.token_hex(16)
    return DossierKey(dossier=dossier, content={**content, "canary": canary}, canary=canary)


def may_reveal(turn: Turn) -> bool:
    """Return whether a seat may learn what is true of a dossier."""
    return _may_learn(turn, lambda block: unsettled(turn.seat).filter(dossier__block=block).exists())


def _may_learn(turn: Turn, has_more: Callable[[Block], bool]) -> bool:
    """Return the same, given how to find out whether the seat has more to decide in a block."""
    if not is_settled(turn):
        return False
    sitting, block = turn.seat.sitting, turn.dossier.block
    if sitting.state == Sitting.State.REVEALED or block.feedback == Block.Feedback.EACH:
        return True
    if block.feedback != Block.Feedback.BLOCK:
        return False
    return not has_more(block)


def reveal(turn: Turn) -> Key:
    """Return the answer of a dossier to a seat.

    Raises:
        PermissionDenied: If the seat may not learn it, or not yet.
    """
    if not may_reveal(turn):
        raise PermissionDenied
    return _key(turn.dossier)


def reveal_all(seat: Seat) -> list[tuple[Turn, Key]]:
    """Return the dossiers whose answers a seat may learn now, in its order, with these answers.

    It takes as many queries for one dossier as for many; decisions and requests of the turns are read along.
    """
    found = seat.turns.select_related("dossier__block", "seat__sitting")
    turns = list(found.prefetch_related("decisions", "requests"))
    unfinished = {turn.dossier.block for turn in turns if not is_settled(turn)}
    learnt = [turn for turn in turns if _may_learn(turn, unfinished.__contains__)]
    keys = DossierKey.objects.in_bulk([turn.dossier_id for turn in learnt])
    return [(turn, keys[turn.dossier_id].content) for turn in learnt]


def assistance(turn: Turn) -> Mapping[str, Any]:
    """Return what the screener says of a dossier with the evidence that a seat has opened.

    Raises:
        PermissionDenied: If the sitting has no assistance, or not yet.
    """
    mode = turn.seat.sitting.assistance
    decided = turn.decisions.exists()
    if mode == Sitting.Assistance.NONE or (mode == Sitting.Assistance.AFTER and not decided):
        raise PermissionDenied
    found: Mapping[str, Any] = _key(turn.dossier)["screener"][opened_evidence(turn)]
    return found


def keys_for_trainer(sitting: Sitting, user: AbstractBaseUser | AnonymousUser) -> dict[str, Key]:
    """Return all answers of a sitting to its trainer, by the dossier's id.

    Raises:
        PermissionDenied: If the user is not the sitting's trainer.
    """
    if sitting.trainer_id != user.pk:
        raise PermissionDenied
    return _keys(sitting)


def keys_for_class(sitting: Sitting) -> dict[str, Key]:
    """Return all answers of a sitting that has been revealed, by the dossier's id.

    Raises:
        PermissionDenied: If it has not been revealed.
    """
    if sitting.state != Sitting.State.REVEALED:
        raise PermissionDenied
    return _keys(sitting)


def _key(dossier: Dossier) -> Key:
    content: Key = DossierKey.objects.get(dossier=dossier).content
    return content


def _keys(sitting: Sitting) -> dict[str, Key]:
    found = DossierKey.objects.filter(dossier__block__sitting=sitting)
    return {str(key.dossier_id): key.content for key in found}
