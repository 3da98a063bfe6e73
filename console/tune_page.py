"""What the page of a tuned threshold shows beside its certificate: cues, recommendations, chances.

The certificate's own samples keep risks only. So some more people are drawn, screened at the tuned threshold
and counted; nothing that is promised rests on them.
"""

from typing import Any

import numpy as np
import numpy.typing as npt

from console.certifying import Scorer
from console.judging import Judge, Judged
from console.screeners import screener_for
from console.tuning import Tuning
from dossier.problems import BadInput
from models.calibration import Calibration
from screening.evaluation.cues import counted_cues, cues_json, recommended_json
from screening.evaluation.guarantee.tuning import GroupName, defaults
from screening.evaluation.outcomes import gathered
from screening.evaluation.reliability import reliability_json
from screening.referral import policy
from screening.rules_only import decided_by_rules
from screening.screener import Screener


def page_content(tuning: Tuning, found: dict[str, Any]) -> dict[str, Any]:
    """Return the title of the scenario, and cues, recommendations and reliability at the tuned threshold.

    Args:
        tuning: What was tuned.
        found: What `tuned_json` returned; the charts share the steps of its sweep.
    """
    stage, threshold = tuning.stage, int(found["certificate"]["threshold"])
    judge = Judge(tuning.world, _screener(tuning, threshold), stage)
    steps = np.rint(100 * np.array(found["sweep"]["thresholds"])).astype(np.int32)
    victims, others = _people(tuning, judge)
    both = gathered([victims.outcomes, others.outcomes])
    cues = counted_cues(_indicators(judge, victims, others), both.risk[stage.label], both.truth)
    calibration = _calibration(tuning)
    return {
        "title": tuning.world.scenario.scenario.title.model_dump(),
        "patterns": {family: text.model_dump() for family, text in policy().title.items()},
        "cues": cues_json(cues, steps),
        "recommendations": recommended_json(both.truth, both.recommendation),
        **({} if calibration is None else _chances(tuning, judge, calibration, found["sweep"], steps)),
    }


def _screener(tuning: Tuning, threshold: int) -> Screener:
    bare = Scorer.of(tuning.rules, tuning.cards).screener
    return Screener(bare.rulebook, bare.cards, bare.operating_point.with_threshold(tuning.stage, threshold))


def _people(tuning: Tuning, judge: Judge) -> tuple[Judged, Judged]:
    page = defaults().page
    victims, others = (tuning.seed_of("page", GroupName("everybody", who)) for who in ("victim", "others"))
    return judge.fresh("victims", page.victims, victims), judge.fresh("others", page.others, others)


def _indicators(judge: Judge, *parts: Judged) -> dict[str, Any]:
    read = [judge.screener.assess(part.dossiers, judge.stage).evidence.indicators for part in parts]
    return {name: np.concatenate([found[name] for found in read]) for name in read[0]}


def _calibration(tuning: Tuning) -> Calibration | None:
    """Return what a risk stands for; None where nobody measured it for these rules and cards."""
    if decided_by_rules(tuning.cards):
        return None
    try:
        whole = screener_for(tuning.asked.rulebook, tuning.asked.cards, None, stage=tuning.stage)
    except BadInput:  # cards without a certificate of their own: no chance is shown
        return None
    return whole.operating_point.calibration(tuning.stage)


def _chances(
    tuning: Tuning,
    judge: Judge,
    calibration: Calibration,
    sweep: dict[str, Any],
    steps: npt.NDArray[np.int32],
) -> dict[str, Any]:
    """Return the sweep with chances, and whether these come true in the scenario's own shares."""
    size = defaults().page.victims + defaults().page.others
    seed = tuning.seed_of("page", GroupName("everybody", "everybody"))
    people = judge.fresh("everybody", size, seed).outcomes
    reliable = reliability_json(people.risk[tuning.stage.label], people, calibration)
    chances = calibration.chance(steps, sweep["share_of_victims"]).tolist()
    return {"sweep": {**sweep, "chances": chances}, "reliability": reliable} if reliable else {}
