"""Everybody who may ask the console for something, each in a browser of their own."""

from dataclasses import dataclass

from django.contrib.auth.models import User
from django.test import Client

from console.web.access import RESEARCHERS, SEAT, TRAINERS
from console.web.classroom.models import Seat, Sitting
from console.web.classroom.seats import remove_seat, take_seat
from console.web.classroom.sittings import close_sitting, open_sitting, reveal_sitting
from console.web.sittings.making import BlockPlan, SittingPlan, created
from tests.web.conftest import user_of
from tests.web.few_cases import few_cases

ROLES = ("anonymous", "seat", "other_seat", "removed", "trainer", "other_trainer", "researcher", "nobody")


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
        "seat": _holding(seat),
        "other_seat": _holding(other_seat),
        "removed": _holding(removed),
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


def _holding(seat: Seat) -> Client:
    client = Client()
    session = client.session
    session[SEAT] = str(seat.pk)
    session.save()
    client.cookies["sessionid"] = session.session_key
    return client


def _signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client
