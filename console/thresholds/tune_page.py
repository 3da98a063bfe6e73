"""What the page of a tuned threshold shows beside its certificate: cues, recommendations, chances.

The certificate's own samples keep risks only. So some more people are drawn, screened at the tuned threshold
and counted; nothing that is promised rests on them.
"""

from typing import Any

import numpy as np

from console.certifying import Scorer
from console.judging import Judge, Judged
from console.screeners import screener_for
from console.thresholds.tuning import Tuning
from dossier.draws import Who
from dossier.problems import BadInput
from models.calibration import Calibration
from screening.evaluation.chart_content import Chances, chart_content
from screening.evaluation.guarantee.tuning import GroupName, defaults
from screening.evaluation.outcomes import gathered
from screening.referral import policy
from screening.rules_only import decided_by_rules
from screening.screener import Screener


def page_content(tuning: Tuning, found: dict[str, Any]) -> dict[str, Any]:
    """Return titles, the sweep with its chances, and cues, recommendations and reliability at the threshold.

    Args:
        tuning: What was tuned.
        found: What `tuned_json` returned; the charts share the steps of its sweep.
    """
    judge = Judge(tuning.world, _screener(tuning, int(found["certificate"]["threshold"])), tuning.stage)
    page = defaults().page
    parts = _drawn(tuning, judge, "victims", page.victims), _drawn(tuning, judge, "others", page.others)
    people = gathered([part.outcomes for part in parts])
    charts = chart_content(
        found["sweep"], tuning.stage, people, _indicators(judge, *parts), _chances(tuning, judge)
    )
    return {
        "title": tuning.world.scenario.scenario.title.model_dump(),
        "patterns": {family: text.model_dump() for family, text in policy().title.items()},
        "travellers": {one.id: one.module.title.model_dump() for one in tuning.world.modules},
        **charts,
    }


def _screener(tuning: Tuning, threshold: int) -> Screener:
    bare = Scorer.of(tuning.rules, tuning.cards).screener
    return Screener(bare.rulebook, bare.cards, bare.operating_point.with_threshold(tuning.stage, threshold))


def _drawn(tuning: Tuning, judge: Judge, who: Who, size: int) -> Judged:
    """Return people of whom each belongs to a network of his own, so that exact intervals hold for them."""
    return judge.fresh(who, size, tuning.seed_of("page", GroupName("everybody", who)), one_per_network=True)


def _indicators(judge: Judge, *parts: Judged) -> dict[str, Any]:
    read = [judge.screener.assess(part.dossiers, judge.stage).evidence.indicators for part in parts]
    return {name: np.concatenate([found[name] for found in read]) for name in read[0]}


def _chances(tuning: Tuning, judge: Judge) -> Chances | None:
    """Return the chances and people of their own to check them; None where nobody measured chances."""
    calibration = _calibration(tuning)
    if calibration is None:
        return None
    page = defaults().page
    people = _drawn(tuning, judge, "everybody", page.victims + page.others)
    return Chances(calibration, people.outcomes)


def _calibration(tuning: Tuning) -> Calibration | None:
    """Return what a risk stands for; None where nobody measured it for these rules and cards."""
    if decided_by_rules(tuning.cards):
        return None
    try:
        whole = screener_for(tuning.asked.rulebook, tuning.asked.cards, None, stage=tuning.stage)
    except BadInput:  # cards without a certificate of their own: no chance is shown
        return None
    return whole.operating_point.calibration(tuning.stage)
