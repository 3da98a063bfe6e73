"""The report in a real browser: nothing fetched, nothing too wide, and the slider tells what was counted."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import cast

import pytest
from playwright.sync_api import BrowserContext, Page

from dossier.texts import Language
from screening.evaluation.pages.html_parts import Point, curve_points
from screening.evaluation.pages.html_report import write_html
from screening.evaluation.texts import number, percent, percents
from tests.web.report_sample import sample
from tests.web.watched import OPEN_ALL, TOO_WIDE, watched

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> str:
    path: Path = tmp_path_factory.mktemp("report") / "report.html"
    write_html(sample(), path)
    return path.as_uri()


@pytest.fixture
def report(page: Page, address: str) -> Iterator[Page]:
    """The report opened from its file; fails if the page complains or asks anybody for anything."""
    with watched(page, lambda url: url == address) as opened:
        opened.goto(address)
        yield opened


@pytest.mark.parametrize("language", ["en", "id"])
@pytest.mark.parametrize(
    "width", [360, 1440, *(pytest.param(width, marks=pytest.mark.slow) for width in (768, 900))]
)
def test_nothing_overflows_sideways(report: Page, width: int, language: str) -> None:
    report.set_viewport_size({"width": width, "height": 900})
    _choose(report, language)
    report.evaluate(OPEN_ALL)
    assert report.evaluate(TOO_WIDE) == 0


def _choose(page: Page, language: str) -> None:
    page.locator(f"label[for='in-{language}']").click()


@pytest.mark.slow
def test_the_contents_lead_to_every_section(report: Page) -> None:
    links = report.locator("nav a").all()
    assert len(links) == report.locator("main section").count()
    for link in links:
        link.click()
        wanted = (link.get_attribute("href") or "")[1:]
        assert report.evaluate("location.hash") == f"#{wanted}"
        assert report.evaluate(f"document.getElementById('{wanted}-title').getBoundingClientRect().top > 20")


def test_marks_and_bars_are_drawn_from_their_shapes(report: Page) -> None:
    """They are drawn once for the whole page and used by reference, which a strict policy must not stop."""
    for mark in ("#words .mark", "#baselines .bar use[href='#mark-lawful']"):
        box = report.locator(mark).first.bounding_box()
        assert box is not None
        assert min(box["width"], box["height"]) > 3


def test_the_switch_shows_one_language_at_a_time(report: Page) -> None:
    heading = report.locator("#words-title")
    assert heading.inner_text() == "What happened, in words"
    _choose(report, "id")
    assert heading.inner_text() == "Ringkasan hasil"
    assert report.evaluate("document.documentElement.lang") == "id"
    assert "[A sample, 2022]" in report.title()


def test_the_switch_works_from_the_keyboard(report: Page) -> None:
    report.keyboard.press("Tab")
    report.keyboard.press("ArrowRight")
    assert report.locator("#words-title").inner_text() == "Ringkasan hasil"


@pytest.mark.parametrize("language", ["en", "id"])
def test_the_slider_starts_at_the_threshold_of_the_run(report: Page, language: str) -> None:
    _choose(report, language)
    for row in report.locator("#live tbody tr").all():
        released, live = row.locator("td").all()
        assert released.inner_text().split() == live.inner_text().split()


@pytest.mark.parametrize("language", ["en", "id"])
@pytest.mark.parametrize("steps", [-7, 3, 40])
def test_the_slider_tells_exactly_what_was_counted(report: Page, steps: int, language: Language) -> None:
    _choose(report, language)
    points = curve_points(sample())
    start = next(index for index, point in enumerate(points) if point.is_here)
    report.locator("#slider-input").focus()
    for _ in range(abs(steps)):
        report.keyboard.press("ArrowRight" if steps > 0 else "ArrowLeft")
    point = points[max(0, min(start + steps, len(points) - 1))]
    assert _live(report) == _expected(point, language)
    spoken = report.locator("#slider-input").get_attribute("aria-valuetext") or ""
    assert percent(point.missed.estimate).in_language(language) in spoken


def _live(page: Page) -> list[str]:
    return [" ".join(cell.inner_text().split()) for cell in page.locator("#live td[data-live]").all()]


def _expected(point: Point, language: Language) -> list[str]:
    of = {"en": "of", "id": "dari"}[language]
    rows = [
        f"{percent(rate.estimate).in_language(language)} "
        f"({percents(rate.low, rate.high).in_language(language)}) "
        f"{number(rate.count).in_language(language)} {of} {number(rate.n).in_language(language)}"
        for rate in (point.missed, point.lawful, point.irregular)
    ]
    rows.append(number(point.flags_per_10000).in_language(language))
    return [" ".join(row.split()) for row in rows]


def test_the_reset_leads_back(report: Page) -> None:
    before = _live(report)
    report.locator("#slider-input").focus()
    report.keyboard.press("Home")
    assert _live(report) != before
    report.locator("#slider-reset").click()
    assert _live(report) == before


def test_the_sliders_marks_lie_on_the_marks_of_the_run_at_first(report: Page) -> None:
    """The open mark of the lawful and the drawn one have the same middle, to within a pixel."""
    distance = report.evaluate(
        """() => {
          const picture = document.querySelector('[data-chart="tradeoff"] [lang="en"] svg');
          const middle = (node) => { const box = node.getBoundingClientRect();
            return [box.x + box.width / 2, box.y + box.height / 2]; };
          const open = middle(picture.querySelector(".overlay-mark.lawful"));
          const drawn = [...picture.querySelectorAll('path[fill="#0072B2"]')].map(middle);
          return Math.min(...drawn.map(([x, y]) => Math.hypot(x - open[0], y - open[1])));
        }"""
    )
    assert distance < 1.5


def test_details_open_in_print_and_close_again(report: Page) -> None:
    count = cast("Callable[[str], int]", report.evaluate)
    assert count("document.querySelectorAll('details[open]').length") == 0
    report.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    assert count("document.querySelectorAll('details:not([open])').length") == 0
    report.evaluate("window.dispatchEvent(new Event('afterprint'))")
    assert count("document.querySelectorAll('details[open]').length") == 0


@pytest.fixture
def plain(new_context: Callable[..., BrowserContext], address: str) -> Page:
    """The report in a browser that runs no script."""
    page = new_context(java_script_enabled=False, viewport={"width": 360, "height": 900}).new_page()
    page.goto(address)
    return page


def test_without_script_it_is_complete(plain: Page) -> None:
    assert plain.locator("#slider").is_hidden()
    assert plain.locator("#live td.yours").first.is_hidden()
    assert "180" in plain.locator("#live").inner_text()
    plain.locator("#tradeoff details summary").click()
    assert plain.locator("#tradeoff details tbody tr").count() > 10
    plain.locator("label[for='in-id']").click()
    assert plain.locator("#words-title").inner_text() == "Ringkasan hasil"


def test_without_script_print_shows_what_is_folded(plain: Page) -> None:
    plain.emulate_media(media="print")
    box = plain.locator(".dossier .passport").first.bounding_box()
    assert box is not None
    assert box["height"] > 0
