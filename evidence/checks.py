"""Whether the evidence holds together: known sources and units, earned grades, conflicts noted on both sides.

Every check looks at one entry beside all others and says what it finds; nothing is corrected. A release
that fails one of them does not load, so no figure reaches a generator or a rulebook unexamined.
"""

import difflib
from collections.abc import Iterable, Iterator
from graphlib import CycleError, TopologicalSorter

from dossier.problems import Problem
from evidence.drafts import Draft, Placed
from evidence.entries import Entry, Grade
from evidence.formulas import takes

_GRADES: tuple[Grade, ...] = ("A", "B", "C", "D")
_NEARNESS = {"full": 0, "excerpt": 1, "secondary": 2}


def problems_in(draft: Draft) -> Iterator[Problem]:
    """Yield everything that is wrong with the entries of `draft`, one entry after the other."""
    for placed in draft.entries.values():
        for check in (_unit, _bounds, _sources, _provenance, _conflicts, _inputs):
            yield from check(placed, draft)
    circles = list(_circles(draft))
    yield from circles
    if not circles:
        yield from _grades(draft)


def in_order(draft: Draft) -> tuple[str, ...]:
    """Return all keys of `draft`, each after the keys that its formula works on.

    Raises:
        graphlib.CycleError: If formulas go round in a circle.
    """
    known = draft.entries.keys()
    graph = {key: set(placed.entry.inputs) & known for key, placed in draft.entries.items()}
    return tuple(TopologicalSorter(graph).static_order())


def nearest(key: str, keys: Iterable[str]) -> str:
    """Return the sentence that names the keys most like `key`; empty if none is like it."""
    near = difflib.get_close_matches(key, list(keys), n=3)
    return f"Did you mean {' or '.join(repr(each) for each in near)}?" if near else ""


def _unit(placed: Placed, draft: Draft) -> Iterator[Problem]:
    unit = placed.entry.unit
    if unit not in draft.units:
        mend = nearest(unit, draft.units) or "Declare it in units.toml."
        yield placed.problem(f"is given in the undeclared unit '{unit}'", at_field="unit", mend=mend)


def _bounds(placed: Placed, draft: Draft) -> Iterator[Problem]:
    for name in ("value", "low", "high"):
        number = getattr(placed.entry, name)
        if number is not None and not is_within(draft, placed.entry, number):
            yield outside(placed, number, at_field=name)


def is_within(draft: Draft, entry: Entry, number: float) -> bool:
    """Return whether `number` is one that the entry's unit allows."""
    unit = draft.units.get(entry.unit)
    return unit is None or unit.bounds is None or unit.bounds[0] <= number <= unit.bounds[1]


def outside(placed: Placed, number: float, *, at_field: str = "") -> Problem:
    """Return the problem of a number that lies outside its unit's bounds."""
    return placed.problem(
        f"is {number:g}, which is no possible value in {placed.entry.unit}", at_field=at_field
    )


def _sources(placed: Placed, draft: Draft) -> Iterator[Problem]:
    for at_field, keys in (("source", (placed.entry.source,)), ("also_in", placed.entry.also_in)):
        for key in keys:
            if key not in draft.sources:
                mend = nearest(key, draft.sources) or "Add it to sources.toml."
                yield placed.problem(f"names the unknown source '{key}'", at_field=at_field, mend=mend)


def _provenance(placed: Placed, draft: Draft) -> Iterator[Problem]:
    entry, source = placed.entry, draft.sources.get(placed.entry.source)
    if entry.formula or source is None:
        return
    if _NEARNESS[entry.provenance] < _NEARNESS[source.provenance]:
        yield placed.problem(
            f"claims to be read in {entry.provenance}, but '{entry.source}' was read as: {source.provenance}",
            at_field="provenance",
        )


def _conflicts(placed: Placed, draft: Draft) -> Iterator[Problem]:
    key = placed.entry.key
    for other in placed.entry.conflicts_with:
        if other not in draft.places:
            mend = nearest(other, draft.places)
            yield placed.problem(
                f"conflicts with the unknown figure '{other}'", at_field="conflicts_with", mend=mend
            )
        elif other in draft.entries and key not in draft.entries[other].entry.conflicts_with:
            yield placed.problem(
                f"conflicts with '{other}', which does not say so",
                at_field="conflicts_with",
                mend=f"Name '{key}' in 'conflicts_with' of '{other}', and what the difference is.",
            )


def _inputs(placed: Placed, draft: Draft) -> Iterator[Problem]:
    entry = placed.entry
    if entry.operation is not None and not takes(entry.operation, len(entry.inputs)):
        yield placed.problem(f"gives '{entry.operation}' the wrong number of figures", at_field="formula")
    for key in entry.inputs:
        if key not in draft.places:
            mend = nearest(key, draft.places)
            yield placed.problem(f"is derived from the unknown figure '{key}'", at_field="formula", mend=mend)


def _circles(draft: Draft) -> Iterator[Problem]:
    try:
        in_order(draft)
    except CycleError as error:
        circle = error.args[1]
        yield draft.entries[circle[0]].problem(
            f"is derived from itself, by way of {', '.join(circle[1:-1]) or 'its own formula'}",
            at_field="formula",
        )


def _grades(draft: Draft) -> Iterator[Problem]:
    for placed in draft.entries.values():
        best, reason = _best_grade(placed.entry, draft)
        if placed.entry.grade < best:
            yield placed.problem(
                f"has grade {placed.entry.grade}, but {reason}",
                at_field="grade",
                mend=f"Give it grade {best} or worse.",
            )


def _best_grade(entry: Entry, draft: Draft) -> tuple[Grade, str]:
    """Return the best grade that `entry` may claim, and why."""
    best, reason = _best_grade_by_reading(entry, draft)
    if not entry.conflicts_with:
        return best, reason
    one_worse = _GRADES[min(_GRADES.index(best) + 1, len(_GRADES) - 1)]
    return one_worse, f"{reason}, and a conflict costs one grade"


def _best_grade_by_reading(entry: Entry, draft: Draft) -> tuple[Grade, str]:
    if entry.formula:
        grades = [draft.entries[key].entry.grade for key in entry.inputs if key in draft.entries]
        return max(grades, default="A"), "a derived figure is no better than the worst it is derived from"
    source = draft.sources.get(entry.source)
    if source is not None and (not source.is_traceable or source.kind == "estimate"):
        return "D", "its source cannot be looked up"
    if entry.provenance != "full" or entry.verify_primary:
        return "C", "what was not read in full in its own source is C at best"
    if source is not None and source.kind == "paper":
        return "B", "a paper that reports no data of its own is B at best"
    return "A", "primary data was opened"
