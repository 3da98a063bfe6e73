"""The page of stress tests in a real browser: nothing fetched, nothing too wide, one language at a time."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page

from screening.evaluation.pages.html_stress import write_stress_html
from tests.web.stress_sample import sample
from tests.web.watched import OPEN_ALL, TOO_WIDE, watched

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> str:
    path: Path = tmp_path_factory.mktemp("stress") / "stress.html"
    write_stress_html(sample(), path)
    return path.as_uri()


@pytest.fixture
def stress(page: Page, address: str) -> Iterator[Page]:
    """The page opened from its file; fails if it complains or asks anybody for anything."""
    with watched(page, lambda url: url == address) as opened:
        opened.goto(address)
        yield opened


@pytest.mark.parametrize("language", ["en", "id"])
@pytest.mark.parametrize("width", [360, 1440, pytest.param(768, marks=pytest.mark.slow)])
def test_nothing_overflows_sideways(stress: Page, width: int, language: str) -> None:
    stress.set_viewport_size({"width": width, "height": 900})
    stress.locator(f"label[for='in-{language}']").click()
    stress.evaluate(OPEN_ALL)
    assert stress.evaluate(TOO_WIDE) == 0


def test_the_overview_leads_to_every_test(stress: Page) -> None:
    links = stress.locator("[role=navigation] a").all()
    assert len(links) == len(sample()["findings"])
    for link in links:
        link.click()
        wanted = (link.get_attribute("href") or "")[1:]
        assert stress.evaluate(f"document.getElementById('{wanted}-title').getBoundingClientRect().top > 20")


def test_the_switch_shows_one_language_at_a_time(stress: Page) -> None:
    heading = stress.locator("#curve-title")
    assert heading.inner_text() == "Title of curve"
    stress.locator("label[for='in-id']").click()
    assert heading.inner_text() == "[Title of curve]"
    assert stress.evaluate("document.documentElement.lang") == "id"
