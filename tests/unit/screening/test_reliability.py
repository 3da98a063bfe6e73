"""Reliability: the chances shown beside the victims there are, bin by bin, counted by hand."""

import numpy as np
import pytest

from models.calibration import Calibration
from screening.evaluation.reliability import EDGES, reliability_json
from screening.screener import OVERRIDE
from tests.unit.screening.results import made

CURVE = Calibration(risks=(-500, 0, 500), log_odds=(-7.0, -2.0, 3.0), prior=0.5)
TOURIST, IRREGULAR, VICTIM, ESCORT = 0, 2, 3, 5


def test_every_person_is_counted_once_and_facilitators_are_not() -> None:
    outcomes = made(
        [TOURIST] * 6 + [VICTIM] * 3 + [ESCORT] * 4, [-500] * 6 + [100, 300, OVERRIDE] + [500] * 4
    )
    found = reliability_json(outcomes.risk["verification"], outcomes, CURVE)
    in_bins = sum(one["victims"]["n"] for one in found["bins"])
    assert (in_bins, found["by_rule"]["n"]) == (8, 1)
    assert sum(one["victims"]["count"] for one in found["bins"]) == 2
    assert found["share_of_victims"] == pytest.approx(3 / 9)


def test_the_shown_chance_of_a_bin_is_the_mean_at_the_cohorts_own_share() -> None:
    risks = [-400, -380, 200]
    outcomes = made([TOURIST, IRREGULAR, VICTIM], risks)
    found = reliability_json(outcomes.risk["verification"], outcomes, CURVE)
    chances = CURVE.chance(np.array(risks, dtype=np.int32), 1 / 3)
    for one in found["bins"]:
        inside = chances[(chances >= one["low"]) & (chances < one["high"])]
        assert one["shown"] == pytest.approx(inside.mean())
        assert one["victims"]["n"] == len(inside)


def test_every_share_has_its_exact_interval() -> None:
    outcomes = made([TOURIST] * 9 + [VICTIM], [-500] * 10)
    found = reliability_json(outcomes.risk["verification"], outcomes, CURVE)
    (only,) = found["bins"]
    assert only["victims"]["low"] == pytest.approx(0.00253, abs=1e-5)
    assert only["victims"]["high"] == pytest.approx(0.44502, abs=1e-5)


@pytest.mark.parametrize("modules", [[TOURIST] * 3, [VICTIM] * 3, [ESCORT]])
def test_without_both_sides_there_is_nothing_to_compare(modules: list[int]) -> None:
    outcomes = made(modules, [0] * len(modules))
    assert reliability_json(outcomes.risk["verification"], outcomes, CURVE) == {}


def test_the_bins_cover_every_chance() -> None:
    assert EDGES[0] == 0
    assert EDGES[-1] == 1
    assert list(EDGES) == sorted(set(EDGES))
