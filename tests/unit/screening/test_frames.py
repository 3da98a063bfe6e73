"""Evaluating frames: the few lines of a notebook give the same counts as the long way."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from dossier.problems import BadInput
from dossier.stages import Stage
from screening.evaluation import Evaluation, evaluate
from screening.evaluation.outcomes import GROUPINGS
from tests.unit.screening.desks import cohort, screener
from tests.unit.screening.results import drawn_evaluation, drawn_outcomes

STAGES = pytest.mark.parametrize("stage", Stage, ids=lambda stage: stage.label)


def screened(stage: Stage | None = None) -> pd.DataFrame:
    return screener().screen(cohort().observed, stage)


def evaluated(frame: pd.DataFrame) -> Evaluation:
    return evaluate(frame, cohort().truth, cohort().observed)


@pytest.mark.parametrize("name", GROUPINGS)
def test_a_frame_gives_the_same_groups_as_the_assessment(name: str) -> None:
    assert evaluated(screened()).by(name).equals(drawn_evaluation().by(name))


@STAGES
def test_a_frame_gives_the_same_rates_at_every_stage(stage: Stage) -> None:
    expected = replace(drawn_evaluation(), stage=stage)
    assert evaluated(screened(stage)).overall == expected.overall


def test_a_frame_gives_the_same_json_as_the_assessment() -> None:
    found, expected = evaluated(screened()).to_json(), drawn_evaluation().to_json()
    for several_stages in ("by_stage", "pathway"):
        del found[several_stages], expected[several_stages]
    assert found == expected


@pytest.mark.parametrize("name", GROUPINGS)
def test_the_order_of_the_screened_rows_changes_nothing(name: str) -> None:
    shuffled = screened().sample(frac=1, random_state=3)
    assert evaluated(shuffled).by(name).equals(drawn_evaluation().by(name))


@pytest.mark.parametrize("name", GROUPINGS)
def test_the_order_of_the_observed_rows_changes_nothing(name: str) -> None:
    observed = cohort().observed.sample(frac=1, random_state=4)
    found = evaluate(screened(), cohort().truth, observed)
    assert found.by(name).equals(drawn_evaluation().by(name))


def test_a_part_of_the_rows_is_a_part_of_the_people() -> None:
    some = evaluated(screened().iloc[100:300])
    expected = replace(drawn_evaluation(), outcomes=drawn_outcomes().take(np.arange(100, 300)))
    assert some.overall == expected.overall
    assert some.by("sex").equals(expected.by("sex"))


def test_without_the_observed_frame_there_are_no_groups_by_who_people_are() -> None:
    found = evaluate(screened(), cohort().truth)
    assert found.by("typology").equals(drawn_evaluation().by("typology"))
    for name in ("sex", "age_band", "province"):
        with pytest.raises(BadInput, match="nobody is known"):
            found.by(name)


def test_the_truth_of_other_people_is_refused() -> None:
    with pytest.raises(BadInput, match="not all in this truth"):
        evaluate(screened(), cohort().truth.take(slice(0, 100)))


def test_an_observed_frame_of_other_people_is_refused() -> None:
    with pytest.raises(BadInput, match="observed"):
        evaluate(screened(), cohort().truth, cohort().observed.iloc[:100])


def test_nobody_cannot_be_evaluated() -> None:
    with pytest.raises(BadInput):
        evaluated(screened().iloc[:0])


def test_a_frame_that_lost_its_threshold_is_refused_with_a_remedy() -> None:
    bare = screened()
    bare.attrs.clear()
    with pytest.raises(BadInput, match="threshold"):
        evaluated(bare)


def test_a_dossier_decided_by_rule_stays_decided_by_rule() -> None:
    frame = screened()
    frame.loc[7, ["risk", "recommendation"]] = np.inf, "refer"
    found = evaluated(frame).outcomes.risk[str(frame["stage"].iloc[0])]
    assert np.flatnonzero(found == np.iinfo(np.int32).max).tolist() == [7]
