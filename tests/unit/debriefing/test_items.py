"""Statistics of dossiers, time and second rounds, by hand."""

import pytest

from console.debriefing.durations import seconds, spread
from console.debriefing.items import items
from console.debriefing.judgements import Judgement, Screened
from console.debriefing.second_rounds import second_round
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


def test_discrimination_is_the_correlation_with_the_rest() -> None:
    found = {
        item.dossier: item
        for item in items(class_of({"1": "vw", "2": "vw", "3": "vw", "4": "", "5": ""}), CASES, FLAG)
    }
    assert found["v"].discrimination == pytest.approx(1.0)
    assert found["l"].discrimination is None, "all were wrong"


def test_a_dossier_parts_seats_the_wrong_way_round_only_by_more_than_chance() -> None:
    against = {"1": "w", "2": "w", "3": "v", "4": "v", "5": "v"}
    found = {item.dossier: item for item in items(class_of(against), CASES, FLAG)}
    assert found["v"].discrimination == pytest.approx(-1)
    assert found["v"].parts_wrongly
    slightly = {"1": "w", "2": "vw", "3": "v", "4": "v", "5": "", "6": "w"}
    found = {item.dossier: item for item in items(class_of(slightly), CASES, FLAG)}
    assert -0.5 < (found["v"].discrimination or 0) < 0
    assert not found["v"].parts_wrongly


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


def test_second_rounds_tell_following_a_wrong_screener_from_following_a_right_one() -> None:
    wrong = {evidence: Screened(0, -1.0) for evidence in EVIDENCE}
    cases = {"v": case("v"), "w": case("w", screened=wrong), "l": case("l", "lawful")}
    first = [judgement("v", 1), judgement("w", 3), judgement("l", 2)]
    second = [judgement("v", 2), judgement("w", 0), judgement("l", 3)]
    found = second_round(first, second, cases, FLAG)
    assert (found.screener_right.towards, found.screener_right.away) == (1, 1)
    assert (found.screener_wrong.towards, found.screener_wrong.n) == (1, 1)
    assert (found.made_right, found.made_wrong, found.n) == (1, 1, 3)


def test_what_was_decided_once_has_no_second_round() -> None:
    assert second_round([judgement("v")], [], CASES, FLAG).n == 0
    assert second_round([], [judgement("v")], CASES, FLAG).n == 0
