"""What would close a gap of burden: reckoned by hand on a few people."""

import numpy as np
import pytest

from dossier.truth import TruthClass
from screening.evaluation.fairness.burden import Grouped
from screening.evaluation.fairness.relief import THRESHOLD, Relief, relief
from screening.evaluation.outcomes import grouping
from screening.evaluation.tally import tallied
from tests.unit.screening.results import made

TOURIST, VICTIM = 0, 3
PARTS = ("answer:fee_idr", "rule:useless", "rule:harmful", "answer:both")

# 10 lawful women of whom 1 is flagged, 10 lawful men of whom 5 are; 4 women and 4 men are victims, all flagged.
PEOPLE = made(
    [TOURIST] * 20 + [VICTIM] * 8,
    [5] + [-9] * 9 + [1, 2, 3, 4, 5] + [-9] * 5 + [1, 3, 3, 8] * 2,
    sex=[0] * 10 + [1] * 10 + [0] * 4 + [1] * 4,
)
EVERYBODY = tallied(PEOPLE.risk["counter"], PEOPLE.truth.truth_class, [grouping(PEOPLE, "sex")])


def counts() -> Grouped:
    """Four parts: one on which 4 men and 1 victim depend, none, 1 woman and 2 victims, and both sexes alike."""
    people = np.zeros((2, len(TruthClass), 2), dtype=np.int64)
    people[0, TruthClass.LAWFUL], people[1, TruthClass.LAWFUL] = [9, 1], [5, 5]
    people[:, TruthClass.VICTIM] = [0, 4]
    depending = np.zeros((4, 2, len(TruthClass)), dtype=np.int64)
    depending[0, 1, TruthClass.LAWFUL], depending[0, 0, TruthClass.VICTIM] = 4, 1
    depending[2, 0, TruthClass.LAWFUL], depending[2, 1, TruthClass.VICTIM] = 1, 2
    depending[3, :, TruthClass.LAWFUL] = [1, 4]
    depending[3, :, TruthClass.VICTIM] = 3
    return Grouped(("female", "male"), people, depending, np.zeros((4, 2), dtype=np.int64))


def found(margin: float) -> Relief:
    return relief(PARTS, counts(), EVERYBODY, threshold=0, margin=margin, fewest=1)


def test_the_cheapest_change_within_the_margin_misses_fewest_victims() -> None:
    closing = found(0.05).closing
    assert closing is not None
    assert (closing.part, closing.gap) == ("answer:fee_idr", 0.0)
    assert closing.before == pytest.approx(0.4)
    assert (closing.relieved.count, closing.relieved.n) == (4, 6)
    assert (closing.missed.count, closing.missed.n) == (1, 8)
    assert closing.price == pytest.approx((1 / 8) / 0.4)


def test_changes_are_in_the_order_of_the_gap_they_leave() -> None:
    changes = found(0.05).changes
    assert [one.part for one in changes] == ["answer:fee_idr", "answer:both", "rule:harmful"]
    assert [round(one.gap, 3) for one in changes] == [0.0, 0.1, 0.5]


def test_a_change_that_widens_the_gap_has_no_price() -> None:
    assert found(0.05).changes[-1].price == float("inf")


def test_raising_the_threshold_is_reckoned_beside_it() -> None:
    """At 5, one woman and one man are left, and 6 of 8 victims lie below it."""
    raising = found(0.05).raising
    assert raising is not None
    assert (raising.part, raising.threshold, raising.gap) == (THRESHOLD, 5, 0.0)
    assert (raising.missed.count, raising.relieved.count) == (6, 4)


def test_where_nothing_closes_the_gap_the_largest_step_is_told() -> None:
    only = counts()
    depending = only.depending.copy()
    depending[0, 1, TruthClass.LAWFUL], depending[3] = 1, 0
    few = Grouped(only.labels, only.people, depending, only.points)
    told = relief(PARTS, few, EVERYBODY, threshold=0, margin=0.05, fewest=1)
    assert told.closing is None
    assert told.best is not None
    assert (told.best.part, round(told.best.gap, 3)) == ("answer:fee_idr", 0.3)
    assert told.raising is not None
    assert told.raising.gap <= told.best.gap


def test_where_no_flag_depends_on_anything_nothing_is_proposed() -> None:
    only = counts()
    none = Grouped(only.labels, only.people, np.zeros_like(only.depending), only.points)
    told = relief(PARTS, none, EVERYBODY, threshold=0, margin=0.05, fewest=1)
    assert (told.changes, told.closing, told.raising, told.best) == ((), None, None, None)
