"""A console with data: a simulated class that has finished, and an open one that anybody may join.

Simulated seats are marked, and so are their sittings. Their decisions are written once like everybody's, and
only into sittings that were made here; a sitting of real trainees is never touched. What they decided is what
`console.demonstration` put in.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from console.casebook.cases import CaseMaker
from console.demonstration.behaviour import behaviour
from console.demonstration.deciding import Desk, Played, desk_of, played
from console.demonstration.plan import DemonstrationClass, demonstration_plan
from console.demonstration.trainees import Trainee, trainees
from console.web.access import RESEARCHERS, TRAINERS
from console.web.classroom.models import Decision, Request, Seat, Sitting, Turn
from console.web.classroom.seats import take_seat
from console.web.classroom.sittings import close_sitting, give_code, open_sitting, reveal_sitting
from console.web.classroom.turns import STAGE_OF, stages_shown
from console.web.people.accounts import account_made, groups_made, new_password
from console.web.sealed.reveal import Key, keys_for_trainer
from console.web.sittings.making import BlockPlan, SittingPlan, created
from dossier.stages import Stage

TRAINER = "trainer"
"""The name by which a visitor of a demonstration signs in."""

BETWEEN = timedelta(seconds=4)
"""From a decision to the next dossier; nobody measures it."""

ROWS_TOGETHER = 200
"""Of one statement; more do not make it faster."""


@dataclass(frozen=True)
class Populated:
    """What stands in a console for a visitor.

    Attributes:
        trainer: Who signs in.
        password: The password that was set now; empty where an earlier one stays.
        finished: The sitting that was revealed.
        open: The sitting that can be joined by its code.
    """

    trainer: User
    password: str
    finished: Sitting
    open: Sitting


def populated(
    make: CaseMaker, stages: Mapping[str, Stage], language: Literal["en", "id"], password: str = ""
) -> Populated:
    """Fill the database where something is missing; what is there stays.

    Args:
        make: Draws the cases of sittings, such as `console.casebook.drawing.cases_for`.
        stages: The stage that first shows each indicator a trainee can tick, by its name.
        language: Of titles of new sittings.
        password: For the trainer; a new trainer without one gets one that nobody can guess.
    """
    plan = demonstration_plan()
    trainer, said = _trainer(password)
    own = Sitting.objects.filter(trainer=trainer, is_demonstration=True)
    finished = own.filter(state=Sitting.State.REVEALED).first()
    if finished is None:
        finished = finished_class(plan.finished, trainer, make, stages, language)
    running = own.filter(state=Sitting.State.OPEN).first()
    if running is None:
        running = open_class(plan.open, trainer, make, stages, language)
    elif running.code_expires is None or running.code_expires <= timezone.now():
        give_code(running)
    return Populated(trainer, said, finished, running)


def finished_class(
    plan: DemonstrationClass,
    trainer: User,
    make: CaseMaker,
    stages: Mapping[str, Stage],
    language: Literal["en", "id"],
) -> Sitting:
    """Return a sitting that every simulated trainee has been through, closed and revealed."""
    with transaction.atomic():
        sitting = _begun(plan, trainer, make, language)
        last = _play(sitting, trainer, plan.seats, stages)
        close_sitting(sitting)
        reveal_sitting(sitting)
        Sitting.objects.filter(pk=sitting.pk).update(closed_at=last, revealed_at=last)
    sitting.refresh_from_db()
    return sitting


def open_class(
    plan: DemonstrationClass,
    trainer: User,
    make: CaseMaker,
    stages: Mapping[str, Stage],
    language: Literal["en", "id"],
) -> Sitting:
    """Return an open sitting with simulated seats, each somewhere on its way, and a code to join it."""
    with transaction.atomic():
        sitting = _begun(plan, trainer, make, language)
        _play(sitting, trainer, plan.seats, stages)
    return sitting


def _trainer(password: str) -> tuple[User, str]:
    """Return who signs in, and the password where it was set now."""
    groups_made()
    known = User.objects.filter(username=TRAINER).first()
    if known is not None and not password:
        return known, ""
    said = password or new_password()
    return account_made(TRAINER, said, TRAINERS, RESEARCHERS), said


def _begun(
    plan: DemonstrationClass, trainer: User, make: CaseMaker, language: Literal["en", "id"]
) -> Sitting:
    """Return a new sitting with its simulated seats, opened as long ago as the plan says."""
    blocks = [BlockPlan(block.size, block.victims_in_100, block.feedback) for block in plan.blocks]
    sitting = created(
        SittingPlan(
            scenario=plan.scenario,
            title=plan.title.in_language(language),
            blocks=blocks,
            language=language,
            place=plan.place,
            is_demonstration=True,
        ),
        trainer,
        make,
    )
    open_sitting(sitting)
    began = timezone.now() - timedelta(hours=plan.hours_ago)
    Sitting.objects.filter(pk=sitting.pk).update(created_at=began, opened_at=began)
    sitting.refresh_from_db()
    return sitting


def _play(sitting: Sitting, trainer: User, seats: int, stages: Mapping[str, Stage]) -> datetime:
    """Let simulated trainees work through a sitting until now; return when the last decision was made.

    Rows are written together, because their times are the simulated ones and not the server's.
    """
    keys = keys_for_trainer(sitting, trainer)
    brings = {kind.value: stage for kind, stage in STAGE_OF.items()}
    desk = desk_of(list(keys.values()), stages, stages_shown(sitting.place, ()), brings)
    diary, until = _Diary([], [], []), timezone.now()
    for trainee in trainees(behaviour(), seats, stages, demonstration_plan().seed):
        _work(diary, desk, trainee, keys, _seated(sitting, trainee), until)
    return diary.kept() or until


def _seated(sitting: Sitting, trainee: Trainee) -> list[Turn]:
    """Give a simulated trainee a seat; return its dossiers in their order."""
    seat = take_seat(sitting, trainee.nickname, trainee.language).seat
    Seat.objects.filter(pk=seat.pk).update(is_simulated=True, joined_at=sitting.created_at)
    return list(seat.turns.select_related("dossier", "seat__sitting").defer("dossier__content"))


@dataclass(frozen=True)
class _Diary:
    """Rows to be written together."""

    turns: list[Turn]
    asked: list[Request]
    decisions: list[Decision]

    def kept(self) -> datetime | None:
        """Write all rows; return when the last decision was made."""
        Turn.objects.bulk_update(self.turns, ["opened_at"], batch_size=ROWS_TOGETHER)
        Request.objects.bulk_create(self.asked, batch_size=ROWS_TOGETHER)
        Decision.objects.bulk_create(self.decisions, batch_size=ROWS_TOGETHER)
        return max((one.decided_at for one in self.decisions), default=None)


def _work(
    diary: _Diary,
    desk: Desk,
    trainee: Trainee,
    keys: Mapping[str, Key],
    turns: Iterable[Turn],
    until: datetime,
) -> None:
    """Note what a trainee does, dossier after dossier, until it is now; the last lies open on the desk."""
    seed, now = demonstration_plan().seed, None
    for turn in turns:
        turn.opened_at = now + BETWEEN if now else turn.seat.sitting.opened_at or until
        diary.turns.append(turn)
        done = played(desk, behaviour(), trainee, keys[str(turn.dossier_id)], turn.dossier.letter, seed)
        now = turn.opened_at + timedelta(seconds=done.seconds)
        if now > until:
            return
        diary.asked.extend(Request(turn=turn, kind=kind, asked_at=now) for kind in done.asked)
        diary.decisions.append(_decision(turn, done, now))


def _decision(turn: Turn, done: Played, now: datetime) -> Decision:
    return Decision(
        turn=turn,
        action=done.action,
        confidence=done.confidence,
        indicators=list(done.indicators),
        is_doubted=done.is_doubted,
        seconds=done.seconds,
        decided_at=now,
    )
