"""Many dossiers at once: one array for each field, and the three-valued questions one can ask of it.

This is the form in which the generator hands over, indicators read and cards score. It holds what an
officer could see and nothing else; there is no place in it for a truth. References say only who shares a
sponsor, telephone number, address or booking with whom; they stand apart from the fields, and whoever
selects fields does not get them.
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from dossier.fields import MISSING, NOT_APPLICABLE, Field, Values, fields
from dossier.findings import Findings, one_of, when

References = npt.NDArray[np.int64]
"""Shape (n,): an opaque number for whom each applicant shares with; -1 where nobody is known to share."""


@dataclass(frozen=True)
class Column:
    """One field of many dossiers.

    Attributes:
        field: The declaration.
        values: Shape (n,): codes (int8) or whole numbers (int32); `MISSING` and `NOT_APPLICABLE` as declared
            in `dossier.fields`.
    """

    field: Field
    values: Values

    def is_any(self, *labels: str) -> Findings:
        """Present where the code is one of `labels`; unknown where missing; absent where not applicable."""
        return self._finding(one_of(self.values, [self.field.code(label) for label in labels]))

    def is_not(self, *labels: str) -> Findings:
        """Present where the code is known and none of `labels`; absent where not applicable."""
        excluded = [*(self.field.code(label) for label in labels), NOT_APPLICABLE]
        return self._finding(~one_of(self.values, excluded))

    def at_least(self, limit: float) -> Findings:
        """Present where the number is `limit` or more."""
        return self._finding(self.values >= whole_limit(limit))

    def below(self, limit: float) -> Findings:
        """Present where the number is known, applies, and is less than `limit`."""
        return self._finding((self.values < whole_limit(limit)) & (self.values >= 0))

    @property
    def is_known(self) -> npt.NDArray[np.bool_]:
        """Where there is an answer, or where the question does not arise; shape (n,)."""
        return np.asarray(self.values != MISSING)

    def _finding(self, condition: npt.NDArray[np.bool_]) -> Findings:
        return when(condition, self.is_known)


@dataclass(frozen=True)
class Dossiers:
    """Many dossiers, field by field.

    Attributes:
        applicants: Shape (n,), int64: the applicants' synthetic identity numbers.
        columns: Values by field name, each of shape (n,).
        references: By the names in `dossier.tables.REFERENCES`; empty in cohorts that have none.

    Examples:
        >>> desk = Dossiers(np.arange(2), {"sex": np.int8([0, 1])})
        >>> desk["sex"].is_any("male").tolist()
        [0, 2]
    """

    applicants: npt.NDArray[np.int64]
    columns: Mapping[str, Values]
    references: Mapping[str, References] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.applicants)

    def __getitem__(self, name: str) -> Column:
        return Column(fields()[name], self.columns[name])

    def __contains__(self, name: object) -> bool:
        return name in self.columns

    def select(self, names: Iterable[str]) -> "Dossiers":
        """Return the same applicants with only the fields in `names`, such as those of one stage.

        The references stay behind: nothing that reads fields, and so no rule, card or feature, ever sees one.
        """
        return Dossiers(self.applicants, {name: self.columns[name] for name in names})

    def take(self, rows: npt.NDArray[np.intp] | npt.NDArray[np.bool_] | slice) -> "Dossiers":
        """Return only `rows`: positions, a mask of shape (n,), or a slice."""
        return Dossiers(
            self.applicants[rows],
            {name: values[rows] for name, values in self.columns.items()},
            {name: values[rows] for name, values in self.references.items()},
        )


def whole_limit(limit: float) -> float:
    """Return the least whole number that is not below `limit`.

    Whole values reach the one where they reach the other, and comparing them needs no decimals.

    Examples:
        >>> whole_limit(17.5), whole_limit(18.0), whole_limit(float("inf"))
        (18, 18, inf)
    """
    return math.ceil(limit) if math.isfinite(limit) else limit


def joined(parts: Iterable[Dossiers]) -> Dossiers:
    """Return the dossiers of all `parts`, one after the other; they must have the same fields."""
    parts = list(parts)
    return Dossiers(
        np.concatenate([part.applicants for part in parts]),
        {name: np.concatenate([part.columns[name] for part in parts]) for name in parts[0].columns},
        {name: np.concatenate([part.references[name] for part in parts]) for name in parts[0].references},
    )
