"""The debrief of a class, for its trainer and for the wall, and of a seat, for whoever holds it.

Before the reveal none of these pages reads an answer; they say what is missing.
"""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from console.web.access import for_seats, for_trainers, own_sitting
from console.web.classroom.models import Dossier, Seat, Sitting
from console.web.debrief.discussing import dossier_page
from console.web.debrief.kept import told_once
from console.web.debrief.presenting import class_page, seat_page


@require_safe
@for_trainers
def class_debrief(request: HttpRequest, sitting_id: UUID) -> HttpResponse:
    """Show the trainer the debrief of a class, with statistics of its dossiers."""
    return _of_class(request, own_sitting(request, sitting_id), for_trainer=True)


@require_safe
@for_trainers
def class_debrief_shown(request: HttpRequest, sitting_id: UUID) -> HttpResponse:
    """Show the debrief of a class as it may stand on the wall: five screens, and all tables folded below."""
    return _of_class(request, own_sitting(request, sitting_id), for_trainer=False)


@require_safe
@for_trainers
def class_dossier(request: HttpRequest, sitting_id: UUID, dossier_id: UUID) -> HttpResponse:
    """Show one dossier of a revealed sitting, for the class to talk about."""
    sitting = own_sitting(request, sitting_id)
    if (missing := _missing(sitting)) is not None:
        return _not_yet(request, missing, sitting)
    dossier = get_object_or_404(Dossier.objects.filter(block__sitting=sitting), pk=dossier_id)
    return render(request, "debrief/dossier.html", dossier_page(sitting, dossier, told_once(sitting)))


@require_safe
@for_seats
def seat_profile(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Show a seat its own debrief."""
    if seat.sitting.state != Sitting.State.REVEALED:
        return _not_yet(request, "seat_not_yet")
    found = told_once(seat.sitting)
    if not found.of_seat(seat).first:
        return _not_yet(request, "you_decided_nothing")
    return render(request, "debrief/seat.html", seat_page(seat, found))


def _of_class(request: HttpRequest, sitting: Sitting, *, for_trainer: bool) -> HttpResponse:
    if (missing := _missing(sitting)) is not None:
        return _not_yet(request, missing, sitting)
    found = told_once(sitting)
    if not found.first:
        return _not_yet(request, "nobody_decided", sitting)
    page = "debrief/class.html" if for_trainer else "debrief/wall.html"
    return render(request, page, class_page(sitting, found, for_trainer=for_trainer))


def _missing(sitting: Sitting) -> str | None:
    """Return which step is missing before a debrief; None if none is."""
    match sitting.state:
        case Sitting.State.REVEALED:
            return None
        case Sitting.State.CLOSED:
            return "not_revealed"
        case _:
            return "not_closed"


def _not_yet(request: HttpRequest, missing: str, sitting: Sitting | None = None) -> HttpResponse:
    page: dict[str, Any] = {"missing": f"debrief.{missing}", "sitting": sitting}
    return render(request, "debrief/not_yet.html", page)
