"""Routes: who would receive each person, and on which grounds.

The first route of a policy that applies decides. Routes are looked at after a person has been flagged and
never touch a risk; a finding that is unknown neither applies nor passes for a no.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from dossier.findings import ABSENT, PRESENT, UNKNOWN, Findings, all_of, any_of
from dossier.recommendations import agencies
from screening.conditions import Desk
from screening.referral_policy import NOBODY, Codes, ReferralPolicy, Route
from screening.rules import Rule

Overrides: TypeAlias = Mapping[str, tuple[Rule, Findings]]
"""Override rules with their outcomes, by id."""


@dataclass(frozen=True)
class Resemblance:
    """Which pattern each dossier resembles most.

    Attributes:
        leading: Shape (n,): index of the family.
        families: The families by index.
    """

    leading: Codes
    families: tuple[str, ...]

    def is_any(self, patterns: Sequence[str]) -> npt.NDArray[np.bool_]:
        """Shape (n,): whether the family is one of `patterns`."""
        return np.array([family in patterns for family in self.families])[self.leading]


@dataclass(frozen=True)
class Routed:
    """Who would receive each person, and on what grounds.

    Attributes:
        route: Shape (n,): index of the route that decides.
        agency: Shape (n,): index of the agency; `NOBODY` where the policy names none.
    """

    route: Codes
    agency: Codes


def routed(policy: ReferralPolicy, desk: Desk, resembles: Resemblance, overrides: Overrides) -> Routed:
    """Return who would receive each person, and on what grounds.

    Args:
        policy: The policy.
        desk: The dossiers.
        resembles: What they resemble most.
        overrides: Override rules with their outcomes.
    """
    route = _first_present(route_findings(policy, desk, resembles, overrides))
    keys = list(agencies())
    by_route = [keys.index(one.agency) if one.agency else NOBODY for one in policy.routes]
    agency = np.array(by_route, dtype=np.int8)[route]
    by_rule = np.array([one.by_rule for one in policy.routes])[route]
    for rule, outcome in overrides.values():
        if rule.agency:
            agency[by_rule & (outcome == PRESENT)] = keys.index(rule.agency)
    return Routed(route, agency)


def _first_present(found: Sequence[Findings]) -> Codes:
    """Return which of several findings is the first that is present; one is, and the last always is."""
    last = len(found) - 1
    ahead = np.zeros(found[0].shape, dtype=np.int8)
    for place, one in enumerate(found):
        np.maximum(ahead, (one == PRESENT).view(np.int8) * np.int8(last - place), out=ahead)
    return np.int8(last) - ahead


def fields_of_routes(policy: ReferralPolicy) -> tuple[str, ...]:
    """Return the names of the fields that the routes of a policy read, each once."""
    conditions = (condition for any_of_them in policy.conditions for condition in any_of_them.conditions)
    return tuple(dict.fromkeys(name for condition in conditions for name in condition.reads))


def route_findings(
    policy: ReferralPolicy, desk: Desk, resembles: Resemblance, overrides: Overrides
) -> list[Findings]:
    """Return for each route whether it applies to each person, three-valued; arguments as for `routed`."""
    memo = dict(desk.memo)
    fired = any_of(*(outcome for _, outcome in overrides.values())) if overrides else desk.everywhere(ABSENT)
    found = []
    for route, condition in zip(policy.routes, policy.conditions, strict=True):
        parts = [condition.findings(desk, memo)]
        if route.patterns:
            parts.append(np.where(resembles.is_any(route.patterns), PRESENT, ABSENT).astype(np.int8))
        if route.by_rule:
            parts.append(fired)
        found.append(all_of(*parts))
    return found


def unsettled(
    policy: ReferralPolicy, desk: Desk, resembles: Resemblance, overrides: Overrides, row: int
) -> tuple[Route, ...]:
    """Return the routes before the deciding one that an unknown answer leaves open, for one dossier.

    Args:
        policy: The policy.
        desk: The dossiers.
        resembles: What they resemble most.
        overrides: Override rules with their outcomes.
        row: Which dossier.
    """
    found = [int(one[row]) for one in route_findings(policy, desk, resembles, overrides)]
    before = policy.routes[: found.index(PRESENT)]
    return tuple(route for route, finding in zip(before, found, strict=False) if finding == UNKNOWN)
