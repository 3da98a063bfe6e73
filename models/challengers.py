"""The challenger: an unrestricted boosted model beside the cards, never the one that gives reasons.

It reads the same fields as the cards may read, raw, without order and with every interaction. What it finds
beyond the cards is the price of being explained, and that price is measured. It lives in memory only; no
model file of this kind is ever written or read.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from sklearn.ensemble import HistGradientBoostingClassifier

from dossier.dossiers import Dossiers
from dossier.fields import fields
from dossier.stages import Stage
from models.features import challenger_codes, challenger_fields
from models.train import settings


@dataclass(frozen=True)
class Challenger:
    """A fitted challenger for one stage."""

    stage: Stage
    model: HistGradientBoostingClassifier

    def scores(self, dossiers: Dossiers) -> npt.NDArray[np.float64]:
        """Return a rank score for each dossier, shape (n,); higher is more concerning."""
        return np.asarray(
            self.model.decision_function(challenger_codes(dossiers, self.stage)), dtype=np.float64
        )


def train_challenger(dossiers: Dossiers, is_victim: npt.NDArray[np.bool_], stage: Stage) -> Challenger:
    """Fit the challenger.

    Args:
        dossiers: Training dossiers, victims and others each in the scenario's mixture.
        is_victim: Shape (n,): the label.
        stage: Which fields are visible.
    """
    chosen = settings()
    names = challenger_fields(stage)
    model = HistGradientBoostingClassifier(
        max_iter=chosen.challenger_trees,
        learning_rate=chosen.challenger_learning_rate,
        max_leaf_nodes=chosen.challenger_leaves,
        min_samples_leaf=chosen.rows_in_leaf,
        l2_regularization=chosen.shrinkage,
        categorical_features=[not (fields()[n].is_number or fields()[n].ordered) for n in names],
        early_stopping=False,
        random_state=0,
    )
    model.fit(challenger_codes(dossiers, stage), is_victim)
    return Challenger(stage, model)
