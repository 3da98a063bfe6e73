"""How long rates, intervals and sweeps take, beside fairlearn and scikit-learn, on the same scores.

Both sides of a ratio are timed in one process. What the peers would take too long to do is measured small and
extrapolated, and the row says how. Before anything is timed, the counts are compared, one by one.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.metrics import confusion_matrix_at_thresholds, det_curve, roc_curve

from benchmarks.peers.measuring import median_seconds
from benchmarks.peers.people import Pool
from dossier.truth import TruthClass
from screening.evaluation.measures import FALSE_FLAG, MISS
from screening.evaluation.outcomes import Grouping
from screening.evaluation.tally import Tally, tallied

GROUPS, THRESHOLDS, REPLICATES = 30, 200, 1_000
ENDS = (0.025, 0.975)


@dataclass(frozen=True)
class People:
    """Scored people.

    Attributes:
        risk: Shape (n,): hundredths.
        truth_class: Shape (n,): victims and lawful.
        group: Shape (n,): one of `GROUPS`.
    """

    risk: npt.NDArray[np.int32]
    truth_class: npt.NDArray[np.int8]
    group: npt.NDArray[np.int64]

    @property
    def is_victim(self) -> npt.NDArray[np.bool_]:
        """Shape (n,)."""
        return np.asarray(self.truth_class == TruthClass.VICTIM)

    @property
    def grouping(self) -> Grouping:
        """The groups, as a grouping."""
        return Grouping("group", tuple(str(place) for place in range(GROUPS)), self.group)


def people(pool: Pool, n: int, share: float, seed: int) -> People:
    """Draw n people from a pool, of whom `share` are victims."""
    rng = np.random.default_rng(seed)
    is_victim = rng.random(n) < share
    risk = rng.choice(pool.others, n)
    risk[is_victim] = rng.choice(pool.victims, int(is_victim.sum()))
    truth_class = np.where(is_victim, np.int8(TruthClass.VICTIM), np.int8(TruthClass.LAWFUL))
    return People(risk, truth_class.astype(np.int8), rng.integers(0, GROUPS, n))


def steps_between(pool: Pool) -> npt.NDArray[np.int32]:
    """Return thresholds spread evenly over the risks that are found, but for rules that decide alone."""
    both = np.concatenate([pool.victims, pool.others])
    both = both[both < np.iinfo(np.int32).max]
    return np.linspace(both.min(), both.max(), THRESHOLDS).astype(np.int32)


def exact_rates(tally: Tally, steps: npt.NDArray[np.int32]) -> list[npt.NDArray[np.float64]]:
    """Return estimates and exact ends of both rates, each of shape (groups, thresholds)."""
    found = [tally.rates(measure, steps) for measure in (MISS, FALSE_FLAG)]
    return [part for rates in found for part in (rates.estimate, *rates.interval())]


def resampled_rates(
    tally: Tally, steps: npt.NDArray[np.int32], replicates: int, seed: int
) -> list[npt.NDArray[np.float64]]:
    """Return quantiles of both rates over people drawn again, each of shape (ends, groups, thresholds).

    People of one group and class who are drawn again fall between the thresholds as a multinomial law says,
    so it is their counts that are drawn. It is here to be timed: exact intervals are better and cheaper.
    """
    rng, found = np.random.default_rng(seed), []
    for measure in (MISS, FALSE_FLAG):
        rates = tally.rates(measure, steps)
        quantiles = []
        for count, n in zip(rates.count, rates.n[:, 0], strict=True):
            rises = count if measure is MISS else count[::-1]
            cells = np.diff(rises, prepend=0, append=n) / n
            again = rng.multinomial(int(n), cells, replicates)[:, :-1].cumsum(axis=1) / n
            ends = np.quantile(again, ENDS, axis=0)
            quantiles.append(ends if measure is MISS else ends[:, ::-1])
        found.append(np.stack(quantiles, axis=1))
    return found


def same_counts(crowd: People, tally: Tally, steps: npt.NDArray[np.int32]) -> bool:
    """Return whether the counts are those of looking at every person, at every tenth threshold."""
    some, same = steps[::10], True
    for measure, rows, reached in ((MISS, crowd.is_victim, False), (FALSE_FLAG, ~crowd.is_victim, True)):
        fast = tally.rates(measure, some)
        for place, step in enumerate(some):
            counted = crowd.group[rows & ((crowd.risk >= step) == reached)]
            naive = np.bincount(counted, minlength=GROUPS)
            same &= bool(np.array_equal(naive[_places(fast.groups)], fast.count[:, place]))
    return same


def _places(groups: tuple[tuple[str, ...], ...]) -> list[int]:
    return [int(group[0]) for group in groups]


def rates_of_groups(pool: Pool, n: int, repeats: int) -> dict[str, Any]:
    """Return the times of all groups' rates with intervals at all thresholds, ours and fairlearn's."""
    crowd, steps = people(pool, n, 0.05, 1), steps_between(pool)
    tally = tallied(crowd.risk, crowd.truth_class, [crowd.grouping])
    counting = median_seconds(lambda: tallied(crowd.risk, crowd.truth_class, [crowd.grouping]), repeats)
    exact = median_seconds(lambda: exact_rates(tally, steps), repeats)
    resampled = median_seconds(lambda: resampled_rates(tally, steps, REPLICATES, 2), max(repeats // 2, 1))
    peer = _fairlearn(crowd, int(steps[THRESHOLDS // 2]), max(repeats // 2, 1))
    return {
        "people": n,
        "groups": GROUPS,
        "thresholds": THRESHOLDS,
        "replicates": REPLICATES,
        "same_counts": same_counts(crowd, tally, steps),
        "counting_s": counting,
        "exact_intervals_s": exact,
        "resampled_counts_s": resampled,
        "fairlearn": peer,
        "times_faster": peer["extrapolated_s"] / (counting + exact),
        "times_faster_resampled": peer["extrapolated_s"] / (counting + resampled),
        "times_faster_than_one_threshold": peer["one_threshold_s"] / (counting + exact),
    }


def _fairlearn(crowd: People, threshold: int, repeats: int) -> dict[str, Any]:
    """Return fairlearn's times at one threshold with few replicates, and what all of them would take."""
    from fairlearn.metrics import (  # type: ignore[import-untyped]  # noqa: PLC0415
        MetricFrame,
        false_negative_rate,
        false_positive_rate,
    )

    rates = {"miss": false_negative_rate, "false_flag": false_positive_rate}
    y, flagged = crowd.is_victim.astype(int), (crowd.risk >= threshold).astype(int)

    def frame(replicates: int) -> None:
        MetricFrame(
            metrics=rates,
            y_true=y,
            y_pred=flagged,
            sensitive_features=crowd.group,
            n_boot=replicates,
            ci_quantiles=list(ENDS),
            random_state=3,
        )

    points = {many: median_seconds(lambda many=many: frame(many), repeats) for many in (1, 2, 4)}  # type: ignore[misc]
    each = (points[4] - points[1]) / 3
    return {
        "seconds_by_replicates": {str(many): seconds for many, seconds in points.items()},
        "seconds_for_each_replicate": each,
        "one_threshold_s": each * REPLICATES,
        "extrapolated_s": each * REPLICATES * THRESHOLDS,
    }


def sweep(pool: Pool, n: int, repeats: int) -> dict[str, Any]:
    """Return the times of both rates at every threshold there is, ours and scikit-learn's."""
    crowd = people(pool, n, 0.01, 4)
    y = crowd.is_victim
    tally = tallied(crowd.risk, crowd.truth_class)
    counting = median_seconds(lambda: tallied(crowd.risk, crowd.truth_class), repeats)
    sweeping = median_seconds(lambda: swept(tally), repeats)
    fractions = crowd.risk / 100
    peers = {
        "roc_curve": lambda: roc_curve(y, fractions, drop_intermediate=False),
        "roc_curve, whole numbers": lambda: roc_curve(y, crowd.risk, drop_intermediate=False),
        "det_curve": lambda: det_curve(y, fractions),
        "confusion_matrix_at_thresholds": lambda: confusion_matrix_at_thresholds(y, fractions),
    }
    times = {name: median_seconds(job, max(repeats // 2, 1)) for name, job in peers.items()}
    return {
        "people": n,
        "thresholds": len(tally.risks),
        "same_rates": _same_rates(tally, y, crowd.risk),
        "counting_s": counting,
        "sweep_s": sweeping,
        "peers_s": times,
        "times_faster": {name: seconds / sweeping for name, seconds in times.items()},
        "times_faster_with_counting": {name: s / (counting + sweeping) for name, s in times.items()},
    }


def swept(tally: Tally) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Return the miss rate and the false-flag rate at every risk that somebody has, rising."""
    risks = tally.risks
    miss, flags = (tally.rates(measure, risks).estimate[0] for measure in (MISS, FALSE_FLAG))
    return miss, flags


def _same_rates(tally: Tally, y: npt.NDArray[np.bool_], risk: npt.NDArray[np.int32]) -> bool:
    miss, flags = swept(tally)
    theirs, found, _ = roc_curve(y, risk, drop_intermediate=False)
    return bool(np.allclose(theirs[:0:-1], flags, 0, 1e-12) and np.allclose(found[:0:-1], 1 - miss, 0, 1e-12))
