"""What follows from a flag, in the HTML report: who receives whom on which grounds, and what ending does.

The policy that a run followed stands first; the others say what would have followed for the same people.
What was counted and what is assumed of afterwards stay apart, and every assumption keeps its grade.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from screening.evaluation.pages.html_charts import FATE_SHADES, age_name
from screening.evaluation.pages.html_parts import Content, Share, capitalised, share
from screening.evaluation.texts import Said, said, text
from screening.screener import NOBODY_WORD

ENDS_ALL = "paper-004"
"""The policy that, before the checkpoint, names nobody who receives a person."""

COUNTED = ("victim", "irregular", "lawful", "facilitator")


@dataclass(frozen=True)
class RouteRow:
    """One ground of referral that somebody was referred on.

    Attributes:
        title, grounds: What it is called, and the sentence of the policy.
        people: How many, by class of truth.
        among: Victims among its victims and others.
        received_by: People by who receives them.
    """

    title: Said
    grounds: Said
    people: Mapping[str, int]
    among: Share
    received_by: Sequence[tuple[Said, int]]


@dataclass(frozen=True)
class Routes:
    """The policy that a run followed, with its grounds.

    Attributes:
        title, description: What it is called, and what it says.
        receives: Whether it names an agency, or a rule does, for everybody who is flagged.
        used: Grounds on which somebody was referred.
        unused: What the others are called.
    """

    title: Said
    description: Said
    receives: bool
    used: Sequence[RouteRow]
    unused: Sequence[Said]


def routes(content: Content) -> Routes | None:
    """Return the policy that was followed; None in an evaluation that names none."""
    policy = content.get("policy")
    if policy is None:
        return None
    found = content.get("referred_by_route", ())
    used = [one for one in found if sum(one["received_by"].values())]
    unused = [one for one in found if not sum(one["received_by"].values())]
    return Routes(
        said(policy["title"]),
        said(policy["description"]),
        not any(one["received_by"].get(NOBODY_WORD) for one in found),
        [_route(one, policy["routes"][one["route"]], content) for one in used],
        [said(policy["routes"][one["route"]]["title"]) for one in unused],
    )


def _route(found: Content, route: Content, content: Content) -> RouteRow:
    return RouteRow(
        said(route["title"]),
        said(route["grounds"]),
        {who: found[who] for who in COUNTED},
        share(found["victims_among"]),
        [(agency_name(agency, content), n) for agency, n in found["received_by"].items()],
    )


def agency_name(agency: str, content: Content) -> Said:
    """Return what an agency is called."""
    if agency == NOBODY_WORD:
        return text("received.nobody")
    return said(content.get("agency_names", {}).get(agency) or agency)


@dataclass(frozen=True)
class HarmGroup:
    """What a policy does to one group of people.

    Attributes:
        name: What the group is called.
        lawful_ended, irregular_ended: Whose application ends.
        victims: Victims by what follows.
        unprotected: Victims who are flagged and whom nobody protects, of those flagged.
        per_10000: Lawful people whose application ends, of 10,000; its estimate may be None.
    """

    name: Said
    lawful_ended: Share
    irregular_ended: Share
    victims: Mapping[str, Share]
    unprotected: Share
    per_10000: Content

    @property
    def has_anybody(self) -> bool:
        """Whether anybody is in it who could be harmed."""
        return bool(self.lawful_ended.n or self.irregular_ended.n or self.victims["received"].n)


@dataclass(frozen=True)
class PolicyHarm:
    """What one policy does to the people of a run.

    Attributes:
        id, title, description: The policy.
        is_chosen: Whether the run followed it.
        everybody, minors: What it does to all, and to those who are under age.
        by: Groups by kind, "sex" and "age_band".
        assumed: What is assumed of afterwards, as it stands in the content.
    """

    id: str
    title: Said
    description: Said
    is_chosen: bool
    everybody: HarmGroup
    minors: HarmGroup
    by: Mapping[str, Sequence[HarmGroup]]
    assumed: Sequence[Content]

    @property
    def protects_nobody_by_construction(self) -> bool:
        """Whether it names nobody who would receive any of the flagged victims."""
        found = self.everybody.unprotected
        return self.id == ENDS_ALL and found.n > 0 and found.count == found.n


def harms(content: Content) -> list[PolicyHarm]:
    """Return the policies side by side, the one that was followed first."""
    found = content.get("policy_harm")
    if found is None:
        return []
    return [
        PolicyHarm(
            policy,
            said(one["title"]),
            said(one["description"]),
            policy == found["chosen"],
            _group(text("harm.everybody"), one["all"]),
            _group(text("harm.minors"), one["minors"]),
            {
                "sex": [_group(capitalised(text(f"baselines.{g['group']}")), g) for g in one["by"]["sex"]],
                "age_band": [_group(age_name(g["group"]), g) for g in one["by"]["age_band"]],
            },
            one["assumed"],
        )
        for policy, one in sorted(found["policies"].items(), key=lambda item: item[0] != found["chosen"])
    ]


def _group(name: Said, found: Content) -> HarmGroup:
    return HarmGroup(
        name,
        share(found["lawful_ended"]),
        share(found["irregular_ended"]),
        {fate: share(found["victims"][fate]) for fate in FATE_SHADES},
        share(found["flagged_victims_unprotected"]),
        found["lawful_ended_per_10000"],
    )
