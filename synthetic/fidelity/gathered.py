"""A whole cohort, drawn again row by row, of which only what the report counts is kept.

Codes are kept for the few fields that are followed over the months; of everything else only types, networks,
shared actors and the answers that targets ask for. Drawing is faster than reading, and the files beside it
are compared with the same plan when the mechanism log is reconciled.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from dossier.fields import Codes, fields
from dossier.problems import BadInput
from dossier.truth import TruthClass
from synthetic.draw import Drawn, Plan
from synthetic.entities import LINKS
from synthetic.fidelity.counts import Rows
from synthetic.fidelity.settings import settings
from synthetic.scenarios import Scenario
from synthetic.world import World

CHUNK = 32_768
MONTH = "application_day"

Index = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Gathered:
    """What is kept of every row, in the order of the rows.

    Attributes:
        plan: The plan of the cohort.
        applicants: Identity numbers.
        kinds: Index into the world's types.
        network: Recruiting network; -1 without one.
        month: Month of the application, from 0.
        observed: Observed codes of the fields that are followed.
        actors: Shared actor by link field; -1 where nothing is shared.
        bands: Declared band of the number of applicants who share the actor, by link field.
        planned: That number as it stands in the file; -1 or -2 where the cell is empty.
    """

    plan: Plan
    applicants: Index
    kinds: Index
    network: Index
    month: Codes
    observed: Mapping[str, Codes]
    actors: Mapping[str, Index]
    bands: Mapping[str, Codes]
    planned: Mapping[str, npt.NDArray[np.int32]]

    def __len__(self) -> int:
        return len(self.applicants)

    @property
    def classes(self) -> npt.NDArray[np.int64]:
        """Shape (n,): class of truth of every row."""
        return classes_of(self.plan.world, self.kinds)

    @property
    def is_victim(self) -> Rows:
        """Shape (n,): who is a victim."""
        return np.asarray(self.classes == TruthClass.VICTIM)


def classes_of(world: World, kinds: Index) -> npt.NDArray[np.int64]:
    """Return the class of truth for each type index, shape (n,)."""
    return np.array([kind.truth_class for kind in world.kinds], dtype=np.int64)[kinds]


def counted_rows(world: World, kinds: Index) -> Rows:
    """Return who enters a rate at all: everybody but facilitators, shape (n,)."""
    return np.asarray(classes_of(world, kinds) != TruthClass.FACILITATOR)


def chunks(plan: Plan, rows: int) -> Iterable[Drawn]:
    """Yield the first `rows` of a plan in chunks."""
    for start in range(0, rows, CHUNK):
        yield plan.draw(range(start, min(start + CHUNK, rows)))


def gather(plan: Plan) -> Gathered:
    """Draw a whole plan and keep what the report counts.

    Raises:
        BadInput: If the cohort is larger than the report can hold.
    """
    most = settings().sizes.largest_cohort
    if plan.size > most:
        raise BadInput.of(
            f"--audit holds the networks of a cohort in memory and takes at most {most:,} applicants",
            where="--n",
            mend="Audit a smaller cohort of the same scenario; what it shows does not depend on the size.",
        )
    followed = fields_followed(plan.world.scenario)
    kept: dict[tuple[str, str], list[npt.NDArray[np.generic]]] = {}
    for chunk in chunks(plan, plan.size):
        for key, values in _kept(chunk, followed).items():
            kept.setdefault(key, []).append(values)
    joined = {key: np.concatenate(parts) for key, parts in kept.items()}

    def part(name: str) -> dict[str, npt.NDArray[np.generic]]:
        return {key[1]: values for key, values in joined.items() if key[0] == name}

    rows = part("row")
    return Gathered(
        plan,
        rows["applicants"].astype(np.int64),
        rows["kinds"].astype(np.int64),
        rows["network"].astype(np.int64),
        rows["month"].astype(np.int8),
        {name: codes.astype(np.int8) for name, codes in part("observed").items()},
        {name: actors.astype(np.int64) for name, actors in part("actor").items()},
        {name: bands.astype(np.int8) for name, bands in part("band").items()},
        {name: numbers.astype(np.int32) for name, numbers in part("planned").items()},
    )


def fields_followed(scenario: Scenario) -> tuple[str, ...]:
    """Return the fields that are followed over the months: the main ones, and what a regime changes."""
    names = list(settings().drift.fields)
    for regime in scenario.regimes.values():
        for overlay in regime.overlay.values():
            names += [name for name in (*overlay.table, *overlay.odds) if name in fields()]
    return tuple(dict.fromkeys(names))


def _kept(chunk: Drawn, followed: Iterable[str]) -> dict[tuple[str, str], npt.NDArray[np.generic]]:
    kept: dict[tuple[str, str], npt.NDArray[np.generic]] = {
        ("row", "applicants"): chunk.applicants,
        ("row", "kinds"): chunk.kinds.astype(np.int16),
        ("row", "network"): chunk.network,
        ("row", "month"): chunk.truth[MONTH],
    }
    for name in followed:
        kept["observed", name] = chunk.observed[name]
    for name in LINKS:
        kept["actor", name] = chunk.actors[name]
        kept["band", name] = chunk.declared[name]
        kept["planned", name] = chunk.values[name].astype(np.int32)
    return kept
