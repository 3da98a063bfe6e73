"""The first page: the way into a class first, the way back to one's seat, and what saring is."""

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from console.web.access import SEAT
from console.web.classroom.models import Sitting
from console.web.classroom.seats import remove_seat, take_seat


def test_the_code_that_is_typed_at_the_door_leads_into_the_class(client: Client, sitting: Sitting) -> None:
    page = client.get("/").text
    assert f'<form method="post" action="{reverse("join")}">' in page
    assert 'name="code"' in page
    assert sitting.code is not None
    answer = client.post(reverse("join"), {"code": sitting.code.lower()}, follow=True)
    assert answer.status_code == 200
    assert 'name="nickname"' in answer.text


def test_joining_stands_before_signing_in(client: Client, db: None) -> None:
    page = client.get("/").text
    content = page[page.index("<main") :]
    assert content.index('name="code"') < content.index('href="/sign-in/"')


def test_whoever_holds_a_seat_is_shown_the_way_back_until_it_is_removed(
    client: Client, sitting: Sitting
) -> None:
    seat = take_seat(sitting, "Sari <b>", "en").seat
    session = client.session
    session[SEAT] = str(seat.pk)
    session.save()
    page = client.get("/").text
    assert f'href="{reverse("seat")}"' in page
    assert "Sari &lt;b&gt;" in page
    remove_seat(seat)
    assert f'href="{reverse("seat")}"' not in client.get("/").text


def test_a_trainer_is_led_on(client: Client, trainer: User) -> None:
    client.force_login(trainer)
    page = client.get("/").text
    assert 'class="button" href="/home/"' in page
    assert 'href="/sign-in/"' not in page


@pytest.mark.parametrize(
    ("language", "sentence"),
    [("en", "It decides on nobody"), ("id", "saring tidak memutuskan nasib siapa pun")],
)
def test_it_says_what_saring_does_not_do(client: Client, db: None, language: str, sentence: str) -> None:
    client.cookies["language"] = language
    page = client.get("/").text
    assert sentence in page
    assert page.count("<h1") == 1
