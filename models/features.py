"""The inputs of a card: findings, rule outcomes and a few fields, each as levels from least to most concern.

Every input is a small whole number that never lowers a score when it rises. A finding has the levels absent,
unknown, present; a field has its answers in a declared order of concern, and an empty cell counts as the
least of them, because the indicators already say that it is unknown. This module encodes; it learns nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Literal, TypeAlias

import numpy as np
import numpy.typing as npt

from dossier.dossiers import Dossiers
from dossier.fields import Field, fields
from dossier.findings import FINDING_LABELS, Findings
from dossier.problems import BadInput
from dossier.stages import Stage
from dossier.toml_files import Declared, read_toml, validated

Levels: TypeAlias = npt.NDArray[np.uint8]
"""Shape (n, inputs): the level of each input for each dossier."""

Kind: TypeAlias = Literal["indicator", "rule", "field"]


class InputPolicy(Declared):
    """What may enter a card: the file `inputs.toml`."""

    withheld: Mapping[str, str]
    rising: Mapping[str, tuple[str, ...] | Literal["bins", "bins reversed"]]


@dataclass(frozen=True)
class CardInput:
    """One input of a card.

    Attributes:
        kind: Where it comes from.
        name: Name of the indicator or field, or id of the rule.
        levels: Labels from the least to the most concerning level.
    """

    kind: Kind
    name: str
    levels: tuple[str, ...]

    @property
    def key(self) -> str:
        """Kind and name, as they stand in a card file."""
        return f"{self.kind}:{self.name}"


@cache
def input_policy() -> InputPolicy:
    """Return what may enter a card.

    Raises:
        BadInput: If the file names an unknown field or code, or both withholds and reads a field.
    """
    file = read_toml(Path(__file__).with_name("inputs.toml"))
    policy = validated(InputPolicy, file)
    for name, order in policy.rising.items():
        if name not in fields() or name in policy.withheld:
            raise BadInput.of(f"'{name}' is no field, or is withheld", where=file.where(("rising", name)))
        if not isinstance(order, str) and set(order) != set(fields()[name].codes):
            raise BadInput.of(f"the order of '{name}' must name each of its codes once", where=file.where(("rising", name)))
    return policy


def inputs_hash(inputs: Sequence[CardInput]) -> str:
    """Return a SHA-256 over the inputs and their levels."""
    return sha256("\n".join(f"{i.key}={'|'.join(i.levels)}" for i in inputs).encode()).hexdigest()


def card_inputs(stage: Stage, indicator_names: Sequence[str], rule_ids: Sequence[str]) -> tuple[CardInput, ...]:
    """Return the inputs of a card for `stage`.

    Args:
        stage: Only fields visible by then are read.
        indicator_names: Indicators that can be read at the stage.
        rule_ids: Evidence rules that can be evaluated at the stage.
    """
    found = [CardInput("indicator", name, FINDING_LABELS) for name in indicator_names]
    found += [CardInput("rule", rule_id, FINDING_LABELS) for rule_id in rule_ids]
    for name, order in input_policy().rising.items():
        if fields()[name].visible_from <= stage:
            found.append(CardInput("field", name, _level_labels(fields()[name], order)))
    return tuple(found)


def encode(
    inputs: Sequence[CardInput],
    dossiers: Dossiers,
    indicator_findings: Mapping[str, Findings],
    rule_outcomes: Mapping[str, Findings],
) -> Levels:
    """Return the level of each input, shape (n, inputs)."""
    levels = np.empty((len(dossiers), len(inputs)), dtype=np.uint8, order="F")
    for column, entry in enumerate(inputs):
        if entry.kind == "indicator":
            levels[:, column] = indicator_findings[entry.name]
        elif entry.kind == "rule":
            levels[:, column] = rule_outcomes[entry.name]
        else:
            levels[:, column] = _field_levels(dossiers, entry.name)
    return levels


def challenger_codes(dossiers: Dossiers, stage: Stage) -> npt.NDArray[np.int16]:
    """Return the raw codes that an unrestricted model may read: every field that is not withheld.

    Returns:
        Shape (n, fields): 0 not applicable, 1 missing, then the codes or bins.
    """
    names = challenger_fields(stage)
    return np.stack([fields()[name].bins(dossiers.columns[name]) + np.int16(2) for name in names], axis=1)


def challenger_fields(stage: Stage) -> tuple[str, ...]:
    """Return the names of the fields that an unrestricted model may read at `stage`."""
    withheld = input_policy().withheld
    return tuple(f.name for f in fields().values() if f.visible_from <= stage and f.name not in withheld)


def _level_labels(field: Field, order: tuple[str, ...] | str) -> tuple[str, ...]:
    if order == "bins":
        return field.bin_labels
    return tuple(reversed(field.bin_labels)) if order == "bins reversed" else tuple(order)


def _field_levels(dossiers: Dossiers, name: str) -> npt.NDArray[np.uint8]:
    """Return the level of a field; missing and not applicable count as the least concerning answer."""
    table = _level_table(name)
    return table[fields()[name].bins(dossiers.columns[name])]


@cache
def _level_table(name: str) -> npt.NDArray[np.uint8]:
    """Return the level by code; the two last entries stand for the codes -2 and -1."""
    field, order = fields()[name], input_policy().rising[name]
    if order == "bins":
        levels = list(range(field.size))
    elif order == "bins reversed":
        levels = list(reversed(range(field.size)))
    else:
        levels = [order.index(code) for code in field.codes]
    return np.array([*levels, 0, 0], dtype=np.uint8)
