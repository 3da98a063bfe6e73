"""No smaller set of answers would have changed a recommendation: a plain search, one dossier at a time, agrees.

The twin knows the file of checks and the order of answers, and the screener; of the search it knows nothing.
"""

import tomllib
from collections.abc import Collection
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest

from dossier.dossiers import Dossiers
from dossier.fields import MISSING, NOT_APPLICABLE, fields, fields_visible_at
from dossier.recommendations import Recommendation
from dossier.stages import Stage
from screening import reasons
from screening.counterfactual import what_would_change
from tests.unit.screening.desks import assessment, cohort, ladder, screener, with_column

FILE = tomllib.loads(Path(reasons.__file__).with_name("reasons.toml").read_text(encoding="utf-8"))
CHECKS = FILE["check"]
CASES = [
    (Stage.COUNTER, "less", 8, 3),
    (Stage.COUNTER, "more", 8, 3),
    (Stage.VERIFICATION, "less", 6, 3),
    (Stage.VERIFICATION, "more", 17, 2),
]
"""Stage, direction, the most answers to read otherwise, and the bound: so that trying all sets stays quick."""


def readings(dossier: Dossiers, stage: Stage, towards: str) -> dict[str, int]:
    """Return what each checkable answer of a dossier could be read as, by hand."""
    found = {}
    kept_out = withheld(dossier, stage) if towards == "less" else set()
    for name, check in CHECKS.items():
        if name not in fields_visible_at(stage) or name in kept_out:
            continue
        field, here, steps = fields()[name], int(dossier.columns[name][0]), ladder(name)
        if field.is_number:
            there = steps[0] if towards == "less" else steps[-1]
            place = steps.index(field.edges[int(field.bins(np.array([here]))[0])]) if here >= 0 else None
        else:
            there = field.codes.index(check["clears" if towards == "less" else "raises"]["answer"])
            place = steps.index(here) if here >= 0 else None
        if here == NOT_APPLICABLE or (here >= 0 and _code(name, here) in check.get("settled", ())):
            continue
        ahead = place is not None and (place - steps.index(there)) * (1 if towards == "less" else -1) > 0
        if here == MISSING or ahead:
            found[name] = there
    return found


def withheld(dossier: Dossiers, stage: Stage) -> set[str]:
    """Return the answers that do not undo the referral of this dossier, by hand."""
    assessed = screener().assess(dossier, stage)
    if assessed.recommendation[0] != Recommendation.REFER:
        return set()
    leading = screener().cards.families[int(assessed.score.leading[0])]
    return {name for one in FILE["withheld"] if leading in one["patterns"] for name in one["fields"]}


def counted(names: Collection[str]) -> set[str]:
    """Return those of some fields that are a register's business."""
    return {name for name in names if CHECKS[name].get("lowers_last")}


def _code(name: str, value: int) -> str:
    return "" if fields()[name].is_number else fields()[name].codes[value]


def smallest_by_hand(dossier: Dossiers, stage: Stage, towards: str, most: int) -> int | None:
    """Return the size of the smallest set: of what is in people's power, if such a set is enough."""
    everything = readings(dossier, stage, towards)
    first = {name: there for name, there in everything.items() if name not in counted(everything)}
    found = None if towards == "more" else smallest_among(first, dossier, stage, towards, most)
    return found or smallest_among(everything, dossier, stage, towards, most)


def smallest_among(
    options: dict[str, int], dossier: Dossiers, stage: Stage, towards: str, most: int
) -> int | None:
    now = screener().assess(dossier, stage).recommendation[0]
    for size in range(1, most + 1):
        for names in combinations(options, size):
            other = dossier
            for name in names:
                other = with_column(other, name, np.array([options[name]]))
            then = screener().assess(other, stage).recommendation[0]
            if then < now if towards == "less" else then == Recommendation.REFER:
                return size
    return None


def few_to_check(stage: Stage, towards: str, few: int) -> list[int]:
    """Return some rows of each recommendation with few answers that could be read otherwise."""
    chosen: list[int] = []
    for recommendation in Recommendation:
        rows = np.flatnonzero(assessment(stage).recommendation == recommendation)[:80]
        fitting = [row for row in rows if len(readings(_one(row), stage, towards)) <= few]
        chosen += [int(row) for row in fitting[:2]]
    return chosen


def _one(row: int) -> Dossiers:
    return cohort().dossiers.take(np.array([row]))


@pytest.mark.parametrize(("stage", "towards", "few", "most"), CASES)
def test_no_smaller_set_changes_the_recommendation(stage: Stage, towards: str, few: int, most: int) -> None:
    compared = 0
    for row in few_to_check(stage, towards, few):
        for what_if in what_would_change(screener(), cohort().dossiers, row, stage, most_answers=most):
            if what_if.towards == towards:
                by_hand = smallest_by_hand(_one(row), stage, towards, most)
                found = len(what_if.nearest[0].changes) if what_if.nearest else None
                assert found == by_hand, (row, what_if.sentence.en)
                compared += 1
    assert compared >= 3


@pytest.mark.parametrize("towards", ["less", "more"])
@pytest.mark.parametrize("stage", Stage, ids=lambda stage: stage.label)
def test_the_search_reads_otherwise_what_the_file_says(stage: Stage, towards: str) -> None:
    for row in range(0, 300, 13):
        for what_if in what_would_change(screener(), cohort().dossiers, row, stage, most_answers=1):
            if what_if.towards == towards:
                options = set(readings(_one(row), stage, towards))
                assert set(what_if.checkable) in (options, options - counted(options))
                changed = {change.field for one in what_if.nearest for change in one.changes}
                if towards == "less" and set(what_if.checkable) & counted(options):
                    assert changed == counted(changed), "only where nothing else was enough"
                else:
                    assert set(what_if.checkable) == options or changed


@pytest.mark.parametrize("name", CHECKS)
def test_what_clears_an_answer_never_raises_a_risk(name: str) -> None:
    """So the answer to which checking can lead is a good one for the applicant, everywhere."""
    field, steps, check = fields()[name], ladder(name), CHECKS[name]
    there = steps[0] if field.is_number else field.code(check["clears"]["answer"])
    before = steps.index(there)
    found = cohort().dossiers.columns[name]
    place = np.full(field.size + 2, -1)
    for rank, step in enumerate(steps):
        place[int(field.bins(np.array([step]))[0])] = rank
    rows = np.flatnonzero(place[field.bins(found)] > before)[:400]
    assert rows.size, "nobody here has an answer that could be cleared"
    cleared = with_column(cohort().dossiers.take(rows), name, np.full(len(rows), there))
    risk = assessment(Stage.CHECKPOINT).risk[rows]
    assert (screener().assess(cleared, Stage.CHECKPOINT).risk <= risk).all()
