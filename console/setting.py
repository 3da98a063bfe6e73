"""Sentences that several commands say of a cohort: base rate, workload, samples, levers without effect.

They compute nothing; every number stands in the evaluation.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from screening.evaluation.texts import text


def setting_sentences(content: Mapping[str, Any]) -> Iterator[str]:
    """Yield for what shares of victims the people stand; nothing where they stand for themselves.

    Args:
        content: An evaluation as JSON.
    """
    rate, left = content["base_rate"], content["base_rate_after_levers"]
    if rate is None:
        return
    if left == rate:
        share = f"the share {rate:.6g}; the workload is at that rate."
    else:
        share = f"the share {rate:.6g} before the levers, {left:.6g} after; the workload is at the latter."
    yield f"They stand for people among whom victims have {share}"


def workload_sentence(content: Mapping[str, Any]) -> str:
    """Return the flags among 10,000 applicants in words, and at which stage."""
    flags = content["flags_per_10000"]
    if flags is None:
        return "cannot be said without both victims and others."
    return f"{flags:,.0f} flags in 10,000 applicants, at the {content['stage']} stage."


def nothing_applies(lever: str) -> str:
    """Return the warning that a lever, given by its id, changes nothing in a scenario."""
    return f"NOTHING OF '{lever}' APPLIES to this scenario: nobody's answers or way could change."


def networks_sentence(content: Mapping[str, Any]) -> str | None:
    """Return the interval of the miss rate for other networks; None where too few networks are there."""
    over = content["miss_rate_over_networks"]
    if over["low"] is None:
        return None
    reach = f"{100 * over['low']:.1f}-{100 * over['high']:.1f} %"
    return f"For other networks than these {over['networks']:,}: {reach} missed (approximate 95 % interval)."


def sample_sentence(content: Mapping[str, Any], section: str) -> str | None:
    """Return on how many people a section rests; None where it rests on everybody.

    Args:
        content: An evaluation as JSON.
        section: Such as "baselines"; see `measured_json`.
    """
    found = content.get("measured_on")
    if found is None or not found["by_section"][section] < found["others"]:
        return None
    return text("measured.on", n=found["by_section"][section], of=found["others"]).en
