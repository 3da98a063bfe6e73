"""Statistics of dossiers, time and second rounds, by hand."""

import math
import random

import pytest
from scipy.stats import norm

from console.debriefing.durations import seconds, spread
from console.debriefing.items import Discrimination, items
from console.debriefing.judgements import Judgement, Screened
from console.debriefing.second_rounds import agreement, second_round
from screening.evaluation.rates import clopper_pearson
from tests.unit.debriefing.classes import EVIDENCE, FLAG, case, judgement

CASES = {"v": case("v"), "w": case("w"), "l": case("l", "lawful")}


def class_of(rights: dict[str, str]) -> list[Judgement]:
    """Seats by name, with the dossiers that each judged rightly."""
    return [
        judgement(dossier, 3 if (dossier in right) == CASES[dossier].is_victim else 0, seat=seat)
        for seat, right in rights.items()
        for dossier in CASES
    ]


def test_facility_is_the_share_of_seats_that_were_right_the_hardest_first() -> None:
    found = items(class_of({"1": "vwl", "2": "vl", "3": "l", "4": "l", "5": "vl"}), CASES, FLAG)
    assert [(item.dossier, item.right, item.facility) for item in found] == [
        ("w", 1, 0.2),
        ("v", 3, 0.6),
        ("l", 5, 1.0),
    ]
    assert [item.is_too_easy for item in found] == [False, False, True]


def test_to_let_an_irregular_traveller_proceed_is_neither_right_nor_wrong() -> None:
    cases = {"i": case("i", "irregular")}
    made = [judgement("i", action, seat=f"s{seat}") for seat, action in enumerate((0, 0, 1, 2, 2, 3, 3))]
    (found,) = items(made, cases, FLAG)
    assert (found.seats, found.judged, found.right) == (7, 5, 3)
    assert found.facility == 0.6
    assert found.facility_interval == clopper_pearson(3, 5)
    (nobody,) = items(made[:2], cases, FLAG)
    assert (nobody.facility, nobody.is_shown, nobody.facility_interval) == (None, False, (0.0, 1.0))


def ratings_of(seats: int, chance: random.Random, *, parts_wrongly: bool = False) -> list[Judgement]:
    """A class whose seats differ in readiness to flag alone; if asked, the good ones fail on victim `v0`."""
    made = []
    for seat in range(seats):
        asks = chance.gauss(0.7, 0.8)
        for dossier, about in SIDES.items():
            flags = chance.gauss(1.5 if about.is_victim else 0, 1) > asks
            if parts_wrongly and dossier == "v0":
                flags = asks > 0.7
            made.append(judgement(dossier, 3 if flags else 0, seat=f"s{seat}"))
    return made


SIDES = {f"v{n}": case(f"v{n}") for n in range(7)} | {f"l{n}": case(f"l{n}", "lawful") for n in range(13)}


def test_discrimination_is_the_correlation_with_the_rest_of_the_same_side() -> None:
    made = [
        judgement(dossier, 3 if (seat < 6) == about.is_victim else 0, seat=f"s{seat}")
        for seat in range(12)
        for dossier, about in SIDES.items()
    ]
    found = {item.dossier: item.discrimination for item in items(made, SIDES, FLAG)}
    for dossier, rest in (("v0", 6), ("l0", 12)):
        told = found[dossier]
        assert told is not None
        assert told.value == pytest.approx(1.0), "half of the seats are right on everything, half on nothing"
        assert (told.seats, told.dossiers) == (12, rest)
        assert told.low > 0.99


def test_the_interval_of_a_correlation_is_fishers() -> None:
    told = Discrimination(-0.5, 28, 6)
    half = 1.959964 / 5
    assert told.low == pytest.approx(math.tanh(math.atanh(-0.5) - half))
    assert told.high == pytest.approx(math.tanh(math.atanh(-0.5) + half))
    assert told.p_value == pytest.approx(norm.cdf(5 * math.atanh(-0.5)))


def test_readiness_alone_accuses_no_dossier() -> None:
    """Over both sides, readiness sets victims' dossiers against the rest; within a side it cannot."""
    chance = random.Random(1)
    found = [item for _ in range(20) for item in items(ratings_of(30, chance), SIDES, FLAG)]
    assert not any(item.parts_wrongly for item in found)
    below = sum(item.discrimination is not None and item.discrimination.value < 0 for item in found)
    assert below < 0.1 * len(found)


def test_a_dossier_that_the_good_get_wrong_is_marked_and_no_other() -> None:
    found = items(ratings_of(60, random.Random(2), parts_wrongly=True), SIDES, FLAG)
    assert [item.dossier for item in found if item.parts_wrongly] == ["v0"]


def test_of_many_dossiers_where_nothing_parts_seats_chance_marks_hardly_any_class() -> None:
    chance, marked = random.Random(3), 0
    for _ in range(100):
        made = [
            judgement(dossier, chance.choice((0, 3)), seat=f"s{seat}")
            for seat in range(20)
            for dossier in SIDES
        ]
        marked += any(item.parts_wrongly for item in items(made, SIDES, FLAG))
    assert marked <= 6, "one class in forty is expected"


@pytest.mark.parametrize(("seats", "dossiers"), [(9, 20), (12, 3)])
def test_too_few_seats_or_dossiers_of_a_side_have_no_discrimination(seats: int, dossiers: int) -> None:
    few = dict(list(SIDES.items())[:dossiers])
    chance = random.Random(4)
    made = [judgement(one, chance.choice((0, 3)), seat=f"s{s}") for s in range(seats) for one in few]
    assert all(item.discrimination is None for item in items(made, few, FLAG))


def test_four_seats_have_no_discrimination_and_no_remarks() -> None:
    found = items(class_of({"1": "vwl", "2": "vl", "3": "l", "4": "l"}), CASES, FLAG)
    assert [item.discrimination for item in found] == [None] * 3
    assert not any(item.is_too_easy or item.is_shown for item in found)


def test_a_dossier_that_one_in_five_doubts_should_be_looked_at() -> None:
    made = [judgement("v", seat=str(n), is_doubted=n == 0) for n in range(5)]
    assert items(made, CASES, FLAG)[0].is_doubted
    assert not items([*made[1:], judgement("v", seat="6")], CASES, FLAG)[0].is_doubted


def test_dossiers_that_few_decided_come_last() -> None:
    made = [judgement("v", seat=str(n)) for n in range(5)] + [judgement("w", 0, seat="0")]
    assert [item.dossier for item in items(made, CASES, FLAG)] == ["v", "w"]


def test_time_is_told_by_quartiles() -> None:
    found = seconds([judgement(seconds=s) for s in (10.0, 20.0, 30.0, 40.0, 1000.0)])
    assert found is not None
    assert (found.n, found.lower, found.middle, found.upper) == (5, 20.0, 30.0, 40.0)
    one = spread([7.0])
    assert one is not None
    assert (one.lower, one.middle, one.upper) == (7.0, 7.0, 7.0)
    assert seconds([]) is None


WRONG = {evidence: Screened(0, -1.0) for evidence in EVIDENCE}


def test_second_rounds_tell_switching_to_a_wrong_screener_from_switching_to_a_right_one() -> None:
    cases = {name: case(name, screened=WRONG) for name in ("w", "x", "y")} | {"v": case("v"), "u": case("u")}
    cases["l"] = case("l", "lawful")
    first = {"v": 1, "u": 0, "l": 0, "w": 3, "x": 3, "y": 0}
    second = {"v": 2, "u": 1, "l": 3, "w": 0, "x": 2, "y": 0}
    made, again = ([judgement(name, action) for name, action in of.items()] for of in (first, second))
    found = second_round(made, again, cases, FLAG)
    right, wrong = found.screener_right, found.screener_wrong
    assert (right.switched.count, right.switched.n) == (1, 2), "v switched, u did not"
    assert (right.left.count, right.left.n) == (1, 1), "l left a right recommendation"
    assert (wrong.switched.count, wrong.switched.n) == (1, 2), "w switched to a wrong one, x did not"
    assert (wrong.left.count, wrong.left.n) == (0, 1), "y agreed already: it neither switched nor stood firm"
    assert (found.made_right, found.made_wrong, found.n) == (1, 2, 6)
    assert wrong.switched.low == clopper_pearson(1, 2)[0]


def test_agreement_is_told_apart_by_whether_the_screener_was_right() -> None:
    cases = {"v": case("v"), "l": case("l", "lawful"), "w": case("w", screened=WRONG)}
    found = agreement([judgement("v", 3), judgement("l", 3), judgement("w", 0)], cases, FLAG)
    assert (found.screener_right.count, found.screener_right.n) == (1, 2)
    assert (found.screener_wrong.count, found.screener_wrong.n) == (1, 1)


def test_what_was_decided_once_has_no_second_round() -> None:
    assert second_round([judgement("v")], [], CASES, FLAG).n == 0
    assert second_round([], [judgement("v")], CASES, FLAG).n == 0
