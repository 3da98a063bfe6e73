"""What a sweep found, as rows of numbers: every rate of every group of every variant, and its change.

Each rate has its n and its exact interval, once by itself and once so wide that all intervals of the table
hold together at least 95 times in 100 (Bonferroni): whoever picks the best of many rows reads the wider one.
A change against the baseline is of the same people only; where there are none, the row says so and leaves it
empty.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from console.stress.pairs import together
from console.sweeping.counts import Counts, group_labels, people_by_both, people_by_state
from console.sweeping.rates import RATES, SweptRate
from console.sweeping.settings import LISTS, Variant
from console.sweeping.units import paired_baseline
from screening.evaluation.measures import MISS
from screening.evaluation.panel import ORACLE, Panel, compared
from screening.evaluation.rates import CONFIDENCE, Rate
from screening.intervals import exact_interval

SAME, OTHERS, ITSELF, NONE = "same_people", "other_people", "itself", "none"
"""How a variant stands to its baseline: paired, not paired, being it, or without one."""

EVERYBODY = "everybody"
"""In the column of groupings: nobody is divided."""


@dataclass(frozen=True)
class Found:
    """What one variant found with one seed.

    Attributes:
        place: Position of the variant.
        seed: The seed.
        threshold: Hundredths.
        stage: At which people were screened.
        counts: What remains.
        oracle: The oracle's miss rate at the same workload; None where it was not asked.
    """

    place: int
    seed: int
    threshold: int
    stage: str
    counts: Counts
    oracle: Rate | None = None


@dataclass(frozen=True)
class Line:
    """One row before its intervals: a rate of a group, and for how many of the same people it changed.

    Attributes:
        found: Whose.
        by, group: Which group.
        rate: Which rate.
        count, n: Of how many.
        change: Counted here only, counted in the baseline only, and people in both; None without pairs.
    """

    found: Found
    by: str
    group: str
    rate: SweptRate
    count: int
    n: int
    change: tuple[int, int, int] | None

    @property
    def oracle(self) -> Rate | None:
        """The oracle's miss rate, beside that of everybody."""
        return self.found.oracle if self.rate.name == MISS.name and self.by == EVERYBODY else None

    @property
    def intervals(self) -> int:
        """How many intervals it has."""
        paired = self.change is not None and self.change[2] > 0
        return (self.n > 0) + paired + (self.oracle is not None and self.oracle.n > 0)


def oracle_miss(panel: Panel | None, threshold: int, weights: tuple[float, float]) -> Rate | None:
    """Return what the oracle misses where it flags as many people as the screener; None where not asked.

    Args:
        panel: The people on whom it was asked.
        threshold: Of the screener, in hundredths.
        weights: People for which a victim stands, and anybody else.
    """
    if panel is None:
        return None
    found = compared(panel.weighted(*weights), threshold)
    return next(one.theirs.miss for one in found if one.name == ORACLE)


def lines_of(found: Found, rates: Sequence[str], by: Sequence[str]) -> Iterator[Line]:
    """Yield the rows of one variant and seed; a rate that no group of a grouping can show has none."""
    for position, name in enumerate((EVERYBODY, *by)):
        tally = found.counts.tallies[position]
        people, labels = people_by_state(tally), group_labels(tally)
        pairs = found.counts.pairs[position] if found.counts.pairs else None
        for rate in (RATES[one] for one in rates):
            if not rate.shown_by(people) and position:
                continue
            changes = {}
            if pairs is not None and rate.is_pairable:
                numbers = zip(*(part.tolist() for part in rate.changes(people_by_both(pairs))), strict=True)
                changes = dict(zip(group_labels(pairs), numbers, strict=True))
            for label, count, n in zip(labels, *(part.tolist() for part in rate.of(people)), strict=True):
                has_pairs = pairs is not None and rate.is_pairable
                yield Line(
                    found, name, label, rate, count, n, changes.get(label, (0, 0, 0)) if has_pairs else None
                )


@dataclass(frozen=True)
class Table:
    """All rows of a sweep with their intervals.

    Attributes:
        variants: The variants.
        lines: The rows.
    """

    variants: Sequence[Variant]
    lines: Sequence[Line]

    @property
    def comparisons(self) -> int:
        """How many intervals the table has, which hold together."""
        return sum(line.intervals for line in self.lines)

    @property
    def confidence(self) -> float:
        """Of each of the wider intervals."""
        return together(self.comparisons)

    def rows(self) -> list[dict[str, Any]]:
        """Return the rows, every one with the same keys; None where nothing can be said."""
        plain, wide = (self._ends(confidence) for confidence in (CONFIDENCE, self.confidence))
        return [
            {
                **described(self.variants, line.found),
                "by": line.by,
                "group": line.group,
                "rate": line.rate.name,
                "counted": line.rate.counted_as,
                "count": line.count,
                "n": line.n,
                "estimate": line.count / line.n if line.n else None,
                **_named(("low", "high"), plain["rate"], at),
                "confidence": CONFIDENCE,
                **_named(("low_simultaneous", "high_simultaneous"), wide["rate"], at),
                "confidence_simultaneous": self.confidence,
                **_changed(line),
                **_named(("difference_low", "difference_high"), plain["difference"], at),
                **_named(
                    ("difference_low_simultaneous", "difference_high_simultaneous"), wide["difference"], at
                ),
                **_oracle(line),
            }
            for at, line in enumerate(self.lines)
        ]

    def _ends(self, confidence: float) -> dict[str, tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]]:
        """Return the ends of all intervals at a confidence; not numbers where nothing can be said."""
        count, n = (
            np.array([getattr(line, name) for line in self.lines], dtype=np.int64) for name in ("count", "n")
        )
        changes = np.array([line.change or (0, 0, 0) for line in self.lines], dtype=np.int64).reshape(-1, 3)
        here, there, paired = changes.T
        return {
            "rate": _where(n > 0, exact_interval(count, n, confidence)),
            "difference": _where(paired > 0, paired_interval(here, there, paired, confidence)),
        }


def paired_interval(
    only_here: npt.NDArray[np.int64],
    only_there: npt.NDArray[np.int64],
    n: npt.NDArray[np.int64],
    confidence: float,
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Return the ends of `PairedDifference.interval` for many differences at once."""
    each = (1 + confidence) / 2
    here, there = exact_interval(only_here, n, each), exact_interval(only_there, n, each)
    return here[0] - there[1], here[1] - there[0]


def described(variants: Sequence[Variant], found: Found) -> dict[str, Any]:
    """Return the first columns of a row: which variant, what it stands for, seed, stage and threshold."""
    variant = variants[found.place]
    return {
        "variant": variant.id,
        **settings_columns(variant),
        "baseline": baseline_id(variants, found.place),
        "pairing": pairing(variants, found.place),
        "seed": found.seed,
        "stage": found.stage,
        "threshold": found.threshold / 100,
    }


def settings_columns(variant: Variant) -> dict[str, str]:
    """Return what a variant stands for, by column; the threshold as it was asked for."""
    return {
        ("threshold_asked" if name == "threshold" else name): variant.settings.columns[name] for name in LISTS
    }


def baseline_id(variants: Sequence[Variant], place: int) -> str:
    """Return the id of what a variant is measured against, which may be itself; empty without one."""
    one = variants[place]
    if one.is_baseline:
        return one.id
    return "" if one.baseline is None else variants[one.baseline].id


def pairing(variants: Sequence[Variant], place: int) -> str:
    """Return how a variant stands to its baseline."""
    if variants[place].is_baseline:
        return ITSELF
    if variants[place].baseline is None:
        return NONE
    return OTHERS if paired_baseline(variants, place) is None else SAME


def _changed(line: Line) -> dict[str, Any]:
    if line.change is None:
        return dict.fromkeys(("paired_n", "only_here", "only_in_baseline", "difference"))
    here, there, n = line.change
    difference = (here - there) / n if n else None
    return {"paired_n": n, "only_here": here, "only_in_baseline": there, "difference": difference}


def _oracle(line: Line) -> dict[str, Any]:
    one = line.oracle
    if one is None:
        return dict.fromkeys(("oracle_count", "oracle_estimate", "oracle_low", "oracle_high"))
    ends = (one.estimate, one.low, one.high) if one.n else (None, None, None)
    return {
        "oracle_count": one.count,
        **dict(zip(("oracle_estimate", "oracle_low", "oracle_high"), ends, strict=True)),
    }


def _where(
    known: npt.NDArray[np.bool_], ends: tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    return np.where(known, ends[0], np.nan), np.where(known, ends[1], np.nan)


def _named(
    names: tuple[str, str], ends: tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]], at: int
) -> Mapping[str, float | None]:
    values = (float(end[at]) for end in ends)
    return {name: None if np.isnan(value) else value for name, value in zip(names, values, strict=True)}
