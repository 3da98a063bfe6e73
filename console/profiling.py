"""Profiles of shared actors, composed: from the parts of a cohort to `profiles.json` and its evaluation."""

from collections.abc import Iterator, Mapping
from typing import Any

from console.output import said_percent
from screening.evaluation.investigations import Uses, investigations_json
from screening.evaluation.summary import Summary
from screening.profiles import Tallies, kinds_json, profiles_json, recommended
from screening.referral import policy

PROFILES = "profiles.json"


def profiled(
    tallies: Tallies, uses: Uses, cohort: Summary, share: float
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the recommended investigations, and how they fare against the truth, both for JSON.

    Args:
        tallies: Counts of the whole cohort.
        uses: Who shares the actors that were counted.
        cohort: All applicants, counted.
        share: Of all actors, that was followed.
    """
    chosen = recommended(tallies)
    judged = investigations_json(uses, cohort, tallies, chosen, share)
    for kind, words in kinds_json(tallies, chosen).items():
        judged["by_kind"][kind] |= {name: words[name] for name in ("title", "innocent")}
    return profiles_json(tallies, chosen, share), judged


def counts_of(content: Mapping[str, Any]) -> dict[str, Any]:
    """Return from the content of `profiles.json` how many investigations are recommended, by kind."""
    by_kind = {kind: found["recommended"] for kind, found in content["kinds"].items()}
    return {"n": sum(by_kind.values()), "share_followed": content["share_followed"], "by_kind": by_kind}


def investigations_sentence(found: Mapping[str, Any]) -> str:
    """Return in words how many investigations are recommended, and of what, from `counts_of`."""
    if not found["by_kind"]:
        return "This cohort does not say who shares with whom: nothing to recommend for investigation."
    titles = {kind: looked.title.en.lower() for kind, looked in policy().investigation.kinds.items()}
    kinds = ", ".join(f"{titles[kind]} {count:,}" for kind, count in found["by_kind"].items())
    among = ""
    if found["share_followed"] < 1:
        among = f" Only {found['share_followed']:.1%} of all that is shared was followed, chosen at random."
    return f"Recommended for investigation, apart from any person: {found['n']:,} ({kinds}).{among}"


def outcome_sentences(found: Mapping[str, Any]) -> Iterator[str]:
    """Yield in words how many investigations are recommended, and how they fare against the truth."""
    by_kind = {kind: counts["recommended"] for kind, counts in found["by_kind"].items()}
    share = found["share_followed"]
    yield investigations_sentence({"n": found["n"], "share_followed": share, "by_kind": by_kind})
    if found["n"]:
        used, lawful = found["used_by_network"], found["lawful_users"]
        yield f"Of these {used['used']:,} of {used['n']:,} are used by a network = {said_percent(used)}."
        burden = _sharing(lawful, "lawful applicants ", share)
        yield f"{burden[0].upper()}{burden[1:]}; that is nothing against them."
        if share < 1:
            yield "At least: whoever shares only what was not followed is not counted."
    for module, users in found["facilitators"].items():
        who = f"({module.partition('.')[2].replace('_', ' ')}) "
        yield f"Facilitators, counted apart: {_sharing(users, who, share)}."


def _sharing(users: Mapping[str, Any], who: str, share: float) -> str:
    """Return how many people share with a recommended actor; a lower bound where not all were followed."""
    least = "at least " if share < 1 else ""
    counted = f"{least}{users['users']:,} of {users['n']:,} {who}share with one"
    if share < 1 and users["n"]:  # an interval would be one of the sample, and not of everybody
        return f"{counted} = {least}{100 * users['estimate']:.1f} %"
    return f"{counted} = {said_percent(users)}"
