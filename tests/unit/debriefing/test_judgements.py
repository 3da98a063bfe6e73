"""Which action is right: a flag on a victim, none on a lawful traveller, no referral of an irregular one."""

import pytest

from console.debriefing.detection import rates
from console.debriefing.judgements import Screened, verdict
from console.debriefing.second_rounds import agreement, second_round
from tests.unit.debriefing.classes import EVIDENCE, FLAG, case, judgement

RIGHT, WRONG, OUTSIDE = "right", "wrong", "outside"


@pytest.mark.parametrize(
    ("truth", "flags_from", "wanted"),
    [
        ("victim", 2, [WRONG, WRONG, RIGHT, RIGHT]),
        ("victim", 1, [WRONG, RIGHT, RIGHT, RIGHT]),
        ("lawful", 2, [RIGHT, RIGHT, WRONG, WRONG]),
        ("lawful", 1, [RIGHT, WRONG, WRONG, WRONG]),
        ("irregular", 2, [OUTSIDE, RIGHT, RIGHT, WRONG]),
        ("irregular", 1, [OUTSIDE, RIGHT, RIGHT, WRONG]),
    ],
)
def test_what_is_right_by_what_was_so(truth: str, flags_from: int, wanted: list[str]) -> None:
    about = case(truth=truth)
    assert [verdict(action, about, flags_from) for action in range(4)] == wanted


def test_a_flag_stays_a_flag_in_every_rate_and_referrals_are_told_beside_it() -> None:
    cases = {"i": case("i", "irregular")}
    made = [judgement("i", action, seat=f"s{action}") for action in range(4)]
    found = rates(made, cases, FLAG)
    assert (found.false_flags.count, found.false_flags_irregular.count, found.false_flags.n) == (2, 2, 4)
    assert (found.irregular_referred.count, found.irregular_referred.n) == (1, 4)


def test_a_screener_that_let_an_irregular_traveller_proceed_was_neither_right_nor_wrong() -> None:
    for recommended, parts in ((0, (0, 0)), (2, (2, 0)), (3, (0, 2))):
        said = {evidence: Screened(recommended, 0.0) for evidence in EVIDENCE}
        cases = {"i": case("i", "irregular", screened=said)}
        made = [judgement("i", 2, seat="s1"), judgement("i", 3, seat="s2")]
        found = agreement(made, cases, FLAG)
        assert (found.screener_right.n, found.screener_wrong.n) == parts
        assert found.screener_right.count + found.screener_wrong.count == (1 if recommended else 0)


def test_from_a_referral_of_an_irregular_traveller_to_a_talk_is_from_wrong_to_right() -> None:
    cases = {"i": case("i", "irregular")}
    first = [judgement("i", action, seat=f"s{n}") for n, action in enumerate((3, 2, 3, 0))]
    second = [judgement("i", action, seat=f"s{n}") for n, action in enumerate((2, 3, 0, 2))]
    found = second_round(first, second, cases, FLAG)
    assert (found.n, found.made_right, found.made_wrong) == (4, 1, 1), "to let go is neither"
