"""A naive twin of rules that decide by themselves, and what more evidence can do to them."""

import numpy as np
import pytest

from dossier.findings import PRESENT
from dossier.stages import Stage
from screening.rulebook import CompiledRulebook, load_rulebook
from screening.rules_only import rank_scores, rules_screener
from screening.screener import OVERRIDE
from tests.unit.screening.desks import answered_at_worst, cohort, one_step_worse, rising_fields

NAMES = ("ilo-pre-departure", "paper-004", "women-17-45")


def naive_decision(book: CompiledRulebook, row: int, stage: Stage, refers_from: int | None) -> bool:
    """Decide about one person as somebody with the printed rulebook would: rule by rule, then count."""
    one = cohort().dossiers.take(np.array([row]))
    noted = 0
    for rule in book.rules:
        if rule.stage > stage:
            continue
        if rule.condition.evaluate(one, book.parameters)[0] != PRESENT:
            continue
        if rule.tier == "override":
            return True
        noted += 1
    return refers_from is not None and noted >= refers_from


@pytest.mark.parametrize("stage", Stage)
@pytest.mark.parametrize(
    ("name", "refers_from"), [*((name, None) for name in NAMES), ("saring-2026", 2), ("paper-004", 3)]
)
def test_a_person_with_the_printed_rulebook_decides_alike(
    name: str, refers_from: int | None, stage: Stage
) -> None:
    screener = rules_screener(load_rulebook(name), refers_from)
    found = screener.assess(cohort().dossiers, stage).is_flagged
    for row in range(0, len(cohort().dossiers), 37):
        assert found[row] == naive_decision(screener.rulebook, row, stage, refers_from), row


@pytest.mark.parametrize("stage", Stage)
def test_more_evidence_never_lowers_a_count(stage: Stage) -> None:
    screener = rules_screener(load_rulebook("saring-2026"), 2)
    before = screener.assess(cohort().dossiers, stage).risk
    changed = 0
    for name in rising_fields(stage):
        for rows, worse in (
            one_step_worse(cohort().dossiers, name),
            answered_at_worst(cohort().dossiers, name),
        ):
            after = screener.assess(worse, stage).risk
            assert (after >= before[rows]).all(), name
            changed += int((after > before[rows]).sum())
    assert changed > 0


@pytest.mark.parametrize("name", [*NAMES, "saring-2026"])
def test_ranks_and_risks_order_people_alike(name: str) -> None:
    screener = rules_screener(load_rulebook(name))
    risk = screener.assess(cohort().dossiers, Stage.CHECKPOINT).risk
    ranks = rank_scores(screener.rulebook, cohort().dossiers, Stage.CHECKPOINT)
    assert (np.isinf(ranks) == (risk == OVERRIDE)).all()
    finite = ~np.isinf(ranks)
    assert (100 * ranks[finite] == risk[finite]).all()
