"""Tallies: people counted by group, by truth and by risk; from one, any rate of any group at any threshold.

Risks are whole hundredths, so a cohort of any size comes down to as many counts as there are different risks
in its groups. Whatever is asked afterwards, however many thresholds and measures, costs the same for ten
thousand people and for ten million. Tallies of the parts of a cohort are added up.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from dossier.problems import BadInput, Problem, raise_if_any
from dossier.truth import TruthClass
from screening.evaluation.measures import FALSE_FLAG, MISS, Measure
from screening.evaluation.outcomes import Grouping
from screening.evaluation.rates import CONFIDENCE, Rate
from screening.intervals import exact_interval
from screening.screener import OVERRIDE

if TYPE_CHECKING:
    import pandas as pd

Whole = npt.NDArray[np.int64]
Share = npt.NDArray[np.float64]

CLASSES = len(TruthClass)
RISK_BITS = 32
LEAST_RISK = np.iinfo(np.int32).min
MOST_CELLS = 2**28
"""Groups of one tally; far more than have people in them, and their numbers still fit beside a risk's."""

DENSE = 2**25
"""Counters that fit into memory beside the people."""

DENSE_EACH = 4
"""Counters for each person up to which counting them all is cheaper than sorting the people."""

COLUMNS = ("rate", "threshold", "count", "n", "estimate", "low", "high", "confidence")
"""Of a tidy table, after its groupings."""


@dataclass(frozen=True)
class Rates:
    """One measure of every group at every threshold.

    Attributes:
        measure: The measure.
        groups: For each group its label in every grouping.
        thresholds: Shape (thresholds,): hundredths.
        count, n: Shape (groups, thresholds).
    """

    measure: Measure
    groups: tuple[tuple[str, ...], ...]
    thresholds: npt.NDArray[np.int32]
    count: Whole
    n: Whole

    @property
    def estimate(self) -> Share:
        """Shape (groups, thresholds): the shares; not a number where n is zero."""
        with np.errstate(invalid="ignore"):
            return np.asarray(self.count / self.n)

    def interval(self, confidence: float = CONFIDENCE) -> tuple[Share, Share]:
        """Return the ends of the exact intervals, each of shape (groups, thresholds)."""
        return exact_interval(self.count, self.n, confidence)

    def rate(self, group: int, threshold: int = 0) -> Rate:
        """Return one of them, by the positions of its group and its threshold."""
        return Rate(int(self.count[group, threshold]), int(self.n[group, threshold]))

    def rows(self, names: Sequence[str], confidence: float = CONFIDENCE) -> Iterator[dict[str, Any]]:
        """Yield a row for each group and threshold; `names` are those of the groupings."""
        low, high = self.interval(confidence)
        for group, place in np.ndindex(*self.n.shape):
            n, count = int(self.n[group, place]), int(self.count[group, place])
            ends = (float(low[group, place]), float(high[group, place])) if n else (None, None)
            yield {
                **dict(zip(names, self.groups[group], strict=True)),
                "rate": self.measure.name,
                "threshold": int(self.thresholds[place]) / 100,
                "count": count,
                "n": n,
                "estimate": count / n if n else None,
                "low": ends[0],
                "high": ends[1],
                "confidence": confidence,
            }


@dataclass(frozen=True, repr=False)
class Tally:
    """People of a cohort, counted.

    Attributes:
        names: The groupings, in order; none at all stands for one group of everybody.
        labels: For each grouping the names of its groups.
        keys: Shape (k,): group, truth class and risk in one whole number, rising.
        people: Shape (k,): how many people share each key.
    """

    names: tuple[str, ...]
    labels: tuple[tuple[str, ...], ...]
    keys: Whole
    people: Whole

    def __repr__(self) -> str:
        by = " by " + " and ".join(self.names) if self.names else ""
        found = f"{len(self.cells):,} groups, {len(self.risks):,} risks"
        return f"Tally of {int(self.people.sum()):,} people{by}: {found}"

    def __add__(self, other: "Tally") -> "Tally":
        """Return the tally of both; they must be of the same groupings."""
        return joined_tallies([self, other])

    @property
    def cells(self) -> Whole:
        """Shape (groups,): number of each group that has people in it; without groupings, of everybody."""
        if not self.names:
            return np.zeros(1, dtype=np.int64)
        return np.unique((self.keys >> RISK_BITS) // CLASSES)

    @property
    def risks(self) -> npt.NDArray[np.int32]:
        """Shape (m,): every risk that somebody has, rising."""
        return np.unique(self.risk)

    @property
    def codes(self) -> tuple[Whole, ...]:
        """For each grouping the group of every key, shape (k,)."""
        found = np.unravel_index(self.keys // (CLASSES << RISK_BITS), self._shape)
        return tuple(np.asarray(code, dtype=np.int64) for code in found[: len(self.names)])

    @property
    def classes(self) -> Whole:
        """Shape (k,): the truth class of every key."""
        return np.asarray((self.keys >> RISK_BITS) % CLASSES)

    @property
    def risk(self) -> npt.NDArray[np.int32]:
        """Shape (k,): the risk of every key."""
        return np.asarray((self.keys & (2**RISK_BITS - 1)) + LEAST_RISK, dtype=np.int32)

    @property
    def groups(self) -> tuple[tuple[str, ...], ...]:
        """For each group that has people in it, its label in every grouping."""
        return tuple(self._spelled(int(cell)) for cell in self.cells)

    def rates(self, measure: Measure, thresholds: npt.ArrayLike) -> Rates:
        """Return one measure of every group at every threshold.

        Args:
            measure: Which rate.
            thresholds: One, or shape (thresholds,): whole hundredths; whoever reaches one is flagged.

        Raises:
            BadInput: If a threshold is no whole number of hundredths.
        """
        steps = _whole_hundredths(thresholds)
        count, n = measured(self.outcomes(steps), measure)
        return Rates(measure, self.groups, steps, count, n)

    def outcomes(self, thresholds: npt.ArrayLike) -> Whole:
        """Return people, counted: shape (groups, truth classes, thresholds, 2), the flagged last."""
        below, everybody = self._below(self.cells, _whole_hundredths(thresholds).astype(np.int64))
        return np.stack([below, everybody[:, :, None] - below], axis=-1)

    def shows(self, measure: Measure) -> bool:
        """Tell whether some group holds somebody of every side that a rate speaks of.

        In groups of victims alone, such as typologies, nobody could be flagged wrongly, and every flag would
        be right: no rate of theirs compares the two.
        """
        people = self.outcomes(0).sum(axis=(2, 3))
        sides = [people[:, sorted(side)].sum(axis=1) > 0 for side in measure.sides]
        return bool(np.logical_and.reduce(sides).any())

    def over(self, *names: str) -> "Tally":
        """Return the tally by these groupings alone, in this order; the others are summed over.

        Whoever belongs to no group of a grouping was left out when the tally was made, and stays out.

        Raises:
            KeyError: If the tally knows no such grouping.
        """
        if strangers := [name for name in names if name not in self.names]:
            raise KeyError(strangers[0])
        places = [self.names.index(name) for name in names]
        labels = tuple(self.labels[place] for place in places)
        group, rest = np.divmod(self.keys, CLASSES << RISK_BITS)
        codes = np.unravel_index(group, self._shape)
        kept = _raveled([codes[place] for place in places], labels, len(group))
        return _summed(names, labels, kept * (CLASSES << RISK_BITS) + rest, self.people)

    def table(
        self,
        measures: Sequence[Measure] = (MISS, FALSE_FLAG),
        thresholds: npt.ArrayLike = (),
        confidence: float = CONFIDENCE,
    ) -> "pd.DataFrame":
        """Return a tidy table: one row for each group, threshold and rate, with count, n and exact interval.

        A rate without anybody to be counted among has an n of 0 and no estimate.
        """
        import pandas as pd  # noqa: PLC0415

        rows = list(self.rows(measures, thresholds, confidence))
        return pd.DataFrame(rows, columns=[*self.names, *COLUMNS])

    def rows(
        self, measures: Sequence[Measure], thresholds: npt.ArrayLike, confidence: float = CONFIDENCE
    ) -> Iterator[dict[str, Any]]:
        """Yield the rows of `table`, one after the other; a rate that no group can show has none."""
        steps = _whole_hundredths(thresholds)
        outcomes, groups = self.outcomes(steps), self.groups
        for measure in measures:
            if self.shows(measure):
                yield from Rates(measure, groups, steps, *measured(outcomes, measure)).rows(
                    self.names, confidence
                )

    @property
    def _shape(self) -> tuple[int, ...]:
        return tuple(len(labels) for labels in self.labels) or (1,)

    def _spelled(self, cell: int) -> tuple[str, ...]:
        codes = np.unravel_index(cell, self._shape)
        return tuple(labels[int(code)] for labels, code in zip(self.labels, codes, strict=False))

    def _below(self, cells: Whole, steps: Whole) -> tuple[Whole, Whole]:
        """Return people below each threshold, shape (groups, classes, thresholds), and all of them."""
        first = (cells[:, None] * CLASSES + np.arange(CLASSES)) << RISK_BITS
        upto = np.concatenate([[0], np.cumsum(self.people)])
        start = upto[np.searchsorted(self.keys, first)]
        end = upto[np.searchsorted(self.keys, first + (1 << RISK_BITS))]
        reached = np.searchsorted(self.keys, first[:, :, None] + (steps - LEAST_RISK))
        return upto[reached] - start[:, :, None], end - start


def tallied(
    risk: npt.NDArray[np.int32],
    truth_class: npt.NDArray[np.int8],
    groupings: Sequence[Grouping] = (),
) -> Tally:
    """Count people.

    Args:
        risk: Shape (n,): hundredths.
        truth_class: Shape (n,): a `TruthClass`.
        groupings: Ways of dividing the n people, which are crossed; whoever belongs to no group of one of
            them is left out. Without any, everybody is one group.

    Raises:
        BadInput: If a risk is no whole number, if not everybody has a risk, a truth and a place in every
            grouping, or if there would be too many groups.
    """
    _check_people(risk, truth_class, groupings)
    labels = tuple(grouping.labels for grouping in groupings)
    cells = int(np.prod([len(one) for one in labels], dtype=object)) if labels else 1
    if cells > MOST_CELLS:
        what = f"{' + '.join(g.name for g in groupings)} would make {cells:,} groups"
        raise BadInput.of(what, where="--by", mend="Cross fewer groupings.")
    names = tuple(grouping.name for grouping in groupings)
    inside = np.logical_and.reduce([grouping.codes >= 0 for grouping in groupings]) if groupings else None
    if inside is not None and not inside.all():
        risk, truth_class = risk[inside], truth_class[inside]
        codes = [grouping.codes[inside] for grouping in groupings]
    else:
        codes = [grouping.codes for grouping in groupings]
    cell = truth_class if not codes else _raveled(codes, labels, len(risk)) * CLASSES + truth_class
    return Tally(names, labels, *_counted(cell, risk, cells * CLASSES))


def joined_tallies(parts: Sequence[Tally]) -> Tally:
    """Return the tally of a whole cohort from those of its parts, of which there is at least one.

    Raises:
        ValueError: If they are not of the same groupings.
    """
    if any((one.names, one.labels) != (other.names, other.labels) for one, other in pairwise(parts)):
        raise ValueError("only tallies of the same groupings can be added")
    keys, people = (np.concatenate([getattr(part, name) for part in parts]) for name in ("keys", "people"))
    return _summed(parts[0].names, parts[0].labels, keys, people)


def regrouped(tally: Tally, groupings: Sequence[Grouping]) -> Tally:
    """Return the people of a tally divided otherwise, by what its own groups say of them.

    Args:
        tally: People; their classes and risks stay as they are.
        groupings: Ways of dividing its keys, at least one, each with a code for every key, shape (k,). They
            are crossed; whoever belongs to no group of one of them is left out.
    """
    labels = tuple(grouping.labels for grouping in groupings)
    inside = np.logical_and.reduce([grouping.codes >= 0 for grouping in groupings])
    cell = _raveled([grouping.codes for grouping in groupings], labels, len(tally.keys))
    keys = cell * (CLASSES << RISK_BITS) + tally.keys % (CLASSES << RISK_BITS)
    names = tuple(grouping.name for grouping in groupings)
    return _summed(names, labels, keys[inside], tally.people[inside])


def _check_people(
    risk: npt.NDArray[Any], truth_class: npt.NDArray[Any], groupings: Sequence[Grouping]
) -> None:
    """Raise where what is given does not speak of the same people, or not in the codes that are counted."""
    if not np.issubdtype(risk.dtype, np.integer):
        what = f"the risks are {risk.dtype} and not whole hundredths"
        raise BadInput.of(what, where="risk", mend="Multiply log-odds by 100 and round them.")
    given = [
        ("risk", risk, LEAST_RISK, OVERRIDE + 1),
        ("truth", truth_class, 0, CLASSES),
        *((one.name, one.codes, -1, len(one.labels)) for one in groupings),
    ]
    raise_if_any(
        Problem(f"there are {len(risk):,} risks and {len(codes):,} people", name, "Give one for everybody.")
        for name, codes, _, _ in given
        if len(codes) != len(risk)
    )
    raise_if_any(
        Problem("a code is none of those there are", name, f"Give numbers from {least} to {most - 1}.")
        for name, codes, least, most in given
        if codes.size and not (least <= codes.min() and codes.max() < most)
    )


def _whole_hundredths(thresholds: npt.ArrayLike) -> npt.NDArray[np.int32]:
    """Return thresholds as they are counted with; a fraction would silently become another threshold."""
    given = np.atleast_1d(np.asarray(thresholds))
    with np.errstate(invalid="ignore"):
        found = given.astype(np.int32)
    if not np.array_equal(found, given):
        what = "a threshold is no whole number of hundredths, or is out of all range"
        raise BadInput.of(what, where="thresholds", mend="Multiply log-odds by 100 and round them.")
    return found


def measured(outcomes: Whole, measure: Measure) -> tuple[Whole, Whole]:
    """Return what a measure counts and its n, each of shape (groups, thresholds).

    Args:
        outcomes: Shape (groups, truth classes, thresholds, 2), as from `Tally.outcomes`.
        measure: Which rate.
    """
    count, n = (
        np.einsum("gcto,co->gt", outcomes, measure.mask(part).astype(np.int64))
        for part in ("counted", "among")
    )
    return count, n


def _summed(names: tuple[str, ...], labels: tuple[tuple[str, ...], ...], keys: Whole, people: Whole) -> Tally:
    if not len(keys):
        return Tally(names, labels, keys, people)
    # Keys of a tally rise, and a stable sort only merges runs that do.
    order = np.argsort(keys, kind="stable")
    rising = keys[order]
    first = np.flatnonzero(np.concatenate([[True], rising[1:] != rising[:-1]]))
    return Tally(names, labels, rising[first], np.add.reduceat(people[order], first))


def _raveled(codes: Sequence[npt.NDArray[Any]], labels: tuple[tuple[str, ...], ...], size: int) -> Whole:
    if not codes:
        return np.zeros(size, dtype=np.int64)
    cell = codes[0].astype(np.int64)
    for code, names in zip(codes[1:], labels[1:], strict=True):
        cell = cell * len(names) + code
    return cell


def _counted(cell: npt.NDArray[Any], risk: npt.NDArray[np.int32], cells: int) -> tuple[Whole, Whole]:
    """Return the keys that occur and how many people share each.

    Risks lie close together, except that of a rule that decides alone; it is brought beside them first, so
    that every counter there could be fits into memory and nobody has to be sorted.
    """
    if not len(risk):
        return np.empty(0, np.int64), np.empty(0, np.int64)
    apart = risk == OVERRIDE
    has_apart = bool(apart.any())
    low, top = int(risk.min()), int(risk.max(where=~apart, initial=LEAST_RISK) if has_apart else risk.max())
    span = max(top - low, 0) + 2
    if cells * span > min(DENSE, DENSE_EACH * len(risk)):
        keys = (cell.astype(np.int64) << RISK_BITS) + (risk.astype(np.int64) - LEAST_RISK)
        unique, people = np.unique(keys, return_counts=True)
        return unique, people.astype(np.int64)
    level = np.subtract(risk, low, dtype=np.int64)
    if has_apart:
        level[apart] = span - 1
    level += np.multiply(cell, span, dtype=np.int64)
    counters = np.bincount(level, minlength=cells * span)
    found = np.flatnonzero(counters)
    group, step = np.divmod(found, span)
    known = np.where(step == span - 1, OVERRIDE, step + low)
    return (group << RISK_BITS) + (known - LEAST_RISK), counters[found].astype(np.int64)
