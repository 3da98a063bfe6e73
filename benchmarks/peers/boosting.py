"""Rules, cards, recommendation and reasons beside the scores of a boosted model, on the same rows and fields.

The boosted model is handed its matrix ready-made and says a chance and nothing else. The screener is handed
the drawn columns and says what it recommends, and for whoever is flagged who would receive the person, on
which grounds, and the points of every answer, which sum to the risk.
"""

from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.ensemble import HistGradientBoostingClassifier
from threadpoolctl import threadpool_limits

from benchmarks.peers.alternating import Job, medians_in_turn
from dossier.dossiers import Dossiers
from dossier.stages import Stage
from models.challengers import challenger_matrix
from models.features import challenger_fields
from screening.screener import Assessment, Screener

TREES = 100


@dataclass(frozen=True)
class Boosted:
    """A boosted model of one stage, and what it reads.

    Attributes:
        model: The model.
        stage: Which fields are visible.
    """

    model: HistGradientBoostingClassifier
    stage: Stage

    def matrix(self, dossiers: Dossiers) -> npt.NDArray[np.float64]:
        """Return what the model reads, in the numbers that it would otherwise make of it first."""
        return challenger_matrix([dossiers], len(dossiers), self.stage).astype(np.float64)


def boosted(dossiers: Dossiers, is_victim: npt.NDArray[np.bool_], stage: Stage, seed: int) -> Boosted:
    """Fit a model of scikit-learn's own default size, with a hundred trees and no early end."""
    model = HistGradientBoostingClassifier(max_iter=TREES, early_stopping=False, random_state=seed)
    made = Boosted(model, stage)
    model.fit(made.matrix(dossiers), is_victim)
    return made


def screened_with_reasons(screener: Screener, dossiers: Dossiers, stage: Stage) -> Assessment:
    """Screen at one stage, and return it with the lines of all explanations of those flagged worked out."""
    found = screener.assess_all(dossiers, stage, [stage])[stage]
    flagged = np.flatnonzero(found.is_flagged)
    lines = screener.cards.at(stage).lines(
        found.levels[flagged], found.context[flagged], found.score.card[flagged]
    )
    assert len(lines) == len(flagged)
    return found


def screening_beside_boosting(
    screener: Screener, model: Boosted, dossiers: Dossiers, repeats: int
) -> dict[str, Any]:
    """Return how long both take, on one core, per row."""
    stage, n = model.stage, len(dossiers)
    matrix = model.matrix(dossiers)
    flagged = int(screened_with_reasons(screener, dossiers, stage).is_flagged.sum())
    jobs: list[Job] = [
        lambda: model.model.predict_proba(matrix),
        lambda: screened_with_reasons(screener, dossiers, stage),
        lambda: screener.assess_all(dossiers, stage, [stage]),
    ]
    with threadpool_limits(1):
        theirs, ours, alone = (seconds / n for seconds in medians_in_turn(jobs, repeats))
    return {
        "stage": stage.label,
        "rows": n,
        "flagged": flagged,
        "fields": len(challenger_fields(stage)),
        "inputs": len(screener.cards.at(stage).inputs),
        "our_us_per_row": 1e6 * ours,
        "without_reasons_us_per_row": 1e6 * alone,
        "us_per_row": 1e6 * theirs,
        "ratio": ours / theirs,
    }


def all_stages(screener: Screener, dossiers: Dossiers, stage: Stage, repeats: int) -> dict[str, Any]:
    """Return how long screening takes at all stages at once, and one stage after the other, per row."""
    jobs: list[Job] = [partial(screener.assess, dossiers, each) for each in Stage]
    *alone, at_once = medians_in_turn([*jobs, partial(screener.assess_all, dossiers, stage)], repeats)
    n = len(dossiers)
    by_stage = {each.label: 1e6 * own / n for each, own in zip(Stage, alone, strict=True)}
    return {"rows": n, "at_once_us_per_row": 1e6 * at_once / n, "alone_us_per_row": by_stage}
