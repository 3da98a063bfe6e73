"""The challenger: an unrestricted boosted model beside the cards, never the one that gives reasons.

It reads the same fields as the cards may read, raw, without order and with every interaction. What it finds
beyond the cards is the price of being explained, and that price is measured. It lives in memory only; no
model file of this kind is ever written or read. scikit-learn is imported when one is trained; it takes a
second and sixty megabytes.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from dossier.dossiers import Dossiers
from dossier.fields import fields
from dossier.stages import Stage
from models.features import challenger_codes, challenger_fields
from models.train import settings

if TYPE_CHECKING:
    from sklearn.ensemble import HistGradientBoostingClassifier

Matrix = npt.NDArray[np.uint8]
"""Shape (n, fields): what `challenger_codes` returns, in bytes; no field has more codes or bins than that."""


@dataclass(frozen=True)
class Challenger:
    """A fitted challenger for one stage."""

    stage: Stage
    model: "HistGradientBoostingClassifier"

    def scores(self, dossiers: Dossiers) -> npt.NDArray[np.float64]:
        """Return a rank score for each dossier, shape (n,); higher is more concerning."""
        return np.asarray(
            self.model.decision_function(challenger_codes(dossiers, self.stage)), dtype=np.float64
        )


def challenger_matrix(parts: Iterable[Dossiers], rows: int, stage: Stage) -> Matrix:
    """Return what the challenger reads of all `parts`, shape (rows, fields); the parts need not be kept.

    scikit-learn copies what it is given several times over; it is given as little as possible.

    Args:
        parts: Dossiers, one after the other.
        rows: How many dossiers they are together.
        stage: Which fields are visible.
    """
    matrix = np.empty((rows, len(challenger_fields(stage))), dtype=np.uint8)
    filled = 0
    for part in parts:
        matrix[filled : filled + len(part)] = challenger_codes(part, stage)
        filled += len(part)
    return matrix


def fit_challenger(matrix: Matrix, is_victim: npt.NDArray[np.bool_], stage: Stage) -> Challenger:
    """Fit the challenger to what `challenger_matrix` returned.

    Args:
        matrix: Shape (n, fields).
        is_victim: Shape (n,): the label.
        stage: Which fields are visible.
    """
    from sklearn.ensemble import HistGradientBoostingClassifier  # noqa: PLC0415

    chosen = settings()
    model = HistGradientBoostingClassifier(
        max_iter=chosen.challenger_trees,
        learning_rate=chosen.challenger_learning_rate,
        max_leaf_nodes=chosen.challenger_leaves,
        min_samples_leaf=chosen.rows_in_leaf,
        l2_regularization=chosen.shrinkage,
        categorical_features=[
            not (fields()[name].is_number or fields()[name].ordered) for name in challenger_fields(stage)
        ],
        early_stopping=False,
        random_state=0,
    )
    model.fit(matrix, is_victim)
    return Challenger(stage, model)
