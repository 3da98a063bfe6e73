"""Every screener beside the sample's own, on the same people: scores made of its risk, and two rulebooks."""

from typing import Any

import numpy as np
from scipy.special import expit, logit

from dossier.stages import Stage
from screening.evaluation.decision_curve import Ways, cost_curve_json, decision_curve_json, terms
from screening.evaluation.outcomes import Outcomes
from screening.evaluation.panel import compared, comparisons_json, panel_of

WOMEN = 0
BLURRED = 100
"""Hundredths to which the score of the best indicator is rounded many times over, so that ties abound."""

TITLE = {"en": "Debt binds the applicant", "id": "Utang mengikat pemohon"}


def rivals_of(outcomes: Outcomes, threshold: int, *, with_chances: bool = True) -> dict[str, Any]:
    """Return comparisons and curves of made people, as a run has them.

    Args:
        outcomes: The people.
        threshold: Of the screener, in hundredths.
        with_chances: Whether the screener gives a chance beside its flags.
    """
    truth, risk = outcomes.truth, outcomes.risk["verification"].astype(np.float64)
    rows = np.flatnonzero(truth.is_victim | truth.is_counted_as_other)
    better = np.minimum(risk, 500) + 40 * truth.is_victim
    scores = {"oracle": better, "best_indicator": np.round(risk / (3 * BLURRED))}
    flags = {"women-17-45": outcomes.sex == WOMEN, "nobody-at-all": np.zeros(len(outcomes), dtype=bool)}
    few = {name: found[rows] for name, found in scores.items()}
    panel = panel_of(outcomes, Stage.VERIFICATION, rows, 1.0, few, flags)
    evidence = {"oracle": few["oracle"] / BLURRED + 5}
    if with_chances:
        evidence = {"screener": logit(expit(np.minimum(panel.risk, 500) / BLURRED + 4)), **evidence}
    ways = Ways(panel.is_victim, evidence, {"screener_as_run": panel.risk >= threshold, **panel.flags})
    chosen = {"best_indicator": {"indicator": "debt_ties", "title": TITLE}}
    return {
        "comparisons": {
            **comparisons_json(panel, threshold, compared(panel, threshold)),
            "chosen": chosen,
        },
        "decision_curve": decision_curve_json(ways, terms()),
        "cost_curve": cost_curve_json(ways, terms()),
    }
