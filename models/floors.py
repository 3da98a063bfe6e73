"""The logistic floor: plain logistic regression on the answers, each code a column of its own.

A screener that is no better than this has learned nothing that needs cards. It reads the fields that the
challenger may read, in the same codes, without any interaction and without order. It lives in memory only.
"""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

from dossier.dossiers import Dossiers
from dossier.fields import fields
from dossier.stages import Stage
from dossier.toml_files import Declared, read_toml, validated
from models.features import challenger_codes, challenger_fields


class Settings(Declared):
    """How the floor is learned: the file `floors.toml`.

    Attributes:
        victims, others: Most people of each side that it learns from.
        inverse_shrinkage: Scikit-learn's C.
        steps: Most iterations.
        tolerance: Slope of the loss at which it stops.
    """

    victims: int
    others: int
    inverse_shrinkage: float
    steps: int
    tolerance: float


@cache
def settings() -> Settings:
    """Return how the floor is learned."""
    return validated(Settings, read_toml(Path(__file__).with_name("floors.toml")))


@dataclass(frozen=True)
class LogisticFloor:
    """A fitted logistic regression for one stage."""

    stage: Stage
    model: LogisticRegression

    def scores(self, dossiers: Dossiers) -> npt.NDArray[np.float64]:
        """Return a rank score for each dossier, shape (n,); higher is more concerning."""
        return np.asarray(self.model.decision_function(_columns(dossiers, self.stage)), dtype=np.float64)


def train_logistic(dossiers: Dossiers, is_victim: npt.NDArray[np.bool_], stage: Stage) -> LogisticFloor:
    """Fit the floor on the first people of each side.

    Args:
        dossiers: Training dossiers, victims and others each in the scenario's mixture and in random order.
        is_victim: Shape (n,): the label.
        stage: Which fields are visible.
    """
    chosen = settings()
    rows = np.concatenate(
        [np.flatnonzero(is_victim)[: chosen.victims], np.flatnonzero(~is_victim)[: chosen.others]]
    )
    model = LogisticRegression(C=chosen.inverse_shrinkage, max_iter=chosen.steps, tol=chosen.tolerance)
    model.fit(_columns(dossiers.take(rows), stage), is_victim[rows])
    return LogisticFloor(stage, model)


def _columns(dossiers: Dossiers, stage: Stage) -> csr_matrix:
    """Return one column for each code, "missing" and "not applicable" of each field, shape (n, columns)."""
    codes = challenger_codes(dossiers, stage)
    sizes = np.array([fields()[name].size + 2 for name in challenger_fields(stage)])
    columns = codes + np.concatenate([[0], np.cumsum(sizes)[:-1]])
    n, read = codes.shape
    ones = np.ones(n * read, dtype=np.float32)
    rows_end = np.arange(0, n * read + 1, read)
    return csr_matrix((ones, columns.ravel().astype(np.int32), rows_end), shape=(n, int(sizes.sum())))
