"""Evaluating frames: the few lines a notebook needs.

Takes what `Screener.screen` returned and the truth of the same cohort, matches them by identity number, and
returns an `Evaluation`. Groups by sex and age need the observed frame as well. What does not belong together,
or lacks a side that a rate speaks of, is refused before anything is counted.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from dossier.fields import fields
from dossier.problems import BadInput
from dossier.recommendations import Recommendation
from dossier.stages import STAGE_LABELS, Stage
from dossier.truth import Truth
from screening.evaluation.measures import FALSE_FLAG, MISS, check_said, measure_named
from screening.evaluation.outcomes import (
    Outcomes,
    bands_of,
    check_recommended,
    check_typologies,
    matching_rows,
    whole_hundredths,
)
from screening.evaluation.report import Evaluation
from screening.referral import agency_names

if TYPE_CHECKING:
    import pandas as pd

SCREENED = "the screened frame"
OBSERVED = "the observed frame"
AGAIN = "Give what `Screener.screen` returned."
COLUMNS = ("applicant", "stage", "recommendation", "risk", "resembles", "agency")
"""Columns of a screened frame that are read."""


def evaluate(
    screened: "pd.DataFrame",
    truth: Truth,
    observed: "pd.DataFrame | None" = None,
    *,
    rates: Sequence[str] = (MISS.name, FALSE_FLAG.name),
) -> Evaluation:
    """Evaluate a screened frame against the truth.

    Args:
        screened: What `Screener.screen` returned.
        truth: The truth of the same cohort, such as `cohort.truth`.
        observed: The frame that was screened; needed for groups by sex, age and province.
        rates: What will be asked for. There must be people for each; for a drill with one side only, name
            those that it can show, such as `lawful_flagged`.

    Raises:
        BadInput: If the frames and the truth do not speak of the same applicants, once each; if a risk is no
            number; if stages or thresholds are mixed; or if a rate would be a number about nobody.
    """
    _check_columns(screened)
    rows = matching_rows(truth, screened["applicant"].to_numpy(), SCREENED, "the truth")
    check_typologies(truth, "the truth")
    stage, threshold = _stage_of(screened), _threshold_of(screened)
    risk = whole_hundredths(screened["risk"].to_numpy(dtype=float, na_value=np.nan), f"{SCREENED}, risk")
    recommendation = _recommended(screened)
    check_recommended(risk, recommendation, threshold, SCREENED)
    observed = None if observed is None else _rows_of(observed, screened)
    outcomes = Outcomes(
        truth=truth.take(rows),
        sex=_codes(observed, "sex", len(rows)),
        age_band=_age_band(observed, len(rows)),
        province=_codes(observed, "province", len(rows)),
        risk={stage.label: risk},
        recommendation=recommendation,
        agency=np.asarray(screened["agency"].cat.codes, dtype=np.int8),
        leading=np.asarray(screened["resembles"].cat.codes, dtype=np.int8),
    )
    check_said(outcomes.truth.truth_class, [measure_named(name, "rates") for name in rates], "the truth")
    patterns = tuple(screened["resembles"].cat.categories)
    return Evaluation(outcomes, stage, {stage.label: threshold}, patterns, agency_names())


def _check_columns(screened: "pd.DataFrame") -> None:
    if lacking := [name for name in COLUMNS if name not in screened]:
        raise BadInput.of(f"the column '{lacking[0]}' is missing", where=SCREENED, mend=AGAIN)
    if screened.empty:
        raise BadInput.of("nobody was screened: the frame is empty", where=SCREENED, mend=AGAIN)
    if not np.issubdtype(screened["applicant"].to_numpy().dtype, np.integer):
        raise BadInput.of("the column 'applicant' holds no whole numbers", where=SCREENED, mend=AGAIN)


def _stage_of(screened: "pd.DataFrame") -> Stage:
    found = list(screened["stage"].unique())
    if len(found) != 1 or found[0] not in STAGE_LABELS:
        stages = ", ".join(str(one) for one in found)
        mend = "Evaluate one stage at a time."
        raise BadInput.of(f"people of several stages stand together: {stages}", where=SCREENED, mend=mend)
    return Stage.of(str(found[0]))


def _recommended(screened: "pd.DataFrame") -> npt.NDArray[np.int8]:
    known: dict[Any, int] = {one.label: int(one) for one in Recommendation}
    found = screened["recommendation"].astype(object).map(known)
    if found.isna().any():
        odd = screened["recommendation"][found.isna()].iloc[0]
        raise BadInput.of(f"there is no recommendation '{odd}'", where=SCREENED, mend=AGAIN)
    return np.asarray(found, dtype=np.int8)


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
    mend = "Give the very frame that was screened."
    if lacking := [name for name in ("applicant", "sex", "age", "province") if name not in observed]:
        raise BadInput.of(f"the column '{lacking[0]}' is missing", where=OBSERVED, mend=mend)
    people = observed.set_index("applicant")
    if not people.index.is_unique or not screened["applicant"].isin(people.index).all():
        what = "the observed frame does not hold each of the screened applicants once"
        raise BadInput.of(what, where=OBSERVED, mend=mend)
    return people.loc[screened["applicant"]]


def _codes(observed: "pd.DataFrame | None", name: str, size: int) -> npt.NDArray[np.int8]:
    if observed is None:
        return np.full(size, -1, dtype=np.int8)
    codes = {code: place for place, code in enumerate(fields()[name].codes)}
    found = observed[name].astype(object).map(codes)
    _check_known(observed[name], found.isna().to_numpy())
    return np.asarray(found, dtype=np.int8)


def _age_band(observed: "pd.DataFrame | None", size: int) -> npt.NDArray[np.int8]:
    if observed is None:
        return np.full(size, -1, dtype=np.int8)
    import pandas as pd  # noqa: PLC0415

    ages = pd.to_numeric(observed["age"], errors="coerce").to_numpy(dtype=float, na_value=np.nan)
    _check_known(observed["age"], ~(ages >= 0))
    return bands_of(ages)


def _check_known(given: "pd.Series[Any]", unknown: npt.NDArray[np.bool_]) -> None:
    """Raise where somebody's group is not known; whoever is in no group would be in no rate of one."""
    if unknown.any():
        first = given[unknown].iloc[0]
        who = f"{unknown.sum():,} of {len(given):,} people"
        what = f"the column '{given.name}' says nothing that is known of {who}, but {first}"
        raise BadInput.of(what, where=OBSERVED, mend="Give the very frame that was screened.")
