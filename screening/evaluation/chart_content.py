"""What the linked charts of a tuned threshold show beside its sweep: cues, recommendations and chances.

All of it is counts of people who were drawn for the page alone, and never those on whom a certificate rests.
They share the steps of the sweep, so that one slider drives everything. The page adds intervals and words;
nothing of a single applicant is in here.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from dossier.findings import Findings
from dossier.stages import Stage
from models.calibration import Calibration
from screening.evaluation.cues import counted_cues, cues_json, recommended_json
from screening.evaluation.outcomes import Outcomes
from screening.evaluation.reliability import reliability_json
from screening.evaluation.tally import tallied


@dataclass(frozen=True)
class Chances:
    """What a risk stands for, and on whom this is checked.

    Attributes:
        calibration: The curve of the stage.
        people: Applicants in the scenario's own shares; in other shares every chance is another.
    """

    calibration: Calibration
    people: Outcomes


def chart_content(
    sweep: Mapping[str, Any],
    stage: Stage,
    people: Outcomes,
    indicators: Mapping[str, Findings],
    chances: Chances | None = None,
) -> dict[str, Any]:
    """Return the content of all charts, for JSON.

    Args:
        sweep: What `sweep_json` returned, of whichever people.
        stage: The stage they were all screened at.
        people: n victims and others whose cues and recommendations are counted, in whatever shares.
        indicators: Their findings by indicator, each of shape (n,), as in `Assessment.evidence.indicators`.
        chances: Without them no chance is shown.

    Returns:
        `sweep`, with chances if there are any; `cues`, `recommendations`, and `reliability` where there are
        chances, victims and others.
    """
    steps = np.rint(100 * np.array(sweep["thresholds"])).astype(np.int32)
    found = {
        "sweep": dict(sweep),
        "cues": cues_json(counted_cues(indicators, people.risk[stage.label], people.truth), steps),
        "recommendations": recommended_json(people.truth, people.recommendation),
    }
    if chances is None:
        return found
    counted = tallied(chances.people.risk[stage.label], chances.people.truth.truth_class)
    reliability = reliability_json(counted, chances.calibration)
    if not reliability:
        return found
    shown = chances.calibration.chance(steps, sweep["share_of_victims"]).tolist()
    return {**found, "sweep": {**sweep, "chances": shown}, "reliability": reliability}
