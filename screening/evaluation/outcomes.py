"""What an evaluation needs to know of each applicant: the truth, the groups, and the risk at each stage.

Here, and only here, the two sides meet. Codes and whole hundredths throughout, so that a million applicants
take a few dozen megabytes and every count is exact.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import Any

import numpy as np
import numpy.typing as npt

from dossier.dossiers import Dossiers
from dossier.fields import fields
from dossier.problems import BadInput
from dossier.stages import Stage
from dossier.truth import Truth, TruthClass, joined_truths
from screening.screener import Assessment

AGE_BANDS = (0, 17, 18, 25, 36, 46)
"""Lower edges of the age bands, each an edge of the age's bins; the 2023 instruction speaks of 17 to 45."""

AGE_LABELS = ("under 17", "17", "18-24", "25-35", "36-45", "46 and over")


@dataclass(frozen=True)
class Outcomes:
    """Applicants with truth, groups and risk, in one order.

    Attributes:
        truth: The sealed side.
        sex, age_band, province: Shape (n,): codes of the groups.
        risk: Shape (n,) by stage label: hundredths; the largest whole number where an override rule fired.
        recommendation: Shape (n,): at the headline stage.
        agency: Shape (n,): index of the agency that would receive the person, at the headline stage.
        leading: Shape (n,): index of the pattern that the dossier resembles most, at the headline stage.
    """

    truth: Truth
    sex: npt.NDArray[np.int8]
    age_band: npt.NDArray[np.int8]
    province: npt.NDArray[np.int8]
    risk: Mapping[str, npt.NDArray[np.int32]]
    recommendation: npt.NDArray[np.int8]
    agency: npt.NDArray[np.int8]
    leading: npt.NDArray[np.int8]

    def __len__(self) -> int:
        return len(self.truth)

    def flagged(self, stage: Stage, threshold: int) -> npt.NDArray[np.bool_]:
        """Return who is flagged at a stage and threshold (hundredths), shape (n,)."""
        return np.asarray(self.risk[stage.label] >= threshold)

    def take(self, rows: npt.NDArray[np.bool_] | npt.NDArray[np.intp]) -> "Outcomes":
        """Return only `rows`."""
        return replace(
            self,
            truth=self.truth.take(rows),
            risk={stage: risk[rows] for stage, risk in self.risk.items()},
            **{name: getattr(self, name)[rows] for name in _CODES},
        )


def outcomes_of(
    dossiers: Dossiers, truth: Truth, assessments: Mapping[Stage, Assessment], headline: Stage
) -> Outcomes:
    """Return the outcomes of dossiers that were assessed at one stage or at several.

    Args:
        dossiers: n dossiers; sex, age and province are read.
        truth: Their truth, in the same order.
        assessments: What the screener made of them, by stage.
        headline: The stage whose recommendation counts.
    """
    counted = assessments[headline]
    return Outcomes(
        truth=truth,
        sex=dossiers.columns["sex"].astype(np.int8),
        age_band=age_bands(dossiers),
        province=dossiers.columns["province"].astype(np.int8),
        risk={stage.label: found.risk for stage, found in assessments.items()},
        recommendation=counted.recommendation,
        agency=counted.agency,
        leading=counted.score.leading,
    )


_CODES = ("sex", "age_band", "province", "recommendation", "agency", "leading")


def gathered(parts: Sequence[Outcomes]) -> Outcomes:
    """Return the outcomes of all parts, one after the other."""
    truth = joined_truths(part.truth for part in parts)
    risk = {stage: np.concatenate([part.risk[stage] for part in parts]) for stage in parts[0].risk}
    codes = {name: np.concatenate([getattr(part, name) for part in parts]) for name in _CODES}
    return Outcomes(truth=truth, risk=risk, **codes)


def matching_rows(truth: Truth, applicants: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Return for each of `applicants` the row of the truth.

    Raises:
        BadInput: If the truth does not know them all.
    """
    order = np.argsort(truth.applicants)
    place = np.searchsorted(truth.applicants[order], applicants).clip(max=max(len(order) - 1, 0))
    rows = order[place] if len(order) else np.empty(0, dtype=np.int64)
    if not len(rows) or not (truth.applicants[rows] == applicants).all():
        raise BadInput.of(
            "the screened applicants are not all in this truth",
            mend="Evaluate with the truth of the very cohort that was screened.",
        )
    return rows


def age_bands(dossiers: Dossiers) -> npt.NDArray[np.int8]:
    """Return the age band of each dossier, shape (n,)."""
    return (np.searchsorted(AGE_BANDS, dossiers.columns["age"], side="right") - 1).astype(np.int8)


@dataclass(frozen=True)
class Grouping:
    """A way of dividing applicants.

    Attributes:
        name: What it is called.
        labels: Names of the groups.
        codes: Shape (n,): index into `labels`; -1 for those in no group.
    """

    name: str
    labels: tuple[str, ...]
    codes: npt.NDArray[np.int64]


CROSSED_BY = "+"
"""Between the names of groupings that are crossed, such as `sex+age_band`."""

CROSSED_BY = "+"
"""Stands between the names of groupings that are crossed, as in `sex+age_band`."""

GROUPINGS = ("typology", "tier", "sex", "age_band", "province", "traveller", "truth")


def grouping(outcomes: Outcomes, name: str) -> Grouping:
    """Return one of `GROUPINGS` for these outcomes, or several of them crossed.

    `typology` and `tier` divide victims; `traveller` divides non-victims by journey and lookalike; the others
    divide everybody.

    Args:
        outcomes: The applicants.
        name: Such as `sex`, or `sex+age_band`, whose groups are named like "female, 18-24".

    Raises:
        KeyError: If there is no such grouping.
    """
    if CROSSED_BY in name:
        return crossed([grouping(outcomes, part) for part in name.split(CROSSED_BY)])
    truth = outcomes.truth
    makers: dict[str, tuple[tuple[str, ...], npt.NDArray[Any]]] = {
        "typology": (truth.family_names, truth.family),
        "tier": (truth.tiers, np.where(truth.is_victim, truth.tier, -1)),
        "sex": (fields()["sex"].codes, outcomes.sex),
        "age_band": (AGE_LABELS, outcomes.age_band),
        "province": (fields()["province"].codes, outcomes.province),
        "traveller": (truth.modules, np.where(truth.is_victim, -1, truth.module)),
        "truth": (tuple(c.label for c in TruthClass), truth.truth_class),
    }
    labels, codes = makers[name]
    return Grouping(name, labels, np.asarray(codes, dtype=np.int64))


def crossed(groupings: Sequence[Grouping]) -> Grouping:
    """Return groupings as one, whose groups are all combinations of theirs; nobody is in half of one.

    Examples:
        >>> sex = Grouping("sex", ("female", "male"), np.array([0, 1, -1]))
        >>> both = crossed([sex, Grouping("age", ("young", "old"), np.array([1, 0, 0]))])
        >>> both.name, both.labels[1], both.codes.tolist()
        ('sex+age', 'female, old', [1, 2, -1])
    """
    codes = np.zeros(len(groupings[0].codes), dtype=np.int64)
    for one in groupings:
        codes = np.where((codes < 0) | (one.codes < 0), -1, codes * len(one.labels) + one.codes)
    labels = tuple(", ".join(names) for names in product(*(one.labels for one in groupings)))
    return Grouping(CROSSED_BY.join(one.name for one in groupings), labels, codes)
