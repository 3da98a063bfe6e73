"""What stands beside the screener in the content of the sample: published rules, pathway, policies, chances.

Everything is made up and small, and goes through the modules that count it in a run, so that a change of their
JSON reaches the tests of the report.
"""

from typing import Any

import numpy as np
import numpy.typing as npt

from dossier.recommendations import Recommendation, agencies
from dossier.stages import Stage
from dossier.texts import Text
from models.calibration import Calibration
from screening.evaluation.baselines import baseline_counts, baseline_report, baselines_json
from screening.evaluation.outcomes import Outcomes
from screening.evaluation.pathway_report import Walked, walk_json
from screening.evaluation.policy_harm import Harm, policy_harm_counts, policy_harm_json
from screening.evaluation.referrals import policy_json, referral_counts, referrals_json
from screening.evaluation.reliability import reliability_json
from screening.evaluation.tally import tallied
from screening.pathway import Case, Travellers, cases, walk
from screening.pathway_policy import pathway_policy
from screening.referral_policy import Fate, ReferralPolicy, load_policy

WOMEN = 0
MOST_ASKED = 300
"""Hundredths that every stage that was left out takes from what the later ones know."""

NEAR = 150
"""Hundredths below the threshold within which a further interview is recommended."""


def published(outcomes: Outcomes, threshold: int) -> list[dict[str, Any]]:
    """Return a rulebook that flags women, one that flags by chance, and one that flags nobody."""
    grown = (outcomes.age_band >= 1) & (outcomes.age_band <= 4)
    flagged = {
        "women-17-45": (outcomes.sex == WOMEN) & grown,
        "ilo-pre-departure": outcomes.risk["counter"] >= threshold + 60,
        "nobody-at-all": np.zeros(len(outcomes), dtype=bool),
    }
    counts = baseline_counts(outcomes.truth, outcomes.sex, outcomes.age_band, list(flagged.values()))
    report = baseline_report(list(flagged), outcomes.truth.family_names, counts)
    return baselines_json(
        report, {name: Text(en=f"Rules: {name}", id=f"[Rules: {name}]") for name in flagged}
    )


def walked(outcomes: Outcomes, threshold: int) -> dict[str, Any]:
    """Return the walk of the same people, with the usual officers."""
    policy = pathway_policy()
    people = _travellers(outcomes, threshold)
    return walk_json(Walked(outcomes, people, walk(people, policy, 2022), policy))


def _travellers(outcomes: Outcomes, threshold: int) -> Travellers:
    size = len(outcomes)
    risk = {case: _risk(outcomes, case) for case in cases()}
    return Travellers(
        office=np.zeros(size, dtype=np.int8),
        day=(1 + np.arange(size) % 200).astype(np.int16),
        departs=np.where(np.arange(size) % 50, 30, 0).astype(np.int16),
        recommendation={case: _recommended(found, threshold) for case, found in risk.items()},
        below={
            case: np.minimum(found - threshold, 0).astype(np.int32)
            for case, found in risk.items()
            if case[0] != max(Stage)
        },
    )


def _risk(outcomes: Outcomes, case: Case) -> npt.NDArray[np.int32]:
    stage, skipped = case
    known = outcomes.risk["verification"] - 60 * (max(Stage) - stage) - MOST_ASKED * len(skipped)
    return known.astype(np.int32)


def _recommended(risk: npt.NDArray[np.int32], threshold: int) -> npt.NDArray[np.int8]:
    given = np.where(risk >= threshold - NEAR, Recommendation.INTERVIEW, Recommendation.PROCEED)
    return np.where(risk >= threshold, Recommendation.REFER, given).astype(np.int8)


def followed(outcomes: Outcomes, flagged: npt.NDArray[np.bool_], chosen: str) -> dict[str, Any]:
    """Return what follows from the flags: grounds and agencies, and what either policy does."""
    policy = load_policy(chosen)
    row = np.arange(len(outcomes))
    routes = len(policy.route_ids)
    route = (row % min(3, routes) + routes - min(3, routes)).astype(np.int8)
    keys = list(agencies())
    named = [keys.index(one.agency) if one.agency else -1 for one in policy.routes]
    agency = np.array(named, dtype=np.int8)[route]
    counts = referral_counts(outcomes, flagged, route, agency, routes)
    harms = [
        Harm(one, policy_harm_counts(outcomes, _fates(one, flagged, row)))
        for one in (load_policy("saring-2026"), load_policy("paper-004"))
    ]
    return {
        "policy": policy_json(policy),
        "referred_by_route": referrals_json(policy.route_ids, counts),
        "policy_harm": policy_harm_json(chosen, harms),
    }


def _fates(
    policy: ReferralPolicy, flagged: npt.NDArray[np.bool_], row: npt.NDArray[np.int64]
) -> npt.NDArray[np.int8]:
    ends = np.where(row % 5 == 0, Fate.EXAMINED, Fate.TURNED_AWAY)
    follows = ends if policy.id == "paper-004" else np.full(len(row), Fate.RECEIVED)
    return np.where(flagged, follows, Fate.GOES_ON).astype(np.int8)


def reliable(outcomes: Outcomes) -> dict[str, Any]:
    """Return whether chances come true under a curve made by hand."""
    curve = Calibration(risks=(-900, -500, -289, 0), log_odds=(-8.0, -4.5, -1.0, 2.0), prior=0.05)
    return reliability_json(tallied(outcomes.risk["verification"], outcomes.truth.truth_class), curve)
