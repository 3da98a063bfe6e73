"""The same people screened twice: for whom something changed, person by person.

Parts of a cohort are reduced to counts of pairs and added up, so that a comparison of any size fits into
memory. Whoever set out as somebody else in the second screening is counted apart and enters no rate: only
people who are the same in both are compared. Persons are not independent, because members of one recruiting
network are alike; so the victims are counted by network too.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from dossier.problems import BadInput
from dossier.truth import Truth, TruthClass
from screening.evaluation.networks import Clusters, clusters_json, networks_of
from screening.evaluation.rates import PairedDifference, Rate, rate_json

OTHERS = (TruthClass.LAWFUL, TruthClass.IRREGULAR)


@dataclass(frozen=True)
class Side:
    """One screening of many people.

    Attributes:
        truth: What they truly are.
        flagged: Shape (n,): who is flagged.
    """

    truth: Truth
    flagged: npt.NDArray[np.bool_]


class Cell(NamedTuple):
    """What two screenings can say of one person: truth class and module in each, flagged in each."""

    truth_class: TruthClass
    module: str
    class_after: TruthClass
    module_after: str
    flagged: bool
    flagged_after: bool

    @property
    def is_same(self) -> bool:
        """Whether the person set out as the same in both."""
        return self.module == self.module_after


@dataclass(frozen=True)
class Change:
    """How often something was said of the same people in the first screening and in the second.

    Attributes:
        both, only_before, only_after: People of whom it was said in both, or in one only.
        n: People.

    Examples:
        >>> change = Change(both=10, only_before=30, only_after=5, n=100)
        >>> change.before.count, change.after.count, change.difference.estimate
        (40, 15, -0.25)
    """

    both: int = 0
    only_before: int = 0
    only_after: int = 0
    n: int = 0

    @property
    def before(self) -> Rate:
        """The rate in the first screening."""
        return Rate(self.both + self.only_before, self.n)

    @property
    def after(self) -> Rate:
        """The rate in the second screening."""
        return Rate(self.both + self.only_after, self.n)

    @property
    def difference(self) -> PairedDifference:
        """The second rate minus the first, with its exact interval over persons."""
        return PairedDifference(self.only_after, self.only_before, self.n)


@dataclass(frozen=True)
class Otherwise:
    """People who set out as one module in the first screening and as another in the second.

    Attributes:
        module, module_after: The modules.
        n: People.
        flagged, flagged_after: How many of them were flagged in each.
    """

    module: str
    module_after: str
    n: int
    flagged: int
    flagged_after: int


@dataclass(frozen=True)
class Comparison:
    """Two screenings of the same people, of a whole cohort or of a part of it.

    Attributes:
        cells: People by what the two screenings say of them.
        clusters: The victims of both screenings, by network.
        families: Typology family by module; empty for whoever is no victim.
        kinds: `journey`, `lookalike` or `typology`, by module.
    """

    cells: Counter[Cell]
    clusters: Clusters
    families: Mapping[str, str]
    kinds: Mapping[str, str]

    @property
    def n(self) -> int:
        """People."""
        return self.cells.total()

    @property
    def victims(self) -> tuple[int, int]:
        """Victims in the first screening and in the second."""
        cells = self.cells.items()
        before = sum(count for cell, count in cells if cell.truth_class == TruthClass.VICTIM)
        return before, sum(count for cell, count in cells if cell.class_after == TruthClass.VICTIM)

    @property
    def misses(self) -> Change:
        """Misses among the victims of both screenings."""
        return _missed(self._same(TruthClass.VICTIM))

    def misses_by_family(self) -> dict[str, Change]:
        """Return the misses of each typology family that has victims in both screenings."""
        names = dict.fromkeys(family for family in self.families.values() if family)
        found = {
            name: _missed((c, k) for c, k in self._same(TruthClass.VICTIM) if self.families[c.module] == name)
            for name in names
        }
        return {name: change for name, change in found.items() if change.n}

    def flags(self, *classes: TruthClass) -> Change:
        """Return the flags among people of these classes."""
        return _flagged(self._same(*classes))

    def flags_by_module(self) -> dict[str, Change]:
        """Return the flags of each module of the lawful and the irregular, the most newly burdened first."""
        names = dict.fromkeys(cell.module for cell, _ in self._same(*OTHERS))
        found = {name: _flagged((c, k) for c, k in self._same(*OTHERS) if c.module == name) for name in names}
        return dict(sorted(found.items(), key=lambda item: (-item[1].difference.estimate, item[0])))

    def otherwise(self) -> list[Otherwise]:
        """Return who set out as somebody else, by module."""
        moves: dict[tuple[str, str], list[int]] = {}
        for cell, count in self.cells.items():
            if not cell.is_same:
                sums = moves.setdefault((cell.module, cell.module_after), [0, 0, 0])
                for at, counted in enumerate((True, cell.flagged, cell.flagged_after)):
                    sums[at] += count * counted
        return [Otherwise(*modules, *sums) for modules, sums in sorted(moves.items())]

    def to_json(self) -> dict[str, Any]:
        """Return everything that is printed about this comparison."""
        victims, victims_after = self.victims
        return {
            "n": self.n,
            "victims_before": victims,
            "victims_after": victims_after,
            "misses": change_json(self.misses, "missed"),
            "networks": clusters_json(self.clusters),
            "lawful_flagged": change_json(self.flags(TruthClass.LAWFUL), "flagged"),
            "irregular_flagged": change_json(self.flags(TruthClass.IRREGULAR), "flagged"),
            "false_flags": change_json(self.flags(*OTHERS), "flagged"),
            "facilitators_flagged": change_json(self.flags(TruthClass.FACILITATOR), "flagged"),
            "by_typology": [
                {"group": name, **change_json(change, "missed")}
                for name, change in self.misses_by_family().items()
            ],
            "by_traveller": [
                {"group": name, "kind": self.kinds[name], **change_json(change, "flagged")}
                for name, change in self.flags_by_module().items()
            ],
            "set_out_otherwise": [vars(found) for found in self.otherwise()],
        }

    def _same(self, *classes: TruthClass) -> Iterator[tuple[Cell, int]]:
        for cell, count in self.cells.items():
            if cell.is_same and cell.truth_class in classes:
                yield cell, count


def compared(before: Side, after: Side) -> Comparison:
    """Return the comparison of two screenings of the same people, in the same order.

    Raises:
        BadInput: If they are not the same people.
    """
    _check_same_people(before.truth, after.truth)
    names = before.truth.modules
    key = (before.truth.module.astype(np.int64) * len(TruthClass) + before.truth.truth_class) * len(names)
    key = (key + after.truth.module) * len(TruthClass) + after.truth.truth_class
    unique, counts = np.unique(key * 4 + before.flagged * 2 + after.flagged, return_counts=True)
    return Comparison(
        Counter({_cell(int(code), names): int(count) for code, count in zip(unique, counts, strict=True)}),
        _clusters(before, after),
        dict(zip(names, before.truth.families, strict=True)),
        dict(zip(names, before.truth.kinds, strict=True)),
    )


def joined_comparisons(parts: Sequence[Comparison]) -> Comparison:
    """Return the comparison of a whole cohort from those of its parts, of which there is at least one."""
    cells: Counter[Cell] = Counter()
    for part in parts:
        cells.update(part.cells)
    columns = ("networks", "sizes", "changes", "changed")
    joined = (np.concatenate([getattr(part.clusters, name) for part in parts]) for name in columns)
    return replace(parts[0], cells=cells, clusters=Clusters.of(*joined))


def change_json(change: Change, counted: str) -> dict[str, Any]:
    """Return a change for JSON: both rates, the difference with its interval, and the discordant counts.

    Args:
        change: The change.
        counted: What is counted: `missed` or `flagged`.
    """
    difference = change.difference
    low, high = difference.interval
    found = {"estimate": difference.estimate, "low": low, "high": high}
    return {
        "n": change.n,
        "before": rate_json(change.before, counted),
        "after": rate_json(change.after, counted),
        f"newly_{counted}": change.only_after,
        f"no_longer_{counted}": change.only_before,
        "difference": found if change.n else dict.fromkeys(found),
        "p_value": difference.p_value if change.n else None,
    }


def _check_same_people(before: Truth, after: Truth) -> None:
    same = before.modules == after.modules and np.array_equal(before.applicants, after.applicants)
    if same:
        stayed = before.module == after.module
        same = all(
            bool((getattr(before, name) == getattr(after, name))[stayed].all())
            for name in ("truth_class", "tier", "network")
        )
    if not same:
        mend = "Compare two screenings of one scenario, drawn with the same --n and --seed."
        raise BadInput.of("these are not the same people twice", mend=mend)


def _cell(code: int, names: Sequence[str]) -> Cell:
    code, flags = divmod(code, 4)
    code, class_after = divmod(code, len(TruthClass))
    code, module_after = divmod(code, len(names))
    module, truth_class = divmod(code, len(TruthClass))
    return Cell(
        TruthClass(truth_class),
        names[module],
        TruthClass(class_after),
        names[module_after],
        bool(flags & 2),
        bool(flags & 1),
    )


def _clusters(before: Side, after: Side) -> Clusters:
    """Return the victims of both screenings by network."""
    rows = before.truth.is_victim & (before.truth.module == after.truth.module)
    change = before.flagged[rows].astype(np.int64) - after.flagged[rows]
    return Clusters.of(
        networks_of(before.truth)[rows], np.ones(len(change), np.int64), change, np.abs(change)
    )


def _missed(cells: Iterable[tuple[Cell, int]]) -> Change:
    return _change((not cell.flagged, not cell.flagged_after, count) for cell, count in cells)


def _flagged(cells: Iterable[tuple[Cell, int]]) -> Change:
    return _change((cell.flagged, cell.flagged_after, count) for cell, count in cells)


def _change(said: Iterable[tuple[bool, bool, int]]) -> Change:
    counts: Counter[tuple[bool, bool]] = Counter()
    for before, after, count in said:
        counts[before, after] += count
    return Change(counts[True, True], counts[True, False], counts[False, True], counts.total())
