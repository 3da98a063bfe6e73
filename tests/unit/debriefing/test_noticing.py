"""What a seat noticed, by hand: `a` and `c` are present, `b` is absent, `d` and `e` nobody can read."""

import pytest

from console.debriefing.judgements import case_of
from console.debriefing.noticing import NOTHING, cues, noticed, noticing_sums
from console.debriefing.shares import Share
from tests.unit.debriefing.classes import FLAG, STAGES, case, judgement


def test_what_a_stage_not_opened_would_show_is_not_overlooked() -> None:
    assert noticed(judgement(), case()).overlooked == {"a"}
    assert noticed(judgement(evidence="counter+interview"), case()).overlooked == {"a", "c"}
    assert noticed(judgement(evidence="counter+verification"), case()).overlooked == {"a"}


def test_a_sign_that_was_ticked_on_a_victim_who_was_let_go_is_underweighted() -> None:
    found = noticed(judgement(action=0, ticked="a"), case())
    assert (found.overlooked, found.underweighted, found.seen_and_used) == (NOTHING, frozenset("a"), NOTHING)


def test_a_sign_that_was_ticked_on_a_victim_who_was_flagged_is_seen_and_used() -> None:
    found = noticed(judgement(action=2, ticked="a"), case())
    assert (found.underweighted, found.seen_and_used) == (NOTHING, frozenset("a"))


def test_a_sign_on_an_honest_traveller_who_was_flagged_was_given_too_much_weight() -> None:
    honest = case(truth="lawful")
    assert noticed(judgement(action=3, ticked="a"), honest).overweighted == {"a"}
    let_go = noticed(judgement(action=0, ticked="a"), honest)
    assert (let_go.overweighted, let_go.seen_and_used) == (NOTHING, frozenset("a"))


def test_asking_for_documents_is_a_flag_only_where_the_sitting_says_so() -> None:
    asked = judgement(action=1, ticked="a")
    assert noticed(asked, case()).underweighted == {"a"}
    assert noticed(asked, case(), flags_from=1).seen_and_used == {"a"}


def test_what_was_cited_and_absent_is_told_from_what_nobody_could_know() -> None:
    found = noticed(judgement(ticked="bcd"), case())
    assert found.cited_absent == {"b"}
    assert found.cited_unknown == {"c", "d"}, "c is there, but the seat did not open the interview"


@pytest.mark.parametrize(
    ("action", "ticked", "wrong_reason", "no_reason"),
    [
        (3, "b", True, False),
        (3, "bd", True, False),
        (3, "ab", False, False),
        (3, "", False, True),
        (0, "b", False, False),
    ],
)
def test_right_for_the_wrong_reason_needs_a_reason(
    action: int, ticked: str, wrong_reason: bool, no_reason: bool
) -> None:
    found = noticed(judgement(action=action, ticked=ticked), case())
    assert (found.right_for_the_wrong_reason, found.right_without_a_reason) == (wrong_reason, no_reason)
    others = noticed(judgement(action=action, ticked=ticked), case(truth="irregular"))
    assert not others.right_for_the_wrong_reason
    assert not others.right_without_a_reason


def test_cues_are_counted_over_a_class_those_overlooked_most_first() -> None:
    cases = {"d1": case(), "d2": case("d2", "lawful")}
    made = [
        judgement(seat="s1", ticked="a", evidence="counter+interview"),
        judgement(seat="s2", action=0, ticked="ac", evidence="counter+interview"),
        judgement(seat="s3", ticked="b"),
        judgement("d2", 3, "a", seat="s1"),
    ]
    found = {cue.name: cue for cue in cues(made, cases, FLAG)}
    assert [cue.name for cue in cues(made, cases, FLAG)] == ["a", "c", "b"]
    a, c = found["a"], found["c"]
    assert (a.present, a.overlooked.count, a.used) == (3, 1, 1)
    assert (a.overlooked.dossiers, a.overlooked.seats) == (1, 3)
    assert counts(a.underweighted) == (1, 2), "of the two who noticed it"
    assert (counts(a.overlooked_elsewhere), counts(a.overweighted)) == ((0, 1), (1, 1))
    assert (c.present, c.overlooked.count, counts(c.underweighted), c.used) == (2, 1, (1, 1), 0)
    assert counts(found["b"].cited_absent) == (1, 4), "absent in all four, and ticked in one"
    assert counts(c.cited_unknown) == (0, 2), "two had not opened the interview"
    assert "d" not in found, "nobody could read it and nobody ticked it"


def test_to_talk_with_an_irregular_traveller_gives_no_sign_too_much_weight() -> None:
    irregular = case("d1", "irregular")
    asked, referred, let_go = (
        noticed(judgement(action=action, ticked="a"), irregular) for action in (2, 3, 0)
    )
    for found in (asked, let_go):
        assert (found.seen_and_used, found.overweighted) == (frozenset("a"), NOTHING)
    assert (referred.seen_and_used, referred.overweighted) == (NOTHING, frozenset("a"))


def counts(share: Share) -> tuple[int, int]:
    return share.count, share.n


def test_sums_add_up_over_indicators() -> None:
    made = [judgement(ticked="b"), judgement(action=0, ticked="a", seat="s2")]
    found = noticing_sums(made, {"d1": case()}, FLAG)
    assert (found.present, found.overlooked, found.underweighted, found.used) == (2, 1, 1, 0)
    assert (found.flagged_victims, found.wrong_reasons, found.no_reasons) == (1, 1, 0)


def test_a_case_is_read_from_its_key_and_takes_no_indicator_that_cannot_be_ticked() -> None:
    key = {
        "truth_class": "victim",
        "kind": {"id": "t", "title": {"en": "T", "id": "T"}, "family": "f", "lookalike_of": None},
        "groups": {"sex": "male", "age_band": "17", "online_offer": True},
        "indicators": {"a": "present", "not_on_the_list": "present"},
        "screener": {"counter": {"risk": None, "recommendation": "interview", "explanation": {}}},
    }
    found = case_of("d1", key, STAGES)
    assert found.present("counter+interview+verification") == {"a"}
    assert found.unknown("counter") == set(STAGES) - {"a"}
    assert found.screened["counter"].recommendation == FLAG
    assert found.screened["counter"].risk == float("inf"), "a rule decided alone"
