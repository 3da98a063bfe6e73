"""Example dossiers: a few people of each kind, and of as many journeys and both sexes as there are."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import pytest

from dossier.truth import TruthClass
from screening.evaluation.examples import (
    LOOKED_AT,
    WANTED,
    Wanted,
    candidates_of,
    example_rows,
    joined_candidates,
    truth_json,
)
from screening.evaluation.outcomes import Outcomes
from tests.unit.screening.results import drawn_flags, drawn_outcomes, made, random_outcomes

Flags = npt.NDArray[np.bool_]


def rows_of(outcomes: Outcomes, flagged: Flags) -> list[tuple[str, int]]:
    return list(example_rows(candidates_of(outcomes, flagged, range(len(outcomes)))))


EXAMPLES = rows_of(drawn_outcomes(), drawn_flags())


def fits(wanted: Wanted, outcomes: Outcomes, flagged: bool, row: int) -> bool:
    truth = outcomes.truth
    is_lookalike = truth.kinds[int(truth.module[row])] == "lookalike"
    return (
        truth.truth_class[row] == wanted.truth_class
        and flagged == wanted.flagged
        and wanted.lookalike in (None, is_lookalike)
    )


def test_every_example_is_of_the_kind_it_is_called() -> None:
    wanted = {one.key: one for one in WANTED}
    for key, row in EXAMPLES:
        assert fits(wanted[key], drawn_outcomes(), bool(drawn_flags()[row]), row)


def test_nobody_is_shown_twice_and_no_kind_too_often() -> None:
    rows = [row for _, row in EXAMPLES]
    assert len(set(rows)) == len(rows)
    for wanted in WANTED:
        assert sum(key == wanted.key for key, _ in EXAMPLES) <= wanted.count


def test_ten_people_are_shown_where_there_are_enough() -> None:
    assert len(EXAMPLES) == sum(wanted.count for wanted in WANTED) == 10


def test_examples_of_a_kind_are_of_different_journeys_or_sexes_first() -> None:
    outcomes = made([3, 3, 3, 4], [5, 5, 5, 5], sex=[0, 0, 1, 0])
    shown = [row for key, row in rows_of(outcomes, np.ones(4, dtype=bool)) if key == "victim_found"]
    assert shown == [0, 2, 3]


def test_fewer_are_shown_where_there_are_no_more() -> None:
    outcomes = made([3, 0], [5, -5])
    assert rows_of(outcomes, np.array([True, False])) == [("victim_found", 0)]


def test_facilitators_are_no_examples() -> None:
    outcomes = made([5, 5], [5, -5])
    assert rows_of(outcomes, np.array([True, False])) == []


def naive(outcomes: Outcomes, flagged: Flags) -> list[tuple[str, int]]:
    """Person by person: the first of each module and sex among the first ones, then whoever is left."""
    found = []
    for wanted in WANTED:
        rows = [row for row in range(len(outcomes)) if fits(wanted, outcomes, bool(flagged[row]), row)]
        rows, first, seen = rows[:LOOKED_AT], [], set()
        for row in rows:
            sort = (int(outcomes.truth.module[row]), int(outcomes.sex[row]))
            first += [] if sort in seen else [row]
            seen.add(sort)
        shown = [*first, *(row for row in rows if row not in first)][: wanted.count]
        found += [(wanted.key, row) for row in shown]
    return found


@pytest.mark.parametrize("looked_at", [3, 20, 2000])
def test_the_choice_is_that_of_a_naive_search_however_the_cohort_is_cut(
    looked_at: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("screening.evaluation.examples.LOOKED_AT", looked_at)
    monkeypatch.setattr(f"{__name__}.LOOKED_AT", looked_at)
    outcomes = random_outcomes(4, 700)
    outcomes = replace(outcomes, sex=np.abs(outcomes.sex))
    flagged = outcomes.risk["counter"] > 150
    cuts = [0, 1, 90, 400, 700]
    parts = [
        candidates_of(outcomes.take(np.arange(a, b)), flagged[a:b], range(a, b)) for a, b in pairwise(cuts)
    ]
    expected = naive(outcomes, flagged)
    assert len(expected) == 10
    assert rows_of(outcomes, flagged) == expected
    assert list(example_rows(joined_candidates(parts[::-1]))) == expected


def test_the_truth_of_an_example_is_spelled_out() -> None:
    truth = made([3, 0], [0, 0], tier=[1, -1]).truth
    assert truth_json(truth, 0) == {"truth_class": "victim", "module": "typology.a", "tier": "expert"}
    assert truth_json(truth, 1)["tier"] is None
    assert truth_json(truth, 1)["truth_class"] == TruthClass.LAWFUL.label
