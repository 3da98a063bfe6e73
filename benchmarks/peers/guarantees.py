"""Whether a promised miss rate is kept, and what keeping it costs: our thresholds beside those of others.

All sides see the same people: victims drawn anew from a pool for each calibration, and as many others as
MAPIE needs in order to choose. What a threshold misses is known from the pool. MAPIE is used in its valid
ways only, and as well as can be: risks become chances of which one half lies where the threshold belongs, so
that even steps are finest there, and its other grids are taken from the pool, which nobody could know. Beside
them stand two choices that promise nothing: the sample's own quantile, and scikit-learn's tuned threshold.
"""

import warnings
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
from scipy.special import expit
from scipy.stats import binom
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.metrics import confusion_matrix, make_scorer
from sklearn.model_selection import TunedThresholdClassifierCV

from benchmarks.peers.people import Pool, Risks
from models.card import LARGEST
from screening.evaluation.guarantee.thresholds import NoThresholdError, group_threshold

MISS, CONFIDENCE = 0.05, 0.95
OTHERS = 1_000
"""Others in each calibration, by whom MAPIE chooses among the thresholds that it finds valid."""

SLOW_AT, SLOW_RUNS = 1_000, 100
"""Victims with which the slow ways are examined, and in how many calibrations at most."""

Chances: TypeAlias = npt.NDArray[np.float64]
Choice: TypeAlias = Callable[[Risks, Risks], float | None]
"""From the risks of victims and of others to the lowest risk that is flagged; None where there is none."""


@dataclass(frozen=True)
class Way:
    """A way to choose a threshold.

    Attributes:
        name: Whose it is, and how it is set.
        promises: Whether it guarantees a miss rate.
        choice: The way itself.
    """

    name: str
    promises: bool
    choice: Choice

    @property
    def is_slow(self) -> bool:
        """Whether it takes a second for each calibration."""
        return "split" in self.name or "scikit-learn" in self.name


@dataclass(frozen=True)
class Scale:
    """How risks are shown to others: as chances, for which log odds are moved.

    Attributes:
        centre: The risk, in hundredths, that becomes a chance of one half.
    """

    centre: int = 0

    def chance(self, risk: npt.NDArray[Any]) -> Chances:
        """Return the chances, shape (n,); where a rule decided alone, 1."""
        return np.asarray(expit((np.asarray(risk, dtype=float) - self.centre) / 100))

    def risk(self, chance: float) -> float:
        """Return the lowest whole risk whose chance reaches `chance`; minus infinity where all do."""
        if not 0 < chance < 1:
            return -np.inf if chance <= 0 else float(np.iinfo(np.int32).max)
        near = np.rint(100 * (np.log(chance) - np.log1p(-chance))) + self.centre + np.arange(-2, 3)
        return float(near[self.chance(near) >= chance][0])


def ours(victims: Risks, _: Risks) -> float | None:
    """Return the order statistic that guarantees the miss rate."""
    try:
        return float(group_threshold(victims, MISS, CONFIDENCE).threshold)
    except NoThresholdError:
        return None


def own_quantile(victims: Risks, _: Risks) -> float:
    """Return the sample's quantile, which has no margin for chance."""
    return float(np.quantile(victims, MISS, method="higher"))


def mapie(
    scale: Scale, grid: Chances, control: Any, secondary: str, victims: Risks, others: Risks
) -> float | None:
    """Return MAPIE's threshold, as a risk.

    Args:
        scale: How it sees risks.
        grid: Chances to try, rising.
        control: MAPIE's way to control the error over the grid, by name or as an object.
        secondary: By what it chooses among valid thresholds.
        victims, others: The calibration.
    """
    from mapie.risk_control import (  # type: ignore[import-not-found, import-untyped, unused-ignore]  # noqa: PLC0415
        BinaryClassificationController,
    )

    controller = BinaryClassificationController(
        predict_function=_given,
        risk="recall",
        target_level=1 - MISS,
        confidence_level=CONFIDENCE,
        best_predict_param_choice=secondary,
        list_predict_params=grid,
        fwer_method=control,
    )
    risk = np.concatenate([victims, others])
    is_victim = np.arange(len(risk)) < len(victims)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        if control == "split_fixed_sequence":
            half = np.random.default_rng(len(risk)).random(len(risk)) < 0.5
            controller.learn_fixed_sequence_order(scale.chance(risk[half]), is_victim[half], binary=True)
            risk, is_victim = risk[~half], is_victim[~half]
        controller.calibrate(scale.chance(risk), is_victim)
    best: Any = controller.best_predict_param
    return None if best is None else scale.risk(best)


def _given(chances: Chances) -> npt.NDArray[np.float64]:
    """Stand for the `predict_proba` of a model: the features are the chances."""
    return np.stack([1 - chances, chances], axis=1)


class Given(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """A fitted classifier whose only feature is the chance."""

    def __init__(self) -> None:
        self.classes_ = np.array([False, True])

    def fit(self, x: Any, y: Any) -> "Given":  # noqa: ARG002
        """Return itself; there is nothing to learn."""
        return self

    def predict_proba(self, x: Chances) -> npt.NDArray[np.float64]:
        """Return the chances of both classes, shape (n, 2)."""
        return _given(np.asarray(x)[:, 0])

    def __sklearn_is_fitted__(self) -> bool:
        return True


def fewest_flags(is_victim: npt.NDArray[np.bool_], flagged: npt.NDArray[np.bool_]) -> float:
    """Return a score that is highest where fewest others are flagged and the sample's misses stay low."""
    kept, wrong, missed, found = confusion_matrix(is_victim, flagged, labels=[False, True]).ravel()
    return float(kept / (kept + wrong)) if missed <= MISS * (missed + found) else -1.0


def tuned(scale: Scale, victims: Risks, others: Risks) -> float:
    """Return the threshold that scikit-learn tunes, on the calibration itself, at 100 thresholds."""
    chances = scale.chance(np.concatenate([victims, others]))
    search = TunedThresholdClassifierCV(
        Given(), scoring=make_scorer(fewest_flags), response_method="predict_proba", cv="prefit", refit=False
    )
    search.fit(chances.reshape(-1, 1), np.arange(len(chances)) < len(victims))
    return scale.risk(float(search.best_threshold_))


def ways(pool: Pool) -> Iterator[Way]:
    """Yield all ways; MAPIE's where MAPIE is there."""
    scale = Scale(int(np.quantile(pool.victims, MISS)))
    yield Way("saring: order statistic", promises=True, choice=ours)
    for name, grid, control, secondary in mapie_settings(pool, scale):
        yield Way(f"MAPIE: {name}", promises=True, choice=partial(mapie, scale, grid, control, secondary))
    yield Way("the sample's own quantile", promises=False, choice=own_quantile)
    yield Way("scikit-learn: TunedThresholdClassifierCV", promises=False, choice=partial(tuned, scale))


def mapie_settings(pool: Pool, scale: Scale) -> Iterator[tuple[str, Chances, Any, str]]:
    """Yield name, grid, control of the error and secondary aim of MAPIE's valid settings."""
    try:
        from mapie.risk_control import FWERFixedSequenceTesting  # noqa: PLC0415
    except ImportError:
        return
    default, fine = np.linspace(0, 0.99, 100), np.linspace(0, 0.9999, 1_000)
    quantiles = scale.chance(np.unique(np.quantile(pool.victims, np.linspace(0, 0.2, 201), method="lower")))
    every = scale.chance(np.unique(pool.victims[: len(pool.victims) // 10]))
    yield "default grid, Bonferroni-Holm, as it comes", default, "bonferroni_holm", "auto"
    yield "default grid, fixed sequence", default, "fixed_sequence", "fpr"
    yield "1,000 even steps, fixed sequence", fine, "fixed_sequence", "fpr"
    yield "quantile grid, Bonferroni-Holm", quantiles, "bonferroni_holm", "fpr"
    yield "quantile grid, fixed sequence", quantiles, "fixed_sequence", "fpr"
    yield "quantile grid, five starts", quantiles, FWERFixedSequenceTesting(n_starts=5), "fpr"
    yield "quantile grid, split fixed sequence", quantiles, "split_fixed_sequence", "fpr"
    yield "every attainable risk, fixed sequence", every, "fixed_sequence", "fpr"


def examined(pool: Pool, way: Way, victims: int, calibrations: int) -> dict[str, Any]:
    """Return how often a way broke the promise over calibrations drawn anew, and what it flagged.

    Where a way finds no threshold, everybody has to be flagged, and that is what is counted.
    """
    rng = np.random.default_rng(victims)
    misses, flags, refused = [], [], 0
    for _ in range(calibrations):
        found = way.choice(rng.choice(pool.victims, victims), rng.choice(pool.others, OTHERS))
        refused += found is None
        reached = -np.inf if found is None else found
        misses.append(pool.miss_rate(reached))
        flags.append(pool.false_flag_rate(reached))
    broken = sum(miss > MISS for miss in misses)
    return {
        "scenario": pool.scenario,
        "way": way.name,
        "promises": way.promises,
        "victims": victims,
        "calibrations": calibrations,
        "violations": broken,
        "chance_of_as_many": float(binom.sf(broken - 1, calibrations, 1 - CONFIDENCE)),
        "no_threshold": refused,
        "mean_miss_rate": float(np.mean(misses)),
        "mean_false_flag_rate": float(np.mean(flags)),
        "standard_error": float(np.std(flags, ddof=1) / np.sqrt(calibrations)),
    }


def guarantees(pool: Pool, calibrations: Mapping[int, int]) -> Iterator[tuple[Way, int, int]]:
    """Yield what is to be examined: a way, victims in each calibration, and calibrations.

    Slow ways are examined with `SLOW_AT` victims and in at most `SLOW_RUNS` calibrations.
    """
    for victims, many in calibrations.items():
        for way in ways(pool):
            if not way.is_slow:
                yield way, victims, many
            elif victims == SLOW_AT:
                yield way, victims, min(many, SLOW_RUNS)


def no_worse_than_mapie(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return for each scenario and number of victims our mean false-flag rate and MAPIE's best."""
    found = []
    for scenario, victims in dict.fromkeys((row["scenario"], row["victims"]) for row in rows):
        here = [row for row in rows if (row["scenario"], row["victims"]) == (scenario, victims)]
        own = next(row for row in here if row["way"].startswith("saring"))
        peers = [row for row in here if row["way"].startswith("MAPIE")]
        if peers:
            best = min(peers, key=lambda row: row["mean_false_flag_rate"])
            found.append(
                {
                    "scenario": scenario,
                    "victims": victims,
                    "ours": own["mean_false_flag_rate"],
                    "mapie": best["mean_false_flag_rate"],
                    "mapie_way": best["way"],
                    "no_higher": own["mean_false_flag_rate"] <= best["mean_false_flag_rate"],
                }
            )
    return found


def at_a_rare_prevalence(pool: Pool, prevalence: float, victims: int, calibrations: int) -> dict[str, Any]:
    """Return what MAPIE as it comes makes of honest chances where victims are rare, beside ours."""
    curve, rng = pool.calibration(), np.random.default_rng(5)
    default = np.linspace(0, 0.99, 100)
    everybody, flags = 0, []
    for _ in range(calibrations):
        drawn = rng.choice(pool.victims, victims), rng.choice(pool.others, OTHERS)
        flags.append(pool.false_flag_rate(int(ours(*drawn) or 0)))
        moved = tuple(_log_odds(curve.chance(_decided(side), prevalence)) for side in drawn)
        everybody += mapie(Scale(), default, "bonferroni_holm", "auto", *moved) == -np.inf
    return {
        "scenario": pool.scenario,
        "prevalence": prevalence,
        "victims": victims,
        "calibrations": calibrations,
        "mapie_flags_everybody": everybody,
        "our_mean_false_flag_rate": float(np.mean(flags)),
    }


def _decided(risk: Risks) -> Risks:
    """Return risks with those of rules that decide alone brought to the most a card gives."""
    return np.minimum(risk, LARGEST).astype(np.int32)


def _log_odds(chances: Chances) -> Risks:
    odds: Risks = np.rint(100 * (np.log(chances) - np.log1p(-chances))).astype(np.int32)
    return odds
