"""Referrals counted by their grounds: how many victims and others each route of a policy leads where.

Counts of parts add up. The classes stand apart: an irregular traveller referred on grounds of labour rights
is no victim found, and a facilitator is counted with nobody.
"""

from typing import Any

import numpy as np
import numpy.typing as npt

from dossier.truth import TruthClass
from screening.evaluation.outcomes import Outcomes
from screening.evaluation.rates import Rate, rate_json
from screening.referral_policy import ReferralPolicy
from screening.screener import RECEIVERS

Counts = npt.NDArray[np.int64]
"""Shape (routes, truth classes, agencies and nobody)."""


def referral_counts(
    outcomes: Outcomes,
    flagged: npt.NDArray[np.bool_],
    route: npt.NDArray[np.int8],
    agency: npt.NDArray[np.int8],
    routes: int,
) -> Counts:
    """Return how many flagged people of each class each route leads to each agency.

    Args:
        outcomes: The applicants.
        flagged: Shape (n,): who is flagged.
        route: Shape (n,): index of the route; looked at where flagged.
        agency: Shape (n,): index of the agency, -1 where nobody receives the person; looked at where flagged.
        routes: How many routes there are.
    """
    shape = (routes, len(TruthClass), len(RECEIVERS))
    cells = (route[flagged], outcomes.truth.truth_class[flagged], agency[flagged] % shape[-1])
    codes = np.ravel_multi_index(tuple(cell.astype(np.int64) for cell in cells), shape)
    return np.bincount(codes, minlength=int(np.prod(shape))).reshape(shape)


def referrals_json(routes: tuple[str, ...], counts: Counts) -> list[dict[str, Any]]:
    """Return for each route whom it leads to which agency, for JSON; in the order of the policy.

    `victims_among` is the share of victims among its victims and others, in the cohort as it was drawn.
    """
    found = []
    for name, by_class in zip(routes, counts, strict=True):
        people = {of.label: int(by_class[of].sum()) for of in TruthClass}
        victims = people["victim"]
        among = Rate(victims, victims + people["irregular"] + people["lawful"])
        receives = {RECEIVERS[i]: int(n) for i, n in enumerate(by_class.sum(axis=0)) if n}
        found.append(
            {
                "route": name,
                **people,
                "victims_among": rate_json(among, "victims"),
                "received_by": receives,
            }
        )
    return found


def policy_json(policy: ReferralPolicy) -> dict[str, Any]:
    """Return what a policy says, for JSON: its routes in order, with grounds, agencies and sources."""
    written = policy.written
    return {
        "id": policy.id,
        "title": written.title.model_dump(),
        "description": written.description.model_dump(),
        "offers_lawful_route": written.offers_lawful_route,
        "routes": {
            route.id: {
                "title": route.title.model_dump(),
                "grounds": route.grounds.model_dump(),
                "agency": route.agency or None,
                "by_rule": route.by_rule,
                "informs": list(route.informs),
                "sources": list(route.sources),
            }
            for route in policy.routes
        },
    }
