"""Blocks apart, and a headline without those in which seats learnt while they decided."""

import pytest

from console.debriefing.blocks import by_block, headline
from console.debriefing.debrief import class_debrief, seat_debrief
from console.debriefing.detection import dprime
from tests.unit.debriefing.classes import FLAG, case, judgement, some_class

CASES = {
    name: case(name, "victim" if name.startswith("v") else "lawful") for name in ("v1", "v2", "l1", "l2")
}
MADE = [
    judgement("v1", 0, block=1),
    judgement("l1", 3, block=1),
    judgement("v2", 3, block=2),
    judgement("l2", 0, block=2),
]


def test_the_headline_leaves_out_blocks_that_give_feedback_after_each_decision() -> None:
    assert [one.dossier for one in headline(MADE, {1})] == ["v2", "l2"]
    for told in (class_debrief, seat_debrief):
        sums = told(MADE, [], CASES, FLAG, {1}).sums
        assert (sums.decided, sums.rates.misses.count, sums.rates.misses.n) == (2, 0, 1)
        assert sums.screener.misses.n == 1
    assert class_debrief(MADE, [], CASES, FLAG).sums.rates.misses.n == 2


def test_where_every_block_gives_feedback_the_headline_is_of_all() -> None:
    assert headline(MADE, {1, 2}) == MADE
    blocks = class_debrief(MADE, [], CASES, FLAG, {1, 2}).sums.blocks
    assert [(block.is_learning, block.counts) for block in blocks] == [(True, True)] * 2


def test_each_block_has_its_own_misses_false_flags_and_detection() -> None:
    first, second = by_block(MADE, CASES, FLAG, {1})
    assert [(one.number, one.is_learning, one.counts, one.decided) for one in (first, second)] == [
        (1, True, False, 2),
        (2, False, True, 2),
    ]
    assert (first.rates.misses.count, first.rates.false_flags.count) == (1, 1)
    assert (second.rates.misses.count, second.rates.false_flags.count) == (0, 0)
    assert first.detection is not None
    assert first.detection.dprime == dprime(0, 1, 1, 1)


def test_blocks_without_others_have_no_detection() -> None:
    (only,) = by_block([judgement("v1")], CASES, FLAG, set())
    assert only.detection is None


@pytest.mark.parametrize("seed", range(5))
def test_of_a_class_detection_is_that_of_all_decisions_with_the_limits_of_its_shares(seed: int) -> None:
    made, cases = some_class(seed, seats=10, dossiers=12)
    (only,) = by_block(made, cases, FLAG, set())
    misses, wrongly = only.rates.misses, only.rates.false_flags
    assert only.detection is not None
    found = only.detection.dprime
    together = dprime(misses.n - misses.count, misses.n, wrongly.count, wrongly.n)
    assert found.value == pytest.approx(together.value)
    assert found.low < together.low, "looks at the same dossiers are not independent"
    assert found.high > together.high


def test_statistics_of_dossiers_cover_every_block() -> None:
    made = [
        judgement(one.dossier, one.action, seat=f"s{n}", block=one.block) for n in range(5) for one in MADE
    ]
    detail = class_debrief(made, [], CASES, FLAG, {1}).detail
    assert detail is not None
    assert {item.dossier for item in detail.items} == set(CASES)
    assert detail.curve[0].victims == 5
