"""Learning cards from labelled synthetic cohorts.

One card for each typology family against non-victims, from a case-control sample with known rates: additive
boosting under monotone constraints, read off level by level and rounded to hundredths. Nothing is weighted;
the offset restores the scenario's shares exactly. This is the only module here that sees the truth.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from sklearn.ensemble import HistGradientBoostingClassifier

from dossier.stages import Stage
from dossier.toml_files import Declared, read_toml, validated
from models.card import HUNDREDTHS, CardRow, StageCards
from models.features import CardInput, Levels


class Settings(Declared):
    """Settings of the training: the file `training.toml`.

    Attributes:
        scenario: Scenario of the released cards.
        seed: Seed of the training draw of the released cards.
        victims_per_family, others: Size of the case-control sample.
        trees: Boosting rounds of a card.
        learning_rate: Of a card.
        leaves: Leaves of a tree, at most.
        rows_in_leaf: Training rows in a leaf, at least.
        shrinkage: Ridge penalty on a leaf.
        challenger_trees, challenger_learning_rate, challenger_leaves: The same for the challenger.
    """

    scenario: str
    seed: int
    victims_per_family: int
    others: int
    trees: int
    learning_rate: float
    leaves: int
    rows_in_leaf: int
    shrinkage: float
    challenger_trees: int
    challenger_learning_rate: float
    challenger_leaves: int


def settings() -> Settings:
    """Return the settings of the training."""
    return validated(Settings, read_toml(Path(__file__).with_name("training.toml")))


@dataclass(frozen=True)
class Sample:
    """A case-control sample at one stage.

    Attributes:
        levels: Shape (n, inputs).
        family: Shape (n,): index of the victim's family; -1 for a non-victim.
    """

    levels: Levels
    family: npt.NDArray[np.int16]


def train_stage(
    stage: Stage, inputs: Sequence[CardInput], sample: Sample, shares: Sequence[float], share_of_others: float
) -> StageCards:
    """Return the cards of one stage.

    Args:
        stage: The stage.
        inputs: What the columns of `sample.levels` are.
        sample: The case-control sample.
        shares: Share of each family in the scenario.
        share_of_others: Share of non-victims in the scenario.
    """
    others = sample.family == -1
    columns = [
        _card(sample.levels[others], sample.levels[sample.family == index], inputs, share / share_of_others)
        for index, share in enumerate(shares)
    ]
    rows = []
    for position, entry in enumerate(inputs):
        points = tuple(tuple(column.points[position]) for column in columns)
        if any(max(of_family) > 0 for of_family in points):
            rows.append(CardRow(input=entry.key, levels=entry.levels, points=points))
    return StageCards.model_validate(
        {"stage": stage.label, "start": tuple(column.start for column in columns), "rows": tuple(rows)}
    )


@dataclass(frozen=True)
class _Column:
    """One family's card: its start, and the points of each input by level, in hundredths."""

    start: int
    points: list[list[int]]


def _card(others: Levels, victims: Levels, inputs: Sequence[CardInput], odds: float) -> _Column:
    chosen = settings()
    model = HistGradientBoostingClassifier(
        max_iter=chosen.trees,
        learning_rate=chosen.learning_rate,
        max_leaf_nodes=chosen.leaves,
        min_samples_leaf=chosen.rows_in_leaf,
        l2_regularization=chosen.shrinkage,
        interaction_cst="no_interactions",
        monotonic_cst=[1] * len(inputs),
        early_stopping=False,
        random_state=0,
    )
    labels = np.concatenate([np.zeros(len(others), dtype=np.int8), np.ones(len(victims), dtype=np.int8)])
    model.fit(np.concatenate([others, victims]), labels)
    offset = float(np.log(odds) - np.log(len(victims) / len(others)))
    return _read_off(model, inputs, offset)


def _read_off(model: HistGradientBoostingClassifier, inputs: Sequence[CardInput], offset: float) -> _Column:
    """Return the additive tables of a fitted model, probing one level of one input at a time."""
    probes = [np.zeros(len(inputs), dtype=np.uint8)]
    for position, entry in enumerate(inputs):
        for level in range(1, len(entry.levels)):
            probe = np.zeros(len(inputs), dtype=np.uint8)
            probe[position] = level
            probes.append(probe)
    values = model.decision_function(np.stack(probes))
    points, cursor = [], 1
    for entry in inputs:
        rises = values[cursor : cursor + len(entry.levels) - 1] - values[0]
        points.append([0, *np.rint(HUNDREDTHS * np.maximum.accumulate(np.maximum(rises, 0))).astype(int).tolist()])
        cursor += len(entry.levels) - 1
    return _Column(round(HUNDREDTHS * (float(values[0]) + offset)), points)
