"""What an evaluation needs to know of each applicant: the truth, the groups, and the risk at each stage.

Here, and only here, the two sides meet. Codes and whole hundredths throughout, so that a million applicants
take a few dozen megabytes and every count is exact.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import Any

import numpy as np
import numpy.typing as npt

from dossier.dossiers import Dossiers
from dossier.fields import fields
from dossier.problems import BadInput, Problem, raise_if_any
from dossier.recommendations import Recommendation
from dossier.stages import Stage
from dossier.truth import Truth, TruthClass, joined_truths
from screening.screener import OVERRIDE, Assessment

AGE_BANDS = (0, 17, 18, 25, 36, 46)
"""Lower edges of the age bands, each an edge of the age's bins; the 2023 instruction speaks of 17 to 45."""

MOST_RISK = 10_000
"""Log-odds that no risk reaches."""

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
        """Return only `rows`: a mask of shape (n,), or positions in any order."""
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


def matching_rows(
    truth: Truth, applicants: npt.NDArray[np.int64], screened_at: str = "", truth_at: str = ""
) -> npt.NDArray[np.int64]:
    """Return for each of `applicants` the row of the truth.

    Args:
        truth: The sealed side.
        applicants: Shape (n,): identity numbers of whoever was screened.
        screened_at, truth_at: Where either stands, for messages.

    Raises:
        BadInput: If nobody was screened, somebody is listed twice on either side, or the truth does not know
            them all.
    """
    order = np.argsort(truth.applicants, kind="stable")
    known = truth.applicants[order]
    raise_if_any(
        [
            *_repeated(np.sort(applicants), "what was screened", screened_at, "Screen the cohort again."),
            *_repeated(
                known, "the truth", truth_at, "Draw the cohort again, or give the truth of one cohort."
            ),
        ]
    )
    place = np.searchsorted(known, applicants).clip(max=max(len(known) - 1, 0))
    strange = known[place] != applicants if len(known) else np.ones(len(applicants), dtype=bool)
    if not len(applicants) or strange.any():
        counted = (
            f"{strange.sum():,} of {len(applicants):,} are unknown to it"
            if len(applicants)
            else "there are none"
        )
        raise BadInput.of(
            f"the screened applicants are not all in this truth: {counted}",
            where=truth_at,
            mend="Evaluate with the truth of the very cohort that was screened.",
        )
    return np.asarray(order[place], dtype=np.int64)


def _repeated(rising: npt.NDArray[np.int64], who: str, where: str, mend: str) -> Iterator[Problem]:
    """Yield a problem if identity numbers, which rise, hold one twice; that person would be counted twice."""
    again = rising[1:][rising[1:] == rising[:-1]]
    if again.size:
        what = f"somebody stands more than once in {who}: {int(again[0])}, and {again.size - 1:,} more"
        yield Problem(what, where, mend)


def check_typologies(truth: Truth, where: str = "") -> None:
    """Raise where a victim is of no typology: such victims would be missing from every group of them.

    Raises:
        BadInput: With how many.
    """
    lost = truth.is_victim & (truth.family < 0)
    if lost.any():
        what = f"{lost.sum():,} of {truth.is_victim.sum():,} victims are of a module without a typology"
        mend = "Name the family of each typology module, and draw the cohort again."
        raise BadInput.of(what, where=where, mend=mend)


def whole_hundredths(risk: npt.NDArray[np.floating[Any]], where: str = "") -> npt.NDArray[np.int32]:
    """Return log-odds as whole hundredths; infinite ones, where a rule decided alone, as `OVERRIDE`.

    Args:
        risk: Shape (n,): log-odds, as screened files and frames hold them.
        where: Where they stand, for the message.

    Raises:
        BadInput: If a risk is not a number of log-odds; with the row of the first.
    """
    by_rule = np.isposinf(risk)
    odd = ~(by_rule | (np.abs(risk) < MOST_RISK))
    if odd.any():
        row = int(np.flatnonzero(odd)[0])
        what = (
            f"the risk of {odd.sum():,} of {len(risk):,} people is no number of log-odds; the first is "
            f"{risk[row]}, in row {row + 1}"
        )
        raise BadInput.of(what, where=where, mend="Screen the cohort again; nobody is left without a risk.")
    return np.where(by_rule, OVERRIDE, np.rint(np.where(by_rule, 0.0, risk) * 100)).astype(np.int32)


def check_recommended(
    risk: npt.NDArray[np.int32], recommendation: npt.NDArray[np.int8], threshold: int, where: str = ""
) -> None:
    """Raise where somebody's risk and recommendation belong to different thresholds.

    Args:
        risk: Shape (n,): hundredths.
        recommendation: Shape (n,): a `Recommendation`.
        threshold: Hundredths, that all of them are said to have been screened at.
        where: Where they stand, for the message.

    Raises:
        BadInput: With how many, and the row of the first.
    """
    other = (risk >= threshold) != (recommendation == Recommendation.REFER)
    if other.any():
        row = int(np.flatnonzero(other)[0])
        what = (
            f"{other.sum():,} of {len(risk):,} recommendations are not those of the threshold "
            f"{threshold / 100:g}; the first stands in row {row + 1}"
        )
        raise BadInput.of(
            what, where=where, mend="Screen all of them at one threshold, and evaluate them again."
        )


def age_bands(dossiers: Dossiers) -> npt.NDArray[np.int8]:
    """Return the age band of each dossier, shape (n,)."""
    return bands_of(dossiers.columns["age"])


def bands_of(ages: npt.NDArray[Any]) -> npt.NDArray[np.int8]:
    """Return the age band of each age in years, shape (n,)."""
    return (np.searchsorted(AGE_BANDS, ages, side="right") - 1).astype(np.int8)


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
        BadInput: If there is no such grouping, or one is crossed with itself.
    """
    if CROSSED_BY in name:
        parts = name.split(CROSSED_BY)
        check_once(parts)
        return crossed([grouping(outcomes, part) for part in parts])
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
    if name not in makers:
        raise BadInput.of(
            f"there is no grouping '{name}'", where="by", mend=f"Choose from: {', '.join(makers)}."
        )
    labels, codes = makers[name]
    return Grouping(name, labels, np.asarray(codes, dtype=np.int64))


def check_once(names: Sequence[str]) -> None:
    """Refuse to cross a grouping with itself.

    Raises:
        BadInput: If a name stands twice.
    """
    if len(set(names)) < len(names):
        what = f"'{CROSSED_BY.join(names)}' names a grouping twice"
        raise BadInput.of(what, where="by", mend="Name each grouping once.")


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
