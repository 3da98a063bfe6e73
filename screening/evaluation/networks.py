"""Victims counted by network, because members of one network resemble each other.

They are found together or missed together, so persons are not independent, and an interval over persons can
be far too narrow for other networks than those drawn. Beside it stands an approximate one over networks.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import stdtrit

from dossier.truth import Truth
from screening.evaluation.rates import CONFIDENCE

FEWEST_NETWORKS = 10
"""Changed networks from which their approximate interval is told."""


@dataclass(frozen=True)
class Clusters:
    """Victims by network: how many of each network's members are missed, or how many more than before.

    Attributes:
        networks: Shape (k,): network numbers, each once.
        sizes: Shape (k,): members among the victims counted.
        changes: Shape (k,): members missed; where two screenings are compared, less those missed before.
        changed: Shape (k,): members missed, or for whom anything changed.
    """

    networks: npt.NDArray[np.int64]
    sizes: npt.NDArray[np.int64]
    changes: npt.NDArray[np.int64]
    changed: npt.NDArray[np.int64]

    @classmethod
    def of(
        cls,
        networks: npt.NDArray[np.int64],
        sizes: npt.NDArray[np.int64],
        changes: npt.NDArray[np.int64],
        changed: npt.NDArray[np.int64],
    ) -> "Clusters":
        """Return the clusters with each network once; all arrays of shape (rows,), to be added up."""
        unique, index = np.unique(networks, return_inverse=True)
        sums = [np.zeros(len(unique), dtype=np.int64) for _ in range(3)]
        for total, column in zip(sums, (sizes, changes, changed), strict=True):
            np.add.at(total, index, column)
        return cls(unique, *sums)

    def __add__(self, other: "Clusters") -> "Clusters":
        """Return the clusters of both; a network whose members are in both stands there once."""
        return joined_clusters([self, other])

    def interval(self, confidence: float = CONFIDENCE) -> tuple[float, float]:
        """Return an approximate interval of the miss rate, or its change, for other networks like these.

        The ratio estimator over networks with its linearised variance and Student's t (Cochran 1977, section
        6.3). Its degrees of freedom are those of as many equal networks as would vary alike (Satterthwaite
        1946): where little changed, or a few networks are large, fewer say so than there are. Not a number
        where something changed in fewer than `FEWEST_NETWORKS`: the approximation would be too sure of
        itself. Where members of a network fare alike, it is the wider of the two intervals.
        """
        count, people = len(self.networks), int(self.sizes.sum())
        if (self.changed > 0).sum() < FEWEST_NETWORKS:
            return math.nan, math.nan
        estimate = self.changes.sum() / people
        squares = (self.changes - estimate * self.sizes) ** 2
        if not squares.any():
            return float(estimate), float(estimate)
        alike = float(squares.sum() ** 2 / (squares**2).sum())
        spread = squares.sum() * count / (count - 1)
        reach = float(stdtrit(max(alike - 1, 1), (1 + confidence) / 2)) * math.sqrt(spread) / people
        return float(estimate) - reach, float(estimate) + reach


def joined_clusters(parts: Sequence[Clusters]) -> Clusters:
    """Return the clusters of a whole cohort from those of its parts, of which there is at least one."""
    names = ("networks", "sizes", "changes", "changed")
    return Clusters.of(*(np.concatenate([getattr(part, name) for part in parts]) for name in names))


def networks_of(truth: Truth) -> npt.NDArray[np.int64]:
    """Return the network of each person, shape (n,); whoever has none is a network of one."""
    return np.where(truth.network < 0, -1 - truth.applicants, truth.network)


def missed_by_network(truth: Truth, flagged: npt.NDArray[np.bool_]) -> Clusters:
    """Return the victims by network, with how many of each are missed.

    Args:
        truth: n people.
        flagged: Shape (n,): who is flagged.
    """
    rows = truth.is_victim
    missed = (~flagged[rows]).astype(np.int64)
    return Clusters.of(networks_of(truth)[rows], np.ones(len(missed), np.int64), missed, missed)


def clusters_json(clusters: Clusters) -> dict[str, float | int | None]:
    """Return for JSON how many networks there are, how many of them count, and the interval over them."""
    low, high = clusters.interval()
    told = not math.isnan(low)
    return {
        "networks": len(clusters.networks),
        "networks_changed": int((clusters.changed > 0).sum()),
        "low": low if told else None,
        "high": high if told else None,
    }
