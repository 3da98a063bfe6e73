"""Making a sitting: its dossiers drawn from a seed that never leaves the server, its answers sealed."""

import random
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from django.conf import settings
from django.contrib.auth.models import User
from django.db import IntegrityError, transaction

from console.casebook.cases import Case, CaseMaker
from console.web.classroom.models import Block, Dossier, RosterEntry, Sitting
from console.web.classroom.sittings import give_code
from console.web.sealed.reveal import seal
from console.web.secrets import derived_seed
from console.web.sittings.rosters import Expected, hashed_pin, made_pin

LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"


@dataclass(frozen=True)
class BlockPlan:
    """A block as a trainer asks for it; see `Block`."""

    size: int
    victims_in_100: int
    feedback: str = Block.Feedback.REVEAL


@dataclass(frozen=True)
class SittingPlan:
    """A sitting as a trainer asks for it; see `Sitting`. With a roster, only those on it may join."""

    scenario: str
    title: str
    blocks: Sequence[BlockPlan]
    language: Literal["en", "id"] = "en"
    place: str = Sitting.Place.OFFICE
    assistance: str = Sitting.Assistance.NONE
    minutes: int | None = None
    counts_documents: bool = False
    is_demonstration: bool = False
    roster: Sequence[Expected] = ()


def created(
    plan: SittingPlan, trainer: User, make: CaseMaker, sitting_id: uuid.UUID | None = None
) -> Sitting:
    """Make a sitting with its dossiers and sealed answers, and open its lobby.

    The dossiers are drawn before anything is written: drawing takes seconds, for which no other class's
    decisions wait.

    Args:
        plan: What the trainer asks for.
        trainer: Whose it is.
        make: Draws the cases of one block, such as `console.casebook.drawing.cases_for`.
        sitting_id: Its id, where a form that is sent twice is to make one sitting.

    Raises:
        BadInput: If the scenario cannot give what the blocks ask for.
    """
    if sitting_id is not None and (made := _made_before(sitting_id, trainer)) is not None:
        return made
    sitting = Sitting(
        id=sitting_id or uuid.uuid4(),
        trainer=trainer,
        scenario=plan.scenario,
        title=plan.title,
        language=plan.language,
        place=plan.place,
        assistance=plan.assistance,
        minutes=plan.minutes,
        counts_documents=plan.counts_documents,
        is_demonstration=plan.is_demonstration,
    )
    seed = derived_seed(settings.SECRET_KEY, "sitting", str(sitting.pk))
    sizes = [(block.size, block.victims_in_100) for block in plan.blocks]
    drawn = make(plan.scenario, plan.place, sizes, seed)
    entries = [_entry(sitting, expected) for expected in plan.roster]
    try:
        with transaction.atomic():
            sitting.save(force_insert=True)
            _write(sitting, plan.blocks, drawn, seed)
            RosterEntry.objects.bulk_create(entries)
            give_code(sitting)
    except IntegrityError:
        made = _made_before(sitting.pk, trainer)  # by the same form, sent twice
        if made is None:
            raise
        return made
    return sitting


def _made_before(sitting_id: uuid.UUID, trainer: User) -> Sitting | None:
    return Sitting.objects.filter(pk=sitting_id, trainer=trainer).first()


def _entry(sitting: Sitting, expected: Expected) -> RosterEntry:
    pin = expected.pin or made_pin(sitting.pk, expected.nickname)
    return RosterEntry(sitting=sitting, nickname=expected.nickname, pin=hashed_pin(pin))


def _write(sitting: Sitting, plans: Sequence[BlockPlan], drawn: Sequence[Sequence[Case]], seed: int) -> None:
    sealed: list[tuple[Dossier, Any]] = []
    for number, (block, cases) in enumerate(zip(plans, drawn, strict=True), start=1):
        sealed += _block(sitting, number, block, cases)
    seal(sealed, sitting, seed)


def _block(
    sitting: Sitting, number: int, plan: BlockPlan, cases: Sequence[Case]
) -> list[tuple[Dossier, Any]]:
    block = Block.objects.create(
        sitting=sitting,
        number=number,
        size=len(cases),
        victims_in_100=plan.victims_in_100,
        feedback=plan.feedback,
    )
    mixed = random.SystemRandom().sample(list(cases), len(cases))
    letter = LETTERS[number - 1]
    pairs = [
        (Dossier(block=block, letter=f"{letter}{place}", content=dict(case.content)), case.key)
        for place, case in enumerate(mixed, start=1)
    ]
    Dossier.objects.bulk_create([dossier for dossier, _ in pairs])
    return pairs
