"""The paper card as people see it: on the screen, as a page to print, and in a list; all of it in both languages."""

import hashlib
import json
import re
import sys
from base64 import b64encode
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from console.commands import show_paper
from console.commands.show import ShowOptions, show_things
from console.output import Output
from dossier.problems import BadInput
from dossier.stages import STAGE_LABELS, Stage
from dossier.texts import Language, Text
from models import paper_card
from models.paper_card import MOST_ROWS, PaperCard, load_paper_card
from screening import paper_page
from screening.paper_page import page, printed_rows, words
from tests.architecture.test_texts import BANNED
from tests.unit.console.terminal import OK, json_of, nothing_left, refusal, saring
from tests.unit.screening.desks import screener

LANGUAGES: tuple[Language, ...] = ("en", "id")
RULES = screener().rulebook
RATE = {"estimate": 0.1234, "low": 0.1, "high": 0.15, "n": 12_345}
LOSS = {"estimate": 0.07, "low": 0.05, "high": 0.09, "n": 12_345}
MEASURED = {
    "miss_rate": {**RATE, "missed": 1523},
    "false_flag_rate": {**RATE, "estimate": 0.0456, "low": 0.04, "high": 0.05, "n": 54_321, "flagged": 2477},
    "cards_miss_rate": {**RATE, "estimate": 0.0534, "low": 0.04, "high": 0.06, "missed": 659},
    "loss": LOSS,
    "by_sum": [],
}


def made(stage: Stage = Stage.VERIFICATION, **changes: object) -> PaperCard:
    """Return a card of several indicators and rules."""
    rules = [rule.id for rule in RULES.rules if rule.tier == "evidence" and rule.stage <= stage]
    names = [name for name, indicator in RULES.indicators.items() if indicator.stage <= stage]
    signs = [*(f"indicator:{name}" for name in names[:3]), *(f"rule:{rule}" for rule in rules[:3])]
    content = {
        "id": "trial",
        "stage": stage.label,
        "rulebook": RULES.rulebook.id,
        "columns_hash": RULES.columns_hash,
        "scenario": "phnom_penh_2022",
        "scenario_hash": "1" * 64,
        "seed": 7,
        "rows": [{"finding": sign, "points": 6 - place} for place, sign in enumerate(signs)],
        "refer_from": 9,
        "measured": MEASURED,
    }
    return PaperCard.model_validate({**content, **changes})


@pytest.fixture
def released(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that stands for the released paper cards, with one in it."""
    folder = tmp_path / "released"
    folder.mkdir()
    (folder / "trial.json").write_text(made().model_dump_json(), encoding="utf-8")
    for module in (paper_card, show_paper):
        monkeypatch.setattr(module, "RELEASED", folder)
    return folder


def running(text: str) -> str:
    return " ".join(text.split())


# --- on the screen --------------------------------------------------------------------------------------


def on_screen(language: Language, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> str:
    """Return what somebody reads at a terminal of eighty columns."""
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("TERM", "dumb")
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    options = ShowOptions("paper-cards", "trial", None, unsourced=False, scenario=None, language=language)
    show_things(options, Output(as_json=False, quiet=False))
    return capsys.readouterr().out


@pytest.mark.usefixtures("released")
@pytest.mark.parametrize("language", LANGUAGES)
def test_all_that_is_needed_to_use_it_stands_on_the_screen(
    language: Language, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    said = on_screen(language, monkeypatch, capsys)
    card, text = made(), words().text
    assert max(len(line) for line in said.splitlines()) <= 80
    flat = running(said)
    for key in ("title", "subtitle", "simulated", "sign", "points", "unknowns", "overrides"):
        assert text[key].in_language(language) in flat
    assert words().stage[card.stage].in_language(language) in flat
    assert text["refer"].in_language(language).format(points=card.refer_from) in flat
    for rule in RULES.rules:
        shown = running(rule.reason.in_language(language)) in flat
        assert shown is (rule.tier == "override" and rule.stage <= Stage.VERIFICATION)
    assert "{" not in said


@pytest.mark.usefixtures("released")
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_row_stands_there_with_its_points(
    language: Language, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    said = on_screen(language, monkeypatch, capsys)
    for row in printed_rows(made(), RULES):
        first = row.title.in_language(language).split()[:3]
        (line,) = [line for line in said.splitlines() if line.split()[:3] == first]
        assert line.split()[-1] == str(row.points)


@pytest.mark.usefixtures("released")
def test_it_is_a_page_too_where_it_is_sent_to_a_printer_or_a_file() -> None:
    said = saring("show", "paper-cards", "trial").stdout
    assert not said.lstrip().startswith("{")
    assert "Not for use on real people." in running(said)


@pytest.mark.usefixtures("released")
def test_a_program_reads_the_card_as_it_was_written() -> None:
    found = json_of("show", "paper-cards", "trial")
    assert {key: found[key] for key in ("rows", "refer_from", "measured")} == {
        key: made().model_dump(mode="json")[key] for key in ("rows", "refer_from", "measured")
    }


@pytest.mark.usefixtures("released")
def test_paper_cards_are_listed() -> None:
    assert set(json_of("show", "paper-cards")["paper-cards"]) == {"trial"}
    said = saring("show", "paper-cards").stdout
    (row,) = [line.split() for line in said.splitlines() if line.startswith("trial")]
    assert row == ["trial", "6", "9", "verification", "saring-2026"]


def test_what_is_released_is_listed_loads_and_fits_the_released_rules() -> None:
    """True before any paper card is released, and of each one that is."""
    found = json_of("show", "paper-cards")["paper-cards"]
    assert set(found) == {path.stem for path in paper_card.RELEASED.glob("*.json")}
    for name in found:
        card = load_paper_card(name)
        assert len(printed_rows(card, RULES)) == len(card.rows) <= MOST_ROWS
        assert card.measured["miss_rate"]["n"] >= 30_000
        assert card.measured["false_flag_rate"]["estimate"] < 0.2


# --- as a page ------------------------------------------------------------------------------------------


class Sheet(HTMLParser):
    """What a browser is told: elements with their attributes, and the text of each sheet by its language."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: dict[str, list[str]] = {}
        self._language = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag == "article":
            self._language = dict(attrs)["lang"] or ""

    def handle_data(self, data: str) -> None:
        self.texts.setdefault(self._language, []).append(data)

    def said(self, language: str) -> str:
        return running(" ".join(self.texts[language]))


def test_there_is_one_sheet_in_each_language() -> None:
    sheet = Sheet(page(made(), RULES))
    assert [of["lang"] for tag, of in sheet.elements if tag == "article"] == list(LANGUAGES)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_sheet_says_everything_in_its_language(language: Language) -> None:
    card, said = made(), Sheet(page(made(), RULES)).said(language)
    for text in words().text.values():
        for part in re.split(r"\{\w+\}", text.in_language(language)):
            assert running(part) in said
    for row in printed_rows(card, RULES):
        assert running(row.title.in_language(language)) in said
        assert running(row.hint.in_language(language)) in said
    for rule in RULES.rules:
        if rule.tier == "override":
            assert (running(rule.reason.in_language(language)) in said) is (rule.stage <= Stage.VERIFICATION)


@pytest.mark.parametrize(
    ("language", "figures"),
    [
        (
            "en",
            [
                "12.3 % (10.0–15.0) of 12,345",
                "4.6 % (4.0–5.0) of 54,321",
                "5.3 % (4.0–6.0)",
                "7 more",
                "(5 to 9)",
            ],
        ),
        (
            "id",
            [
                "12,3 % (10,0–15,0) dari 12.345",
                "4,6 % (4,0–5,0) dari 54.321",
                "5,3 % (4,0–6,0)",
                "(5 sampai 9)",
            ],
        ),
    ],
)
def test_what_it_misses_flags_and_loses_stands_on_it(language: str, figures: list[str]) -> None:
    said = Sheet(page(made(), RULES)).said(language)
    assert all(figure in said for figure in figures), said


def test_a_card_that_was_never_measured_says_nothing_of_rates() -> None:
    said = Sheet(page(made(measured={}), RULES)).said("en")
    assert "%" not in said
    assert words().text["measured"].en not in said


def test_the_page_runs_nothing_and_asks_nobody() -> None:
    text = page(made(), RULES)
    sheet = Sheet(text)
    (policy,) = [
        of["content"] or "" for tag, of in sheet.elements if of.get("http-equiv") == "Content-Security-Policy"
    ]
    (style,) = re.findall(r"<style>(.*?)</style>", text, flags=re.DOTALL)
    digest = b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert policy.split("; ")[:2] == ["default-src 'none'", f"style-src 'sha256-{digest}'"]
    assert "unsafe" not in policy
    names = {tag for tag, _ in sheet.elements}
    assert not names & {"script", "img", "link", "iframe", "object", "form", "a", "base"}
    given = {name for _, of in sheet.elements for name in of}
    assert not {name for name in given if name.startswith("on")} | (given & {"src", "href", "style"})
    assert not re.search(r"url\(|@import|https?:", text)


def test_names_and_texts_are_text_and_never_markup(monkeypatch: pytest.MonkeyPatch) -> None:
    evil = '<script>alert("1")</script>&amp;'
    monkeypatch.setattr(
        paper_page,
        "printed_rows",
        lambda *_: (paper_page.PrintedRow("rule:x", Text(en=evil, id=evil), Text(en=evil, id=evil), 2),),
    )
    text = page(made(id=evil, scenario=evil), RULES)
    assert "<script" not in text
    for language in LANGUAGES:
        assert Sheet(text).said(language).count(evil) == 4


def test_no_word_on_it_is_banned() -> None:
    for language in LANGUAGES:
        assert not BANNED.search(Sheet(page(made(), RULES)).said(language))


@pytest.mark.parametrize("stage", Stage)
def test_every_stage_has_its_name_and_only_its_own_overrides(stage: Stage) -> None:
    assert set(words().stage) == set(STAGE_LABELS)
    said = Sheet(page(made(stage), RULES)).said("en")
    assert words().stage[stage.label].en in said
    by_then = [r for r in RULES.rules if r.tier == "override" and r.stage <= stage]
    assert all(running(rule.reason.en) in said for rule in by_then)
    assert (words().text["overrides"].en in said) is bool(by_then)


# --- writing it -----------------------------------------------------------------------------------------


@pytest.mark.usefixtures("released")
def test_the_page_is_written_and_its_place_is_said(tmp_path: Path) -> None:
    out = tmp_path / "card.html"
    found = json_of("show", "paper-cards", "trial", "--html", out)
    assert found["artifacts"] == {"page": str(out)}
    assert out.read_text(encoding="utf-8") == page(made(), RULES)
    result = saring("show", "paper-cards", "trial", "--html", out)
    assert (result.exit_code, str(out) in result.stdout.replace("\n", "")) == (OK, True)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["card.html", "released"]


def test_a_card_from_a_file_can_be_printed(tmp_path: Path) -> None:
    (tmp_path / "own.json").write_text(made(id="own").model_dump_json(), encoding="utf-8")
    json_of("show", "paper-cards", tmp_path / "own.json", "--html", tmp_path / "own.html")
    assert "own" in Sheet((tmp_path / "own.html").read_text(encoding="utf-8")).said("en")


@pytest.mark.usefixtures("released")
@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("nosuch",), "there is no 'nosuch' among the paper-cards"),
        (("nosuch", "--html", "a.html"), "there is no paper card 'nosuch'"),
        (("trial", "--html", "a.txt"), "Give --html a name that ends in .html."),
        (("trial", "--html", "nowhere/a.html"), "the page cannot be written"),
        (("trial", "--html", "released"), "the page is an HTML file"),
        (("--html", "a.html"), "this option does not go with `saring show paper-cards`"),
        (("trial", "--rulebook", "paper-004"), "this option does not go with"),
    ],
)
def test_what_cannot_be_printed_is_refused(
    words: tuple[str, ...], said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with nothing_left(tmp_path):
        found = running(refusal("show", "paper-cards", *words))
    assert said in found
    assert "To mend it: " in found


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"columns_hash": "0" * 64}, "was learned with other rules than 'saring-2026'"),
        ({"rows": [{"finding": "indicator:aura", "points": 9}]}, "there is no sign 'indicator:aura'"),
        ({"rows": [{"finding": "feeling", "points": 9}]}, "there is no sign 'feeling'"),
        ({"rows": [{"finding": "rule:no_such_rule", "points": 9}]}, "no_such_rule"),
        ({"rulebook": "nosuch"}, "there is no released rulebook 'nosuch'"),
    ],
)
def test_a_card_that_does_not_fit_these_rules_is_refused(
    changes: dict[str, Any], said: str, released: Path, tmp_path: Path
) -> None:
    (released / "trial.json").write_text(made(**changes).model_dump_json(), encoding="utf-8")
    with nothing_left(tmp_path):
        assert said in running(refusal("show", "paper-cards", "trial", "--html", tmp_path / "a.html"))


def test_a_broken_file_among_the_released_is_named(released: Path) -> None:
    (released / "bad.json").write_text(json.dumps({"id": "bad"}), encoding="utf-8")
    with pytest.raises(BadInput, match="bad"):
        show_paper.released_paper_cards()
