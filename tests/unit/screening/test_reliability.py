"""Reliability: the chances shown beside the victims there are, bin by bin, counted by hand."""

from typing import Any

import numpy as np
import pytest

from models.calibration import Calibration
from screening.evaluation.outcomes import Outcomes
from screening.evaluation.reliability import EDGES, reliability_json
from screening.evaluation.tally import tallied
from screening.screener import OVERRIDE
from tests.unit.screening.results import made, random_outcomes

CURVE = Calibration(risks=(-500, 0, 500), log_odds=(-7.0, -2.0, 3.0), prior=0.5)
TOURIST, IRREGULAR, VICTIM, ESCORT = 0, 2, 3, 5


def reliability_of(outcomes: Outcomes) -> dict[str, Any]:
    return reliability_json(tallied(outcomes.risk["verification"], outcomes.truth.truth_class), CURVE)


def test_every_person_is_counted_once_and_facilitators_are_not() -> None:
    outcomes = made(
        [TOURIST] * 6 + [VICTIM] * 3 + [ESCORT] * 4, [-500] * 6 + [100, 300, OVERRIDE] + [500] * 4
    )
    found = reliability_of(outcomes)
    in_bins = sum(one["victims"]["n"] for one in found["bins"])
    assert (in_bins, found["by_rule"]["n"]) == (8, 1)
    assert sum(one["victims"]["count"] for one in found["bins"]) == 2
    assert found["share_of_victims"] == pytest.approx(3 / 9)


def test_the_shown_chance_of_a_bin_is_the_mean_at_the_cohorts_own_share() -> None:
    risks = [-400, -380, 200]
    outcomes = made([TOURIST, IRREGULAR, VICTIM], risks)
    found = reliability_of(outcomes)
    chances = CURVE.chance(np.array(risks, dtype=np.int32), 1 / 3)
    for one in found["bins"]:
        inside = chances[(chances >= one["low"]) & (chances < one["high"])]
        assert one["shown"] == pytest.approx(inside.mean())
        assert one["victims"]["n"] == len(inside)


def test_every_share_has_its_exact_interval() -> None:
    outcomes = made([TOURIST] * 9 + [VICTIM], [-500] * 10)
    found = reliability_of(outcomes)
    (only,) = found["bins"]
    assert only["victims"]["low"] == pytest.approx(0.00253, abs=1e-5)
    assert only["victims"]["high"] == pytest.approx(0.44502, abs=1e-5)


def test_many_people_are_counted_as_one_by_one() -> None:
    """The twin goes from person to person, as the section was made of persons once."""
    outcomes = random_outcomes(5, 2000)
    found = reliability_of(outcomes)
    truth, risk = outcomes.truth, outcomes.risk["verification"]
    counted = truth.is_victim | truth.is_counted_as_other
    share = truth.is_victim.sum() / counted.sum()
    chance = CURVE.chance(risk, float(share))
    assert found["share_of_victims"] == share
    assert len(found["bins"]) > 3
    for one in found["bins"]:
        inside = counted & (chance >= one["low"]) & (chance < one["high"])
        assert (one["victims"]["n"], one["victims"]["count"]) == (
            inside.sum(),
            (inside & truth.is_victim).sum(),
        )
        assert one["shown"] == pytest.approx(chance[inside].mean(), abs=1e-12)


@pytest.mark.parametrize("modules", [[TOURIST] * 3, [VICTIM] * 3, [ESCORT]])
def test_without_both_sides_there_is_nothing_to_compare(modules: list[int]) -> None:
    outcomes = made(modules, [0] * len(modules))
    assert reliability_of(outcomes) == {}


def test_the_bins_cover_every_chance() -> None:
    assert EDGES[0] == 0
    assert EDGES[-1] == 1
    assert list(EDGES) == sorted(set(EDGES))
