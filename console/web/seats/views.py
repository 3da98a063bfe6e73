"""The desk: waiting for the class, one dossier after the other, and what was recorded.

Every form posts and redirects. What comes twice, late, or from a page that was left open is answered by a
page that says what is recorded, and is never recorded as something else.
"""

from uuid import UUID

from django.contrib import messages
from django.db.models import prefetch_related_objects
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe
from django_htmx.http import HttpResponseClientRedirect

from console.casebook.checklist import Item, Theme, checklist
from console.web.classroom.models import Block, Decision, Request, Seat, Sitting, Turn
from console.web.classroom.turns import (
    NotYours,
    TooLate,
    current_turn,
    is_open,
    opened,
    rounds_of,
    unsettled,
)
from console.web.classroom.turns import ask as ask_for
from console.web.classroom.turns import decide_on as record
from console.web.sealed.reveal import may_reveal
from console.web.seats import drafts
from console.web.seats.answers import answered, answers_of, made_of
from console.web.seats.doors import at_seat, noted_key
from console.web.seats.dossiers import action_word, confidence_word, on_desk
from console.web.seats.drafts import Draft
from console.web.seats.phases import Phase, phase_of
from console.web.seats.screener import advice_for
from console.web.speech import speaker_now
from dossier.stages import Stage

POLL_SECONDS = {Phase.LOBBY: 3}
POLL_SECONDS_LATER = 10
"""Whoever has decided everything waits for the class, and is in no hurry."""
AT_DESK = (Phase.BEGIN, Phase.WORKING)


@require_safe
@at_seat
def seat(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Show where a seat stands: the lobby, the end, or the way to the desk."""
    phase = phase_of(seat)
    if phase == Phase.WORKING:
        return redirect("desk")
    blocks = list(seat.sitting.blocks.all())
    shown = {
        "seat": seat,
        "sitting": seat.sitting,
        "phase": phase.value,
        "seconds": POLL_SECONDS.get(phase, POLL_SECONDS_LATER),
        "blocks": blocks,
        "total": seat.turns.count(),
        "decided": Decision.objects.filter(turn__seat=seat, round=1).count(),
        "can_look_back": phase == Phase.REVEALED or any(map(_tells_early, blocks)),
        "noted_key": noted_key(request, seat),
    }
    return render(request, "seats/seat.html", shown)


@require_safe
@at_seat
def waiting(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Answer a page that waits: nothing while all is as it was, else where to go."""
    phase = phase_of(seat)
    if not request.headers.get("HX-Request"):
        return redirect("seat")
    if phase.value == request.GET.get("phase"):
        return HttpResponse(status=204)
    return HttpResponseClientRedirect(reverse("desk" if phase in AT_DESK else "seat"))


@require_safe
@at_seat
def desk(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Show the dossier on the desk as far as it is opened, and the form to decide on it."""
    turn = current_turn(seat) if is_open(seat.sitting) else None
    if turn is None:
        return redirect("seat")
    first = opened(turn).decisions.first()
    number, seconds = 2 if first else 1, _seconds_left(seat.sitting)
    draft, is_incomplete = drafts.kept(request.session, turn.dossier_id, number) or (
        drafts.after_first_round(first) if first else drafts.EMPTY,
        False,
    )
    shown = {
        "seat": seat,
        "sitting": seat.sitting,
        "turn": turn,
        "dossier": on_desk(turn),
        "total": seat.turns.count(),
        "blocks": seat.sitting.blocks.count(),
        "draft": draft,
        "missing": draft.missing if is_incomplete else (),
        "round": number,
        "first": made_of(first, seat.sitting) if first else None,
        "actions": [(action.value, action_word(action, seat.sitting)) for action in Decision.Action],
        "confidences": [(value.value, confidence_word(value)) for value in Decision.Confidence],
        "themes": _themes(seat.sitting, draft),
        "advice": advice_for(turn),
        "decided": turn.position - 1,
        "seconds_left": seconds,
        "minutes_left": None if seconds is None else seconds // 60,
        "longest_reason": drafts.LONGEST_REASON,
    }
    return render(request, "seats/desk.html", shown)


@at_seat
def ask(request: HttpRequest, seat: Seat, dossier_id: UUID) -> HttpResponse:
    """Bring new evidence to the desk, and keep what is entered."""
    turn = _own_turn(seat, dossier_id)
    if request.method != "POST" or request.POST.get("kind") not in Request.Kind.values:
        return redirect("desk")
    kind = Request.Kind(request.POST["kind"])
    try:
        _check_takes(turn)
        ask_for(turn, kind)
    except (TooLate, NotYours) as refused:
        return _refused(request, dossier_id, refused)
    drafts.keep(request.session, turn.dossier_id, drafts.round_of(request.POST), drafts.entered(request.POST))
    return redirect(f"{reverse('desk')}#{kind.value}")


@at_seat
def decide(request: HttpRequest, seat: Seat, dossier_id: UUID) -> HttpResponse:
    """Record a decision, once, and say what is recorded."""
    if request.method != "POST":
        return redirect("recorded", dossier_id=_own_turn(seat, dossier_id).dossier_id)
    draft, number = drafts.entered(request.POST), drafts.round_of(request.POST)
    try:
        if draft.missing:
            return _incomplete(request, _own_turn(seat, dossier_id), draft, number)
        made = record(seat, dossier_id, draft.answer(), number)
    except Turn.DoesNotExist as nowhere:
        raise Http404 from nowhere
    except (TooLate, NotYours) as refused:
        return _refused(request, dossier_id, refused)
    if (draft.action, draft.confidence) != (made.action, made.confidence):
        messages.info(request, speaker_now().say("desk.first_counts"))
    return redirect("recorded", dossier_id=dossier_id)


@require_safe
@at_seat
def recorded(request: HttpRequest, seat: Seat, dossier_id: UUID) -> HttpResponse:
    """Say what is recorded on a dossier, and what was so as soon as that may be known."""
    turn = _own_turn(seat, dossier_id)
    prefetch_related_objects([turn], "decisions")
    made = list(turn.decisions.all())
    if not made:
        return redirect("desk")
    if len(made) < rounds_of(seat.sitting) and is_open(seat.sitting):
        return redirect(f"{reverse('desk')}#decide")
    answer = answered(turn) if may_reveal(turn) else None
    shown = {
        "seat": seat,
        "turn": turn,
        "made": [made_of(decision, seat.sitting) for decision in made],
        "answer": answer,
        "dossier": on_desk(turn) if answer else None,
        "is_last_of_block": answer is not None and _ends_block(turn),
        "has_next": is_open(seat.sitting) and unsettled(seat).exists(),
    }
    return render(request, "seats/recorded.html", shown)


@require_safe
@at_seat
def looking_back(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Show a seat the answers of its own decided dossiers, as far as it may know them."""
    shown = {
        "seat": seat,
        "answers": answers_of(seat),
        "is_revealed": phase_of(seat) == Phase.REVEALED,
        "has_next": phase_of(seat) in AT_DESK,
    }
    return render(request, "seats/looking_back.html", shown)


def _own_turn(seat: Seat, dossier_id: UUID) -> Turn:
    """Return a seat's turn with a dossier; where the dossier is another sitting's, there is none.

    Raises:
        Http404: If there is none.
    """
    turns = seat.turns.select_related("dossier__block").defer("dossier__content")
    turn = turns.filter(dossier=dossier_id).first()
    if turn is None:
        raise Http404
    return turn


def _incomplete(request: HttpRequest, turn: Turn, draft: Draft, number: int) -> HttpResponse:
    """Keep what is entered and ask for the rest; where the round is recorded already, say what is.

    Raises:
        TooLate, NotYours: As `_check_takes`.
    """
    if turn.decisions.filter(round=number).exists():
        messages.info(request, speaker_now().say("desk.first_counts"))
        return redirect("recorded", dossier_id=turn.dossier_id)
    _check_takes(turn)
    drafts.keep(request.session, turn.dossier_id, number, draft, is_incomplete=True)
    return redirect(f"{reverse('desk')}#decide")


def _check_takes(turn: Turn) -> None:
    """Check that a dossier is the one on the desk, and that decisions are taken.

    Raises:
        TooLate: If the sitting is closed or its time is over.
        NotYours: If another dossier comes first.
    """
    if not is_open(turn.seat.sitting):
        raise TooLate
    if unsettled(turn.seat).values_list("pk", flat=True).first() != turn.pk:
        raise NotYours


def _refused(request: HttpRequest, dossier_id: UUID, refused: Exception) -> HttpResponse:
    """Say why nothing was recorded, and show what is."""
    word = "desk.too_late" if isinstance(refused, TooLate) else "desk.not_now"
    messages.warning(request, speaker_now().say(word))
    return redirect("recorded", dossier_id=dossier_id)


def _tells_early(block: Block) -> bool:
    """Return whether a seat learns answers of a block before the class does."""
    return block.feedback != Block.Feedback.REVEAL


def _themes(sitting: Sitting, draft: Draft) -> list[tuple[Theme, list[tuple[Item, bool]], int]]:
    """Return the themes of the list with each item and whether it is ticked, and how many are.

    What is seen at departure alone is left out where nobody stands there.
    """
    is_office = sitting.place == Sitting.Place.OFFICE
    found = []
    for theme in checklist():
        seen = [item for item in theme.items if not (is_office and item.stage == Stage.CHECKPOINT.label)]
        items = [(item, item.name in draft.indicators) for item in seen]
        if items:
            found.append((theme, items, sum(is_ticked for _, is_ticked in items)))
    return found


def _seconds_left(sitting: Sitting) -> int | None:
    ends = sitting.ends_at
    return None if ends is None else max(0, round((ends - timezone.now()).total_seconds()))


def _ends_block(turn: Turn) -> bool:
    return not unsettled(turn.seat).filter(dossier__block=turn.dossier.block).exists()
