"""Sweeps count exactly what a plain loop over people counts, at steps that leave no kind of people out."""

import numpy as np
import numpy.typing as npt
import pytest

from dossier.truth import TruthClass
from models.calibration import Calibration
from models.card import LARGEST
from screening.evaluation.cues import (
    counted_cues,
    cues_json,
    joined_cues,
    kinds_of_people,
    recommended_json,
)
from screening.evaluation.screenings import Screening, counted_pair, paired_sweeps_json
from screening.evaluation.sweep import MOST_STEPS, Counted, counted, joined_counts, steps_of, sweep_json
from tests.web import research_sample

THRESHOLD = -300


@pytest.fixture(name="risk")
def _risk() -> npt.NDArray[np.int32]:
    return research_sample.risk()


@pytest.fixture(name="people")
def _people(risk: npt.NDArray[np.int32]) -> Counted:
    return counted(risk, research_sample.truth())


def test_every_count_of_a_sweep_is_that_of_a_plain_loop(people: Counted, risk: npt.NDArray[np.int32]) -> None:
    truth = research_sample.truth()
    found = sweep_json(people, THRESHOLD)
    for step, points in list(enumerate(found["thresholds"]))[::7]:
        flagged = risk >= round(100 * points)
        for who, counted_as in (("lawful", "flagged"), ("irregular", "flagged")):
            of = truth.truth_class == TruthClass[who.upper()]
            assert (found[who]["n"], found[who][counted_as][step]) == (of.sum(), (of & flagged).sum())
        assert found["victims"]["missed"][step] == (truth.is_victim & ~flagged).sum()
        for group in found["groups"]:
            of = truth.is_victim & (truth.family == truth.family_names.index(group["group"]))
            assert (group["n"], group["missed"][step]) == (of.sum(), (of & ~flagged).sum())


def test_the_operating_threshold_is_a_step_of_its_own(people: Counted) -> None:
    found = sweep_json(people, THRESHOLD)
    assert found["thresholds"][found["here"]] == found["threshold"] == THRESHOLD / 100


def test_steps_rise_from_flagging_everybody_to_where_rules_alone_decide(people: Counted) -> None:
    steps = steps_of(people, THRESHOLD)
    found = sweep_json(people, THRESHOLD)
    assert (np.diff(steps) > 0).all()
    assert len(steps) <= MOST_STEPS
    assert steps.max() <= LARGEST
    assert (found["victims"]["missed"][0], found["lawful"]["flagged"][-1]) == (0, 0)
    assert found["victims"]["n"] - found["victims"]["missed"][-1] == 1


def test_rare_flags_have_steps_of_their_own(people: Counted) -> None:
    """The last ten people of two thousand who are flagged wrongly do not vanish between two steps."""
    flagged = np.array(sweep_json(people, THRESHOLD)["lawful"]["flagged"])
    assert len(set(flagged[flagged <= 10].tolist())) >= 5


def test_parts_of_a_cohort_add_up(people: Counted, risk: npt.NDArray[np.int32]) -> None:
    truth = research_sample.truth()
    halves = [slice(0, 1000), slice(1000, None)]
    parts = [counted(risk[half], truth.take(half)) for half in halves]
    assert sweep_json(joined_counts(parts), THRESHOLD) == sweep_json(people, THRESHOLD)
    assert sweep_json(parts[0] + parts[1], THRESHOLD) == sweep_json(people, THRESHOLD)


def test_flags_follow_the_share_of_victims_that_is_asked_for(people: Counted) -> None:
    found = sweep_json(people, THRESHOLD, share_of_victims=0.25)
    here = found["here"]
    miss = found["victims"]["missed"][here] / found["victims"]["n"]
    wrong = (found["lawful"]["flagged"][here] + found["irregular"]["flagged"][here]) / 2000
    assert found["flags_per_10000"][here] == pytest.approx(
        10_000 * (0.25 * (1 - miss) + 0.75 * wrong), abs=0.01
    )


def test_without_victims_there_are_no_flags_per_10000(risk: npt.NDArray[np.int32]) -> None:
    truth = research_sample.truth()
    found = sweep_json(counted(risk, truth, rows=~truth.is_victim), THRESHOLD)
    assert found["flags_per_10000"] is None
    assert (found["victims"]["n"], found["groups"]) == (0, [])


def test_nobody_at_all_is_one_step_and_no_error() -> None:
    truth = research_sample.truth()
    nobody = np.zeros(len(truth), dtype=bool)
    found = sweep_json(counted(research_sample.risk(), truth, rows=nobody), THRESHOLD)
    assert found["thresholds"] == [THRESHOLD / 100]


def test_chances_rise_with_the_threshold(people: Counted) -> None:
    curve = Calibration(risks=(-900, 0), log_odds=(-8.0, 2.0), prior=0.05)
    chances = sweep_json(people, THRESHOLD, calibration=curve)["chances"]
    assert chances == sorted(chances)


def test_two_screenings_share_their_steps_and_leave_out_who_set_out_otherwise() -> None:
    truth, risk = research_sample.truth(), research_sample.risk()
    module = truth.module.copy()
    module[0] = 1
    moved = type(truth)(**{**vars(truth), "module": module})
    found = paired_sweeps_json(counted_pair(Screening(truth, risk), Screening(moved, risk)), (-300, -200))
    assert found["before"]["thresholds"] == found["after"]["thresholds"]
    assert (found["before"]["threshold"], found["after"]["threshold"]) == (-3.0, -2.0)
    assert found["before"]["lawful"]["n"] == 1799


# --- cues and recommendations ---------------------------------------------------------------------------


def test_cues_are_counted_as_a_plain_loop_counts_them(people: Counted, risk: npt.NDArray[np.int32]) -> None:
    truth, findings = research_sample.truth(), research_sample.findings()
    steps = steps_of(people, THRESHOLD)
    found = cues_json(counted_cues(findings, risk, truth), steps)
    kinds = kinds_of_people(truth)
    for place, group in enumerate(found["groups"]):
        risks = risk[kinds.codes == place]
        if group["group"] in ("lawful", "irregular"):
            assert group["flagged"] == [(risks >= step).sum() for step in steps]
        else:
            assert group["missed"] == [(risks < step).sum() for step in steps]
    for one in found["indicators"]:
        states = findings[one["indicator"]]
        for place, group in enumerate(found["groups"]):
            of = kinds.codes == place
            assert group["n"] == of.sum()
            assert one["present"][place] == (of & (states == 2)).sum()
            assert one["unknown"][place] == (of & (states == 1)).sum()
        step = len(steps) // 2
        missed = truth.is_victim & (risk < steps[step])
        flagged = truth.is_counted_as_other & (risk >= steps[step])
        assert one["present_among_missed"][step] == (missed & (states == 2)).sum()
        assert one["present_among_flagged"][step] == (flagged & (states == 2)).sum()


def test_at_no_step_have_more_people_a_cue_than_are_missed_or_flagged(
    people: Counted, risk: npt.NDArray[np.int32]
) -> None:
    found = cues_json(
        counted_cues(research_sample.findings(), risk, research_sample.truth()), steps_of(people, THRESHOLD)
    )
    for among in ("missed", "flagged"):
        n = np.sum([group[among] for group in found["groups"] if among in group], axis=0)
        for one in found["indicators"]:
            assert (np.array(one[f"present_among_{among}"]) <= n).all()


def test_without_indicators_there_are_no_cues(people: Counted, risk: npt.NDArray[np.int32]) -> None:
    found = cues_json(counted_cues({}, risk, research_sample.truth()), steps_of(people, THRESHOLD))
    assert found == {"groups": [], "indicators": []}


def test_cues_of_parts_add_up(people: Counted, risk: npt.NDArray[np.int32]) -> None:
    truth, findings = research_sample.truth(), research_sample.findings()
    steps = steps_of(people, THRESHOLD)
    parts = [
        counted_cues({name: one[half] for name, one in findings.items()}, risk[half], truth.take(half))
        for half in (slice(0, 900), slice(900, None))
    ]
    whole = cues_json(counted_cues(findings, risk, truth), steps)
    assert cues_json(joined_cues(parts), steps) == whole == cues_json(parts[0] + parts[1], steps)


def test_recommendations_of_each_kind_add_up_to_its_people() -> None:
    rows = recommended_json(research_sample.truth(), research_sample.outcomes().recommendation)
    assert [one["group"] for one in rows] == ["online_scam", "debt_bondage", "lawful", "irregular"]
    for one in rows:
        assert sum(one[kind] for kind in ("proceed", "documents", "interview", "refer")) == one["n"]
