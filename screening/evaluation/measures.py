"""Measures: which people a rate counts, and of which people, said once and as data.

A measure is a pair of sets of outcomes. An outcome is what somebody truly is, and whether he is flagged; so a
miss rate counts victims who are not flagged among all victims, and precision counts victims among all who are
flagged. Whatever can be said in this way needs no code of its own. Facilitators enter only a measure that
names them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from dossier.problems import BadInput, Problem, raise_if_any
from dossier.truth import TruthClass

Outcome: TypeAlias = tuple[TruthClass, bool]
"""What somebody truly is, and whether he is flagged."""


@dataclass(frozen=True)
class Measure:
    """One rate.

    Attributes:
        name: What the rate is called in files.
        counted_as: What its count is called, such as `missed`.
        of: What its n is called, such as `victims`.
        counted: The outcomes that are counted.
        among: The outcomes that make up n; all that are counted are among them.

    Examples:
        >>> MISS.mask("counted")[TruthClass.VICTIM].tolist(), MISS.mask("among")[TruthClass.VICTIM].tolist()
        ([True, False], [True, True])
    """

    name: str
    counted_as: str
    of: str
    counted: frozenset[Outcome]
    among: frozenset[Outcome]

    def __post_init__(self) -> None:
        if not self.counted < self.among:
            raise ValueError(f"'{self.name}' must count some, not all, of the outcomes that it is among")

    @property
    def sides(self) -> tuple[frozenset[TruthClass], ...]:
        """Sets of classes; where nobody is of one of them, the rate cannot be said.

        Examples:
            >>> [sorted(one.label for one in side) for side in PRECISION.sides]
            [['victim'], ['irregular', 'lawful']]
        """
        counted = frozenset(one for one, _ in self.counted)
        rest = frozenset(one for one, _ in self.among) - counted
        return (counted, rest) if rest else (counted,)

    def mask(self, part: str) -> npt.NDArray[np.bool_]:
        """Return `counted` or `among` as an array of shape (truth classes, 2), flagged last."""
        chosen: frozenset[Outcome] = getattr(self, part)
        return np.array([[(one, flag) in chosen for flag in (False, True)] for one in TruthClass])


def _all(*classes: TruthClass) -> frozenset[Outcome]:
    return frozenset(product(classes, (False, True)))


def _flagged(*classes: TruthClass) -> frozenset[Outcome]:
    return frozenset((one, True) for one in classes)


_OTHERS = (TruthClass.LAWFUL, TruthClass.IRREGULAR)
_COUNTED = (TruthClass.VICTIM, *_OTHERS)

MISS = Measure(
    "miss_rate", "missed", "victims", frozenset({(TruthClass.VICTIM, False)}), _all(TruthClass.VICTIM)
)
FALSE_FLAG = Measure("false_flag_rate", "flagged", "others", _flagged(*_OTHERS), _all(*_OTHERS))
LAWFUL_FLAGGED = Measure(
    "lawful_flagged", "lawful_flags", "lawful", _flagged(TruthClass.LAWFUL), _all(TruthClass.LAWFUL)
)
IRREGULAR_FLAGGED = Measure(
    "irregular_flagged",
    "irregular_flags",
    "irregular",
    _flagged(TruthClass.IRREGULAR),
    _all(TruthClass.IRREGULAR),
)
FACILITATORS_FLAGGED = Measure(
    "facilitators_flagged",
    "facilitator_flags",
    "facilitators",
    _flagged(TruthClass.FACILITATOR),
    _all(TruthClass.FACILITATOR),
)
FLAGGED = Measure("flag_rate", "flags", "people", _flagged(*_COUNTED), _all(*_COUNTED))
PRECISION = Measure("precision", "found", "flags", _flagged(TruthClass.VICTIM), _flagged(*_COUNTED))

MEASURES = {
    one.name: one
    for one in (
        MISS,
        FALSE_FLAG,
        LAWFUL_FLAGGED,
        IRREGULAR_FLAGGED,
        FACILITATORS_FLAGGED,
        FLAGGED,
        PRECISION,
    )
}
"""Every measure by its name."""


def measure_named(name: str, where: str = "") -> Measure:
    """Return a measure by its name.

    Args:
        name: The name.
        where: Who named it, such as an option, for the message.

    Raises:
        BadInput: If there is none of that name.
    """
    if name not in MEASURES:
        mend = f"Choose from: {', '.join(MEASURES)}."
        raise BadInput.of(f"there is no rate '{name}'", where=where, mend=mend)
    return MEASURES[name]


NAMED = {
    TruthClass.LAWFUL: "lawful",
    TruthClass.IRREGULAR: "irregular people",
    TruthClass.VICTIM: "victims",
    TruthClass.FACILITATOR: "facilitators",
}
"""What many people of a class are called in a message."""


def check_said(truth_class: npt.NDArray[np.int8], measures: Sequence[Measure], where: str = "") -> None:
    """Raise where nobody is of a side that a rate speaks of; such a rate would be a number about nobody.

    Args:
        truth_class: Shape (n,): a `TruthClass`.
        measures: The rates that are asked for.
        where: Where the people stand, for the message.

    Raises:
        BadInput: With one problem for each rate that cannot be said.
    """
    there = {one for one in TruthClass if (truth_class == one).any()}
    can = [one.name for one in MEASURES.values() if all(side & there for side in one.sides)]
    raise_if_any(
        Problem(
            f"there are no {_spoken(side)} among these {len(truth_class):,} people, so there is no "
            f"{one.name.replace('_', ' ')}",
            where,
            f"Evaluate people of either kind, or ask for rates that these can show: {', '.join(can)}.",
        )
        for one in measures
        for side in one.sides
        if not side & there
    )


def _spoken(side: frozenset[TruthClass]) -> str:
    return " or ".join(NAMED[one] for one in sorted(side))
