"""What follows from a flag, counted along with the main job: grounds of referral, and the harm of policies.

The people and the flags are the same under every policy, so that each part is looked at once and only those
who are flagged are routed again; of a large cohort a sample, for whom the policies are compared. Counts of
parts add up.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from console.output import Output, percent
from dossier.dossiers import Dossiers
from dossier.fields import fields_visible_at
from dossier.recommendations import agencies
from screening.conditions import Desk
from screening.evaluation.outcomes import Outcomes
from screening.evaluation.policy_harm import Counts as HarmCounts
from screening.evaluation.policy_harm import Harm, policy_harm_counts, policy_harm_json
from screening.evaluation.referrals import Counts as ReferralCounts
from screening.evaluation.referrals import policy_json, referral_counts, referrals_json
from screening.referral_policy import RELEASED, Fate, ReferralPolicy, load_policy, released_policies
from screening.routes import Resemblance, Routed, routed
from screening.screener import Assessment, Screener


@dataclass(frozen=True)
class Followed:
    """What remains of a part.

    Attributes:
        referrals: By route of the policy that was followed.
        harms: By policy, in the order of `compared_policies`.
    """

    referrals: ReferralCounts
    harms: tuple[HarmCounts, ...]


def compared_policies(chosen: ReferralPolicy) -> tuple[ReferralPolicy, ...]:
    """Return the policy that is followed, and after it the released ones that it is compared with."""
    released = [load_policy(name) for name in released_policies()]
    return (chosen, *(policy for policy in released if policy.id != chosen.id))


def followed(
    screener: Screener,
    dossiers: Dossiers,
    outcomes: Outcomes,
    found: Assessment,
    measured: npt.NDArray[np.intp] | None = None,
) -> Followed:
    """Return what follows for some people under every policy.

    Args:
        screener: Who screened, with the policy that is followed.
        dossiers: Must hold the fields visible at the stage.
        outcomes: The same people with their truth.
        found: What the screener made of them at the headline stage, with no stage skipped.
        measured: Rows of those on whom the policies are compared; everybody when left out.
    """
    rows = np.arange(len(outcomes)) if measured is None else measured
    people = outcomes.take(rows)
    policies = compared_policies(screener.referral)
    routes = len(screener.referral.routes)
    return Followed(
        referral_counts(outcomes, found.is_flagged, found.route, found.agency, routes),
        tuple(
            policy_harm_counts(people, _fates(screener, policy, dossiers, found, rows)) for policy in policies
        ),
    )


def joined_followed(parts: Sequence[Followed]) -> Followed:
    """Return the counts of several parts together."""
    return Followed(
        np.sum([part.referrals for part in parts], axis=0),
        tuple(np.sum(counts, axis=0) for counts in zip(*(part.harms for part in parts), strict=True)),
    )


def followed_content(screener: Screener, whole: Followed) -> dict[str, Any]:
    """Return the grounds of referral and the harm of policies as they stand in the evaluation."""
    policies = compared_policies(screener.referral)
    harms = [Harm(policy, counts) for policy, counts in zip(policies, whole.harms, strict=True)]
    return {
        "policy": policy_json(screener.referral),
        "referred_by_route": referrals_json(screener.referral.route_ids, whole.referrals),
        "policy_harm": policy_harm_json(screener.referral.id, harms),
    }


def print_followed(content: Mapping[str, Any], output: Output) -> None:
    """Print who was referred on what grounds; and the harm, where another policy than ours was followed."""
    titles = content["policy"]["routes"]
    rows = [
        [
            titles[found["route"]]["title"]["en"],
            ", ".join(_called(key) for key in found["received_by"]),
            *(f"{found[label]:,}" for label in ("victim", "irregular", "lawful")),
        ]
        for found in content["referred_by_route"]
        if found["received_by"]
    ]
    columns = ("grounds", "received by", "victims", "irregular", "lawful")
    title = f"Flagged people, by what follows under {content['policy']['id']}"
    output.table(title, columns, rows, words=["received by"])
    if content["policy"]["id"] != RELEASED:
        harm_columns = ("policy", *_HARM)
        output.table("The same simulated people under each policy", harm_columns, list(_harm_rows(content)))
        for line in _assumed_lines(content):
            print(line)


_HARM = (
    "lawful ended (95 % interval)",
    "irregular ended",
    "protector has victim",
    "unprotected",
    "minors so",
)


def _harm_rows(content: Mapping[str, Any]) -> Iterator[list[str]]:
    for name, harm in content["policy_harm"]["policies"].items():
        whole = harm["all"]
        yield [
            name,
            _rate(whole["lawful_ended"], "ended"),
            _rate(whole["irregular_ended"], "ended"),
            _rate(whole["victims"]["received"], "people"),
            _rate(whole["flagged_victims_unprotected"], "unprotected"),
            _rate(harm["minors"]["flagged_victims_unprotected"], "unprotected"),
        ]


def _assumed_lines(content: Mapping[str, Any]) -> Iterator[str]:
    for name, harm in content["policy_harm"]["policies"].items():
        for one in harm["assumed"]:
            people = {end: f"{number:,.0f}" for end, number in one["expected"].items()}
            reach = f"about {people['used']} ({people['low']} to {people['high']}) of {one['n']:,}"
            yield f"Assumed, grade D, under {name}: {one['title']['en']}: {reach}."


def _rate(rate: Mapping[str, Any], counted: str) -> str:
    return f"{rate[counted]:,} of {rate['n']:,} = {percent(rate)}" if rate["n"] else "nobody"


def _called(key: str) -> str:
    return agencies()[key].name.en if key in agencies() else "nobody"


def _fates(
    screener: Screener,
    policy: ReferralPolicy,
    dossiers: Dossiers,
    found: Assessment,
    rows: npt.NDArray[np.intp],
) -> npt.NDArray[np.int8]:
    """Return the fate of the people in `rows`; under another policy than the screener's, routed anew."""
    fates = np.full(len(rows), Fate.GOES_ON, dtype=np.int8)
    is_flagged = found.is_flagged[rows]
    flagged = rows[is_flagged]
    route, agency = found.route[flagged], found.agency[flagged]
    if flagged.size and policy is not screener.referral:
        again = _routed_by(screener, policy, dossiers, found, flagged)
        route, agency = again.route, again.agency
    fates[is_flagged] = policy.fates(route, agency)
    return fates


def _routed_by(
    screener: Screener,
    policy: ReferralPolicy,
    dossiers: Dossiers,
    found: Assessment,
    rows: npt.NDArray[np.intp],
) -> Routed:
    """Return who would receive the people in `rows` under another policy; risk and flags stay as they are."""
    seen = dossiers.select(fields_visible_at(found.stage)).take(rows)
    overrides = {key: (rule, one[rows]) for key, (rule, one) in screener.overrides(found.evidence).items()}
    resembles = Resemblance(found.score.leading[rows], screener.cards.families)
    return routed(policy, Desk(seen), resembles, overrides)
