"""Every recommendation gives its reasons.

An officer who is told "refer" must be able to say to the person why, in a language that both understand; what was
looked at and what was not; what could be checked to change it; and what an honest traveller would answer. None of it
accuses anybody, and the last word is a person's.
"""

from dataclasses import dataclass
from functools import cache

import numpy as np
import pytest

from dossier.dossiers import Dossiers
from dossier.recommendations import Recommendation
from dossier.stages import Stage
from screening.counterfactual import WhatIf, what_would_change
from screening.explain import Explanation, explain
from screening.reason_texts import reason_texts
from screening.screener import OVERRIDE, Screener
from synthetic import draw, load_scenario

STAGE = Stage.VERIFICATION


@dataclass(frozen=True)
class Told:
    """What an officer is told about one person."""

    reasons: Explanation
    what_if: tuple[WhatIf, ...]


@cache
def screened() -> tuple[Screener, Dossiers]:
    return Screener.default(), draw(load_scenario("baseline_year"), n=1500, seed=41).dossiers


@cache
def told_about(recommendation: Recommendation) -> tuple[Told, ...]:
    screener, dossiers = screened()
    rows = np.flatnonzero(screener.assess(dossiers, STAGE).recommendation == recommendation)[:6]
    return tuple(
        Told(
            explain(screener, dossiers, int(row), STAGE),
            what_would_change(screener, dossiers, int(row), STAGE),
        )
        for row in rows
    )


EVERYBODY = pytest.mark.parametrize("recommendation", Recommendation, ids=lambda one: one.label)


@EVERYBODY
def test_the_points_can_be_added_up_by_hand(recommendation: Recommendation) -> None:
    for told in told_about(recommendation):
        found = told.reasons
        by_hand = found.start + sum(reason.points for reason in found.reasons) + found.resembles_others
        assert found.risk in (by_hand, None)


@EVERYBODY
def test_each_reason_is_a_sentence_in_both_languages_and_names_what_it_read(
    recommendation: Recommendation,
) -> None:
    for told in told_about(recommendation):
        for reason in told.reasons.reasons:
            assert reason.sentence.en.endswith(".")
            assert reason.sentence.id.endswith(".")
            assert reason.reads
            assert all(read.label.id and read.value.id for read in reason.reads)


@EVERYBODY
def test_what_was_not_assessed_and_what_is_asked_later_are_two_things(recommendation: Recommendation) -> None:
    for told in told_about(recommendation):
        assert not set(told.reasons.not_assessed) & set(told.reasons.not_yet_asked)


@EVERYBODY
def test_each_finding_comes_with_an_honest_explanation(recommendation: Recommendation) -> None:
    for told in told_about(recommendation):
        assert all(reason.innocent for reason in told.reasons.reasons if reason.kind == "rule")
        assert not any(reason.innocent for reason in told.reasons.reasons if reason.kind == "setting")


@EVERYBODY
def test_it_says_what_would_have_changed_it_and_how_to_check(recommendation: Recommendation) -> None:
    for told in told_about(recommendation):
        assert told.what_if
        for what_if in told.what_if:
            assert what_if.sentence.en != what_if.sentence.id
            for found in what_if.nearest:
                assert 1 <= len(found.changes) <= reason_texts().search.most_answers
                assert all(change.how.en and change.how.id for change in found.changes)


def test_who_is_referred_is_told_who_receives_them_and_why() -> None:
    for told in told_about(Recommendation.REFER):
        assert told.reasons.agency
        assert told.reasons.grounds
        assert told.reasons.offers


def test_who_a_person_is_never_would_have_changed_it() -> None:
    for recommendation in Recommendation:
        for told in told_about(recommendation):
            checked = {name for what_if in told.what_if for name in what_if.checkable}
            assert not checked & {"sex", "age", "province", "marital_status", "education", "apparent_age"}


def test_a_rule_that_decides_gives_its_own_reason_beside_the_points_of_the_cards() -> None:
    screener, _ = screened()
    wide = draw(load_scenario("altered_age_minor"), n=3000, seed=2).dossiers
    rows = np.flatnonzero(screener.assess(wide, STAGE).risk == OVERRIDE)
    assert rows.size
    found = explain(screener, wide, int(rows[0]), STAGE)
    assert found.risk is None
    assert found.decided
    assert all(reason.sentence.en and reason.innocent for reason in found.decided)
    (what_if,) = what_would_change(screener, wide, int(rows[0]), STAGE)
    decided_on = {read.field for reason in found.decided for read in reason.reads}
    assert all({change.field for change in one.changes} & decided_on for one in what_if.nearest)
