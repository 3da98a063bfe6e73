"""Whether reasons tell who somebody is: on points that tell it, and on points that do not."""

import numpy as np
import numpy.typing as npt
import pytest

from dossier.stages import Stage
from dossier.truth import TruthClass
from screening.evaluation.fairness.proxy_audit import (
    AUDITED,
    OTHERS,
    Reasons,
    audited,
    joined_reasons,
    reasons_of,
)
from screening.evaluation.outcomes import Grouping
from screening.evaluation.yardsticks import area_under_curve
from tests.unit.screening.desks import assessment, cohort, screener
from tests.unit.screening.results import drawn_outcomes

NAMES = ("answer:tells", "answer:noise", "answer:never", OTHERS)
ALL = np.ones(len(cohort().truth), dtype=bool)


def made(codes: npt.NDArray[np.int64], tells: float, labels: tuple[str, ...] = ("a", "b")) -> Reasons:
    """Return reasons of which the first tells group 1 by so many spreads, and none of the others anything."""
    random = np.random.default_rng(3)
    points = random.normal(size=(len(codes), 4))
    points[:, 0] += tells * (codes == 1)
    points[:, 2] = 0
    return Reasons(NAMES, np.rint(100 * points).astype(np.int32), {"sex": Grouping("sex", labels, codes)})


def halves(size: int) -> npt.NDArray[np.int64]:
    return np.arange(size, dtype=np.int64) % 2


def test_reasons_that_tell_the_group_are_found_out_and_named() -> None:
    found = audited(made(halves(1000), 1.5), "sex", folds=5, fewest=50)
    assert found is not None
    assert found.people == 1000
    assert found.told[0].area.low > 0.75
    assert found.carried[0][0] == "answer:tells"
    assert found.carried[0][1] > 0.2


def test_reasons_that_do_not_tell_it_are_not_said_to() -> None:
    found = audited(made(halves(1000), 0.0), "sex", folds=5, fewest=50)
    assert found is not None
    assert found.told[0].area.low <= 0.5 <= found.told[0].area.high + 0.05


def test_the_area_is_nearly_that_of_the_row_itself() -> None:
    """Where one row tells everything, the model can do no better than that row."""
    reasons = made(halves(2000), 1.5)
    own = reasons.groups["sex"].codes == 1
    column = reasons.points[:, 0].astype(float)
    best = area_under_curve(column[own], column[~own]).estimate
    found = audited(reasons, "sex", folds=5, fewest=50)
    assert found is not None
    assert found.told[0].area.estimate == pytest.approx(best, abs=0.01)


def test_of_several_groups_the_surely_told_stands_first_and_the_small_are_left_out() -> None:
    codes = np.repeat([0, 1, 2, 3], [400, 300, 300, 20]).astype(np.int64)[
        np.random.default_rng(1).permutation(1020)
    ]
    found = audited(made(codes, 2.0, ("a", "b", "c", "few")), "sex", folds=5, fewest=50)
    assert found is not None
    assert found.told[0].group == "b"
    assert len(found.told) == 3
    assert found.left_out == ("few",)
    assert found.people == 1000


def test_the_interval_of_one_of_many_is_wider_than_its_own() -> None:
    codes = np.arange(900, dtype=np.int64) % 3
    found = audited(made(codes, 1.0, ("a", "b", "c")), "sex", folds=5, fewest=50)
    assert found is not None
    area = found.told[0].area
    spread = (area.high - area.low) / 2
    own = area_under_curve(np.arange(300.0), np.arange(600.0))
    assert spread > (own.high - own.low) / 2 * 0.9
    assert area.low < area.estimate < area.high


def test_one_group_cannot_be_told_from_nobody() -> None:
    assert audited(made(np.zeros(200, dtype=np.int64), 1.0), "sex", folds=5, fewest=50) is None


def test_only_lawful_people_are_looked_at_and_their_lines_add_up_to_the_score() -> None:
    stage = Stage.CHECKPOINT
    found = assessment(stage)
    reasons = reasons_of(screener(), found, drawn_outcomes(), ALL)
    lawful = np.flatnonzero(cohort().truth.truth_class == TruthClass.LAWFUL)
    cards = screener().cards.at(stage)
    start = np.array(cards.start)[found.context[lawful], found.score.card[lawful]]
    assert (start + reasons.points.sum(axis=1) == found.score.risk[lawful]).all()
    assert set(reasons.groups) == set(AUDITED)
    assert len(reasons.groups["sex"].codes) == len(lawful)


def test_parts_are_joined_in_order() -> None:
    stage, first = Stage.CHECKPOINT, np.arange(len(ALL)) < 1500
    parts = [reasons_of(screener(), assessment(stage), drawn_outcomes(), some) for some in (first, ~first)]
    both, whole = joined_reasons(parts), reasons_of(screener(), assessment(stage), drawn_outcomes(), ALL)
    assert (both.points == whole.points).all()
    assert (both.groups["province"].codes == whole.groups["province"].codes).all()
