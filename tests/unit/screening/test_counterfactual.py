"""What would have changed a recommendation: which answers, by how much, and in which words."""

from functools import cache

import numpy as np
import pytest

from dossier.dossiers import Dossiers
from dossier.fields import MISSING, NOT_APPLICABLE, fields, fields_visible_at
from dossier.recommendations import Recommendation
from dossier.stages import Stage
from screening.counterfactual import Counterfactual, WhatIf, moves, what_would_change
from screening.reason_texts import reason_texts
from screening.rules_examples import example_dossiers
from screening.screener import OVERRIDE
from tests.unit.screening.desks import assessment, cohort, screener, with_column

STAGE = Stage.VERIFICATION


def rows(recommendation: Recommendation, count: int = 12, stage: Stage = STAGE) -> list[int]:
    found = assessment(stage)
    numbered = (found.recommendation == recommendation) & (found.risk != OVERRIDE)
    return [int(row) for row in np.flatnonzero(numbered)[:count]]


@cache
def searched(row: int, stage: Stage = STAGE) -> dict[str, WhatIf]:
    return {one.towards: one for one in what_would_change(screener(), cohort().dossiers, row, stage)}


def read_otherwise(row: int, found: Counterfactual) -> Dossiers:
    one = cohort().dossiers.take(np.array([row]))
    for change in found.changes:
        one = with_column(one, change.field, np.array([change.otherwise]))
    return one


@pytest.mark.parametrize(
    ("recommendation", "directions"),
    [
        (Recommendation.PROCEED, {"more"}),
        (Recommendation.DOCUMENTS, {"less", "more"}),
        (Recommendation.INTERVIEW, {"less", "more"}),
        (Recommendation.REFER, {"less"}),
    ],
)
def test_each_recommendation_is_searched_in_the_directions_it_can_go(
    recommendation: Recommendation, directions: set[str]
) -> None:
    assert set(searched(rows(recommendation)[0])) == directions


@pytest.mark.parametrize("recommendation", Recommendation)
def test_what_is_said_to_change_it_does(recommendation: Recommendation) -> None:
    for row in rows(recommendation):
        for towards, what_if in searched(row).items():
            for found in what_if.nearest:
                assessed = screener().assess(read_otherwise(row, found), STAGE)
                assert assessed.recommendation[0] == found.recommendation
                assert found.risk == (None if assessed.risk[0] == OVERRIDE else assessed.risk[0])
                if towards == "less":
                    assert found.recommendation < recommendation
                else:
                    assert found.recommendation == Recommendation.REFER


def test_only_answers_that_can_be_checked_are_read_otherwise() -> None:
    for row in rows(Recommendation.INTERVIEW):
        for what_if in searched(row).values():
            assert set(what_if.checkable) <= set(reason_texts().check) & set(fields_visible_at(STAGE))
            changed = {change.field for found in what_if.nearest for change in found.changes}
            assert changed <= set(what_if.checkable)


def test_no_question_is_answered_that_does_not_arise() -> None:
    dossiers = cohort().dossiers
    for row in rows(Recommendation.PROCEED):
        closed = {name for name in fields() if dossiers.columns[name][row] == NOT_APPLICABLE}
        assert not closed & set(searched(row)["more"].checkable)


def test_no_change_opens_or_closes_a_question() -> None:
    gates = {field.gate_field for field in fields().values()}
    assert not gates & set(reason_texts().check)


@pytest.mark.parametrize("recommendation", Recommendation)
def test_sets_of_one_search_have_one_size_and_the_sentence_names_each_condition(
    recommendation: Recommendation,
) -> None:
    for row in rows(recommendation, 10):
        for what_if in searched(row).values():
            assert len({len(found.changes) for found in what_if.nearest}) <= 1
            assert len(what_if.nearest) <= reason_texts().search.most_shown
            for found in what_if.nearest:
                assert all(change.when.en in found.sentence.en for change in found.changes)
                assert all(change.when.id in found.sentence.id for change in found.changes)
                assert reason_texts().recommendation[found.recommendation.label].en in found.sentence.en


def test_a_number_is_brought_as_near_to_what_was_found_as_is_enough() -> None:
    """One bin nearer and the recommendation would be another."""
    looked_at = 0
    for recommendation in (Recommendation.REFER, Recommendation.INTERVIEW):
        for row in rows(recommendation, 25):
            for what_if in searched(row).values():
                for found in what_if.nearest:
                    for change in found.changes:
                        nearer = one_bin_nearer(change.field, change.found, change.otherwise)
                        if nearer is None:
                            continue
                        looked_at += 1
                        moved = with_column(read_otherwise(row, found), change.field, np.array([nearer]))
                        assert screener().assess(moved, STAGE).recommendation[0] != found.recommendation
    assert looked_at > 2


def one_bin_nearer(name: str, found: int, otherwise: int) -> int | None:
    """Return the lowest value of the bin next to the one chosen, on the way to what was found."""
    field = fields()[name]
    if not field.is_number or found == MISSING:
        return None
    here, there = (int(code) for code in field.bins(np.array([otherwise, found])))
    step = 1 if there > here else -1
    return None if here + step == there else field.edges[here + step]


def test_a_limit_is_said_in_money_and_on_the_right_side() -> None:
    said = [
        change.when.en
        for row in rows(Recommendation.PROCEED, 40)
        for change in (c for w in searched(row).values() for f in w.nearest for c in f.changes)
        if change.field == "phone_applicants"
    ]
    assert said
    assert all(one.endswith(" applicants or more were found to share the telephone number") for one in said)


def what_if_less(row: int, **answers: str) -> WhatIf | None:
    """Return what would lead to less attention for somebody with these answers."""
    one = cohort().dossiers.take(np.array([row]))
    for name, answer in answers.items():
        one = with_column(one, name, np.array([fields()[name].code(answer)]))
    found = what_would_change(screener(), one, 0, STAGE)
    return next((what_if for what_if in found if what_if.towards == "less"), None)


def referred_as(pattern: str) -> list[int]:
    leading = screener().cards.families.index(pattern)
    found = assessment(STAGE)
    return np.flatnonzero(
        (found.recommendation == Recommendation.REFER) & (found.score.leading == leading)
    ).tolist()


def test_where_the_family_may_be_part_of_it_the_family_does_not_undo_a_referral() -> None:
    looked_at = 0
    for pattern in ("forced_marriage", "child_exploitation"):
        for row in referred_as(pattern)[:10]:
            one = cohort().dossiers.take(np.array([row]))
            could = {name for name, _ in moves(one, fields_visible_at(STAGE), "less")}
            looked_at += bool(could & {"accompanied_by", "guardian_letter"})
            assert not set(searched(row)["less"].checkable) & {"accompanied_by", "guardian_letter"}
    assert looked_at >= 3


def test_elsewhere_company_and_letters_can_be_checked() -> None:
    others = set(range(len(screener().cards.families)))
    others -= {screener().cards.families.index(name) for name in ("forced_marriage", "child_exploitation")}
    kept = [row for row in rows(Recommendation.REFER, 40) if assessment(STAGE).score.leading[row] in others]
    assert any("accompanied_by" in searched(row)["less"].checkable for row in kept)


@pytest.mark.parametrize(
    ("name", "control", "none"),
    [
        ("told_to_keep_silent", "yes", "no"),
        ("documents_held_by", "another_person", "family"),
        ("reluctance", "afraid", "hesitant"),
    ],
)
def test_control_seen_at_the_desk_is_said_after_what_papers_would_change(
    name: str, control: str, none: str
) -> None:
    """With the same other answers, which show no control, the sentence ends without it."""
    free = {"told_to_keep_silent": "no", "documents_held_by": "self", "reluctance": "at_ease"}
    said = {control: 0, none: 0}
    for row in rows(Recommendation.REFER, 15):
        for answer in (control, none):
            found = what_if_less(row, **{**free, name: answer})
            if found and found.nearest:
                said[answer] += 1
                ends = found.sentence.en.endswith(" Control seen at the desk is not undone by papers.")
                assert ends == (answer == control)
                assert ("Kendali yang terlihat di loket" in found.sentence.id) == ends
    assert all(said.values())


def test_nobody_is_asked_for_riches() -> None:
    assert "funds_idr" not in reason_texts().check


def test_fewer_others_at_a_sponsor_or_number_are_offered_only_where_nothing_else_is_enough() -> None:
    counts = {name for name, check in reason_texts().check.items() if check.lowers_last}
    assert counts == {f"{name}_applicants" for name in ("sponsor", "phone", "address", "booking")}
    offered = 0
    for recommendation in (Recommendation.DOCUMENTS, Recommendation.INTERVIEW, Recommendation.REFER):
        for row in rows(recommendation, 25):
            found = searched(row)["less"]
            used = [{change.field for change in one.changes} & counts for one in found.nearest]
            offered += any(used)
            assert all(used) or not any(used)
    assert offered


def test_what_would_lead_to_a_referral_is_not_to_be_looked_for() -> None:
    found = [searched(row)["more"] for row in rows(Recommendation.PROCEED)]
    for what_if in found:
        starts = what_if.sentence.en.startswith("Not to be looked for; it shows how far this dossier is from")
        assert starts == bool(what_if.nearest)
        assert what_if.sentence.id.startswith("Bukan untuk dicari-cari") == starts
    assert any(what_if.nearest for what_if in found)


def test_where_nothing_within_three_answers_changes_it_it_says_so() -> None:
    unmoved = [
        what_if
        for row in rows(Recommendation.REFER, 25)
        for what_if in searched(row).values()
        if not what_if.nearest
    ]
    plain = [one for one in unmoved if not is_said_to_be_judged(one)]
    assert plain
    assert all(
        "up to 3 answers" in one.sentence.en and "still be to refer" in one.sentence.en for one in plain
    )
    assert all("sampai 3 jawaban" in one.sentence.id for one in plain)


def is_said_to_be_judged(found: WhatIf) -> bool:
    return found.sentence == reason_texts().otherwise["judged"]


def test_where_a_judgement_decided_it_is_said_and_only_there() -> None:
    """With one answer read otherwise at most, so that there are such people among a few thousand."""
    said = {True: 0, False: 0}
    dossiers = cohort().dossiers
    for recommendation in (Recommendation.DOCUMENTS, Recommendation.INTERVIEW, Recommendation.REFER):
        for row in rows(recommendation, 30):
            found = what_would_change(screener(), dossiers, row, STAGE, most_answers=1)[0]
            if found.nearest:
                assert not is_said_to_be_judged(found)
                continue
            judged = any(
                screener().assess(with_column(_one(row), name, np.array([0])), STAGE).recommendation[0]
                < recommendation
                for name in ("answers_consistent", "reluctance", "coached_phrasing", "apparent_age")
                if dossiers.columns[name][row] > 0
            )
            assert is_said_to_be_judged(found) == judged
            said[judged] += 1
    assert all(said.values()), said


def _one(row: int) -> Dossiers:
    return cohort().dossiers.take(np.array([row]))


@pytest.mark.parametrize(
    "rule", [r for r in screener().rulebook.rules if r.tier == "override"], ids=lambda r: r.id
)
def test_where_a_rule_decided_it_is_the_answers_of_the_rule(rule: object) -> None:
    found = next(r for r in screener().rulebook.rules if r == rule)
    dossiers = example_dossiers(found.tests.fires, screener().rulebook.rulebook.neutral)
    (what_if,) = what_would_change(screener(), dossiers, 0, found.stage)
    assert what_if.nearest
    for one in what_if.nearest:
        assert {change.field for change in one.changes} & set(found.reads)
        assert one.risk is not None


def test_what_a_skipped_stage_would_have_asked_is_not_to_be_checked() -> None:
    passed = frozenset({Stage.INTERVIEW})
    for row in rows(Recommendation.INTERVIEW, 5):
        for what_if in what_would_change(screener(), cohort().dossiers, row, STAGE, passed):
            assert not {name for name in what_if.checkable if fields()[name].visible_from == Stage.INTERVIEW}


def test_a_smaller_bound_is_kept() -> None:
    for row in rows(Recommendation.REFER):
        (what_if,) = what_would_change(screener(), cohort().dossiers, row, STAGE, most_answers=1)
        assert what_if.most_answers == 1
        assert all(len(found.changes) == 1 for found in what_if.nearest)


def test_a_letter_that_nobody_needs_is_not_asked_for() -> None:
    neutral = example_dossiers([{"guardian_letter": "not_needed"}, {"guardian_letter": "given"}], {})
    asked = list(neutral.columns)
    first, second = (dict(moves(neutral.take(np.array([row])), asked, "more")) for row in (0, 1))
    assert "guardian_letter" not in first
    assert second["guardian_letter"] == fields()["guardian_letter"].code("lacking")


def test_an_empty_cell_can_be_filled_in_either_direction() -> None:
    empty = example_dossiers([{"sponsor_reachable": "missing", "sponsor_kind": "individual"}], {})
    field = fields()["sponsor_reachable"]
    assert dict(moves(empty, ["sponsor_reachable"], "less")) == {"sponsor_reachable": field.code("confirms")}
    assert dict(moves(empty, ["sponsor_reachable"], "more")) == {"sponsor_reachable": field.code("evasive")}
