"""A whole sitting in real browsers, with real cases: one trainer, three very different trainees, two more.

One trainee has a phone, in Indonesian, and loses it in the middle; one has a keyboard and nothing else; one
has a browser without JavaScript. What is clicked is named by the console's own words, so that the same
sitting can be held by a trainer in either language.
"""

import csv
import json
import re
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any, Literal
from xml.etree import ElementTree as ET

import pytest
from django.contrib.auth.models import User
from django.db import OperationalError
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect
from pytest_django.live_server_helper import LiveServer

from console.web.classroom.models import Decision, Seat, Sitting
from console.web.classroom.seats import take_seat
from console.web.classroom.turns import Answer, current_turn, decide, opened
from console.web.speech import speaker
from tests.web.conftest import PASSWORD
from tests.web.watched import TOO_WIDE, watched

pytestmark = pytest.mark.browser

DOSSIERS = 4
IN_SITTING = 5
NICKNAMES = "Ayu T1", "Budi T2", "Citra T3"
"""Unlike any name that an applicant may have."""
PHONE = {"viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True}
MOST_TABS = 150
"""More elements than any page has between one and the next that a hand on a keyboard looks for."""


class Browsers:
    """Opens a browser of its own for each person, and watches all pages that run scripts."""

    def __init__(self, browser: Browser, address: str, watching: ExitStack) -> None:
        self.browser, self.address, self.watching = browser, address, watching

    def of(self, person: type["Person"], language: Literal["en", "id"], **context: Any) -> Any:
        locale = "id-ID" if language == "id" else "en-GB"
        made = self.browser.new_context(**{"base_url": self.address, "locale": locale, **context})
        made.set_default_timeout(15_000)
        page = made.new_page()
        self.watching.enter_context(watched(page, lambda url: url.startswith((self.address, "data:"))))
        return person(made, page, language)


class Person:
    """Somebody with a mouse."""

    def __init__(self, context: BrowserContext, page: Page, language: Literal["en", "id"]) -> None:
        self.context, self.page, self.language = context, page, language
        self.say = speaker(language).say

    def press(self, where: Locator) -> None:
        where.click()

    def choose(self, where: Locator) -> None:
        self.press(where)
        expect(where).to_be_checked()

    def write(self, where: Locator, text: str) -> None:
        where.fill(text)

    def button(self, key: str, **values: Any) -> Locator:
        return self.page.get_by_role("button", name=self.say(key, **values), exact=True)

    def link(self, key: str, **values: Any) -> Locator:
        return self.page.get_by_role("link", name=self.say(key, **values), exact=True)

    def reads(self, key: str, **values: Any) -> None:
        expect(self.page.get_by_role("heading", level=1)).to_have_text(
            self.say(key, **values), timeout=20_000
        )


class Trainee(Person):
    """A trainee at the desk."""

    tabs = True
    """Whether the parts of a dossier are shown one at a time."""

    def joins(self, code: str, nickname: str, title: str) -> None:
        self.page.goto("/")
        self.write(self.page.get_by_label(self.say("people.code"), exact=True), code)
        self.press(self.button("people.join"))
        self.reads("join.your_seat", title=title)
        self.write(self.page.get_by_label(self.say("join.nickname"), exact=True), nickname)
        self.choose(self.page.locator(f"input[name=language][value={self.language}]"))
        self.press(self.button("join.take"))
        self.reads("lobby.welcome", nickname=nickname)

    def begins(self) -> None:
        """Do nothing: the page goes on by itself when the trainer opens the sitting."""
        self.page.wait_for_url("**/seat/desk", timeout=20_000)

    def is_at(self, position: int) -> None:
        expect(self.page.locator(".progress-line")).to_contain_text(
            self.say("desk.progress", n=position, total=DOSSIERS)
        )

    def asks_for_an_interview(self) -> int:
        """Ask; return how many answers lie on the desk then."""
        if self.tabs:
            self.press(self.page.get_by_role("tab", name=self.say("desk.tab_interview")))
        interview = self.page.locator("#interview")
        self.press(interview.get_by_role("button", name=self.say("desk.ask_interview")))
        expect(self.button("desk.ask_interview")).to_have_count(0)
        if self.tabs:
            tab = self.page.get_by_role("tab", name=self.say("desk.tab_interview"))
            expect(tab).to_have_attribute("aria-selected", "true")
        return interview.locator("dt").count()

    def ticks_the_first_sign(self) -> None:
        theme = self.page.locator("details.theme").first
        self.press(theme.locator("summary"))
        self.choose(theme.get_by_role("checkbox").first)

    def decides(self, action: Decision.Action, confidence: str) -> None:
        group = self.page.get_by_role("radiogroup", name=self.say("desk.action"))
        self.choose(group.get_by_role("radio").nth(int(action)))
        group = self.page.get_by_role("radiogroup", name=self.say("desk.confidence"))
        self.choose(group.get_by_label(self.say(f"confidence.{confidence}"), exact=True))
        self.press(self.button("desk.record"))
        heading = self.page.get_by_role("heading", level=1)
        expect(heading).to_contain_text(self.say("recorded.heading", letter="").strip())

    def goes_on(self) -> None:
        self.press(self.page.locator("[data-next]"))

    def decides_the_rest(self, action: Decision.Action, last: int = DOSSIERS) -> None:
        """Decide on every dossier up to the last one, with nothing asked."""
        position = re.search(r"\d+", self.page.locator(".progress-line p").first.inner_text())
        assert position
        for place in range(int(position.group()), last + 1):
            self.is_at(place)
            self.decides(action, "fairly")
            self.goes_on()

    def looks_back(self, decided: int) -> None:
        self.press(self.link("lobby.look_back"))
        self.reads("looking_back.title")
        answers = self.page.locator("details.looked-back")
        assert answers.count() == decided
        self.press(answers.first.locator("summary"))
        expect(answers.first.get_by_text(self.say("answer.was_so"))).to_be_visible()

    def sees_the_own_profile(self) -> None:
        self.press(self.link("lobby.profile"))
        self.reads("debrief_seat.title")


class OnPhone(Trainee):
    """A trainee with a finger: no mouse, and nothing wider than the phone."""

    def press(self, where: Locator) -> None:
        assert self.page.evaluate(TOO_WIDE) <= 0, self.page.url
        where.tap()


class AtKeyboard(Trainee):
    """A trainee without mouse and finger: whatever is pressed has been reached by Tab or arrows."""

    def press(self, where: Locator) -> None:
        self.reach(where)
        is_ticked = where.get_attribute("type") in {"checkbox", "radio"} or self.role(where) == "tab"
        self.page.keyboard.press("Space" if is_ticked else "Enter")

    def write(self, where: Locator, text: str) -> None:
        self.reach(where)
        self.page.keyboard.type(text)

    def reach(self, where: Locator) -> None:
        """Press Tab until it is there; among tabs and radios arrows lead from one to the next."""
        expect(where).to_be_visible()
        for _ in range(MOST_TABS):
            if where.evaluate("(element) => element === document.activeElement"):
                return
            self.page.keyboard.press("ArrowRight" if self.is_beside(where) else "Tab")
        raise AssertionError(f"no key leads to {where}")

    def is_beside(self, where: Locator) -> bool:
        """Tell whether the focus is in the same group of radios or row of tabs."""
        script = """(element) => {
            const now = document.activeElement;
            const tab = (one) => one.getAttribute("role") === "tab";
            return (tab(now) && tab(element)) || (element.type === "radio" && now.name === element.name);
        }"""
        return bool(where.evaluate(script))

    @staticmethod
    def role(where: Locator) -> str | None:
        return where.get_attribute("role")


class WithoutScript(Trainee):
    """A trainee whose browser runs no scripts: all parts of a dossier lie open, pages load anew."""

    tabs = False

    def begins(self) -> None:
        """Load the page again, which it does by itself, too, now and then."""
        self.page.goto("/seat/")
        self.press(self.link("lobby.begin"))


class Trainer(Person):
    """Who holds the sitting."""

    def signs_in(self) -> None:
        self.page.goto("/")
        self.page.get_by_role("main").get_by_role("link", name=self.say("common.sign_in")).click()
        self.page.locator("#id_username").fill("trainer")
        self.page.locator("#id_password").fill(PASSWORD)
        self.button("common.sign_in").click()
        self.reads("people.own_sittings")

    def makes_a_sitting(self, scenario: str, title: str) -> Sitting:
        """Make two blocks of two dossiers: what was so is told after each of the first block."""
        self.link("people.to_gallery").click()
        self.page.locator(f"a[href='/scenarios/{scenario}/new-sitting/']").first.click()
        self.page.locator("#id_title").fill(title)
        self.button("new_sitting.remove_block", n=3).click()
        expect(self.page.locator("fieldset.block")).to_have_count(2)
        for block, feedback in enumerate(("each", "reveal")):
            self.page.locator(f"#id_blocks-{block}-size").fill("2")
            self.page.locator(f"#id_blocks-{block}-victims_in_100").fill("50")
            self.page.locator(f"#id_blocks-{block}-feedback").select_option(feedback)
        self.button("new_sitting.create").click()
        expect(self.page.get_by_role("heading", level=1)).to_have_text(title)
        return Sitting.objects.get(title=title)

    def row(self, nickname: str) -> Locator:
        return self.page.get_by_role("row", name=nickname)

    def closes(self, unfinished: int) -> None:
        self.link("sitting.close_now").click()
        expect(self.page.locator("main .warning")).to_have_text(
            self.say("step.close_unfinished", n=unfinished)
        )
        self.button("step.close_do").click()

    def reveals(self) -> None:
        self.link("sitting.reveal_now").click()
        self.button("step.reveal_do").click()

    def prints(self, file: Path) -> str:
        """Print the page; return what the browser wrote down as headings of the document."""
        self.page.pdf(path=file, tagged=True, outline=True, prefer_css_page_size=True)
        return titles_of(file.read_bytes())

    def downloads(self) -> dict[str, str]:
        """Return the text of each export by the end of its file's name."""
        self.link("debrief.to_exports").click()
        found = {}
        for button in self.button("export.download").all():
            with self.page.expect_download() as saved:
                button.click()
            name = saved.value.suggested_filename.rpartition("-")[2]
            found[name] = Path(saved.value.path()).read_text(encoding="utf-8-sig")
        return found


@pytest.fixture
def browsers(
    browser: Browser, live_server: LiveServer, trainer: User, transactional_db: None
) -> Iterator[Browsers]:
    with ExitStack() as watching:
        made = Browsers(browser, live_server.url, watching)
        before = set(browser.contexts)
        yield made
        for context in set(browser.contexts) - before:
            context.close()


@pytest.mark.parametrize("language", ["en", pytest.param("id", marks=pytest.mark.slow)])
def test_a_class_goes_from_the_gallery_to_looking_back(
    browsers: Browsers, language: Literal["en", "id"], tmp_path: Path
) -> None:
    title = {"en": "Morning class", "id": "Kelas pagi"}[language]
    host: Trainer = browsers.of(Trainer, language)
    host.signs_in()
    sitting = host.makes_a_sitting("phnom_penh_2022", title)
    page_of_sitting = host.page.url
    others = [take_seat(sitting, nickname, "en").seat for nickname in ("Dewi", "Eko")]
    host.link("sitting.projector").click()
    code = host.page.locator(".giant-code").inner_text()

    phone: Trainee = browsers.of(OnPhone, "id", **PHONE)
    keyboard: Trainee = browsers.of(AtKeyboard, "en")
    plain: Trainee = browsers.of(WithoutScript, "en", java_script_enabled=False)
    for trainee, nickname in zip((phone, keyboard, plain), NICKNAMES, strict=True):
        trainee.joins(code, nickname, title)
    expect(host.page.locator(".seat-count")).to_contain_text(host.say("projector.seats", n=IN_SITTING))
    noted = phone.page.locator(".noted-key").inner_text()

    host.page.goto(page_of_sitting)
    host.button("sitting.open_now").click()
    for trainee in (phone, keyboard, plain):
        trainee.begins()
        trainee.is_at(1)
        assert trainee.asks_for_an_interview() > 0
        trainee.ticks_the_first_sign()

    others_work_through(host, others)
    expect(host.row(NICKNAMES[0]).locator(".done")).to_have_count(0)
    phone.decides(Decision.Action.REFER, "sure")
    expect(phone.page.get_by_role("heading", name=phone.say("answer.was_so"))).to_be_visible()
    expect(host.row(NICKNAMES[0]).locator(".done")).to_have_count(1)
    keyboard.decides(Decision.Action.PROCEED, "unsure")
    plain.decides(Decision.Action.INTERVIEW, "fairly")
    expect(host.page.locator("#class-grid .done")).to_have_count(2 * DOSSIERS + 3)

    phone = lost_and_back_with_its_key(browsers, phone, noted)
    plain = lost_and_back_with_its_cookies(browsers, plain)
    keyboard.goes_on()
    phone.decides_the_rest(Decision.Action.REFER)
    keyboard.decides_the_rest(Decision.Action.PROCEED)
    plain.decides_the_rest(Decision.Action.INTERVIEW, last=DOSSIERS - 1)
    phone.reads("lobby.done", n=DOSSIERS)
    expect(host.page.get_by_text(host.say("grid.of", n=19, all=20), exact=True)).to_be_visible()

    host.closes(unfinished=1)
    keyboard.reads("lobby.closed")
    host.reveals()
    for trainee, decided in ((phone, 4), (keyboard, 4), (plain, 3)):
        trainee.page.goto("/seat/")
        trainee.reads("lobby.revealed")
        trainee.looks_back(decided)
        trainee.sees_the_own_profile()

    host.link("sitting.debrief").click()
    headline = host.page.get_by_role("heading", level=1).inner_text()
    printed = tmp_path / "debrief.pdf"
    assert headline in host.prints(printed)
    assert pages_of(printed) > 1
    check_exports(host.downloads(), sitting)


def lost_and_back_with_its_key(browsers: Browsers, trainee: Trainee, noted: str) -> Trainee:
    """Lose the device when the second dossier is on the desk; go on with it on another one, by the key."""
    trainee.goes_on()
    trainee.is_at(2)
    before = trainee.page.get_by_role("heading", level=1).inner_text()
    trainee.context.close()
    again: Trainee = browsers.of(OnPhone, "id", **PHONE)
    again.page.goto("/seat/return")
    again.write(again.page.get_by_label(again.say("join.key"), exact=True), noted.lower())
    again.press(again.button("join.back_take"))
    expect(again.page).not_to_have_url(re.compile("/return$"))
    again.page.wait_for_load_state()
    again.page.goto("/seat/desk")
    again.is_at(2)
    expect(again.page.get_by_role("heading", level=1)).to_have_text(before)
    return again


def lost_and_back_with_its_cookies(browsers: Browsers, trainee: Trainee) -> Trainee:
    """Close the browser and open it again: the session is gone, the way back is kept."""
    kept: Any = trainee.context.storage_state()
    kept["cookies"] = [one for one in kept["cookies"] if one["name"] != "sessionid"]
    trainee.context.close()
    again: Trainee = browsers.of(WithoutScript, "en", java_script_enabled=False, storage_state=kept)
    again.page.goto("/seat/desk")
    again.is_at(2)
    return again


def others_work_through(host: Trainer, others: list[Seat]) -> None:
    """Let those decide on every dossier whose browsers are like the others'.

    Hardly any page asks for news meanwhile: a database in memory, as tests have it, locks whole tables.
    """
    page_of_sitting = host.page.url
    host.page.goto("/home/")
    for seat in others:
        held = Seat.objects.select_related("sitting").get(pk=seat.pk)
        while True:
            with suppress(OperationalError):  # a desk asked whether the sitting goes on: try again
                if (turn := current_turn(held)) is None:
                    break
                decide(opened(turn), Answer(Decision.Action.INTERVIEW, Decision.Confidence.UNSURE))
    host.page.goto(page_of_sitting)


def check_exports(files: dict[str, str], sitting: Sitting) -> None:
    """Every decision is in the files, with no nickname, and the questions can be read by a machine."""
    assert sorted(files) == ["decisions.csv", "dossiers.csv", "moodle.xml", "sitting.json", "xapi.json"]
    decided = Decision.objects.filter(turn__seat__sitting=sitting).count()
    assert decided == 19
    between = ";" if ";" in files["decisions.csv"].splitlines()[0] else ","
    rows = {
        name: list(csv.DictReader(files[name].splitlines(), delimiter=between))
        for name in ("decisions.csv", "dossiers.csv")
    }
    assert (len(rows["decisions.csv"]), len(rows["dossiers.csv"])) == (decided, DOSSIERS)
    assert {"action", "action_title"} <= rows["decisions.csv"][0].keys()
    assert json.loads(files["sitting.json"])
    assert json.loads(files["xapi.json"])
    assert ET.fromstring(files["moodle.xml"]).tag == "quiz"
    assert not [name for name in NICKNAMES for text in files.values() if name in text]


def pages_of(file: Path) -> int:
    return len(re.findall(rb"/Type\s*/Page\b(?!s)", file.read_bytes()))


def titles_of(paper: bytes) -> str:
    """Return the titles and bookmarks of a PDF, which no compression hides."""
    plain = re.findall(rb"/Title\s*\(((?:[^()\\]|\\.)*)\)", paper)
    wide = re.findall(rb"/Title\s*<([0-9A-Fa-f\s]+)>", paper)
    texts = [text.decode("latin-1") for text in plain]
    texts += [bytes.fromhex(text.decode("ascii")).decode("utf-16") for text in wide]
    return "\n".join(texts)
