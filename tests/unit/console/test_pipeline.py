"""The main job, part by part: the same as the whole at once, and weighted where only some are looked at."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from console import pipeline
from console.mixtures import declared_mixture
from console.pipeline import Job, PartResult, evaluation_of
from console.rivals import Rivals
from console.screeners import screener_for
from dossier.stages import Stage
from screening.evaluation.rule_value import rule_counts
from screening.operating_point import OperatingPoint
from screening.referral import headline_stage
from screening.rules_only import published_flags, published_rulebooks
from synthetic import cohort_files
from synthetic.channels import identified
from synthetic.cohort import CHUNK, plan_for
from synthetic.compile import compile_world
from synthetic.levers import load_lever
from synthetic.oracle import Oracle
from synthetic.scenarios import load_scenario
from tests.unit.console.jobs import ran
from tests.unit.console.terminal import SCENARIO
from tests.unit.screening.desks import ALL_TYPES, SEED, cohort, screener
from tests.unit.screening.desks import SIZE as DRAWN
from tests.unit.screening.results import drawn_evaluation
from tests.unit.synthetic.worlds import world

SIZE = 2500


def job(rivals: Rivals | None = None, size: int = SIZE, seed: int = 11) -> Job:
    plan = plan_for(world(ALL_TYPES), size, seed)
    return Job(plan, screener(), rivals, Stage.VERIFICATION, published_rulebooks())


def content_of(found: Job, whole: PartResult) -> dict[str, Any]:
    return evaluation_of(found, whole, {}).to_json()


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The content of a job in one part."""
    found = job()
    return content_of(found, ran(found, tmp_path_factory.mktemp("whole"), 1)[0])


@pytest.mark.parametrize(
    ("part", "workers"),
    [(333, 3), *(pytest.param(*one, marks=pytest.mark.slow) for one in ((500, 1), (500, 2), (2499, 2)))],
)
def test_parts_and_workers_change_no_number(
    part: int, workers: int, whole: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cohort_files, "ROWS_PER_PART", part)
    found = job()
    told: list[int] = []
    result, _ = ran(found, tmp_path, workers, told.append)
    assert len(told) == -(-SIZE // part)
    assert content_of(found, result) == whole


def test_every_finished_part_is_told_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cohort_files, "ROWS_PER_PART", 1000)
    told: list[int] = []
    _, seconds = ran(job(), tmp_path, 1, told.append)
    assert told == [1000, 1000, 500]
    assert seconds > 0


def test_a_job_counts_what_an_evaluation_in_memory_counts(tmp_path: Path) -> None:
    found = job(size=DRAWN, seed=SEED)
    content = content_of(found, ran(found, tmp_path, 2)[0])
    mixtures = {"scenario": declared_mixture(found.plan.world)}
    expected = replace(drawn_evaluation(), extras={"mixtures": mixtures}).to_json()
    assert {key: content[key] for key in expected} == expected


def test_published_rulebooks_are_measured_on_everybody(tmp_path: Path) -> None:
    """Whom each would flag, read once more from the cohort in memory."""
    found = job(size=DRAWN, seed=SEED)
    baselines = content_of(found, ran(found, tmp_path, 1)[0])["baselines"]
    flags = published_flags(published_rulebooks(), cohort().dossiers, Stage.VERIFICATION)
    assert [one["rulebook"] for one in baselines] == sorted(flags)
    truth = cohort().truth
    for one in baselines:
        flagged = flags[one["rulebook"]]
        assert one["miss_rate"]["missed"] == (truth.is_victim & ~flagged).sum()
        assert one["false_flag_rate"]["flagged"] == (truth.is_counted_as_other & flagged).sum()
        assert one["false_flag_rate"]["n"] == truth.is_counted_as_other.sum()
    assert len({one["miss_rate"]["missed"] for one in baselines}) > 1


def test_chances_are_measured_where_a_calibration_belongs_to_the_screener(tmp_path: Path) -> None:
    curve = {"risks": [-800, 0, 500], "log_odds": [-6.0, -1.0, 3.0], "prior": 0.05}
    stages = {"verification": {"calibration": curve}}
    point = OperatingPoint.model_validate({**screener().operating_point.model_dump(), "stages": stages})
    calibrated = replace(job(), screener=replace(screener(), operating_point=point))
    content = content_of(calibrated, ran(calibrated, tmp_path, 1)[0])
    found = content["reliability"]
    everybody = [*(one["victims"] for one in found["bins"]), found["by_rule"]]
    assert sum(one["count"] for one in everybody) == content["victims"]
    assert sum(one["n"] for one in everybody) == SIZE - content["facilitators"]
    assert found["learned_at"] == 0.05


@pytest.mark.parametrize("stages", [{}, {"interview": {"calibration": None}}])
def test_without_a_calibration_of_the_headline_stage_no_chances_are_measured(
    stages: dict[str, Any], tmp_path: Path
) -> None:
    point = OperatingPoint.model_validate({**screener().operating_point.model_dump(), "stages": stages})
    plain = replace(job(size=300), screener=replace(screener(), operating_point=point))
    assert "reliability" not in content_of(plain, ran(plain, tmp_path, 1)[0])


def test_rules_that_decide_by_themselves_show_no_chances(tmp_path: Path) -> None:
    by_rules = replace(job(size=500), screener=screener_for("paper-004", None, None))
    content = content_of(by_rules, ran(by_rules, tmp_path, 1)[0])
    assert "reliability" not in content
    (paper,) = [one for one in content["baselines"] if one["rulebook"] == "paper-004"]
    for rate in ("miss_rate", "false_flag_rate"):
        assert paper[rate] == content[rate]


def test_the_worth_of_rules_is_that_of_everybody(whole: dict[str, Any]) -> None:
    from synthetic import draw, load_scenario

    drawn = draw(load_scenario(ALL_TYPES), n=SIZE, seed=11)
    stage = headline_stage()
    threshold = screener().operating_point.threshold(stage)
    found = screener().assess(drawn.dossiers, stage)
    counts = rule_counts(screener(), found, threshold, drawn.truth.truth_class)
    saved = [int(rule[2, 1]) for rule in counts]
    assert [one["saves"] for one in whole["rules"]] == saved
    assert [one["rule"] for one in whole["rules"]] == [rule.id for rule in screener().rulebook.rules]


# --- rivals -----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def rivals() -> Rivals:
    return Rivals(Oracle(world(ALL_TYPES), headline_stage()), None)


def test_the_oracle_misses_fewer_at_the_same_workload(rivals: Rivals, tmp_path: Path) -> None:
    found = job(rivals)
    content = content_of(found, ran(found, tmp_path, 2)[0])
    assert content["oracle"]["miss_rate_at_same_workload"]["missed"] < content["miss_rate"]["missed"]
    assert "challenger" not in content


def test_without_rivals_nothing_is_said_of_them(whole: dict[str, Any]) -> None:
    assert not {"oracle", "challenger", "logistic", "rules_only", "comparisons", "cost_curve"} & set(whole)


def test_others_who_are_looked_at_stand_for_those_who_are_not(
    rivals: Rivals, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pipeline, "MOST_OTHERS", 500)
    found = job(rivals)
    result, _ = ran(found, tmp_path, 1)
    assert result.panel is not None
    is_victim, weights = result.panel.is_victim, result.panel.weights
    assert is_victim.sum() == result.summary.victims
    assert (weights[is_victim] == 1).all()
    assert set(weights[~is_victim]) == {SIZE / 500}
    assert weights[~is_victim].sum() == pytest.approx(result.summary.others, rel=0.15)


def test_the_sample_of_others_is_the_same_however_the_parts_are_cut(
    rivals: Rivals, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pipeline, "MOST_OTHERS", 500)
    found = job(rivals)
    for name in ("one", "many"):
        (tmp_path / name).mkdir()
    one = content_of(found, ran(found, tmp_path / "one", 1)[0])
    monkeypatch.setattr(cohort_files, "ROWS_PER_PART", 400)
    many = content_of(found, ran(found, tmp_path / "many", 2)[0])
    assert one == many


def test_what_costs_too_much_for_millions_is_measured_on_all_victims_and_a_sample_of_others(
    rivals: Rivals, whole: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Published rulebooks and policies; each rate shows its n, and nothing is scaled up."""
    monkeypatch.setattr(pipeline, "MOST_OTHERS", 500)
    found = job(rivals)
    content = content_of(found, ran(found, tmp_path, 1)[0])
    sections, others = content["measured_on"]["by_section"], content["measured_on"]["others"]
    assert others == content["lawful"] + content["irregular"] == whole["measured_on"]["others"]
    assert 350 < sections["baselines"] == sections["policy_harm"] == sections["comparisons"] < 650
    assert set(whole["measured_on"]["by_section"].values()) == {others}
    for one, everybody in zip(content["baselines"], whole["baselines"], strict=True):
        assert one["miss_rate"] == everybody["miss_rate"]
        assert one["false_flag_rate"]["n"] == sections["baselines"]
    harm = content["policy_harm"]["policies"]["saring-2026"]["all"]
    assert harm["victims"] == whole["policy_harm"]["policies"]["saring-2026"]["all"]["victims"]
    assert harm["lawful_ended"]["n"] + harm["irregular_ended"]["n"] == sections["policy_harm"]
    for name in ("referred_by_route", "by", "rules", "detection", "false_flag_rate"):
        assert content[name] == whole[name]


def test_published_rulebooks_stand_on_the_panel_as_they_flag(rivals: Rivals, tmp_path: Path) -> None:
    found = job(rivals)
    content = content_of(found, ran(found, tmp_path, 1)[0])
    compared = {one["name"]: one for one in content["comparisons"]["rivals"]}
    for baseline in content["baselines"]:
        for rate in ("miss_rate", "lawful_flagged", "irregular_flagged"):
            assert compared[baseline["rulebook"]][rate] == baseline[rate]


def test_chunks_are_smaller_than_parts() -> None:
    assert cohort_files.ROWS_PER_PART % CHUNK == 0


def test_the_headline_stage_is_the_policys() -> None:
    assert job().stage == headline_stage()
    assert job().threshold == screener().operating_point.threshold(Stage.VERIFICATION)


def test_who_is_known_is_counted_as_the_plan_draws_them(whole: dict[str, Any]) -> None:
    plan = job().plan
    known = identified(plan.world, plan.draw(range(SIZE)), plan.seed)
    detection = whole["detection"]
    assert [channel["channel"] for channel in detection["channels"]] == list(known)
    for channel in detection["channels"]:
        assert channel["known"]["identified"] == known[channel["channel"]].sum()
        assert channel["known"]["n"] == whole["victims"]
    anybody = np.logical_or.reduce(list(known.values())).sum()
    assert 0 < anybody == detection["any"]["known"]["identified"]
    missed = detection["victims"]["flagged"]["n"] - detection["victims"]["flagged"]["flagged"]
    assert missed == whole["miss_rate"]["missed"]


def test_weights_follow_the_victims_that_levers_left(tmp_path: Path) -> None:
    """Rows stand for as many people as there are rows, and for the victims that are left of the base rate."""
    warned = compile_world(load_scenario(SCENARIO).with_levers([load_lever("awareness_campaign")]))
    plan = plan_for(warned, 4000, 11, 0.01)
    found = Job(plan, screener(), None, Stage.VERIFICATION, {})
    summary = ran(found, tmp_path, 1)[0].summary
    left = summary.victims
    assert plan.victims is not None
    assert 0 < left < plan.victims
    of_victim, of_other = pipeline._weights(plan, summary)
    assert left * of_victim + (4000 - left) * of_other == pytest.approx(4000)
    assert left * of_victim / 4000 == pytest.approx(0.01 * left / plan.victims) == plan.share_left(left)
    assert of_victim == pytest.approx(plan.weights[0])
