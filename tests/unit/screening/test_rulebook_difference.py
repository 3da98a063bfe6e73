"""Two rulebooks on the same people: who enters and leaves, and thresholds of the same workload."""

from functools import cache

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dossier.stages import Stage
from dossier.truth import TruthClass
from screening.evaluation.outcomes import AGE_BANDS
from screening.evaluation.rulebook_difference import (
    Thresholds,
    TwiceScreened,
    all_screened,
    changes,
    difference_of_rulebooks_json,
    flags_at,
    same_workload,
    screened_twice,
)
from screening.rulebook import load_rulebook
from screening.rules_only import rules_screener
from screening.screener import OVERRIDE
from tests.unit.screening.desks import SIZE, cohort, screener

STAGE = Stage.VERIFICATION
CLASSES = cohort().truth.truth_class


@cache
def people() -> TwiceScreened:
    second = rules_screener(load_rulebook("paper-004"))
    return screened_twice(screener(), second, cohort().dossiers, cohort().truth, STAGE)


def own_thresholds() -> Thresholds:
    second = rules_screener(load_rulebook("paper-004"))
    return Thresholds(*(one.operating_point.threshold(STAGE) for one in (screener(), second)))


def test_every_group_is_counted_person_by_person() -> None:
    at, found = own_thresholds(), people()
    before, after = found.first >= at.first, found.second >= at.second
    ages = cohort().dossiers.columns["age"]
    bands = np.searchsorted(AGE_BANDS, ages, side="right") - 1
    by_hand = {
        ("truth", "victim", "victim"): CLASSES == TruthClass.VICTIM,
        ("truth", "facilitator", "facilitator"): CLASSES == TruthClass.FACILITATOR,
        ("truth", "lawful and irregular", "other"): np.isin(CLASSES, (0, 1)),
        ("sex", "male", "victim"): (CLASSES == TruthClass.VICTIM) & (cohort().dossiers.columns["sex"] == 1),
        ("age_band", "18-24", "other"): np.isin(CLASSES, (0, 1)) & (bands == 2),
    }
    groups = {(one.grouping, one.group, one.truth): one.change for one in changes(found, at)}
    for key, rows in by_hand.items():
        change = groups[key]
        assert change.n == rows.sum() > 0
        assert change.only_after == (~before & after & rows).sum()
        assert change.only_before == (before & ~after & rows).sum()
        assert change.both == (before & after & rows).sum()


def test_groups_of_one_kind_add_up_to_all_of_their_people() -> None:
    groups = list(changes(people(), own_thresholds()))
    victims, others = (CLASSES == TruthClass.VICTIM).sum(), np.isin(CLASSES, (0, 1)).sum()
    for grouping, truth, expected in [
        ("typology", "victim", victims),
        ("sex", "victim", victims),
        ("sex", "other", others),
        ("age_band", "victim", victims),
        ("age_band", "other", others),
    ]:
        own = [one.change.n for one in groups if (one.grouping, one.truth) == (grouping, truth)]
        assert sum(own) == expected


def test_a_rulebook_does_not_differ_from_itself() -> None:
    found = screened_twice(screener(), screener(), cohort().dossiers, cohort().truth, STAGE)
    threshold = screener().operating_point.threshold(STAGE)
    content = difference_of_rulebooks_json(found, Thresholds(threshold, threshold))
    assert content["everybody"]["newly_flagged"] == content["everybody"]["no_longer_flagged"] == 0
    for group in content["groups"]:
        assert group["difference"]["estimate"] == 0
        assert group["difference"]["low"] < 0 < group["difference"]["high"]


def test_swapping_the_rulebooks_swaps_who_enters_and_who_leaves() -> None:
    at, found = own_thresholds(), people()
    swapped = TwiceScreened(
        found.truth_class, found.family, found.sex, found.age_band, found.second, found.first, found.families
    )
    there, back = changes(found, at), changes(swapped, Thresholds(at.second, at.first))
    for one, other in zip(there, back, strict=True):
        assert (one.change.only_before, one.change.only_after) == (
            other.change.only_after,
            other.change.only_before,
        )


def test_parts_are_put_together_in_order() -> None:
    second = rules_screener(load_rulebook("paper-004"))
    halves = [slice(0, 900), slice(900, None)]
    parts = [
        screened_twice(screener(), second, cohort().dossiers.take(h), cohort().truth.take(h), STAGE)
        for h in halves
    ]
    whole = all_screened(parts)
    assert len(whole) == SIZE
    assert (whole.first == people().first).all()
    assert (whole.family == people().family).all()


def test_differences_are_said_of_ten_thousand_people() -> None:
    content = difference_of_rulebooks_json(people(), own_thresholds())["everybody"]
    for name, value in content["difference"].items():
        assert content["difference_per_10000"][name] == pytest.approx(10_000 * value)


# --- the same workload ------------------------------------------------------------------------------

RISKS = st.lists(st.sampled_from([-300, -100, 0, 100, 200, OVERRIDE]), min_size=1, max_size=40)


@given(RISKS, st.integers(0, 45))
def test_no_threshold_comes_nearer_to_the_workload(risks: list[int], flags: int) -> None:
    risk = np.array(risks, dtype=np.int32)
    chosen = abs(flags_at(risk, same_workload(risk, flags)) - flags)
    assert chosen == min(abs(flags_at(risk, one) - flags) for one in (*set(risks), 201, OVERRIDE))


def test_an_override_cannot_be_left_out() -> None:
    risk = np.array([OVERRIDE, OVERRIDE, 5, 3], dtype=np.int32)
    assert flags_at(risk, same_workload(risk, 0)) == 2


def test_nobody_is_flagged_where_that_is_nearest() -> None:
    risk = np.array([5, 5, 5], dtype=np.int32)
    assert flags_at(risk, same_workload(risk, 1)) == 0
    assert flags_at(risk, same_workload(risk, 2)) == 3
