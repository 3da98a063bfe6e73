"""What the simulator knows and no officer can see. Quarantined: an import contract names who may import it.

The classes keep doubt visible, after the Human Trafficking Case Data Standard. *Irregular is not trafficked*:
a worker who goes without the papers the law asks for is not a victim for that, and the two are counted
apart everywhere.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import IntEnum

import numpy as np
import numpy.typing as npt


class TruthClass(IntEnum):
    """What a synthetic applicant truly is."""

    LAWFUL = 0
    IRREGULAR = 1
    VICTIM = 2
    FACILITATOR = 3

    @property
    def label(self) -> str:
        """The class's name in lower case, as it stands in files."""
        return self.name.lower()


@dataclass(frozen=True)
class Truth:
    """The sealed side of many dossiers, in the same order.

    Attributes:
        applicants: Shape (n,), int64: identity numbers, the key that joins to the dossiers.
        truth_class: Shape (n,), int8: a `TruthClass`.
        module: Shape (n,), int16: index into `modules`.
        tier: Shape (n,), int8: index into `tiers`; -1 for those without one.
        network: Shape (n,), int64: the recruiting network; -1 for those without one.
        modules: Module ids, such as `typology.online_scam`.
        tiers: Tier names, from crude to expert.
        kinds: `journey`, `lookalike` or `typology`, by module.
        families: Typology family by module; empty for all others.
    """

    applicants: npt.NDArray[np.int64]
    truth_class: npt.NDArray[np.int8]
    module: npt.NDArray[np.int16]
    tier: npt.NDArray[np.int8]
    network: npt.NDArray[np.int64]
    modules: tuple[str, ...]
    tiers: tuple[str, ...]
    kinds: tuple[str, ...]
    families: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.applicants)

    @property
    def is_victim(self) -> npt.NDArray[np.bool_]:
        """Shape (n,): who is a trafficking victim."""
        return np.asarray(self.truth_class == TruthClass.VICTIM)

    @property
    def is_counted_as_other(self) -> npt.NDArray[np.bool_]:
        """Shape (n,): who counts as a non-victim in a rate: the lawful and irregular, not facilitators."""
        return np.asarray(
            (self.truth_class == TruthClass.LAWFUL) | (self.truth_class == TruthClass.IRREGULAR)
        )

    @property
    def family(self) -> npt.NDArray[np.int16]:
        """Shape (n,): index of the victim's typology family in `family_names`; -1 for everybody else."""
        names = self.family_names
        by_module = np.array(
            [names.index(family) if family else -1 for family in self.families], dtype=np.int16
        )
        return by_module[self.module]

    @property
    def family_names(self) -> tuple[str, ...]:
        """The typology families, in the order of the modules."""
        return tuple(dict.fromkeys(family for family in self.families if family))

    def take(self, rows: npt.NDArray[np.intp] | npt.NDArray[np.bool_] | slice) -> "Truth":
        """Return only `rows`: positions, a mask of shape (n,), or a slice."""
        return replace(
            self,
            applicants=self.applicants[rows],
            truth_class=self.truth_class[rows],
            module=self.module[rows],
            tier=self.tier[rows],
            network=self.network[rows],
        )


def joined_truths(parts: Iterable[Truth]) -> Truth:
    """Return the truth of all `parts`, one after the other; they must be of the same scenario."""
    parts = list(parts)
    return replace(
        parts[0],
        applicants=np.concatenate([part.applicants for part in parts]),
        truth_class=np.concatenate([part.truth_class for part in parts]),
        module=np.concatenate([part.module for part in parts]),
        tier=np.concatenate([part.tier for part in parts]),
        network=np.concatenate([part.network for part in parts]),
    )
