"""Shares of a class do not take thirty looks at one dossier for thirty dossiers."""

import random

import pytest

from console.debriefing.shares import Gap, Lean, Share, gap, share
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


def test_a_gap_is_shown_only_where_the_interval_lies_on_one_side() -> None:
    none, all_of_them = of_class(20, 20, 0), of_class(20, 20, 20)
    nobody = Lean(0, 0, 0)
    assert Gap(all_of_them, none, nobody).verdict == "more"
    assert Gap(none, all_of_them, nobody).verdict == "less"
    assert Gap(none, none, nobody).verdict == "cannot_tell", "twenty looks leave more than the margin open"
    many = Share(500, 5000, 1, 5000, 5000)
    assert Gap(many, many, nobody).verdict == "equal"
    assert Gap(none, share([], flagged), nobody).verdict == "cannot_tell"


def test_a_class_leans_to_one_side_if_its_seats_do_more_than_chance_would_have_them() -> None:
    men = [judgement(f"m{d}", 0 if s < 8 else 3, seat=f"s{s}") for s in range(10) for d in range(2)]
    women = [judgement("w", 3, seat=f"s{s}") for s in range(10)]
    found = gap(men, women, lambda one: one.action < 2)
    assert (found.lean.first_more, found.lean.second_more, found.lean.equal) == (8, 0, 2)
    assert found.lean.verdict == "more"
    assert found.verdict == "cannot_tell", "three dossiers tell of this class, and of no other dossiers"
    assert gap(women, men, lambda one: one.action < 2).lean.verdict == "less"


def test_a_few_seats_that_lean_may_do_so_by_chance() -> None:
    assert Lean(3, 1, 9).verdict == "cannot_tell"
    assert Lean(0, 0, 0).verdict == "cannot_tell"


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
