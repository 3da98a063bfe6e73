"""How much any screener that looks at one dossier at a time could find, and for whom that is least.

By typology and tier, by sex, age and province, with the calibration of the oracle's own probabilities and
who stands at the head of its ranking. A gap between groups here is a property of the simulated world: no
screener can close it, and none is to blame for it.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import expit

from dossier.stages import Stage
from dossier.truth import TruthClass
from synthetic.audit import Judged
from synthetic.draw import Drawn, Plan
from synthetic.fidelity.counts import Area, Array, Rows, Share, Verdict, whole
from synthetic.fidelity.gathered import Index, classes_of
from synthetic.fidelity.settings import groupings, is_any, settings
from synthetic.oracle import Oracle
from synthetic.world import World


@dataclass(frozen=True)
class KindCeiling:
    """The best possible for one group of victims against all others.

    Attributes:
        module, tier: Which victims; empty for all of them.
        area: Area under the curve of the oracle's odds.
        missed: Victims below the limit that flags the stated share of non-victims.
    """

    module: str
    tier: str
    area: Area
    missed: Share


@dataclass(frozen=True)
class GroupCeiling:
    """The oracle's errors in one group, at the one limit for everybody.

    Attributes:
        field, group: The group.
        missed: Of its victims.
        flagged: Of its non-victims.
    """

    field: str
    group: str
    missed: Share
    flagged: Share


@dataclass(frozen=True)
class Bin:
    """Dossiers to which the oracle gives about the same probability.

    Attributes:
        low, high: Ends of the bin.
        predicted: Mean of the predicted probabilities.
        victims: Victims among them.
        verdict: Whether the predicted mean is credible for that count.
    """

    low: float
    high: float
    predicted: float
    victims: Share
    verdict: Verdict


@dataclass(frozen=True)
class Calibration:
    """Predicted probabilities against shares, on a draw in the scenario's own mix, one person a network.

    Attributes:
        n: Victims and non-victims looked at; facilitators are left out.
        bins: The bins that hold anybody.
        expected_error: Mean distance between prediction and share, weighted by people.
        verdict: Of all bins together.
    """

    n: int
    bins: tuple[Bin, ...]
    expected_error: float
    verdict: Verdict


@dataclass(frozen=True)
class Top:
    """Who stands at the head of the oracle's ranking.

    Attributes:
        k: How many are looked at: as many as there are victims.
        n: Of how many victims and non-victims.
        groups: Their shares among those k: victims, irregular, lawful lookalikes, other lawful.
        all_groups: The same among all n.
    """

    k: int
    n: int
    groups: dict[str, Share]
    all_groups: dict[str, Share]


def by_kind(world: World, judged: Judged, false_flags: float) -> list[KindCeiling]:
    """Return the best possible for all victims, for each typology and for each of its tiers."""
    limit = judged.limit(false_flags)
    found = []
    for module, tier, kinds in _groups(world):
        odds = judged.victim_odds[np.isin(judged.victims.kinds, kinds)]
        if len(odds):
            found.append(KindCeiling(module, tier, Area.of(odds, judged.other_odds), Share.of(odds < limit)))
    return found


def _groups(world: World) -> Iterator[tuple[str, str, list[int]]]:
    victims = [k for k, kind in enumerate(world.kinds) if kind.truth_class == TruthClass.VICTIM]
    yield "", "", victims
    for index, module_id in enumerate(world.module_ids):
        kinds = [k for k in victims if world.kinds[k].module == index]
        if kinds:
            yield module_id, "", kinds
            for k in kinds:
                yield module_id, world.tiers[world.kinds[k].tier], [k]


def by_group(judged: Judged, false_flags: float) -> list[GroupCeiling]:
    """Return the oracle's errors by sex, age band and province group, at one limit for everybody."""
    limit = judged.limit(false_flags)
    found = []
    for name, groups in groupings().items():
        for group, labels in groups.items():
            victims = is_any(name, judged.victims.truth[name], labels)
            others = is_any(name, judged.others.truth[name], labels)
            missed = Share.of(judged.victim_odds[victims] < limit)
            flagged = Share.of(judged.other_odds[others] >= limit)
            if missed.n or flagged.n:
                found.append(GroupCeiling(name, group, missed, flagged))
    return found


def mixed(world: World, stage: Stage, seed: int, size: int) -> tuple[Drawn, Array]:
    """Return people in the scenario's own mix, each a network of its own, and the oracle's odds for them."""
    drawn = Plan(world, seed, size, one_per_network=True).draw(range(size))
    return drawn, Oracle(world, stage).log_odds(drawn.observed)


def calibration(odds: Array, is_victim: Rows) -> Calibration:
    """Compare predicted probabilities with shares.

    Args:
        odds: Shape (n,): log-odds of being a victim.
        is_victim: Shape (n,): who is one.
    """
    predicted = expit(odds)
    edges = np.array(settings().calibration.edges)
    place = np.clip(np.searchsorted(edges, predicted, side="right") - 1, 0, len(edges) - 2)
    bins = []
    for index in np.unique(place):
        rows = place == index
        mean, share = float(predicted[rows].mean()), Share.of(is_victim[rows])
        low, high = share.for_verdict(together=len(edges))
        verdict: Verdict = "met" if low <= mean <= high else "not met"
        bins.append(Bin(float(edges[index]), float(edges[index + 1]), mean, share, verdict))
    distance = sum(b.victims.n * abs(b.predicted - b.victims.count / b.victims.n) for b in bins)
    return Calibration(len(odds), tuple(bins), distance / len(odds), whole(b.verdict for b in bins))


def top(world: World, kinds: Index, odds: Array) -> Top:
    """Return who stands at the head of a ranking; facilitators must be left out beforehand.

    Args:
        world: The compiled scenario.
        kinds: Shape (n,): types.
        odds: Shape (n,): the ranking.
    """
    groups = {
        "victims": _of_class(world, kinds, TruthClass.VICTIM),
        "irregular": _of_class(world, kinds, TruthClass.IRREGULAR),
        "lawful lookalikes": _is_lookalike(world, kinds) & _of_class(world, kinds, TruthClass.LAWFUL),
        "other lawful": ~_is_lookalike(world, kinds) & _of_class(world, kinds, TruthClass.LAWFUL),
    }
    k = int(groups["victims"].sum())
    head = np.argsort(-odds, kind="stable")[:k]
    return Top(
        k,
        len(odds),
        {name: Share.of(rows[head]) for name, rows in groups.items()},
        {name: Share.of(rows) for name, rows in groups.items()},
    )


def victims_of(world: World, kinds: Index) -> Rows:
    """Return who is a victim, shape (n,)."""
    return _of_class(world, kinds, TruthClass.VICTIM)


def _of_class(world: World, kinds: Index, truth_class: TruthClass) -> Rows:
    return np.asarray(classes_of(world, kinds) == truth_class)


def _is_lookalike(world: World, kinds: Index) -> npt.NDArray[np.bool_]:
    lookalike = [world.modules[kind.module].module.kind == "lookalike" for kind in world.kinds]
    return np.array(lookalike)[kinds]
