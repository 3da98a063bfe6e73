"""Switching the language at the desk, without losing what is entered there."""

from uuid import UUID

from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect

from console.web.classroom.models import Seat
from console.web.classroom.turns import current_turn
from console.web.seats import drafts
from console.web.seats.doors import at_seat, in_language


@at_seat
def speak_at_desk(request: HttpRequest, seat: Seat, dossier_id: UUID) -> HttpResponse:
    """Speak another language to a seat from now on, and keep what is entered on the dossier before it.

    What comes from a page that was left open at another dossier changes the language alone.

    Raises:
        Http404: If the dossier is not the seat's.
        SuspiciousOperation: If the console does not speak the language.
    """
    turn = get_object_or_404(seat.turns, dossier=dossier_id)
    if request.method != "POST":
        return redirect("desk")
    chosen = request.POST.get("language", "")
    if chosen not in dict(settings.LANGUAGES):
        raise SuspiciousOperation
    if current_turn(seat) == turn:
        drafts.keep(request.session, dossier_id, drafts.round_of(request.POST), drafts.entered(request.POST))
    Seat.objects.filter(pk=seat.pk).update(language=chosen)
    return in_language(redirect("desk"), chosen)
