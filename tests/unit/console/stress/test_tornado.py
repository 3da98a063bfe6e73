"""Uncertain numbers one at a time: what is varied, on whom it is measured, and in which order it stands."""

import re
from collections.abc import Iterator
from itertools import pairwise

import numpy as np
import pytest
from threadpoolctl import threadpool_limits

from console.stress.frame import Finding, Row, Setting
from console.stress.learning import learning
from console.stress.tornado import name_of, steps, tornado
from console.stress.wording import say, words
from screening.evaluation.rates import Rate
from synthetic.compile import compile_world
from synthetic.fidelity.sensitivity import Parameter, parameters, without_range
from synthetic.scenarios import load_scenario
from tests.unit.console.stress.counted import assert_all_hold_together
from tests.unit.console.stress.small_learning import ONE_FAMILY, shrunk, small_setting

FEW = {"victims": 300, "others": 500, "looked_at": 2, "look_victims": 60, "look_others": 120, "kept": 1}
HALF = 0.5


@pytest.fixture(scope="module")
def found() -> Iterator[tuple[Finding, list[int], Setting]]:
    """What varying numbers on few people finds, with what was told on the way."""
    told: list[int] = []
    with pytest.MonkeyPatch.context() as patch, threadpool_limits(1):
        shrunk(patch, tornado=FEW)
        setting = small_setting()
        total = steps(setting)
        finding = tornado(setting, told.append)
        assert sum(told) == total
        yield finding, told, setting


def pairs(finding: Finding) -> list[tuple[Row, Row]]:
    """The rows of each number, without the first of all."""
    return list(zip(finding.rows[1::2], finding.rows[2::2], strict=True))


def test_each_number_stands_at_both_ends_of_its_range(found: tuple[Finding, list[int], Setting]) -> None:
    usual, kept = len(parameters(load_scenario(ONE_FAMILY))), FEW["kept"]
    assert len(pairs(found[0])) == usual + kept
    for low, high in pairs(found[0]):
        assert (low.key, low.series, high.series) == (high.key, "low", "high")
        assert low.at is not None
        assert high.at is not None
        assert low.at < low.more["value"] < high.at


def test_numbers_stand_by_how_far_they_move_the_misses(found: tuple[Finding, list[int], Setting]) -> None:
    swings = [(low.more["swing"], low.more["flag_swing"]) for low, _ in pairs(found[0])]
    assert all(first >= second for first, second in pairwise(swings))
    assert swings[0][0] > 0
    usual = found[0].rows[0].miss
    assert usual
    for low, high in pairs(found[0]):
        assert low.miss
        assert high.miss
        rates = [usual.estimate, low.miss.estimate, high.miss.estimate]
        assert low.more["swing"] == pytest.approx(max(rates) - min(rates))


def test_misses_are_those_of_the_same_streams_at_the_threshold_as_it_is(
    found: tuple[Finding, list[int], Setting],
) -> None:
    finding, _, setting = found
    judge = setting.judge
    before = judge.fresh("victims", 300, setting.seed, one_per_network=True).outcomes.risk["verification"]
    assert finding.rows[0].miss
    assert finding.rows[0].miss.count == (before < judge.threshold).sum()
    one = next(p for p in parameters(judge.world.scenario) if p.name == "camouflage of all typologies")
    moved = type(judge)(compile_world(one.at_high), judge.screener, judge.stage)
    after = moved.fresh("victims", 300, setting.seed, one_per_network=True).outcomes.risk["verification"]
    row = next(high for _, high in pairs(finding) if high.key == one.name)
    assert row.miss_change
    missed, missed_before = after < judge.threshold, before < judge.threshold
    assert row.miss_change.only_first == (missed & ~missed_before).sum()
    assert row.miss_change.only_second == (missed_before & ~missed).sum()


def test_a_number_that_moves_nobody_changes_nothing(found: tuple[Finding, list[int], Setting]) -> None:
    low, high = next(p for p in pairs(found[0]) if p[0].key == "share of typology.online_scam")
    assert low.more["swing"] == low.more["flag_swing"] == 0
    assert high.more["same_kind_of_person"] == 800


def test_the_largest_miss_left_open_is_the_one_sided_limit(found: tuple[Finding, list[int], Setting]) -> None:
    first = found[0].rows[0]
    assert first.miss
    assert first.more["missed_at_most"] == Rate(first.miss.count, first.miss.n, 0.9).high


def test_all_intervals_hold_together(found: tuple[Finding, list[int], Setting]) -> None:
    assert_all_hold_together(found[0])
    assert found[0].beside == len(pairs(found[0]))


# --- numbers without a range ----------------------------------------------------------------------------


def assumed() -> list[Parameter]:
    return without_range(load_scenario(ONE_FAMILY), HALF)


def test_a_number_without_a_range_goes_by_a_share_of_itself_to_either_side() -> None:
    for one in assumed():
        assert one.basis == "assumed"
        assert one.low == pytest.approx(one.value * HALF)
        assert one.high == pytest.approx(
            min(one.value * (1 + HALF), 1.0) if one.kind != "odds" else one.value * 1.5
        )


def test_every_number_is_named_once_and_none_has_a_range_of_its_own() -> None:
    names = [one.name for one in [*parameters(load_scenario(ONE_FAMILY)), *assumed()]]
    assert len(set(names)) == len(names)


def test_shares_and_weights_still_sum_to_one_at_either_end() -> None:
    for one in assumed():
        for end, value in ((one.at_low, one.low), (one.at_high, one.high)):
            assert sum(share.share for share in end.mix.values()) == pytest.approx(1)
            if one.kind == "share":
                assert end.mix[one.parts[0]].share == value
            if one.kind == "tier":
                module_id, tier = one.parts
                tiers = end.overlay[module_id].tiers
                assert tiers[tier].weight == value
                assert sum(each.weight for each in tiers.values()) == pytest.approx(1)


def test_odds_change_in_one_place_only() -> None:
    scenario = load_scenario(ONE_FAMILY)
    for one in [each for each in assumed() if each.kind == "odds"][:20]:
        module_id, variable, code = one.parts
        own = scenario.overlay[module_id].odds if module_id in scenario.overlay else {}
        before = {**scenario.library[module_id][0].odds, **own}
        after = {**scenario.library[module_id][0].odds, **one.at_low.overlay[module_id].odds}
        assert {name for name in before if before[name] != after[name]} == {variable}
        changed = {
            c for c in before[variable].values if before[variable].values[c] != after[variable].values[c]
        }
        assert changed == {code}


def test_facilitators_are_not_among_them() -> None:
    assert not any("journey.escort" in one.parts for one in assumed())


@pytest.mark.parametrize("scenario", [ONE_FAMILY, "baseline_year"])
def test_every_number_has_a_name_in_both_languages(scenario: str) -> None:
    loaded = load_scenario(scenario)
    for one in [*parameters(loaded), *without_range(loaded, HALF)]:
        name = name_of(one, loaded)
        assert name.en
        assert name.id


# --- the sentences of all four tests --------------------------------------------------------------------


def test_sentences_have_the_same_places_in_both_languages() -> None:
    for part, texts in words().items():
        for name, text in texts.items():
            places = [sorted(set(re.findall(r"{(\w+)}", said))) for said in (text.en, text.id)]
            assert places[0] == places[1], f"{part}.{name}"


def test_a_sentence_without_its_places_is_an_error() -> None:
    with pytest.raises(KeyError):
        say("left_out.complete")


def test_numbers_of_people_to_learn_from_become_settings_of_the_training() -> None:
    sizes = learning().sizes
    chosen = sizes.training()
    assert (chosen.victims_per_family, chosen.others) == (sizes.victims_per_family, sizes.others)
    assert np.isclose(chosen.ridge, sizes.training().ridge)
