"""Pages on the way to a seat: joining by code, coming back by a noted key, and leaving a computer."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache

from console.web.access import SEAT, seat_of
from console.web.classroom.models import LANGUAGES, Seat, Sitting
from console.web.classroom.nicknames import LONGEST_NICKNAME
from console.web.classroom.seats import (
    CannotJoin,
    Taken,
    plain_code,
    plain_key,
    seat_of_key,
    sitting_of,
    take_seat,
)
from console.web.classroom.sittings import reason_to_wait
from console.web.seats.doors import (
    address_of,
    at_seat,
    form_key,
    key_of_form,
    left,
    noted_key,
    seated,
    take_up,
)
from console.web.speech import language_now, speaker_now

FIELD_OF = {
    "unknown_code": "code",
    "no_nickname": "nickname",
    "nickname_taken": "nickname",
    "illegible": "nickname",
    "wrong_pin": "pin",
    "unknown_key": "key",
}
"""Beside which field a reason stands; all others stand above the form."""


@dataclass(frozen=True)
class Refused:
    """Why somebody could not take a seat: a word of `join`, and the field that it is about."""

    reason: str

    @property
    def word(self) -> str:
        """The sentence, in `words/`."""
        return f"join.{self.reason}"

    @property
    def field(self) -> str:
        """The field beside which the reason stands; empty for the whole form."""
        return FIELD_OF.get(self.reason, "")


@never_cache
def join(request: HttpRequest, code: str = "") -> HttpResponse:
    """Take a seat: first the code, which a QR code brings along, then a name."""
    take_up(request)
    typed = request.POST.get("code", code)
    if not typed.strip() and request.method != "POST":
        return _join_page(request)
    try:
        sitting = sitting_of(typed, address_of(request))
    except CannotJoin as refused:
        return _join_page(request, refused=Refused(refused.reason), typed=typed)
    if request.method != "POST":
        shut = _refused_at_the_door(sitting)
        return _join_page(request, sitting=sitting, refused=shut, typed=typed, is_shut=shut is not None)
    if "nickname" not in request.POST:
        return redirect("join", code=plain_code(typed))
    return _taken(request, sitting, typed)


def _refused_at_the_door(sitting: Sitting) -> Refused | None:
    """Return why nobody new may join, before anybody types a name; a PIN brings its own seat back, too."""
    reason = reason_to_wait(sitting)
    return Refused(reason) if reason and not sitting.roster.exists() else None


def _taken(request: HttpRequest, sitting: Sitting, typed: str) -> HttpResponse:
    form = request.POST
    try:
        taken = take_seat(
            sitting,
            form["nickname"],
            _language(form.get("language", ""), sitting),
            pin=form.get("pin", ""),
            address=address_of(request),
            key=key_of_form(form.get("key", "")),
        )
    except CannotJoin as refused:
        return _join_page(request, sitting=sitting, refused=Refused(refused.reason), typed=typed)
    return seated(request, redirect("seat"), taken)


def _language(chosen: str, sitting: Sitting) -> str:
    return chosen if chosen in dict(LANGUAGES) else sitting.language


def _join_page(
    request: HttpRequest,
    sitting: Sitting | None = None,
    refused: Refused | None = None,
    typed: str = "",
    *,
    is_shut: bool = False,
) -> HttpResponse:
    was_removed = request.session.get(SEAT) is not None and seat_of(request) is None
    spoken = settings.LANGUAGE_COOKIE_NAME in request.COOKIES or sitting is None
    shown: dict[str, Any] = {
        "sitting": sitting,
        "refused": refused,
        "is_shut": is_shut,
        "typed": typed,
        "has_roster": sitting is not None and sitting.roster.exists(),
        "nickname": request.POST.get("nickname", ""),
        "longest_nickname": LONGEST_NICKNAME,
        "languages": LANGUAGES,
        "chosen_language": request.POST.get("language")
        or (language_now() if spoken or sitting is None else sitting.language),
        "key": request.POST.get("key") or form_key(),
        "held": seat_of(request),
        "was_removed": was_removed,
    }
    response = render(request, "seats/join.html", shown)
    return left(request, response) if was_removed else response


@never_cache
def come_back(request: HttpRequest) -> HttpResponse:
    """Take a seat up again with the key that was noted, on any computer or phone."""
    refused = None
    if request.method == "POST":
        typed = request.POST.get("key", "")
        try:
            seat = seat_of_key(typed, address_of(request))
        except CannotJoin as error:
            refused = Refused(error.reason)
        else:
            return seated(request, redirect("seat"), Taken(seat, plain_key(typed)))
    return render(request, "seats/come_back.html", {"refused": refused})


@at_seat
def leave(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Leave a shared computer; the seat stays, and its key brings it back."""
    if request.method != "POST":
        return render(request, "seats/leave.html", {"seat": seat, "noted_key": noted_key(request, seat)})
    messages.success(request, speaker_now().say("join.left"))
    return left(request, redirect("join"))
