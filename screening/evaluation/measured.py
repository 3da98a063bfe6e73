"""On how many people each section of an evaluation rests.

Everybody is counted for the main rates. What would cost too much for millions, or needs persons, is measured
on all victims and a random sample of the lawful and irregular. A rate of fewer people says so by its n; here
stands how many they were, beside how many there are. Nothing is scaled up.
"""

from typing import Any

import numpy as np

from dossier.truth import TruthClass
from screening.evaluation.fairness.burden import Dependence
from screening.evaluation.fairness.proxy_audit import Reasons
from screening.evaluation.panel import Panel
from screening.evaluation.policy_harm import Counts
from screening.evaluation.summary import Summary

OTHERS = [TruthClass.LAWFUL, TruthClass.IRREGULAR]


def measured_json(
    summary: Summary, harm: Counts, dependence: Dependence, reasons: Reasons | None, panel: Panel | None
) -> dict[str, Any]:
    """Return the lawful and irregular people there are, and on how many of them each section rests.

    Args:
        summary: Everybody, counted.
        harm: People on whom policies and published rulebooks are compared.
        dependence: People who were asked on what their flags depend.
        reasons: Lawful people whose reasons are audited; None without an audit.
        panel: People on whom rivals are compared; None without rivals.
    """
    measured = int(harm[OTHERS].sum())
    asked = next(iter(dependence.by.values())).people[:, OTHERS]
    found = {"baselines": measured, "policy_harm": measured, "attribution": int(asked.sum())}
    if reasons is not None:
        found["audit"] = len(reasons.points)
    if panel is not None:
        found["comparisons"] = int(np.count_nonzero(~panel.is_victim))
    return {"others": summary.others, "by_section": found}
