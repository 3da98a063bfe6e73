"""Example dossiers: a few people of each kind, and of as many journeys and both sexes as there are."""

import numpy as np

from dossier.truth import TruthClass
from screening.evaluation.examples import WANTED, Wanted, example_rows, truth_json
from screening.evaluation.outcomes import Outcomes
from tests.unit.screening.results import drawn_flags, drawn_outcomes, made

EXAMPLES = list(example_rows(drawn_outcomes(), drawn_flags()))


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
    shown = [row for key, row in example_rows(outcomes, np.ones(4, dtype=bool)) if key == "victim_found"]
    assert shown == [0, 2, 3]


def test_fewer_are_shown_where_there_are_no_more() -> None:
    outcomes = made([3, 0], [5, -5])
    assert list(example_rows(outcomes, np.array([True, False]))) == [("victim_found", 0)]


def test_facilitators_are_no_examples() -> None:
    outcomes = made([5, 5], [5, -5])
    assert list(example_rows(outcomes, np.array([True, False]))) == []


def test_the_truth_of_an_example_is_spelled_out() -> None:
    truth = made([3, 0], [0, 0], tier=[1, -1]).truth
    assert truth_json(truth, 0) == {"truth_class": "victim", "module": "typology.a", "tier": "expert"}
    assert truth_json(truth, 1)["tier"] is None
    assert truth_json(truth, 1)["truth_class"] == TruthClass.LAWFUL.label
