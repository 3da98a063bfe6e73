"""How a seat comes back: by the login state, and where that is gone by a cookie that holds its return key.

The cookie is for a phone that dropped its connection or was asleep overnight. It goes to the trainee's own
pages only, no script can read it, and leaving the seat deletes it. An address is the one that the connection
comes from: whoever asks may write any other into a header.
"""

from functools import wraps
from typing import TypeAlias

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from console.web.access import SEAT, Rest, SeatView, View, for_seats, hold_seat
from console.web.classroom.models import Seat
from console.web.classroom.seats import KEY_LENGTH, Taken, new_key, returned
from console.web.seats import drafts

COOKIE = "seat"
COOKIE_DAYS = 30
"""A class may look back some weeks after its sitting."""
LANGUAGE_DAYS = 365
DAY_SECONDS = 24 * 60 * 60
FORM_SALT, FORM_HOURS = "console.web.seats.join", 12
"""Keys of join forms are signed, so that nobody brings one of their own."""
GROUP = 4
Reply: TypeAlias = HttpResponse


def at_seat(view: SeatView[Rest]) -> View[Rest]:
    """Show a page to whoever holds a seat, as `for_seats` does, or comes back with the cookie of one."""
    held = for_seats(view)

    @wraps(view)
    def shown(request: HttpRequest, /, *args: Rest.args, **kwargs: Rest.kwargs) -> HttpResponse:
        take_up(request)
        return held(request, *args, **kwargs)

    return shown


def take_up(request: HttpRequest) -> None:
    """Let a browser hold the seat of its cookie again, if its login state is gone."""
    if SEAT in request.session:
        return
    seat_id, _, key = request.COOKIES.get(COOKIE, "").partition(":")
    seat = returned(key, seat_id)
    if seat is not None:
        hold_seat(request, seat)


def seated(request: HttpRequest, response: Reply, taken: Taken) -> Reply:
    """Give a browser a seat: the login state, the cookie to come back by, and the seat's language."""
    if request.session.get(SEAT) != str(taken.seat.pk):
        drafts.forget(request.session)  # the seats of a sitting have the same dossiers
    hold_seat(request, taken.seat)
    response.set_cookie(
        COOKIE,
        f"{taken.seat.pk}:{taken.return_key}",
        max_age=COOKIE_DAYS * DAY_SECONDS,
        path=reverse("seat"),
        secure=settings.IS_SECURE,
        httponly=True,
        samesite="Lax",
    )
    return in_language(response, taken.seat.language)


def in_language(response: Reply, language: str) -> Reply:
    """Let a browser remember a language."""
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        language,
        max_age=LANGUAGE_DAYS * DAY_SECONDS,
        secure=settings.IS_SECURE,
        httponly=True,
        samesite="Lax",
    )
    return response


def left(request: HttpRequest, response: Reply) -> Reply:
    """Take the seat from a browser with what was entered there, and nothing else of what it holds."""
    request.session.pop(SEAT, None)
    drafts.forget(request.session)
    request.session.cycle_key()
    response.delete_cookie(COOKIE, path=reverse("seat"), samesite="Lax")
    return response


def noted_key(request: HttpRequest, seat: Seat) -> str:
    """Return the return key as it is noted on paper, in groups of four; empty if the browser has none."""
    seat_id, _, key = request.COOKIES.get(COOKIE, "").partition(":")
    if seat_id != str(seat.pk) or len(key) != KEY_LENGTH:
        return ""
    return "-".join(key[start : start + GROUP] for start in range(0, KEY_LENGTH, GROUP))


def form_key() -> str:
    """Return a signed return key for a join form: a form that is sent twice takes one seat."""
    return signing.dumps(new_key(), salt=FORM_SALT)


def key_of_form(signed: str) -> str:
    """Return the return key of a join form; a new one if it is not ours, or too old."""
    try:
        found = signing.loads(signed, salt=FORM_SALT, max_age=FORM_HOURS * 60 * 60)
    except signing.BadSignature:
        return new_key()
    return str(found)


def address_of(request: HttpRequest) -> str:
    """Return the address that a connection comes from, for slowing down guesses."""
    return str(request.META.get("REMOTE_ADDR", ""))
