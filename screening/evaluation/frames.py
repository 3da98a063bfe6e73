"""Evaluating frames: the few lines a notebook needs.

Takes what `Screener.screen` returned and the truth of the same cohort, matches them by identity number, and
returns an `Evaluation`. Groups by sex and age need the observed frame as well.
"""

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from dossier.fields import fields
from dossier.problems import BadInput
from dossier.recommendations import Recommendation
from dossier.stages import Stage
from dossier.truth import Truth
from screening.evaluation.outcomes import AGE_BANDS, Outcomes
from screening.evaluation.report import Evaluation
from screening.referral import agency_names
from screening.screener import OVERRIDE

if TYPE_CHECKING:
    import pandas as pd


def evaluate(screened: "pd.DataFrame", truth: Truth, observed: "pd.DataFrame | None" = None) -> Evaluation:
    """Evaluate a screened frame against the truth.

    Args:
        screened: What `Screener.screen` returned.
        truth: The truth of the same cohort, such as `cohort.truth`.
        observed: The frame that was screened; needed for groups by sex, age and province.

    Raises:
        BadInput: If the frame and the truth do not speak of the same applicants.
    """
    rows = _rows_of(screened, truth)
    stage = Stage.of(str(screened["stage"].iloc[0]))
    risk = screened["risk"].to_numpy(dtype=float)
    hundredths = np.where(np.isinf(risk), OVERRIDE, np.rint(np.where(np.isinf(risk), 0, risk) * 100))
    outcomes = Outcomes(
        truth=truth.take(rows),
        sex=_codes(observed, "sex", len(rows)),
        age_band=_age_band(observed, len(rows)),
        province=_codes(observed, "province", len(rows)),
        risk={stage.label: hundredths.astype(np.int32)},
        recommendation=np.array(
            [Recommendation[r.upper()] for r in screened["recommendation"]], dtype=np.int8
        ),
        agency=screened["agency"].cat.codes.to_numpy(dtype=np.int8),
        leading=screened["resembles"].cat.codes.to_numpy(dtype=np.int8),
    )
    patterns = tuple(screened["resembles"].cat.categories)
    return Evaluation(
        outcomes, stage, {stage.label: int(screened.attrs["threshold"])}, patterns, agency_names()
    )


def _rows_of(screened: "pd.DataFrame", truth: Truth) -> npt.NDArray[np.intp]:
    """Return for each screened applicant the row of the truth."""
    order = np.argsort(truth.applicants)
    wanted = screened["applicant"].to_numpy()
    found = order[np.searchsorted(truth.applicants[order], wanted).clip(max=len(order) - 1)]
    if not len(wanted) or not (truth.applicants[found] == wanted).all():
        raise BadInput.of(
            "the screened applicants are not all in this truth",
            mend="Evaluate with the truth of the very cohort that was screened.",
        )
    return found


def _codes(observed: "pd.DataFrame | None", name: str, size: int) -> npt.NDArray[np.int8]:
    if observed is None:
        return np.full(size, -1, dtype=np.int8)
    labels = list(fields()[name].codes)
    return observed[name].map(labels.index).to_numpy(dtype=np.int8, na_value=-1)


def _age_band(observed: "pd.DataFrame | None", size: int) -> npt.NDArray[np.int8]:
    if observed is None:
        return np.full(size, -1, dtype=np.int8)
    return (np.searchsorted(AGE_BANDS, observed["age"].to_numpy(dtype=int), side="right") - 1).astype(np.int8)
