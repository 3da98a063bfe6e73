"""The fidelity report as one whole: everything judged, every verdict, and the same as JSON.

Expensive parts look at fresh samples and say how many; the rest looks at every row. The seed of the cohort
stands nowhere in it. A report may fail a cohort; it cannot prove one right.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from pathlib import Path
from typing import Any

from dossier.stages import Stage
from dossier.texts import Text
from dossier.truth import TruthClass
from synthetic.audit import Judged, check_both_sides, judge_afresh
from synthetic.changes import scenario_hash
from synthetic.draw import Plan
from synthetic.fidelity import ceiling, drift, grades, networks, noise, sensitivity, shortcuts
from synthetic.fidelity.counts import Area, Share, Verdict, whole
from synthetic.fidelity.gathered import Gathered, counted_rows, gather
from synthetic.fidelity.settings import settings
from synthetic.fidelity.targets import TargetFound, targets_found
from synthetic.provenance import numbers_of
from synthetic.scenarios import Scenario
from synthetic.streams import stream_key

SCHEMA_VERSION = "1"
Advance = Callable[[str, int], None]
"""Told what is being judged, and how many steps are done."""

STEPS = (
    "the cohort",
    "targets",
    "the oracle",
    "calibration",
    "shortcuts",
    "networks",
    "the mechanism log",
    "the tornado",
)


@dataclass(frozen=True)
class Check:
    """One requirement and whether it holds.

    Attributes:
        part: The part of the report that it stands in.
        requirement: What must hold.
        verdict: Whether it does.
        n: How many rows, fields or numbers it was judged on.
        unit: What `n` counts.
        fresh: Whether it was judged on fresh draws of the scenario, not on the rows of this cohort.
    """

    part: str
    requirement: str
    verdict: Verdict
    n: int
    unit: str
    fresh: bool = False


@dataclass(frozen=True)
class Fidelity:
    """Everything that was judged; the attributes are the parts of the report, in its order."""

    scenario: Scenario
    stage: Stage
    n: int
    truth: Mapping[str, Share]
    targets: tuple[TargetFound, ...]
    kinds: tuple[ceiling.KindCeiling, ...]
    groups: tuple[ceiling.GroupCeiling, ...]
    calibration: ceiling.Calibration
    fields: tuple[shortcuts.FieldShortcut, ...]
    models: tuple[shortcuts.ModelShortcut, ...]
    top: ceiling.Top
    network_sizes: tuple[networks.SizeBand, ...]
    links: tuple[networks.LinkBand, ...]
    degrees: tuple[networks.Degrees, ...]
    bursts: networks.Bursts
    drift: drift.Drift
    reconciliation: noise.Reconciliation
    recorded: tuple[noise.Recorded, ...]
    recorded_n: int
    tornado: sensitivity.Tornado
    grades: tuple[grades.Graded, ...]

    @property
    def checks(self) -> tuple[Check, ...]:
        """Every requirement with its verdict."""
        return tuple(_checks(self))

    @property
    def verdict(self) -> Verdict:
        """The verdict on all requirements together."""
        return whole(check.verdict for check in self.checks)

    @property
    def holds(self) -> bool:
        """Whether no requirement is broken; what cannot be told breaks none."""
        return self.verdict != "not met"

    def to_json(self) -> dict[str, Any]:
        """Return everything that is printed, ready for JSON."""
        parts = {each.name: getattr(self, each.name) for each in fields(self) if each.name != "scenario"}
        return {
            "schema_version": SCHEMA_VERSION,
            "synthetic": True,
            "scenario": self.scenario.id,
            "scenario_hash": scenario_hash(self.scenario),
            "verdict": self.verdict,
            "checks": [as_json(check) for check in self.checks],
            "settings": settings().model_dump(mode="json"),
            **{name: as_json(part) for name, part in parts.items()},
        }


def examine(
    plan: Plan, folder: Path, stage: Stage, *, workers: int = 1, advance: Advance = lambda _, __: None
) -> Fidelity:
    """Examine a cohort.

    Args:
        plan: The plan by which it was drawn.
        folder: Its folder, with the sealed truth.
        stage: The stage at which its people are judged.
        workers: Measurements of the sensitivity analysis at a time; changes no result.
        advance: Told what is being done.

    Raises:
        BadInput: If the cohort is too large, or the scenario has no victims or nobody else.
    """
    world, seed = plan.world, _seed_of(plan)
    check_both_sides(world, where="--audit", mend="Draw it without --audit.")
    sizes, bounds = settings().sizes, settings().bounds
    advance(STEPS[0], 1)
    gathered = gather(plan)
    advance(STEPS[1], 1)
    targets = targets_found(plan)
    advance(STEPS[2], 1)
    judged = judge_afresh(world, stage, seed, victims=sizes.victims, others=sizes.others)
    kinds, groups = (
        ceiling.by_kind(world, judged, bounds.false_flags),
        ceiling.by_group(judged, bounds.false_flags),
    )
    advance(STEPS[3], 1)
    calibration, top = _mixed(plan, stage, seed)
    advance(STEPS[4], 1)
    single, models = shortcuts.single_fields(world, seed), _models(gathered, judged, stage, seed)
    advance(STEPS[5], 1)
    sizes_found, link_bands = networks.network_sizes(gathered), networks.links(gathered)
    degrees, bursts, year = networks.degrees(gathered), networks.bursts(gathered), drift.drift(gathered)
    advance(STEPS[6], 1)
    reconciliation, recorded = noise.reconcile(folder), noise.recorded(plan)
    tornado = sensitivity.tornado(
        world.scenario, stage, seed, workers, lambda steps: advance(STEPS[7], steps)
    )
    return Fidelity(
        scenario=world.scenario,
        stage=stage,
        n=plan.size,
        truth={each.label: Share.of(gathered.classes == each) for each in TruthClass},
        targets=tuple(targets),
        kinds=tuple(kinds),
        groups=tuple(groups),
        calibration=calibration,
        fields=tuple(single),
        models=tuple(models),
        top=top,
        network_sizes=tuple(sizes_found),
        links=tuple(link_bands),
        degrees=tuple(degrees),
        bursts=bursts,
        drift=year,
        reconciliation=reconciliation,
        recorded=tuple(recorded),
        recorded_n=min(plan.size, sizes.recorded),
        tornado=tornado,
        grades=tuple(grades.graded(numbers_of(world.scenario))),
    )


def steps(scenario: Scenario) -> int:
    """Return how often `examine` tells that a step is done."""
    return len(STEPS) - 1 + sensitivity.measurements(scenario)


def as_json(value: Any) -> Any:
    """Return a part of the report as JSON: shares and areas with their intervals."""
    match value:
        case Share() | Area():
            low, high = value.interval()
            found: Any = {**vars(value), "estimate": value.estimate, "low": low, "high": high}
        case Stage():
            found = value.label
        case Mapping():
            found = {str(key): as_json(each) for key, each in value.items()}
        case list() | tuple():
            found = [as_json(each) for each in value]
        case Text():
            found = value.model_dump(mode="json")
        case _ if is_dataclass(value):
            found = {each.name: as_json(getattr(value, each.name)) for each in fields(value)}
        case _:
            found = value
    return found


def _checks(found: Fidelity) -> Iterator[Check]:
    for target in found.targets:
        yield Check("targets", target.title.en, target.verdict, target.observed.n, "victims counted")
    yield Check(
        "oracle",
        "the oracle's probabilities are what happens",
        found.calibration.verdict,
        found.calibration.n,
        "people",
        fresh=True,
    )
    largest = max((each.area.first + each.area.second for each in found.fields), default=0)
    for what, name in (("codes", "no single field"), ("emptiness", "no field's emptiness")):
        verdict = whole(each.verdict for each in found.fields if each.what == what)
        rule = f"{name} separates a typology beyond its bound"
        yield Check("shortcuts", rule, verdict, largest, "people", fresh=True)
    for model in found.models:
        n = model.area.first + model.area.second
        fresh = model is not found.models[-1]  # the last reads the order of the cohort's own rows
        yield Check("shortcuts", f"{model.name}: {model.rule}", model.verdict, n, "people", fresh)
    shared = sum(band.n for band in found.links)
    verdict = whole(band.verdict for band in found.links)
    yield Check(
        "networks", "lawful people share as well: no link gives the label away", verdict, shared, "links"
    )
    few = [band.as_on_file for band in found.links if band.as_on_file != "cannot tell"]
    rule = "about as many applicants share an actor as its dossiers say"
    actors = sum(band.actors for band in found.links)
    yield Check("networks", rule, whole(few) if few else "cannot tell", actors, "actors")
    yield Check("drift", "no month lacks victims or others", found.drift.verdict, found.n, "people")
    log = found.reconciliation
    yield Check("noise", "the log explains every changed cell", log.verdict, log.n, "cells")
    verdict = whole(each.verdict for each in found.recorded)
    yield Check(
        "noise", "answers are lost and misread at the declared rates", verdict, found.recorded_n, "rows"
    )


def _seed_of(plan: Plan) -> int:
    """Return the seed of fresh samples: another for every cohort, and no way back to the cohort's own."""
    return stream_key(plan.seed, "fidelity") % 2**32


def _mixed(plan: Plan, stage: Stage, seed: int) -> tuple[ceiling.Calibration, ceiling.Top]:
    drawn, odds = ceiling.mixed(plan.world, stage, seed + 2, settings().sizes.mixed)
    counted = counted_rows(plan.world, drawn.kinds)
    kinds, odds = drawn.kinds[counted], odds[counted]
    top = ceiling.top(plan.world, kinds, odds)
    return ceiling.calibration(odds, ceiling.victims_of(plan.world, kinds)), top


def _models(gathered: Gathered, judged: Judged, stage: Stage, seed: int) -> list[shortcuts.ModelShortcut]:
    return [*shortcuts.small_trees(judged, stage, seed), shortcuts.order_of_rows(gathered)]
