"""Who asks: a trainer, a researcher, or the seat of a trainee; and what may not be kept by a browser.

A seat is no user. It is remembered by the browser's login state, whose key changes when the seat is taken.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeAlias

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.cache import never_cache

from console.web.classroom.models import Seat, Sitting

TRAINERS, RESEARCHERS = "trainers", "researchers"
SEAT = "seat"
"""Where the login state keeps the id of a seat."""

Rest = ParamSpec("Rest")
View: TypeAlias = Callable[Concatenate[HttpRequest, Rest], HttpResponse]
SeatView: TypeAlias = Callable[Concatenate[HttpRequest, Seat, Rest], HttpResponse]


def seat_of(request: HttpRequest) -> Seat | None:
    """Return the seat that the browser holds; None without one, or where it was removed."""
    held = request.session.get(SEAT)
    if not held:
        return None
    return Seat.objects.filter(pk=held, removed_at=None).select_related("sitting").first()


def hold_seat(request: HttpRequest, seat: Seat) -> None:
    """Let the browser hold a seat, under a new key of its login state."""
    request.session.cycle_key()
    request.session[SEAT] = str(seat.pk)


def for_seats(view: SeatView[Rest]) -> View[Rest]:
    """Show a page to whoever holds a seat, and send others to the door; nothing of it is kept."""

    @never_cache
    @wraps(view)
    def shown(request: HttpRequest, /, *args: Rest.args, **kwargs: Rest.kwargs) -> HttpResponse:
        seat = seat_of(request)
        if seat is None:
            return redirect("join")
        return _not_stored(view(request, seat, *args, **kwargs))

    return shown


def for_trainers(view: View[Rest]) -> View[Rest]:
    """Show a page to trainers; nothing of it is kept."""
    return _for_group(TRAINERS, view)


def for_researchers(view: View[Rest]) -> View[Rest]:
    """Show a page to researchers; nothing of it is kept."""
    return _for_group(RESEARCHERS, view)


def own_sitting(request: HttpRequest, sitting_id: Any) -> Sitting:
    """Return a sitting to the trainer whose it is; to anybody else it does not exist.

    Raises:
        Http404: If it is not the trainer's.
    """
    found = Sitting.objects.filter(pk=sitting_id, trainer_id=request.user.pk).first()
    if found is None:
        raise Http404
    return found


def _for_group(group: str, view: View[Rest]) -> View[Rest]:
    @login_required
    @never_cache
    @wraps(view)
    def shown(request: HttpRequest, /, *args: Rest.args, **kwargs: Rest.kwargs) -> HttpResponse:
        if not request.user.groups.filter(name=group).exists():
            raise PermissionDenied
        return _not_stored(view(request, *args, **kwargs))

    return shown


def _not_stored(response: HttpResponse) -> HttpResponse:
    response.headers["Cache-Control"] = "no-store"
    return response
