"""Whether intervals of the largest gap between groups hold the truth, where there is no gap at all too.

All sides see the same simulated misses. fairlearn's interval is the one its `difference_ci` gives; aequitas
gives no interval but a t-test of each group against one of them, of which it is counted how often at least
one rejects; ours is that of the fairness section.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from benchmarks.peers.apart import Aequitas
from screening.evaluation.fairness.gaps import parity
from screening.evaluation.rates import Rate

CONFIDENCE = 0.95
MARGIN = 0.05
"""Only verdicts look at it; no interval does."""


@dataclass(frozen=True)
class Setting:
    """Groups of victims whose true miss rates are known.

    Attributes:
        name: What it shows.
        sizes: Victims of each group.
        shares: True miss rate of each group.
    """

    name: str
    sizes: tuple[int, ...]
    shares: tuple[float, ...]

    @property
    def gap(self) -> float:
        """The true largest difference."""
        return max(self.shares) - min(self.shares)


SETTINGS = (
    Setting("no gap, five groups of 100", (100,) * 5, (0.10,) * 5),
    Setting("no gap, groups of 40 to 1,000", (40, 60, 100, 300, 1_000), (0.04,) * 5),
    Setting("no gap, two groups", (100, 400), (0.05, 0.05)),
    Setting("a gap of 0.25", (100,) * 5, (0.05, 0.10, 0.10, 0.10, 0.30)),
)


def compared(setting: Setting, runs: int, peer_runs: int, replicates: int, rival: Aequitas) -> dict[str, Any]:
    """Return how often each side's interval holds the true gap, and how often it claims one.

    Args:
        setting: The groups.
        runs: Simulations; the peers see the first `peer_runs` of them.
        peer_runs: Simulations that the peers see.
        replicates: Of fairlearn's bootstrap.
        rival: Where aequitas is found.
    """
    counts = np.random.default_rng(11).binomial(setting.sizes, setting.shares, (runs, len(setting.sizes)))
    ours = np.array([our_interval(row, setting.sizes) for row in counts])
    theirs = np.array([fairlearn_interval(row, setting.sizes, replicates) for row in counts[:peer_runs]])
    rejections = rival.smallest_p(setting.sizes, counts[:peer_runs])
    return {
        "setting": setting.name,
        "true_gap": setting.gap,
        "ours": _told(ours, setting.gap),
        "fairlearn": {**_told(theirs, setting.gap), "replicates": replicates},
        "aequitas": None if rejections is None else _rejected(rejections),
    }


def _told(intervals: npt.NDArray[np.float64], gap: float) -> dict[str, Any]:
    low, high = intervals.T
    return {
        "runs": len(intervals),
        "holds_the_truth": int(((low <= gap) & (gap <= high)).sum()),
        "claims_a_gap": int((low > 0).sum()),
        "mean_width": float((high - low).mean()),
    }


def _rejected(smallest: Sequence[float | None]) -> dict[str, Any]:
    rejected = sum(value is not None and value < 1 - CONFIDENCE for value in smallest)
    return {"runs": len(smallest), "claims_a_gap": rejected, "no_answer": smallest.count(None)}


def our_interval(counts: npt.NDArray[np.int64], sizes: Sequence[int]) -> tuple[float, float]:
    """Return our interval of the largest gap."""
    groups = [(str(g), Rate(int(k), n)) for g, (k, n) in enumerate(zip(counts, sizes, strict=True))]
    found = parity(groups, MARGIN, CONFIDENCE)
    return found.low, found.high


def fairlearn_interval(
    counts: npt.NDArray[np.int64], sizes: Sequence[int], replicates: int
) -> tuple[float, float]:
    """Return fairlearn's interval of the largest gap in the miss rate."""
    from fairlearn.metrics import (  # type: ignore[import-untyped]  # noqa: PLC0415
        MetricFrame,
        false_negative_rate,
    )

    flagged = np.concatenate([np.arange(n) >= k for k, n in zip(counts, sizes, strict=True)]).astype(int)
    frame = MetricFrame(
        metrics=false_negative_rate,
        y_true=np.ones(len(flagged), dtype=int),
        y_pred=flagged,
        sensitive_features=np.repeat(np.arange(len(sizes)), sizes),
        n_boot=replicates,
        ci_quantiles=[(1 - CONFIDENCE) / 2, (1 + CONFIDENCE) / 2],
        random_state=int(counts.sum()),
    )
    low, high = frame.difference_ci()
    return float(low), float(high)
