"""The prevalence sweep: what a flag is worth, and what it costs, where victims are rarer or more common.

Miss rate and false-flag rate do not depend on how many victims are among the applicants; all that an office
feels does. Flags, precision and others flagged for each victim found follow by Bayes' rule from the two
rates. Their intervals come from both rates' ends, at a confidence at which both hold together.
"""

import math
from dataclasses import replace

from console.stress.frame import Column, Done, Finding, Row, Setting
from console.stress.pairs import together
from console.stress.settings import settings
from console.stress.wording import number, percent, rate_text, say
from dossier.texts import Text
from screening.evaluation.rare_events import shares
from screening.evaluation.texts import one_in, percents
from screening.evaluation.workload import AtPrevalence, at_prevalences

BOTH = 2
"""The two rates that everything here follows from: their intervals hold together, and so all others do."""


def prevalence(setting: Setting, done: Done) -> Finding:
    """Return flags, precision and others flagged for each victim found, along the share of victims."""
    found = at_prevalences(setting.miss, setting.false_flag, shares())
    stated = min(found, key=lambda one: abs(one.prevalence - settings().prevalence.stated))
    done(1)
    return Finding(
        "prevalence",
        say("prevalence.title"),
        say("prevalence.question"),
        _answer(setting, stated),
        [_row(one) for one in found],
        say("prevalence.assumed"),
        axis=say("prevalence.axis"),
        columns=(
            Column("flags_per_10000", say("prevalence.flags"), "fine"),
            Column("precision", say("prevalence.precision"), "share"),
            Column("others_per_victim", say("prevalence.others"), "number"),
        ),
        drawn=("precision",),
        rise=0.0,
        beside=BOTH,
    )


def steps(_: Setting) -> int:
    """Return how often `prevalence` tells of its progress."""
    return 1


def _row(found: AtPrevalence) -> Row:
    name = one_in(found.prevalence)
    return Row(
        Text(en=name.en, id=name.id),
        f"{found.prevalence:g}",
        at=found.prevalence,
        more={
            "flags_per_10000": _ends(found.flags_per_10000, found.flags_low, found.flags_high),
            "precision": _ends(found.precision, found.low, found.high),
            "others_per_victim": _ends(found.others_per_victim, found.others_low, found.others_high),
        },
    )


def _ends(estimate: float, low: float, high: float) -> dict[str, float | None]:
    """Return a number with the ends of its interval for JSON, which knows none that are infinite."""
    found = {"estimate": estimate, "low": low, "high": high}
    return {name: value if math.isfinite(value) else None for name, value in found.items()}


def _answer(setting: Setting, found: AtPrevalence) -> Text:
    if not math.isfinite(found.precision):
        wrong = replace(setting.false_flag, confidence=together(BOTH))
        return say("prevalence.nobody", false_flag=rate_text(wrong))
    endless = not math.isfinite(found.others_per_victim)
    return say(
        "prevalence.answer_nobody_found" if endless else "prevalence.answer",
        share=one_in(found.prevalence),
        flags=number(found.flags_per_10000),
        precision=percent(found.precision),
        interval=percents(found.low, found.high),
        others="–" if endless else number(found.others_per_victim),
        victims=len(setting.victims),
        n=len(setting.others),
    )
