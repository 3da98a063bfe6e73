"""The floors: plain logistic regression on the answers, and the one indicator that serves best alone.

A screener that is no better than these has learned nothing that needs cards. Logistic regression reads the
fields that the challenger may read, in the same codes, without any interaction and without order. The best
indicator is chosen on people of its own, never on those whom it is measured on. Both live in memory only;
scikit-learn is imported when one is trained.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeAlias

import numpy as np
import numpy.typing as npt
from pydantic import Field as Option

from dossier.dossiers import Dossiers
from dossier.fields import fields
from dossier.findings import FINDING_LABELS, Findings
from dossier.stages import Stage
from dossier.toml_files import Declared, read_toml, validated
from models.features import challenger_codes, challenger_fields

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix
    from sklearn.linear_model import LogisticRegression

Counts: TypeAlias = npt.NDArray[np.int64]


class Settings(Declared):
    """How the floors are learned: the file `floors.toml`.

    Attributes:
        victims, others: Most people of each side that a floor learns from.
        inverse_shrinkage: Scikit-learn's C.
        steps: Most iterations.
        tolerance: Slope of the loss at which it stops.
        flagged_others: Share of others who are flagged where indicators are compared.
        unseen: People added to each count of findings, so that what was never seen is not impossible.
    """

    victims: int
    others: int
    inverse_shrinkage: float
    steps: int
    tolerance: float
    flagged_others: Annotated[float, Option(gt=0, lt=1)]
    unseen: Annotated[float, Option(gt=0)]


@cache
def settings() -> Settings:
    """Return how the floors are learned."""
    return validated(Settings, read_toml(Path(__file__).with_name("floors.toml")))


@dataclass(frozen=True)
class LogisticFloor:
    """A fitted logistic regression for one stage.

    Attributes:
        stage: Which fields it reads.
        model: The regression.
        learned_at: Log odds of being a victim among the people it learned from.
    """

    stage: Stage
    model: "LogisticRegression"
    learned_at: float = 0.0

    def scores(self, dossiers: Dossiers) -> npt.NDArray[np.float64]:
        """Return a rank score for each dossier, shape (n,); higher is more concerning."""
        return np.asarray(self.model.decision_function(_columns(dossiers, self.stage)), dtype=np.float64)


def train_logistic(dossiers: Dossiers, is_victim: npt.NDArray[np.bool_], stage: Stage) -> LogisticFloor:
    """Fit the logistic floor on the first people of each side.

    Args:
        dossiers: Training dossiers, victims and others each in the scenario's mixture and in random order.
        is_victim: Shape (n,): the label.
        stage: Which fields are visible.
    """
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415

    chosen, rows = settings(), _first(is_victim)
    model = LogisticRegression(C=chosen.inverse_shrinkage, max_iter=chosen.steps, tol=chosen.tolerance)
    model.fit(_columns(dossiers.take(rows), stage), is_victim[rows])
    victims = int(is_victim[rows].sum())
    return LogisticFloor(stage, model, float(np.log(victims / (len(rows) - victims))))


@dataclass(frozen=True)
class IndicatorFloor:
    """The one indicator that misses fewest where it decides alone.

    Attributes:
        name: The indicator.
        evidence: For absent, unknown and present, the log of how many times more common the finding is among
            victims than among others.
    """

    name: str
    evidence: tuple[float, float, float]

    def scores(self, findings: Findings) -> npt.NDArray[np.float64]:
        """Return a rank score for each finding, shape (n,): present above unknown above absent."""
        return findings.astype(np.float64)

    def weighed(self, scores: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """Return what each rank score says for being a victim, shape (n,), as a log likelihood ratio."""
        return np.array(self.evidence)[scores.astype(np.intp)]


def train_indicator(findings: Mapping[str, Findings], is_victim: npt.NDArray[np.bool_]) -> IndicatorFloor:
    """Choose the indicator with the fewest misses where each flags equally many of the first people.

    Ties decide much here, since an indicator has three findings: where not all people of a finding can be
    flagged, a lot among them does, and its expected misses are counted.

    Args:
        findings: Shape (n,) by indicator; at least one.
        is_victim: Shape (n,): the label; people are in random order on each side.
    """
    chosen, rows = settings(), _first(is_victim)
    counts = {name: _finding_counts(found[rows], is_victim[rows]) for name, found in findings.items()}
    best = min(counts, key=lambda name: (expected_misses(counts[name], chosen.flagged_others), name))
    victims, others = counts[best] + np.float64(chosen.unseen)
    absent, unknown, present = np.log(victims / victims.sum()) - np.log(others / others.sum())
    return IndicatorFloor(best, (float(absent), float(unknown), float(present)))


def expected_misses(counts: Counts, share: float) -> float:
    """Return the share of victims who are missed where a share of others is flagged, ties drawn by lot.

    Args:
        counts: Shape (2, findings): victims, then others, by finding from the least concerning.
        share: Of the others, how many are flagged.

    Examples:
        >>> expected_misses(np.array([[40, 0, 60], [80, 0, 20]]), 0.1)
        0.7
    """
    victims, others = counts
    left, found = share * others.sum(), 0.0
    for mine, theirs in zip(victims[::-1], others[::-1], strict=True):
        part = min(1.0, left / theirs) if theirs else 1.0
        found, left = found + part * mine, left - part * theirs
        if part < 1:
            break
    return float(1 - found / victims.sum())


def _finding_counts(findings: Findings, is_victim: npt.NDArray[np.bool_]) -> Counts:
    """Return people by finding, shape (2, findings): victims, then others."""
    sides = (findings[is_victim], findings[~is_victim])
    return np.array([np.bincount(side, minlength=len(FINDING_LABELS)) for side in sides])


def _first(is_victim: npt.NDArray[np.bool_]) -> npt.NDArray[np.intp]:
    """Return the rows of the first people of each side, as many as a floor learns from."""
    chosen = settings()
    return np.concatenate(
        [np.flatnonzero(is_victim)[: chosen.victims], np.flatnonzero(~is_victim)[: chosen.others]]
    )


def _columns(dossiers: Dossiers, stage: Stage) -> "csr_matrix":
    """Return one column for each code, "missing" and "not applicable" of each field, shape (n, columns)."""
    from scipy.sparse import csr_matrix  # noqa: PLC0415

    codes = challenger_codes(dossiers, stage)
    sizes = np.array([fields()[name].size + 2 for name in challenger_fields(stage)])
    columns = codes + np.concatenate([[0], np.cumsum(sizes)[:-1]])
    n, read = codes.shape
    ones = np.ones(n * read, dtype=np.float32)
    rows_end = np.arange(0, n * read + 1, read)
    return csr_matrix((ones, columns.ravel().astype(np.int32), rows_end), shape=(n, int(sizes.sum())))
