"""The variants of a sweep: combinations of a plan's lists, less what it leaves out, and single ones beside.

They are made in one order and numbered in it, so that the same plan gives the same variants. A variant stands
once, however it is written; what a plan leaves out, or measures against, must be there.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import product
from math import prod
from typing import Any

from console.sweeping.plan import SweepPlan, shown_values, too_many
from console.sweeping.settings import LISTS, Settings, Variant
from dossier.problems import BadInput, Problem, raise_if_any

GRID = "v"
"""Begins the id of a variant of the grid, before its number."""


def variants_of(plan: SweepPlan) -> tuple[Variant, ...]:
    """Return the variants of a plan, those of the grid first.

    Raises:
        BadInput: If there are none, or too many; if one stands twice; if an `[[except]]` leaves nothing out;
            or if the baseline of a variant is none of them.
    """
    found = (*_grid(plan), *_singles(plan))
    if not found:
        mend = "Leave out less in [[except]]."
        raise BadInput([plan.file.problem("there is no variant left", ("except", 0), mend)])
    asked = len(found) * len(plan.written.seeds)
    if asked > plan.written.most_variants:
        raise too_many(plan.written, plan.file, "variants times seeds", "most_variants", asked)
    raise_if_any(_repeated(plan, found))
    return _with_baselines(plan, found)


def varied(variants: Sequence[Variant]) -> list[str]:
    """Return the names of what differs between variants, in the order of a plan."""
    return [name for name in LISTS if len({getattr(one.settings, name) for one in variants}) > 1]


def _grid(plan: SweepPlan) -> tuple[Variant, ...]:
    lists = plan.written.lists
    combinations = prod(len(values) for values in lists.values())
    if combinations * len(plan.written.seeds) > plan.written.most_variants and not plan.written.left_out:
        asked = combinations * len(plan.written.seeds)
        raise too_many(plan.written, plan.file, "variants times seeds", "most_variants", asked)
    if combinations > _MOST_COMBINATIONS:
        what = f"the lists make {combinations:,} combinations, and at most {_MOST_COMBINATIONS:,} are listed"
        raise BadInput([plan.file.problem(what, (), "Vary less, or write single variants.")])
    everything = [Settings(*values) for values in product(*lists.values())]
    kept = [one for one in everything if not any(one.has(rule.values) for rule in plan.written.left_out)]
    raise_if_any(_idle_exceptions(plan, everything))
    digits = len(str(len(kept)))
    return tuple(Variant(f"{GRID}{number:0{digits}d}", one) for number, one in enumerate(kept, start=1))


_MOST_COMBINATIONS = 1_000_000
"""Combinations before any is left out; they are listed in memory."""


def _singles(plan: SweepPlan) -> Iterator[Variant]:
    for single in plan.written.variant:
        values: dict[str, Any] = {**plan.written.usual, **single.values}
        yield Variant(single.id, Settings(**values))


def _idle_exceptions(plan: SweepPlan, everything: Sequence[Settings]) -> Iterator[Problem]:
    """Yield each exception that leaves nothing out, which is a slip of the pen."""
    for place, rule in enumerate(plan.written.left_out):
        if not any(one.has(rule.values) for one in everything):
            what = f"this [[except]] leaves nothing out: no combination has {shown_values(rule.values)}"
            mend = "Write its values as they stand in the lists of the plan."
            yield plan.file.problem(what, ("except", place), mend)


def _repeated(plan: SweepPlan, found: Sequence[Variant]) -> Iterator[Problem]:
    """Yield each single variant that is there already, or has the id of another."""
    first = len(found) - len(plan.written.variant)
    ids, settings = {one.id for one in found[:first]}, {one.settings: one.id for one in found[:first]}
    for place, one in enumerate(found[first:]):
        if one.id in ids:
            what = f"there is a second variant '{one.id}'"
            yield plan.file.problem(what, ("variant", place), "Give each its own id.")
        if one.settings in settings:
            what = f"the variant '{one.id}' is '{settings[one.settings]}' over again"
            yield plan.file.problem(what, ("variant", place), "Remove it, or vary something.")
        ids.add(one.id)
        settings[one.settings] = one.id


def _with_baselines(plan: SweepPlan, found: tuple[Variant, ...]) -> tuple[Variant, ...]:
    """Return the variants, each with the position of its baseline.

    Raises:
        BadInput: If a baseline is none of them.
    """
    if plan.written.baseline is None:
        return found
    values = plan.written.baseline.values
    places = {one.settings: place for place, one in enumerate(found)}
    wanted = [one.settings.but(values) for one in found]
    lost = [(one, settings) for one, settings in zip(found, wanted, strict=True) if settings not in places]
    if lost:
        one, settings = lost[0]
        what = (
            f"the baseline of {len(lost):,} of {len(found):,} variants is none of them; that of '{one.id}' "
            f"would be: {settings}"
        )
        mend = "Add its values to the lists, leave out less, or add it as a [[variant]]."
        raise BadInput([plan.file.problem(what, ("baseline",), mend)])
    return tuple(
        replace(one, is_baseline=True)
        if settings == one.settings
        else replace(one, baseline=places[settings])
        for one, settings in zip(found, wanted, strict=True)
    )
