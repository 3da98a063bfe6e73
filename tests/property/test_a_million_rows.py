"""The invariants of the screener over a million drawn dossiers, a quarter of a million at each stage.

More evidence never lowers a score; unknown never counts as absent; start, reasons and other patterns are the
score to the last hundredth; and rows that carry no synthetic mark are not screened, however many they are.
"""

from collections.abc import Callable, Iterator

import numpy as np
import pandas as pd
import pytest

from dossier.dossiers import Dossiers
from dossier.fields import MISSING
from dossier.findings import ABSENT, PRESENT, UNKNOWN
from dossier.problems import BadInput
from dossier.stages import Stage
from models.card import joined_score
from screening.screener import OVERRIDE, Assessment
from synthetic.cohort import FreshDraws
from tests.unit.screening.desks import (
    ALL_TYPES,
    answered_at_worst,
    one_step_worse,
    rising_fields,
    screener,
    with_column,
)
from tests.unit.synthetic.worlds import world

MILLION = 1_000_000
AT_A_STAGE = MILLION // len(Stage)
AT_A_TIME = 62_500
SEED = 20_261_122

Change = Callable[[Dossiers, str], tuple[np.ndarray, Dossiers]]
"""Which dossiers change, and these with a more concerning answer to one question."""

pytestmark = pytest.mark.slow
STAGES = pytest.mark.parametrize("stage", Stage, ids=lambda stage: stage.label)


def drawn(stage: Stage) -> Iterator[Dossiers]:
    """Yield the dossiers of one stage, half of them victims, a part at a time."""
    draws = FreshDraws(world(ALL_TYPES))
    for part in range(AT_A_STAGE // AT_A_TIME):
        seed = SEED + 100 * stage + part
        yield draws("victims" if part % 2 else "others", AT_A_TIME, seed)[0]


def assert_not_lower(after: Assessment, before: Assessment, rows: np.ndarray) -> None:
    assert (after.risk >= before.risk[rows]).all()
    assert (after.score.families >= before.score.families[rows]).all()


@STAGES
@pytest.mark.parametrize("change", [one_step_worse, answered_at_worst], ids=["to more", "from unknown"])
def test_a_more_concerning_answer_never_lowers_the_score_of_any_row(stage: Stage, change: Change) -> None:
    """Each row has one of its rising answers raised, or filled in; which one differs from row to row."""
    seen = 0
    generator = np.random.Generator(np.random.SFC64(SEED + stage))
    for dossiers in drawn(stage):
        before = screener().assess(dossiers, stage)
        names = generator.permutation(rising_fields(stage))
        for name, rows in zip(names, np.array_split(np.arange(len(dossiers)), len(names)), strict=True):
            changed, raised = change(dossiers.take(rows), name)
            if changed.size:
                assert_not_lower(screener().assess(raised, stage), before, rows[changed])
        seen += len(dossiers)
    assert seen == AT_A_STAGE


@STAGES
def test_reasons_are_the_score_of_every_row(stage: Stage) -> None:
    """Start, the points of every input in that card, and other patterns: whole hundredths, so exactly."""
    cards = screener().cards.at(stage)
    start, seen = np.array(cards.start, dtype=np.int64), 0
    for dossiers in drawn(stage):
        found = screener().assess(dossiers, stage)
        card = found.score.card.astype(np.int64)
        total = start[found.context, card] + found.score.resembles_others
        for column, table in enumerate(cards.tables):
            total += table[found.context, found.levels[:, column], card]
        shown = np.where(found.risk == OVERRIDE, found.score.risk, found.risk)
        assert (total == shown).all()
        assert np.abs(total / 100 - shown / 100).max() <= 1e-9
        seen += len(dossiers)
    assert seen == AT_A_STAGE


@STAGES
def test_a_finding_of_any_row_counts_unknown_between_absent_and_present(stage: Stage) -> None:
    cards = screener().cards.at(stage)
    findings = [column for column, entry in enumerate(cards.inputs) if entry.kind in ("indicator", "rule")]
    generator = np.random.Generator(np.random.SFC64(SEED))
    for dossiers in drawn(stage):
        found = screener().assess(dossiers, stage)
        rows, column = np.arange(len(dossiers)), generator.choice(findings, len(dossiers))
        risks = []
        for value in (ABSENT, UNKNOWN, PRESENT):
            levels = found.levels.copy()
            levels[rows, column] = value
            risks.append(joined_score(cards.family_scores(levels, found.context)).risk)
        assert (risks[0] <= risks[1]).all()
        assert (risks[1] <= risks[2]).all()


@STAGES
def test_an_emptied_answer_of_any_row_is_unknown_and_never_absent(stage: Stage) -> None:
    """An indicator that reads only emptied answers says unknown, wherever its question arises."""
    indicators = screener().rulebook.indicators
    for dossiers in drawn(stage):
        emptied = dossiers
        for name, values in dossiers.columns.items():
            emptied = with_column(emptied, name, np.where(values >= 0, MISSING, values))
        found = screener().assess(emptied, stage).evidence.indicators
        for name, findings in found.items():
            arises = np.all([emptied.columns[field] == MISSING for field in indicators[name].reads], axis=0)
            assert (findings[arises] == UNKNOWN).all(), name


def test_a_million_rows_without_the_mark_are_not_screened() -> None:
    dossiers = next(drawn(Stage.COUNTER))
    frame = pd.DataFrame({"applicant": dossiers.applicants})
    whole = pd.concat([frame] * (MILLION // AT_A_TIME), ignore_index=True)
    with pytest.raises(BadInput, match="synthetic"):
        screener().screen(whole)
