"""Networks that learn: before, on the way and afterwards, what finding as many costs others, and turns."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeAlias

import pytest
from threadpoolctl import threadpool_limits

import synthetic.adversary
from console import adapting
from console.adapting import adapted
from console.stress.adversary import adversary, adversary_steps, retrain_loop, retrain_loop_steps
from console.stress.frame import Finding, Row, Setting
from dossier.problems import BadInput
from synthetic.adversary import Learned
from synthetic.compile import compile_world
from synthetic.scenarios import Scenario, load_scenario
from tests.unit.console.stress.counted import assert_all_hold_together
from tests.unit.console.stress.small_learning import shrunk, small_setting
from tests.unit.console.worlds import one_sided

PERIODS = 2
FEW = {"periods": PERIODS, "members": 200}


def few_rounds(patch: pytest.MonkeyPatch) -> None:
    """Let networks learn for two rounds on few people."""
    shrunk(patch, retraining={"turns": 1})
    how = synthetic.adversary.settings().model_copy(update=FEW)
    for module in (synthetic.adversary, adapting):
        patch.setattr(module, "settings", lambda: how)
    patch.setattr(adapting, "VICTIMS", 500)
    patch.setattr(adapting, "OTHERS", 1500)


Found: TypeAlias = tuple[Finding, Setting, Scenario]
"""A finding, its setting, and the scenario as the networks left it."""


@pytest.fixture(scope="module")
def found() -> Iterator[Found]:
    """What networks that learn for two rounds do to the misses."""
    told: list[int] = []
    made: list[Scenario] = []

    def noted(*words: Any) -> tuple[Scenario, Learned]:
        scenario, learned = adapted(*words)
        made.append(scenario)
        return scenario, learned

    with pytest.MonkeyPatch.context() as patch, threadpool_limits(1):
        few_rounds(patch)
        patch.setattr("console.stress.adversary.adapted", noted)
        setting = small_setting()
        finding = adversary(setting, told.append)
        assert sum(told) == adversary_steps(setting) == PERIODS + 2
        yield finding, setting, made[0]


def by_series(finding: Finding, series: str) -> list[Row]:
    return [row for row in finding.rows if row.series == series]


def test_before_is_what_the_setting_says(found: Found) -> None:
    before, _ = by_series(found[0], "all")
    for told, measured in ((before.miss, found[1].miss), (before.false_flag, found[1].false_flag)):
        assert told
        assert (told.count, told.n) == (measured.count, measured.n)
    assert_all_hold_together(found[0])


def test_afterwards_the_same_victims_are_met_in_the_world_the_networks_made(
    found: Found,
) -> None:
    finding, setting, made = found
    judge = setting.judge
    met = replace(judge, world=compile_world(made))
    risk = met.fresh("victims", 300, setting.seed, one_per_network=True).outcomes.risk[judge.stage.label]
    _, after = by_series(finding, "all")
    missed, before = (
        risk < judge.threshold,
        setting.victims.outcomes.risk[judge.stage.label] < judge.threshold,
    )
    assert after.miss
    assert after.miss_change
    assert after.miss.count == missed.sum()
    assert after.miss_change.only_first == (missed & ~before).sum()
    assert after.at == PERIODS


def test_networks_that_learn_change_nothing_for_others(found: Found) -> None:
    change = by_series(found[0], "all")[1].flag_change
    assert change
    assert (change.only_first, change.only_second) == (0, 0)


def test_every_round_tells_the_misses_among_those_by_whom_moves_were_tried(
    found: Found,
) -> None:
    rows = by_series(found[0], "typology.online_scam")
    assert [row.at for row in rows] == [0.0, 1.0]
    for row, told in zip(rows, found[0].more["learning"]["rounds"], strict=True):
        assert row.miss
        assert (row.miss.n, row.miss.n - row.miss.count) == (FEW["members"], told["flagged"]["flagged"])


def test_finding_as_many_as_before_flags_whoever_was_flagged_and_more(found: Found) -> None:
    everybody, *kinds = by_series(found[0], "restored")
    assert everybody.false_flag
    assert sum(row.false_flag.n for row in kinds if row.false_flag) == everybody.false_flag.n == 1500
    for row in (everybody, *kinds):
        assert row.flag_change
        assert row.flag_change.only_second == 0
        assert row.flag_change.only_first >= 0
    assert found[0].to_json()["assumed"]["id"]


def test_without_victims_there_are_no_networks(tmp_path: Path) -> None:
    setting = small_setting()
    nobody = compile_world(load_scenario(one_sided(tmp_path, "journey.tourist")))
    with pytest.raises(BadInput, match="has no networks that could learn"):
        adversary(replace(setting, judge=replace(setting.judge, world=nobody)), lambda _: None)


@pytest.mark.slow
def test_cards_and_networks_take_turns() -> None:
    told: list[int] = []
    with pytest.MonkeyPatch.context() as patch, threadpool_limits(1):
        few_rounds(patch)
        setting = small_setting()
        finding = retrain_loop(setting, told.append)
        assert sum(told) == retrain_loop_steps(setting)
    assert_all_hold_together(finding)
    first, learned, trained = finding.rows
    assert [row.key for row in finding.rows] == ["first", "learned_1", "trained_1"]
    assert first.miss
    assert learned.miss
    assert trained.miss
    assert learned.miss_change
    assert trained.miss_change
    assert learned.miss_change.estimate == pytest.approx(learned.miss.estimate - first.miss.estimate)
    assert trained.miss_change.estimate == pytest.approx(trained.miss.estimate - learned.miss.estimate)
    assert learned.false_flag == first.false_flag
