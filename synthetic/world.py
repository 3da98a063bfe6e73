"""A compiled scenario: everything that is needed to draw applicants and to judge one exactly.

Arrays and indices only. How they come out of the files of assumptions is for `compile`; what is done with
them, for `draw`, `deceive`, `observe` and `oracle`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from dossier.truth import TruthClass
from synthetic.modules import Module
from synthetic.scenarios import Scenario

STORY = "story"
STORY_LABELS = ("open", "cover", "unaware")
"""Somebody speaks openly, tells a cover story, or does not know that he is deceived."""

OPEN, COVER, UNAWARE = range(3)

Array: TypeAlias = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Kind:
    """One hidden type: a module at one tier.

    Attributes:
        module: Index into the world's modules.
        tier: Index into the world's tiers; -1 without one.
        share: Share among applicants.
        truth_class: What its people truly are.
    """

    module: int
    tier: int
    share: float
    truth_class: TruthClass


@dataclass(frozen=True)
class Conditional:
    """The distributions of one field or hidden variable, by type and parents.

    Attributes:
        name: Field or hidden variable.
        parents: Names of the parents, in the order of the group index.
        sizes: Number of codes of each parent.
        truth: Shape (types, groups, codes): the law of the field, whatever is known of networks included.
        cover: Shape (types, groups, codes): what a cover story says; zero for types without one.
        slip: Shape (types,): probability that the field betrays the truth under a cover story; 1 where the
            story does not touch the field.
        lie: Shape (types, codes): probability of a coached lie, by true code.
        lie_to: Shape (types,): the code a lie names.
        known: Shape (types, groups): probability that something shared with a known network gives the answer
            away; None where nothing of the kind exists.
        known_code: The answer in that case.
        in_order: Whether it is drawn by inverse cumulative distribution, so that a lever moves few people.
    """

    name: str
    parents: tuple[str, ...]
    sizes: tuple[int, ...]
    truth: Array
    cover: Array
    slip: Array
    lie: Array
    lie_to: npt.NDArray[np.int8]
    known: Array | None = None
    known_code: int = 0
    in_order: bool = False

    @property
    def own(self) -> Array:
        """The law of those whose network is not known, shape (types, groups, codes)."""
        if self.known is None:
            return self.truth
        told = self.known[:, :, None] * (np.arange(self.codes) == self.known_code)
        return np.asarray((self.truth - told) / (1 - self.known[:, :, None]))

    @property
    def codes(self) -> int:
        """Number of codes."""
        return int(self.truth.shape[2])


@dataclass(frozen=True)
class Recording:
    """How one field is lost or misread on its way into the file.

    Attributes:
        missing: Shape (offices, codes): probability of an empty cell.
        noise: Probability of a wrong code, given that one is recorded.
        misread: Shape (codes, codes): distribution of the wrong code.
    """

    missing: Array
    noise: float
    misread: Array


@dataclass(frozen=True, eq=False)
class World:
    """A scenario compiled: everything that is needed to draw applicants and to judge one exactly.

    Attributes:
        scenario: The scenario.
        modules: Its modules by index.
        tiers: Tier names by index, from crude to expert.
        kinds: The hidden types.
        hidden: Hidden variables in drawing order, the story last.
        conditionals: Fields in drawing order.
        recordings: Observation noise by field.
        diverts: For each module index, the module its people join instead, and with what probability.
        unlevered: The same scenario without levers and before networks learned, by which networks and shared
            actors are planned; None where there is no difference.
    """

    scenario: Scenario
    modules: tuple[Module, ...]
    tiers: tuple[str, ...]
    kinds: tuple[Kind, ...]
    hidden: tuple[Conditional, ...]
    conditionals: tuple[Conditional, ...]
    recordings: Mapping[str, Recording]
    diverts: Mapping[int, tuple[int, float]] = field(default_factory=dict)
    unlevered: "World | None" = None

    @property
    def module_ids(self) -> tuple[str, ...]:
        """Ids of the modules by index."""
        return tuple(module.id for module in self.modules)

    @property
    def shares_left(self) -> Array:
        """Shape (modules,): share of each module among those who set out, as levers leave them."""
        shares = np.array([self.scenario.mix[module].share for module in self.module_ids])
        for origin, (target, probability) in self.diverts.items():
            moved = shares[origin] * probability
            shares[origin] -= moved
            shares[target] += moved
        return shares

    @property
    def shares_by_truth(self) -> Mapping[str, float]:
        """Share of each class of truth, by its name, among those who set out."""
        found = {one.label: 0.0 for one in TruthClass}
        for module, share in zip(self.modules, self.shares_left.tolist(), strict=True):
            found[module.module.truth] += share
        return found

    @property
    def shares(self) -> Array:
        """Shape (types,): share of each type among applicants."""
        return np.array([kind.share for kind in self.kinds])
