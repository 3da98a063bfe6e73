"""What gives a label away without any judgement: one field, what is empty, a small tree, the order of rows.

A simulation whose answer can be had so teaches nothing. Everything is fitted on one half of freshly drawn
people and measured on the other. Single fields are measured within a base journey and its lookalikes.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from sklearn.tree import DecisionTreeClassifier

from dossier.fields import MISSING, NOT_APPLICABLE, fields, fields_visible_at
from dossier.stages import Stage
from synthetic.audit import BOUND, Judged, Separation, separations
from synthetic.draw import Drawn
from synthetic.fidelity.counts import Area, Array, Rows, Share, Verdict, at_least, at_most
from synthetic.fidelity.gathered import Gathered, counted_rows
from synthetic.fidelity.settings import settings
from synthetic.streams import high, words
from synthetic.world import World

DEPTHS = (2, 3)
ORDER_DEPTH = 6
CHANCE = 0.5
_TIE = 1e-12
"""Separates equal scores of a tree without passing the next higher one."""


@dataclass(frozen=True)
class FieldShortcut:
    """What one field alone tells of one typology.

    Attributes:
        module, field: The typology and the field.
        what: "codes", or "emptiness" for missing or not alone.
        area: On held-out rows.
        bound: The largest area that is allowed.
        declared: Whether the bound is an exception that the scenario declares with its source.
        verdict: Whether it stays within the bound.
    """

    module: str
    field: str
    what: str
    area: Area
    bound: float
    declared: bool
    verdict: Verdict


@dataclass(frozen=True)
class ModelShortcut:
    """What a small model finds without judgement.

    Attributes:
        name: What it looks at.
        area: On held-out rows.
        missed: Victims that it misses where it flags the stated share of others; None where no flag is asked.
        bound: What is allowed: the least miss rate, or the largest area.
        rule: The requirement in words.
        verdict: Whether it holds.
    """

    name: str
    area: Area
    missed: Share | None
    bound: float
    rule: str
    verdict: Verdict


def single_fields(world: World, seed: int) -> list[FieldShortcut]:
    """Return the strongest field and the strongest emptiness of each typology, and all that break a bound."""
    size = settings().sizes.separation
    return strongest(world, separations(world, seed, size=size), size)


def strongest(world: World, found: list[Separation], size: int) -> list[FieldShortcut]:
    """Return what is worth saying of separations measured on `size` rows a side, the strongest first."""
    allowed = {exempt.field: exempt.bound for exempt in world.scenario.scenario.exempt}
    measured = [shortcut for separation in found for shortcut in _measured(separation, allowed, size)]
    measured.sort(key=lambda shortcut: -shortcut.area.estimate)
    told: dict[tuple[str, str], FieldShortcut] = {}
    for shortcut in measured:
        told.setdefault((shortcut.module, shortcut.what), shortcut)
    return [shortcut for shortcut in measured if shortcut in told.values() or shortcut.verdict != "met"]


def _measured(separation: Separation, allowed: dict[str, float], size: int) -> Iterator[FieldShortcut]:
    declared = separation.field in allowed
    bound = allowed.get(separation.field, BOUND)
    for what, estimate in (("codes", separation.by_code), ("emptiness", separation.by_emptiness)):
        area = Area(estimate, size - size // 2, size - size // 2)
        limit = bound if what == "codes" else BOUND
        verdict = at_most(area.for_verdict(), limit)
        yield FieldShortcut(
            separation.module, separation.field, what, area, limit, declared and what == "codes", verdict
        )


def small_trees(judged: Judged, stage: Stage, seed: int) -> list[ModelShortcut]:
    """Return what trees of few questions find on the observed codes, beside the oracle, and on emptiness."""
    bounds = settings().bounds
    names = fields_visible_at(stage)
    oracle = Share.of(judged.victim_odds < judged.limit(bounds.false_flags))
    least = oracle.count / oracle.n + bounds.clearly_more
    found = []
    for depth in DEPTHS:
        area, missed = _tree(_codes(judged.victims, names), _codes(judged.others, names), depth, seed)
        verdict = at_least(missed.for_verdict(), least)
        rule = "misses clearly more victims than the oracle"
        found.append(ModelShortcut(f"tree of depth {depth}", area, missed, least, rule, verdict))
    empty = [_emptiness(side, names) for side in (judged.victims, judged.others)]
    area, missed = _tree(empty[0], empty[1], DEPTHS[-1], seed)
    verdict = at_most(area.for_verdict(), bounds.emptiness)
    rule = "area at most the bound"
    name = f"emptiness of all fields, tree of depth {DEPTHS[-1]}"
    return [*found, ModelShortcut(name, area, missed, bounds.emptiness, rule, verdict)]


def order_of_rows(gathered: Gathered) -> ModelShortcut:
    """Return what row number and identity number alone tell of who is a victim; it must be chance.

    The halves are every other pair of rows, so that either holds rows from the whole file.
    """
    counted = counted_rows(gathered.plan.world, gathered.kinds)
    row, number = np.arange(len(gathered)), gathered.applicants
    columns = [row, number, row % 10, number % 10, row % 97, number % 97, number % 1024]
    features = np.stack(columns, axis=1).astype(float)[counted]
    victims = gathered.is_victim[counted]
    first = (row[counted] // 2) % 2 == 0
    area = _held_out(features, victims, first, ORDER_DEPTH)
    low, high_ = area.for_verdict()
    reach = settings().bounds.target_width
    verdict: Verdict = "met" if low <= CHANCE <= high_ else "not met"
    if verdict == "met" and high_ - low > reach:
        verdict = "cannot tell"
    return ModelShortcut(
        f"row order and identity number, tree of depth {ORDER_DEPTH}", area, None, CHANCE, "chance", verdict
    )


def _held_out(features: Array, victims: Rows, first: Rows, depth: int) -> Area:
    if not (0 < victims[first].sum() < first.sum() and 0 < victims[~first].sum() < (~first).sum()):
        return Area(CHANCE, 0, 0)
    scores = _fitted(features[first], victims[first], depth).predict_proba(features[~first])[:, 1]
    return Area.of(scores[victims[~first]], scores[~victims[~first]])


def _tree(victims: Array, others: Array, depth: int, seed: int) -> tuple[Area, Share]:
    """Fit a tree on one half and return its area and its misses on the other."""
    halves = [(side[: len(side) // 2], side[len(side) // 2 :]) for side in (victims, others)]
    features = np.concatenate([halves[0][0], halves[1][0]])
    label = np.arange(len(features)) < len(halves[0][0])
    model = _fitted(features, label, depth)
    scores = [
        model.predict_proba(held)[:, 1] + _TIE * _ties(seed, side, len(held))
        for side, (_, held) in zip(("victims", "others"), halves, strict=True)
    ]
    limit = float(np.quantile(scores[1], 1 - settings().bounds.false_flags))
    return Area.of(*scores), Share.of(scores[0] < limit)


def _fitted(features: Array, label: npt.NDArray[np.bool_], depth: int) -> DecisionTreeClassifier:
    model = DecisionTreeClassifier(max_depth=depth, class_weight="balanced", random_state=0)
    return model.fit(features, label)


def _ties(seed: int, side: str, size: int) -> npt.NDArray[np.float64]:
    """Return numbers that break ties by chance, so that exactly the stated share is flagged."""
    return high(words(seed, "fidelity", "ties", side, rows=range(size))).astype(np.float64) / 2**32


def _codes(drawn: Drawn, names: tuple[str, ...]) -> Array:
    """Return observed codes as numbers, shape (n, fields + split categories).

    A category without order is split into one column a code, so that one question can ask for any code.
    """
    columns = []
    for name in names:
        codes, field = drawn.observed[name], fields()[name]
        columns.append(codes.astype(np.float64))
        if not (field.ordered or field.is_number):
            columns += [(codes == code).astype(np.float64) for code in range(NOT_APPLICABLE, field.size)]
    return np.stack(columns, axis=1)


def _emptiness(drawn: Drawn, names: tuple[str, ...]) -> Array:
    return np.stack([drawn.observed[name] == MISSING for name in names], axis=1).astype(np.float64)
