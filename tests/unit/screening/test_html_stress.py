"""The page of stress tests: complete, escaped, in both languages, and in the given order."""

import json
import re
from functools import cache

import pytest

from screening.evaluation.pages.html_stress import OPEN_ROWS, shown, stress_page
from screening.evaluation.pages.html_stress_charts import ROWS, changes, is_curve, lead_rows
from tests.web.report_page import Element, read
from tests.web.stress_sample import MANY_ROWS, sample


@cache
def page() -> Element:
    return read(stress_page(sample()))


def test_every_test_has_a_section_in_the_given_order() -> None:
    ids = [section.attributes["id"] for section in page().by_name("section")]
    assert ids == ["order", "curve", "changes", "rates", "numbers", "left-out"]


@pytest.mark.parametrize("language", ["en", "id"])
def test_a_section_says_question_answer_and_assumption_in_each_language(language: str) -> None:
    for finding in sample()["findings"]:
        words = page().by_id(finding["test"]).text(language)
        for part in ("title", "question", "answer", "assumed"):
            assert finding[part][language] in words


def test_every_row_stands_in_a_table() -> None:
    for finding in sample()["findings"]:
        headings = [cell.text() for cell in page().by_id(finding["test"]).by_name("th")]
        assert [row["name"]["en"] for row in finding["rows"] if row["name"]["en"] not in headings] == []


def test_long_tables_unfold() -> None:
    (table,) = shown(sample()["findings"][1]).tables
    assert (len(table.shown), len(table.folded)) == (OPEN_ROWS, MANY_ROWS - OPEN_ROWS)
    assert f"{MANY_ROWS - OPEN_ROWS} more rows" in page().by_id("changes").text()


def test_every_chart_is_drawn_once_for_each_language() -> None:
    for finding in ("curve", "changes", "rates", "numbers"):
        drawn = page().by_id(finding).by_class("chart")
        assert len(drawn) == 1
        assert len(drawn[0].by_name("svg")) >= 2


def test_a_chart_of_changes_shows_the_first_rows_only() -> None:
    finding = sample()["findings"][1]
    drawn = json.dumps(changes(finding, "en").to_dict(validate=False))
    names = set(re.findall(r"number\|? ?(\d+)", drawn))
    assert names == {str(place) for place in range(ROWS)}
    assert len(lead_rows(finding)) == MANY_ROWS


def test_a_finding_with_one_point_is_no_curve() -> None:
    finding = sample()["findings"][0]
    assert is_curve(finding)
    assert not is_curve({**finding, "rows": finding["rows"][:1]})


def test_texts_of_a_run_are_escaped() -> None:
    html = stress_page(sample())
    assert "<learned>" not in html
    assert "evidence <b>" not in html


def test_the_policy_lets_nothing_in_and_nothing_is_fetched() -> None:
    html = stress_page(sample())
    (policy,) = [m.attributes["content"] for m in page().by_name("meta") if "http-equiv" in m.attributes]
    assert policy.startswith("default-src 'none'; script-src 'sha256-")
    assert re.findall(r'(?:src|href)="(?!#|data:)[^"]*"', html) == []
    assert " style=" not in re.sub(r"<svg.*?</svg>", "", html, flags=re.DOTALL)


def test_a_number_that_does_not_exist_is_a_dash() -> None:
    (row,) = [row for row in page().by_id("numbers").by_name("tr") if "nobody at all" in row.text()]
    assert "–" in row.text()
    assert "1,234" in row.text("en")
    assert "1.234" in row.text("id")


def test_what_was_left_out_is_told_with_how_to_run_it() -> None:
    words = page().by_id("left-out").text()
    assert "saring stress sample_2022 --tests tornado" in words
    assert "nothing was <learned>" in words


def test_the_same_content_gives_the_same_page() -> None:
    assert stress_page(sample()) == stress_page(sample())
