"""Rare victims: mixtures with known weights, what a flag is worth, and how many people would do."""

from itertools import pairwise
from math import isclose, log10
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dossier.problems import BadInput
from screening.evaluation.pages import html_rare
from screening.evaluation.pages.charts import as_svg
from screening.evaluation.rare_events import (
    Mixture,
    Needed,
    needed_at,
    rare_events_json,
    shares,
    victims_needed,
)
from screening.evaluation.rare_events import settings as declared
from screening.evaluation.rates import Rate, clopper_pearson
from screening.evaluation.texts import LANGUAGES
from screening.evaluation.workload import Both, reckoned
from tests.web.report_sample import sample


def content(missed: int, victims: int, flagged: int, others: int, **more: Any) -> dict[str, Any]:
    """Return as much of an evaluation as is read; the victims are of one typology."""
    miss = {"missed": missed, "n": victims}
    return {
        "miss_rate": miss,
        "false_flag_rate": {"flagged": flagged, "n": others},
        "by": {"typology": [{"group": "a", "miss_rate": miss}] if victims else []},
        **more,
    }


# --- shares -----------------------------------------------------------------------------------------


def test_shares_rise_in_equal_steps_of_their_logarithm_and_meet_every_power_of_ten() -> None:
    found = shares()
    assert (found[0], found[-1]) == (1e-5, 1e-2)
    steps = [log10(high / low) for low, high in pairwise(found)]
    assert all(isclose(step, 1 / declared().steps_per_tenfold, rel_tol=1e-4) for step in steps)
    assert {1e-5, 1e-4, 1e-3, 1e-2} <= set(found)


# --- mixtures ---------------------------------------------------------------------------------------


def test_a_mixture_of_one_typology_is_its_rate() -> None:
    found = Mixture({"a": 1.0}, {"a": Rate(3, 40)}, 0.95)
    assert found.estimate == Rate(3, 40).estimate
    assert found.interval == pytest.approx((Rate(3, 40).low, Rate(3, 40).high))


def test_weights_count_and_not_how_many_were_drawn() -> None:
    few_and_many = {"a": Rate(5, 10), "b": Rate(10, 1000)}
    assert Mixture({"a": 0.5, "b": 0.5}, few_and_many, 0.95).estimate == pytest.approx(0.255)
    assert Mixture({"a": 0.0, "b": 1.0}, few_and_many, 0.95).estimate == pytest.approx(0.01)


def test_each_typology_takes_its_part_of_the_error() -> None:
    rates = {"a": Rate(5, 50), "b": Rate(10, 60)}
    ends = [clopper_pearson(rate.count, rate.n, 0.975) for rate in rates.values()]
    found = Mixture({"a": 0.2, "b": 0.8}, rates, 0.95).interval
    assert found == pytest.approx([0.2 * ends[0][side] + 0.8 * ends[1][side] for side in (0, 1)])


def test_a_typology_without_weight_costs_no_precision() -> None:
    rates = {"a": Rate(5, 50), "b": Rate(0, 0)}
    assert Mixture({"a": 1.0, "b": 0.0}, rates, 0.95).interval == Mixture({"a": 1.0}, rates, 0.95).interval


@pytest.mark.parametrize(
    ("weights", "said"),
    [
        ({"a": 0.5, "b": 0.4}, "sum to 0.9"),
        ({"a": 1.5, "b": -0.5}, "below 0"),
        ({"a": float("nan"), "b": 1.0}, "sum to nan"),
        ({}, "sum to 0"),
        ({"a": 0.5, "c": 0.5}, "no victim of the typology 'c'"),
        ({"a": 0.5, "d": 0.5}, "no victim of the typology 'd'"),
    ],
)
def test_a_mixture_that_cannot_be_said_is_refused(weights: dict[str, float], said: str) -> None:
    with pytest.raises(BadInput, match=said):
        Mixture(weights, {"a": Rate(1, 10), "b": Rate(1, 10), "c": Rate(0, 0)}, 0.95)


# --- how many people would do -----------------------------------------------------------------------


@given(st.integers(0, 30), st.integers(0, 30))
@settings(max_examples=12)
def test_the_victims_that_would_do_are_the_fewest(missed: int, found: int) -> None:
    """One by one, as far as it takes."""
    n = missed + found
    if not n:
        return
    share = missed / n

    def width(size: int) -> float:
        low, high = (clopper_pearson_of(share, size)[side] for side in (0, 1))
        return high - low

    expected = next(size for size in range(n, 1000) if width(size) <= declared().widest_miss)
    assert victims_needed(Rate(missed, n)) == expected


def clopper_pearson_of(share: float, n: int, confidence: float = 0.95) -> tuple[float, float]:
    """Return the exact interval of a share of n, whose count need not be whole, by its definition."""
    from scipy.stats import beta

    count, tail = share * n, (1 - confidence) / 2
    low = beta.ppf(tail, count, n - count + 1) if share > 0 else 0.0
    high = beta.isf(tail, count + 1, n - count) if share < 1 else 1.0
    return float(low), float(high)


@pytest.mark.parametrize(("missed", "flagged", "prevalence"), [(8, 3, 0.01), (20, 10, 0.001), (5, 0, 0.01)])
def test_the_others_that_would_do_are_the_fewest(missed: int, flagged: int, prevalence: float) -> None:
    both = Both(Rate(missed, 100), Rate(flagged, 150))
    found = needed_at(both, prevalence)
    assert found.victims == 100
    assert found.others is not None
    assert found.others > 150

    def factor(others: int) -> float:
        miss, wrong = (
            clopper_pearson_of(rate.estimate, n, 0.975)
            for rate, n in ((both.miss, 100), (both.false_flag, others))
        )
        rates = (both.miss.estimate, *miss), (both.false_flag.estimate, *wrong)
        return reckoned(prevalence, *rates).factor

    assert factor(found.others) <= declared().widest_factor < factor(found.others - 1)


def test_where_no_number_of_others_would_do_victims_are_asked_for() -> None:
    few = Both(Rate(9, 10), Rate(50, 1000))
    found = needed_at(few, 0.001)
    assert found.victims is not None
    assert found.others is not None
    assert found.victims > 10
    again = Both(
        Rate(round(0.9 * found.victims), found.victims), Rate(round(0.05 * found.others), found.others)
    )
    assert again.at(0.001).factor == pytest.approx(declared().widest_factor, rel=0.02)


def test_where_nobody_was_found_no_number_would_do() -> None:
    assert needed_at(Both(Rate(10, 10), Rate(5, 100)), 0.001) == Needed(None, None)


def test_those_there_are_do_where_they_are_many() -> None:
    assert needed_at(Both(Rate(900, 10_000), Rate(5000, 100_000)), 0.001) == Needed(10_000, 100_000)


# --- content ----------------------------------------------------------------------------------------


def test_no_false_flag_among_few_people_is_said_to_say_little() -> None:
    found = rare_events_json(content(10, 400, 0, 500))
    assert found["none_flagged"] == {"n": 500, "high": Rate(0, 500).high}
    assert found["none_missed"] is None
    rarest = found["curve"][0]
    assert rarest["precision"] == 1.0
    assert rarest["low"] < 0.01
    assert rarest["needed"]["others"] > 100_000


def test_enough_people_need_no_more() -> None:
    found = rare_events_json(content(900, 10_000, 5000, 100_000))
    assert [row["needed"] for row in found["curve"]] == [None] * len(shares())
    assert found["none_flagged"] is found["none_missed"] is None


def test_every_point_has_its_interval_and_the_powers_of_ten_are_marked() -> None:
    found = rare_events_json(content(38, 400, 40, 2000))
    for row in found["curve"]:
        for low, middle, high in (
            ("low", "precision", "high"),
            ("flags_low", "flags_per_10000", "flags_high"),
            ("wrong_low", "wrong_per_10000", "wrong_high"),
            ("others_low", "others_per_victim", "others_high"),
        ):
            assert row[low] <= row[middle] <= row[high]
    assert [row["prevalence"] for row in found["curve"] if row["tenfold"]] == [1e-5, 1e-4, 1e-3, 1e-2]


def test_a_joint_interval_is_wider_than_one_of_single_rates() -> None:
    miss, wrong = Rate(38, 400), Rate(40, 2000)
    single = reckoned(0.001, (miss.estimate, miss.low, miss.high), (wrong.estimate, wrong.low, wrong.high))
    joint = Both(miss, wrong).at(0.001)
    assert joint.low < single.low
    assert single.high < joint.high


def test_a_typology_of_few_victims_says_how_many_would_do() -> None:
    (found,) = rare_events_json(content(2, 20, 40, 2000))["typologies"]
    assert found["is_wide"]
    assert found["needed"] == victims_needed(Rate(2, 20))
    (enough,) = rare_events_json(content(200, 2000, 40, 2000))["typologies"]
    assert (enough["is_wide"], enough["needed"]) == (False, None)


def test_declared_mixtures_and_the_even_one_are_stated() -> None:
    groups = [
        {"group": "a", "miss_rate": {"missed": 5, "n": 100}},
        {"group": "b", "miss_rate": {"missed": 50, "n": 100}},
    ]
    mixtures = {"scenario": {"a": 0.9, "b": 0.1}, "other": {"a": 0.5, "c": 0.5}}
    found = rare_events_json(content(55, 200, 9, 900, by={"typology": groups}, mixtures=mixtures))["mixtures"]
    assert [one["mixture"] for one in found] == ["scenario", "other", "even"]
    assert found[0]["weighted_miss_rate"]["share"] == pytest.approx(0.095)
    assert found[1]["lacking"] == ["c"]
    assert "weighted_miss_rate" not in found[1]
    assert found[2]["weighted_miss_rate"]["share"] == pytest.approx(0.275)


@pytest.mark.parametrize("sides", [(0, 0, 5, 100), (5, 100, 0, 0)])
def test_with_one_side_alone_nothing_is_said(sides: tuple[int, int, int, int]) -> None:
    assert rare_events_json(content(*sides)) == {}


# --- the chart --------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_chart_is_drawn_in_both_languages(language: Any) -> None:
    whole = sample()
    whole["rare_events"] = rare_events_json(whole)
    drawn = as_svg(html_rare.precision(whole, language), "rare")
    assert ("1 in 1,000" if language == "en" else "1 dari 1.000") in drawn
    assert drawn.count("<svg") == 1


def test_where_no_victim_is_flagged_there_is_no_chart() -> None:
    assert not html_rare.has_precision({"rare_events": rare_events_json(content(10, 10, 5, 100))})
    assert not html_rare.has_precision({})
    assert html_rare.has_precision({"rare_events": rare_events_json(content(9, 10, 5, 100))})
