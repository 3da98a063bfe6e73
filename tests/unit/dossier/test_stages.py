"""Stages: four moments in a fixed order."""

import pytest

from dossier.stages import STAGE_LABELS, Stage


def test_stages_follow_the_applicant_from_counter_to_departure() -> None:
    assert STAGE_LABELS == ("counter", "interview", "verification", "checkpoint")
    assert sorted(Stage) == [Stage.COUNTER, Stage.INTERVIEW, Stage.VERIFICATION, Stage.CHECKPOINT]


@pytest.mark.parametrize("stage", Stage)
def test_a_stage_is_found_by_its_label(stage: Stage) -> None:
    assert Stage.of(stage.label) is stage


def test_an_unknown_stage_is_an_error() -> None:
    with pytest.raises(KeyError):
        Stage.of("airport")
