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
from screening.evaluation.outcomes import AGE_BANDS, Outcomes, matching_rows
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
        BadInput: If the frames and the truth do not speak of the same applicants.
    """
    rows = matching_rows(truth, screened["applicant"].to_numpy())
    threshold = _threshold_of(screened)
    observed = None if observed is None else _rows_of(observed, screened)
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
        agency=np.asarray(screened["agency"].cat.codes, dtype=np.int8),
        leading=np.asarray(screened["resembles"].cat.codes, dtype=np.int8),
    )
    patterns = tuple(screened["resembles"].cat.categories)
    return Evaluation(outcomes, stage, {stage.label: threshold}, patterns, agency_names())


def _threshold_of(screened: "pd.DataFrame") -> int:
    if "threshold" not in screened.attrs:
        raise BadInput.of(
            "this frame does not say at which threshold it was screened",
            where="the frame's attrs",
            mend="Give what `Screener.screen` returned; some ways of copying a frame lose its attrs.",
        )
    return int(screened.attrs["threshold"])


def _rows_of(observed: "pd.DataFrame", screened: "pd.DataFrame") -> "pd.DataFrame":
    """Return the observed rows of the screened applicants, in their order."""
    people = observed.set_index("applicant")
    if not people.index.is_unique or not screened["applicant"].isin(people.index).all():
        raise BadInput.of(
            "the observed frame does not hold each of the screened applicants once",
            mend="Give the very frame that was screened.",
        )
    return people.loc[screened["applicant"]]


def _codes(observed: "pd.DataFrame | None", name: str, size: int) -> npt.NDArray[np.int8]:
    if observed is None:
        return np.full(size, -1, dtype=np.int8)
    labels = list(fields()[name].codes)
    codes = observed[name].map(labels.index).to_numpy(dtype=np.int8, na_value=-1)
    return np.asarray(codes, dtype=np.int8)


def _age_band(observed: "pd.DataFrame | None", size: int) -> npt.NDArray[np.int8]:
    if observed is None:
        return np.full(size, -1, dtype=np.int8)
    ages = observed["age"].to_numpy(dtype=np.int64)
    return (np.searchsorted(AGE_BANDS, ages, side="right") - 1).astype(np.int8)
