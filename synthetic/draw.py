"""Drawing applicants: the hidden type first, then everything else given it, row by row addressable.

A `Plan` fixes scenario, seed and size. Any range of its rows can be drawn at any time, on any number of
workers, and is always the same. Rare types are drawn exactly, by their share or alone; nothing is drawn and
thrown away.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
import numpy.typing as npt

from dossier.fields import NOT_APPLICABLE, Values, fields
from synthetic.deceive import Deceiver
from synthetic.entities import LINKS, ActorPool, NetworkPlan
from synthetic.observe import Observer
from synthetic.streams import below, permuted, scattered_words, words
from synthetic.tables import AliasTable, InverseTable
from synthetic.world import STORY, Conditional, World

Codes = npt.NDArray[np.int8]
Index = npt.NDArray[np.int64]

ID_BITS = 40
"""Synthetic identity numbers lie below 2**40: sixteen digits that begin with 00, which no province has."""

_NETWORK = 2**40


@dataclass(frozen=True)
class Drawn:
    """A range of drawn rows, layer by layer.

    Attributes:
        rows: Which rows of the plan.
        applicants: Shape (n,): identity numbers.
        kinds: Shape (n,): index into the world's types.
        network: Shape (n,): recruiting network, -1 without one.
        hidden: Codes of the hidden variables, the story last.
        truth, declared, observed: Codes by field; a closed gate shows as not applicable.
        values: What stands in the file: observed codes, and whole numbers for number fields.
        actors: Shared actor by link field; -1 where the row shares with nobody.
    """

    rows: range
    applicants: Index
    kinds: Index
    network: Index
    hidden: Mapping[str, Codes]
    truth: Mapping[str, Codes]
    declared: Mapping[str, Codes]
    observed: Mapping[str, Codes]
    values: Mapping[str, Values]
    actors: Mapping[str, Index]

    def __len__(self) -> int:
        return len(self.rows)


@dataclass(frozen=True)
class Plan:
    """Everything that decides a cohort before a row is drawn.

    Attributes:
        world: The compiled scenario.
        seed: The seed; who holds it holds the answers.
        size: Number of applicants.
        shares: Share of each module, in the order of the world's modules; the scenario's mix by default.
        one_per_network: Whether every row is a network of its own, as a certificate needs.
    """

    world: World
    seed: int
    size: int
    shares: tuple[float, ...] = ()
    one_per_network: bool = False

    def __post_init__(self) -> None:
        if not self.shares:
            object.__setattr__(self, "shares", _mix(self.world))

    def draw(self, rows: range) -> Drawn:
        """Draw `rows`, which must lie within the plan."""
        modules = self._draw_modules(rows)
        network = self._draw_networks(rows, modules)
        kinds = self._draw_kinds(modules, network)
        codes: dict[str, Codes] = {}
        for conditional in self.world.hidden:
            codes[conditional.name] = self._tables.draw(conditional, self.seed, rows, kinds, codes)
        hidden = dict(codes)
        truth, declared = self._draw_fields(rows, kinds, codes)
        office = truth["office"]
        recorded = {
            name: observer.observe(self.seed, rows, office, declared[name])
            for name, observer in self._tables.observers.items()
        }
        observed, said = _gated(recorded), _gated(declared)
        actors = self._actors(rows, network, said)
        return Drawn(
            rows,
            permuted(self.seed, "row", "applicant", rows=rows, bits=ID_BITS),
            kinds,
            network,
            hidden,
            _gated(truth),
            said,
            observed,
            self._values(rows, observed, actors),
            actors,
        )

    def _draw_modules(self, rows: range) -> Index:
        table = InverseTable.build(np.array([self.shares]))
        group = np.zeros(len(rows), dtype=np.int64)
        return table.draw(words(self.seed, "row", "module", "truth", rows=rows), group).astype(np.int64)

    def _draw_networks(self, rows: range, modules: Index) -> Index:
        network = np.full(len(rows), -1, dtype=np.int64)
        raw = words(self.seed, "row", "network", "truth", rows=rows)
        for index, plan in self._networks.items():
            members = np.flatnonzero(modules == index)
            own = rows.start + members if self.one_per_network else plan.draw(raw[members])
            network[members] = index * _NETWORK + own
        return network

    def _draw_kinds(self, modules: Index, network: Index) -> Index:
        """Return the type of each row; the tier belongs to the network, so its members share it."""
        kinds = self._tables.first_kind[modules]
        for index, module in enumerate(self.world.modules):
            if module.tiers:
                members = np.flatnonzero(modules == index)
                table = InverseTable.build(np.array([[tier.weight for tier in module.tiers.values()]]))
                raw = scattered_words(self.seed, "network", "tier", ids=network[members])
                kinds[members] += table.draw(raw, np.zeros(len(members), dtype=np.int64))
        return kinds

    def _draw_fields(
        self, rows: range, kinds: Index, codes: dict[str, Codes]
    ) -> tuple[dict[str, Codes], dict[str, Codes]]:
        truth, declared = {}, {}
        story = codes[STORY]
        for conditional in self.world.conditionals:
            name = conditional.name
            group = group_index(conditional, codes)
            drawn = self._tables.draw_grouped(conditional, self.seed, rows, kinds, group)
            codes[name] = truth[name] = drawn
            declared[name] = self._tables.deceivers[name].declare(self.seed, rows, kinds, story, group, drawn)
        return truth, declared

    def _actors(self, rows: range, network: Index, declared: Mapping[str, Codes]) -> dict[str, Index]:
        """Return the shared actors; members of one network meet at the same one."""
        actors = {}
        for name, pool in self._pools.items():
            raw = words(self.seed, "row", name, "actor", rows=rows).copy()
            members = np.flatnonzero(network >= 0)
            raw[members] = scattered_words(self.seed, "network", name, "actor", ids=network[members])
            actors[name] = pool.actors_of(raw, declared[name])
        return actors

    def _values(
        self, rows: range, observed: Mapping[str, Codes], actors: Mapping[str, Index]
    ) -> dict[str, Values]:
        values: dict[str, Values] = {}
        for name, codes in observed.items():
            if not fields()[name].is_number:
                values[name] = codes
            elif name in LINKS:
                numbers = self._pools[name].counts(self.seed, actors[name], codes)
                values[name] = np.where(codes < 0, codes, numbers).astype(np.int32)
            else:
                values[name] = _within(self.seed, name, rows, codes)
        return values

    @cached_property
    def _tables(self) -> "_Tables":
        return _tables_of(self.world)

    @cached_property
    def _networks(self) -> dict[int, NetworkPlan]:
        return {
            index: NetworkPlan.of(module.network, self.shares[index] * self.size)
            for index, module in enumerate(self.world.modules)
            if module.network is not None
        }

    @cached_property
    def _pools(self) -> dict[str, ActorPool]:
        weights = self.world.shares
        found = {conditional.name: conditional for conditional in self.world.conditionals}
        return {
            name: ActorPool.of(name, self.size * (weights @ found[name].truth.mean(axis=1))) for name in LINKS
        }


def group_index(conditional: Conditional, codes: Mapping[str, Codes]) -> Index:
    """Return the group index of each row for the parents of `conditional`; a scalar zero without parents."""
    group: Index = np.zeros(1, dtype=np.int64)
    for parent, size in zip(conditional.parents, conditional.sizes, strict=True):
        group = group * size + codes[parent]
    return group


@dataclass(frozen=True)
class _Tables:
    """The integer tables of a world, built once."""

    truth: Mapping[str, AliasTable]
    groups: Mapping[str, int]
    deceivers: Mapping[str, Deceiver]
    observers: Mapping[str, Observer]
    first_kind: Index

    def draw(
        self, conditional: Conditional, seed: int, rows: range, kinds: Index, codes: Mapping[str, Codes]
    ) -> Codes:
        return self.draw_grouped(conditional, seed, rows, kinds, group_index(conditional, codes))

    def draw_grouped(
        self, conditional: Conditional, seed: int, rows: range, kinds: Index, group: Index
    ) -> Codes:
        name = conditional.name
        raw = words(seed, "row", name, "truth", rows=rows)
        return self.truth[name].draw(raw, kinds * self.groups[name] + group)


@lru_cache(maxsize=8)
def _tables_of(world: World) -> _Tables:
    """Build the tables of `world`; a world is built once however many plans draw from it."""
    conditionals = (*world.hidden, *world.conditionals)
    module_of_kind = [kind.module for kind in world.kinds]
    return _Tables(
        truth={c.name: AliasTable.build(c.truth.reshape(-1, c.codes)) for c in conditionals},
        groups={c.name: c.truth.shape[1] for c in conditionals},
        deceivers={c.name: Deceiver(c) for c in world.conditionals},
        observers={name: Observer(name, recording) for name, recording in world.recordings.items()},
        first_kind=np.array([module_of_kind.index(m) for m in range(len(world.modules))], dtype=np.int64),
    )


def _mix(world: World) -> tuple[float, ...]:
    return tuple(world.scenario.mix[module.id].share for module in world.modules)


def _gated(codes: Mapping[str, Codes]) -> dict[str, Codes]:
    """Return the codes with "not applicable" wherever the field's gate is closed."""
    gated = {}
    for name, column in codes.items():
        declared = fields()[name]
        if declared.gate is None:
            gated[name] = column
            continue
        ((gate, labels),) = declared.gate.items()
        opening = [fields()[gate].code(label) for label in labels]
        gated[name] = np.where(np.isin(codes[gate], opening), column, np.int8(NOT_APPLICABLE))
    return gated


def _within(seed: int, name: str, rows: range, codes: Codes) -> npt.NDArray[np.int32]:
    """Return a whole number for each bin: evenly spread over the bin, in the field's steps."""
    field = fields()[name]
    edges = np.array([*field.edges, field.upper + 1], dtype=np.int64)
    code = np.maximum(codes, 0).astype(np.int64)
    steps = np.maximum(1, -(-(edges[code + 1] - edges[code]) // field.step))
    numbers = edges[code] + below(words(seed, "row", name, "within", rows=rows), steps) * field.step
    return np.where(codes < 0, codes, numbers).astype(np.int32)
