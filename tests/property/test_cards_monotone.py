"""More evidence never lowers a score: on every released table, on any levels, and on whole dossiers."""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dossier.dossiers import Dossiers
from dossier.fields import MISSING, fields
from dossier.findings import ABSENT, PRESENT, UNKNOWN
from dossier.indicators import indicators
from dossier.stages import Stage
from models.card import CardScores, Score, StageCards, joined_score
from models.features import Levels, input_policy
from screening.screener import OVERRIDE, Assessment
from tests.unit.screening.desks import (
    answered_at_worst,
    assessment,
    cohort,
    one_step_worse,
    rising_fields,
    screener,
    with_column,
)

ROWS = 25
SEEDS = st.integers(0, 2**32 - 1)
STAGES = pytest.mark.parametrize("stage", Stage, ids=lambda stage: stage.label)

# An answer can only be on one rung, so an indicator that is read off a middle rung falls as the answer
# rises past it. No rule may depend on such an indicator alone; these still do.


def cards_at(stage: Stage) -> StageCards:
    return screener().cards.at(stage)


def scored(stage: Stage, levels: Levels, context: npt.NDArray[np.int8]) -> Score:
    return joined_score(cards_at(stage).family_scores(levels, context))


def assert_not_lower(after: Score, before: Score, rows: npt.NDArray[np.intp] | slice = slice(None)) -> None:
    assert (after.families >= before.families[rows]).all()
    assert (after.risk >= before.risk[rows]).all()


def random_levels(stage: Stage, seed: int) -> tuple[Levels, Levels, npt.NDArray[np.int8]]:
    """Return levels, the same with some rising inputs raised, and contexts."""
    rng = np.random.default_rng(seed)
    inputs = cards_at(stage).inputs
    tops = np.array([len(entry.levels) for entry in inputs]) - 1
    before = rng.integers(0, tops + 1, (ROWS, len(inputs)))
    raised = rng.integers(before, tops + 1)
    may_rise = np.array([entry.is_rising for entry in inputs]) & (rng.random(before.shape) < rng.random())
    after = np.where(may_rise, raised, before)
    context = rng.integers(0, len(cards_at(stage).contexts), ROWS).astype(np.int8)
    return before.astype(np.uint8), after.astype(np.uint8), context


# --- the tables -------------------------------------------------------------------------------------


@STAGES
def test_no_rising_table_ever_falls_in_any_context_or_family(stage: Stage) -> None:
    falling = [
        entry.key
        for entry, table in zip(cards_at(stage).inputs, cards_at(stage).tables, strict=True)
        if entry.is_rising and (np.diff(table, axis=1) < 0).any()
    ]
    assert falling == []


@STAGES
def test_points_of_unknown_lie_between_absent_and_present(stage: Stage) -> None:
    for entry, table in zip(cards_at(stage).inputs, cards_at(stage).tables, strict=True):
        if entry.kind in ("indicator", "rule"):
            absent, unknown, present = (table[:, level] for level in (ABSENT, UNKNOWN, PRESENT))
            assert (absent <= unknown).all(), entry.key
            assert (unknown <= present).all(), entry.key


@STAGES
def test_points_are_never_negative(stage: Stage) -> None:
    assert all((table >= 0).all() for table in cards_at(stage).tables)


@STAGES
def test_every_finding_that_a_card_reads_has_the_three_levels_in_order(stage: Stage) -> None:
    for entry in cards_at(stage).inputs:
        if entry.kind in ("indicator", "rule"):
            assert entry.levels == ("absent", "unknown", "present")


@STAGES
def test_a_missing_answer_is_never_the_same_as_the_harmless_one(stage: Stage) -> None:
    """Unknown is never silently false: it has a level of its own, above the least concerning answer."""
    for entry in cards_at(stage).inputs:
        if entry.kind == "answer":
            least = 1 if fields()[entry.name].gate else 0
            assert entry.levels.index("missing") == least + 1


# --- any levels -------------------------------------------------------------------------------------


@STAGES
@given(seed=SEEDS)
@settings(max_examples=60)
def test_raising_any_rising_inputs_never_lowers_a_score(stage: Stage, seed: int) -> None:
    before, after, context = random_levels(stage, seed)
    assert_not_lower(scored(stage, after, context), scored(stage, before, context))


@STAGES
@given(seed=SEEDS)
@settings(max_examples=30)
def test_an_evidence_rule_that_fires_never_lowers_a_score(stage: Stage, seed: int) -> None:
    before, _, context = random_levels(stage, seed)
    for column, entry in enumerate(cards_at(stage).inputs):
        if entry.kind == "rule":
            after = before.copy()
            after[:, column] = PRESENT
            assert_not_lower(scored(stage, after, context), scored(stage, before, context))


FAMILIES = st.lists(st.integers(-4000, 4000), min_size=1, max_size=6)


@given(FAMILIES, st.data())
def test_a_family_that_rises_never_lowers_the_joined_risk(points: list[int], data: st.DataObject) -> None:
    raised = [data.draw(st.integers(value, value + 500)) for value in points]
    own = tuple(place // 2 for place in range(len(points)))
    scores = (CardScores(np.array([row], dtype=np.int32), own) for row in (points, raised))
    before, after = (joined_score(found) for found in scores)
    assert after.risk[0] >= before.risk[0]
    assert before.resembles_others[0] >= 0


# --- drawn dossiers, one input at a time ------------------------------------------------------------


@STAGES
def test_raising_one_input_of_a_drawn_dossier_by_one_level_never_lowers_a_score(stage: Stage) -> None:
    found = assessment(stage)
    for column, entry in enumerate(cards_at(stage).inputs):
        if entry.is_rising:
            levels = found.levels.copy()
            levels[:, column] = np.minimum(levels[:, column] + 1, len(entry.levels) - 1)
            assert_not_lower(scored(stage, levels, found.context), found.score)


@STAGES
@pytest.mark.parametrize("value", [ABSENT, UNKNOWN], ids=["absent", "unknown"])
def test_a_finding_of_a_drawn_dossier_that_becomes_present_never_lowers_a_score(
    stage: Stage, value: int
) -> None:
    found = assessment(stage)
    for column, entry in enumerate(cards_at(stage).inputs):
        if entry.kind in ("indicator", "rule"):
            rows = np.flatnonzero(found.levels[:, column] == value)
            levels = found.levels[rows]
            levels[:, column] = PRESENT
            assert_not_lower(scored(stage, levels, found.context[rows]), found.score, rows)


# --- drawn dossiers, read anew ----------------------------------------------------------------------
# The answer on the desk changes, and indicators, rules, context and recommendation are all made again.

Change = Callable[[Dossiers, str], tuple[npt.NDArray[np.intp], Dossiers]]


def assert_no_lower_recommendation(after: Assessment, before: Assessment, rows: npt.NDArray[np.intp]) -> None:
    assert_not_lower(after.score, before.score, rows)
    assert (after.risk >= before.risk[rows]).all()
    assert (after.recommendation >= before.recommendation[rows]).all()


@STAGES
@pytest.mark.parametrize("change", [one_step_worse, answered_at_worst])
def test_a_more_concerning_answer_never_lowers_anything(stage: Stage, change: Change) -> None:
    for name in rising_fields(stage):
        rows, worse = change(cohort().dossiers, name)
        assert_no_lower_recommendation(screener().assess(worse, stage), assessment(stage), rows)


@pytest.mark.parametrize("name", list(input_policy().rising))
def test_no_rule_falls_as_an_answer_rises(name: str) -> None:
    """A raw answer and the rules that read it run in the same direction."""
    stage = Stage.CHECKPOINT
    before = assessment(stage).evidence.outcomes
    for change in (one_step_worse, answered_at_worst):
        rows, worse = change(cohort().dossiers, name)
        after = screener().assess(worse, stage).evidence.outcomes
        falling = [rule for rule, found in after.items() if (found < before[rule][rows]).any()]
        assert falling == []


@STAGES
def test_a_dossier_whose_cells_are_emptied_keeps_what_is_unknown_unknown(stage: Stage) -> None:
    """No finding turns absent, and no rule is called off, merely because nothing is known."""
    before = assessment(stage).evidence
    for name in rising_fields(stage):
        rows = np.flatnonzero(cohort().dossiers.columns[name] >= 0)
        emptied = with_column(cohort().dossiers.take(rows), name, np.full(len(rows), MISSING))
        after = screener().assess(emptied, stage).evidence
        for one, found in after.indicators.items():
            if name in indicators()[one].reads:
                assert (found[before.indicators[one][rows] == PRESENT] != ABSENT).all(), one
        for rule, found in after.outcomes.items():
            assert (found[before.outcomes[rule][rows] == PRESENT] != ABSENT).all(), rule


@STAGES
def test_an_override_stands_above_every_score(stage: Stage) -> None:
    found = assessment(stage)
    assert (found.score.risk < OVERRIDE).all()
    assert (found.risk >= found.score.risk).all()
