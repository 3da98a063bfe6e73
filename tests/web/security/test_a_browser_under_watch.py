"""A real browser under watch: what it receives and keeps tells no answer, and it asks no other host.

Everything is recorded until just before the decision: bodies, headers and addresses of all answers, cookies,
local and session storage, databases and caches. On all other pages every request must stay on this host, and
the browser must have nothing to complain of, a broken content security policy above all.
"""

import re
from base64 import b64decode
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from playwright.sync_api import CDPSession, Error, Page
from pytest_django.live_server_helper import LiveServer

from console.casebook.drawing import cases_for
from console.web.classroom.models import Block, Decision, Sitting
from console.web.classroom.seats import take_seat
from console.web.classroom.sittings import open_sitting
from console.web.classroom.turns import Answer, current_turn, decide, opened
from console.web.sittings.making import BlockPlan, SittingPlan, created
from tests.web.seats.trainee import revealed
from tests.web.security.addresses import RUN, RUN_AGAIN
from tests.web.security.leaks import MARKS, NUMBER, leaked, secrets_of_sitting, words_of_answers
from tests.web.watched import OPEN_ALL

pytestmark = pytest.mark.browser

NEVER_CAME = re.compile(r"InterceptionId|closed")
"""What the browser says of an answer that no longer has a page, because another one was opened."""
HAS_BODY = (200, 400, 403, 404, 405, 422)
VIOLATIONS = """
window.violations = [];
document.addEventListener("securitypolicyviolation", (event) => window.violations.push(event.violatedDirective));
"""
STORED = """async () => JSON.stringify({
  local: {...localStorage}, session: {...sessionStorage}, cookies: document.cookie, name: window.name,
  databases: (await indexedDB.databases()).map((one) => one.name),
  caches: await caches.keys(), workers: (await navigator.serviceWorker.getRegistrations()).length,
})"""


@dataclass
class Watch:
    """What a page has asked for, received and complained of so far."""

    server: str
    sent: list[str] = field(default_factory=list)
    files: list[str] = field(default_factory=list)
    """Styles and scripts, which are the same for everybody and name classes of every page."""
    elsewhere: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def follow(self, page: Page) -> None:
        page.add_init_script(VIOLATIONS)
        page.on("request", lambda request: self._ask(request.url))
        browser = page.context.new_cdp_session(page)
        browser.on("Fetch.requestPaused", lambda paused: self._receive(browser, paused))
        browser.on("Network.responseReceivedExtraInfo", lambda raw: self._receive_headers(raw["headers"]))
        browser.send("Network.enable")
        browser.send("Fetch.enable", {"patterns": [{"requestStage": "Response"}]})
        page.on("console", lambda message: self.complaints.append(message.text))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("websocket", lambda socket: self.elsewhere.append(socket.url))

    def _ask(self, url: str) -> None:
        self.sent.append(url)
        if not url.startswith(self.server) and url != "data:,":
            self.elsewhere.append(url)

    def _receive_headers(self, headers: dict[str, str]) -> None:
        """Record headers as they came, cookies that no page sees among them."""
        self.sent += [f"{name}: {value}" for name, value in headers.items()]

    def _receive(self, browser: CDPSession, paused: dict[str, Any]) -> None:
        """Record an answer before the page gets it; afterwards the browser may have thrown it away."""
        asked = {"requestId": paused["requestId"]}
        try:
            if paused.get("responseStatusCode") in HAS_BODY:
                is_file = "/static/" in paused["request"]["url"]
                body = body_of(browser.send("Fetch.getResponseBody", asked))
                (self.files if is_file else self.sent).append(body)
            browser.send("Fetch.continueRequest", asked)
        except Error as left:
            if not NEVER_CAME.search(str(left)):
                raise

    def keep(self, page: Page) -> None:
        """Record what the browser keeps now: cookies, all storages, the page as scripts have made it."""
        self.sent += [page.evaluate(STORED), str(page.context.cookies()), page.content(), page.url]
        self.complaints += page.evaluate("window.violations")

    @property
    def whole(self) -> str:
        return "\n".join([*self.sent, *self.files])


def body_of(answer: dict[str, Any]) -> str:
    body = str(answer["body"])
    return b64decode(body).decode("utf-8", "replace") if answer["base64Encoded"] else body


@pytest.fixture
def watch(page: Page, live_server: LiveServer) -> Iterator[Watch]:
    """Watch the browser; whatever it complains of and whomever else it asks fails the test."""
    found = Watch(live_server.url)
    found.follow(page)
    yield found
    assert found.elsewhere == []
    assert [said for said in found.complaints if said != "data:,"] == []


@pytest.mark.parametrize("language", ["en", "id"])
def test_until_the_decision_nothing_that_a_browser_receives_or_keeps_tells_the_answer(
    watch: Watch, page: Page, trainer: User, language: str
) -> None:
    blocks = [BlockPlan(2, 50, Block.Feedback.EACH)]
    plan = SittingPlan("phnom_penh_2022", "Class", blocks, assistance=Sitting.Assistance.START)
    sitting = created(plan, trainer, cases_for)
    page.context.add_cookies([{"name": "language", "value": language, "url": watch.server}])
    page.goto(watch.server)
    page.goto(f"{watch.server}/seat/join/{sitting.code}")
    page.locator("input[name=nickname]").fill("Ayu")
    page.locator(f".choice:has([name=language][value={language}])").click()
    page.locator("main form .primary").click()
    page.wait_for_url(f"{watch.server}/seat/")
    open_sitting(sitting)
    page.wait_for_url(f"{watch.server}/seat/desk")
    for kind in ("documents", "interview"):
        watch.keep(page)
        page.locator(f"#{kind}-tab").click()
        page.locator(f"#{kind} button[value={kind}]").click()
        page.wait_for_url(f"{watch.server}/seat/desk#{kind}")
    for tab in page.locator("a.tab").all():
        tab.click()
    page.evaluate(OPEN_ALL)
    page.locator(".sign").first.click()
    for name in ("action", "confidence"):
        page.locator(f".choice:has([name={name}][value='3'])").click()
    watch.keep(page)
    assert "<title>" in watch.whole
    assert "set-cookie: " in watch.whole.lower()
    assert len(watch.files) > 3, "styles and scripts were received and searched, too"
    secrets, sent = secrets_of_sitting(sitting) | words_of_answers(), "\n".join(watch.sent)
    assert leaked(sent, secrets) == []
    assert MARKS.findall(sent) == []
    assert leaked(watch.whole, {one for one in secrets if not NUMBER.fullmatch(one)}) == []

    turn = current_turn(sitting.seats.all()[0])
    assert turn is not None
    page.locator("[data-record]").click()
    page.wait_for_url(f"{watch.server}/seat/desk/{turn.dossier_id}/recorded")
    watch.keep(page)
    assert leaked(watch.whole, words_of_answers()), "the search sees the answer as soon as it is told"


def test_no_page_asks_another_host_or_breaks_the_policy(
    watch: Watch, page: Page, client: Client, trainer: User, sitting: Sitting, folders: None
) -> None:
    """All pages of a trainer and a researcher, in a sitting's lobby and after its reveal."""
    client.force_login(trainer)
    session = client.cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": session, "url": watch.server}])
    one = sitting.pk
    own = [f"/sittings/{one}/", f"/sittings/{one}/projector/", f"/sittings/{one}/roster/", f"/debrief/{one}/"]
    own += [f"/materials/{one}/{name}/" for name in ("pack", "pack-with-key", "exports")]
    general = ["/", "/home/", "/password/", "/scenarios/", "/scenarios/phnom_penh_2022/"]
    general += ["/scenarios/phnom_penh_2022/new-sitting/", "/materials/guide/phnom_penh_2022/"]
    general += [
        "/workbench/",
        f"/workbench/runs/{RUN}/",
        f"/workbench/compare/?first={RUN}&second={RUN_AGAIN}",
    ]
    for address in [*general, *own]:
        look_at(page, watch, address)
    trainee = take_seat(sitting, "Ayu", "en").seat
    open_sitting(sitting)
    for turn in trainee.turns.all():
        decide(opened(turn), Answer(Decision.Action.REFER, Decision.Confidence.SURE))
    revealed(sitting)
    dossier = trainee.turns.all()[0].dossier_id
    for address in [*own, f"/debrief/{one}/for-the-class/", f"/debrief/{one}/dossier/{dossier}/"]:
        look_at(page, watch, address)


def look_at(page: Page, watch: Watch, address: str) -> None:
    response = page.goto(watch.server + address, wait_until="networkidle")
    assert response is not None
    assert response.status == 200, address
    page.evaluate(OPEN_ALL)
    watch.keep(page)


def test_the_watch_would_notice_another_host_and_a_script_of_the_page_itself(
    page: Page, live_server: LiveServer
) -> None:
    watch = Watch(live_server.url)
    watch.follow(page)
    page.goto(live_server.url)
    page.evaluate("document.body.insertAdjacentHTML('beforeend', '<img src=\"http://192.0.2.1/x.png\">')")
    page.evaluate("document.body.append(Object.assign(document.createElement('script'), {text: '1'}))")
    page.wait_for_function("window.violations.length >= 2")
    watch.keep(page)
    assert {"img-src", "script-src-elem"} <= set(watch.complaints)
