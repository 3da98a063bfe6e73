"""Learning cards from labelled synthetic cohorts.

One card for each typology family and context against non-victims, from a case-control sample with known
rates: additive boosting under monotone constraints, read off level by level and rounded to hundredths.
Nothing is weighted; an offset restores the scenario's shares exactly. Where a context holds too few people of
a family, the card learned from all contexts stands in.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt
from sklearn.ensemble import HistGradientBoostingClassifier

from dossier.stages import Stage
from dossier.toml_files import Declared, read_toml, validated
from models.card import HUNDREDTHS, CardRow, StageCards
from models.features import CardInput, Levels

OTHERS = -1
"""The family of a non-victim."""


class Settings(Declared):
    """Settings of the training: the file `training.toml`.

    Attributes:
        scenario: Scenario of the released cards.
        seed: Seed of the training draw of the released cards.
        victims_per_family, others: Size of the case-control sample.
        fewest: People of a family, and others, that a context needs for a card of its own.
        least_points: Rows of a card whose points all lie below this many hundredths are left out.
        trees, learning_rate, leaves, rows_in_leaf, shrinkage: Of the boosting of a card.
        challenger_victims, challenger_others: Size of the challenger's sample.
        challenger_trees, challenger_learning_rate, challenger_leaves: Of the challenger.
    """

    scenario: str
    seed: int
    victims_per_family: int
    others: int
    fewest: int
    least_points: int
    trees: int
    learning_rate: float
    leaves: int
    rows_in_leaf: int
    shrinkage: float
    challenger_victims: int
    challenger_others: int
    challenger_trees: int
    challenger_learning_rate: float
    challenger_leaves: int


@cache
def settings() -> Settings:
    """Return the settings of the training."""
    return validated(Settings, read_toml(Path(__file__).with_name("training.toml")))


@dataclass(frozen=True)
class Sample:
    """A case-control sample at one stage.

    Attributes:
        levels: Shape (n, inputs).
        context: Shape (n,): index into `contexts`.
        family: Shape (n,): index of the victim's family; `OTHERS` for a non-victim.
        contexts: Names of the contexts.
        odds: For each family, its share in the scenario over the share of non-victims.
    """

    levels: Levels
    context: npt.NDArray[np.int8]
    family: npt.NDArray[np.int16]
    contexts: tuple[str, ...]
    odds: tuple[float, ...]


@dataclass(frozen=True)
class Column:
    """One card: its start, and the points of each input by level, in hundredths."""

    start: int
    points: tuple[tuple[int, ...], ...]


def train_stage(stage: Stage, inputs: Sequence[CardInput], sample: Sample) -> StageCards:
    """Return the cards of one stage.

    Args:
        stage: The stage.
        inputs: What the columns of `sample.levels` are.
        sample: The case-control sample.
    """
    by_family = [_family_columns(inputs, sample, family) for family in range(len(sample.odds))]
    columns = [[by_family[f][c] for f in range(len(sample.odds))] for c in range(len(sample.contexts))]
    return StageCards.model_validate(
        {
            "stage": stage.label,
            "contexts": sample.contexts,
            "start": tuple(tuple(column.start for column in context) for context in columns),
            "rows": tuple(_rows(inputs, columns)),
        }
    )


def _family_columns(inputs: Sequence[CardInput], sample: Sample, family: int) -> list[Column]:
    """Return the cards of one family, context by context."""
    rows = (sample.family == family) | (sample.family == OTHERS)
    general: Column | None = None
    columns = []
    for context in range(len(sample.contexts)):
        here = rows & (sample.context == context)
        victims = sample.family[here] == family
        if min(victims.sum(), (~victims).sum()) >= settings().fewest:
            columns.append(_learned(inputs, sample, here, family))
        else:
            general = general or _learned(inputs, sample, rows, family)
            columns.append(general)
    return columns


def _learned(inputs: Sequence[CardInput], sample: Sample, rows: npt.NDArray[np.bool_], family: int) -> Column:
    chosen = settings()
    model = HistGradientBoostingClassifier(
        max_iter=chosen.trees,
        learning_rate=chosen.learning_rate,
        max_leaf_nodes=chosen.leaves,
        min_samples_leaf=chosen.rows_in_leaf,
        l2_regularization=chosen.shrinkage,
        interaction_cst="no_interactions",
        monotonic_cst=[int(entry.is_rising) for entry in inputs],
        categorical_features=[not entry.is_rising for entry in inputs],
        early_stopping=False,
        random_state=0,
    )
    model.fit(sample.levels[rows], sample.family[rows] == family)
    counted = (sample.family == family).sum() / (sample.family == OTHERS).sum()
    return _read_off(model, inputs, float(np.log(sample.odds[family] / counted)))


def _read_off(model: HistGradientBoostingClassifier, inputs: Sequence[CardInput], offset: float) -> Column:
    """Return the additive tables of a fitted model, probing one level of one input at a time."""
    probes = np.zeros((1 + sum(len(entry.levels) for entry in inputs), len(inputs)), dtype=np.uint8)
    ends = np.cumsum([1, *(len(entry.levels) for entry in inputs)])
    for position, entry in enumerate(inputs):
        probes[ends[position] : ends[position + 1], position] = np.arange(len(entry.levels))
    values = HUNDREDTHS * (model.decision_function(probes) - model.decision_function(probes[:1]))
    start = HUNDREDTHS * (float(model.decision_function(probes[:1])[0]) + offset)
    points = []
    for position, entry in enumerate(inputs):
        raw = values[ends[position] : ends[position + 1]]
        start += float(raw.min())
        rises = raw - raw.min()
        whole = np.rint(np.maximum.accumulate(rises) if entry.is_rising else rises)
        points.append(tuple(whole.astype(int).tolist()))
    return Column(round(start), tuple(points))


def _rows(inputs: Sequence[CardInput], columns: list[list[Column]]) -> Iterator[CardRow]:
    """Yield the rows that carry points; a card's points that are all slight are left out."""
    for position, entry in enumerate(inputs):
        points = tuple(tuple(_sparse(column.points[position]) for column in context) for context in columns)
        if any(of_family for context in points for of_family in context):
            yield CardRow(input=entry.key, levels=entry.levels, points=points)


def _sparse(points: tuple[int, ...]) -> tuple[int, ...]:
    return points if max(points) >= settings().least_points else ()
