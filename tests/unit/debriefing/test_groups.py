"""Who was missed and who was stopped, by kind and group, by hand."""

from console.debriefing.groups import groups, is_young_woman
from tests.unit.debriefing.classes import FLAG, case, judgement


def test_kinds_and_groups_by_hand() -> None:
    cases = {
        "v": case("v", sex="male", online_offer=True, kind="scam"),
        "w": case("w", sex="female", online_offer=True, kind="scam"),
        "x": case("x", kind="domestic"),
        "l": case("l", "lawful", age_band="18-24", kind="student", lookalike_of="scam"),
        "i": case("i", "irregular", sex="male", kind="unlicensed"),
        "f": case("f", "facilitator", kind="escort"),
    }
    made = [judgement(dossier, action) for dossier, action in zip("vwxlif", (0, 3, 0, 3, 0, 3), strict=True)]
    found = groups(made, cases, FLAG)
    assert [(kind.id, kind.share.count, kind.share.n) for kind in found.typologies] == [
        ("domestic", 1, 1),
        ("scam", 1, 2),
    ]
    assert [(kind.id, kind.share.count) for kind in found.travellers] == [("student", 1), ("unlicensed", 0)]
    crossings = {(one.sex, one.online_offer): one for one in found.crossings}
    assert (crossings["male", True].misses.count, crossings["male", True].misses.n) == (1, 1)
    assert (crossings["female", False].misses.count, crossings["female", False].false_flags.count) == (1, 1)
    assert found.men_with_online_offers.estimate == 1.0
    assert found.young_women.estimate == 1.0
    assert found.young_women.verdict == "cannot_tell"


def test_young_women_are_those_whom_the_settings_name() -> None:
    assert is_young_woman(case(age_band="17"))
    assert not is_young_woman(case(age_band="36-45"))
    assert not is_young_woman(case(age_band="17", sex="male"))


def test_a_class_of_nobody_has_no_groups() -> None:
    found = groups([], {}, FLAG)
    assert (found.typologies, found.travellers) == ([], [])
    assert found.young_women.estimate is None
