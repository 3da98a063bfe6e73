"""On paper there is nothing that only a screen can use, every sheet begins a page, and nothing is cut off."""

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer

from console.web.classroom.models import Sitting
from tests.web.materials.played import revealed
from tests.web.watched import TOO_WIDE, watched

pytestmark = [pytest.mark.browser, pytest.mark.slow]

# The browser's driver keeps a loop in this thread; the database is asked beside it, not in it.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")

ONLY_ON_A_SCREEN = "button, input, select, textarea, nav, .no-print, .skip, .top"
SEEN = "(all) => all.filter((element) => element.checkVisibility()).map((element) => element.outerHTML)"

BEGIN_A_PAGE = "(all) => all.filter((one) => getComputedStyle(one).breakBefore === 'page').length"


@pytest.fixture
def console(page: Page, live_server: LiveServer, client: Client, sitting: Sitting) -> Iterator[Page]:
    """A trainer's browser; fails if a page complains or asks another host for anything."""
    client.force_login(User.objects.get(pk=sitting.trainer_id))
    held = {"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}
    page.context.add_cookies([held])  # type: ignore[list-item]  # a plain dict is what the driver takes
    with watched(page, lambda url: url.startswith(live_server.url)) as opened:
        yield opened


@pytest.mark.parametrize("language", ["en", "id"])
@pytest.mark.parametrize("name", ["guide", "pack", "pack_with_key"])
def test_paper_has_no_screen_only_parts_and_each_sheet_begins_a_page(
    console: Page, live_server: LiveServer, sitting: Sitting, name: str, language: str, tmp_path: Path
) -> None:
    console.goto(address(live_server, name, sitting, language))
    assert console.get_by_role("button").count() > 0
    console.emulate_media(media="print")
    assert console.eval_on_selector_all(ONLY_ON_A_SCREEN, SEEN) == []
    cut_off = "(all) => all.filter((one) => one.scrollHeight > one.clientHeight + 1).length"
    assert console.eval_on_selector_all(".decision-sheet", cut_off) == 0
    sheets = console.eval_on_selector_all(".sheet, .key, .key-table", BEGIN_A_PAGE)
    decided = console.locator(".decision-sheet").count()
    if name != "guide":
        assert sheets >= 8
        assert pages_of(console, tmp_path) == 1 + sheets + (decided + 1) // 2


@pytest.mark.parametrize("width", [360, 1440])
@pytest.mark.parametrize("name", ["guide", "pack", "pack_with_key", "exports"])
def test_no_page_scrolls_sideways_and_axe_objects_to_nothing(
    console: Page, live_server: LiveServer, sitting: Sitting, name: str, width: int
) -> None:
    revealed(sitting)
    console.set_viewport_size({"width": width, "height": 800})
    console.goto(address(live_server, name, sitting, "id"))
    assert console.evaluate(TOO_WIDE) == 0
    found = Axe().run(console).response["violations"]
    assert [(one["id"], [node["html"] for node in one["nodes"][:3]]) for one in found] == []


def test_a_file_is_saved_under_a_plain_name(console: Page, live_server: LiveServer, sitting: Sitting) -> None:
    console.goto(address(live_server, "exports", revealed(sitting), "en"))
    console.get_by_label("With nicknames").check()
    with console.expect_download() as saved:
        console.get_by_role("button", name="Download").first.click()
    assert re.fullmatch(r"[a-z0-9-]+-\d{4}-\d\d-\d\d-decisions\.csv", saved.value.suggested_filename)
    assert "Budi" in Path(saved.value.path()).read_text(encoding="utf-8")


def address(live_server: LiveServer, name: str, sitting: Sitting, language: str) -> str:
    argument = sitting.scenario if name == "guide" else sitting.pk
    return f"{live_server.url}{reverse(name, args=[argument])}?language={language}"


def pages_of(page: Page, folder: Path) -> int:
    file = folder / "paper.pdf"
    page.pdf(path=file, prefer_css_page_size=True)
    return len(re.findall(rb"/Type\s*/Page\b(?!s)", file.read_bytes()))
