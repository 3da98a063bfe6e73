"""What the researcher's pages must show, and say.

Every chart has a sentence and a table of its figures; every rate its n and its interval; the certificate speaks
of a simulated population; nobody is called what nobody is.
"""

import re

import pytest

from tests.architecture.test_texts import BANNED
from tests.web.report_page import Element
from tests.web.research_page import PAGES, page

LANGUAGES = ("en", "id")
INTERVAL = re.compile(r"\(<?[\d.,]+–<?[\d.,]+\s?%\s?\)")
OF = re.compile(r"[\d.,]+ (of|dari) [\d.,]+")


def with_charts(kind: str) -> list[Element]:
    return [one for one in page(kind).by_name("section") if one.by_class("chart")]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", PAGES)
def test_every_chart_stands_beside_a_sentence_and_a_table(kind: str, language: str) -> None:
    assert len(with_charts(kind)) >= 4
    for section in with_charts(kind):
        assert section.by_name("table"), section.attributes["id"]
        (*_, sentence) = [one.text(language) for one in section.by_class("says")]
        assert sentence
        assert len(section.by_name("figcaption")[0].text(language)) > 20


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", PAGES)
def test_every_rate_in_a_table_stands_with_its_count_and_interval(kind: str, language: str) -> None:
    cells = [cell for cell in page(kind).by_name("td") if cell.by_class("rate")]
    rates = [cell for cell in cells if "%" in cell.by_class("rate")[0].text(language)]
    assert len(rates) > 50
    for cell in rates:
        assert INTERVAL.search(cell.text(language)), cell.text(language)
        assert OF.search(cell.text(language)), cell.text(language)


@pytest.mark.parametrize("kind", PAGES)
def test_every_page_says_that_it_is_synthetic_and_that_people_decide(kind: str) -> None:
    words = page(kind).text()
    assert "Synthetic · for training and research only" in words
    assert "saring recommends; people decide." in words


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", PAGES)
def test_nobody_is_called_what_nobody_is(kind: str, language: str) -> None:
    assert not BANNED.search(page(kind).text(language))


def test_the_certificate_says_first_whether_it_is_usable_and_of_whom_it_speaks() -> None:
    verdict = page("tune").by_id("verdict")
    assert verdict.by_class("verdict")[0].by_name("h3")[0].text() in (
        "Usable",
        "Not usable at this difficulty",
        "Infeasible within this capacity",
    )
    assert "This certifies a threshold for a simulated population" in verdict.by_class("note")[0].text()


def test_every_protected_group_stands_with_n_allowed_threshold_and_check() -> None:
    rows = page("tune").by_id("certified").by_name("tbody")[0].by_name("tr")
    assert len(rows) == 2
    for row in rows:
        assert "200" in row.text()
        assert OF.search(row.text())


def test_the_page_tells_how_to_verify() -> None:
    assert "saring verify certificate.json" in page("tune").by_id("verify").text()


@pytest.mark.parametrize("kind", ["levers", "adversary", "runs"])
def test_victims_lawful_and_irregular_are_told_apart_both_times(kind: str) -> None:
    words = page(kind).by_id("changed").text()
    for beginning in ("Victims missed:", "Lawful travellers flagged:", "Irregular travellers flagged:"):
        assert beginning in words


def test_cues_are_shown_for_honest_travellers_too() -> None:
    heads = page("tune").by_id("cues").by_class("heat")[0].by_name("th")
    words = " ".join(head.text() for head in heads)
    assert "Lawful travellers" in words
    assert "Irregular travellers" in words
    assert "n = " in words
