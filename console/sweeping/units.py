"""How the work of a sweep is cut: into units that can be done, and done again, one apart from the other.

A unit is a range of rows of the same people, and a few worlds in which they are drawn. Whatever screens the
same draw shares it. A unit whose baseline lies in another world draws that world beside its own, so that
every pair is made of the same people without anything being kept about them.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from console.sweeping.opened import world_key
from console.sweeping.settings import AS_DRAWN, Settings, Variant
from synthetic.cohort_files import parts_of

WORLDS_AT_ONCE = 8
"""Worlds of one unit; a baseline that lies in another is drawn once more for each unit, and so seldom."""

VARIANTS_AT_ONCE = 400
"""Variants of one unit; the states of a chunk's people are in memory for all of them at once."""


@dataclass(frozen=True, order=True)
class People:
    """Who is drawn: two variants with the same people differ only in what is varied.

    Attributes:
        scenario: The scenario, as a plan names it.
        is_exact: Whether the number of victims is exact, as for a base rate; whichever rate it is.
    """

    scenario: str
    is_exact: bool


def is_exact(settings: Settings) -> bool:
    """Tell whether a variant draws an exact number of victims, as it does at any base rate."""
    return settings.base_rate != AS_DRAWN


def people_of(settings: Settings) -> People:
    """Return which people a variant has; the seed apart."""
    return People(settings.scenario, is_exact(settings))


@dataclass(frozen=True)
class Unit:
    """One piece of work.

    Attributes:
        people: Whom it draws.
        seed: With which seed.
        variants: Positions of the variants that are counted.
        rows: Of the people.
        is_last: Whether no further unit counts these variants with this seed.
    """

    people: People
    seed: int
    variants: tuple[int, ...]
    rows: range
    is_last: bool

    @property
    def applicants(self) -> int:
        """Applicants, counted once for each variant that screens them."""
        return len(self.rows) * len(self.variants)


def units_of(variants: Sequence[Variant], seeds: Sequence[int], sizes: Mapping[str, int]) -> list[Unit]:
    """Return the units of a sweep; those of the same worlds stand together, so that each is compiled once.

    Args:
        variants: All variants.
        seeds: All seeds.
        sizes: Applicants of each draw, by scenario.
    """
    return [
        Unit(people, seed, batch, rows, rows.stop == sizes[people.scenario])
        for people, batch in _batches(variants)
        for seed in seeds
        for rows in parts_of(sizes[people.scenario])
    ]


def paired_baseline(variants: Sequence[Variant], place: int) -> int | None:
    """Return the position of a variant's baseline if it has the same people; None if not, or without one."""
    baseline = variants[place].baseline
    if baseline is None or people_of(variants[baseline].settings) != people_of(variants[place].settings):
        return None
    return baseline


def _batches(variants: Sequence[Variant]) -> Iterator[tuple[People, tuple[int, ...]]]:
    """Yield positions of variants with the same people, of few worlds at a time."""
    first: dict[People, int] = {}
    worlds: dict[tuple[People, object], int] = {}
    for place, one in enumerate(variants):
        people = people_of(one.settings)
        first.setdefault(people, place)
        worlds.setdefault((people, world_key(one.settings)), place)

    def order(place: int) -> tuple[int, int, int]:
        settings = variants[place].settings
        people = people_of(settings)
        return first[people], worlds[people, world_key(settings)], place

    ordered = sorted(range(len(variants)), key=order)
    for people, places in groupby(ordered, key=lambda place: people_of(variants[place].settings)):
        batch: list[int] = []
        held: set[object] = set()
        for place in places:
            world = world_key(variants[place].settings)
            if len(batch) == VARIANTS_AT_ONCE or (world not in held and len(held) == WORLDS_AT_ONCE):
                yield people, tuple(batch)
                batch, held = [], set()
            batch.append(place)
            held.add(world)
        yield people, tuple(batch)
