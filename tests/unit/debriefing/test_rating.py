"""Four ordered actions make a curve; confidence makes it finer, and points to the side of the decision."""

import math

import pytest

from console.debriefing.judgements import Screened
from console.debriefing.rating import (
    Rated,
    actions,
    as_screened,
    confident_actions,
    confident_rating,
    lines,
    operating_points,
    screener,
)
from tests.unit.debriefing.classes import FLAG, case, judgement

CASES = {"v": case("v"), "w": case("w"), "l": case("l", "lawful"), "m": case("m", "irregular")}


def test_twelve_ratings_are_ordered_sure_to_let_go_first_sure_to_refer_last() -> None:
    order = [(a, c) for a in (0, 1) for c in (3, 2, 1)] + [(a, c) for a in (2, 3) for c in (1, 2, 3)]
    found = [confident_rating(judgement(action=a, confidence=c), FLAG) for a, c in order]
    assert found == list(range(12))


def test_where_asking_for_documents_is_a_flag_sure_of_it_is_more_concern() -> None:
    unsure, sure = (confident_rating(judgement(action=1, confidence=c), 1) for c in (1, 3))
    assert unsure < sure


def test_three_operating_points_by_hand() -> None:
    made = [judgement("v", 3), judgement("w", 1), judgement("l", 2), judgement("m", 0)]
    points = operating_points(actions(made, CASES))
    assert [(p.flagged, p.wrongly) for p in points] == [(1, 0), (1, 1), (2, 1)]
    assert [(p.flagged_share, p.wrongly_share) for p in points] == [(0.5, 0), (0.5, 0.5), (1, 0.5)]


def test_operating_points_have_intervals_that_do_not_take_many_looks_for_many_dossiers() -> None:
    made = [
        judgement(name, action, seat=f"s{seat}")
        for seat in range(5)
        for name, action in zip("vl", (3, 2), strict=True)
    ]
    found = lines(made, CASES)
    assert [line.least for line in found] == [3, 2, 1]
    assert [(line.flagged.count, line.wrongly.count) for line in found] == [(5, 0), (5, 5), (5, 5)]
    assert [line.flagged.independent for line in found] == [1, 1, 1]
    points = operating_points(actions(made, CASES))
    assert [(line.flagged.n, line.wrongly.n) for line in found] == [(p.victims, p.others) for p in points]


def test_the_area_counts_pairs_ties_half() -> None:
    area = Rated((3.0, 1.0), (1.0, 0.0)).area()
    assert area is not None
    assert area.estimate == pytest.approx((1 + 1 + 0.5 + 1) / 4)
    assert area.low < area.estimate < area.high


def test_one_victim_makes_no_area() -> None:
    assert Rated((3.0,), (1.0, 0.0)).area() is None
    assert Rated((), ()).points() == []


def test_the_screener_is_read_at_the_evidence_that_lay_open() -> None:
    said = {"counter": Screened(0, -1.0), "counter+interview": Screened(3, math.inf)}
    cases = {"v": case("v", screened=said)}
    early, late = judgement("v"), judgement("v", evidence="counter+interview")
    assert screener([early, late], cases).victims == (-1.0, math.inf)
    assert [one.action for one in as_screened([early, late], cases)] == [0, 3]


def test_facilitators_are_on_no_curve() -> None:
    found = confident_actions([judgement("f")], {"f": case("f", "facilitator")}, FLAG)
    assert (found.victims, found.others) == ((), ())
