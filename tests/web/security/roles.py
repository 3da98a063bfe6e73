"""Everybody who may ask the console for something, each in a browser of their own."""

from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import User
from django.db import models
from django.test import Client

from console.web.access import RESEARCHERS, SEAT, TRAINERS
from console.web.classroom.models import Decision, Dossier, Request, Seat, Sitting, Turn
from console.web.classroom.seats import remove_seat, take_seat
from console.web.classroom.sittings import close_sitting, open_sitting, reveal_sitting
from console.web.sittings.making import BlockPlan, SittingPlan, created
from tests.web.conftest import user_of
from tests.web.few_cases import few_cases

ROLES = ("anonymous", "seat", "other_seat", "removed", "trainer", "other_trainer", "researcher", "nobody")

KEPT: tuple[type[models.Model], ...] = (Sitting, Seat, Turn, Request, Decision, Dossier)


@dataclass(frozen=True)
class Classroom:
    """A sitting, another one of another trainer, and the browser of each role."""

    sitting: Sitting
    seat: Seat
    browsers: dict[str, Client]


def classroom(state: str) -> Classroom:
    """Return two classes whose sittings stand in a state, and everybody around them."""
    trainer, other_trainer = user_of("trainer", TRAINERS), user_of("other", TRAINERS)
    sitting, other = (_sitting(user) for user in (trainer, other_trainer))
    seat, removed = (take_seat(sitting, name, "en").seat for name in ("Ayu", "Budi"))
    other_seat = take_seat(other, "Citra", "en").seat
    remove_seat(removed)
    for one in (sitting, other):
        _bring(one, state)
    browsers = {
        "anonymous": Client(),
        "seat": holding(seat),
        "other_seat": holding(other_seat),
        "removed": holding(removed),
        "trainer": _signed_in(trainer),
        "other_trainer": _signed_in(other_trainer),
        "researcher": _signed_in(user_of("researcher", RESEARCHERS)),
        "nobody": _signed_in(user_of("nobody")),
    }
    found = Seat.objects.select_related("sitting").get(pk=seat.pk)
    return Classroom(found.sitting, found, browsers)


def _sitting(trainer: User) -> Sitting:
    return created(
        SittingPlan("phnom_penh_2022", "Class A", [BlockPlan(2, 50)], minutes=30), trainer, few_cases
    )


def _bring(sitting: Sitting, state: str) -> None:
    for step in (open_sitting, close_sitting, reveal_sitting):
        if sitting.state != state:
            step(sitting)


def holding(seat: Seat) -> Client:
    """Return a browser that holds a seat, as it does after joining."""
    client = Client()
    session = client.session
    session[SEAT] = str(seat.pk)
    session.save()
    client.cookies["sessionid"] = session.session_key or ""
    return client


def _signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def copied(browser: Client, *, enforce_csrf_checks: bool = False) -> Client:
    """Return a browser of the same cookies, so that nobody is signed in or out by the request before."""
    copy = Client(enforce_csrf_checks=enforce_csrf_checks)
    for name, morsel in browser.cookies.items():
        copy.cookies[name] = morsel.value
    return copy


def rows() -> list[Any]:
    """Return all rows of the classroom, to see whether anything changed."""
    return [list(kept._default_manager.order_by("pk").values_list()) for kept in KEPT]
