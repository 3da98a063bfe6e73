"""Whoever switches the language at the desk finds there what was entered, and nothing is recorded by it."""

import re
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from console.casebook.checklist import checklist_names
from console.web.classroom.models import Decision, Sitting, Turn
from console.web.sittings.making import BlockPlan
from tests.web.seats.trainee import SURE, at_desk, decided, joined, made, page, turn_of


def switched(client: Client, turn: Turn, language: str = "id", **form: Any) -> Any:
    return client.post(f"/seat/desk/{turn.dossier_id}/language", {"language": language, **form}, follow=True)


def test_ticks_action_confidence_and_reason_stay(client: Client, trainer: User) -> None:
    turn, names = at_desk(client, made(trainer)), list(checklist_names()[:2])
    form: dict[str, Any] = {"action": "2", "confidence": SURE, "indicators": names, "is_doubted": "yes"}
    shown = page(switched(client, turn, reason="Two <lines>\nof mine", **form))
    assert '<html lang="id">' in shown
    assert "Berkas 1 dari 2" in shown
    for kept in ('value="2" data-key="3" checked', 'name="confidence" value="3" checked'):
        assert kept in shown
    assert [f'value="{name}" checked' in shown for name in names] == [True, True]
    assert 'name="is_doubted" value="yes" checked' in shown
    assert "Two &lt;lines&gt;\nof mine</textarea>" in shown
    assert not Decision.objects.exists()


def test_there_and_back_is_as_before_and_the_seat_keeps_the_language(client: Client, trainer: User) -> None:
    turn = at_desk(client, made(trainer))
    for language in ("id", "en", "id"):
        shown = page(switched(client, turn, language, reason="mine"))
        assert f'<html lang="{language}">' in shown
        assert ">mine</textarea>" in shown
        turn.seat.refresh_from_db()
        assert turn.seat.language == language


def test_in_a_second_round_what_is_entered_stays_too(client: Client, trainer: User) -> None:
    turn = at_desk(client, made(trainer, assistance=Sitting.Assistance.AFTER))
    decided(client, turn, reason="first")
    shown = page(switched(client, turn, action="1", reason="second", round="2"))
    assert "Keputusan pertama Anda tercatat" in shown
    assert 'value="1" data-key="2" checked' in shown
    assert ">second</textarea>" in shown
    assert Decision.objects.count() == 1


def test_a_page_left_open_at_an_earlier_dossier_spoils_nothing_of_the_next(
    client: Client, trainer: User
) -> None:
    turn = at_desk(client, made(trainer))
    decided(client, turn)
    later = turn_of(turn.seat)
    switched(client, later, reason="of the second")
    shown = page(switched(client, turn, "en", reason="of the first"))
    assert '<html lang="en">' in shown
    assert ">of the second</textarea>" in shown


@pytest.mark.parametrize("language", ["", "de", "id" * 500])
def test_a_language_that_we_do_not_speak_is_refused(client: Client, trainer: User, language: str) -> None:
    turn = at_desk(client, made(trainer))
    assert switched(client, turn, language).status_code == 400


def test_the_button_belongs_to_the_form_of_the_desk_and_asks_for_its_token(trainer: User) -> None:
    client = Client(enforce_csrf_checks=True)
    sitting = made(trainer)
    code = page(client.get(f"/seat/join/{sitting.code}"))
    sent = {
        "code": str(sitting.code),
        "nickname": "Ayu",
        "language": "en",
        "csrfmiddlewaretoken": token(code),
    }
    client.post("/seat/join", sent)
    Sitting.objects.update(state=Sitting.State.OPEN)
    desk = page(client.get("/seat/desk"))
    button = re.search(r'<button form="desk" formaction="([^"]+)"[^>]*name="language" value="id"', desk)
    assert button
    assert desk.count('name="language"') == 1
    assert desk.index(">Record the decision</button>") < desk.index(button[0]), "what the enter key presses"
    assert client.post(button[1], {"language": "id"}).status_code == 403
    shown = page(client.post(button[1], {"language": "id", "csrfmiddlewaretoken": token(desk)}, follow=True))
    assert '<html lang="id">' in shown


def test_following_the_address_changes_nothing(client: Client, trainer: User) -> None:
    turn = at_desk(client, made(trainer))
    response = client.get(f"/seat/desk/{turn.dossier_id}/language", {"language": "id"})
    assert response.headers["Location"] == "/seat/desk"
    turn.seat.refresh_from_db()
    assert turn.seat.language == "en"


def token(shown: str) -> str:
    found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', shown)
    assert found
    return found[1]


@pytest.mark.parametrize("leaves", [True, False])
def test_what_one_trainee_entered_is_not_shown_to_the_next_at_the_same_computer(
    client: Client, trainer: User, leaves: bool
) -> None:
    sitting = made(trainer, BlockPlan(1, 0))
    turn = at_desk(client, sitting)
    switched(client, turn, "en", reason="written by Ayu")
    if leaves:
        client.post("/seat/leave")
    budi = joined(client, sitting, "Budi")
    assert turn_of(budi).dossier_id == turn.dossier_id
    assert "written by Ayu" not in page(client.get("/seat/desk"))
