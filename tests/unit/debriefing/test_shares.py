"""Shares of a class do not take thirty looks at one dossier for thirty dossiers."""

import random

import pytest

from console.debriefing.shares import Share, share
from screening.evaluation.rates import clopper_pearson
from tests.unit.debriefing.classes import judgement


def flagged(one: object) -> bool:
    return getattr(one, "action", 0) >= 2


def of_class(seats: int, dossiers: int, flagged_of_each: int = 0) -> Share:
    made = [
        judgement(f"d{d}", 3 if s < flagged_of_each else 0, seat=f"s{s}")
        for s in range(seats)
        for d in range(dossiers)
    ]
    return share(made, flagged)


def test_a_class_counts_as_many_looks_as_it_has_dossiers_or_seats_whichever_are_fewer() -> None:
    assert of_class(30, 10).independent == 10
    assert of_class(6, 10).independent == 6
    assert of_class(30, 1).independent == 1


def test_one_seat_counts_all_its_dossiers() -> None:
    assert of_class(1, 10).independent == 10


def test_seats_that_did_not_finish_count_for_what_they_decided() -> None:
    made = [judgement(f"d{d}", seat="s1") for d in range(10)] + [judgement("d0", seat="s2")]
    assert share(made, flagged).independent == 1, "one seat has ten of eleven judgements"


def test_the_interval_is_rounded_outwards_to_whole_looks() -> None:
    found = Share(count=12, n=90, seats=9, dossiers=10, independent=9)
    assert found.low == clopper_pearson(1, 9)[0]
    assert found.high == clopper_pearson(2, 9)[1]


def test_nothing_of_nothing_is_no_share() -> None:
    empty = share([], flagged)
    assert empty.estimate is None
    assert (empty.low, empty.high, empty.is_told) == (0.0, 1.0, False)


def test_a_wide_interval_is_not_told() -> None:
    assert of_class(1, 20).is_told
    assert not of_class(30, 2).is_told


@pytest.mark.parametrize(("seats", "shown"), [(4, False), (5, True)])
def test_five_seats_show_a_share(seats: int, shown: bool) -> None:
    assert of_class(seats, 10).is_shown is shown


@pytest.mark.parametrize(("seats", "dossiers"), [(30, 10), (10, 30), (12, 12)])
def test_intervals_of_a_class_hold_where_dossiers_and_seats_differ(seats: int, dossiers: int) -> None:
    """Each seat has its leniency and each dossier its difficulty; the truth is the mean over both."""
    chance = random.Random(1)
    times, held, held_if_independent = 400, 0, 0
    for _ in range(times):
        hard = [chance.choice((0.05, 0.15, 0.7)) for _ in range(dossiers)]
        lenient = [chance.choice((0.5, 1.0, 1.3)) for _ in range(seats)]
        made = [
            judgement(f"d{d}", 3 if chance.random() < min(1.0, hard[d] * lenient[s]) else 0, seat=f"s{s}")
            for s in range(seats)
            for d in range(dossiers)
        ]
        truth = 0.3 * (0.5 + 1.0 + 1.3) / 3
        found = share(made, flagged)
        held += found.low <= truth <= found.high
        low, high = clopper_pearson(found.count, found.n)
        held_if_independent += low <= truth <= high
    assert held >= 0.95 * times
    assert held_if_independent < 0.8 * times, "what the interval would be worth if all looks were independent"
