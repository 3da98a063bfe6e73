"""A trainer's way in a real browser: from the gallery to a grid that moves while the class works."""

import os
from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from console.web.classroom.models import Decision, Seat, Sitting
from console.web.classroom.seats import take_seat
from console.web.classroom.sittings import open_sitting
from console.web.classroom.turns import Answer, current_turn, decide, opened
from console.web.gallery import views
from console.web.sittings.making import BlockPlan, SittingPlan, created
from console.web.sittings.rosters import Expected
from tests.web.few_cases import few_cases
from tests.web.watched import OPEN_ALL, TOO_WIDE, watched

pytestmark = pytest.mark.browser

# The browser's driver keeps a loop in this thread; the database is asked beside it, not in it.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")


@pytest.fixture
def console(
    page: Page, client: Client, trainer: User, live_server: LiveServer, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Page]:
    """The console in a browser whose trainer is signed in; it may ask nobody else for anything."""
    monkeypatch.setattr(views, "case_maker", lambda: few_cases)
    client.force_login(trainer)
    session = client.cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
    with watched(page, lambda url: url.startswith(live_server.url)) as opened_page:
        opened_page.goto(f"{live_server.url}/scenarios/?place=office")
        yield opened_page


def decide_next(seat: Seat) -> None:
    turn = current_turn(Seat.objects.select_related("sitting").get(pk=seat.pk))
    assert turn is not None
    decide(opened(turn), Answer(Decision.Action.PROCEED, Decision.Confidence.SURE))


def test_from_the_gallery_to_a_grid_that_moves_while_the_class_decides(console: Page) -> None:
    console.get_by_role("link", name="New sitting of “Phnom Penh, July 2022”").click()
    console.get_by_label("Title").fill("Kelas pagi")
    console.get_by_role("button", name="Take block 3 away").click()
    expect(console.locator("fieldset.block")).to_have_count(2)
    console.get_by_role("button", name="Make the sitting").click()
    expect(console.get_by_role("heading", name="Kelas pagi")).to_be_visible()
    page_of_sitting = console.url
    sitting = Sitting.objects.get()

    console.get_by_role("link", name="Show on the projector").click()
    expect(console.locator(".giant-code")).to_have_text(f"{str(sitting.code)[:3]} {str(sitting.code)[3:]}")
    seat = take_seat(sitting, "Ayu", "en").seat
    expect(console.locator(".seat-count")).to_contain_text("Joined: 1")

    console.goto(page_of_sitting)
    console.get_by_role("button", name="Open the sitting").click()
    row = console.get_by_role("row", name="Ayu")
    expect(row.locator(".done")).to_have_count(0)
    decide_next(seat)
    expect(row.locator(".done")).to_have_count(1)
    decide_next(seat)
    expect(row.locator(".done")).to_have_count(2)

    console.get_by_role("link", name="Close the sitting").click()
    console.get_by_role("button", name="Close it").click()
    console.get_by_role("link", name="Reveal the answers to the class").click()
    console.get_by_role("button", name="Reveal them").click()
    expect(console.get_by_role("link", name="Class debrief")).to_be_visible()


def test_the_button_says_that_dossiers_are_being_drawn(console: Page) -> None:
    console.goto(console.url.split("?")[0] + "phnom_penh_2022/new-sitting/")
    console.evaluate("addEventListener('submit', (event) => event.preventDefault())")
    console.get_by_role("button", name="Add a block").click()
    expect(console.get_by_role("button", name="Add a block")).to_be_visible()
    console.get_by_role("button", name="Make the sitting").click()
    expect(console.get_by_role("button", name="Drawing the dossiers …")).to_have_attribute(
        "aria-disabled", "true"
    )


def test_a_page_follows_a_step_that_was_taken_elsewhere(console: Page, trainer: User) -> None:
    sitting = filled(trainer)
    console.goto(address(console, "sitting", sitting))
    expect(console.get_by_role("button", name="Open the sitting")).to_be_visible()
    open_sitting(sitting)
    expect(console.get_by_role("link", name="Close the sitting")).to_be_visible()


def test_the_grid_stays_where_it_was_scrolled_to_when_a_newer_one_comes(console: Page, trainer: User) -> None:
    sitting = filled(trainer, seats=40)
    open_sitting(sitting)
    console.goto(address(console, "sitting", sitting))
    grid = console.locator("#class-grid")
    grid.evaluate("(grid) => grid.scrollTo(0, 300)")
    decide_next(sitting.seats.all()[0])
    expect(console.get_by_text("1 of 320")).to_be_visible()
    assert grid.evaluate("(grid) => grid.scrollTop") == 300


@pytest.mark.parametrize(("width", "language"), [(360, "id"), (1440, "en")])
def test_every_page_fits_and_is_read_aloud_well(
    console: Page, trainer: User, width: int, language: str
) -> None:
    server = "/".join(console.url.split("/")[:3])
    console.context.add_cookies([{"name": "language", "value": language, "url": server}])
    console.set_viewport_size({"width": width, "height": 800})
    lobby, working = filled(trainer), filled(trainer)
    open_sitting(working)
    decide_next(working.seats.all()[0])
    pages = [server + reverse("gallery"), server + reverse("scenario", args=["baseline_year"])]
    pages.append(server + reverse("new_sitting", args=["baseline_year"]))
    pages += [address(console, name, lobby) for name in ("sitting", "projector", "roster", "delete_sitting")]
    pages += [address(console, name, working) for name in ("sitting", "projector", "close")]
    for page in pages:
        console.goto(page)
        console.evaluate(OPEN_ALL)
        assert console.evaluate(TOO_WIDE) <= 0, page
        assert objections(console) == [], page


def filled(trainer: User, seats: int = 3) -> Sitting:
    """Return a sitting in its lobby with a roster and some seats."""
    roster = [Expected(f"Trainee {number}", "4711") for number in range(seats)]
    plan = SittingPlan("phnom_penh_2022", "Kelas A", [BlockPlan(4, 50)] * 2, minutes=30, roster=roster)
    sitting = created(plan, trainer, few_cases)
    for one in roster:
        take_seat(sitting, one.nickname, "en", one.pin)
    return sitting


def address(page: Page, name: str, sitting: Sitting) -> str:
    return "/".join(page.url.split("/")[:3]) + reverse(name, args=[sitting.pk])


def objections(page: Page) -> list[Any]:
    """Return what axe objects to, by rule and element."""
    found = Axe().run(page).response["violations"]
    return [(one["id"], [node["html"] for node in one["nodes"]]) for one in found]
