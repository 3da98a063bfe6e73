"""The fields of a dossier, read from `fields.toml`, where each is declared once.

A field is a category (its codes are numbered in the declared order) or a number (whole units, with the
lower edges of the bins that tables and cards use). The generator, the validator, the data dictionary and
every form build on these declarations; none of them keeps a list of its own.
"""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Literal, Self, TypeAlias

import numpy as np
import numpy.typing as npt
from pydantic import model_validator

from dossier.problems import BadInput
from dossier.stages import Stage
from dossier.texts import Text
from dossier.toml_files import Declared, read_toml, validated

MISSING = -1
"""The value of an empty cell, in categories and numbers alike."""

NOT_APPLICABLE = -2
"""The value where the question does not arise, because the field's gate is closed."""

Codes: TypeAlias = npt.NDArray[np.int8]
Values: TypeAlias = npt.NDArray[np.int8] | npt.NDArray[np.int32]


class Field(Declared):
    """One field that an officer can see.

    Attributes:
        name: The field's name, as in files.
        stage: Label of the first stage at which it is visible.
        theme: The part of the dossier it belongs to.
        label, description: What it is called and what it means, in both languages.
        missing: What an empty cell means.
        codes: The codes of a category, in order; empty for a number.
        ordered: Whether the codes run from least to most.
        unit: The unit of a number; empty for a category.
        edges: Lower edges of a number's bins, ascending.
        upper: The largest value a number takes.
        step: Numbers are multiples of this, except at an edge.
        gate: The field that decides whether this one applies, with the codes that open it.
    """

    name: str
    stage: Literal["counter", "interview", "verification", "checkpoint"]
    theme: str
    label: Text
    description: Text
    missing: str
    codes: tuple[str, ...] = ()
    ordered: bool = False
    unit: str = ""
    edges: tuple[int, ...] = ()
    upper: int = 0
    step: int = 1
    gate: Mapping[str, tuple[str, ...]] | None = None

    @model_validator(mode="after")
    def _is_a_category_or_a_number(self) -> Self:
        if bool(self.codes) == bool(self.edges):
            raise ValueError("a field has either 'codes' or 'edges', not both and not neither")
        if self.edges and (list(self.edges) != sorted(set(self.edges)) or self.upper < self.edges[-1]):
            raise ValueError("'edges' must ascend and 'upper' must not lie below the last edge")
        if len(set(self.codes)) != len(self.codes):
            raise ValueError("a code stands twice in 'codes'")
        return self

    @property
    def is_number(self) -> bool:
        """Whether the field holds whole numbers rather than codes."""
        return bool(self.edges)

    @property
    def size(self) -> int:
        """Number of codes, or of bins."""
        return len(self.edges) or len(self.codes)

    @property
    def visible_from(self) -> Stage:
        """The first stage at which the field is visible."""
        return Stage.of(self.stage)

    @property
    def gate_field(self) -> str | None:
        """Name of the field that opens this one, if any."""
        return next(iter(self.gate)) if self.gate else None

    @property
    def bin_labels(self) -> tuple[str, ...]:
        """The codes, or a readable range for each bin of a number.

        Examples:
            >>> fields()["dependants"].bin_labels
            ('0', '1', '2', '3-4', '5-8')
        """
        if not self.is_number:
            return self.codes
        lasts = [*(edge - 1 for edge in self.edges[1:]), self.upper]
        pairs = zip(self.edges, lasts, strict=True)
        return tuple(f"{low:,}" if low == high else f"{low:,}-{high:,}" for low, high in pairs)

    def code(self, label: str) -> int:
        """Return the number of the code called `label`.

        Raises:
            KeyError: If the field has no such code; the message lists those it has.
        """
        if label not in self.codes:
            raise KeyError(f"'{self.name}' has no code '{label}'; it has: {', '.join(self.codes)}")
        return self.codes.index(label)

    def bins(self, values: Values) -> Codes:
        """Return the code or bin number of each value; missing and not applicable stay as they are.

        Args:
            values: Shape (n,), codes of a category or whole numbers in the field's unit.
        """
        if not self.is_number:
            return values.astype(np.int8, copy=False)
        bins = np.full(values.shape, -1, dtype=np.int8)
        for edge in self.edges:  # a dozen comparisons of many values at a time are faster than one search
            bins += values >= edge
        bins -= values == NOT_APPLICABLE  # which lies below every edge, as what is missing does
        return bins


@cache
def fields() -> Mapping[str, Field]:
    """Return all declared fields by name, in the order of the file.

    Raises:
        BadInput: If `fields.toml` breaks a rule of its own format.
    """
    file = read_toml(Path(__file__).with_name("fields.toml"))
    declared = {
        name: validated(Field, file, {"name": name, **entry}, at=(name,)) for name, entry in file.data.items()
    }
    for field in declared.values():
        _check_gate(field, declared)
    return declared


def fields_visible_at(stage: Stage) -> tuple[str, ...]:
    """Return the names of the fields that can be seen at `stage`, earlier stages included."""
    return tuple(field.name for field in fields().values() if field.visible_from <= stage)


def _check_gate(field: Field, declared: Mapping[str, Field]) -> None:
    if field.gate is None:
        return
    ((gate, codes),) = field.gate.items()
    if gate not in declared or not set(codes) <= set(declared[gate].codes):
        raise BadInput.of(f"the gate of '{field.name}' names an unknown field or code", where="fields.toml")
    if declared[gate].visible_from > field.visible_from:
        raise BadInput.of(f"'{field.name}' is visible before its gate '{gate}'", where="fields.toml")
