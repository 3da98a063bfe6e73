"""The pathway is walked: counter, further interview, verification, checkpoint, as far as the officers' time allows.

Everybody comes to the counter. What is recommended there decides who is sent on, the queue decides who is
reached in time, and what nobody asked stays unasked at every later stage. Without limits the walk finds what
the stages find together; with them it says who was lost where, and what it cost the others.
"""

from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from console.pipeline import Job, evaluation_of
from dossier.stages import STAGE_LABELS, Stage
from screening.evaluation.pathway_report import Walked, walk_json
from screening.pathway import NOT_REACHED, SEEN, Travellers, travellers, walk
from screening.pathway_policy import PathwayPolicy, StagePolicy, pathway_policy
from synthetic import cohort_files
from synthetic.cohort import plan_for
from tests.unit.console.jobs import ran
from tests.unit.screening.desks import ALL_TYPES, assessment, cohort, screener
from tests.unit.screening.results import drawn_evaluation, drawn_outcomes
from tests.unit.synthetic.worlds import world

YEAR = 2022
SIZE = 2000


def unlimited() -> PathwayPolicy:
    """Return the policy in which everybody is seen at every stage."""
    no_limits = pathway_policy().with_capacity(dict.fromkeys(STAGE_LABELS))
    stages = {
        label: StagePolicy.model_validate({**said.model_dump(), "chosen": "all"})
        for label, said in no_limits.stage.items()
    }
    return no_limits.model_copy(update={"stage": stages})


@cache
def drawn() -> Travellers:
    return travellers(screener(), cohort().dossiers, {stage: assessment(stage) for stage in Stage})


@cache
def told(interview: float | None) -> dict[str, Any]:
    policy = pathway_policy().with_capacity({"interview": interview})
    return walk_json(Walked(drawn_outcomes(), drawn(), walk(drawn(), policy, YEAR), policy))


# --- without limits ---------------------------------------------------------------------------------


def test_if_everybody_is_seen_everywhere_the_walk_finds_what_the_stages_find_together() -> None:
    found = walk_json(Walked(drawn_outcomes(), drawn(), walk(drawn(), unlimited(), YEAR), unlimited()))
    together = drawn_evaluation().to_json()["pathway"]
    rates = ("miss_rate", "false_flag_rate", "lawful_flagged", "irregular_flagged")
    for stage, expected in zip(found["stages"], together, strict=True):
        assert stage["stage"] == expected["group"]
        assert {rate: stage[rate] for rate in rates} == {rate: expected[rate] for rate in rates}
        assert stage["waiting"]["longest"] == 0
        assert stage["seen"]["seen"] == stage["coming"]
    lost = {entry["cause"]: entry["lost"]["lost"] for entry in found["lost"]["causes"]}
    assert lost["not_recommended"] == found["lost"]["missed"]


# --- with too few officers --------------------------------------------------------------------------


def test_where_nobody_can_be_interviewed_nothing_is_learned_from_interviews() -> None:
    none = told(0.0)
    counter, interview = none["stages"][:2]
    assert interview["seen"]["seen"] == 0
    assert interview["officer_minutes"]["total"] == 0
    assert interview["miss_rate"] == counter["miss_rate"]
    lost = {entry["cause"]: entry["lost"]["lost"] for entry in none["lost"]["causes"]}
    assert lost["interview_not_reached"] > 0


def test_forty_of_four_hundred_are_interviewed_whatever_the_size_of_the_sample() -> None:
    """A capacity is a share of an ordinary day, so that a sample of the flow needs no other number."""
    for size in (2000, 4000):
        few = drawn_part(size)
        policy = pathway_policy().with_capacity({"interview": 0.1})
        fate = walk(few, policy, YEAR).fate[Stage.INTERVIEW]
        assert 0.07 * size < (fate == SEEN).sum() < 0.11 * size
        assert (fate == NOT_REACHED).sum() > 0.08 * size


def drawn_part(size: int) -> Travellers:
    rows = slice(0, size)
    return Travellers(
        drawn().office[rows],
        drawn().day[rows],
        drawn().departs[rows],
        {case: codes[rows] for case, codes in drawn().recommendation.items()},
        {case: found[rows] for case, found in drawn().below.items()},
    )


def test_more_interviews_miss_fewer_and_cost_more_minutes() -> None:
    shares = (0.0, 0.05, 0.1, 0.2, 0.4)
    missed = [told(share)["miss_rate"]["missed"] for share in shares]
    minutes = [told(share)["officer_minutes"]["total"] for share in shares]
    stopped = [told(share)["lawful_flagged"]["flagged"] for share in shares]
    waited = [told(share)["cost"]["lawful"]["days_waited"] for share in shares]
    assert missed == sorted(missed, reverse=True)
    assert missed[0] > missed[-1]
    assert minutes == sorted(minutes)
    assert stopped == sorted(stopped)
    assert waited == sorted(waited, reverse=True)


def test_a_passport_is_never_held_back_longer_than_the_policy_says() -> None:
    for share in (0.0, 0.1):
        for stage in told(share)["stages"]:
            longest = stage["policy"]["longest_wait"]
            assert longest is None or stage["waiting"]["longest"] <= longest


def test_an_office_works_through_its_own_queue() -> None:
    """One office by itself fares as it does among the others: officers are not lent."""
    policy = pathway_policy().with_capacity({"interview": 0.1})
    among = walk(drawn(), policy, YEAR)
    rows = np.flatnonzero(drawn().office == np.bincount(drawn().office).argmax())
    alone = Travellers(
        drawn().office[rows],
        drawn().day[rows],
        drawn().departs[rows],
        {case: codes[rows] for case, codes in drawn().recommendation.items()},
        {case: found[rows] for case, found in drawn().below.items()},
    )
    by_itself = walk(alone, policy, YEAR)
    for stage in (Stage.COUNTER, Stage.INTERVIEW, Stage.VERIFICATION):
        assert (by_itself.fate[stage] == among.fate[stage][rows]).all()
        assert (by_itself.waited[stage] == among.waited[stage][rows]).all()


# --- as a part of the main job ----------------------------------------------------------------------


def content(folder: Path, workers: int, pathway: PathwayPolicy | None) -> dict[str, Any]:
    job = Job(plan_for(world(ALL_TYPES), SIZE, 11), screener(), None, Stage.VERIFICATION, {}, pathway)
    return evaluation_of(job, ran(job, folder, workers)[0], {}).to_json()


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    return content(tmp_path_factory.mktemp("whole"), 1, pathway_policy())


@pytest.mark.parametrize(("part", "workers"), [(500, 1), (300, 2), (1999, 2)])
def test_parts_and_workers_change_nothing(
    part: int, workers: int, whole: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cohort_files, "ROWS_PER_PART", part)
    assert content(tmp_path, workers, pathway_policy()) == whole


def test_only_who_asks_for_the_pathway_pays_for_it(whole: dict[str, Any], tmp_path: Path) -> None:
    """Without it the evaluation is the same in every other part, and no case is screened for it."""
    without = content(tmp_path, 1, None)
    assert without == {key: value for key, value in whole.items() if key != "pathway_walk"}
