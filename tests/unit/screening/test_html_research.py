"""The page of a tuned threshold: what every page of ours keeps to, and what the slider is given."""

import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dossier.texts import Language
from screening.evaluation.pages.html_compare import write_compare_html
from screening.evaluation.pages.html_linked_words import bin_verdict
from screening.evaluation.pages.html_research import tune_page, write_tune_html
from screening.evaluation.pages.html_sides import side_of
from screening.evaluation.pages.research_charts import along, normal_axis, share_axis, upwards
from screening.evaluation.rates import Rate
from screening.evaluation.texts import number, percent, said
from tests.web.report_page import Element, read
from tests.web.research_page import PAGES, page, source
from tests.web.research_sample import tuned

LARGEST = 1_500_000


@pytest.mark.parametrize("kind", PAGES)
def test_every_page_is_small_enough_to_send(kind: str) -> None:
    assert len(source(kind).encode()) < LARGEST


def test_the_same_content_gives_the_same_bytes() -> None:
    assert tune_page(tuned()) == source("tune")


@pytest.mark.parametrize("write", [write_tune_html, write_compare_html])
def test_a_page_is_written_whole_or_not_at_all(write: Any, tmp_path: Path) -> None:
    with pytest.raises(KeyError):
        write({"n": 1}, tmp_path / "page.html")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("kind", PAGES)
def test_nothing_is_fetched_and_nothing_needs_more_than_the_policy_allows(kind: str) -> None:
    for element in page(kind).all(lambda _: True):
        assert "style" not in element.attributes, "an attribute would need 'unsafe-inline'"
        assert not [name for name in element.attributes if name.startswith("on")]
        for name in ("src", "href", "srcset", "action"):
            address = element.attributes.get(name, "#")
            assert address.startswith("#") or address == "data:,"
    assert "url(" not in "".join(map(str, page(kind).by_name("style")[0].inside))


@pytest.mark.parametrize("kind", PAGES)
def test_every_anchor_leads_somewhere_and_no_id_stands_twice(kind: str) -> None:
    ids = [e.attributes["id"] for e in page(kind).all(lambda e: "id" in e.attributes)]
    anchors = [e.attributes["href"][1:] for e in page(kind).by_name("a")]
    assert len(ids) == len(set(ids))
    assert set(anchors) <= set(ids)


def test_a_title_never_becomes_markup() -> None:
    attack = "</script><script>alert(1)</script><img src=x>{{ 7*7 }}"
    attacked = read(tune_page({**tuned(), "title": {"en": attack, "id": attack}}))
    assert attacked.by_name("img") == []
    assert len(attacked.by_name("script")) == len(page("tune").by_name("script"))
    assert "{{ 7*7 }}" in attacked.by_name("h1")[0].text()


# --- the slider -----------------------------------------------------------------------------------------


def slider(kind: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(str(page(kind).by_id("slider-data").inside[0]))
    return found


def test_the_slider_has_every_rate_with_its_exact_interval() -> None:
    data, sweep = slider("tune"), tuned()["sweep"]
    for step in (0, data["start"], len(data["thresholds"]) - 1):
        found = data["rates"]["victims"]
        rate = Rate(sweep["victims"]["missed"][step], sweep["victims"]["n"])
        assert (found["count"][step], found["n"]) == (rate.count, rate.n)
        assert (found["low"][step], found["high"][step]) == pytest.approx((rate.low, rate.high), abs=1e-6)


@pytest.mark.parametrize("kind", PAGES)
def test_every_mark_has_a_place_at_every_step(kind: str) -> None:
    data = slider(kind)
    steps = len(data["thresholds"])
    for chart in data["charts"].values():
        for mark in chart["marks"]:
            tracks = [one for one in mark.values() if isinstance(one, list)]
            assert tracks
            assert {len(track) for track in tracks} == {steps}


@pytest.mark.parametrize("kind", PAGES)
def test_every_chart_of_the_page_is_driven_by_the_slider(kind: str) -> None:
    drawn = {e.attributes["data-chart"] for e in page(kind).by_class("chart") if "data-chart" in e.attributes}
    assert drawn == set(slider(kind)["charts"])


def test_open_marks_start_on_the_rates_of_the_operating_threshold() -> None:
    data, content = slider("tune"), tuned()
    side = side_of(content["sweep"], content)
    lawful = data["charts"]["tradeoff"]["marks"][1]
    shown = max(side.lawful.estimate[side.here], side.irregular.estimate[side.here])
    x = 268 * side.lawful.estimate[side.here] / (0.5 if shown < 0.5 else 1.0)
    y = 230 * (1 - side.victims.estimate[side.here])
    assert (lawful["x"][side.here], lawful["y"][side.here]) == pytest.approx((x, y), abs=0.06)


def test_flags_lie_within_their_interval_and_grow_as_the_threshold_falls() -> None:
    estimate, low, high = (np.array(end) for end in slider("tune")["flags"]["flags"])
    assert (low <= estimate).all()
    assert (estimate <= high).all()
    assert (np.diff(estimate) <= 0).all()


def test_the_heat_map_divides_by_the_people_whose_cues_were_counted() -> None:
    """There are three times as many of them as in the sweep, so its counts would give shares above one."""
    data, sweep = slider("tune"), tuned()["sweep"]
    victims = np.array(data["people"]["missed"])
    assert (victims == 3 * np.array(sweep["victims"]["missed"])).all()
    for one in data["cues"]:
        for among in ("missed", "flagged"):
            assert (np.array(one[among]) <= np.array(data["people"][among])).all()


def test_ticks_of_recommendations_are_those_of_the_people_of_the_bars() -> None:
    data, content = slider("tune"), tuned()
    for mark, group in zip(
        data["charts"]["recommendations"]["marks"], content["cues"]["groups"], strict=True
    ):
        share = [one / group["n"] for one in group.get("missed", group.get("flagged"))]
        flagged = share[data["start"]] if "flagged" in group else 1 - share[data["start"]]
        width = data["charts"]["recommendations"]["width"]
        assert mark["x"][data["start"]] == pytest.approx(width * (1 - flagged), abs=0.06)


# --- chances ------------------------------------------------------------------------------------------


def test_a_chance_is_too_high_or_too_low_only_where_the_interval_leaves_it_out() -> None:
    def found(shown: float) -> str:
        rate = Rate(20, 1000)
        ends = {"count": 20, "n": 1000, "estimate": 0.02, "low": rate.low, "high": rate.high}
        return bin_verdict({"shown": shown, "victims": ends})

    rate = Rate(20, 1000)
    verdicts = [found(shown) for shown in (rate.low - 1e-6, rate.low, 0.02, rate.high, rate.high + 1e-6)]
    assert verdicts == ["too_low", "as_shown", "as_shown", "as_shown", "too_high"]


@pytest.mark.parametrize("language", ["en", "id"])
def test_the_section_on_chances_answers_its_title(language: Language) -> None:
    content = tuned()
    bins = content["reliability"]["bins"]
    counts = [sum(bin_verdict(one) == each for one in bins) for each in ("too_high", "too_low", "as_shown")]
    said_first, _, of_the_bin = (
        one.text(language) for one in page("tune").by_id("reliability").by_class("says")
    )
    assert [int(one) for one in re.findall(r"\b\d+\b", said_first)][:4] == [len(bins), *counts]
    chance = content["sweep"]["chances"][content["sweep"]["here"]]
    (holding,) = (one for one in bins if one["low"] <= chance < one["high"])
    assert percent(holding["shown"]).in_language(language).replace("\xa0", " ") in of_the_bin
    assert number(holding["victims"]["n"]).in_language(language) in of_the_bin


# --- samples ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["en", "id"])
def test_every_section_with_rates_names_its_sample(language: Language) -> None:
    unnamed = [
        section.attributes["id"]
        for section in page("tune").by_name("section")
        if section.by_class("rate") and not section.by_class("sample")
    ]
    assert unnamed == []
    assert len({one.text(language) for one in page("tune").by_class("sample")}) == 7


def test_the_chart_of_groups_says_that_it_is_not_the_check_of_the_promise() -> None:
    words = page("tune").by_id("groups")
    assert "not the check of the promise" in words.by_class("sample")[0].text()
    assert "not the check of the promise" in words.by_name("figcaption")[0].text()
    assert not page("runs").by_class("sample")


def test_a_group_has_one_name_on_every_page() -> None:
    content = tuned()
    for kind in ("groups", "certified"):
        assert "Female" not in page("tune").by_id(kind).text()
    assert "Women and girls" in page("tune").by_id("groups").text()
    assert "Online scam" in page("tune").by_id("recommendations").text()
    content["travellers"]["typology.online_scam"] = {"en": "Lured away", "id": "Dijerat"}
    named = read(tune_page(content))
    for part in ("certified", "groups", "recommendations", "cues"):
        assert "Lured away" in named.by_id(part).text()


# --- axes -----------------------------------------------------------------------------------------------


def test_a_normal_axis_puts_a_half_where_equal_shares_on_both_sides_meet() -> None:
    axis = normal_axis(said("x"))
    low, half, high = (float(axis.place(share)) for share in (0.1, 0.5, 0.9))
    assert half - low == pytest.approx(high - half)
    assert float(axis.place(0.0001)) == pytest.approx(0)


def test_what_a_plot_does_not_show_has_no_place() -> None:
    axis = share_axis(said("x"), 0.5)
    assert along(axis, [0, 0.25, 0.5, 0.6], 200) == [0, 100, 200, None]
    assert upwards(axis, [0, 0.5], 200) == [200, 0]
    assert along(normal_axis(said("x")), [0.0, 1.0], 200) == [None, None]


# --- what is left out -----------------------------------------------------------------------------------


def test_without_a_sweep_the_certificate_still_has_its_page() -> None:
    content = tuned()
    for name in ("sweep", "cues", "recommendations", "reliability"):
        del content[name]
    bare = read(tune_page(content))
    assert [e.attributes["id"] for e in bare.by_name("section")] == [
        "verdict",
        "certified",
        "capacity",
        "verify",
    ]


def test_without_capacity_none_is_drawn_or_spoken_of() -> None:
    plain = read(tune_page(tuned(None))).by_id("capacity")
    assert "No capacity was named" in plain.text()


def texts_of(element: Element) -> str:
    return element.text("en") + element.text("id")


def test_the_page_works_for_groups_that_are_crossed() -> None:
    content = tuned()
    content["groups"][0] |= {"grouping": "typology+sex", "group": "online_scam, female"}
    assert "Online scam, women and girls" in read(tune_page(content)).by_id("certified").text()
