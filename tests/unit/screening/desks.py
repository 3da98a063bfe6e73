"""A drawn cohort, the released screener, and what it makes of them: each made once, for many tests to look at."""

from functools import cache

import numpy as np

from dossier.dossiers import Dossiers
from dossier.fields import MISSING, Values, fields
from dossier.stages import Stage
from models.features import input_policy, rising_order
from screening import Screener
from screening.screener import Assessment
from synthetic import Cohort, draw, load_scenario

ALL_TYPES = "baseline_year"
"""The scenario in which every released module has a share."""

SIZE = 4000
SEED = 29


@cache
def screener() -> Screener:
    """Return the released screener."""
    return Screener.default()


@cache
def cohort() -> Cohort:
    """Return a few thousand applicants, every kind of them."""
    return draw(load_scenario(ALL_TYPES), n=SIZE, seed=SEED)


@cache
def assessment(stage: Stage) -> Assessment:
    """Return what the released screener makes of the cohort at a stage."""
    return screener().assess(cohort().dossiers, stage)


def ladder(name: str) -> list[int]:
    """Return the values of a rising field, one for each known answer, from the least to the most concerning."""
    field = fields()[name]
    codes = [field.bin_labels.index(label) for label in rising_order(name)]
    return [field.edges[code] for code in codes] if field.is_number else codes


def rising_fields(stage: Stage) -> list[str]:
    """Return the names of the rising fields that are visible at a stage."""
    return [name for name in input_policy().rising if fields()[name].visible_from <= stage]


def with_column(dossiers: Dossiers, name: str, values: Values) -> Dossiers:
    """Return the same dossiers with another column in one place."""
    is_number = dossiers.columns[name].dtype == np.int32
    same_kind = values.astype(np.int32) if is_number else values.astype(np.int8)
    return Dossiers(dossiers.applicants, {**dossiers.columns, name: same_kind})


def one_step_worse(dossiers: Dossiers, name: str) -> tuple[np.ndarray, Dossiers]:
    """Return which dossiers have a known answer that can rise, and these with it raised by one level."""
    steps = ladder(name)
    place = _place_of(dossiers, name)
    rows = np.flatnonzero((place >= 0) & (place < len(steps) - 1))
    return rows, with_column(dossiers.take(rows), name, np.array(steps)[place[rows] + 1])


def answered_at_worst(dossiers: Dossiers, name: str) -> tuple[np.ndarray, Dossiers]:
    """Return which dossiers lack an answer, and these with the most concerning one."""
    rows = np.flatnonzero(dossiers.columns[name] == MISSING)
    return rows, with_column(dossiers.take(rows), name, np.full(len(rows), ladder(name)[-1]))


def _place_of(dossiers: Dossiers, name: str) -> np.ndarray:
    """Return where on its ladder each answer stands; -1 for what is missing or does not apply."""
    field = fields()[name]
    place = np.full(field.size + 2, -1)
    for position, label in enumerate(rising_order(name)):
        place[field.bin_labels.index(label)] = position
    return place[field.bins(dossiers.columns[name])]
