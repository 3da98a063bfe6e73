"""A sweep at work: each unit draws its people, lets every variant screen them, and keeps the counts.

The same seed draws the same people for every variant of a scenario, whatever else is varied. Each world is
drawn once for all variants that screen it. Any number of workers, any order and any interruption give the
same counts.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from console.sweeping.chunks import Chunk, grouped
from console.sweeping.counts import Counts, Remains, Screened, counted, joined_counts
from console.sweeping.once import Once
from console.sweeping.opened import Opened, WorldKey, world_key
from console.sweeping.settings import Settings, Variant
from console.sweeping.units import WORLDS_AT_ONCE, Unit, is_exact, paired_baseline
from console.worlds import parsed_base_rate
from screening.evaluation.panel import Panel
from synthetic.cohort import chunks_of, plan_for
from synthetic.compile import compile_world
from synthetic.draw import Plan
from synthetic.oracle import Oracle
from synthetic.world import World

SOME_RATE = 0.5
"""Stands for any base rate: all of them draw the same people, and only weigh them otherwise."""

_HELD = 2 * (WORLDS_AT_ONCE + 1)
"""Worlds that are held: those of a unit and their baseline, and those of the next unit."""


@dataclass(frozen=True)
class Sweep:
    """All that is to be done.

    Attributes:
        variants: In the order of the plan.
        units: The pieces of work.
        opened: What the variants name.
        by: Names of the groups that are kept beside everybody.
        yardsticks: Whether the oracle is asked.
    """

    variants: Sequence[Variant]
    units: Sequence[Unit]
    opened: Opened
    by: tuple[str, ...]
    yardsticks: bool
    _worlds: Once[World] = field(default_factory=lambda: Once(_HELD), compare=False, repr=False)
    _plans: Once[Plan] = field(default_factory=lambda: Once(_HELD), compare=False, repr=False)
    _oracles: Once[Oracle] = field(default_factory=lambda: Once(_HELD), compare=False, repr=False)

    @property
    def applicants(self) -> int:
        """Applicants of all units, counted once for each variant that screens them."""
        return sum(unit.applicants for unit in self.units)

    def count(self, number: int) -> Remains:
        """Return what remains of one unit."""
        unit = self.units[number]
        chunks = [self.counted_rows(unit, rows) for rows in chunks_of(unit.rows)]
        return Remains(tuple(joined_counts(parts) for parts in zip(*chunks, strict=True)))

    def counted_rows(self, unit: Unit, rows: range) -> tuple[Counts, ...]:
        """Return what remains of some rows of a unit, for each of its variants."""
        baselines = {place: paired_baseline(self.variants, place) for place in unit.variants}
        beside = [place for place in baselines.values() if place is not None]
        screened: dict[int, Screened] = {}
        panels: dict[int, Panel | None] = {}
        for key, places in self._by_world([*unit.variants, *beside]).items():
            settings = {place: self.variants[place].settings for place in places}
            wanted = self.yardsticks and not baselines.keys().isdisjoint(places)
            for place, one, panel in self._chunk(unit, key, rows, asks=wanted).screened(settings):
                screened[place], panels[place] = one, panel
        return tuple(
            counted(screened[place], None if other is None else screened[other], panels[place])
            for place, other in baselines.items()
        )

    def count_part(self, number: int, _: Path) -> Remains:
        """Return the same as `count`; a unit leaves no files behind."""
        return self.count(number)

    def counts_of_variants(self, remains: Iterable[Remains]) -> Iterator[tuple[int, int, Counts]]:
        """Yield position, seed and counts of each variant as soon as the last of its units is in.

        Args:
            remains: Of the units, in their order.
        """
        held: list[Remains] = []
        for unit, found in zip(self.units, remains, strict=True):
            held.append(found)
            if unit.is_last:
                each = zip(*(one.counts for one in held), strict=True)
                for place, parts in zip(unit.variants, each, strict=True):
                    yield place, unit.seed, joined_counts(parts)
                held = []

    def plan_of(self, settings: Settings, seed: int) -> Plan:
        """Return the plan of a variant's draw, with its own base rate."""
        plan = self._plan(world_key(settings), seed, exact=is_exact(settings))
        return replace(plan, base_rate=parsed_base_rate(settings.base_rate)) if is_exact(settings) else plan

    def world(self, key: WorldKey) -> World:
        """Return a compiled world."""
        return self._worlds.get(key, lambda: compile_world(self.opened.scenarios[key]))

    def _plan(self, key: WorldKey, seed: int, *, exact: bool) -> Plan:
        size, rate = self.opened.sizes[key[0]], SOME_RATE if exact else None
        return self._plans.get((key, seed, exact), lambda: plan_for(self.world(key), size, seed, rate))

    def _chunk(self, unit: Unit, key: WorldKey, rows: range, *, asks: bool) -> Chunk:
        stage = self.opened.stages[key[0]]
        oracle = self._oracles.get(key, lambda: Oracle(self.world(key), stage)) if asks else None
        plan = self._plan(key, unit.seed, exact=unit.people.is_exact)
        return Chunk(self.opened, plan, rows, stage, self.by, oracle)

    def _by_world(self, places: Sequence[int]) -> dict[WorldKey, list[int]]:
        return grouped(dict.fromkeys(places), lambda place: world_key(self.variants[place].settings))
