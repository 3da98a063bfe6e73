"""An evaluation by any groups: crossed groups have a level each, and any rates can be asked for."""

import pytest

from dossier.problems import BadInput
from dossier.stages import Stage
from screening.evaluation.measures import MISS
from tests.unit.screening.results import drawn_evaluation


def test_crossed_groups_have_a_level_for_each_grouping() -> None:
    frame = drawn_evaluation().by("sex", "age_band")
    assert frame.index.names == ["sex", "age_band"]
    assert (
        frame.groupby("sex")[["victims", "missed", "others", "flagged"]]
        .sum()
        .equals(
            drawn_evaluation()
            .by("sex")[["victims", "missed", "others", "flagged"]]
            .rename_axis("sex")
            .sort_index()
        )
    )


def test_rates_are_chosen_by_name() -> None:
    frame = drawn_evaluation().by("sex", rates=("miss_rate", "precision"))
    assert {"miss_rate", "precision"} <= set(frame.columns)
    assert "false_flag_rate" not in frame.columns
    with pytest.raises(BadInput, match="no rate 'recall'"):
        drawn_evaluation().by("sex", rates=("recall",))


def test_a_tally_answers_at_any_stage_and_threshold() -> None:
    tally = drawn_evaluation().tally("sex", "typology", stage=Stage.COUNTER)
    assert tally.names == ("sex", "typology")
    found = tally.over().rates(MISS, drawn_evaluation().thresholds["counter"]).rate(0)
    assert found == drawn_evaluation().rates_by_stage()["counter"].miss
