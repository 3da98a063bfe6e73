"""What each rule covers: against counts made person by person, and against screening again without the rule."""

from functools import cache

import numpy as np
import numpy.typing as npt
import pytest

from dossier.findings import PRESENT
from dossier.stages import Stage
from dossier.truth import TruthClass
from screening.evaluation.rates import clopper_pearson
from screening.evaluation.rule_coverage import (
    CoverageCounts,
    coverage_counts,
    coverage_json,
    joined_coverage,
    largest_overlaps,
    rule_coverage,
)
from screening.rulebook import load_rulebook
from screening.rules_only import rules_screener
from screening.screener import Screener
from tests.unit.screening.desks import SIZE, cohort, screener

STAGE = Stage.CHECKPOINT
CLASSES = cohort().truth.truth_class
RATED = CLASSES != TruthClass.FACILITATOR


def by_rules() -> Screener:
    return rules_screener(load_rulebook("paper-004"))


@cache
def counts_of(decides: str) -> CoverageCounts:
    one = screener() if decides == "cards" else by_rules()
    return coverage_counts(one, cohort().dossiers, cohort().truth, STAGE)


def fired_by(one: Screener) -> dict[str, npt.NDArray[np.bool_]]:
    found = one.assess(cohort().dossiers, STAGE).evidence.outcomes
    return {rule.id: found[rule.id] == PRESENT for rule in one.rulebook.rules}


BOTH = pytest.mark.parametrize("decides", ["cards", "rules"])


def screener_named(decides: str) -> Screener:
    return screener() if decides == "cards" else by_rules()


@BOTH
def test_counts_agree_with_counting_person_by_person(decides: str) -> None:
    counts, fired = counts_of(decides), fired_by(screener_named(decides))
    people = list(zip(*fired.values(), strict=True))
    for place, rule in enumerate(counts.rules):
        only = np.array([row[place] and sum(row) == 1 for row in people])
        for each in TruthClass:
            assert counts.values[place, each, 0] == (fired[rule] & (each == CLASSES)).sum()
            assert counts.alone[place, each] == (only & (each == CLASSES)).sum()
        for other_place, other in enumerate(counts.rules):
            assert counts.together[place, other_place] == (fired[rule] & fired[other] & RATED).sum()


@BOTH
def test_people_and_flags_are_those_of_the_screener(decides: str) -> None:
    flagged = screener_named(decides).assess(cohort().dossiers, STAGE).is_flagged
    counts = counts_of(decides)
    assert counts.people.sum() == SIZE
    assert counts.people.tolist() == [np.count_nonzero(each == CLASSES) for each in TruthClass]
    assert counts.flagged.tolist() == [(flagged & (each == CLASSES)).sum() for each in TruthClass]


@BOTH
def test_parts_add_up_to_the_whole(decides: str) -> None:
    one, dossiers, truth = screener_named(decides), cohort().dossiers, cohort().truth
    halves = [slice(0, 1500), slice(1500, None)]
    joined = joined_coverage([coverage_counts(one, dossiers.take(h), truth.take(h), STAGE) for h in halves])
    for name in ("people", "flagged", "values", "alone", "together"):
        assert (getattr(joined, name) == getattr(counts_of(decides), name)).all()


def test_without_a_rule_that_decides_by_itself_so_many_more_are_missed() -> None:
    """Every override rule is taken out of the rulebook, which is then screened again from the start."""
    whole, book = by_rules(), load_rulebook("paper-004")
    before = whole.assess(cohort().dossiers, STAGE).is_flagged
    changed = 0
    for found in rule_coverage(counts_of("rules")):
        left = book.model_copy(update={"rules": tuple(rule for rule in book.rules if rule.id != found.rule)})
        after = rules_screener(left, book.refers_from).assess(cohort().dossiers, STAGE).is_flagged
        victims = CLASSES == TruthClass.VICTIM
        assert found.missed_without.count == (before & ~after & victims).sum()
        assert found.unflagged_without.count == (before & ~after).sum()
        assert not (after & ~before).any()
        changed += found.unflagged_without.count
    assert changed > 0


def test_differences_are_signed_and_have_exact_intervals() -> None:
    content = coverage_json(counts_of("rules"), 3)
    people = content["people"]
    (rule,) = [found for found in content["rules"] if found["rule"] == "physical_data_differs"]
    saves = rule["saves"]
    low, high = clopper_pearson(saves, people["victim"])
    missed, flags = rule["misses_without"], rule["flags_per_10000_without"]
    assert (missed["estimate"], missed["low"], missed["high"]) == (saves / people["victim"], low, high)
    assert flags["low"] < flags["estimate"] < flags["high"] <= 0
    assert flags["n"] == SIZE


def test_the_false_flag_rate_is_that_of_the_lawful_and_irregular_together() -> None:
    for rule in coverage_json(counts_of("cards"), 3)["rules"]:
        parts = [rule[f"fires_on_{name}"] for name in ("lawful", "irregular")]
        assert rule["false_flag_rate"]["fired"] == sum(part["fired"] for part in parts)
        assert rule["false_flag_rate"]["n"] == sum(part["n"] for part in parts)


def test_overlaps_are_shares_of_those_on_whom_either_fires_largest_first() -> None:
    fired = fired_by(screener())
    pairs = largest_overlaps(counts_of("cards"), 1000)
    assert [pair.overlap.estimate for pair in pairs] == sorted(
        (p.overlap.estimate for p in pairs), reverse=True
    )
    for pair in pairs:
        first, second = fired[pair.first] & RATED, fired[pair.second] & RATED
        assert (pair.overlap.count, pair.overlap.n) == ((first & second).sum(), (first | second).sum())
    assert len(largest_overlaps(counts_of("cards"), 2)) == 2


def test_a_rule_of_a_later_stage_covers_nobody_yet() -> None:
    early = coverage_counts(screener(), cohort().dossiers, cohort().truth, Stage.COUNTER)
    later = [place for place, rule in enumerate(screener().rulebook.rules) if rule.stage > Stage.COUNTER]
    assert later
    assert not early.values[later].any()
    assert not early.together[later].any()


def test_where_there_is_nobody_of_a_class_nothing_can_be_said() -> None:
    lawful = np.flatnonzero(CLASSES == TruthClass.LAWFUL)[:50]
    counts = coverage_counts(screener(), cohort().dossiers.take(lawful), cohort().truth.take(lawful), STAGE)
    content = coverage_json(counts, 3)
    assert content["miss_rate"]["estimate"] is None
    assert all(rule["misses_without"]["estimate"] is None for rule in content["rules"])
