"""Certificates: what is drawn, what is claimed, and that the claim is the one that can be kept."""

import json
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from dossier.dossiers import Dossiers
from dossier.draws import Who
from dossier.problems import BadInput
from dossier.stages import STAGE_LABELS, Stage
from dossier.truth import Truth
from models.calibration import Calibration
from screening.evaluation.guarantee.certificate import Terms, certify
from screening.evaluation.guarantee.thresholds import allowed_misses, group_threshold
from screening.evaluation.rates import Rate
from tests.unit.screening.results import made

TERMS = Terms(max_miss=0.20, max_flagged=0.05, confidence=0.95, victims=300, others=1000, seed=77)
SHARE = 0.02


@dataclass
class Asked:
    """A draw that remembers what it was asked for; an applicant's number is the risk."""

    victims: npt.NDArray[np.int64]
    others: npt.NDArray[np.int64]
    calls: list[tuple[Who, int, int, bool]] = field(default_factory=list)

    def __call__(
        self, who: Who, size: int, seed: int, *, modules: tuple[str, ...] = (), one_per_network: bool = False
    ) -> tuple[Dossiers, Truth]:
        self.calls.append((who, size, seed, one_per_network))
        risks = self.victims if who == "victims" else self.others
        return Dossiers(risks[:size], {}), made([0] * size, [0] * size).truth


def risk(dossiers: Dossiers, stage: Stage) -> npt.NDArray[np.int32]:
    """Return a risk that rises from stage to stage."""
    return (dossiers.applicants + 10 * stage).astype(np.int32)


def certified(
    victims: npt.NDArray[np.int64], others: npt.NDArray[np.int64], terms: Terms = TERMS
) -> dict[str, Any]:
    return certify(risk, Asked(victims, others), terms, SHARE)


SEPARATE = certified(np.arange(2000, 2300), np.arange(1000))
MIXED = certified(np.arange(300) * 3, np.arange(1000))


def test_victims_are_drawn_one_for_each_network_and_others_apart() -> None:
    draw = Asked(np.arange(300), np.arange(1000))
    certify(risk, draw, TERMS, SHARE)
    assert draw.calls == [("victims", 300, 77, True), ("others", 1000, 78, False)]


def test_every_stage_has_its_threshold() -> None:
    assert list(SEPARATE["thresholds"]) == list(STAGE_LABELS)
    for stage in Stage:
        assert SEPARATE["thresholds"][stage.label] == SEPARATE["stages"][stage.label]["threshold"]
        assert SEPARATE["thresholds"][stage.label] - 10 * stage == SEPARATE["thresholds"]["counter"]


def test_every_stage_says_what_a_risk_stands_for() -> None:
    for stage in Stage:
        curve = Calibration.model_validate(MIXED["stages"][stage.label]["calibration"])
        assert curve.prior == SHARE
        chance = curve.chance(np.array([100, 500, 890], dtype=np.int32))
        assert 0 < chance[0] <= chance[1] <= chance[2] < 1


def test_the_promise_is_kept_where_it_can_be_afforded() -> None:
    found = SEPARATE["stages"]["counter"]
    needed = group_threshold(np.arange(2000, 2300, dtype=np.int32), 0.20, 0.95)
    assert found["basis"] == "max_miss"
    assert found["threshold"] == found["max_miss_needs"] == needed.threshold
    assert found["allowed_misses"] == needed.allowed
    assert found["claim"].startswith("At most 20% of the simulated victims are missed, with 95% confidence")


def test_the_workload_is_kept_where_the_promise_cannot_be() -> None:
    found = MIXED["stages"]["counter"]
    assert found["basis"] == "max_flagged"
    assert found["threshold"] == found["max_flagged_needs"] > found["max_miss_needs"]
    assert found["claim"].startswith(
        "At most 5% of the simulated non-victims are flagged, with 95% confidence"
    )
    assert "would flag more than that" in found["claim"]


@pytest.mark.parametrize("certificate", [SEPARATE, MIXED], ids=["separate", "mixed"])
def test_the_workload_is_never_exceeded_in_the_draw(certificate: dict[str, Any]) -> None:
    for found in certificate["stages"].values():
        assert found["false_flag_rate"]["flagged"] <= allowed_misses(1000, 0.05, 0.95)


@pytest.mark.parametrize("certificate", [SEPARATE, MIXED], ids=["separate", "mixed"])
def test_every_rate_has_its_count_and_its_interval(certificate: dict[str, Any]) -> None:
    for found in certificate["stages"].values():
        for rate, counted, n in (
            (found["miss_rate"], "missed", TERMS.victims),
            (found["false_flag_rate"], "flagged", TERMS.others),
        ):
            expected = Rate(rate[counted], n)
            assert rate["n"] == n
            assert (rate["estimate"], rate["low"], rate["high"]) == (
                expected.estimate,
                expected.low,
                expected.high,
            )


def test_counts_are_those_at_the_threshold() -> None:
    found = MIXED["stages"]["counter"]
    assert found["miss_rate"]["missed"] == sum(3 * place < found["threshold"] for place in range(300))
    assert found["false_flag_rate"]["flagged"] == sum(place >= found["threshold"] for place in range(1000))


def test_a_certificate_says_of_whom_it_speaks_and_on_what_terms() -> None:
    assert "simulated population" in SEPARATE["statement"]
    assert "nothing about real applicants" in SEPARATE["statement"]
    assert SEPARATE["terms"] == TERMS.model_dump()


def test_a_certificate_can_be_written_as_json_and_made_again() -> None:
    text = json.dumps(SEPARATE, allow_nan=False)
    again = certified(np.arange(2000, 2300), np.arange(1000))
    assert json.dumps(again, allow_nan=False) == text


@pytest.mark.parametrize("few", [{"victims": 10}, {"others": 50}], ids=str)
def test_too_few_people_carry_no_certificate(few: dict[str, int]) -> None:
    with pytest.raises(BadInput, match="more .* are needed"):
        certified(np.arange(300), np.arange(1000), TERMS.model_copy(update=few))
