"""`saring tune --point FILE`: what can be promised of a threshold that somebody chose on the workbench.

A saved operating point says what its threshold did to the people of one run. Tuning draws fresh victims of
every group and finds the highest threshold at which the promise holds; a threshold at or below that keeps it,
too, since it flags everybody whom the tuned one flags. Nothing is promised by the people on whom a point was
chosen.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from console.commands.tune_options import TuneOptions
from console.thresholds.tuning import Tuning
from console.workbench.saved import SavedPoint
from dossier.problems import BadInput, Problem, raise_if_any
from screening.rules_only import decided_by_rules


def asked_with(options: TuneOptions, point: SavedPoint) -> TuneOptions:
    """Return the options with stage, bound and base rate of the point, where they were left out.

    Raises:
        BadInput: If another stage was asked for than the point's.
    """
    if options.stage not in (None, point.stage):
        what = f"this operating point belongs to the {point.stage}, and not to the {options.stage}"
        raise BadInput.of(what, where="--stage", mend="Leave --stage out.")
    return replace(
        options,
        stage=point.stage,
        max_miss=point.max_miss if options.max_miss is None else options.max_miss,
        base_rate=options.base_rate or f"{point.prevalence:.12g}",
    )


def check_made_of(point: SavedPoint, tuning: Tuning) -> None:
    """Raise where the threshold was chosen with other rules or cards; it would mean something else.

    Raises:
        BadInput: Naming each that differs.
    """
    cards = None if decided_by_rules(tuning.cards) else tuning.made_of["cards_hash"]
    differs = (
        ("rulebook", point.rulebook, point.rulebook_hash != tuning.made_of["rulebook_hash"]),
        ("cards", point.cards, point.cards_hash != cards),
    )
    raise_if_any(
        Problem(
            f"this operating point was chosen with other {option} ('{name}')",
            f"--{option}",
            f"Give those of the run '{point.run}'; it keeps them under screened/_screener.",
        )
        for option, name, is_other in differs
        if is_other
    )


def point_json(point: SavedPoint, certificate: Mapping[str, Any]) -> dict[str, Any]:
    """Return whether the promise of a certificate holds at a point, for JSON.

    Args:
        point: The point.
        certificate: What `saring tune` promises.

    Returns:
        `run`, `scenario` and `threshold` of the point, `tuned_threshold`, both in hundredths, and `is_kept`.
    """
    return {
        "run": point.run,
        "scenario": point.scenario,
        "threshold": point.threshold,
        "tuned_threshold": certificate["threshold"],
        "is_kept": point.threshold <= certificate["threshold"],
    }


def point_sentence(found: Mapping[str, Any], max_miss: float, confidence: float) -> str:
    """Return in words whether the promise holds at the point.

    Args:
        found: As from `point_json`.
        max_miss, confidence: What was promised.
    """
    own, tuned = found["threshold"] / 100, found["tuned_threshold"] / 100
    promise = f"at most {100 * max_miss:g} % of the simulated victims of every group missed"
    if found["is_kept"]:
        return (
            f"Your operating point, {own:+.2f}, is not above the tuned threshold, {tuned:+.2f}: the promise "
            f"holds there, too ({promise}, with confidence {100 * confidence:g} %), for more flags."
        )
    return (
        f"Your operating point, {own:+.2f}, is above the tuned threshold, {tuned:+.2f}: the promise is not "
        f"shown there ({promise}). Lower it to {tuned:+.2f}, or ask for a looser promise with --max-miss."
    )
