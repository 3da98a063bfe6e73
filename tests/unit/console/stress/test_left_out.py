"""One family left out of the training: who learns what, and on whom it is measured."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from threadpoolctl import threadpool_limits

from console import training
from console.stress.frame import Finding, Setting
from console.stress.left_out import left_out, steps
from console.stress.retraining import Workshop, check_learned
from console.training import home_of, train_cards
from dossier.problems import BadInput
from dossier.stages import Stage
from models import train
from models.train import settings as training_settings
from screening.rules_only import rules_screener
from screening.screener import released_rules
from tests.unit.console.stress.counted import assert_all_hold_together
from tests.unit.console.stress.small_learning import ONE_FAMILY, shrunk, small_setting
from tests.unit.synthetic.worlds import ALL_TYPES, world

FAMILIES = ("online_scam", "debt_bondage")


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    shrunk(monkeypatch, left_out={"families": FAMILIES})
    with threadpool_limits(1):
        yield


@pytest.fixture(scope="module")
def found() -> Iterator[tuple[Finding, list[int], Setting]]:
    """What leaving out two families of a whole year finds, with what was told on the way."""
    told: list[int] = []
    with pytest.MonkeyPatch.context() as patch, threadpool_limits(1):
        shrunk(patch, left_out={"families": FAMILIES})
        setting = small_setting(ALL_TYPES)
        yield left_out(setting, told.append), told, setting


def test_each_family_has_the_same_four_rows(found: tuple[Finding, list[int], Setting]) -> None:
    first, *rows = found[0].rows
    assert first.key == "reduced"
    series = ["complete", "without", "challenger", "challenger_without"]
    assert [(row.key, row.series) for row in rows] == [(f, s) for f in FAMILIES for s in series]
    for row in rows:
        assert row.miss is not None
        assert row.miss.n == 300
        assert row.false_flag is not None
        assert row.false_flag.n == 700


def test_it_tells_of_its_progress_as_often_as_it_says(found: tuple[Finding, list[int], Setting]) -> None:
    assert sum(found[1]) == steps(found[2])


def test_changes_are_told_against_the_same_thing_with_the_family(
    found: tuple[Finding, list[int], Setting],
) -> None:
    rows = {(row.key, row.series): row for row in found[0].rows}
    for family in FAMILIES:
        for without, complete in (("without", "complete"), ("challenger_without", "challenger")):
            after, before = rows[family, without], rows[family, complete]
            assert after.miss
            assert before.miss
            assert after.miss_change
            assert before.miss_change is None
            assert after.miss_change.estimate == pytest.approx(after.miss.estimate - before.miss.estimate)


def test_the_worst_family_is_the_one_with_most_misses_and_its_interval_holds_for_all(
    found: tuple[Finding, list[int], Setting],
) -> None:
    without = {row.key: row.miss for row in found[0].rows if row.series == "without" and row.miss}
    worst = max(without, key=lambda family: without[family].estimate)
    assert found[0].more["worst"] == worst
    rises = {
        row.key: row.miss_change.estimate
        for row in found[0].rows
        if row.series == "without" and row.miss_change
    }
    assert found[0].more["largest_rise"] == max(rises, key=lambda family: rises[family])
    assert f"{without[worst].count} of 300" in found[0].answer.en
    assert_all_hold_together(found[0])
    assert found[0].more["mean_miss_without"] == pytest.approx(
        np.mean([rate.estimate for rate in without.values()])
    )


def test_the_finding_can_be_written_as_json_in_both_languages(
    found: tuple[Finding, list[int], Setting],
) -> None:
    written = found[0].to_json()
    assert set(written["answer"]) == {"en", "id"}
    assert "less_challenger_without" in next(r for r in written["rows"] if r["series"] == "without")


def test_cards_without_a_family_have_no_table_for_it_and_keep_the_others() -> None:
    workshop = Workshop.at_home(small_setting())
    complete, without = workshop.cards(), workshop.cards("online_scam")
    assert set(complete.families) - set(without.families) == {"online_scam"}
    assert [stage.stage for stage in without.stages] == ["verification"]
    assert complete.training.victims == dict.fromkeys(complete.families, 300)


def test_cards_are_trained_where_those_of_the_screener_were_and_measured_in_the_scenario() -> None:
    setting = small_setting()
    workshop = Workshop.at_home(setting)
    assert workshop.world.scenario.id == ALL_TYPES
    assert workshop.judge.world.scenario.id == ONE_FAMILY


def test_cards_of_a_scenario_that_is_not_released_are_trained_on_the_scenario_at_hand() -> None:
    training = small_setting().judge.screener.cards.training.model_copy(update={"scenario": "my_own"})
    assert home_of(training, world(ONE_FAMILY)) is world(ONE_FAMILY)


def test_the_threshold_flags_no_more_than_the_share_on_people_who_are_not_measured() -> None:
    setting = small_setting()
    workshop = Workshop.at_home(setting)
    people, share = workshop.people
    score = workshop.score_of(setting.judge.screener.cards)
    chosen = workshop.chosen(score, setting.victims.dossiers, people)
    assert chosen.flagged.mean() <= share
    assert share == pytest.approx(float((score(people) >= setting.judge.threshold).mean()))
    measured = setting.others.dossiers.columns
    same = [np.array_equal(people.columns[name][: len(setting.others)], measured[name]) for name in measured]
    assert not all(same)


def test_whom_a_score_chooses_is_what_sorting_by_hand_gives() -> None:
    setting = small_setting()
    workshop = Workshop.at_home(setting)
    people, share = workshop.people
    score = workshop.score_of(setting.judge.screener.cards)
    chosen = workshop.chosen(score, setting.victims.dossiers, setting.others.dossiers)
    limit = sorted(score(people).tolist(), reverse=True)[int(share * len(people))]
    assert chosen.missed.tolist() == [risk <= limit for risk in score(setting.victims.dossiers).tolist()]
    assert chosen.flagged.tolist() == [risk > limit for risk in score(setting.others.dossiers).tolist()]


def test_people_who_are_flagged_by_share_of_everybody_hold_no_facilitators() -> None:
    setting = small_setting()
    people, _ = Workshop.at_home(setting, "everybody").people
    drawn = setting.judge.fresh("everybody", 2000, setting.seed_for("threshold"))
    facilitators = ~(drawn.outcomes.truth.is_victim | drawn.outcomes.truth.is_counted_as_other)
    assert facilitators.any()
    assert len(people) == 2000 - facilitators.sum()


def test_a_family_that_the_scenario_lacks_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    shrunk(monkeypatch, left_out={"families": ("organ_removal",)})
    with pytest.raises(BadInput, match="'organ_removal' is no family"):
        steps(small_setting())


def test_where_rules_decide_there_is_nothing_to_train_again() -> None:
    setting = small_setting()
    judge = replace(setting.judge, screener=rules_screener(released_rules().rulebook))
    with pytest.raises(BadInput, match="nothing that could be trained again"):
        check_learned(replace(setting, judge=judge))


def test_cards_with_the_usual_settings_are_those_without_any_said() -> None:
    few = training_settings().model_copy(update={"victims_per_family": 100, "others": 400, "rounds": 5})
    usual = world(ONE_FAMILY), released_rules(), 3, "same"
    with pytest.MonkeyPatch.context() as patch:
        for module in (training, train):
            patch.setattr(module, "settings", lambda: few)
        plain = train_cards(*usual, stages=(Stage.COUNTER,))
    said = train_cards(*usual, stages=(Stage.COUNTER,), chosen=few)
    assert said.model_dump_json() == plain.model_dump_json()
