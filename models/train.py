"""Learning cards from labelled synthetic cohorts.

The cards of a stage are learned jointly, from a sample of victims and others with known rates: each victim
counts for the share of his or her typology in the scenario, and an offset restores the scenario's odds. What
`models.fit` learns is rounded to whole hundredths here. Slight tables are left out.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from dossier.stages import Stage
from dossier.toml_files import Declared, read_toml, validated
from models.card import HUNDREDTHS, CardRow, StageCards
from models.features import CardInput, Levels
from models.fit import OTHERS, Evidence, Floats, Inputs, Prices, Wholes, fit

__all__ = ["OTHERS", "Sample", "Settings", "settings", "train_stage"]


class Settings(Declared):
    """Settings of the training: the file `training.toml`.

    Attributes:
        scenario: Scenario of the released cards.
        seed: Seed of the training draw of the released cards.
        victims_per_family, others: Size of the sample.
        victims_to_others: For how many others together all victims count.
        ridge, rise, naming, rounds: Of the joint fit: see `models.fit.Prices`.
        least_points: Tables whose points all lie below this many hundredths are left out.
        challenger_victims, challenger_others: Size of the challenger's sample.
        challenger_trees, challenger_learning_rate, challenger_leaves: Of the challenger.
        rows_in_leaf, shrinkage: Of the challenger.
    """

    scenario: str
    seed: int
    victims_per_family: int
    others: int
    victims_to_others: float
    ridge: float
    rise: float
    naming: float
    rounds: int
    least_points: int
    challenger_victims: int
    challenger_others: int
    challenger_trees: int
    challenger_learning_rate: float
    challenger_leaves: int
    rows_in_leaf: int
    shrinkage: float


@cache
def settings() -> Settings:
    """Return the settings of the training."""
    return validated(Settings, read_toml(Path(__file__).with_name("training.toml")))


@dataclass(frozen=True)
class Sample:
    """A sample of labelled dossiers at one stage.

    Attributes:
        levels: Shape (n, inputs).
        context: Shape (n,): index into `contexts`.
        typology: Shape (n,): index of the victim's typology, and so of the card; `OTHERS` for a non-victim.
        contexts: Names of the contexts.
        odds: For each typology, its share in the scenario over the share of non-victims.
        family_of: For each typology, the index of its family.
    """

    levels: Levels
    context: npt.NDArray[np.int8]
    typology: npt.NDArray[np.int16]
    contexts: tuple[str, ...]
    odds: tuple[float, ...]
    family_of: tuple[int, ...]


def train_stage(
    stage: Stage, inputs: Sequence[CardInput], sample: Sample, chosen: Settings | None = None
) -> StageCards:
    """Return the cards of one stage, one for each typology and context.

    Args:
        stage: The stage.
        inputs: What the columns of `sample.levels` are.
        sample: The sample.
        chosen: Other settings than those of `training.toml`, where something is trained for a study.
    """
    sizes = tuple(len(entry.levels) for entry in inputs)
    parts = Inputs(sizes, tuple(entry.is_rising for entry in inputs))
    chosen = chosen or settings()
    prices = Prices(chosen.ridge, chosen.rise, chosen.naming, chosen.rounds)
    fitted = fit(_evidence(sample, chosen.victims_to_others), parts, prices)
    ends = np.cumsum(sizes)[:-1]
    start = np.rint(HUNDREDTHS * fitted.start).astype(np.int64)
    tables = []
    for of_card, of_context in zip(
        np.split(fitted.of_card, ends), np.split(fitted.of_context, ends), strict=True
    ):
        (cards, least_of_cards), (contexts, least_of_contexts) = (
            _whole_points(values, chosen.least_points) for values in (of_card, of_context)
        )
        table = contexts[:, None, :] + cards[None, :, :]
        start += least_of_contexts[:, None] + least_of_cards + table.min(axis=2)
        tables.append(table)
    return StageCards.model_validate(
        {
            "stage": stage.label,
            "contexts": sample.contexts,
            "start": start.tolist(),
            "rows": tuple(_rows(inputs, tables)),
            "family_of": sample.family_of,
        }
    )


def _evidence(sample: Sample, victims_to_others: float) -> Evidence:
    """Return the sample as the fit reads it, victims in the scenario's own mixture."""
    odds, victims = np.array(sample.odds), sample.typology != OTHERS
    counted = np.bincount(sample.typology[victims], minlength=len(odds))
    excess = victims_to_others / odds.sum()
    weight = np.ones(len(sample.typology))
    weight[victims] = (excess * odds * (~victims).sum() / np.maximum(counted, 1))[sample.typology[victims]]
    offset = np.full(len(odds), np.log(excess))
    return Evidence(sample.levels, sample.context, sample.typology, weight, offset, len(sample.contexts))


def _whole_points(values: Floats, least_points: int) -> tuple[Wholes, Wholes]:
    """Return a part of the points in hundredths, (n, levels), above the least, and the least, (n,).

    Args:
        values: Shape (levels, n): of cards or of contexts. A slight table gives no points at all.
        least_points: Hundredths below which a table is slight.
    """
    whole = np.rint(HUNDREDTHS * values).astype(np.int64).T
    least = whole.min(axis=1)
    whole = whole - least[:, None]
    whole[whole.max(axis=1) < least_points] = 0
    return whole, least


def _rows(inputs: Sequence[CardInput], tables: Sequence[Wholes]) -> Iterator[CardRow]:
    """Yield the rows that carry points, the least of them zero."""
    for entry, table in zip(inputs, tables, strict=True):
        points = table - table.min(axis=2, keepdims=True)
        if points.any():
            by_context = [[own if any(own) else () for own in context] for context in points.tolist()]
            yield CardRow.model_validate({"input": entry.key, "levels": entry.levels, "points": by_context})
