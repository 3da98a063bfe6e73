"""Rare victims: what a flag is worth, what a mixture of typologies would miss, and what cannot be said.

Misses are never estimated from a natural sample, in which hardly a victim stands. Victims are drawn by
typology and put together with declared weights; precision and workload follow from both rates for stated
shares of victims. Wherever an interval is too wide to say anything, the number of people that would do is
said instead. Nothing here says how rare victims are.
"""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Annotated, Any

import numpy as np
from pydantic import Field

from dossier.problems import BadInput
from dossier.toml_files import Finite, read_toml, validated
from screening.evaluation.rates import Rate, clopper_pearson
from screening.evaluation.workload import Both, reckoned
from screening.intervals import exact_interval

EVEN = "even"
"""The mixture in which every typology is as frequent as any other."""

ROUNDING = 1e-9
"""By how much declared weights may miss 1; they are written in decimals."""

Share = Annotated[float, Field(gt=0, lt=1)]


class Settings(Finite):
    """Which shares of victims are shown and how wide an interval may be: the file `rare_events.toml`.

    Attributes:
        least_share, most_share: Ends of the shares of victims.
        steps_per_tenfold: Steps from one share to the tenfold one.
        confidence: Of joint intervals and of a mixture's.
        widest_factor: Most by which the ends of a precision's interval may differ.
        widest_miss: Most that a miss rate's interval may span.
        most_people: Beyond it, no number is named as one that would do.
    """

    least_share: Share
    most_share: Share
    steps_per_tenfold: Annotated[int, Field(gt=0)]
    confidence: Share
    widest_factor: Annotated[float, Field(gt=1)]
    widest_miss: Share
    most_people: Annotated[int, Field(gt=0)]


@cache
def settings() -> Settings:
    """Return the settings."""
    return validated(Settings, read_toml(Path(__file__).with_name("rare_events.toml")))


def shares() -> tuple[float, ...]:
    """Return the shares of victims at which precision and workload are shown, rising.

    Examples:
        >>> [one for one in shares() if one in (0.00001, 0.0001, 0.001, 0.01)]
        [1e-05, 0.0001, 0.001, 0.01]
    """
    chosen = settings()
    least, most = math.log10(chosen.least_share), math.log10(chosen.most_share)
    steps = round((most - least) * chosen.steps_per_tenfold)
    return tuple(float(f"{10**power:.6g}") for power in np.linspace(least, most, steps + 1))


# --- mixtures of typologies -------------------------------------------------------------------------


@dataclass(frozen=True)
class Mixture:
    """The miss rate of a declared mixture of typologies, of each of which victims were drawn.

    The interval is honest for any weights and any n: the exact interval of each of m typologies takes the
    m-th part of the error, after Bonferroni, so that all of them hold at once; and then the mixture lies
    between the mixtures of their ends.

    Attributes:
        weights: Share of each typology among the victims; they sum to 1.
        rates: Victims of each typology who are missed.
        confidence: Of the interval.

    Examples:
        >>> found = Mixture({"a": 0.9, "b": 0.1}, {"a": Rate(10, 1000), "b": Rate(500, 1000)}, 0.95)
        >>> round(found.estimate, 4), [round(end, 3) for end in found.interval]
        (0.059, [0.05, 0.071])
    """

    weights: Mapping[str, float]
    rates: Mapping[str, Rate]
    confidence: float

    def __post_init__(self) -> None:
        weights = self.weights.values()
        if not all(weight >= 0 for weight in weights) or abs(sum(weights) - 1) > ROUNDING:
            what = f"the weights of the typologies sum to {sum(weights):g}, or one is below 0"
            raise BadInput.of(what, where="mixture", mend="Give shares of the victims that sum to 1.")
        if lacking := self.lacking:
            what = f"no victim of the typology '{lacking[0]}' was screened, and the mixture holds some"
            mend = "Draw victims of every typology of the mixture, or leave it out."
            raise BadInput.of(what, where="mixture", mend=mend)

    @property
    def lacking(self) -> list[str]:
        """Typologies with a weight and without anybody to measure."""
        return [name for name in self._present if name not in self.rates or not self.rates[name].n]

    @property
    def estimate(self) -> float:
        """The miss rate."""
        return sum(self.weights[name] * self.rates[name].estimate for name in self._present)

    @cached_property
    def interval(self) -> tuple[float, float]:
        """Ends of the interval."""
        each = 1 - (1 - self.confidence) / len(self._present)
        ends = {
            name: clopper_pearson(self.rates[name].count, self.rates[name].n, each) for name in self._present
        }
        low, high = (sum(self.weights[name] * ends[name][side] for name in self._present) for side in (0, 1))
        return low, high

    @property
    def _present(self) -> list[str]:
        return [name for name, weight in self.weights.items() if weight]


# --- how many people would do -----------------------------------------------------------------------


@dataclass(frozen=True)
class Needed:
    """How many people would do; None where no number would, at the same rates.

    Attributes:
        victims, others: How many of either side, as many as there are or more.
    """

    victims: int | None
    others: int | None


def victims_needed(miss: Rate) -> int | None:
    """Return how many victims would narrow a miss rate's interval to the widest that is allowed.

    Returns:
        The smallest number, at the same rate; those there are where they do.
    """
    return _smallest(lambda n: _width(miss, n) <= settings().widest_miss, max(miss.n, 1))


def needed_at(both: Both, prevalence: float) -> Needed:
    """Return how many people would narrow the precision's interval to the widest that is allowed.

    More others are looked for first, since they are the many. Where no number of them would do, victims are
    looked for who leave the others half of the factor, and then others beside them.

    Args:
        both: The rates, which are assumed to stay as they are.
        prevalence: Share of victims among applicants.
    """
    most, miss, wrong = settings().widest_factor, both.miss, both.false_flag
    known = (wrong.estimate, wrong.estimate)

    def factor(miss_ends: tuple[float, float], wrong_ends: tuple[float, float]) -> float:
        return reckoned(prevalence, (miss.estimate, *miss_ends), (wrong.estimate, *wrong_ends)).factor

    def ends(rate: Rate, n: int) -> tuple[float, float]:
        return _ends(rate, n, (1 + both.confidence) / 2)

    victims: int | None = miss.n
    if factor(ends(miss, miss.n), known) > most:
        victims = _smallest(lambda n: factor(ends(miss, n), known) <= math.sqrt(most), miss.n)
    if victims is None:
        return Needed(None, None)
    found = ends(miss, victims)
    return Needed(victims, _smallest(lambda n: factor(found, ends(wrong, n)) <= most, wrong.n))


def _smallest(is_enough: Callable[[int], bool], start: int) -> int | None:
    """Return the smallest number from `start` that is enough, more being never worse; None if none is."""
    most = settings().most_people
    low, high = start - 1, start
    while not is_enough(high):
        if high >= most:
            return None
        low, high = high, min(2 * high, most)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if is_enough(middle) else (middle, high)
    return high


def _ends(rate: Rate, n: int, confidence: float) -> tuple[float, float]:
    """Return the exact interval of the same rate among n people; its count need not be whole then."""
    low, high = exact_interval(rate.estimate * n, n, confidence)
    return float(low), float(high)


def _width(rate: Rate, n: int) -> float:
    low, high = _ends(rate, n, settings().confidence)
    return high - low


# --- content ----------------------------------------------------------------------------------------


def rare_events_json(content: Mapping[str, Any]) -> dict[str, Any]:
    """Return what there is to say of rare victims, for JSON.

    Args:
        content: An evaluation's content: the two rates, `by` typology, and `mixtures` where some are
            declared, each the share of every typology among the victims.

    Returns:
        The curve of precision and workload, each point with its joint interval and, where that is too wide,
        the people that would do; and the mixtures. Empty where one of the two sides has nobody.
    """
    miss, wrong = (
        Rate(content[name][count], content[name]["n"])
        for name, count in (("miss_rate", "missed"), ("false_flag_rate", "flagged"))
    )
    if not (miss.n and wrong.n):
        return {}
    chosen = settings()
    return {
        "grade": "D",
        "confidence": chosen.confidence,
        "widest_factor": chosen.widest_factor,
        "widest_miss": chosen.widest_miss,
        "victims": miss.n,
        "others": wrong.n,
        "curve": list(_curve(Both(miss, wrong, chosen.confidence))),
        "none_flagged": None if wrong.count else {"n": wrong.n, "high": wrong.high},
        "none_missed": None if miss.count else {"n": miss.n, "high": miss.high},
        "typologies": [_typology_json(group) for group in content["by"]["typology"]],
        "mixtures": list(_mixtures(content)),
    }


def _curve(both: Both) -> Iterator[dict[str, Any]]:
    for place, prevalence in enumerate(shares()):
        found = both.at(prevalence)
        is_wide = not found.factor <= settings().widest_factor
        yield {
            **{name: value if math.isfinite(value) else None for name, value in asdict(found).items()},
            "tenfold": place % settings().steps_per_tenfold == 0,
            "needed": asdict(needed_at(both, prevalence)) if is_wide else None,
        }


def _typology_json(group: Mapping[str, Any]) -> dict[str, Any]:
    """Return a typology's miss rate, and the victims that would do where its interval is too wide."""
    found = _missed(group)
    is_wide = found.high - found.low > settings().widest_miss
    return {
        "typology": group["group"],
        "miss_rate": group["miss_rate"],
        "needed": victims_needed(found) if is_wide else None,
        "is_wide": is_wide,
    }


def _mixtures(content: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the miss rate of each declared mixture, and of the even one."""
    rates = {group["group"]: _missed(group) for group in content["by"]["typology"]}
    there = [name for name, rate in rates.items() if rate.n]
    even = {EVEN: dict.fromkeys(there, 1 / len(there))} if there else {}
    declared: dict[str, Mapping[str, float]] = {**content.get("mixtures", {}), **even}
    for name, weights in declared.items():
        lacking = _without_anybody(weights, there)
        yield {"mixture": name, "weights": dict(weights), "lacking": lacking} | (
            {} if lacking else _mixture_json(Mixture(weights, rates, settings().confidence))
        )


def _mixture_json(found: Mixture) -> dict[str, Any]:
    low, high = found.interval
    n = sum(found.rates[name].n for name, weight in found.weights.items() if weight)
    missed = sum(rate.count for rate in found.rates.values())
    return {
        "weighted_miss_rate": {
            "share": found.estimate,
            "low": low,
            "high": high,
            "victims": n,
            "missed": missed,
        }
    }


def _without_anybody(weights: Mapping[str, float], there: Sequence[str]) -> list[str]:
    return [name for name, weight in weights.items() if weight and name not in there]


def _missed(group: Mapping[str, Any]) -> Rate:
    return Rate(group["miss_rate"]["missed"], group["miss_rate"]["n"])
