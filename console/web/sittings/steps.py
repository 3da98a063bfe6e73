"""What a trainer does with a sitting. Each step is a form that is sent, and is safe to send twice.

What cannot be undone is asked for on a page of its own before.
"""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from console.web.access import for_trainers, own_sitting
from console.web.classroom.models import Decision, Seat, Sitting
from console.web.classroom.seats import remove_seat
from console.web.classroom.sittings import (
    Door,
    close_sitting,
    door_of,
    give_code,
    lock_lobby,
    open_sitting,
    reason_to_wait,
    reveal_sitting,
)
from console.web.sittings.changing import MOST_MINUTES, delete_sitting, extend
from console.web.sittings.progress import minutes_left, progress_of
from console.web.speech import speaker_now

ASKED = ("GET", "HEAD", "POST")
TAKES_SEATS = (Sitting.State.LOBBY, Sitting.State.OPEN)


@require_POST
@for_trainers
def open_class(request: HttpRequest, sitting_id: UUID) -> HttpResponse:
    """Let the class begin."""
    own = own_sitting(request, sitting_id)
    open_sitting(own)
    return _done(request, own, "open_done" if own.state == Sitting.State.OPEN else "")


@require_POST
@for_trainers
def lock(request: HttpRequest, sitting_id: UUID) -> HttpResponse:
    """Lock the lobby, or unlock it, as the form says.

    After an answer was shown, a form unlocks only if it has said what that means.
    """
    own = own_sitting(request, sitting_id)
    locked = request.POST.get("locked") == "yes"
    if not locked and door_of(own) == Door.STOPPED and request.POST.get("knows") != "told_early":
        messages.warning(request, speaker_now().say("early.stopped_meanwhile"))
        return redirect("sitting", own.pk)
    lock_lobby(own, locked=locked)
    return _done(request, own, "locked_done" if locked else "unlocked_done")


@require_POST
@for_trainers
def new_code(request: HttpRequest, sitting_id: UUID) -> HttpResponse:
    """Give a sitting that still takes seats another code."""
    own = own_sitting(request, sitting_id)
    if own.state not in TAKES_SEATS:
        return _done(request, own)
    return _done(request, own, "code_done", code=give_code(own))


@require_POST
@for_trainers
def extend_time(request: HttpRequest, sitting_id: UUID) -> HttpResponse:
    """Give an open sitting more time."""
    own = own_sitting(request, sitting_id)
    more, before = _whole(request.POST.get("more")), _whole(request.POST.get("before"))
    if more and before and own.state == Sitting.State.OPEN:
        extend(own, more, before=before)
        own.refresh_from_db()
        return _done(request, own, "extended", n=minutes_left(own) or 0)
    messages.error(request, speaker_now().say("step.not_extended", most=MOST_MINUTES))
    return redirect("sitting", own.pk)


def _whole(typed: str | None) -> int:
    """Return a number of minutes that was typed; 0 for what is none."""
    typed = typed or ""
    return int(typed) if typed.isdecimal() and len(typed) < 5 and int(typed) <= MOST_MINUTES else 0  # noqa: PLR2004


@require_http_methods(ASKED)
@for_trainers
def close(request: HttpRequest, sitting_id: UUID) -> HttpResponse:
    """Take no more decisions, after asking."""
    own = own_sitting(request, sitting_id)
    if own.state == Sitting.State.LOBBY:
        return _done(request, own)
    if request.method == "POST":
        close_sitting(own)
        return _done(request, own, "close_done")
    found = progress_of(own)
    return _asked(request, own, "close", unfinished=len(found.rows) - found.finished)


@require_http_methods(ASKED)
@for_trainers
def reveal(request: HttpRequest, sitting_id: UUID) -> HttpResponse:
    """Let the class see the answers of a closed sitting, after asking."""
    own = own_sitting(request, sitting_id)
    if own.state in TAKES_SEATS:
        messages.warning(request, speaker_now().say("step.reveal_first_close"))
        return redirect("sitting", own.pk)
    if request.method == "POST":
        reveal_sitting(own)
        return _done(request, own, "reveal_done")
    return _asked(request, own, "reveal")


@require_http_methods(ASKED)
@for_trainers
def remove(request: HttpRequest, sitting_id: UUID, seat_id: UUID) -> HttpResponse:
    """Take a seat away, after asking; and lock the sitting, where its owner could join it again."""
    own = own_sitting(request, sitting_id)
    seat = Seat.objects.filter(pk=seat_id, sitting=own).first()
    if seat is None:
        raise Http404
    if request.method == "POST":
        remove_seat(seat)
        if request.POST.get("lock") != "yes":
            return _done(request, own, "remove_done", nickname=seat.nickname)
        lock_lobby(own, locked=True)
        return _done(request, own, "remove_and_lock_done", nickname=seat.nickname)
    comes_back = not reason_to_wait(own) and not own.roster.exists()
    return _asked(request, own, "remove", seat=seat, comes_back=comes_back)


@require_http_methods(ASKED)
@for_trainers
def delete(request: HttpRequest, sitting_id: UUID) -> HttpResponse:
    """Delete a sitting with everything in it, once its title was typed."""
    own = own_sitting(request, sitting_id)
    typed = request.POST.get("title")
    if request.method == "POST" and typed is not None and typed.split() == own.title.split():
        title = own.title
        delete_sitting(own)
        messages.success(request, speaker_now().say("step.delete_done", title=title))
        return redirect("home")
    return _asked(
        request,
        own,
        "delete",
        is_other=request.method == "POST",
        seats=own.seats.count(),
        decisions=Decision.objects.filter(turn__seat__sitting=own).count(),
    )


def _asked(request: HttpRequest, own: Sitting, step: str, **page: Any) -> HttpResponse:
    """Show the page that asks before a step is taken."""
    return render(request, f"sittings/{step}.html", {"sitting": own, **page})


def _done(request: HttpRequest, own: Sitting, words: str = "", **values: str | int) -> HttpResponse:
    """Go back to the sitting's page, with a sentence on what was done unless nothing was."""
    if words:
        messages.success(request, speaker_now().say(f"step.{words}", **values))
    return redirect("sitting", own.pk)
