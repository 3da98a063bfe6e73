"""The projector's page tells a class how to join, in letters and as a QR code of the right address."""

import re
from collections.abc import Iterator
from datetime import timedelta
from xml.etree import ElementTree as ET

import pytest
import segno
from django.contrib.auth.models import User
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone

from console.web.classroom.models import Sitting
from console.web.classroom.seats import take_seat
from console.web.classroom.sittings import close_sitting, open_sitting, reveal_sitting
from console.web.sittings.addresses import host_of, is_loopback, join_address, offered_hosts

ANSWERS_TO = ["localhost", "127.0.0.1", "[::1]", "classroom.example", "192.168.1.20", "[fd00::5]"]


@pytest.fixture(autouse=True)
def hosts(settings: object) -> None:
    settings.ALLOWED_HOSTS = ANSWERS_TO  # type: ignore[attr-defined]


@pytest.fixture
def signed_in(client: Client, trainer: User) -> Client:
    client.force_login(trainer)
    return client


def shown(client: Client, sitting: Sitting, host: str = "192.168.1.20:8000", **asked: str) -> str:
    found = client.get(reverse("projector", args=[sitting.pk]), asked, headers={"host": host})
    assert found.status_code == 200
    return found.content.decode()


def modules_of(page: str) -> list[list[bool]]:
    """Return the dark and light modules that a page's QR code draws, its quiet zone left out."""
    picture = ET.fromstring(re.findall(r"<svg.*?</svg>", page, re.DOTALL)[0])
    size = int(picture.attrib["viewBox"].split()[2])
    path = next(element for element in picture.iter() if "stroke" in element.attrib)
    dark = [[False] * size for _ in range(size)]
    column, row = 0.0, 0.0
    for letter, numbers in re.findall(r"([Mmh])([^Mmh]*)", path.attrib["d"]):
        values = [float(value) for value in re.findall(r"-?\d*\.?\d+", numbers)]
        if letter == "h":
            for place in range(int(column), int(column + values[0])):
                dark[int(row)][place] = True
            column += values[0]
        elif letter == "M":
            column, row = values
        else:
            column, row = column + values[0], row + values[1]
    return [line[4:-4] for line in dark[4:-4]]


def test_the_qr_code_is_that_of_the_address_to_join(signed_in: Client, sitting: Sitting) -> None:
    page = shown(signed_in, sitting)
    expected = f"http://192.168.1.20:8000/seat/join/{sitting.code}"
    matrix = segno.make(expected, error="m", micro=False).matrix
    assert modules_of(page) == [[bool(module) for module in row] for row in matrix]
    assert f"QR code of {expected}" in page
    other = segno.make(expected.replace("20", "21"), error="m", micro=False).matrix
    assert modules_of(page) != [[bool(module) for module in row] for row in other]


def test_a_host_that_is_typed_goes_into_address_and_code(signed_in: Client, sitting: Sitting) -> None:
    page = shown(signed_in, sitting, host="127.0.0.1:8000")
    assert "Phones cannot open 127.0.0.1:8000." in page
    assert '<a class="button" href="?host=192.168.1.20%3A8000">192.168.1.20:8000</a>' in page
    typed = signed_in.get(
        reverse("projector", args=[sitting.pk]),
        {"host": "http://192.168.1.20:8000/"},
        headers={"host": "127.0.0.1:8000"},
    ).content.decode()
    assert f"http://192.168.1.20:8000/seat/join/{sitting.code}" in typed
    assert "Phones cannot open" not in typed


@pytest.mark.parametrize(
    ("typed", "host"),
    [
        ("", "127.0.0.1:8000"),
        ("192.168.1.20", "192.168.1.20:8000"),
        (" Classroom.Example:9000 ", "classroom.example:9000"),
        ("https://classroom.example/x", "classroom.example:8000"),
        ("[fd00::5]:8000", "[fd00::5]:8000"),
        ("evil.example", None),
        ("192.168.1.20:8000@evil.example", None),
        ('"><script>', None),
        ("javascript:alert(1)", None),
    ],
)
def test_only_a_name_that_the_console_answers_to_is_shown(typed: str, host: str | None) -> None:
    request = RequestFactory().get("/", headers={"host": "127.0.0.1:8000"})
    assert host_of(request, typed) == host


def test_a_name_that_is_refused_is_named_and_escaped(signed_in: Client, sitting: Sitting) -> None:
    page = signed_in.get(
        reverse("projector", args=[sitting.pk]), {"host": "<b>evil"}, headers={"host": "192.168.1.20"}
    ).content.decode()
    assert "does not answer to “&lt;b&gt;evil”" in page
    assert "<b>evil" not in page


def test_addresses_of_other_machines_are_offered_and_loopback_is_not() -> None:
    request = RequestFactory().get("/", headers={"host": "localhost:8000"})
    assert offered_hosts(request) == ["192.168.1.20:8000", "classroom.example:8000", "[fd00::5]:8000"]
    for host in ("localhost", "127.0.0.1:8000", "127.0.1.1", "[::1]:8000"):
        assert is_loopback(host), host
    assert not is_loopback("192.168.1.20")


def test_the_usual_port_is_left_out(sitting: Sitting) -> None:
    request = RequestFactory().get("/", headers={"host": "192.168.1.20"})
    address = join_address(request, sitting, host_of(request, "classroom.example") or "")
    assert address is not None
    assert address.url == f"http://classroom.example/seat/join/{sitting.code}"
    assert address.code.replace(" ", "") == sitting.code


def test_a_code_that_has_expired_is_shown_nowhere(signed_in: Client, sitting: Sitting) -> None:
    Sitting.objects.update(code_expires=timezone.now() - timedelta(seconds=1))
    halves = f"{str(sitting.code)[:3]} {str(sitting.code)[3:]}"
    for name in ("projector", "sitting", "roster"):
        page = signed_in.get(reverse(name, args=[sitting.pk]), headers={"host": "localhost"}).content.decode()
        assert halves not in page
        assert str(sitting.code) not in page
    assert (
        "The code has ended."
        in signed_in.get(
            reverse("sitting", args=[sitting.pk]), headers={"host": "localhost"}
        ).content.decode()
    )


def test_no_names_are_shown_unless_asked_for(signed_in: Client, sitting: Sitting) -> None:
    take_seat(sitting, "Ayu", "id")
    assert "Ayu" not in shown(signed_in, sitting)
    assert "Joined: 1" in shown(signed_in, sitting)
    assert "Ayu" in shown(signed_in, sitting, names="yes")


def test_the_page_goes_along_with_the_sitting(signed_in: Client, sitting: Sitting) -> None:
    open_sitting(sitting)
    assert "Dossiers done: 0 of 0" in shown(signed_in, sitting)
    take_seat(sitting, "Ayu", "id")
    page = shown(signed_in, sitting)
    assert "Dossiers done: 0 of 8" in page
    assert '<progress class="bar class-bar" max="8" value="0"' in page
    assert "<svg" not in page
    close_sitting(sitting)
    assert "Thank you." in shown(signed_in, sitting)
    reveal_sitting(sitting)
    assert "look back" in shown(signed_in, sitting)


def test_a_poll_gets_the_part_that_changes_and_nothing_while_nothing_does(
    signed_in: Client, sitting: Sitting
) -> None:
    address, poll = reverse("projector", args=[sitting.pk]), {"hx-request": "true", "host": "192.168.1.20"}
    part = signed_in.get(address, headers=poll)
    assert part.content.decode().startswith('<div id="projected"')
    seen = part.context["poll"].removeprefix("seen=")
    assert signed_in.get(address, {"seen": seen}, headers=poll).status_code in (204, 200)
    take_seat(sitting, "Ayu", "id")
    again = signed_in.get(address, {"seen": seen}, headers=poll)
    assert (again.status_code, "Joined: 1" in again.content.decode()) == (200, True)


def test_the_class_reads_its_own_language(signed_in: Client, sitting: Sitting) -> None:
    Sitting.objects.update(language="id")
    found = signed_in.get(reverse("projector", args=[sitting.pk]), headers={"host": "192.168.1.20"})
    assert found.headers["Content-Language"] == "id"
    assert "Bergabung: 0" in found.content.decode()


def test_nothing_on_the_page_has_a_style_or_script_of_its_own(signed_in: Client, sitting: Sitting) -> None:
    page = shown(signed_in, sitting)
    assert not re.search(r"<[^>]*\s(?:style|on[a-z]+)=|<style|hx-on", page)
    assert re.findall(r"<script(?![^>]*\ssrc=)", page) == []


@pytest.fixture(autouse=True)
def languages_end_with_the_test() -> Iterator[None]:
    from django.utils import translation

    with translation.override("en"):
        yield
