"""The debrief on a projector: five screens, nothing beside the screen, every table on paper."""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer

from tests.web.debrief.played import ClassPlan, played
from tests.web.pages import Shown, opened
from tests.web.watched import TOO_WIDE

pytestmark = [pytest.mark.browser, pytest.mark.slow]

WIDTH, HEIGHT = 1440, 900
SCREENS = "[...document.querySelectorAll('main .screen')].map((one) => one.getBoundingClientRect().height)"
REST = """document.documentElement.scrollHeight
    - document.querySelector('.all-tables').getBoundingClientRect().top"""
SIDEWAYS = """[...document.querySelectorAll('.table-wide')].filter((one) => one.checkVisibility())
    .filter((one) => one.scrollWidth > one.clientWidth).map((one) => one.ariaLabel)"""
ALL_OPEN = """[...document.querySelectorAll('details > :not(summary)')]
    .every((one) => one.checkVisibility({contentVisibilityAuto: true}))"""
HEADS = """[...document.querySelectorAll('.items thead th')]
    .map((one) => one.getBoundingClientRect().height)"""


@pytest.fixture
def wall(page: Page, live_server: LiveServer, trainer: User, client: Client) -> Callable[[str, str], Page]:
    """Open a page of a played class in a language."""
    sitting = played(trainer, ClassPlan(seats=12), 10)
    client.force_login(trainer)
    session = str(client.cookies["sessionid"].value)

    def at(name: str, language: str) -> Page:
        address = reverse(name, args=[sitting.pk])
        return opened(page, live_server.url, Shown(name, address, session), language, WIDTH)

    return at


@pytest.mark.parametrize("language", ["en", "id"])
def test_the_wall_is_five_screens_and_everything_else_is_folded_below(
    wall: Callable[[str, str], Page], language: str
) -> None:
    page = wall("class_debrief_shown", language)
    screens = page.evaluate(SCREENS)
    assert len(screens) == 5
    assert max(screens) <= HEIGHT
    assert page.evaluate(REST) < HEIGHT / 3, "all tables are closed"
    assert page.evaluate(SIDEWAYS) == []
    assert page.evaluate(TOO_WIDE) <= 0
    folded = page.locator(".all-tables .table-wide")
    assert folded.count() >= 7
    assert not folded.first.is_visible()


@pytest.mark.parametrize("language", ["en", "id"])
def test_on_paper_everything_is_open(wall: Callable[[str, str], Page], language: str) -> None:
    page = wall("class_debrief_shown", language)
    page.emulate_media(media="print")
    assert page.locator("details").count() == 2
    page.wait_for_function(ALL_OPEN)


@pytest.mark.parametrize("language", ["en", "id"])
def test_heads_of_the_table_of_dossiers_stand_on_one_line(
    wall: Callable[[str, str], Page], language: str
) -> None:
    page = wall("class_debrief", language)
    assert max(page.evaluate(HEADS)) < 45
    assert page.evaluate(SIDEWAYS) == []
