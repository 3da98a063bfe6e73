"""The language of the console: chosen by anybody, kept by the browser and by the seat, and never lost."""

import pytest
from django.contrib.auth.models import User
from django.test import Client

from console.web.access import SEAT
from console.web.classroom.models import Sitting
from console.web.classroom.seats import take_seat

LANGUAGE = "/language/"
ENGLISH, INDONESIAN = "Join a class", "Bergabung dengan kelas"


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [("id", INDONESIAN), ("id-ID,en;q=0.5", INDONESIAN), ("de,en;q=0.5", ENGLISH), ("", ENGLISH)],
)
def test_before_anybody_chooses_the_browser_does(client: Client, db: None, asked: str, sentence: str) -> None:
    page = client.get("/", headers={"accept-language": asked})
    assert sentence in page.text
    assert page.headers["Content-Language"] == ("id" if sentence == INDONESIAN else "en")
    assert f'<html lang="{page.headers["Content-Language"]}">' in page.text


def test_a_choice_outweighs_the_browser_and_lasts_a_year(client: Client, db: None) -> None:
    response = client.post(LANGUAGE, {"language": "id", "next": "/sign-in/?next=/home/"})
    assert response.headers["Location"] == "/sign-in/?next=/home/"
    cookie = response.cookies["language"]
    assert cookie.value == "id"
    assert (cookie["samesite"], cookie["httponly"], cookie["max-age"]) == ("Lax", True, 365 * 24 * 60 * 60)
    assert INDONESIAN in client.get("/", headers={"accept-language": "en"}).text


def test_a_trainer_switches_there_and_back(client: Client, trainer: User) -> None:
    client.force_login(trainer)
    for language, sentence in (("id", "Sesi saya"), ("en", "My sittings")):
        client.post(LANGUAGE, {"language": language, "next": "/home/"})
        assert sentence in client.get("/home/").text


def test_the_seat_that_a_browser_holds_keeps_the_language_too(client: Client, sitting: Sitting) -> None:
    seat = take_seat(sitting, "Sari", "en").seat
    other = take_seat(sitting, "Dewi", "en").seat
    session = client.session
    session[SEAT] = str(seat.pk)
    session.save()
    client.post(LANGUAGE, {"language": "id"})
    seat.refresh_from_db()
    other.refresh_from_db()
    assert (seat.language, other.language) == ("id", "en")
    assert "Kembali ke kursi saya" in client.get("/").text


@pytest.mark.parametrize(
    "following", ["https://elsewhere.invalid/", "//elsewhere.invalid", "javascript:alert(1)", "", "\\\\x"]
)
def test_nobody_is_sent_to_another_host_by_choosing_a_language(
    client: Client, db: None, following: str
) -> None:
    assert client.post(LANGUAGE, {"language": "en", "next": following}).headers["Location"] == "/"


@pytest.mark.parametrize("language", ["", "de", "en\r\nSet-Cookie: a=b", "id" * 500])
def test_a_language_that_we_do_not_speak_is_refused(client: Client, db: None, language: str) -> None:
    response = client.post(LANGUAGE, {"language": language, "next": "/"})
    assert response.status_code == 400
    assert "language" not in response.cookies


def test_following_a_link_changes_no_language(client: Client, db: None) -> None:
    assert client.get(LANGUAGE, {"language": "id"}).status_code == 405


def test_after_an_answer_to_a_form_the_switch_leads_to_the_page_before_it(
    client: Client, trainer: User
) -> None:
    """The address of a form that only takes what is sent has no page to come back to."""
    sent = {"username": "trainer", "password": "wrong"}
    page = client.post("/sign-in/", sent, headers={"referer": "http://testserver/sign-in/?next=/home/"})
    assert 'name="next" value="http://testserver/sign-in/?next=/home/"' in page.text
