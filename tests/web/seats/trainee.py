"""A trainee in a browser without JavaScript: what the tests of these pages do again and again."""

from typing import Any

from django.contrib.auth.models import User
from django.test import Client

from console.web.classroom.models import Seat, Sitting, Turn
from console.web.classroom.seats import take_seat
from console.web.classroom.sittings import close_sitting, open_sitting, reveal_sitting
from console.web.classroom.turns import current_turn
from console.web.sittings.making import BlockPlan, SittingPlan, created
from tests.web.few_cases import few_cases

REFER, PROCEED, SURE, UNSURE = "3", "0", "3", "1"


def made(trainer: User, *blocks: BlockPlan, **plan: Any) -> Sitting:
    """Return a sitting of these blocks, or of one with two dossiers."""
    wanted = blocks or (BlockPlan(2, 50),)
    return created(SittingPlan("phnom_penh_2022", "Class A", wanted, **plan), trainer, few_cases)


def joined(
    client: Client, sitting: Sitting, nickname: str = "Ayu", language: str = "en", **form: str
) -> Seat:
    """Join by the pages, and return the seat."""
    sent = {"code": sitting.code, "nickname": nickname, "language": language, **form}
    response = client.post("/seat/join", sent)
    assert response.status_code == 302, page(response)
    return Seat.objects.get(sitting=sitting, nickname=nickname)


def at_desk(client: Client, sitting: Sitting) -> Turn:
    """Join an open sitting, look at the first dossier, and return the turn."""
    seat = joined(client, sitting)
    open_sitting(sitting)
    client.get("/seat/desk")
    return turn_of(seat)


def turn_of(seat: Seat) -> Turn:
    turn = current_turn(Seat.objects.select_related("sitting").get(pk=seat.pk))
    assert turn is not None
    return turn


def decided(client: Client, turn: Turn, **form: Any) -> Any:
    """Send a decision: refer and sure, where the test says nothing else."""
    sent = {"action": REFER, "confidence": SURE, **form}
    return client.post(f"/seat/desk/{turn.dossier_id}/decide", sent, follow=True)


def asked(client: Client, turn: Turn, kind: str, **form: Any) -> Any:
    return client.post(f"/seat/desk/{turn.dossier_id}/ask", {"kind": kind, **form}, follow=True)


def revealed(sitting: Sitting) -> None:
    close_sitting(sitting)
    reveal_sitting(sitting)


def page(response: Any) -> str:
    return str(response.content.decode())


def other_seat(sitting: Sitting) -> Seat:
    return take_seat(sitting, "Budi", "id").seat
