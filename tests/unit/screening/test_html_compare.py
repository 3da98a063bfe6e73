"""The comparison page: every figure is one of the content, and a change is called one only where it is shown."""

from typing import Any

import pytest

from screening.evaluation.pages.html_compare import compare_page
from screening.evaluation.pages.html_compare_words import verdict
from tests.web.report_page import Element, read
from tests.web.research_page import page
from tests.web.research_sample import EVIL, comparison


def sections(found: Element) -> list[str]:
    return [one.attributes["id"] for one in found.by_name("section")]


def test_each_kind_of_comparison_has_its_sections() -> None:
    shared = ["changed", "by_typology", "by_traveller", "otherwise", "live", "tradeoff", "curves", "workload"]
    for kind in ("levers", "runs"):
        assert sections(page(kind)) == [*shared, "groups", "trust"]
    assert "learning" in sections(page("adversary"))


def test_the_counts_of_the_misses_stand_in_the_first_sentence() -> None:
    misses = comparison()["misses"]
    words = page("levers").by_class("verdict")[0].text()
    for count in (misses["before"]["missed"], misses["after"]["missed"], misses["no_longer_missed"]):
        assert str(count) in words


def _misses(low: float, high: float, newly: int = 3, gone: int = 9) -> dict[str, Any]:
    estimate = (low + high) / 2
    difference = {"estimate": estimate, "low": low, "high": high}
    return {"n": 100, "newly_missed": newly, "no_longer_missed": gone, "difference": difference}


@pytest.mark.parametrize(
    ("misses", "words", "colour"),
    [
        (_misses(-0.2, -0.1), "Fewer victims are missed", "better"),
        (_misses(0.1, 0.2), "More victims are missed", "worse"),
        (_misses(-0.2, 0.1), "No difference in misses is shown", ""),
        (_misses(-0.05, 0.05, 0, 0), "Misses did not change", ""),
        ({**_misses(0, 0), "n": 0}, "There is no victim to compare", ""),
    ],
)
def test_a_change_is_called_one_only_where_its_interval_leaves_out_zero(
    misses: dict[str, Any], words: str, colour: str
) -> None:
    said, found = verdict(misses)
    assert (said.en, found) == (words, colour)


def test_travellers_who_are_flagged_as_before_are_not_listed() -> None:
    content = comparison()
    changed = [one for one in content["by_traveller"] if one["newly_flagged"] or one["no_longer_flagged"]]
    rows = page("levers").by_id("by_traveller").by_name("tbody")[0].by_name("tr")
    assert len(rows) == len(changed)


def test_networks_rounds_and_what_restoring_costs_are_told() -> None:
    words = page("adversary").by_id("learning").text()
    assert "of 100 victims in each round" in words
    assert "the route" in words
    assert "10.0 %" in words.replace("\u00a0", " ")
    assert "of 700 lawful and irregular travellers" in words.lower()


def test_a_folder_with_an_evil_name_is_shown_as_it_is() -> None:
    assert EVIL in page("runs").by_class("setting")[0].text()


def test_without_sweeps_nothing_is_linked() -> None:
    content = comparison()
    del content["sweeps"]
    found = read(compare_page(content))
    assert sections(found)[-1] == "trust"
    assert "live" not in sections(found)


def test_without_victims_the_page_says_so() -> None:
    content = comparison()
    empty = {"estimate": None, "low": None, "high": None, "n": 0, "missed": 0}
    content["misses"] |= {"n": 0, "before": empty, "after": empty}
    content["by_typology"] = []
    words = read(compare_page(content)).by_id("changed").text()
    assert "There is no victim to compare" in words
