"""The look of the console and its door in a real browser: nothing too wide, nothing that axe objects to."""

import os
from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import LazySettings
from django.contrib.auth.models import User
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from tests.web.conftest import PASSWORD
from tests.web.watched import TOO_WIDE, watched

pytestmark = pytest.mark.browser

# The browser's driver keeps a loop in this thread; the database is asked beside it, not in it.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")

COMPONENTS = "/components/"
TARGETS = """[...document.querySelectorAll('.button, .choice, .tab, summary, .top a, .top button, input:not([type=hidden], .choice *), select')]
    .filter((element) => element.checkVisibility() && element.getBoundingClientRect().height < 44)
    .map((element) => element.outerHTML)"""


@pytest.fixture
def console(page: Page, trainer: User, live_server: LiveServer, settings: LazySettings) -> Iterator[Page]:
    """The console opened in a browser; fails if a page complains or asks another host for anything."""
    settings.ROOT_URLCONF = "tests.web.people.components_urls"
    with watched(page, lambda url: url.startswith(live_server.url)) as opened:
        opened.goto(live_server.url)
        yield opened


def goto(page: Page, address: str) -> None:
    page.goto("/".join(page.url.split("/")[:3]) + address)


def sign_in(page: Page) -> None:
    goto(page, "/sign-in/")
    page.get_by_label("Username").fill("trainer")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()


def objections(page: Page) -> list[Any]:
    """Return what axe objects to, by rule and element."""
    found = Axe().run(page).response["violations"]
    return [(one["id"], [node["html"] for node in one["nodes"]]) for one in found]


@pytest.mark.parametrize("width", [360, pytest.param(768, marks=pytest.mark.slow), 1440])
def test_no_component_is_too_wide_too_small_or_hard_to_read(console: Page, width: int) -> None:
    console.set_viewport_size({"width": width, "height": 900})
    goto(console, COMPONENTS)
    assert console.evaluate(TOO_WIDE) == 0
    assert console.evaluate(TARGETS) == []
    assert objections(console) == []


@pytest.mark.parametrize(("width", "language"), [(360, "id"), (1440, "en")])
def test_the_pages_of_people_fit_and_are_read_aloud_well(console: Page, width: int, language: str) -> None:
    console.set_viewport_size({"width": width, "height": 900})
    for address in ("/", "/sign-in/"):
        goto(console, address)
        assert (console.evaluate(TOO_WIDE), objections(console)) == (0, [])
    sign_in(console)
    if language == "id":
        console.get_by_role("button", name="Bahasa Indonesia").click()
    for address in ("/home/", "/password/"):
        goto(console, address)
        assert (console.evaluate(TOO_WIDE), objections(console)) == (0, [])


def test_a_keyboard_alone_signs_in_switches_the_language_and_signs_out(console: Page) -> None:
    goto(console, "/sign-in/")
    for typed in ("trainer", PASSWORD):
        console.keyboard.type(typed)
        console.keyboard.press("Tab")
    console.keyboard.press("Enter")
    expect(console.get_by_role("heading", level=1)).to_have_text("My sittings")
    console.keyboard.press("Tab")
    expect(console.get_by_role("link", name="Skip to the content")).to_be_focused()
    console.get_by_role("button", name="Bahasa Indonesia").press("Enter")
    expect(console.get_by_role("heading", level=1)).to_have_text("Sesi saya")
    console.get_by_role("button", name="Keluar").press("Enter")
    expect(console.get_by_role("heading", level=1)).to_have_text(
        "Berlatih melihat siapa yang perlu dilindungi"
    )


def test_a_countdown_runs_and_a_question_is_asked_before_sending(console: Page) -> None:
    goto(console, COMPONENTS)
    left = console.locator("[data-seconds-left]")
    expect(left).to_have_text("1:01:13", timeout=5000)
    console.once("dialog", lambda dialog: dialog.dismiss())
    console.get_by_role("button", name="Send").click()
    expect(console.get_by_role("button", name="Send")).to_be_enabled()
    console.once("dialog", lambda dialog: dialog.accept())
    with console.expect_navigation():
        console.get_by_role("button", name="Send").click()
    assert console.url.endswith(COMPONENTS)


def test_paper_shows_what_belongs_on_paper(console: Page) -> None:
    goto(console, COMPONENTS)
    assert not console.locator("#on-paper").is_visible()
    console.emulate_media(media="print")
    assert console.locator("#on-paper").is_visible()
    for name in (".top", ".actions", ".tabs"):
        assert not console.locator(name).first.is_visible()


def test_without_script_a_trainer_signs_in_and_nothing_useless_is_shown(
    browser: Browser, trainer: User, live_server: LiveServer, settings: LazySettings
) -> None:
    settings.ROOT_URLCONF = "tests.web.people.components_urls"
    with browser.new_context(java_script_enabled=False) as context:
        page = context.new_page()
        page.goto(live_server.url)
        sign_in(page)
        expect(page.get_by_role("heading", level=1)).to_have_text("My sittings")
        goto(page, COMPONENTS)
        assert not page.get_by_text("Print", exact=True).is_visible()
