"""Every screener on the same people, as the page shows it: what is said agrees with the content."""

from functools import cache
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from dossier.texts import Language
from screening.evaluation.pages import html_rivals, rival_charts
from screening.evaluation.pages.charts import as_svg
from screening.evaluation.texts import number, percent
from tests.unit.screening.results import random_outcomes
from tests.web.report_rivals import rivals_of


@cache
def content() -> dict[str, Any]:
    return {"victims": 1, **rivals_of(random_outcomes(5, 900), 40)}


def one_named(name: str) -> html_rivals.Beside:
    wanted = html_rivals.name_of(name)
    (found,) = [one for one in html_rivals.beside(content()) if one.name == wanted]
    return found


def told(name: str) -> dict[str, Any]:
    (found,) = [one for one in content()["comparisons"]["rivals"] if one["name"] == name]
    return dict(found)


@pytest.mark.parametrize("name", ["oracle", "best_indicator", "women-17-45", "nobody-at-all"])
def test_points_are_those_of_the_rival_less_those_of_the_screener(name: str) -> None:
    found, gap = one_named(name).misses, told(name)["misses"]["screener_minus_this"]
    assert found.points == pytest.approx(-100 * gap["estimate"])
    assert (found.low, found.high) == pytest.approx((-100 * gap["high"], -100 * gap["low"]))
    difference = told(name)["miss_rate"]["missed"] - told(name)["screener"]["miss_rate"]["missed"]
    assert found.points == pytest.approx(100 * difference / gap["n"])
    assert (found.only_this, found.only_screener) == (
        told(name)["misses"]["only_this"],
        told(name)["misses"]["only_screener"],
    )


def test_ties_are_told_where_they_could_change_anything() -> None:
    tied = one_named("best_indicator")
    assert tied.notes.keys() >= {"miss", "lawful"}
    ends = told("best_indicator")["missed_best"], told("best_indicator")["missed_worst"]
    assert all(number(end).en in tied.notes["miss"].en for end in ends)
    assert "miss" not in one_named("women-17-45").notes
    assert not one_named("nobody-at-all").notes


def test_a_small_p_value_is_said_to_be_small() -> None:
    assert one_named("nobody-at-all").misses.p.en.startswith("p ")
    assert (
        "< 0.0001" in one_named("best_indicator").misses.p.en
        or told("best_indicator")["misses"]["p_value"] > 1e-4
    )
    assert html_rivals._p_value(0.00009).id == "< 0,0001"
    assert html_rivals._p_value(0.0312).en == "0.0312"


def test_the_share_of_achievable_detection_begins_with_all_victims() -> None:
    found = html_rivals.achievable(content())
    assert found is not None
    assert found.rows[0][1] == found.overall
    assert sum(ratio.n for _, ratio in found.rows[1:]) == found.overall.n


def test_each_decision_curve_says_its_screener_at_the_stated_chance() -> None:
    curves = html_rivals.decision_curves(content())
    stated = content()["decision_curve"]
    at = stated["threshold_chances"].index(stated["said"]["chance"])
    assert [curve.prevalence for curve in curves] == [one["prevalence"] for one in stated["curves"]]
    for curve, one in zip(curves, stated["curves"], strict=True):
        ours = one["ways"][0]
        for end in ("estimate", "low", "high"):
            assert html_rivals.worth(ours[end][at]).en in curve.sentence.en
            assert html_rivals.worth(ours[end][at]).id in curve.sentence.id
        assert "99" in curve.sentence.en
        assert "racle" in curve.sentence.en


def test_the_tables_hold_every_way_at_every_place_that_is_told() -> None:
    cost = html_rivals.cost_curve(content())
    assert cost is not None
    for curve in (cost, *html_rivals.decision_curves(content())):
        names = [name.en for name, _ in curve.rows]
        assert names[0] == "Screener, by its chances"
        assert names[-2:] == ["Refer everybody", "Refer nobody"]
        assert all(len(cells) == len(curve.columns) for _, cells in curve.rows)
        for _, cells in curve.rows[:-2]:
            assert all(
                low is not None and high is not None and low <= value <= high for value, low, high in cells
            )


def test_the_cost_curve_says_what_remains() -> None:
    cost, stated = html_rivals.cost_curve(content()), content()["cost_curve"]
    assert cost is not None
    at = stated["cost_shares"].index(stated["said"]["cost_share"])
    assert percent(stated["ways"][0]["estimate"][at]).en in cost.sentence.en
    places = html_rivals.stated_costs(content())
    assert len(places) == len({one["prevalence"] for one in stated["where"]})


def test_a_screener_without_chances_is_told_by_its_flags() -> None:
    by_rules = {"victims": 1, **rivals_of(random_outcomes(5, 300), 40, with_chances=False)}
    assert "screener as in this run" in html_rivals.decision_curves(by_rules)[0].sentence.en
    assert set(rival_charts.makers(by_rules)) == set(rival_charts.makers(content()))


def test_a_run_that_compared_nobody_shows_nothing() -> None:
    view = html_rivals.view({"victims": 3})
    assert not any(view.values())
    assert rival_charts.makers({"victims": 3}) == {}
    assert [name for name, _, _ in rival_charts.lines({})] == ["everybody", "nobody"]


# --- charts -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["en", "id"])
@pytest.mark.parametrize(
    "name", ["differences", "achievable", "decision-0", "decision-1", "decision-2", "cost"]
)
def test_each_chart_is_a_picture_that_scales(name: str, language: Language) -> None:
    picture = as_svg(rival_charts.makers(content())[name](content(), language), "chart")
    root = ET.fromstring(picture)
    assert "width" not in root.attrib
    assert "style=" not in picture
    assert "NaN" not in picture


def test_every_line_of_a_curve_has_its_key() -> None:
    keys = {name for name, _, _ in rival_charts.lines(content())}
    for curve in (content()["cost_curve"], *content()["decision_curve"]["curves"]):
        assert {way["name"] for way in curve["ways"]} | {"everybody", "nobody"} == keys


def test_no_two_ways_that_we_know_are_drawn_alike() -> None:
    drawn = [(line.colour, line.dash, line.width) for line in rival_charts.LINES.values()]
    assert len(set(drawn)) == len(drawn)
