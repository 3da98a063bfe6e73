"""Joining, coming back and leaving: by code, by roster, by cookie and by the key that was noted."""

import pytest
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import User
from django.test import Client

from console.web.access import SEAT
from console.web.classroom import seats
from console.web.classroom.models import RosterEntry, Seat, Sitting
from console.web.classroom.seats import remove_seat
from console.web.classroom.sittings import close_sitting, lock_lobby
from console.web.seats.doors import COOKIE
from tests.web.seats.trainee import joined, made, page


def test_the_code_leads_to_a_name_and_the_name_to_a_seat(client: Client, sitting: Sitting) -> None:
    typed = f"{str(sitting.code)[:3].lower()} {str(sitting.code)[3:]}"
    first = client.post("/seat/join", {"code": typed})
    assert first.headers["Location"] == f"/seat/join/{sitting.code}"
    form = client.get(first.headers["Location"])
    assert "Class A" in page(form)
    joined(client, sitting, key=form.context["key"])
    assert "Welcome, Ayu" in page(client.get("/seat/"))


@pytest.mark.parametrize(("language", "words"), [("en", "Welcome, Ayu"), ("id", "Selamat datang, Ayu")])
def test_a_seat_speaks_the_language_that_was_chosen(
    client: Client, sitting: Sitting, language: str, words: str
) -> None:
    seat = joined(client, sitting, language=language)
    assert seat.language == language
    assert words in page(client.get("/seat/"))


def test_a_qr_code_brings_the_code_along(client: Client, sitting: Sitting) -> None:
    response = client.get(f"/seat/join/{sitting.code}")
    assert f'value="{sitting.code}"' in page(response)
    assert 'name="nickname"' in page(response)


@pytest.mark.parametrize("language", ["en", "id"])
def test_why_somebody_cannot_join_stands_beside_the_field(
    client: Client, sitting: Sitting, language: str
) -> None:
    client.cookies["language"] = language
    joined(Client(), sitting, "Budi")
    for sent, field in [
        ({"code": "BBBBBB"}, "code"),
        ({"code": ""}, "code"),
        ({"code": sitting.code, "nickname": "   "}, "nickname"),
        ({"code": sitting.code, "nickname": "Budi"}, "nickname"),
    ]:
        response = client.post("/seat/join", sent)
        assert response.status_code == 200
        assert f'id="{field}-error"' in page(response), sent
        assert 'aria-invalid="true"' in page(response)


def test_a_locked_lobby_takes_nobody_and_says_so(client: Client, sitting: Sitting) -> None:
    lock_lobby(sitting, locked=True)
    response = client.post("/seat/join", {"code": sitting.code, "nickname": "Ayu"})
    assert "takes nobody new" in page(response)
    assert not Seat.objects.exists()
    assert "takes nobody new" in page(client.get(f"/seat/join/{sitting.code}")), "before a name is typed"


@pytest.mark.parametrize("nickname", ["\u0410yu", "A\u0301\u0302\u0303yu", "\u0301Ayu"])
def test_a_nickname_that_cannot_be_read_is_refused_beside_the_field(
    client: Client, sitting: Sitting, nickname: str
) -> None:
    response = client.post("/seat/join", {"code": sitting.code, "nickname": nickname})
    assert 'id="nickname-error"' in page(response)
    assert "each word of the nickname in one script" in page(response)


def test_a_typo_on_the_wall_that_a_class_loads_again_and_again_keeps_nobody_out(
    client: Client, sitting: Sitting, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(seats, "MOST_CODES", 2)
    for _ in range(30):
        assert "No sitting has this code" in page(client.get("/seat/join/BBBBBB"))
    joined(client, sitting)


def test_a_form_that_is_sent_twice_takes_one_seat(sitting: Sitting) -> None:
    key = Client().get(f"/seat/join/{sitting.code}").context["key"]
    once, twice = Client(), Client()
    assert joined(once, sitting, key=key) == joined(twice, sitting, key=key)
    assert Seat.objects.count() == 1
    assert "Welcome, Ayu" in page(twice.get("/seat/"))


def test_a_key_that_somebody_made_up_takes_no_seat_of_another(client: Client, sitting: Sitting) -> None:
    joined(Client(), sitting)
    response = client.post("/seat/join", {"code": sitting.code, "nickname": "Ayu", "key": "BCDFGHJK2345"})
    assert "has this nickname" in page(response)


def test_a_dropped_phone_comes_back_by_itself(client: Client, sitting: Sitting) -> None:
    joined(client, sitting)
    del client.cookies["sessionid"]
    assert "Welcome, Ayu" in page(client.get("/seat/"))
    assert client.session[SEAT]


def test_the_cookie_is_for_the_seat_and_for_no_script(client: Client, sitting: Sitting) -> None:
    joined(client, sitting)
    cookie = client.cookies[COOKIE]
    assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "Lax", "/seat/")


@pytest.mark.parametrize("cookie", ["", ":", "no-seat:key", f"{'0' * 32}:BCDFGHJK2345", "\x00:\x00"])
def test_a_wrong_cookie_is_as_good_as_none(client: Client, sitting: Sitting, cookie: str) -> None:
    client.cookies[COOKIE] = cookie
    assert client.get("/seat/").headers["Location"] == "/seat/join"


def test_the_noted_key_brings_a_seat_to_another_device(client: Client, sitting: Sitting) -> None:
    seat = joined(client, sitting, language="id")
    noted = client.get("/seat/").context["noted_key"]
    assert noted in page(client.get("/seat/"))
    other = Client()
    response = other.post("/seat/return", {"key": f" {noted.lower()} "}, follow=True)
    assert "Selamat datang, Ayu" in page(response)
    assert other.session[SEAT] == str(seat.pk)


def test_keys_cannot_be_guessed_for_long(
    client: Client, sitting: Sitting, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(seats, "MOST_KEYS", 3)
    joined(client, sitting)
    noted = client.get("/seat/").context["noted_key"]
    stranger = Client(REMOTE_ADDR="10.0.0.9")
    for _ in range(3):
        assert "No seat has this key" in page(stranger.post("/seat/return", {"key": "BCDFGHJK2345"}))
    assert "too many" in page(stranger.post("/seat/return", {"key": noted}))
    assert Client(REMOTE_ADDR="10.0.0.1").post("/seat/return", {"key": noted}).status_code == 302


def test_a_forged_header_does_not_make_another_address(
    sitting: Sitting, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(seats, "MOST_CODES", 3)
    for number in range(4):
        stranger = Client(REMOTE_ADDR="10.0.0.9", HTTP_X_FORWARDED_FOR=f"10.1.0.{number}")
        response = stranger.post("/seat/join", {"code": f"BBBBB{number + 2}"})
    assert "too many" in page(response)


def test_joining_gives_the_login_state_a_new_key(client: Client, sitting: Sitting, trainer: User) -> None:
    client.force_login(trainer)
    before = client.cookies["sessionid"].value
    joined(client, sitting)
    assert client.cookies["sessionid"].value != before


def test_whoever_leaves_a_computer_leaves_nothing_on_it(client: Client, sitting: Sitting) -> None:
    joined(client, sitting)
    noted = client.get("/seat/").context["noted_key"]
    assert noted in page(client.get("/seat/leave"))
    assert "has forgotten the seat" in page(client.post("/seat/leave", follow=True))
    assert SEAT not in client.session
    assert client.cookies[COOKIE].value == ""
    assert Seat.objects.filter(removed_at=None).count() == 1


def test_a_seat_that_was_taken_away_says_so_and_shows_nothing_more(client: Client, sitting: Sitting) -> None:
    seat = joined(client, sitting)
    remove_seat(seat)
    for address in ["/seat/", "/seat/desk", "/seat/waiting", "/seat/looking-back"]:
        assert client.get(address).headers["Location"] == "/seat/join"
    assert "taken this seat away" in page(client.get("/seat/join"))
    assert "taken this seat away" not in page(client.get("/seat/join"))


def test_who_holds_a_seat_is_asked_before_taking_another(client: Client, sitting: Sitting) -> None:
    joined(client, sitting)
    assert "Ayu has a seat in “Class A”" in page(client.get(f"/seat/join/{sitting.code}"))


class TestWithARoster:
    """Names and PINs that the trainer has given out."""

    @pytest.fixture
    def listed(self, sitting: Sitting) -> Sitting:
        RosterEntry.objects.create(sitting=sitting, nickname="Ayu", pin=make_password("4711"))
        return sitting

    def test_a_name_and_its_pin_take_the_seat(self, client: Client, listed: Sitting) -> None:
        assert 'name="pin"' in page(client.get(f"/seat/join/{listed.code}"))
        wrong = client.post("/seat/join", {"code": listed.code, "nickname": "Ayu", "pin": "1"})
        assert 'id="pin-error"' in page(wrong)
        joined(client, listed, pin="4711")

    def test_the_pin_brings_it_back_and_never_makes_a_second(self, client: Client, listed: Sitting) -> None:
        first = joined(client, listed, pin="4711")
        lock_lobby(listed, locked=True)
        other = Client()
        other.post("/seat/join", {"code": listed.code, "nickname": "aYU", "pin": "4711"})
        assert other.session[SEAT] == str(first.pk)
        assert Seat.objects.count() == 1

    def test_a_seat_that_was_taken_away_stays_so(self, client: Client, listed: Sitting) -> None:
        remove_seat(joined(client, listed, pin="4711"))
        response = Client().post("/seat/join", {"code": listed.code, "nickname": "Ayu", "pin": "4711"})
        assert "taken this seat away" in page(response)


def test_a_code_ends_with_its_sitting(client: Client, trainer: User) -> None:
    sitting = made(trainer)
    code = sitting.code
    Sitting.objects.filter(pk=sitting.pk).update(state=Sitting.State.OPEN)
    sitting.refresh_from_db()
    close_sitting(sitting)
    assert "No sitting has this code" in page(client.get(f"/seat/join/{code}"))
