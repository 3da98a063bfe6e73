"""The trainee's way in a real browser: by keyboard alone, without JavaScript, on a narrow phone."""

import json
from collections.abc import Callable, Iterator

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import Browser, BrowserContext, Page, Response, ViewportSize
from pytest_django.live_server_helper import LiveServer

from console.web.classroom.models import Decision, Request, Sitting
from console.web.classroom.sittings import open_sitting
from console.web.sealed.models import DossierKey
from console.web.sittings.making import BlockPlan
from tests.web.seats.trainee import made
from tests.web.watched import OPEN_ALL, TOO_WIDE, watched

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PHONE: ViewportSize = {"width": 360, "height": 740}


@pytest.fixture(autouse=True)
def _database_from_playwright(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a test ask the database although Playwright keeps a loop of its own in this thread."""
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")


@pytest.fixture
def sitting(trainer: User) -> Sitting:
    """A sitting of two blocks that tells nothing before the class does."""
    return made(trainer, BlockPlan(1, 100), BlockPlan(1, 0))


@pytest.fixture
def phone(page: Page, live_server: LiveServer) -> Iterator[Page]:
    """A narrow page that may ask our server and nobody else, and complains of nothing."""
    page.set_viewport_size(PHONE)
    with watched(page, lambda url: url.startswith(live_server.url)) as opened:
        yield opened


def test_a_trainee_joins_and_decides_by_keyboard_alone(
    phone: Page, live_server: LiveServer, sitting: Sitting
) -> None:
    phone.goto(f"{live_server.url}/seat/join/{sitting.code}")
    _tab_to(phone, "#nickname")
    phone.keyboard.type("Ayu")
    phone.keyboard.press("Enter")
    phone.wait_for_selector(".noted-key")
    open_sitting(sitting)
    phone.wait_for_url("**/seat/desk")
    _tab_to(phone, "#form-tab")
    phone.keyboard.press("ArrowRight")
    phone.keyboard.press("ArrowRight")
    assert phone.evaluate("document.activeElement.id") == "interview-tab"
    assert not phone.locator("#form").is_visible()
    phone.keyboard.press("Tab")
    phone.keyboard.press("Tab")
    phone.keyboard.press("Enter")
    phone.wait_for_url("**/seat/desk#interview")
    assert phone.locator("#interview").inner_text().count("My aunt") == 1
    phone.keyboard.press("4")
    assert phone.locator("[name=action]:checked").get_attribute("value") == "3"
    _tab_to(phone, "[name=confidence]")
    phone.keyboard.press("Space")
    _tab_to(phone, "#reason")
    phone.keyboard.type("1 and 2 are typed here")
    assert phone.locator("[name=action]:checked").get_attribute("value") == "3"
    _tab_to(phone, "[data-record]")
    phone.keyboard.press("Enter")
    phone.wait_for_selector("[data-next]")
    found = Decision.objects.get()
    assert (found.action, found.confidence, found.reason) == (3, 1, "1 and 2 are typed here")
    _tab_to(phone, "[data-next]")
    phone.keyboard.press("Enter")
    phone.wait_for_url("**/seat/desk")


def test_the_enter_key_never_switches_the_language(
    phone: Page, live_server: LiveServer, sitting: Sitting
) -> None:
    """A browser presses the first button of a form; the one for the language stands above all others."""
    _at_desk(phone, live_server, sitting)
    phone.keyboard.press("4")
    phone.keyboard.press("Enter")
    phone.wait_for_url("**/seat/desk#decide")
    assert "Say how sure you are" in phone.locator("#decide").inner_text()


def test_a_trainee_reads_another_language_in_the_midst_of_a_dossier(
    phone: Page, live_server: LiveServer, sitting: Sitting
) -> None:
    _at_desk(phone, live_server, sitting)
    phone.keyboard.press("3")
    phone.locator("#reason").fill("mine")
    phone.get_by_role("button", name="Bahasa Indonesia").click()
    phone.wait_for_selector("html[lang=id]")
    assert phone.locator("[name=action]:checked").get_attribute("value") == "2"
    assert phone.locator("#reason").input_value() == "mine"


def test_keys_can_be_switched_off_and_stay_so(phone: Page, live_server: LiveServer, sitting: Sitting) -> None:
    _at_desk(phone, live_server, sitting)
    phone.locator("#keys").uncheck()
    phone.keyboard.press("2")
    assert phone.locator("[name=action]:checked").count() == 0
    phone.reload()
    phone.keyboard.press("2")
    assert phone.locator("[name=action]:checked").count() == 0
    phone.locator("#keys").check()
    phone.keyboard.press("2")
    assert phone.locator("[name=action]:checked").get_attribute("value") == "1"


def test_the_list_of_signs_can_be_searched(phone: Page, live_server: LiveServer, sitting: Sitting) -> None:
    _at_desk(phone, live_server, sitting)
    everything = phone.locator(".sign").count()
    phone.locator("#search").fill("registry")
    shown = phone.locator(".sign:visible")
    assert 0 < shown.count() < everything
    shown.first.click()
    phone.locator("#search").fill("qqqq")
    assert phone.locator("[data-none]").is_visible()
    phone.locator("#search").fill("")
    assert phone.locator("[data-ticked]:visible [data-count]").inner_text() == "1"


@pytest.mark.slow
@pytest.mark.parametrize("width", [360, 1440])
@pytest.mark.parametrize("language", ["en", "id"])
def test_no_page_of_a_trainee_is_too_wide(
    phone: Page, live_server: LiveServer, trainer: User, width: int, language: str
) -> None:
    sitting = made(trainer, BlockPlan(1, 100, "each"), assistance=Sitting.Assistance.START)
    phone.set_viewport_size({"width": width, "height": 740})
    for address in ("join", f"join/{sitting.code}", "return"):
        phone.goto(f"{live_server.url}/seat/{address}")
        assert phone.evaluate(TOO_WIDE) == 0, address
    _at_desk(phone, live_server, sitting, language)
    _is_narrow(phone)
    for kind in ("documents", "interview"):
        phone.locator(f"#{kind}-tab").click()
        phone.locator(f"#{kind} button[value={kind}]").click()
        phone.wait_for_url(f"**/seat/desk#{kind}")
        _is_narrow(phone)
    phone.keyboard.press("1")
    phone.locator("[data-record]").click()
    phone.wait_for_url("**/seat/desk#decide")
    _is_narrow(phone)
    phone.locator("[name=confidence]").first.check()
    phone.locator("[data-record]").click()
    for name in ("recorded", "looking-back", "leave", ""):
        if name != "recorded":
            phone.goto(f"{live_server.url}/seat/{name}")
        _is_narrow(phone)


def test_everything_works_without_javascript(
    browser: Browser, live_server: LiveServer, sitting: Sitting
) -> None:
    context = browser.new_context(java_script_enabled=False, viewport=PHONE)
    try:
        _without_javascript(context, live_server, sitting)
    finally:
        context.close()


def _without_javascript(context: BrowserContext, live_server: LiveServer, sitting: Sitting) -> None:
    page = context.new_page()
    page.goto(f"{live_server.url}/seat/join")
    page.locator("#code").fill(str(sitting.code).lower())
    page.keyboard.press("Enter")
    page.locator("#nickname").fill("Ayu")
    page.keyboard.press("Enter")
    page.wait_for_selector(".noted-key")
    open_sitting(sitting)
    page.get_by_role("link", name="Look again now").click()
    page.get_by_role("link", name="Begin with the first dossier").click()
    for part in ("form", "documents", "interview", "timeline"):
        assert page.locator(f"#{part}").is_visible()
    page.locator(".theme summary").first.click()
    page.locator(".sign").first.click()
    page.locator("#documents button").click()
    assert page.locator("[name=indicators]:checked").count() == 1
    page.locator("#reason").fill("mine")
    page.get_by_role("button", name="Bahasa Indonesia").click()
    assert "Berkas 1 dari 2" in page.locator("main").inner_text()
    page.get_by_role("button", name="English").click()
    assert (page.locator("#reason").input_value(), page.locator("[name=indicators]:checked").count()) == (
        "mine",
        1,
    )
    assert "from the registry" in page.locator("#documents").inner_text()
    page.locator(".choice:has([name=action][value='3'])").click()
    page.locator("[data-record]").click()
    assert "Say how sure you are" in page.locator("#decide").inner_text()
    page.locator(".choice:has([name=confidence][value='2'])").click()
    page.locator("[data-record]").click()
    page.get_by_role("link", name="Next dossier").click()
    assert "Dossier 2 of 2" in page.locator("main").inner_text()
    assert (Decision.objects.get().action, Request.objects.count()) == (3, 1)


def test_nothing_of_the_key_reaches_a_real_browser_before_it_may(
    phone: Page, live_server: LiveServer, sitting: Sitting
) -> None:
    heard = Heard(phone)
    _at_desk(phone, live_server, sitting, look=heard.read)
    for kind in ("documents", "interview"):
        heard.read()
        phone.locator(f"#{kind}-tab").click()
        phone.locator(f"#{kind} button[value={kind}]").click()
        phone.wait_for_url(f"**/seat/desk#{kind}")
    heard.read()
    phone.keyboard.press("4")
    phone.locator("[name=confidence]").first.check()
    phone.locator("[data-record]").click()
    phone.wait_for_selector("[data-next]")
    heard.read()
    kept = json.dumps(phone.evaluate("[{...localStorage}, {...sessionStorage}, document.cookie]"))
    told = [*heard.told, kept, json.dumps(phone.context.cookies())]
    assert sum("<main" in text for text in told) >= 4
    assert any("from the registry" in text for text in told)
    secrets = [key.canary for key in DossierKey.objects.all()] + ["SECRET", "typology", "truth_class"]
    assert [secret for secret in secrets for text in told if secret in text] == []


class Heard:
    """All that a page receives: addresses, headers, and the bodies of pages and fragments."""

    def __init__(self, page: Page) -> None:
        self.told: list[str] = []
        self._unread: list[Response] = []
        page.on("response", self._note)

    def _note(self, response: Response) -> None:
        self._unread.append(response)

    def read(self) -> None:
        """Read what came since; to be called before the browser goes on and forgets it."""
        for response in self._unread:
            self.told.append(response.url + json.dumps(response.all_headers()))
            if response.status == 200 and response.request.resource_type in ("document", "xhr"):
                self.told.append(response.text())
        self._unread.clear()


def _at_desk(
    page: Page,
    live_server: LiveServer,
    sitting: Sitting,
    language: str = "en",
    look: Callable[[], None] = lambda: None,
) -> None:
    """Join an open sitting and come to the desk; `look` is called on each page on the way."""
    open_sitting(sitting)
    page.goto(f"{live_server.url}/seat/join/{sitting.code}")
    look()
    page.locator("#nickname").fill("Ayu")
    page.locator(f"input[name=language][value={language}]").check()
    page.keyboard.press("Enter")
    page.wait_for_selector(".noted-key")
    look()
    page.goto(f"{live_server.url}/seat/desk")


def _is_narrow(page: Page) -> None:
    page.evaluate(OPEN_ALL)
    assert page.evaluate(TOO_WIDE) == 0, page.url


def _tab_to(page: Page, wanted: str) -> None:
    """Press the tab key until the focus is there."""
    for _ in range(80):
        page.keyboard.press("Tab")
        if page.evaluate("(wanted) => document.activeElement.matches(wanted)", wanted):
            return
    raise AssertionError(f"the tab key does not lead to {wanted}")
