"""Any rate by any grouping: counts first, then exact intervals.

One row for each group: how many victims it holds and how many of them are missed, how many lawful and
irregular people and how many of each are flagged. Facilitators are counted apart and enter no rate.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from dossier.truth import TruthClass
from screening.evaluation.outcomes import Grouping, Outcomes
from screening.evaluation.rates import Rate


@dataclass(frozen=True)
class GroupRates:
    """The rates of one group.

    Attributes:
        group: Its name.
        miss: Victims of the group who are not flagged, of its victims.
        false_flag: Non-victims who are flagged, of its non-victims: the lawful and the irregular together.
        lawful, irregular: The same for each of the two.
        facilitators: Facilitators who are flagged, of the group's.
    """

    group: str
    miss: Rate
    false_flag: Rate
    lawful: Rate
    irregular: Rate
    facilitators: Rate


def group_rates(
    outcomes: Outcomes, flagged: npt.NDArray[np.bool_], groups: Grouping | None = None
) -> list[GroupRates]:
    """Return the rates of each group; of everybody, under the name "all", without a grouping.

    Args:
        outcomes: The applicants.
        flagged: Shape (n,): who is flagged.
        groups: How to divide them; groups without anybody are left out.
    """
    if groups is None:
        return [_rates("all", _counts(outcomes, flagged, np.zeros(len(outcomes), np.int64), 1)[0])]
    counts = _counts(outcomes, flagged, groups.codes, len(groups.labels))
    return [_rates(label, row) for label, row in zip(groups.labels, counts, strict=True) if row.any()]


def as_rows(rates: list[GroupRates]) -> Iterator[dict[str, Any]]:
    """Yield tidy rows: counts, estimates and intervals, one row for each group."""
    for found in rates:
        yield {
            "group": found.group,
            **_columns("miss_rate", "missed", found.miss, "victims"),
            **_columns("false_flag_rate", "flagged", found.false_flag, "others"),
        }


def _columns(name: str, counted: str, rate: Rate, of: str) -> dict[str, Any]:
    if not rate.n:
        return {of: 0, counted: 0, name: None, f"{name}_low": None, f"{name}_high": None}
    return {
        of: rate.n,
        counted: rate.count,
        name: rate.estimate,
        f"{name}_low": rate.low,
        f"{name}_high": rate.high,
    }


def _counts(
    outcomes: Outcomes, flagged: npt.NDArray[np.bool_], codes: npt.NDArray[np.int64], size: int
) -> npt.NDArray[np.int64]:
    """Return counts of shape (groups, truth classes, flagged or not)."""
    inside = codes >= 0
    cell = (codes * len(TruthClass) + outcomes.truth.truth_class) * 2 + flagged
    return np.bincount(cell[inside], minlength=size * len(TruthClass) * 2).reshape(size, len(TruthClass), 2)


def _rates(label: str, counts: npt.NDArray[np.int64]) -> GroupRates:
    def flagged_of(*classes: TruthClass) -> Rate:
        rows = counts[list(classes)].sum(axis=0)
        return Rate(int(rows[1]), int(rows.sum()))

    victims = counts[TruthClass.VICTIM]
    return GroupRates(
        label,
        Rate(int(victims[0]), int(victims.sum())),
        flagged_of(TruthClass.LAWFUL, TruthClass.IRREGULAR),
        flagged_of(TruthClass.LAWFUL),
        flagged_of(TruthClass.IRREGULAR),
        flagged_of(TruthClass.FACILITATOR),
    )
