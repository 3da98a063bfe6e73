"""The evaluation: promises that hold on people drawn afresh, and words that keep apart what differs.

A certificate speaks of the simulated population, at a confidence, and can be made again to the last digit.
Irregular is not trafficked: the two are never added up as one. Facilitators are counted, and in no rate.
"""

import json
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from scipy.stats import binomtest

from console.certifying import certificate_for, released_terms
from dossier.draws import Who
from dossier.stages import Stage
from dossier.truth import TruthClass
from screening.evaluation import evaluate
from screening.operating_point import RELEASED as CERTIFICATES
from screening.screener import RELEASED
from synthetic import FreshDraws
from tests.unit.screening.desks import cohort, screener
from tests.unit.synthetic.worlds import world

STAGES = pytest.mark.parametrize("stage", Stage, ids=lambda stage: stage.label)
FRESH = 20_000
NEVER = 1e-6
"""A promise that is kept fails these tests less often than this."""


@cache
def certificate() -> dict[str, Any]:
    found: dict[str, Any] = json.loads((CERTIFICATES / f"{RELEASED}.json").read_text(encoding="utf-8"))
    return found


@cache
def fresh_risk(who: Who, stage: Stage) -> npt.NDArray[np.int32]:
    """Return the risk of people of the certified scenario whom nobody has drawn before."""
    draws = FreshDraws(world(certificate()["scenario"]))
    seed = 10 * certificate()["terms"]["seed"] + (who == "victims")
    dossiers, _ = draws(who, FRESH, seed, one_per_network=who == "victims")
    return screener().assess(dossiers, stage).risk


def is_more_than(count: int, n: int, share: float) -> bool:
    """Tell whether a count shows a share beyond doubt to be larger than promised."""
    return bool(binomtest(count, n, share, alternative="greater").pvalue < NEVER)


# --- promises ---------------------------------------------------------------------------------------


@STAGES
def test_the_released_promise_holds_for_people_drawn_afresh(stage: Stage) -> None:
    found, terms = certificate()["stages"][stage.label], certificate()["terms"]
    if found["basis"] == "max_miss":
        missed = int((fresh_risk("victims", stage) < found["threshold"]).sum())
        assert not is_more_than(missed, FRESH, terms["max_miss"])
    flagged = int((fresh_risk("others", stage) >= found["threshold"]).sum())
    assert not is_more_than(flagged, FRESH, terms["max_flagged"])


@STAGES
def test_its_rates_are_those_of_people_drawn_afresh(stage: Stage) -> None:
    """A certificate for other cards than these, or another generator, would give itself away here."""
    found = certificate()["stages"][stage.label]
    missed = (fresh_risk("victims", stage) < found["threshold"]).sum()
    flagged = (fresh_risk("others", stage) >= found["threshold"]).sum()
    for count, rate in ((missed, found["miss_rate"]), (flagged, found["false_flag_rate"])):
        margin = 6 * np.sqrt(rate["estimate"] * (1 - rate["estimate"]) * (1 / FRESH + 1 / rate["n"]))
        assert count / FRESH == pytest.approx(rate["estimate"], abs=margin)


@STAGES
def test_no_lower_threshold_would_have_kept_the_promise(stage: Stage) -> None:
    """Where the workload decides, the threshold is not stricter than it must be."""
    found, terms = certificate()["stages"][stage.label], certificate()["terms"]
    if found["basis"] == "max_flagged":
        assert found["max_miss_needs"] < found["threshold"] == found["max_flagged_needs"]
        flagged = int((fresh_risk("others", stage) >= found["threshold"] - 40).sum())
        assert flagged / FRESH > terms["max_flagged"]


def test_the_released_terms_are_those_that_were_certified() -> None:
    assert certificate()["terms"] == released_terms().model_dump()


@pytest.mark.slow
def test_the_released_certificate_can_be_made_again() -> None:
    of = world(certificate()["scenario"])
    again = certificate_for(of, screener().rulebook, screener().cards, released_terms())
    passing = ("code_version", "evidence_hash", "scenario_hash")  # a word mended in a text changes these
    assert {key: again[key] for key in again if key not in passing} == {
        key: value for key, value in certificate().items() if key not in passing
    }


# --- three kinds of people, and one apart -----------------------------------------------------------


@cache
def content() -> dict[str, Any]:
    screened = screener().screen(cohort().observed)
    return evaluate(screened, cohort().truth, cohort().observed).to_json()


def test_lawful_irregular_and_trafficked_people_are_shown_apart() -> None:
    found, classes = content(), cohort().truth.truth_class
    for name, truth_class in (
        ("lawful", TruthClass.LAWFUL),
        ("irregular", TruthClass.IRREGULAR),
        ("victims", TruthClass.VICTIM),
        ("facilitators", TruthClass.FACILITATOR),
    ):
        assert found[name] == (classes == truth_class).sum() > 0
    assert found["lawful_flagged"]["n"] == found["lawful"]
    assert found["irregular_flagged"]["n"] == found["irregular"]


def test_irregular_workers_are_never_counted_as_victims() -> None:
    irregular = cohort().truth.truth_class == TruthClass.IRREGULAR
    assert not (cohort().truth.is_victim & irregular).any()
    without = cohort().truth.take(~irregular)
    screened = screener().screen(cohort().observed)[~irregular]
    screened.attrs["threshold"] = round(100 * content()["threshold"])
    assert evaluate(screened, without).to_json()["miss_rate"] == content()["miss_rate"]


def test_facilitators_change_no_rate() -> None:
    others = cohort().truth.truth_class != TruthClass.FACILITATOR
    screened = screener().screen(cohort().observed)[others]
    screened.attrs["threshold"] = round(100 * content()["threshold"])
    found = evaluate(screened, cohort().truth.take(others)).to_json()
    for rate in ("miss_rate", "false_flag_rate", "lawful_flagged", "irregular_flagged", "flags_per_10000"):
        assert found[rate] == content()[rate]
    assert found["facilitators"] == 0 < content()["facilitators"]
