"""Published sums and what the cohort shows of them, counted through the channel they were observed through.

Shares are counted among victims as they truly are, after the selection of who gets identified at all. Meeting
a target is calibration: the numbers were chosen so that it is met. It validates nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from dossier.fields import Codes
from dossier.texts import Text
from dossier.truth import TruthClass
from evidence import Figure, figure
from synthetic.channels import identified
from synthetic.draw import Drawn, Plan
from synthetic.fidelity.counts import Rows, Share, Verdict, agrees
from synthetic.fidelity.gathered import chunks, classes_of
from synthetic.fidelity.settings import is_any, settings
from synthetic.scenarios import Target
from synthetic.world import World


@dataclass(frozen=True)
class Published:
    """A published share.

    Attributes:
        estimate: The share; None where only a range is published.
        counts: Its count and n, where it has them.
        low, high: The range it allows: the exact interval of its counts, the published range, or the figure
            with the declared tolerance.
        keys: The evidence it rests on.
        grade: The worst grade of that evidence.
    """

    estimate: float | None
    counts: Share | None
    low: float
    high: float
    keys: tuple[str, ...]
    grade: str


@dataclass(frozen=True)
class TargetFound:
    """One target and what the cohort shows.

    Attributes:
        name: Its key in the scenario.
        title: What is counted.
        channel: The detection channel; empty for all victims.
        observed: The share in the cohort.
        published: The share that was published.
        verdict: Whether they agree within sampling error.
        why: What the scenario says about it.
    """

    name: str
    title: Text
    channel: str
    observed: Share
    published: Published
    verdict: Verdict
    why: str


def targets_found(plan: Plan) -> list[TargetFound]:
    """Return every target of a plan's scenario with what all its rows show."""
    declared = plan.world.scenario.targets
    counts = {name: np.zeros(2, dtype=np.int64) for name in declared}
    for chunk in chunks(plan, plan.size) if declared else ():
        seen = identified(plan.world, chunk, plan.seed)
        for name, target in declared.items():
            counts[name] += counted(plan.world, chunk, target, seen)
    return [judged(name, declared[name], Share(int(count), int(n))) for name, (count, n) in counts.items()]


def counted(world: World, drawn: Drawn, target: Target, seen: Mapping[str, Rows]) -> tuple[int, int]:
    """Return how many of the drawn rows count, and of how many.

    Args:
        world: The compiled scenario.
        drawn: Some rows.
        target: What is counted.
        seen: By detection channel, who was identified through it, shape (n,).
    """
    rows = classes_of(world, drawn.kinds) == TruthClass.VICTIM
    if target.channel:
        rows &= seen[target.channel]
    if target.modules:
        wanted = [
            kind for kind, it in enumerate(world.kinds) if world.module_ids[it.module] in target.modules
        ]
        rows &= np.isin(drawn.kinds, wanted)
    among = rows & _all(drawn.truth, target.among)
    return int((among & _all(drawn.truth, target.where)).sum()), int(among.sum())


def judged(name: str, target: Target, observed: Share) -> TargetFound:
    """Return a target with the verdict on what was observed."""
    said = published(target)
    verdict = agrees(observed.for_verdict(), (said.low, said.high), settings().bounds.target_width)
    return TargetFound(name, target.title, target.channel, observed, said, verdict, target.why)


def published(target: Target) -> Published:
    """Return what was published about a target, with the range that it allows."""
    figures = [figure(key) for key in (target.figure, target.of, *target.evidence) if key]
    keys, grade = tuple(f.key for f in figures), max((f.grade for f in figures), default="D")
    if target.figure and target.of:
        counts = Share(round(figure(target.figure).estimate), round(figure(target.of).estimate))
        return Published(counts.estimate, counts, *counts.interval(), keys, grade)
    if target.figure:
        said = figure(target.figure)
        low, high = _spread(said)
        return Published(said.fraction, None, low - target.tolerance, high + target.tolerance, keys, grade)
    low, high = target.low or 0.0, 1.0 if target.high is None else target.high
    return Published(None, None, low - target.tolerance, high + target.tolerance, keys, grade)


def _spread(said: Figure) -> tuple[float, float]:
    return said.spread[0] / said.whole, said.spread[1] / said.whole


def _all(truth: Mapping[str, Codes], wanted: Mapping[str, tuple[str, ...]]) -> Rows:
    """Return where every field of `wanted` has one of its labels, shape (n,)."""
    rows = np.ones(len(next(iter(truth.values()))), dtype=bool)
    for name, labels in wanted.items():
        rows &= is_any(name, truth[name], labels)
    return rows
