"""Decision and cost curves: what a way to choose is worth, whatever a miss weighs against a false flag.

Nobody has agreed on that weight, and nobody knows the share of victims among real applicants; so both are
axes, and the prevalences are stated ones. Net benefit follows Vickers and Elkin (2006), the cost curve
Drummond and Holte (2006). Whoever gives a chance refers from the chance that the weight asks for; who only
flags does so to the same people at every weight. Intervals are exact bounds of the two shares, combined.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Any, TypeAlias

import numpy as np
import numpy.typing as npt
from pydantic import Field as Option
from pydantic import model_validator
from scipy.special import logit

from dossier.toml_files import Finite, read_toml, validated
from screening.evaluation.rates import CONFIDENCE, PER
from screening.intervals import exact_interval

Numbers = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Between: TypeAlias = Annotated[float, Option(gt=0, lt=1)]


class Terms(Finite):
    """At which exchange rates the curves are drawn: the file `decisions.toml`.

    Attributes:
        prevalences: Shares of victims among applicants.
        threshold_chances: Chances from which somebody would refer, rising.
        cost_shares: Shares of misses in the cost of being wrong about everybody, rising.
        cost_ratios: False flags that weigh as much as one miss.
        told_chances, told_shares: Places on either axis that the page's tables tell.
        said_chance, said_share: Where the page says a curve in a sentence.
    """

    prevalences: tuple[Between, ...] = Option(min_length=1)
    threshold_chances: tuple[Between, ...] = Option(min_length=2)
    cost_shares: tuple[Between, ...] = Option(min_length=2)
    cost_ratios: tuple[Annotated[float, Option(gt=0)], ...]
    told_chances: tuple[float, ...]
    told_shares: tuple[float, ...]
    said_chance: float
    said_share: float

    @model_validator(mode="after")
    def _is_in_order(self) -> "Terms":
        for name in ("prevalences", "threshold_chances", "cost_shares"):
            if any(first >= second for first, second in pairwise(getattr(self, name))):
                raise ValueError(f"'{name}' must rise")
        told = (*self.told_chances, self.said_chance), (*self.told_shares, self.said_share)
        for axis, places in zip((self.threshold_chances, self.cost_shares), told, strict=True):
            if not set(places) <= set(axis):
                raise ValueError("what is told or said of an axis must be one of its places")
        return self


@cache
def terms() -> Terms:
    """Return at which exchange rates the curves are drawn.

    Raises:
        BadInput: If a number is out of range, or an axis does not rise.
    """
    return validated(Terms, read_toml(Path(__file__).with_name("decisions.toml")))


@dataclass(frozen=True)
class Bounded:
    """Numbers with their intervals, each of shape (k,)."""

    estimate: Numbers
    low: Numbers
    high: Numbers


@dataclass(frozen=True)
class Choices:
    """Whom one way to choose flags at k exchange rates.

    Attributes:
        found: Shape (k,): victims flagged.
        wrong: Shape (k,): others flagged.
        victims, others: People of either side, at least one of each.
        confidence: Of the intervals; either share has half of the error.
    """

    found: npt.NDArray[np.int64]
    wrong: npt.NDArray[np.int64]
    victims: int
    others: int
    confidence: float = CONFIDENCE

    def net_benefit(self, prevalence: float, chances: Numbers) -> Bounded:
        """Return the net benefit for one applicant: victims found, less others flagged at the exchange rate.

        Args:
            prevalence: Share of victims among applicants.
            chances: Shape (k,): the chance from which somebody refers; its odds are the exchange rate.
        """
        return self._combined(prevalence, -(1 - prevalence) * chances / (1 - chances), 0.0)

    def cost(self, shares: Numbers) -> Bounded:
        """Return the expected cost, as a share of the cost of being wrong about everybody.

        Args:
            shares: Shape (k,): of that cost, what misses make up.
        """
        benefit = self._combined(-shares, 1 - shares, shares)
        return Bounded(benefit.estimate, benefit.high, benefit.low)

    def _combined(self, per_found: Any, per_wrong: Any, start: Any) -> Bounded:
        """Return start + per_found * share found + per_wrong * share wrong, its ends where both have theirs.

        What the two shares are multiplied by has opposite signs, so both ends lie at opposite ends of theirs.
        """
        each = (1 + self.confidence) / 2
        found_low, found_high = exact_interval(self.found, self.victims, each)
        wrong_low, wrong_high = exact_interval(self.wrong, self.others, each)
        pairs = (
            (self.found / self.victims, self.wrong / self.others),
            (found_low, wrong_high),
            (found_high, wrong_low),
        )
        return Bounded(*(start + per_found * found + per_wrong * wrong for found, wrong in pairs))


@dataclass(frozen=True)
class Ways:
    """Ways to choose among the same people.

    Attributes:
        is_victim: Shape (m,): who is a victim. The others are a sample in which each counts alike.
        evidence: Shape (m,) by name: log likelihood ratios of being a victim, of whoever gives a chance;
            infinite where a rule decides alone.
        flags: Shape (m,) by name: whom others flag, who give no chance.
    """

    is_victim: Flags
    evidence: Mapping[str, Numbers]
    flags: Mapping[str, Flags]

    @property
    def has_both_sides(self) -> bool:
        """Whether there are victims and others."""
        return bool(self.is_victim.any() and not self.is_victim.all())

    def choices(self, cutoffs: Numbers) -> Iterator[tuple[str, str, Choices]]:
        """Yield each way by name, what it decides by, and whom it flags.

        Args:
            cutoffs: Shape (k,): log likelihood ratios from which whoever gives a chance flags.
        """
        for name, evidence in self.evidence.items():
            found, wrong = (_reaching(evidence[side], cutoffs) for side in (self.is_victim, ~self.is_victim))
            yield name, "chance", self._choices(found, wrong)
        for name, flags in self.flags.items():
            always = (flags[side].sum() for side in (self.is_victim, ~self.is_victim))
            found, wrong = (np.full(len(cutoffs), count) for count in always)
            yield name, "flags", self._choices(found, wrong)

    def _choices(self, found: npt.NDArray[np.int64], wrong: npt.NDArray[np.int64]) -> Choices:
        return Choices(found, wrong, int(self.is_victim.sum()), int((~self.is_victim).sum()))


def decision_curve_json(ways: Ways, chosen: Terms) -> dict[str, Any]:
    """Return the decision curves for JSON, one for each stated prevalence; empty without both sides.

    Net benefit is that of 10,000 applicants: victims found, less others flagged at the exchange rate.
    """
    if not ways.has_both_sides:
        return {}
    return {
        **_stated(ways),
        "per": PER,
        "threshold_chances": list(chosen.threshold_chances),
        "curves": [_curve_json(ways, prevalence, chosen) for prevalence in chosen.prevalences],
        "told": list(chosen.told_chances),
        "said": {"chance": chosen.said_chance},
    }


def cost_curve_json(ways: Ways, chosen: Terms) -> dict[str, Any]:
    """Return the cost curve for JSON, with where each stated view stands on it; empty without both sides."""
    if not ways.has_both_sides:
        return {}
    shares = np.array(chosen.cost_shares)
    return {
        **_stated(ways),
        "cost_shares": shares.tolist(),
        "everybody": (1 - shares).tolist(),
        "nobody": shares.tolist(),
        "ways": [
            _way_json(name, by, choices, choices.cost(shares))
            for name, by, choices in ways.choices(-logit(shares))
        ],
        "where": [
            {"prevalence": prevalence, "cost_ratio": ratio, "cost_share": cost_share(prevalence, ratio)}
            for prevalence in chosen.prevalences
            for ratio in chosen.cost_ratios
        ],
        "told": list(chosen.told_shares),
        "said": {"cost_share": chosen.said_share},
    }


def cost_share(prevalence: float, ratio: float) -> float:
    """Return the share of misses in the cost of being wrong about everybody.

    Args:
        prevalence: Share of victims among applicants.
        ratio: False flags that weigh as much as one miss.

    Examples:
        >>> round(cost_share(0.01, 99), 3)
        0.5
    """
    misses = prevalence * ratio
    return misses / (misses + 1 - prevalence)


def _curve_json(ways: Ways, prevalence: float, chosen: Terms) -> dict[str, Any]:
    chances = np.array(chosen.threshold_chances)
    everybody = prevalence - (1 - prevalence) * chances / (1 - chances)
    return {
        "prevalence": prevalence,
        "everybody": (PER * everybody).tolist(),
        "nobody": [0.0] * len(chances),
        "ways": [
            _way_json(name, by, choices, choices.net_benefit(prevalence, chances), PER)
            for name, by, choices in ways.choices(logit(chances) - logit(prevalence))
        ],
    }


def _way_json(name: str, by: str, choices: Choices, found: Bounded, times: float = 1.0) -> dict[str, Any]:
    ends = {end: (times * getattr(found, end)).tolist() for end in ("estimate", "low", "high")}
    counts = {"found": choices.found.tolist(), "wrong": choices.wrong.tolist()}
    return {"name": name, "decides_by": by, **ends, **counts}


def _stated(ways: Ways) -> dict[str, Any]:
    """Return what every curve says of itself."""
    return {
        "victims": int(ways.is_victim.sum()),
        "others": int((~ways.is_victim).sum()),
        "confidence": CONFIDENCE,
        "interval": "exact bounds of both shares, each with half of the error, combined",
        "grade": "D",
    }


def _reaching(evidence: Numbers, cutoffs: Numbers) -> npt.NDArray[np.int64]:
    """Return how many reach each cutoff, shape (k,)."""
    return len(evidence) - np.searchsorted(np.sort(evidence), cutoffs, side="left")
