"""Reliability: whether the chances that are shown come true among simulated people.

Applicants are sorted by the chance that their risk stands for, at the cohort's own share of victims, and in
each bin the chance is set beside the share of victims that there are, with its exact interval. People on whom
a rule decided alone have no chance and stand in a row of their own. Counts add up over parts of a cohort.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from dossier.truth import TruthClass
from models.calibration import Calibration
from models.card import LARGEST
from screening.evaluation.outcomes import Grouping, Outcomes
from screening.evaluation.rates import Rate
from screening.evaluation.tally import Tally

Counts = npt.NDArray[np.int64]

EDGES = (0.0, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 0.6, 1.0)
"""Ends of the bins, in chances: about three to each power of ten, because most chances are small."""


def reliability_json(people: Tally, calibration: Calibration) -> dict[str, Any]:
    """Return the reliability of the chances at one stage, for JSON.

    Args:
        people: Applicants by their risk at the stage of `calibration`; facilitators are left out.
        calibration: The curve of the stage.

    Returns:
        `share_of_victims` among the people counted, `learned_at` (the share at which the curve was learned),
        `bins` with `low`, `high`, `shown` (mean chance), n and the share of victims; `by_rule` likewise for
        people on whom a rule decided alone. Empty where there are no victims or nobody else.
    """
    risk, victims, everybody = _by_risk(people)
    if not 0 < victims.sum() < everybody.sum():
        return {}
    share = float(victims.sum() / everybody.sum())
    by_rule = risk > LARGEST
    chance = calibration.chance(risk[~by_rule], share)
    return {
        "share_of_victims": share,
        "learned_at": calibration.prior,
        "bins": list(_bins(chance, victims[~by_rule], everybody[~by_rule])),
        "by_rule": _observed(victims[by_rule], everybody[by_rule]),
    }


@dataclass(frozen=True)
class Expectation:
    """Victims whom the chances of a group lead to expect, and victims there were.

    Attributes:
        group: The group's name.
        expected: The sum of its chances.
        observed: Its victims, of its people who were shown a chance.
    """

    group: str
    expected: float
    observed: Rate


def expectations(
    risk: npt.NDArray[np.int32], outcomes: Outcomes, calibration: Calibration, division: Grouping
) -> list[Expectation]:
    """Return for each group how many victims its chances lead to expect, beside how many there are.

    Args:
        risk: Shape (n,): hundredths, at the stage of `calibration`.
        outcomes: The applicants; facilitators, and people on whom a rule decided alone, are left out.
        calibration: The curve of the stage.
        division: How to divide them.

    Returns:
        Groups of whom somebody was shown a chance; none where there are no victims or nobody else.
    """
    counted = _counted(outcomes)
    victims = int(outcomes.truth.is_victim.sum())
    if not 0 < victims < counted.sum():
        return []
    inside = np.flatnonzero(counted & (risk <= LARGEST) & (division.codes >= 0))
    chance = calibration.chance(risk[inside], victims / int(counted.sum()))
    codes, size = division.codes[inside], len(division.labels)
    people, expected = np.bincount(codes, minlength=size), np.bincount(codes, chance, minlength=size)
    found = np.bincount(codes[outcomes.truth.is_victim[inside]], minlength=size)
    return [
        Expectation(label, float(expected[code]), Rate(int(found[code]), int(people[code])))
        for code, label in enumerate(division.labels)
        if people[code]
    ]


def _counted(outcomes: Outcomes) -> npt.NDArray[np.bool_]:
    return np.asarray(outcomes.truth.is_victim | outcomes.truth.is_counted_as_other)


def _by_risk(people: Tally) -> tuple[npt.NDArray[np.int32], Counts, Counts]:
    """Return every risk there is, and how many victims, and victims and others, have it."""
    risks = people.risks
    places = np.searchsorted(risks, people.risk)
    victims, others = (
        np.bincount(places, np.where(np.isin(people.classes, classes), people.people, 0), len(risks))
        for classes in ([TruthClass.VICTIM], [TruthClass.LAWFUL, TruthClass.IRREGULAR])
    )
    return risks, victims.astype(np.int64), (victims + others).astype(np.int64)


def _bins(chance: npt.NDArray[np.float64], victims: Counts, everybody: Counts) -> Iterator[dict[str, Any]]:
    bins = np.clip(np.searchsorted(EDGES, chance, side="right") - 1, 0, len(EDGES) - 2)
    for number, (low, high) in enumerate(pairwise(EDGES)):
        inside = (bins == number) & (everybody > 0)
        if inside.any():
            shown = float(np.average(chance[inside], weights=everybody[inside]))
            observed = _observed(victims[inside], everybody[inside])
            yield {"low": low, "high": high, "shown": shown, "victims": observed}


def _observed(victims: Counts, everybody: Counts) -> dict[str, Any]:
    found = Rate(int(victims.sum()), int(everybody.sum()))
    estimate = found.estimate if found.n else None
    return {"estimate": estimate, "low": found.low, "high": found.high, "n": found.n, "count": found.count}
