"""The released certificate: thresholds, the claim they carry, and everything needed to make them again.

The certificate of a threshold that somebody tunes is another: see `tuned_certificate`.

The released rule: the threshold at which at most a fifth of all victims is missed, where that flags at most
one in twenty non-victims; otherwise the one that flags one in twenty. Victims are drawn fresh, one for each
network, because victims of one network resemble each other and would make the claim too bold. A certificate
speaks of the simulated population, and says so.
"""

from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from dossier.dossiers import Dossiers
from dossier.draws import Draw
from dossier.problems import BadInput
from dossier.stages import Stage
from dossier.toml_files import Declared
from models.calibration import fitted
from screening.evaluation.guarantee.thresholds import allowed_misses, group_threshold, smallest_sample
from screening.evaluation.rates import Rate

Risk: TypeAlias = Callable[[Dossiers, Stage], npt.NDArray[np.int32]]
"""Returns the risk of each dossier at a stage, in hundredths."""

STATEMENT = (
    "This certifies a threshold for the simulated population of the scenario named here, drawn as it says. "
    "It says nothing about real applicants."
)


class Terms(Declared):
    """The terms of the released threshold: the file `terms.toml`.

    Attributes:
        max_miss: Largest pooled miss rate.
        max_flagged: Largest share of non-victims flagged.
        confidence: Of either claim.
        victims, others: Numbers drawn.
        seed: Seed of the draw; it is spent with it.
    """

    max_miss: float
    max_flagged: float
    confidence: float
    victims: int
    others: int
    seed: int


def certify(risk: Risk, draw: Draw, terms: Terms, share_of_victims: float) -> dict[str, Any]:
    """Return thresholds for every stage with the counts that support them, and what a risk stands for.

    Args:
        risk: The screener whose threshold is sought; frozen before the draw.
        draw: Draws fresh applicants.
        terms: What is claimed.
        share_of_victims: Their share in the scenario, at which chances are learned.
    """
    victims = draw("victims", terms.victims, terms.seed, one_per_network=True)[0]
    others = draw("others", terms.others, terms.seed + 1)[0]
    stages = {}
    for stage in Stage:
        risks = risk(victims, stage), risk(others, stage)
        calibration = fitted(*risks, share_of_victims).model_dump(mode="json")
        stages[stage.label] = {**_certify_stage(*risks, terms), "calibration": calibration}
    return {
        "statement": STATEMENT,
        "terms": terms.model_dump(),
        "thresholds": {stage: found["threshold"] for stage, found in stages.items()},
        "stages": stages,
    }


def _certify_stage(
    victims: npt.NDArray[np.int32], others: npt.NDArray[np.int32], terms: Terms
) -> dict[str, Any]:
    protecting = group_threshold(victims, terms.max_miss, terms.confidence)
    affordable = workload_threshold(others, terms.max_flagged, terms.confidence)
    keeps_promise = protecting.threshold >= affordable
    threshold = protecting.threshold if keeps_promise else affordable
    missed, flagged = (
        Rate(int((victims < threshold).sum()), len(victims)),
        Rate(int((others >= threshold).sum()), len(others)),
    )
    return {
        "threshold": threshold,
        "basis": "max_miss" if keeps_promise else "max_flagged",
        "claim": _protecting_claim(terms) if keeps_promise else _affordable_claim(terms),
        "max_miss_needs": protecting.threshold,
        "max_flagged_needs": affordable,
        "allowed_misses": protecting.allowed,
        "miss_rate": _as_json(missed, "missed"),
        "false_flag_rate": _as_json(flagged, "flagged"),
    }


def workload_threshold(others: npt.NDArray[np.int32], max_flagged: float, confidence: float) -> int:
    """Return the lowest threshold that flags at most `max_flagged` of non-victims, with `confidence`.

    Raises:
        BadInput: If there are too few non-victims to promise anything.
    """
    allowed = allowed_misses(len(others), max_flagged, confidence)
    if allowed < 0:
        more = smallest_sample(max_flagged, confidence) - len(others)
        what = f"{more} more non-victims are needed before any workload can be promised"
        raise BadInput.of(what, mend="Draw more.")
    return int(np.partition(others, len(others) - allowed - 1)[len(others) - allowed - 1]) + 1


def _protecting_claim(terms: Terms) -> str:
    return f"At most {terms.max_miss:.0%} of the simulated victims are missed, {_sure(terms)}."


def _affordable_claim(terms: Terms) -> str:
    return (
        f"At most {terms.max_flagged:.0%} of the simulated non-victims are flagged, {_sure(terms)}. "
        f"Missing at most {terms.max_miss:.0%} of victims would flag more than that."
    )


def _sure(terms: Terms) -> str:
    return f"with {terms.confidence:.0%} confidence over the draw"


def _as_json(rate: Rate, counted: str) -> dict[str, float | int]:
    return {"estimate": rate.estimate, "low": rate.low, "high": rate.high, "n": rate.n, counted: rate.count}
