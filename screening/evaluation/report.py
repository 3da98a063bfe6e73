"""The evaluation of one screening: every figure with its count and interval, as one JSON-ready whole.

A `Report` is made of a summary, which a cohort of any size comes down to; an `Evaluation` holds the outcomes
of persons and summarises them, so that there is one way to every figure. What cannot be computed from either
(yardsticks, rules, examples) is handed in. The HTML report and the command line print from the same content
and compute nothing.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from dossier.recommendations import Recommendation
from dossier.stages import Stage
from dossier.truth import TruthClass
from screening.evaluation.groups import GroupRates, group_frame, people_by, stage_frame
from screening.evaluation.measures import FALSE_FLAG, MISS, measure_named
from screening.evaluation.networks import clusters_json
from screening.evaluation.outcomes import Outcomes
from screening.evaluation.rare_events import rare_events_json
from screening.evaluation.rates import PER, rate_json
from screening.evaluation.rule_value import RuleValue
from screening.evaluation.summary import Summary, summarised
from screening.evaluation.tally import Tally
from screening.evaluation.workload import AtPrevalence, at_prevalences
from screening.screener import OVERRIDE

if TYPE_CHECKING:
    import pandas as pd

SCHEMA_VERSION = "1"
GROUPED_BY = ("typology", "tier", "sex", "age_band", "traveller")
CURVE_POINTS = 241


@dataclass(frozen=True)
class Report:
    """What is printed about one screening: everything from counts, whoever counted.

    Attributes:
        summary: The applicants, counted.
        agencies: Keys of the receiving agencies, by index.
        extras: Yardsticks, rules, examples and provenance, as they stand in the JSON.
        base_rate: Share of victims for which the applicants stand, before levers divert any of them; None
            where they stand for themselves.
        share_left: The share that levers left of it; the base rate itself when None.
    """

    summary: Summary
    agencies: tuple[str, ...]
    extras: Mapping[str, Any] = field(default_factory=dict)
    base_rate: float | None = None
    share_left: float | None = None

    def to_json(self) -> dict[str, Any]:
        """Return everything that is printed about this screening."""
        counted, overall = self.summary, self.summary.overall
        content = {
            "schema_version": SCHEMA_VERSION,
            "n": len(counted),
            **self._people(),
            "stage": counted.stage,
            "threshold": counted.threshold / 100,
            "miss_rate": rate_json(overall.miss, "missed"),
            "miss_rate_over_networks": self._over_networks(),
            "false_flag_rate": rate_json(overall.false_flag, "flagged"),
            "lawful_flagged": rate_json(overall.lawful, "flagged"),
            "irregular_flagged": rate_json(overall.irregular, "flagged"),
            "facilitators_flagged": rate_json(overall.facilitators, "flagged"),
            "base_rate": self.base_rate,
            "base_rate_after_levers": self._share_of_victims,
            "flags_per_10000": self._flags_per_10000(overall),
            "by": {name: [group_json(r) for r in counted.rates_by(name)] for name in GROUPED_BY},
            "by_stage": [group_json(rates) for rates in counted.rates_by_stage().values()],
            "pathway": [group_json(rates) for rates in counted.rates_along_pathway().values()],
            "curve": list(_curve(counted.everybody, counted.threshold)),
            "at_prevalence": [_finite(found) for found in at_prevalences(overall.miss, overall.false_flag)],
            "recommendations": self._recommendations(),
            "referred_to": self._referred_to(),
            **self.extras,
        }
        return {**content, "rare_events": rare_events_json(content)}

    @property
    def _share_of_victims(self) -> float | None:
        return self.base_rate if self.share_left is None else self.share_left

    def _flags_per_10000(self, overall: GroupRates) -> float | None:
        """Return the flags among 10,000 people at the base rate, or in the cohort as it was drawn.

        At a base rate it needs the rates of both sides; None where one of them has nobody.
        """
        share = self._share_of_victims
        if share is not None:
            if not (overall.miss.n and overall.false_flag.n):
                return None
            return at_prevalences(overall.miss, overall.false_flag, [share])[0].flags_per_10000
        flags = overall.miss.n - overall.miss.count + overall.false_flag.count
        counted = overall.miss.n + overall.false_flag.n
        return PER * flags / counted if counted else None

    def _over_networks(self) -> dict[str, float | int | None]:
        """Return the interval of the miss rate for other networks like these, approximate and in [0, 1]."""
        found = clusters_json(self.summary.networks)
        ends = {end: found[end] for end in ("low", "high")}
        clipped = {end: None if at is None else min(max(at, 0.0), 1.0) for end, at in ends.items()}
        return {"networks": found["networks"], **clipped}

    def _people(self) -> dict[str, int]:
        names = {TruthClass.VICTIM: "victims", TruthClass.FACILITATOR: "facilitators"}
        return {
            names.get(c, c.label): int(self.summary.by_class[c])
            for c in (TruthClass.VICTIM, TruthClass.IRREGULAR, TruthClass.LAWFUL, TruthClass.FACILITATOR)
        }

    def _recommendations(self) -> dict[str, dict[str, int]]:
        """Return how many people of each class of truth got each recommendation."""
        given = self.summary.given.sum(axis=1)
        return {c.label: {r.label: int(given[c, r]) for r in Recommendation} for c in TruthClass}

    def _referred_to(self) -> dict[str, dict[str, int]]:
        """Return how many flagged people of each class each agency would receive."""
        received = self.summary.received
        return {
            name: {c.label: int(received[c, place]) for c in TruthClass}
            for place, name in enumerate(self.agencies)
        }


@dataclass(frozen=True, repr=False)
class Evaluation:
    """An evaluation of applicants who are at hand as persons, at one threshold.

    Attributes:
        outcomes: The applicants.
        stage: The headline stage.
        thresholds: Hundredths, by stage label.
        patterns: Names of the typology families the cards know, by index.
        agencies: Keys of the receiving agencies, by index.
        extras, base_rate, share_left: As in a `Report`.
    """

    outcomes: Outcomes
    stage: Stage
    thresholds: Mapping[str, int]
    patterns: tuple[str, ...]
    agencies: tuple[str, ...]
    extras: Mapping[str, Any] = field(default_factory=dict)
    base_rate: float | None = None
    share_left: float | None = None

    def __repr__(self) -> str:
        overall = self.overall
        return (
            f"Evaluation of {len(self.outcomes):,} synthetic applicants at the {self.stage.label}, threshold "
            f"{self.threshold / 100:g}: {overall.miss.count:,} of {overall.miss.n:,} victims missed, "
            f"{overall.false_flag.count:,} of {overall.false_flag.n:,} others flagged"
        )

    @property
    def threshold(self) -> int:
        """Hundredths, at the headline stage."""
        return self.thresholds[self.stage.label]

    @cached_property
    def summary(self) -> Summary:
        """The applicants, counted."""
        return summarised(self.outcomes, self.stage, self.thresholds)

    @property
    def overall(self) -> GroupRates:
        """The rates of everybody at the headline stage."""
        return self.summary.overall

    def rates_by(self, name: str) -> list[GroupRates]:
        """Return the rates of each group of a grouping at the headline stage."""
        return self.summary.rates_by(name)

    def rates_by_stage(self) -> dict[str, GroupRates]:
        """Return the rates at every stage, each at its own threshold."""
        return self.summary.rates_by_stage()

    def rates_along_pathway(self) -> dict[str, GroupRates]:
        """Return the rates of being flagged at a stage or at any before it, each at its own threshold."""
        return self.summary.rates_along_pathway()

    def by(self, *names: str, rates: Sequence[str] = (MISS.name, FALSE_FLAG.name)) -> "pd.DataFrame":
        """Return rates of each group as a frame: n, count, rate, interval.

        Args:
            names: Of `outcomes.GROUPINGS`; several are crossed, and the index has a level for each. Or
                "stage" alone.
            rates: Names of `measures.MEASURES`, in the order of the columns.

        Raises:
            BadInput: If there is no such grouping, one is named twice, or nobody is known to belong to any
                group, or there is no such rate.
        """
        measures = [measure_named(name, "rates") for name in rates]
        if names != ("stage",):
            return group_frame(self.tally(*names), measures, self.threshold)
        return stage_frame(self.outcomes, self.thresholds, measures)

    def tally(self, *names: str, stage: Stage | None = None) -> Tally:
        """Return people counted by their risk at a stage and by groupings: any rate at any threshold.

        Args:
            names: Of `outcomes.GROUPINGS`, which are crossed; none for one group of everybody.
            stage: The headline stage when left out.

        Raises:
            BadInput: If there is no such grouping, one is named twice, or nobody is known to belong to any
                group.
        """
        at = self.stage if stage is None else stage
        return people_by(self.outcomes, at.label, names)

    def to_json(self) -> dict[str, Any]:
        """Return everything that is printed about this evaluation."""
        found = Report(self.summary, self.agencies, self.extras, self.base_rate, self.share_left)
        return found.to_json()


def group_json(found: GroupRates) -> dict[str, Any]:
    """Return the rates of one group for JSON."""
    return {
        "group": found.group,
        "miss_rate": rate_json(found.miss, "missed"),
        "false_flag_rate": rate_json(found.false_flag, "flagged"),
        "lawful_flagged": rate_json(found.lawful, "flagged"),
        "irregular_flagged": rate_json(found.irregular, "flagged"),
    }


def rule_json(value: RuleValue) -> dict[str, Any]:
    """Return the worth of a rule for JSON."""
    return {
        "rule": value.rule,
        "fires_on_victims": rate_json(value.fires_on_victims, "fired"),
        "fires_on_others": rate_json(value.fires_on_others, "fired"),
        "saves": value.saves,
        "stops_lawful": value.stops_lawful,
        "stops_irregular": value.stops_irregular,
    }


def _finite(found: AtPrevalence) -> dict[str, float | None]:
    """Return numbers for JSON, which knows none that are infinite or undefined."""
    return {name: value if math.isfinite(value) else None for name, value in asdict(found).items()}


def _curve(everybody: Tally, threshold: int) -> Iterator[dict[str, Any]]:
    """Yield counts at thresholds over the whole range, for the slider: exact, not smoothed."""
    finite = everybody.risk != OVERRIDE
    if not finite.any():
        return
    low, high = _quantiles(everybody.risk[finite], everybody.people[finite], [0.2, 1.0])
    places = np.append(np.linspace(low, high + 1, CURVE_POINTS), threshold)
    steps = np.unique(np.rint(places).astype(np.int32))
    (people,) = everybody.outcomes(steps)
    for index, step in enumerate(steps):
        yield {
            "threshold": int(step) / 100,
            "missed": int(people[TruthClass.VICTIM, index, 0]),
            "lawful": int(people[TruthClass.LAWFUL, index, 1]),
            "irregular": int(people[TruthClass.IRREGULAR, index, 1]),
        }


def _quantiles(risk: Any, people: Any, shares: Sequence[float]) -> Iterator[float]:
    """Yield quantiles of risks that several people have, each between the two risks beside its place."""
    order = np.argsort(risk, kind="stable")
    upto = np.cumsum(people[order])
    for share in shares:
        place = share * (upto[-1] - 1)
        beside = np.searchsorted(upto, [np.floor(place), np.ceil(place)], side="right")
        yield float(np.quantile(risk[order][beside], place - np.floor(place)))
