"""Every page of every role, with something on it: axe objects to nothing serious, and a phone is wide enough."""

from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page
from pytest_django.live_server_helper import LiveServer

from tests.web.pages import LANGUAGES, WIDTHS, Shown, opened, pages
from tests.web.watched import OPEN_ALL, TOO_WIDE
from tests.web.workbench.finished import finished_runs

pytestmark = [pytest.mark.browser, pytest.mark.slow]

SAME_TITLE = {
    # Where a page says the same thing of another sitting, or at another step of the same one.
    "home_of_a_beginner",
    "gallery_of_nothing",
    "join_with_code",
    "looking_back_early",
    "desk_second_round",
}
HEADINGS = """[...document.querySelectorAll('h1, h2, h3, h4, h5, h6')]
    .filter((heading) => heading.checkVisibility()).map((heading) => Number(heading.tagName[1]))"""
UNLABELLED = """[...document.querySelectorAll('input:not([type=hidden]), select, textarea, button')]
    .filter((control) => control.checkVisibility())
    .filter((control) => !(control.labels?.length || control.textContent.trim() || control.ariaLabel
        || control.getAttribute('aria-labelledby')))
    .map((control) => control.outerHTML)"""
FOCUSED = """() => {
    const now = document.activeElement;
    const style = getComputedStyle(now);
    const around = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2;
    return [now.tagName, around || style.boxShadow !== 'none' ? '' : now.outerHTML];
}"""
TABS = 6
"""Elements of each page whose focus is looked at, from the first."""


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page that lets axe in, which the console's own policy does not."""
    with browser.new_context(bypass_csp=True) as context:
        yield context.new_page()


def test_every_page_can_be_read_by_everybody(
    page: Page, live_server: LiveServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    runs = finished_runs(tmp_path / "runs")
    monkeypatch.setenv("SARING_RUNS", str(runs))
    all_pages = pages(runs)
    wrong: list[tuple[str, Any]] = []
    for language in LANGUAGES:
        titles = []
        for shown in all_pages:
            for width in WIDTHS:
                opened(page, live_server.url, shown, language, width)
                wrong += [(f"{shown.name} {language} {width}", found) for found in faults(page, language)]
            titles.append(page.title())
        wrong += [(language, title) for title in repeated(titles, all_pages)]
    assert wrong == []


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
    yield from page.evaluate(UNLABELLED)
    for found in Axe().run(page).response["violations"]:
        if found["impact"] in {"serious", "critical"}:
            yield (found["id"], [node["html"] for node in found["nodes"][:3]])


def unseen_focus(page: Page) -> Iterator[str]:
    """Yield the elements that get the focus without showing it."""
    for _ in range(TABS):
        page.keyboard.press("Tab")
        tag, unseen = page.evaluate(FOCUSED)
        if tag != "BODY" and unseen:
            yield f"focus is not seen: {unseen}"


def repeated(titles: list[str], all_pages: list[Shown]) -> list[str]:
    """Return titles of more than one page; a sitting's own pages share its title at each state."""
    own = [
        (shown.address.partition("?")[0], title)
        for shown, title in zip(all_pages, titles, strict=True)
        if shown.name not in SAME_TITLE
    ]
    return [title for title, times in Counter(title for _, title in set(own)).items() if times > 1]
