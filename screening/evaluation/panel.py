"""The panel: the people on whom every screener is compared, and what each does to them.

All victims and a sample of the others stand in it, each other person for equally many. A rival with a score
flags as many people as our screener does. A rulebook decides by itself; then our threshold moves until we
flag as many as it does. Either way two screeners face the same people at one workload, so their misses and
their false flags are paired, and McNemar's exact test tells chance from difference. Nothing here says who is
right.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from dossier.stages import Stage
from dossier.truth import TruthClass
from screening.evaluation.outcomes import Outcomes
from screening.evaluation.rates import PER, PairedDifference, Rate, difference_json, rate_json
from screening.evaluation.yardsticks import (
    Flags,
    SameWorkload,
    ShareOfAchievable,
    Yardstick,
    at_same_workload,
    decided,
    holm_adjusted,
    paired_misses,
    share_of_achievable,
)

ORACLE = "oracle"

Scores = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Panel:
    """People with their truth, our risk, and what every rival makes of them.

    Attributes:
        truth_class: Shape (m,): a `TruthClass`; facilitators are not among them.
        family: Shape (m,): index into `families`; -1 for whoever is no victim.
        families: Typology families.
        weights: Shape (m,): people for which each stands; all victims alike, and all others alike.
        risk: Shape (m,): hundredths, of our screener at the headline stage.
        scores: Shape (m,) by rival: higher is more concerning.
        flags: Shape (m,) by rulebook that decides by itself: whom it flags.

    Raises:
        ValueError: If victims, or others, stand for different numbers of people.
    """

    truth_class: npt.NDArray[np.int8]
    family: npt.NDArray[np.int16]
    families: tuple[str, ...]
    weights: npt.NDArray[np.float64]
    risk: npt.NDArray[np.int32]
    scores: Mapping[str, Scores]
    flags: Mapping[str, Flags]

    def __post_init__(self) -> None:
        for side in (self.is_victim, ~self.is_victim):
            if side.any() and np.ptp(self.weights[side]):
                raise ValueError("victims must stand for equally many people, and so must others")

    @property
    def is_victim(self) -> Flags:
        """Shape (m,): who is a victim; all others are lawful or irregular."""
        return np.asarray(self.truth_class == TruthClass.VICTIM)

    def weighted(self, victim: float, other: float) -> "Panel":
        """Return the panel where a victim, and anybody else, stands for that many times as many people."""
        return replace(self, weights=self.weights * np.where(self.is_victim, victim, other))

    def at_workload_of(self, flagged: Flags, scores: npt.NDArray[np.float64]) -> SameWorkload:
        """Return whom `scores` flag where they flag as many people as `flagged` does, by weight."""
        workload = float(self.weights[flagged].sum())
        return at_same_workload(Yardstick(scores, self.weights, self.is_victim), workload)


def panel_of(
    outcomes: Outcomes,
    stage: Stage,
    rows: npt.NDArray[np.intp],
    other_stands_for: float,
    scores: Mapping[str, Scores],
    flags: Mapping[str, Flags],
) -> Panel:
    """Return the panel of some applicants.

    Args:
        outcomes: Applicants, n of them.
        stage: The headline stage.
        rows: Who is on the panel, m of them: all victims, and others drawn by lot; no facilitators.
        other_stands_for: People for which each of the others stands.
        scores: Shape (m,) by rival.
        flags: Shape (n,) by rulebook that decides by itself.
    """
    truth = outcomes.truth.take(rows)
    return Panel(
        truth.truth_class,
        truth.family,
        truth.family_names,
        np.where(truth.is_victim, 1.0, other_stands_for),
        outcomes.risk[stage.label][rows],
        scores,
        {name: flagged[rows] for name, flagged in flags.items()},
    )


def joined_panels(parts: Sequence[Panel]) -> Panel | None:
    """Return the panel of all parts, one after the other; None where there is no part."""
    if not parts:
        return None
    whole: dict[str, Any] = {
        name: np.concatenate([getattr(part, name) for part in parts])
        for name in ("truth_class", "family", "weights", "risk")
    }
    return replace(
        parts[0],
        **whole,
        scores={name: np.concatenate([part.scores[name] for part in parts]) for name in parts[0].scores},
        flags={name: np.concatenate([part.flags[name] for part in parts]) for name in parts[0].flags},
    )


@dataclass(frozen=True)
class Compared:
    """Our screener and a rival on the panel, at one workload.

    Attributes:
        name: The rival.
        ours, theirs: Whom either flags.
        oracle: Whom the oracle flags at this workload; None where it was left out.
        by_its_flags: Whether it decides by itself, so that our threshold moved and not its own.
    """

    name: str
    ours: SameWorkload
    theirs: SameWorkload
    oracle: SameWorkload | None
    by_its_flags: bool

    def differences(self, people: Flags, *, missed: bool) -> "Differences":
        """Return our rate among `people`, shape (m,), minus theirs: of being missed, or of being flagged."""
        as_they_fall, best, worst = (
            _paired(getattr(self.ours, part)[people], getattr(self.theirs, part)[people], missed=missed)
            for part in ("flagged", "flagged_best", "flagged_worst")
        )
        return Differences(as_they_fall, best, worst)


@dataclass(frozen=True)
class Differences:
    """A paired difference, ties as they fall, and the same where victims come first or last among equals.

    Attributes:
        as_they_fall: Ties in a stable order.
        best, worst: Ties all for the victims, or all against them, on the side whose threshold moved.
    """

    as_they_fall: PairedDifference
    best: PairedDifference
    worst: PairedDifference


def compared(panel: Panel, threshold: int) -> list[Compared]:
    """Return our screener beside every rival of the panel.

    Args:
        panel: Weights as they are to be counted.
        threshold: Of our screener, in hundredths.
    """
    flagged, risk = panel.risk >= threshold, panel.risk.astype(np.float64)
    ours = decided(flagged, panel.is_victim)
    by_score = {name: panel.at_workload_of(flagged, scores) for name, scores in panel.scores.items()}
    best = by_score.get(ORACLE)
    found = [Compared(name, ours, same, best, by_its_flags=False) for name, same in by_score.items()]
    for name, flags in panel.flags.items():
        theirs, moved = decided(flags, panel.is_victim), panel.at_workload_of(flags, risk)
        oracle = panel.at_workload_of(flags, panel.scores[ORACLE]) if ORACLE in panel.scores else None
        found.append(Compared(name, moved, theirs, oracle, by_its_flags=True))
    return found


def comparisons_json(panel: Panel, threshold: int, found: Sequence[Compared]) -> dict[str, Any]:
    """Return all comparisons for JSON.

    Args:
        panel: The people.
        threshold: Of our screener, in hundredths.
        found: What `compared` returned.

    Returns:
        `people` on the panel; `screener`, at its own threshold; `rivals`, one each, with both sides at one
        workload, `misses` and `lawful` (ours minus theirs, exact p-value, Holm's over all `tests`); and
        `share_of_achievable` of our screener, overall and by typology.
    """
    victims, lawful = panel.is_victim, panel.truth_class == TruthClass.LAWFUL
    pairs = [(one.differences(victims, missed=True), one.differences(lawful, missed=False)) for one in found]
    told = [side.as_they_fall for pair in pairs for side in pair if side.as_they_fall.n]
    adjusted = iter(holm_adjusted([side.p_value for side in told]))
    own = decided(panel.risk >= threshold, victims)
    return {
        "people": _people_json(panel),
        "tests": len(told),
        "adjusted_by": "holm",
        "screener": _side_json(panel, own),
        "rivals": [
            {
                "name": one.name,
                "by_its_flags": one.by_its_flags,
                **_side_json(panel, one.theirs),
                "screener": _side_json(panel, one.ours),
                "misses": _differences_json(pair[0], adjusted),
                "lawful": _differences_json(pair[1], adjusted),
                "share_of_achievable": _achievable_json(one.theirs, one.oracle, victims),
                "screener_share_of_achievable": _achievable_json(one.ours, one.oracle, victims),
            }
            for one, pair in zip(found, pairs, strict=True)
        ],
        "share_of_achievable": _achievable_by_typology(panel, own, found),
    }


def achievable_json(share: ShareOfAchievable) -> dict[str, float | int | None]:
    """Return a share of achievable detection for JSON: estimate, interval and the three counts."""
    low, high = share.interval
    ends: dict[str, float | int | None] = {"estimate": share.estimate, "low": low, "high": high}
    return {
        **(ends if share.of_oracle else dict.fromkeys(ends)),
        "n": share.of_oracle,
        "detected": share.both + share.only_this,
        "only_this": share.only_this,
        "only_oracle": share.only_oracle,
    }


def _achievable_by_typology(
    panel: Panel, own: SameWorkload, found: Sequence[Compared]
) -> dict[str, Any] | None:
    """Return our share overall and by typology; None where the oracle was left out."""
    oracle = next((one.theirs for one in found if one.name == ORACLE), None)
    if oracle is None:
        return None
    return {
        "overall": _achievable_json(own, oracle, panel.is_victim),
        "by_typology": [
            {"group": name, **(_achievable_json(own, oracle, panel.family == place) or {})}
            for place, name in enumerate(panel.families)
            if (panel.family == place).any()
        ],
    }


def _achievable_json(this: SameWorkload, oracle: SameWorkload | None, people: Flags) -> dict[str, Any] | None:
    if oracle is None:
        return None
    return achievable_json(share_of_achievable(this.flagged[people], oracle.flagged[people]))


def _people_json(panel: Panel) -> dict[str, Any]:
    counts = {one.label: int((panel.truth_class == one).sum()) for one in TruthClass}
    others = panel.weights[~panel.is_victim]
    stand_for = {
        "victim_stands_for": float(panel.weights[panel.is_victim].max(initial=0.0)),
        "other_stands_for": float(others.max(initial=0.0)),
    }
    kinds = {"victims": counts["victim"], "lawful": counts["lawful"], "irregular": counts["irregular"]}
    return {**kinds, **stand_for}


def _side_json(panel: Panel, same: SameWorkload) -> dict[str, Any]:
    """Return what one screener does to the panel, with the ends between which ties could move it."""
    everybody = float(panel.weights.sum())
    flags = PER * float(panel.weights[same.flagged].sum()) / everybody if everybody else None
    found: dict[str, Any] = {
        "flags_per_10000": flags,
        "miss_rate": rate_json(same.miss, "missed"),
        "missed_best": same.best,
        "missed_worst": same.worst,
    }
    for one in (TruthClass.LAWFUL, TruthClass.IRREGULAR):
        people, name = panel.truth_class == one, f"{one.label}_flagged"
        rate = Rate(int(same.flagged[people].sum()), int(people.sum()))
        found[name] = rate_json(rate, "flagged")
        found[f"{name}_best"] = int(same.flagged_best[people].sum())
        found[f"{name}_worst"] = int(same.flagged_worst[people].sum())
    return found


def _differences_json(found: Differences, adjusted: Iterator[float]) -> dict[str, Any]:
    """Return a paired difference for JSON, with its exact p-value and Holm's, and both ends of the ties."""
    fall = found.as_they_fall
    tested = fall.n > 0
    return {
        "screener_minus_this": difference_json(fall),
        "only_screener": fall.only_first,
        "only_this": fall.only_second,
        "p_value": fall.p_value if tested else None,
        "p_value_holm": next(adjusted) if tested else None,
        "best": {"estimate": found.best.estimate, "p_value": found.best.p_value} if tested else None,
        "worst": {"estimate": found.worst.estimate, "p_value": found.worst.p_value} if tested else None,
    }


def _paired(ours: Flags, theirs: Flags, *, missed: bool) -> PairedDifference:
    return paired_misses(~ours, ~theirs) if missed else paired_misses(ours, theirs)
