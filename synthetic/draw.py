"""Drawing applicants: the hidden type first, then everything else given it, row by row addressable.

A `Plan` fixes scenario, seed and size. Any range of its rows can be drawn at any time, on any number of
workers, and is always the same. Rare types are drawn exactly, by their share or alone; nothing is drawn and
thrown away.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache

import numpy as np
import numpy.typing as npt

from dossier.fields import MISSING, NOT_APPLICABLE, Values, fields
from dossier.truth import TruthClass
from synthetic.deceive import Deceiver
from synthetic.entities import ALONE, LINKS, ActorPool, NetworkPlan
from synthetic.modules import DAY, Module
from synthetic.observe import Observer
from synthetic.streams import (
    FULL,
    Words,
    below,
    high,
    permuted,
    permuted_below,
    permuted_ids,
    scattered_words,
    stream_key,
    unpermuted,
    words,
)
from synthetic.tables import AliasTable, InverseTable, chosen
from synthetic.world import STORY, Conditional, World

Codes = npt.NDArray[np.int8]
Index = npt.NDArray[np.int64]

ID_BITS = 40
"""Synthetic identity numbers lie below 2**40: sixteen digits that begin with 00, which no province has."""

REFERENCE_BITS = 44
"""References lie below 2**44, where every actor of a link field has its place."""

_KEPT = 2**24
"""Bytes of a freed block that raises the limit; twice as much is kept at most."""

_NETWORK = 2**40
_NETWORK_KINDS = 2**22


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
        references: Opaque number of the shared actor by link field; -1 where the file shows no sharing.
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
    references: Mapping[str, Index]

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
        victims: Exact number of victims, in rows that only the seed tells; None where the number is drawn.
        base_rate: Share of victims for which the rows stand, with `weights`; None without weights.
    """

    world: World
    seed: int
    size: int
    shares: tuple[float, ...] = ()
    one_per_network: bool = False
    victims: int | None = None
    base_rate: float | None = None

    def __post_init__(self) -> None:
        if not self.shares:
            mix = _mix(self.world) if self.victims is None else _strata(self.world, self.victims / self.size)
            object.__setattr__(self, "shares", mix)

    @property
    def weights(self) -> tuple[float, float]:
        """People for which a victim and anybody else of this plan stand, in this order.

        A weight is that of the row as it was planned: whom a lever diverts keeps a victim's.
        """
        if self.victims is None or self.base_rate is None:
            return 1.0, 1.0
        others = self.size - self.victims
        return self.base_rate * self.size / self.victims, (1 - self.base_rate) * self.size / others

    def share_left(self, victims: int) -> float | None:
        """Return the share of victims for which the rows stand when levers left `victims` of them.

        None without a base rate, which is the share before levers divert anybody.
        """
        if self.victims is None or self.base_rate is None:
            return None
        return self.base_rate * (victims / self.victims)

    def draw(self, rows: range) -> Drawn:
        """Draw `rows`, which must lie within the plan."""
        modules = self._draw_modules(rows)
        network = self._draw_networks(rows, modules)
        kinds = self._draw_kinds(modules, network)
        codes: dict[str, Codes] = {}
        for conditional in self.world.hidden:
            group = group_index(conditional, codes)
            raw = words(self.seed, "row", conditional.name, "truth", rows=rows)
            codes[conditional.name] = self._tables.draw(conditional, raw, kinds, group)
        hidden = dict(codes)
        truth, declared = self._draw_fields(rows, kinds, network, codes)
        office = truth["office"].astype(np.int64)
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
            self._references(observed, actors),
        )

    def row_of(self, applicant: int) -> int | None:
        """Return the row in which the applicant of this number stands; None where it is nobody's here."""
        if not 0 <= applicant < 2**ID_BITS:
            return None
        row = unpermuted(self.seed, "row", "applicant", number=applicant, bits=ID_BITS)
        return row if row < self.size else None

    def _draw_modules(self, rows: range) -> Index:
        raw = words(self.seed, "row", "module", "truth", rows=rows)
        if self.victims is None:
            table = InverseTable.build(np.array([self.shares]))
            modules = table.draw(raw, np.zeros(len(rows), dtype=np.int64)).astype(np.int64)
        else:
            place = permuted_below(self.seed, "row", "stratum", rows=rows, count=self.size)
            table = InverseTable.build(np.array([_strata(self.world, share) for share in (0.0, 1.0)]))
            modules = table.draw(raw, (place < self.victims).astype(np.int64)).astype(np.int64)
        if self.shares == _mix(self.world) or self.victims is not None:
            self._divert(rows, modules)
        return modules

    def _divert(self, rows: range, modules: Index) -> None:
        """Let some people set out as somebody else, as a lever has it; everybody else stays who he is."""
        for origin, (target, probability) in self.world.diverts.items():
            name = self.world.module_ids[origin]
            level = high(words(self.seed, "row", name, "divert", rows=rows))
            modules[(modules == origin) & (level < np.uint64(round(probability * FULL)))] = target

    def _draw_networks(self, rows: range, modules: Index) -> Index:
        network = np.full(len(rows), -1, dtype=np.int64)
        raw = words(self.seed, "row", "network", "truth", rows=rows)
        for index, plan in self._networks.items():
            members = np.flatnonzero(modules == index)
            own = rows.start + members if self.one_per_network else plan.draw(raw[members])
            network[members] = _network_kind(self.world.module_ids[index]) * _NETWORK + own
        self._join_networks(rows, modules, network, raw)
        return network

    def _join_networks(self, rows: range, modules: Index, network: Index, raw: Words) -> None:
        """Put escorts and recruiters into networks of the victims, the larger the likelier, in place."""
        typologies = list(self._networks)
        shares = np.array([self.shares[index] for index in typologies])
        joining = np.isin(modules, [i for i, m in enumerate(self.world.modules) if m.module.in_networks])
        members = np.flatnonzero(joining)
        if not (members.size and shares.sum()):
            return
        table = InverseTable.build((shares / shares.sum())[None])
        choice = words(self.seed, "row", "network", "joined", rows=rows)[members]
        chosen = table.draw(choice, np.zeros(len(members), dtype=np.int64))
        for place, index in enumerate(typologies):
            joined = members[chosen == place]
            own = self._networks[index].draw(raw[joined])
            network[joined] = _network_kind(self.world.module_ids[index]) * _NETWORK + own

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
        self, rows: range, kinds: Index, network: Index, codes: dict[str, Codes]
    ) -> tuple[dict[str, Codes], dict[str, Codes]]:
        truth, declared = {}, {}
        story = codes[STORY]
        for conditional in self.world.conditionals:
            name = conditional.name
            group = group_index(conditional, codes)
            raw = words(self.seed, "row", name, "truth", rows=rows)
            if name == DAY:
                self._join_bursts(rows, kinds, network, raw)
            drawn = self._tables.draw(conditional, raw, kinds, group)
            if conditional.known is not None:
                level = high(self._by_network(rows, network, name, "known"))
                drawn[level < self._tables.known[name][kinds, group]] = conditional.known_code
            codes[name] = truth[name] = drawn
            declared[name] = self._tables.deceivers[name].declare(self.seed, rows, kinds, story, group, drawn)
        return truth, declared

    def _actors(self, rows: range, network: Index, declared: Mapping[str, Codes]) -> dict[str, Index]:
        """Return the shared actors; members of one network meet at the same one."""
        actors = {}
        for name, pool in self._pools.items():
            actors[name] = pool.actors_of(self._by_network(rows, network, name, "actor"), declared[name])
        return actors

    def _join_bursts(self, rows: range, kinds: Index, network: Index, raw: Words) -> None:
        """Give the members who apply together their network's word instead of their own, in place."""
        level = high(words(self.seed, "row", DAY, "burst", rows=rows))
        joins = np.flatnonzero((network >= 0) & (level < self._tables.burst[kinds]))
        raw[joins] = scattered_words(self.seed, "network", DAY, "burst", ids=network[joins])

    def _by_network(self, rows: range, network: Index, name: str, layer: str) -> Words:
        """Return one word for each row; the members of one network have the same."""
        raw = words(self.seed, "row", name, layer, rows=rows)
        members = np.flatnonzero(network >= 0)
        raw[members] = scattered_words(self.seed, "network", name, layer, ids=network[members])
        return raw

    def _values(
        self, rows: range, observed: Mapping[str, Codes], actors: Mapping[str, Index]
    ) -> dict[str, Values]:
        values: dict[str, Values] = {}
        for name, codes in observed.items():
            if not fields()[name].is_number:
                values[name] = codes
            elif name in LINKS:
                numbers = self._pools[name].counts(self.seed, actors[name], codes)
                numbers *= codes >= 0
                numbers += np.minimum(codes, 0)  # empty and not applicable stand for themselves
                values[name] = numbers
            else:
                values[name] = _within(self.seed, name, rows, codes)
        return values

    def _references(self, observed: Mapping[str, Codes], actors: Mapping[str, Index]) -> dict[str, Index]:
        """Return who shares with whom as far as the file shows it, in numbers that say nothing else."""
        references = {}
        for name, actor in actors.items():
            shown = np.flatnonzero((observed[name] > 0) & (actor != ALONE))
            address = ("actor", name, "reference")
            numbers = np.full(len(actor), ALONE, dtype=np.int64)
            numbers[shown] = permuted_ids(self.seed, *address, ids=actor[shown], bits=REFERENCE_BITS)
            references[name] = numbers
        return references

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
        world = self.world.unlevered or self.world
        found = {conditional.name: conditional for conditional in world.conditionals}
        return {
            name: ActorPool.of(
                name, self.size * (world.shares * _asked(found, name) @ found[name].truth.mean(axis=1))
            )
            for name in LINKS
        }


def _asked(found: Mapping[str, Conditional], name: str) -> npt.NDArray[np.float64]:
    """Return the share of each type of whom a field is asked at all, shape (types,)."""
    gate = fields()[name].gate
    if gate is None:
        return np.ones(len(found[name].truth))
    ((parent, labels),) = gate.items()
    opening = [fields()[parent].code(label) for label in labels]
    return np.asarray(found[parent].truth.mean(axis=1)[:, opening].sum(axis=1))


def _burst(module: Module) -> float:
    return module.network.burst if module.network is not None else 0.0


def group_index(conditional: Conditional, codes: Mapping[str, Codes]) -> Index:
    """Return the group index of each row for the parents of `conditional`; a scalar zero without parents."""
    if not conditional.parents:
        return np.zeros(1, dtype=np.int64)
    group = codes[conditional.parents[0]].astype(np.int64)
    for parent, size in zip(conditional.parents[1:], conditional.sizes[1:], strict=True):
        group *= size
        group += codes[parent]
    return group


@dataclass(frozen=True)
class _Tables:
    """The integer tables of a world, built once."""

    truth: Mapping[str, AliasTable | InverseTable]
    known: Mapping[str, npt.NDArray[np.uint64]]
    groups: Mapping[str, int]
    deceivers: Mapping[str, Deceiver]
    observers: Mapping[str, Observer]
    first_kind: Index
    burst: npt.NDArray[np.uint64]

    def draw(self, conditional: Conditional, raw: Words, kinds: Index, group: Index) -> Codes:
        name = conditional.name
        groups = self.groups[name]
        return self.truth[name].draw(raw, kinds if groups == 1 else kinds * groups + group)


@lru_cache(maxsize=8)
def _tables_of(world: World) -> _Tables:
    """Build the tables of `world`; a world is built once however many plans draw from it."""
    _keep_freed_memory()
    conditionals = (*world.hidden, *world.conditionals)
    module_of_kind = [kind.module for kind in world.kinds]
    return _Tables(
        truth={
            c.name: (InverseTable if c.in_order else AliasTable).build(c.own.reshape(-1, c.codes))
            for c in conditionals
        },
        known={
            c.name: np.rint(c.known * FULL).astype(np.uint64) for c in conditionals if c.known is not None
        },
        groups={c.name: c.truth.shape[1] for c in conditionals},
        deceivers={c.name: Deceiver(c) for c in world.conditionals},
        observers={name: Observer(name, recording) for name, recording in world.recordings.items()},
        first_kind=np.array([module_of_kind.index(m) for m in range(len(world.modules))], dtype=np.int64),
        burst=np.rint([FULL * _burst(world.modules[m]) for m in module_of_kind]).astype(np.uint64),
    )


def _keep_freed_memory() -> None:
    """Let the memory of one chunk serve the next, instead of going back to the system in between.

    A sixth of the time of drawing went there. The GNU library raises the limits by which it gives memory back
    to the largest block that was ever asked for and freed (mallopt(3), M_MMAP_THRESHOLD); this block is never
    written to and so costs nothing. Elsewhere nothing happens.
    """
    np.empty(_KEPT, dtype=np.uint8)


@lru_cache(maxsize=1024)
def _network_kind(module_id: str) -> int:
    """Return the number under which the networks of a module are kept, whatever other modules there are."""
    return stream_key(0, "network", module_id) % _NETWORK_KINDS


def _are_victims(world: World) -> npt.NDArray[np.bool_]:
    """Return whose people are victims, shape (modules,)."""
    return np.array([m.module.truth_class == TruthClass.VICTIM for m in world.modules])


def victim_share(world: World) -> float:
    """Return the share of victims in the scenario's mix."""
    return float(np.array(_mix(world))[_are_victims(world)].sum())


def _strata(world: World, victims: float) -> tuple[float, ...]:
    """Return the shares of the modules when the victims among them have the share `victims`."""
    shares = np.array(_mix(world))
    are_victims = _are_victims(world)
    within = np.where(are_victims, shares / shares[are_victims].sum(), shares / shares[~are_victims].sum())
    return tuple((within * np.where(are_victims, victims, 1 - victims)).tolist())


def _mix(world: World) -> tuple[float, ...]:
    return tuple(world.scenario.mix[module.id].share for module in world.modules)


def _gated(codes: Mapping[str, Codes]) -> dict[str, Codes]:
    """Return the codes with "not applicable" wherever the field's gate is closed."""
    gated, closed = dict(codes), {}
    for name, (gate, shut) in _gates().items():
        if name not in codes:
            continue
        if (gate, shut) not in closed:
            answers = np.array(shut, dtype=bool)
            closed[gate, shut] = answers.take(codes[gate], mode="wrap")  # -1 and -2 are the last two
        gated[name] = chosen(closed[gate, shut], np.int8(NOT_APPLICABLE), codes[name])
    return gated


@cache
def _gates() -> Mapping[str, tuple[str, tuple[bool, ...]]]:
    """Return for each gated field its gate, and for each code of that whether it shuts.

    The last two of the codes are "not applicable" and "empty".
    """
    gates = {}
    for name, declared in fields().items():
        if declared.gate is not None:
            ((gate, labels),) = declared.gate.items()
            opening = {fields()[gate].code(label) for label in labels}
            gates[name] = gate, tuple(code not in opening for code in range(fields()[gate].size + 2))
    return gates


def _within(seed: int, name: str, rows: range, codes: Codes) -> npt.NDArray[np.int32]:
    """Return a whole number for each bin: multiples of the field's step, evenly spread over the bin."""
    first, steps = _bins(name)
    at = codes.astype(np.intp)
    numbers = below(words(seed, "row", name, "within", rows=rows), steps[at])
    numbers *= fields()[name].step
    numbers += first[at]
    return numbers.astype(np.int32)


@cache
def _bins(name: str) -> tuple[Index, Index]:
    """Return the first number of each bin of a field and how many there are in it, in steps.

    The last two entries are "not applicable" and "empty", which stand for themselves.
    """
    field = fields()[name]
    edges = np.array([*field.edges, field.upper + 1], dtype=np.int64)
    first = -(-edges[:-1] // field.step) * field.step
    first = np.where(first < edges[1:], first, edges[:-1])  # a bin without a multiple begins at its edge
    steps = np.maximum(1, -(-(edges[1:] - first) // field.step))
    return np.array([*first, NOT_APPLICABLE, MISSING]), np.array([*steps, 1, 1])
