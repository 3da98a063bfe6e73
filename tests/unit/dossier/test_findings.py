"""Findings: absent, unknown, present, and how they combine."""

import numpy as np
import pytest

from dossier.findings import (
    ABSENT,
    FINDING_LABELS,
    PRESENT,
    UNKNOWN,
    Findings,
    all_of,
    any_of,
    at_least,
    negate,
    when,
)


def one(finding: int) -> Findings:
    return np.array([finding], dtype=np.int8)


def test_findings_are_ordered_from_absent_over_unknown_to_present() -> None:
    assert ABSENT < UNKNOWN < PRESENT
    assert [FINDING_LABELS[finding] for finding in (ABSENT, UNKNOWN, PRESENT)] == [
        "absent",
        "unknown",
        "present",
    ]


@pytest.mark.parametrize(
    ("left", "right", "both", "either"),
    [
        (ABSENT, ABSENT, ABSENT, ABSENT),
        (ABSENT, UNKNOWN, ABSENT, UNKNOWN),
        (ABSENT, PRESENT, ABSENT, PRESENT),
        (UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN),
        (UNKNOWN, PRESENT, UNKNOWN, PRESENT),
        (PRESENT, PRESENT, PRESENT, PRESENT),
    ],
)
def test_both_and_either_follow_kleene(left: int, right: int, both: int, either: int) -> None:
    for first, second in ((left, right), (right, left)):
        assert all_of(one(first), one(second)).tolist() == [both]
        assert any_of(one(first), one(second)).tolist() == [either]


@pytest.mark.parametrize(("finding", "opposite"), [(ABSENT, PRESENT), (UNKNOWN, UNKNOWN), (PRESENT, ABSENT)])
def test_the_opposite_of_unknown_is_unknown(finding: int, opposite: int) -> None:
    assert negate(one(finding)).tolist() == [opposite]


def test_at_least_counts_unknowns_as_possible_and_never_as_certain() -> None:
    assert at_least(2, one(PRESENT), one(UNKNOWN), one(ABSENT)).tolist() == [UNKNOWN]
    assert at_least(2, one(UNKNOWN), one(UNKNOWN), one(ABSENT)).tolist() == [UNKNOWN]
    assert at_least(2, one(PRESENT), one(PRESENT), one(UNKNOWN)).tolist() == [PRESENT]
    assert at_least(2, one(UNKNOWN), one(ABSENT), one(ABSENT)).tolist() == [ABSENT]


def test_at_least_more_than_there_are_is_absent() -> None:
    assert at_least(3, one(PRESENT), one(PRESENT)).tolist() == [ABSENT]


def test_a_condition_counts_only_where_it_is_known() -> None:
    condition = np.array([True, False, True, False])
    known = np.array([True, True, False, False])
    assert when(condition, known).tolist() == [PRESENT, ABSENT, UNKNOWN, UNKNOWN]


def test_every_combination_stays_a_small_integer() -> None:
    results = [all_of(one(0), one(2)), any_of(one(0), one(2)), negate(one(1)), at_least(1, one(1))]
    assert all(result.dtype == np.int8 for result in results)
