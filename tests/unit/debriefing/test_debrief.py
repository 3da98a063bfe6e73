"""Everything of a class or seat at once: nothing below five seats, nobody's name, and JSON without holes."""

import json
from dataclasses import replace

from console.debriefing.debrief import class_debrief, plain, seat_debrief
from tests.unit.debriefing.classes import FLAG, case, judgement, second_of, some_class


def test_fewer_than_five_seats_are_told_sums_only() -> None:
    made, cases = some_class(1, seats=4)
    found = class_debrief(made, [], cases, FLAG)
    assert found.detail is None
    assert found.sums.seats == 4
    five, cases = some_class(2, seats=5, decided=1)
    assert class_debrief(five, [], cases, FLAG).detail is not None


def test_an_empty_class_and_a_class_without_victims_are_told_without_an_error() -> None:
    empty = class_debrief([], [], {}, FLAG)
    assert (empty.sums.seats, empty.detail, empty.sums.rates.misses.estimate) == (0, None, None)
    nobody = {"l": case("l", "lawful"), "m": case("m", "lawful")}
    made = [judgement(dossier, 3, seat=str(n)) for n in range(6) for dossier in nobody]
    detail = class_debrief(made, [], nobody, FLAG).detail
    assert detail is not None
    assert (detail.dprime, detail.areas, detail.telling_apart) == (None, None, {})
    alone = seat_debrief(made[:2], [], nobody, FLAG)
    assert (alone.detection, alone.curve.area, alone.screener.area) == (None, None, None)


def test_a_seat_that_saw_one_dossier_is_told_without_an_error() -> None:
    found = seat_debrief([judgement()], [], {"d1": case()}, FLAG)
    assert (found.sums.decided, found.detection) == (1, None)


def test_what_was_taken_adds_up_to_what_was_decided() -> None:
    made, cases = some_class(3)
    found = class_debrief(made, [], cases, FLAG).sums
    assert sum(map(sum, found.taken.values())) == found.decided == len(made)
    assert sum(found.taken["victim"][:FLAG]) == found.rates.misses.count


def test_the_debrief_is_plain_json_without_a_seat_in_it() -> None:
    made, cases = some_class(4)
    second = second_of(made, 4)
    for found in (class_debrief(made, second, cases, FLAG), seat_debrief(made[:9], second, cases, FLAG)):
        text = json.dumps(plain(found), allow_nan=False)
        assert not any(f'"s{n}"' in text for n in range(7))
        read = json.loads(text)
        misses = read["sums"]["rates"]["misses"]
        assert {"count", "n", "estimate", "low", "high"} <= set(misses)


def test_curves_of_seats_stand_in_no_order_of_seats() -> None:
    made, cases = some_class(5, decided=1)
    renamed = [replace(one, seat=f"z{9 - int(one.seat[1:])}") for one in made]
    first, second = (class_debrief(order, [], cases, FLAG).detail for order in (made, renamed[::-1]))
    assert first is not None
    assert second is not None
    assert list(first.curves) == list(second.curves)
