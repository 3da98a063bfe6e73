"""Every page of every role, with something on it: axe objects to nothing, and a phone is wide enough.

The database is filled once for all cases; each case looks at one family of pages in one language.
"""

import os
import re
from collections.abc import Iterator
from html import unescape
from itertools import groupby, pairwise
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.core.management import call_command
from django.test import override_settings
from playwright.sync_api import Browser, Page
from pytest_django import DjangoDbBlocker
from pytest_django.live_server_helper import LiveServer

from tests.web.pages import FAMILIES, LANGUAGES, WIDTHS, Shown, opened, pages
from tests.web.watched import OPEN_ALL, TOO_WIDE
from tests.web.workbench.finished import finished_runs

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db]

AXE = {"resultTypes": ["violations"], "rules": {"target-size": {"enabled": True}}}
"""All that axe asks for by itself, and the smallest target of WCAG 2.2, which it leaves out."""

NARROWEST = 320
"""Pixels that a page may be as narrow as without scrolling sideways (WCAG 2.2, 1.4.10)."""

HEADINGS = """[...document.querySelectorAll('h1, h2, h3, h4, h5, h6')]
    .filter((heading) => heading.checkVisibility()).map((heading) => Number(heading.tagName[1]))"""
UNLABELLED = """[...document.querySelectorAll('input:not([type=hidden]), select, textarea, button')]
    .filter((control) => control.checkVisibility())
    .filter((control) => !(control.labels?.length || control.textContent.trim() || control.ariaLabel
        || control.getAttribute('aria-labelledby')))
    .map((control) => control.outerHTML)"""
SMALL = """[...document.querySelectorAll('.button, .choice, .tab, summary, .top a, .top button, select, textarea,'
        + 'input:not([type=hidden], .choice *)')]
    .filter((control) => control.checkVisibility() && !control.closest('.visually-hidden'))
    .filter((control) => (control.closest('label') ?? control).getBoundingClientRect().height < 43.5)
    .map((control) => control.outerHTML)"""
FOCUSED = """() => {
    const now = document.activeElement;
    const style = getComputedStyle(now);
    const around = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2;
    return [now.tagName, around || style.boxShadow !== 'none' ? '' : now.outerHTML];
}"""
MOVING = """[...document.querySelectorAll('*')].filter((one) => {
    const style = getComputedStyle(one);
    const lasts = (style.animationName === 'none' ? '0s' : style.animationDuration) + ',' + style.transitionDuration;
    return style.scrollBehavior === 'smooth' || lasts.split(',').some((time) => parseFloat(time) > 0.01);
}).map((one) => one.outerHTML.slice(0, 200))"""
LARGER_TEXT = "document.documentElement.style.fontSize = '200%'"
LARGEST = 30
"""Seats of the largest class here: what axe takes grows with the cells of its grid."""

TABS = 6
"""Elements of each page whose focus is looked at, from the first."""

TITLE = re.compile(r"<title>(.*?)</title>", re.DOTALL)


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return finished_runs(tmp_path_factory.mktemp("runs"))


@pytest.fixture(scope="module")
def console(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[str]:
    """A console for all tests of this file, and not for one alone as `live_server` is; empty afterwards."""
    with django_db_blocker.unblock(), override_settings(ROOT_URLCONF="tests.web.error_urls"):
        server = LiveServer("localhost")
        yield server.url
        server.stop()
        call_command("flush", interactive=False, verbosity=0)


@pytest.fixture(scope="module")
def shown(console: str, runs: Path) -> Iterator[list[Shown]]:
    """All pages, with something on them."""
    told = os.environ.get("SARING_RUNS")
    yield pages(runs, largest=LARGEST)
    if told is None:
        os.environ.pop("SARING_RUNS", None)
    else:
        os.environ["SARING_RUNS"] = told


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page that lets axe in, which the console's own policy does not."""
    with browser.new_context(bypass_csp=True) as context:
        yield context.new_page()


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_can_be_read_by_everybody(
    page: Page, console: str, shown: list[Shown], language: str, family: str
) -> None:
    wrong: list[tuple[str, Any]] = []
    for one in _of(family, shown):
        for width in WIDTHS:
            opened(page, console, one, language, width)
            wrong += [
                (f"{one.name} {language} {width}", found) for found in faults(page, _spoken(one, language))
            ]
    assert wrong == []


@pytest.mark.parametrize("family", FAMILIES)
def test_every_page_keeps_its_width_with_larger_text_and_on_the_narrowest_screen(
    page: Page, console: str, shown: list[Shown], family: str
) -> None:
    wrong = []
    for one in _of(family, shown):
        opened(page, console, one, "id", NARROWEST).evaluate(OPEN_ALL)
        wrong += [f"{one.name} at {NARROWEST} pixels"] * (page.evaluate(TOO_WIDE) > 0)
        page.set_viewport_size({"width": WIDTHS[-1], "height": 900})
        page.evaluate(LARGER_TEXT)
        wrong += [f"{one.name} with text twice as large"] * (page.evaluate(TOO_WIDE) > 0)
    assert wrong == []


@pytest.mark.parametrize("family", FAMILIES)
def test_nothing_moves_for_whoever_asks_for_that(
    page: Page, console: str, shown: list[Shown], family: str
) -> None:
    page.emulate_media(reduced_motion="reduce")
    for one in _of(family, shown)[:3]:
        assert opened(page, console, one, "en", WIDTHS[0]).evaluate(MOVING) == [], one.name


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_two_pages_have_one_title(page: Page, console: str, shown: list[Shown], language: str) -> None:
    titles = sorted((_reader(one), _title(page, console, one, language), _place(one)) for one in shown)
    for named, found in groupby(titles, key=lambda one: one[:2]):
        assert len({place for _, _, place in found}) == 1, named


def faults(page: Page, language: str) -> Iterator[Any]:
    """Yield what is wrong with an open page."""
    yield from unseen_focus(page)
    page.evaluate(OPEN_ALL)
    if page.evaluate(TOO_WIDE) > 0:
        yield "scrolls sideways"
    if page.locator("html").get_attribute("lang") != language:
        yield "says that it is in another language"
    levels = page.evaluate(HEADINGS)
    if levels.count(1) != 1 or any(later > before + 1 for before, later in pairwise(levels)):
        yield ("headings", levels)
    yield from (("unlabelled", control) for control in page.evaluate(UNLABELLED))
    yield from (("smaller than a finger", control[:300]) for control in page.evaluate(SMALL))
    for found in Axe().run(page, options=AXE).response["violations"]:
        yield (found["id"], found["impact"], [node["html"][:300] for node in found["nodes"][:3]])


def unseen_focus(page: Page) -> Iterator[str]:
    """Yield the elements that get the focus without showing it."""
    for _ in range(TABS):
        page.keyboard.press("Tab")
        tag, unseen = page.evaluate(FOCUSED)
        if tag != "BODY" and unseen:
            yield f"focus is not seen: {unseen}"


def _of(family: str, shown: list[Shown]) -> list[Shown]:
    found = [one for one in shown if one.family == family]
    assert found, "a family has pages"
    return found


def _spoken(shown: Shown, language: str) -> str:
    """Return the language of a page: a projector speaks its class's, and not that of whoever started it."""
    return "id" if "projector" in shown.name else language


def _title(page: Page, console: str, shown: Shown, language: str) -> str:
    cookies = "; ".join(
        filter(None, [f"language={language}", shown.session and f"sessionid={shown.session}"])
    )
    answer = page.request.get(console + shown.address, headers={"Cookie": cookies})
    return unescape(TITLE.findall(answer.text())[0].strip())


def _reader(shown: Shown) -> str:
    """Return for whom a page is; a trainer and a trainee may see two pages of one dossier."""
    return "seat" if shown.address.startswith(("/seat/", "/debrief/profile/")) else "console"


def _place(shown: Shown) -> str:
    """Return where a page stands; that of a seat or of one's own is the same page for everybody."""
    return shown.address.partition("?")[0]
