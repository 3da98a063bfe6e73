"""Cohorts in memory: the public face of the generator.

A plan says who a world's applicants are; in whatever chunks they are drawn, they are the same people. From
drawn rows come the dossiers that officers see and, apart from them, the truth. Their files are made by
`synthetic.cohort_files`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from dossier.dossiers import Dossiers, joined
from dossier.draws import Who
from dossier.fields import fields
from dossier.problems import BadInput
from dossier.tables import REFERENCES, to_pandas
from dossier.truth import Truth, TruthClass, joined_truths
from synthetic.audit import modules_with, only
from synthetic.compile import compile_world
from synthetic.draw import Drawn, Plan, victim_share
from synthetic.scenarios import Scenario, load_scenario
from synthetic.world import World

if TYPE_CHECKING:
    import pandas as pd

CHUNK = 65_536
"""Rows drawn at once; changing it changes no byte of any file."""


@dataclass(frozen=True)
class Cohort:
    """A cohort in memory.

    Attributes:
        dossiers: What the officers see.
        truth: What only the simulator knows, in the same order.
    """

    dossiers: Dossiers
    truth: Truth

    @cached_property
    def observed(self) -> "pd.DataFrame":
        """The dossiers as a frame that carries the synthetic mark."""
        return to_pandas(self.dossiers)

    def __len__(self) -> int:
        return len(self.dossiers)


def draw(scenario: Scenario | str, n: int | None = None, seed: int = 1) -> Cohort:
    """Draw a cohort into memory.

    Args:
        scenario: From `load_scenario`, or the name that it takes.
        n: Number of applicants; the scenario's own size when left out.
        seed: Any integer; the same scenario, seed and n give the same cohort everywhere.

    Raises:
        BadInput: If n is not positive, or there is no such scenario, or it does not compile.
    """
    if isinstance(scenario, str):
        scenario = load_scenario(scenario)
    size = scenario.scenario.size if n is None else n
    plan = plan_for(compile_world(scenario), size, seed)
    return Cohort(*_gathered(plan, range(size)))


def plan_for(world: World, size: int, seed: int, base_rate: float | None = None) -> Plan:
    """Return the plan of a cohort in the scenario's own mix.

    Args:
        world: The compiled scenario.
        size: Number of applicants.
        seed: Any integer.
        base_rate: Share of victims for which the cohort stands. The number of victims is then exactly what
            the scenario's mix gives, and weights say how many people each row stands for.

    Raises:
        BadInput: If `size` is not positive, or a base rate is asked for where there would be no victim.
    """
    if size < 1:
        raise BadInput.of(
            f"a cohort needs at least one applicant, not {size}", where="--n", mend="Give a number from 1."
        )
    if base_rate is None:
        return Plan(world, seed, size)
    victims = round(size * victim_share(world))
    if not 0 < victims < size:
        what = f"{size:,} applicants of '{world.scenario.id}' would hold {victims:,} victims"
        raise BadInput.of(what, where="--n", mend="Draw more applicants, or leave the base rate out.")
    return Plan(world, seed, size, victims=victims, base_rate=base_rate)


class FreshDraws:
    """Draws fresh applicants of one world for an evaluation; a `dossier.draws.Draw`."""

    def __init__(self, world: World) -> None:
        self.world = world

    def __call__(
        self, who: Who, size: int, seed: int, *, modules: tuple[str, ...] = (), one_per_network: bool = False
    ) -> tuple[Dossiers, Truth]:
        """Return `size` applicants and their truth; see `dossier.draws.Draw`."""
        drawn = self.drawn(who, size, seed, modules=modules, one_per_network=one_per_network)
        return dossiers_and_truth_of(self.world, drawn)

    def drawn(
        self, who: Who, size: int, seed: int, *, modules: tuple[str, ...] = (), one_per_network: bool = False
    ) -> list[Drawn]:
        """Return the same applicants with all their layers, for the oracle."""
        return list(self.chunks(who, size, seed, modules=modules, one_per_network=one_per_network))

    def chunks(
        self, who: Who, size: int, seed: int, *, modules: tuple[str, ...] = (), one_per_network: bool = False
    ) -> Iterator[Drawn]:
        """Yield the same a chunk at a time, for whoever keeps less of them than all."""
        classes = {
            "everybody": tuple(TruthClass),
            "victims": (TruthClass.VICTIM,),
            "others": (TruthClass.LAWFUL, TruthClass.IRREGULAR),
        }[who]
        wanted = modules or tuple(modules_with(self.world, *classes))
        plan = Plan(self.world, seed, size, only(self.world, wanted), one_per_network)
        yield from map(plan.draw, chunks_of(range(size)))


def truth_of(world: World, drawn: Drawn) -> Truth:
    """Return the truth of drawn rows."""
    module = np.array([kind.module for kind in world.kinds], dtype=np.int16)[drawn.kinds]
    tier = np.array([kind.tier for kind in world.kinds], dtype=np.int8)[drawn.kinds]
    truth_class = np.array([kind.truth_class for kind in world.kinds], dtype=np.int8)[drawn.kinds]
    return Truth(
        drawn.applicants,
        truth_class,
        module,
        tier,
        drawn.network,
        world.module_ids,
        world.tiers,
        tuple(m.module.kind for m in world.modules),
        tuple(m.module.family for m in world.modules),
    )


def dossiers_of(drawn: Drawn) -> Dossiers:
    """Return what the officers see of drawn rows, fields in the declared order."""
    return Dossiers(
        drawn.applicants,
        {name: drawn.values[name] for name in fields()},
        {name: drawn.references[one.field] for name, one in REFERENCES.items()},
    )


def dossiers_and_truth_of(world: World, drawn: list[Drawn]) -> tuple[Dossiers, Truth]:
    """Return what the officers see of drawn chunks and what is true of them, each joined in order."""
    truth = joined_truths(truth_of(world, chunk) for chunk in drawn)
    return joined([dossiers_of(chunk) for chunk in drawn]), truth


def chunks_of(rows: range, size: int = CHUNK) -> Iterator[range]:
    """Yield `rows` in consecutive ranges of at most `size`."""
    for start in range(rows.start, rows.stop, size):
        yield range(start, min(start + size, rows.stop))


def _gathered(plan: Plan, rows: range) -> tuple[Dossiers, Truth]:
    return dossiers_and_truth_of(plan.world, [plan.draw(chunk) for chunk in chunks_of(rows)])
