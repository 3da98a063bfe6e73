"""Stress: a screener is measured where the world is not as it was tuned for.

Other kinds of victims come, or rarer ones; answers are missing; evidence is hidden; officers differ, or are too
few. Each test changes one thing, measures the same people again where it can, and says in one sentence, with n
and interval, what came of it and what it assumed.
"""

from functools import cache

import pytest

from console.stress.coached import coached
from console.stress.frame import Finding
from console.stress.listed import LISTED
from console.stress.missing import TOGETHER, missing
from console.stress.offices import offices
from console.stress.prevalence import prevalence
from console.stress.remix import remix
from console.stress.single_point import single_point
from tests.unit.console.stress.counted import assert_all_hold_together
from tests.unit.console.stress.people import mixed, quiet, setting

TESTS = {
    "remix": remix,
    "prevalence": prevalence,
    "missing": missing,
    "single_point": single_point,
    "coached": coached,
    "offices": offices,
}


@cache
def finding(test: str) -> Finding:
    return TESTS[test](mixed() if test != "missing" else setting(victims=400, others=400), quiet)


# --- what every test says ---------------------------------------------------------------------------


@pytest.mark.parametrize("test", TESTS)
def test_a_finding_says_what_it_asks_what_it_found_and_what_it_assumed(test: str) -> None:
    found = finding(test)
    for said in (found.title, found.question, found.answer, found.assumed):
        assert said.en
        assert said.id
        assert said.en != said.id
    assert found.question.en.endswith("?")


@pytest.mark.parametrize("test", ["remix", "missing", "single_point", "coached", "offices"])
def test_an_answer_has_its_n_and_its_interval(test: str) -> None:
    assert " of " in finding(test).answer.en
    assert "interval" in finding(test).answer.en


@pytest.mark.parametrize("test", TESTS)
def test_every_rate_has_its_n_and_an_interval_around_it(test: str) -> None:
    for row in finding(test).to_json()["rows"]:
        for name in ("miss_rate", "false_flag_rate"):
            if name in row and row[name]["n"]:
                assert row[name]["low"] <= row[name]["estimate"] <= row[name]["high"]


@pytest.mark.parametrize("test", ["remix", "missing", "single_point", "coached", "offices"])
def test_all_intervals_of_a_finding_hold_together(test: str) -> None:
    """As many as are shown, or were looked at to choose what is shown: each is as wide as that many ask for."""
    assert_all_hold_together(finding(test))


def test_every_test_tells_of_its_progress_as_often_as_it_says() -> None:
    here = setting(victims=200, others=200)
    for one in LISTED:
        if not one.is_slow and one.name != "backlog":
            told: list[int] = []
            one.test(here, told.append)
            assert sum(told) == one.steps(here), one.name


# --- what is so of these victims --------------------------------------------------------------------


def test_no_mixture_of_victims_is_worse_than_the_kind_that_is_missed_most() -> None:
    rows = finding("remix").rows
    kinds = max(row.miss.estimate for row in rows if row.miss and row.series.startswith("kinds by"))
    assert all(row.more.get("worst", 0) <= kinds for row in rows)


def test_where_victims_are_rare_nearly_everybody_who_is_flagged_is_none() -> None:
    first = finding("prevalence").rows[0].more
    assert first["precision"]["high"] < 0.01
    assert first["others_per_victim"]["low"] > 100


def test_a_screener_never_misses_fewer_for_evidence_that_is_hidden() -> None:
    for row in (*finding("coached").rows, *finding("single_point").rows):
        if row.miss_change is not None:
            assert row.miss_change.only_second == 0


def test_answers_that_are_missing_are_not_taken_for_harmless() -> None:
    """Unknown is scored on purpose: with every field empty for many, more honest people are stopped."""
    whole = [row for row in finding("missing").rows if row.key == TOGETHER]
    flagged = [row.false_flag.estimate for row in whole if row.false_flag]
    assert flagged == sorted(flagged)
    assert whole[-1].flag_change is not None
    assert whole[-1].flag_change.interval[0] > 0


def test_where_officers_differ_somebody_is_flagged_for_where_he_applied() -> None:
    (whole,) = [row for row in finding("offices").rows if row.key == "everybody"]
    assert whole.miss_change is not None
    assert whole.flag_change is not None
    assert whole.miss_change.only_first > 0
    assert whole.flag_change.only_first > 0
