"""What is sent to the console: forms with a token of ours, cookies for no script, uploads that are data only."""

from collections.abc import Callable
from typing import Any

import pytest
from django.conf import LazySettings
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http.multipartparser import MultiPartParser
from django.test import Client
from django.urls import reverse

from console.web.access import SEAT
from console.web.classroom.models import Decision, Seat, Sitting
from console.web.classroom.nicknames import LONGEST_NICKNAME
from console.web.classroom.sittings import close_sitting, open_sitting
from console.web.classroom.turns import Answer, current_turn, decide
from tests.web.conftest import PASSWORD
from tests.web.security.addresses import filled, form_for, patterns, places
from tests.web.security.roles import classroom, copied, rows

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("folders")]

NEW_SITTING = "/scenarios/phnom_penh_2022/new-sitting/"


def test_every_form_needs_the_token_of_one_of_our_pages() -> None:
    room = classroom("open")
    values = {**places(room.sitting, room.seat), "<str:name>": "point.toml"}
    before = rows()
    for role in ("anonymous", "seat", "trainer", "researcher"):
        for pattern in patterns():
            strict = copied(room.browsers[role], enforce_csrf_checks=True)
            answer = strict.post(filled(pattern, values), form_for(pattern, room.sitting))
            assert answer.status_code == 403, (role, pattern)
    assert rows() == before


@pytest.mark.parametrize(
    ("origin", "status"), [("http://testserver", 302), ("http://elsewhere.example", 403)]
)
def test_a_token_counts_for_a_form_of_this_host_alone(sitting: Sitting, origin: str, status: int) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.get(f"/seat/join/{sitting.code}")
    form = {"code": sitting.code, "nickname": "Ayu", "language": "en"}
    form["csrfmiddlewaretoken"] = strict.cookies["csrftoken"].value
    assert strict.post("/seat/join", form, headers={"Origin": origin}).status_code == status


def joining(client: Client, sitting: Sitting) -> None:
    client.post("/seat/join", {"code": sitting.code, "nickname": "Ayu", "language": "en"})


def signing_in(client: Client, _: Sitting) -> None:
    client.post("/sign-in/", {"username": "trainer", "password": PASSWORD})


@pytest.mark.parametrize("entering", [joining, signing_in])
def test_a_login_state_that_was_planted_opens_nothing(
    client: Client, sitting: Sitting, entering: Callable[[Client, Sitting], None]
) -> None:
    session = client.session
    session["planted"] = True
    session.save()
    planted = session.session_key
    assert planted is not None
    client.cookies["sessionid"] = planted
    entering(client, sitting)
    assert client.cookies["sessionid"].value != planted
    thief = Client()
    thief.cookies["sessionid"] = planted
    assert thief.get("/seat/").status_code == thief.get("/home/").status_code == 302
    assert SEAT not in thief.session


def test_no_script_reads_a_cookie_and_no_other_site_sends_one(client: Client, sitting: Sitting) -> None:
    for enter in (joining, signing_in):
        enter(client, sitting)
    client.post("/language/", {"language": "id"})
    assert {"sessionid", "seat", "language"} <= set(client.cookies)
    for name, cookie in client.cookies.items():
        assert cookie["samesite"] == "Lax", name
        assert cookie["httponly"] or name == "csrftoken", name
        assert not cookie["domain"], name


@pytest.mark.parametrize("host", ["elsewhere.example", "localhost.elsewhere.example", "a b", "x@localhost"])
def test_another_host_is_refused_and_not_repeated(
    client: Client, sitting: Sitting, settings: LazySettings, host: str
) -> None:
    settings.ALLOWED_HOSTS = ["localhost"]
    assert client.get("/", headers={"Host": "localhost"}).status_code == 200
    for address in ("/", "/sign-in/", f"/seat/join/{sitting.code}"):
        answer = client.get(address, headers={"Host": host})
        assert answer.status_code == 400
        assert host not in answer.text


@pytest.mark.parametrize("address", ["/", "/seat/join", "/sign-in/", NEW_SITTING, "/language/"])
def test_nobody_fills_the_disk_with_an_upload(
    client: Client, trainer: User, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    """It is refused by its announced size, before anything of it is read."""
    monkeypatch.setattr(MultiPartParser, "parse", lambda _: pytest.fail("it is read"))
    answer = client.post(address, {"roster_file": SimpleUploadedFile("roster.csv", b"x" * 1_100_000)})
    assert answer.status_code == 400
    assert "default-src 'self'" in answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    "content",
    [
        bytes(range(256)) * 20,
        b"\x80\x04\x95\x10\x00\x00\x00\x00\x00\x00\x00\x8c\x05posix",
        b"PK\x03\x04" + b"\xff" * 100,
        b"Ayu\x00Budi\n",
        b"a" * 200_000,
    ],
    ids=["bytes", "pickle", "zip", "nul", "large"],
)
def test_a_roster_that_is_no_small_text_makes_no_sitting(
    client: Client, trainer: User, content: bytes
) -> None:
    client.force_login(trainer)
    answer = client.post(NEW_SITTING, with_roster(content))
    assert answer.status_code == 200
    assert "roster" in answer.text
    assert not Sitting.objects.exists()


def with_roster(content: bytes) -> dict[str, Any]:
    form = form_for("/scenarios/<slug:scenario_id>/new-sitting/", Sitting(title="Class", code="BCDFGH"))
    return {**form, "roster_file": SimpleUploadedFile("roster.csv", content)}


def test_formulas_and_markup_of_a_roster_are_names_and_nothing_else(client: Client, trainer: User) -> None:
    client.force_login(trainer)
    names = ["=HYPERLINK('http://elsewhere.example')", "<img src=x onerror=x>", "@SUM(A1)"]
    client.post(NEW_SITTING, with_roster("\n".join(names).encode()))
    sitting = Sitting.objects.get()
    assert set(sitting.roster.values_list("nickname", flat=True)) == set(names)
    printed = client.get(reverse("roster", args=[sitting.pk])).text
    assert "<img src=x" not in printed
    assert "&lt;img src=x" in printed


HOSTILE = {
    "<script>x</script>": "&lt;script&gt;x&lt;/script&gt;",
    "'\"><b>": "&#x27;&quot;&gt;&lt;b&gt;",
    "=1+cmd|'/c x'!A1": "=1+cmd|&#x27;/c x&#x27;!A1",
    "\u202eipaB\u2066\u200b\x07": "ipaB",
    "{{ 7*7 }}{% now %}": "{{ 7*7 }}{% now %}",
    "a" * 10_000: "a" * LONGEST_NICKNAME,
}


@pytest.mark.parametrize(("nickname", "shown"), HOSTILE.items(), ids=range(len(HOSTILE)))
def test_a_nickname_is_text_wherever_it_stands(
    client: Client, trainer: User, sitting: Sitting, nickname: str, shown: str
) -> None:
    client.post("/seat/join", {"code": sitting.code, "nickname": nickname, "language": "en"})
    seat = Seat.objects.get()
    open_sitting(sitting)
    pages = [client.get("/seat/").text, client.get("/").text]
    decide_first(seat)
    teacher = Client()
    teacher.force_login(trainer)
    own = reverse("sitting", args=[sitting.pk])
    pages += [teacher.get(f"{own}{part}").text for part in ("", "grid/", "projector/?names=yes")]
    pages.append(teacher.get(f"{own}seats/{seat.pk}/remove/").text)
    assert [shown in page for page in pages] == [True] * len(pages)
    assert not [page for page in pages if shown != nickname and nickname in page]
    close_sitting(sitting)
    table = b"".join(teacher.get(f"/materials/{sitting.pk}/decisions.csv?names=1")).decode()
    assert ("'=1+cmd" in table) == nickname.startswith("=")
    assert ",=" not in table


def decide_first(seat: Seat) -> None:
    turn = current_turn(Seat.objects.select_related("sitting").get(pk=seat.pk))
    assert turn is not None
    decide(turn, Answer(Decision.Action.PROCEED, Decision.Confidence.SURE))
