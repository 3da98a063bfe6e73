"""What the linked charts of a researcher's page show, from people who were drawn and screened at one stage.

All of it is counts: at every step of the slider whom a threshold misses and flags, which cues lie on whose
desk, what was recommended to whom, and whether the chances that are shown come true. The page adds intervals
and words; nothing of a single applicant is in here.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from dossier.findings import Findings
from dossier.stages import Stage
from models.calibration import Calibration
from screening.evaluation.cues import counted_cues, cues_json, recommended_json
from screening.evaluation.outcomes import Outcomes, grouping
from screening.evaluation.reliability import reliability_json
from screening.evaluation.sweep import counted, steps_of, sweep_json


def chart_content(
    outcomes: Outcomes,
    indicators: Mapping[str, Findings],
    stage: Stage,
    threshold: int,
    *,
    groupings: Sequence[str] = (),
    share_of_victims: float | None = None,
    calibration: Calibration | None = None,
) -> dict[str, Any]:
    """Return the content of all charts, for JSON.

    Args:
        outcomes: n people; victims and others, in whatever shares they were drawn.
        indicators: Findings by indicator, each of shape (n,), as in `Assessment.evidence.indicators`.
        stage: The stage they were screened at.
        threshold: The operating threshold, in hundredths.
        groupings: Names such as `sex` or `sex+age_band`, whose groups of victims are drawn beside the
            typologies.
        share_of_victims: For which flags per 10,000 applicants and chances are stated; as drawn, without it.
        calibration: The curve of the stage; without it, no chances are shown.

    Returns:
        `sweep`, `cues`, `recommendations`, and `reliability` where there is a calibration.
    """
    risk, truth = outcomes.risk[stage.label], outcomes.truth
    further = [grouping(outcomes, name) for name in groupings if name != "typology"]
    people = counted(risk, truth, further)
    steps = steps_of(people, threshold)
    found = {
        "sweep": sweep_json(
            people, threshold, steps=steps, share_of_victims=share_of_victims, calibration=calibration
        ),
        "cues": cues_json(counted_cues(indicators, risk, truth), steps),
        "recommendations": recommended_json(truth, outcomes.recommendation),
    }
    reliability = {} if calibration is None else reliability_json(risk, outcomes, calibration)
    return {**found, "reliability": reliability} if reliability else found
