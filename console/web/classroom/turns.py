"""A seat's way through its dossiers: what lies on the desk, asking for more, and deciding.

A decision counts once it stands in the database, and only there; the same decision sent twice, by an
impatient finger or a dropped connection, stays one. Time is the server's.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from console.casebook.stages import first_stages
from console.web.classroom.models import Decision, Request, Seat, Sitting, Turn
from console.web.classroom.writing import writing
from dossier.stages import Stage

STAGE_OF = {Request.Kind.INTERVIEW: Stage.INTERVIEW, Request.Kind.DOCUMENTS: Stage.VERIFICATION}
"""Which stage of the pathway brings what was asked for."""


class TooLate(Exception):
    """A decision came after the sitting was closed or its time was over."""


class NotYours(Exception):
    """A dossier does not lie before this seat now."""


@dataclass(frozen=True)
class Answer:
    """What a seat says of a dossier; see `Decision`."""

    action: int
    confidence: int
    indicators: Sequence[str] = ()
    reason: str = ""
    is_doubted: bool = False


def rounds_of(sitting: Sitting) -> int:
    """Return how often each dossier is decided: twice where assistance comes after the first decision."""
    return 2 if sitting.assistance == Sitting.Assistance.AFTER else 1


def is_settled(turn: Turn) -> bool:
    """Return whether nothing more can be decided on a dossier by its seat."""
    return turn.decisions.count() >= rounds_of(turn.seat.sitting)


def is_open(sitting: Sitting) -> bool:
    """Return whether decisions are taken now."""
    ends = sitting.ends_at
    return sitting.state == Sitting.State.OPEN and (ends is None or timezone.now() < ends)


def unsettled(seat: Seat) -> QuerySet[Turn]:
    """Return the dossiers on which a seat has still to decide, in its order.

    A dossier is settled with the decision of its last round. (To count its decisions would make SQLite group
    by every column, whole dossiers among them.)
    """
    last = Decision.objects.filter(turn=OuterRef("pk"), round=rounds_of(seat.sitting))
    return seat.turns.filter(~Exists(last)).order_by("position")


def current_turn(seat: Seat) -> Turn | None:
    """Return the dossier on a seat's desk: the first in its order that is not settled; None at the end."""
    return unsettled(seat).select_related("dossier__block", "seat__sitting").first()


def opened(turn: Turn) -> Turn:
    """Note when a seat first looked at a dossier."""
    if turn.opened_at is None:
        Turn.objects.filter(pk=turn.pk, opened_at=None).update(opened_at=timezone.now())
        turn.refresh_from_db(fields=["opened_at"])
    return turn


def stages_seen(turn: Turn) -> frozenset[Stage]:
    """Return the stages whose evidence lies on the desk."""
    return stages_shown(turn.seat.sitting.place, (request.kind for request in turn.requests.all()))


def stages_shown(place: str, kinds: Iterable[str]) -> frozenset[Stage]:
    """Return the stages whose evidence lies on a desk at a place, once some kinds of it were asked for."""
    return first_stages(place) | {STAGE_OF[Request.Kind(kind)] for kind in kinds}


def opened_evidence(turn: Turn) -> str:
    """Return the name of what lies on the desk, as the screener's answers are filed by it.

    It is the labels of the stages seen, in their order, such as `counter+verification`.
    """
    return evidence_name(stages_seen(turn))


def evidence_name(stages: frozenset[Stage]) -> str:
    """Return the name of what stages show together."""
    return "+".join(stage.label for stage in sorted(stages))


def ask(turn: Turn, kind: Request.Kind) -> None:
    """Bring new evidence; asking twice brings it once.

    Raises:
        TooLate: If no decisions are taken any more.
        NotYours: If the dossier was decided already.
    """
    with writing():
        now = _turn_now(pk=turn.pk)
        if now.decisions.exists():
            raise NotYours
        if not is_open(now.seat.sitting):
            raise TooLate
        Request.objects.get_or_create(turn=turn, kind=kind)


def decide(turn: Turn, answer: Answer, round_number: int = 1) -> Decision:
    """Record a decision on a dossier; see `decide_on`."""
    return decide_on(turn.seat, turn.dossier_id, answer, round_number)


def decide_on(seat: Seat, dossier_id: UUID, answer: Answer, round_number: int = 1) -> Decision:
    """Record a decision, once; whoever sends it again gets the one that was recorded.

    A whole class may press the button at the same moment, and one transaction writes at a time: inside it
    stands only what may change. Decisions never vanish, so that a dossier that was due stays due.

    Raises:
        Turn.DoesNotExist: If the dossier does not lie before the seat at all.
        TooLate: If no decisions are taken any more and none was recorded.
        NotYours: If another dossier comes first, the round is not the one that is due, or the seat was
            removed.
    """
    made = list(Decision.objects.filter(turn__seat=seat.pk).values_list("turn", "round"))
    try:
        with writing():
            turn = _turn_now(seat=seat.pk, dossier=dossier_id)
            if (turn.pk, round_number) not in made:
                _check_takes(turn, round_number, made)
                return Decision.objects.create(
                    turn=turn, round=round_number, **_content(answer), **_time_since(turn.opened_at)
                )
    except IntegrityError:
        pass
    # The same finger, twice.
    return Decision.objects.get(turn__seat=seat.pk, turn__dossier=dossier_id, round=round_number)


def _check_takes(turn: Turn, round_number: int, made: Sequence[tuple[int, int]]) -> None:
    """Check that a round of a dossier can be decided now.

    Args:
        turn: As it is now, with its seat and sitting.
        round_number: Which round.
        made: Turn and round of all decisions of the seat.

    Raises:
        TooLate, NotYours: If it cannot; see `decide_on`.
    """
    sitting = turn.seat.sitting
    if turn.seat.removed_at is not None or not _is_due(turn, round_number, made, rounds_of(sitting)):
        raise NotYours
    if not is_open(sitting):
        raise TooLate


def _content(answer: Answer) -> dict[str, Any]:
    """Return what is recorded of an answer."""
    return {
        "action": answer.action,
        "confidence": answer.confidence,
        "indicators": sorted(set(answer.indicators)),
        "reason": answer.reason,
        "is_doubted": answer.is_doubted,
    }


def _time_since(opened_at: datetime | None) -> dict[str, Any]:
    """Return when a decision is made, and how many seconds after the first look."""
    now = timezone.now()
    return {"decided_at": now, "seconds": (now - (opened_at or now)).total_seconds()}


def _is_due(turn: Turn, round_number: int, made: Sequence[tuple[int, int]], last_round: int) -> bool:
    """Return whether a turn is the first that is not settled, and a round of it the next.

    Args:
        turn: Its positions begin with 1.
        round_number: Which round.
        made: Turn and round of all decisions of the seat.
        last_round: The round that settles a turn.
    """
    settled = sum(number == last_round for _, number in made)
    rounds = sum(one == turn.pk for one, _ in made)
    return turn.position == settled + 1 and round_number == rounds + 1 <= last_round


def _turn_now(**which: Any) -> Turn:
    """Return a turn with its seat as they are now, and let nobody else write to the turn until the end.

    What the caller read before may be old: the sitting may have been closed, or the seat removed, meanwhile.
    """
    return Turn.objects.select_for_update(of=("self",)).select_related("seat__sitting").get(**which)
