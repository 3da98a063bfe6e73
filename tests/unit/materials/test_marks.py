"""One table says what an action is, so that a mark, a success and the debrief of a class never disagree."""

import pytest

from console.debriefing.judgements import case_of, flag_from, verdict
from console.materials.export_texts import export_texts, remark
from console.materials.marks import SUCCEEDS, actions_that_succeed, mark_of, marks
from dossier.recommendations import Recommendation
from tests.unit.materials.samples import dossiers, with_truth

CLASSES = ("victim", "irregular", "lawful")
EVERY = [(truth, action) for truth in CLASSES for action in Recommendation]


@pytest.mark.parametrize(("truth", "action"), EVERY)
def test_a_platform_and_a_debrief_call_the_same_actions_right(truth: str, action: Recommendation) -> None:
    key = with_truth(dossiers()[0], truth).key
    assert key is not None
    told = verdict(action, case_of("A1", key, {}), flag_from(counts_documents=False))
    assert mark_of(truth, action).succeeds is {"right": True, "wrong": False, "outside": None}[told]


def test_whatever_succeeds_is_worth_more_than_whatever_does_not() -> None:
    worth = marks().percent
    succeeding = [getattr(worth, name) for name, succeeds in SUCCEEDS.items() if succeeds]
    failing = [getattr(worth, name) for name, succeeds in SUCCEEDS.items() if succeeds is False]
    assert max(failing) < worth.outside < min(succeeding)
    assert max(succeeding) == worth.right == 100


def test_what_a_class_of_travellers_needs() -> None:
    assert [mark_of("irregular", action).verdict for action in Recommendation] == [
        "outside",
        "right",
        "right",
        "wrong",
    ]
    assert actions_that_succeed("victim") == (Recommendation.INTERVIEW, Recommendation.REFER)
    assert (
        mark_of("victim", Recommendation.REFER).percent > mark_of("victim", Recommendation.INTERVIEW).percent
    )
    assert actions_that_succeed("lawful") == (Recommendation.PROCEED, Recommendation.DOCUMENTS)


def test_every_verdict_has_a_remark_of_its_own_and_no_remark_is_left_over() -> None:
    used = {remark(truth, mark_of(truth, action).verdict).en for truth, action in EVERY}
    assert used == {text.en for text in export_texts().remarks.values()}
    assert len(used) == len(export_texts().remarks)


def test_nobody_else_is_dealt_to_a_class() -> None:
    with pytest.raises(KeyError):
        mark_of("facilitator", Recommendation.REFER)
