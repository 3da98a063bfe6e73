"""The workbench in a real browser: the slider tells what the server tells, and nothing is asked of anybody else."""

import re
from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.contrib.auth.models import User
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from tests.web.conftest import PASSWORD
from tests.web.watched import OPEN_ALL, TOO_WIDE, watched
from tests.web.workbench.finished import Folders

pytestmark = [pytest.mark.browser, pytest.mark.slow]

RUN = "/workbench/runs/cards/?hours=2&applicants=400&victims=5"
PAGES = (
    "/workbench/",
    RUN,
    "/workbench/runs/bare/",
    "/workbench/compare/?first=cards&second=paper&basis=workload",
)
FIGURES = ("#at", "#miss", "#lawful", "#irregular", "#flags", "#hours", "#precision", "#by-typology tbody")
PLACES = """[...document.querySelectorAll('#charts svg path[transform]')]
    .map((element) => element.getAttribute('transform'))"""


@pytest.fixture
def desk(page: Page, researcher: User, folders: Folders, live_server: LiveServer) -> Iterator[Page]:
    """A researcher's browser; fails if a page complains or asks another host for anything."""
    with watched(page, lambda url: url.startswith(live_server.url)) as opened:
        signed_in(opened, live_server.url)
        yield opened
        opened.wait_for_load_state("networkidle")


def signed_in(page: Page, address: str) -> None:
    page.goto(f"{address}/sign-in/")
    page.locator("[name=username]").fill("researcher")
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("main button").click()


def goto(page: Page, address: str) -> None:
    page.goto("/".join(page.url.split("/")[:3]) + address)


def drawn(page: Page) -> None:
    expect(page.locator("#chart-tradeoff svg")).to_be_visible()


def figures(page: Page) -> list[str]:
    return [page.locator(one).inner_text() for one in FIGURES]


@pytest.mark.parametrize("language", [pytest.param("en", marks=pytest.mark.slow), "id"])
@pytest.mark.parametrize("width", [360, pytest.param(1440, marks=pytest.mark.slow)])
def test_the_pages_fit_and_are_read_aloud_well(desk: Page, width: int, language: str) -> None:
    desk.set_viewport_size({"width": width, "height": 900})
    desk.context.add_cookies([{"name": "language", "value": language, "url": desk.url}])
    for address in PAGES:
        goto(desk, address)
        if "/runs/" in address:
            drawn(desk)
        desk.evaluate(OPEN_ALL)
        found = [one["id"] for one in Axe().run(desk).response["violations"]]
        assert (address, desk.evaluate(TOO_WIDE), found) == (address, 0, [])


def test_the_slider_says_what_the_page_without_a_script_says(
    desk: Page, browser: Browser, live_server: LiveServer
) -> None:
    goto(desk, RUN)
    drawn(desk)
    before = figures(desk)
    desk.locator("#slider").focus()
    for _ in range(15):
        desk.keyboard.press("ArrowRight")
    expect(desk.locator("#at")).not_to_have_text(before[0])
    expect(desk).to_have_url(re.compile("threshold="))
    with_script = figures(desk)
    plain = browser.new_context(java_script_enabled=False)
    page = plain.new_page()
    signed_in(page, live_server.url)
    page.goto(desk.url)
    assert not page.locator("#slider").is_visible()
    assert figures(page) == with_script
    assert with_script != before
    plain.close()


def test_without_a_script_the_field_and_the_button_move_the_threshold(
    browser: Browser, researcher: User, folders: Folders, live_server: LiveServer
) -> None:
    plain = browser.new_context(java_script_enabled=False)
    page = plain.new_page()
    signed_in(page, live_server.url)
    page.goto(live_server.url + RUN)
    page.locator("#id_threshold").fill("-1.37")
    page.locator("#setting button").click()
    assert "−1.37" in page.locator("#at").inner_text()
    plain.close()


def test_the_marks_of_the_charts_follow_the_slider(desk: Page) -> None:
    goto(desk, RUN)
    drawn(desk)
    before = desk.evaluate(PLACES)
    desk.locator("#slider").focus()
    for _ in range(30):
        desk.keyboard.press("ArrowRight")
    chosen = desk.locator("#id_threshold").input_value()
    expect(desk.locator("#slider")).to_have_attribute("aria-valuetext", chosen)
    expect(desk.locator("#figures")).to_have_attribute("data-chosen", chosen)
    after = desk.evaluate(PLACES)
    assert len(after) == len(before)
    assert after != before


def test_another_stage_is_another_page(desk: Page) -> None:
    goto(desk, RUN)
    drawn(desk)
    desk.locator("#id_stage").select_option("counter")
    desk.wait_for_url(lambda url: "stage=counter" in url)
    expect(desk.locator("#slider")).to_have_attribute("data-stage", "counter")


def test_a_point_is_saved_with_the_threshold_of_the_slider(desk: Page, folders: Folders) -> None:
    goto(desk, RUN)
    drawn(desk)
    desk.locator("#slider").focus()
    for _ in range(5):
        desk.keyboard.press("ArrowRight")
    chosen = desk.locator("#id_threshold").input_value()
    expect(desk.locator("#figures")).to_have_attribute("data-chosen", chosen)
    desk.locator("#id_note").fill("after the meeting")
    desk.locator("#save ~ form button").click()
    expect(desk.locator(".messages")).to_contain_text("Saved as")
    (path,) = folders.points.iterdir()
    assert f"{float(chosen):+.2f}" in path.name
