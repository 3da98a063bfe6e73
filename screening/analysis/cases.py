"""All cases that some conditions can tell apart: one dossier for each, and what each condition makes of it.

Values of a field that no part of the conditions distinguishes are one value. Fields that no part and no gate
connects vary by themselves, so that each such group of fields is gone through once and only what its parts
say is kept. A closed gate means that the question does not arise, as everywhere. Where more cases remain
than the limit allows there is no answer: a sample would be a guess.
"""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property

import numpy as np
import numpy.typing as npt

from dossier.dossiers import Dossiers
from dossier.fields import MISSING, NOT_APPLICABLE, Field, Values, fields
from dossier.findings import Findings
from dossier.indicators import indicators
from screening.analysis.limits import limits
from screening.analysis.wording import as_row, wording
from screening.language import Condition, Memo, parse_condition
from screening.rules import Row
from screening.rules_tree import Compares, HasCode, Indicates, fields_read, parameters_needed, parts_of

Rows = npt.NDArray[np.intp]


@dataclass(frozen=True)
class Reading:
    """A condition as it is read on one day.

    Attributes:
        condition: The condition.
        parameters: The values of at least the parameters that it needs.
    """

    condition: Condition
    parameters: Mapping[str, float]


@dataclass(frozen=True)
class Atom:
    """A part of a condition that has no parts itself, with the parameter values that it takes.

    Attributes:
        leaf: The part.
        values: Names and values of its parameters.
    """

    leaf: Indicates | HasCode | Compares
    values: tuple[tuple[str, float], ...]

    @cached_property
    def reads(self) -> tuple[str, ...]:
        """Names of the fields that it reads."""
        return fields_read(self.leaf, indicators())

    @property
    def limits(self) -> tuple[float, ...]:
        """Numbers that it may compare a field with."""
        own = (self.leaf.limit,) if isinstance(self.leaf, Compares) else ()
        return (*(value for value in own if not isinstance(value, str)), *(value for _, value in self.values))

    def findings(self, columns: Mapping[str, Values]) -> Findings:
        """Return what it finds in these columns, each of shape (n,)."""
        size = len(next(iter(columns.values())))
        dossiers = Dossiers(np.arange(size), {name: columns[name] for name in self.reads})
        return _compiled(self.leaf, tuple(name for name, _ in self.values)).evaluate(
            dossiers, dict(self.values)
        )


@cache
def _compiled(leaf: Indicates | HasCode | Compares, parameters: tuple[str, ...]) -> Condition:
    return parse_condition(wording(leaf), fields=fields(), indicators=indicators(), parameters=parameters)


def atoms_of(reading: Reading) -> tuple[Atom, ...]:
    """Return the atoms of a condition, each once."""
    leaves = (
        part for part in parts_of(reading.condition.tree) if isinstance(part, Indicates | HasCode | Compares)
    )
    found = (
        Atom(leaf, tuple((name, reading.parameters[name]) for name in parameters_needed(leaf, indicators())))
        for leaf in leaves
    )
    return tuple(dict.fromkeys(found))


@dataclass(frozen=True)
class Group:
    """What the atoms of connected fields can say together.

    Attributes:
        columns: Values by field, each of shape (k,): one dossier for each of the k cases.
        findings: By atom, each of shape (k,); no two cases are alike in all of them.
    """

    columns: Mapping[str, Values]
    findings: Mapping[Atom, Findings]

    def __len__(self) -> int:
        return len(next(iter(self.columns.values())))


@dataclass(frozen=True)
class Cases:
    """All cases that some conditions can tell apart.

    Attributes:
        groups: Groups of fields that vary by themselves; every combination of their cases is a case.
    """

    groups: tuple[Group, ...]

    def __len__(self) -> int:
        return math.prod(len(group) for group in self.groups)

    def outcomes(self, reading: Reading) -> Findings:
        """Return a condition's outcome in every case, shape (cases,); it must be one of those asked for."""
        known = {
            atom: (group.findings[atom], rows) for group, rows in self._places() for atom in group.findings
        }
        memo: Memo = {}
        for atom in atoms_of(reading):
            found, rows = known[atom]
            memo[atom.leaf] = found[rows]
        return reading.condition.evaluate(Dossiers(np.arange(len(self)), {}), reading.parameters, memo)

    def row(self, case: int) -> Row:
        """Return a dossier of one case as a test row, the fields that matter named."""
        values: dict[str, int] = {}
        for group in self.groups:
            case, own = divmod(case, len(group))
            values |= {name: int(column[own]) for name, column in group.columns.items()}
        return as_row({name: values[name] for name in fields() if name in values})

    def _places(self) -> Iterator[tuple[Group, Rows]]:
        """Yield each group with its own case in every case, shape (cases,)."""
        case, stride = np.arange(len(self)), 1
        for group in self.groups:
            yield group, case // stride % len(group)
            stride *= len(group)


class _TooManyError(Exception):
    """More cases than the limit allows."""


def cases_of(readings: Iterable[Reading], most: int | None = None) -> Cases | None:
    """Return all cases that the conditions can tell apart, or nothing if there are too many.

    Numbers are looked at around every limit, at every edge, and at every step that the field declares; an
    indicator that compares with a number of its own is told apart at those.

    Args:
        readings: The conditions, at least one.
        most: Largest number of cases; that of `limits.toml` when left out.
    """
    largest = limits().most_cases if most is None else most
    atoms = tuple(dict.fromkeys(atom for reading in readings for atom in atoms_of(reading)))
    try:
        groups = tuple(_group(own, names, largest) for own, names in _connected(atoms))
    except _TooManyError:
        return None
    found = Cases(groups)
    return found if len(found) <= largest else None


# --- which fields hang together ---------------------------------------------------------------------


def _connected(atoms: Sequence[Atom]) -> list[tuple[list[Atom], tuple[str, ...]]]:
    """Return atoms and fields in groups that no atom and no gate connects."""
    groups: list[tuple[list[Atom], set[str]]] = []
    for atom in atoms:
        merged_atoms, merged_names = [atom], set(_with_gates(atom.reads))
        for other in [group for group in groups if group[1] & merged_names]:
            groups.remove(other)
            merged_atoms, merged_names = other[0] + merged_atoms, other[1] | merged_names
        groups.append((merged_atoms, merged_names))
    return [(own, _gates_first(names)) for own, names in groups]


def _with_gates(names: Iterable[str]) -> Iterator[str]:
    for name in names:
        yield name
        gate = fields()[name].gate_field
        if gate is not None:
            yield from _with_gates([gate])


def _gates_first(names: Iterable[str]) -> tuple[str, ...]:
    """Return the names such that a gate stands before what it opens."""
    depth = {name: len(list(_with_gates([name]))) for name in names}
    return tuple(sorted(depth, key=lambda name: (depth[name], name)))


# --- which values are told apart --------------------------------------------------------------------


def values_of(field: Field, limits: Iterable[float]) -> Values:
    """Return the values of a field among which all differences show, the plainest first, missing last.

    Args:
        field: The field.
        limits: Numbers that it is compared with.
    """
    if not field.is_number:
        return np.array([*range(len(field.codes)), MISSING], dtype=np.int8)
    near = [whole for limit in limits for whole in _around(limit)]
    first_step = -(-field.edges[0] // field.step) * field.step
    edges = [whole for edge in field.edges for whole in (edge, edge - 1)]
    everything = [*near, *edges, field.upper, *range(first_step, field.upper + 1, field.step)]
    inside = dict.fromkeys(whole for whole in everything if field.edges[0] <= whole <= field.upper)
    return np.array([*inside, MISSING], dtype=np.int32)


def _around(limit: float) -> tuple[int, ...]:
    low, high = math.floor(limit), math.ceil(limit)
    return tuple(dict.fromkeys((high, low, low - 1, high + 1)))


def _group(atoms: Sequence[Atom], names: Sequence[str], most: int) -> Group:
    """Return what the atoms can say together; raises where that takes more than `most` cases."""
    own_limits = {name: [at for atom in atoms if name in atom.reads for at in atom.limits] for name in names}
    whole = {name: values_of(fields()[name], own_limits[name]) for name in names}
    told_apart = {name: _told_apart(name, whole, atoms, most) for name in names}
    columns = _combined(names, told_apart, most)
    said = np.stack([atom.findings(columns) for atom in atoms])
    first = np.sort(np.unique(said, axis=1, return_index=True)[1])
    return Group(
        {name: values[first] for name, values in columns.items()},
        {atom: found[first] for atom, found in zip(atoms, said, strict=True)},
    )


def _told_apart(name: str, whole: Mapping[str, Values], atoms: Sequence[Atom], most: int) -> Values:
    """Return one value of the field for each set of values that no atom and no gate tells apart."""
    values = whole[name]
    signatures = [np.zeros((len(values), 1), dtype=np.int8)]
    signatures += [_table(name, whole, atom, most) for atom in atoms if name in atom.reads]
    signatures += [
        _opens(fields()[other], values).astype(np.int8)[:, None]
        for other in whole
        if fields()[other].gate_field == name
    ]
    first = np.unique(np.concatenate(signatures, axis=1), axis=0, return_index=True)[1]
    return values[np.sort(first)]


def _table(name: str, whole: Mapping[str, Values], atom: Atom, most: int) -> npt.NDArray[np.int8]:
    """Return an atom's findings: a row for each value of the field, a column for each of all others'."""
    axes = [name, *(other for other in atom.reads if other != name)]
    values = [_with_not_applicable(other, whole[other]) if other != name else whole[name] for other in axes]
    if math.prod(len(axis) for axis in values) > most:
        raise _TooManyError
    places = np.indices([len(axis) for axis in values]).reshape(len(axes), -1)
    found = atom.findings(
        {other: axis.take(at) for other, axis, at in zip(axes, values, places, strict=True)}
    )
    return found.reshape(len(values[0]), -1)


def _with_not_applicable(name: str, values: Values) -> Values:
    if fields()[name].gate is None:
        return values
    longer = [*values.tolist(), NOT_APPLICABLE]
    return np.array(longer, np.int32) if fields()[name].is_number else np.array(longer, np.int8)


def _opens(field: Field, gate_values: Values) -> npt.NDArray[np.bool_]:
    """Return which values of its gate let the question of a field arise; behind a missing one it does."""
    ((gate, codes),) = (field.gate or {}).items()
    return np.isin(gate_values, [MISSING, *(fields()[gate].code(code) for code in codes)])


def _combined(names: Sequence[str], told_apart: Mapping[str, Values], most: int) -> dict[str, Values]:
    """Return every combination of the fields' values that the gates allow; gates stand before the others."""
    columns: dict[str, Values] = {}
    size = 1
    for name in names:
        gate, choices = fields()[name].gate_field, told_apart[name]
        arises = np.ones(size, bool) if gate is None else _opens(fields()[name], columns[gate])
        counts = np.where(arises, len(choices), 1)
        size = int(counts.sum())
        if size > most:
            raise _TooManyError
        before = np.repeat(np.arange(len(counts)), counts)
        choice = np.arange(size) - np.repeat(np.cumsum(counts) - counts, counts)
        columns = {other: values.take(before) for other, values in columns.items()}
        columns[name] = choices.take(choice)
        columns[name][~arises[before]] = NOT_APPLICABLE
    return columns
