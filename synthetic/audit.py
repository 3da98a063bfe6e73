"""The generator's own examination: how hard its scenarios are, and what a single field gives away.

Difficulty is stated before any screener is trained, by the oracle. Separation is measured on rows that were
not used to order the codes: within a base journey together with its lookalikes, no single field and no
field's emptiness may separate a typology much; a labelled simulation is worthless where one does.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from dossier.fields import MISSING, Codes, fields
from dossier.problems import BadInput
from dossier.stages import Stage
from dossier.truth import TruthClass
from synthetic.channels import GROUPS, person_groups
from synthetic.draw import Drawn, Plan
from synthetic.oracle import Oracle
from synthetic.world import Array, World

BOUND = 0.70
"""Largest area under the curve that a single field may reach within a base journey and its lookalikes."""

FEWEST = 2_500
"""Victims drawn of a typology, however rare it is in a scenario."""

FALSE_FLAGS = 0.05
"""Share of non-victims that may be flagged where difficulty is stated."""


@dataclass(frozen=True)
class Difficulty:
    """The oracle's miss rate for one group of victims.

    Attributes:
        module, tier: Which victims; an empty tier stands for all tiers together.
        missed, n: Victims below the threshold, and victims drawn.
        share: Share of the group among the victims of the scenario.
    """

    module: str
    tier: str
    missed: int
    n: int
    share: float


@dataclass(frozen=True, eq=False)
class Judged:
    """Freshly drawn people of both sides, with what the oracle makes of them.

    Attributes:
        victims: Drawn victims, in the scenario's proportions.
        others: Drawn lawful and irregular people.
        victim_odds, other_odds: The oracle's log-odds for each.
    """

    victims: Drawn
    others: Drawn
    victim_odds: Array
    other_odds: Array

    def limit(self, false_flags: float) -> float:
        """Return the log-odds above which the given share of the others lies."""
        return float(np.quantile(self.other_odds, 1 - false_flags))


@dataclass(frozen=True)
class Separation:
    """How well one field alone tells a typology from its base journey and lookalikes.

    Attributes:
        module: The typology.
        field: The field.
        by_code: Area under the curve of the field's codes, on held-out rows.
        by_emptiness: The same for "missing or not" alone.
    """

    module: str
    field: str
    by_code: float
    by_emptiness: float


def only(world: World, module_ids: Iterable[str]) -> tuple[float, ...]:
    """Return module shares that keep only `module_ids`, in their relative proportions after levers.

    Raises:
        ValueError: If none of them occurs in the world.
    """
    wanted = set(module_ids)
    shares = np.where([module in wanted for module in world.module_ids], world.shares_left, 0.0)
    if shares.sum() == 0:
        raise ValueError(f"no module of {sorted(wanted)} has a share in '{world.scenario.id}'")
    return tuple((shares / shares.sum()).tolist())


def modules_with(world: World, *classes: TruthClass) -> list[str]:
    """Return the ids of the modules whose people are of one of `classes` and of whom some set out."""
    return [
        module.id
        for module, share in zip(world.modules, world.shares_left, strict=True)
        if module.module.truth_class in classes and share > 0
    ]


def check_both_sides(world: World, *, where: str, mend: str) -> None:
    """Raise where a scenario has nobody to tell apart.

    Args:
        world: The compiled scenario.
        where, mend: What the error names.

    Raises:
        BadInput: If the scenario has no victims, or no lawful or irregular people.
    """
    sides = {
        "victims": (TruthClass.VICTIM,),
        "lawful or irregular people": (TruthClass.LAWFUL, TruthClass.IRREGULAR),
    }
    for name, classes in sides.items():
        if not modules_with(world, *classes):
            what = f"'{world.scenario.id}' has no {name}, so there is nothing to tell apart"
            raise BadInput.of(what, where=where, mend=mend)


def judge_afresh(world: World, stage: Stage, seed: int, *, victims: int, others: int) -> Judged:
    """Draw people of both sides afresh and let the oracle judge them.

    Args:
        world: The compiled scenario.
        stage: What has been seen.
        seed: Seed of the examination.
        victims, others: Numbers drawn of each.
    """
    oracle = Oracle(world, stage)
    rest = _drawn(world, modules_with(world, TruthClass.LAWFUL, TruthClass.IRREGULAR), seed, others)
    found = _drawn(world, modules_with(world, TruthClass.VICTIM), seed + 1, victims)
    return Judged(found, rest, oracle.log_odds(found.observed), oracle.log_odds(rest.observed))


def difficulty(
    world: World,
    stage: Stage,
    seed: int,
    *,
    victims: int = 20_000,
    others: int = 60_000,
    false_flags: float = FALSE_FLAGS,
) -> list[Difficulty]:
    """Return the oracle's misses by typology and tier where it flags `false_flags` of non-victims.

    Args:
        world: The compiled scenario.
        stage: What has been seen.
        seed: Seed of the examination; fresh rows are drawn.
        victims: Number drawn over all typologies, by their shares, but no fewer than `FEWEST` of each.
        others: Number drawn of the lawful and irregular.
        false_flags: Share of the lawful and irregular that may be flagged.
    """
    oracle = Oracle(world, stage)
    rest = _drawn(world, modules_with(world, TruthClass.LAWFUL, TruthClass.IRREGULAR), seed, others)
    limit = float(np.quantile(oracle.log_odds(rest.observed), 1 - false_flags))
    typologies = modules_with(world, TruthClass.VICTIM)
    total = sum(world.scenario.mix[typology].share for typology in typologies)
    results = []
    for typology in typologies:
        share = world.scenario.mix[typology].share / total
        found = _drawn(world, [typology], seed + 1, max(FEWEST, round(victims * share)))
        missed = oracle.log_odds(found.observed) < limit
        kinds = [i for i, kind in enumerate(world.kinds) if world.module_ids[kind.module] == typology]
        for tier, group in [("", kinds), *((world.tiers[world.kinds[k].tier], [k]) for k in kinds)]:
            rows = np.isin(found.kinds, group)
            of_victims = sum(world.kinds[k].share for k in group) / total
            results.append(Difficulty(typology, tier, int(missed[rows].sum()), int(rows.sum()), of_victims))
    return results


def pooled(found: Iterable[Difficulty], tier: str = "") -> float:
    """Return the miss rate over all typologies, each by its share; of one tier, or of all."""
    groups = [group for group in found if group.tier == tier]
    missed = sum(group.share * group.missed / group.n for group in groups)
    return missed / sum(group.share for group in groups)


def base_group(world: World, module_id: str) -> list[str]:
    """Return the base journey of a typology and the lookalikes that extend the same journey."""
    base = next(module.module.extends for module in world.modules if module.id == module_id)
    return [
        module.id
        for module in world.modules
        if module.module.truth_class in (TruthClass.LAWFUL, TruthClass.IRREGULAR)
        and (module.id == base or (module.module.kind == "lookalike" and module.module.extends == base))
    ]


def separations(world: World, seed: int, *, size: int = 40_000) -> list[Separation]:
    """Return the separation of every field for every typology of `world`, `size` rows on either side."""
    results = []
    for typology in modules_with(world, TruthClass.VICTIM):
        found = _drawn(world, [typology], seed, size)
        rest = _drawn(world, base_group(world, typology), seed + 1, size)
        alike = _alike(found, rest)
        for name in fields():
            codes, emptiness = found.observed[name], rest.observed[name][alike]
            results.append(
                Separation(
                    typology,
                    name,
                    held_out_auc(codes, emptiness),
                    held_out_auc((codes == MISSING).astype(np.int8), (emptiness == MISSING).astype(np.int8)),
                )
            )
    return results


def _alike(found: Drawn, rest: Drawn) -> npt.NDArray[np.bool_]:
    """Return whom of `rest` to compare with `found`, shape (n,): children where all victims are children.

    Whoever knows that somebody is a child knows nothing yet about trafficking; papers and schooling follow
    from the age.
    """
    victims, others = (person_groups(side.truth) >= GROUPS.index("girls") for side in (found, rest))
    return np.asarray(others | ~victims.all())


def held_out_auc(victims: Codes, others: Codes) -> float:
    """Return the area under the curve of a field's codes, ordered on one half and measured on the other.

    Args:
        victims, others: Observed codes of either side; missing and not applicable count as codes.
    """
    first = [_counts(side[: len(side) // 2]) for side in (victims, others)]
    second = [_counts(side[len(side) // 2 :]) for side in (victims, others)]
    order = np.argsort((first[0] + 0.5) / (first[1] + 0.5))
    return auc_of_counts(second[0][order], second[1][order])


def auc_of_counts(victims: npt.NDArray[np.int64], others: npt.NDArray[np.int64]) -> float:
    """Return the area under the curve for counts in ascending order of the score; ties count half.

    Examples:
        >>> auc_of_counts(np.array([0, 10]), np.array([10, 0]))
        1.0
    """
    below = np.cumsum(others) - others
    return float((victims * (below + others / 2)).sum() / (victims.sum() * others.sum()))


def _counts(codes: Codes) -> npt.NDArray[np.int64]:
    return np.bincount(codes.astype(np.int64) + 2, minlength=64)


def _drawn(world: World, module_ids: Iterable[str], seed: int, size: int) -> Drawn:
    return Plan(world, seed, size, shares=only(world, module_ids)).draw(range(size))
