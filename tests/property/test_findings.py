"""Three-valued logic against its naive twin: ask what would follow however the unknowns turned out."""

from collections.abc import Callable, Sequence
from itertools import product

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from dossier.findings import ABSENT, PRESENT, UNKNOWN, Findings, all_of, any_of, at_least, negate, when

FINDING = st.sampled_from([ABSENT, UNKNOWN, PRESENT])
ROWS = st.integers(1, 4).flatmap(
    lambda width: st.lists(st.tuples(*[FINDING] * width), min_size=1, max_size=6)
)


def naive(rule: Callable[[Sequence[bool]], bool], findings: Sequence[int]) -> int:
    """Return the finding of a two-valued rule: present or absent only where every completion agrees."""
    options = [{ABSENT: [False], UNKNOWN: [False, True], PRESENT: [True]}[finding] for finding in findings]
    results = {rule(completion) for completion in product(*options)}
    return UNKNOWN if len(results) > 1 else PRESENT if results.pop() else ABSENT


def columns(rows: list[tuple[int, ...]]) -> list[Findings]:
    return list(np.array(rows, dtype=np.int8).T)


@given(ROWS)
def test_all_of_follows_every_completion(rows: list[tuple[int, ...]]) -> None:
    assert all_of(*columns(rows)).tolist() == [naive(all, row) for row in rows]


@given(ROWS)
def test_any_of_follows_every_completion(rows: list[tuple[int, ...]]) -> None:
    assert any_of(*columns(rows)).tolist() == [naive(any, row) for row in rows]


@given(ROWS, st.integers(0, 5))
def test_at_least_follows_every_completion(rows: list[tuple[int, ...]], count: int) -> None:
    expected = [naive(lambda answers: sum(answers) >= count, row) for row in rows]
    assert at_least(count, *columns(rows)).tolist() == expected


@given(ROWS)
def test_the_opposite_follows_every_completion(rows: list[tuple[int, ...]]) -> None:
    first = columns(rows)[0]
    assert negate(first).tolist() == [naive(lambda answers: not answers[0], row[:1]) for row in rows]


@given(ROWS)
def test_the_opposite_of_all_is_any_opposite(rows: list[tuple[int, ...]]) -> None:
    found = columns(rows)
    assert negate(all_of(*found)).tolist() == any_of(*map(negate, found)).tolist()


@given(ROWS, st.data())
def test_more_evidence_never_makes_less(rows: list[tuple[int, ...]], data: st.DataObject) -> None:
    before = np.array(rows, dtype=np.int8)
    raised = [[data.draw(st.integers(int(finding), PRESENT)) for finding in row] for row in rows]
    after = np.array(raised, dtype=np.int8)
    for combine in (all_of, any_of, lambda *found: at_least(2, *found)):
        assert (combine(*before.T) <= combine(*after.T)).all()


@given(st.lists(st.tuples(st.booleans(), st.booleans()), min_size=1))
def test_a_condition_is_unknown_exactly_where_it_is_not_known(rows: list[tuple[bool, bool]]) -> None:
    condition, known = np.array(rows).T
    expected = [UNKNOWN if not is_known else PRESENT if holds else ABSENT for holds, is_known in rows]
    assert when(condition, known).tolist() == expected
