"""Outcomes that tests can reckon by hand: made people with truth, groups and risk."""

from functools import cache

import numpy as np
import numpy.typing as npt

from dossier.stages import STAGE_LABELS, Stage
from dossier.truth import Truth, TruthClass
from screening.evaluation.outcomes import Outcomes, age_bands
from screening.evaluation.report import Evaluation
from screening.referral import agency_names, headline_stage
from tests.unit.screening.desks import assessment, cohort, screener

MODULES = (
    "journey.tourist",
    "lookalike.backpacker",
    "lookalike.irregular",
    "typology.a",
    "typology.b",
    "escort",
)
KINDS = ("journey", "lookalike", "lookalike", "typology", "typology", "journey")
FAMILIES = ("", "", "", "a", "b", "")
TIERS = ("crude", "expert")
LAWFUL, IRREGULAR, VICTIM, FACILITATOR = (int(one) for one in TruthClass)
CLASSES = (LAWFUL, LAWFUL, IRREGULAR, VICTIM, VICTIM, FACILITATOR)
"""The class of each module."""


def made(
    module: list[int], risk: list[int], *, sex: list[int] | None = None, tier: list[int] | None = None
) -> Outcomes:
    """Return people of the modules above with a risk, the same at every stage."""
    size = len(module)
    zeros = np.zeros(size, dtype=np.int8)
    of_class = np.array(CLASSES, dtype=np.int8)[module]
    truth = Truth(
        applicants=np.arange(size, dtype=np.int64) * 7 % 1_000_003,
        truth_class=of_class,
        module=np.array(module, dtype=np.int16),
        tier=np.array(tier or np.where(of_class == VICTIM, 0, -1), dtype=np.int8),
        network=np.full(size, -1, dtype=np.int64),
        modules=MODULES,
        tiers=TIERS,
        kinds=KINDS,
        families=FAMILIES,
    )
    risks = np.array(risk, dtype=np.int32)
    return Outcomes(
        truth=truth,
        sex=zeros if sex is None else np.array(sex, dtype=np.int8),
        age_band=zeros,
        province=zeros,
        risk=dict.fromkeys(STAGE_LABELS, risks),
        recommendation=np.where(risks >= 0, 3, 0).astype(np.int8),
        agency=zeros,
        leading=zeros,
    )


def random_outcomes(seed: int, size: int = 500) -> Outcomes:
    """Return people of all kinds and both sexes."""
    rng = np.random.default_rng(seed)
    return made(
        rng.integers(0, len(MODULES), size).tolist(),
        rng.integers(-300, 300, size).tolist(),
        sex=rng.integers(-1, 2, size).tolist(),
    )


@cache
def drawn_outcomes() -> Outcomes:
    """Return the outcomes of the drawn cohort at every stage."""
    headline = assessment(headline_stage())
    dossiers = cohort().dossiers
    return Outcomes(
        truth=cohort().truth,
        sex=dossiers.columns["sex"].astype(np.int8),
        age_band=age_bands(dossiers),
        province=dossiers.columns["province"].astype(np.int8),
        risk={stage.label: assessment(stage).risk for stage in Stage},
        recommendation=headline.recommendation,
        agency=headline.agency,
        leading=headline.score.leading,
    )


@cache
def drawn_evaluation() -> Evaluation:
    """Return the evaluation of the drawn cohort."""
    return Evaluation(
        drawn_outcomes(),
        headline_stage(),
        screener().operating_point.thresholds,
        screener().cards.families,
        agency_names(),
    )


def drawn_flags() -> npt.NDArray[np.bool_]:
    """Return who of the drawn cohort is flagged at the headline stage."""
    return assessment(headline_stage()).is_flagged
