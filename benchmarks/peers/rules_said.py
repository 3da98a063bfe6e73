"""Live rules said in the expression language that zen-engine and rule-engine share, from their checked trees.

An indicator is a Python function; it is told what it asks by letting it read columns that only remember the
question. Both engines know true and false but nothing between, so what is said here holds for complete rows:
those in which no answer that a rule reads is missing. A question that does not arise is answered by a word of
its own, or by its number, and counts as absent, as everywhere.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from dossier.dossiers import Dossiers
from dossier.fields import MISSING, NOT_APPLICABLE, Field, fields
from dossier.indicators.registry import Indicator
from screening.rulebook import CompiledRulebook
from screening.rules_tree import Compares, Every, HasCode, Indicates, Negated, Node, Some

NOT_APPLICABLE_WORD = "not applicable"
Row = dict[str, str | int]


@dataclass(frozen=True)
class Asked:
    """A question that an indicator asks; "all of" and "any of" are the minimum and maximum of findings."""

    node: Node

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: "Asked", **_: Any) -> "Asked":
        """Join questions as `all_of` and `any_of` join findings.

        Raises:
            TypeError: If the indicator does anything else with its findings; nobody has said how to say that.
        """
        joining: Mapping[np.ufunc, Callable[[tuple[Node, ...]], Node]] = {
            np.minimum: Every,
            np.maximum: lambda parts: Some(1, parts),
        }
        if method != "__call__" or ufunc not in joining:
            raise TypeError(f"an indicator uses '{ufunc.__name__}', which has no translation")
        return Asked(joining[ufunc](tuple(one.node for one in inputs)))


@dataclass(frozen=True)
class AskedColumn:
    """A column that answers every question with the question; as `dossier.dossiers.Column`."""

    field: Field

    def is_any(self, *labels: str) -> Asked:
        """Ask for one of some codes."""
        return Asked(HasCode(self.field.name, tuple(map(self.field.code, labels)), wanted=True))

    def is_not(self, *labels: str) -> Asked:
        """Ask for none of some codes."""
        return Asked(HasCode(self.field.name, tuple(map(self.field.code, labels)), wanted=False))

    def at_least(self, limit: float) -> Asked:
        """Ask for a number from a limit up."""
        return Asked(Compares(self.field.name, ">=", limit))

    def below(self, limit: float) -> Asked:
        """Ask for a number below a limit."""
        return Asked(Compares(self.field.name, "<", limit))


def rules_said(rulebook: CompiledRulebook) -> dict[str, str]:
    """Return every rule in force as an expression, by id."""
    return {rule.id: _said(rule.condition.tree, rulebook) for rule in rulebook.rules}


def fields_of_rules(rulebook: CompiledRulebook) -> tuple[str, ...]:
    """Return the names of the fields that the rules in force read, each once."""
    return tuple(dict.fromkeys(name for rule in rulebook.rules for name in rule.reads))


def complete_rows(rulebook: CompiledRulebook, dossiers: Dossiers) -> npt.NDArray[np.intp]:
    """Return the rows in which no answer that a rule reads is missing."""
    known = [dossiers.columns[name] != MISSING for name in fields_of_rules(rulebook)]
    return np.flatnonzero(np.all(known, axis=0))


def rows_said(rulebook: CompiledRulebook, dossiers: Dossiers) -> list[Row]:
    """Return dossiers as the engines read them: codes in words, numbers as they are."""
    columns = {name: _values_said(fields()[name], dossiers) for name in fields_of_rules(rulebook)}
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


def _values_said(field: Field, dossiers: Dossiers) -> list[str] | list[int]:
    values: list[int] = dossiers.columns[field.name].tolist()
    if field.is_number:
        return values
    return [NOT_APPLICABLE_WORD if value == NOT_APPLICABLE else field.codes[value] for value in values]


def _said(node: Node, rulebook: CompiledRulebook) -> str:
    match node:
        case Indicates(name):
            said = _said(_asked_by(rulebook.indicators[name], rulebook.parameters), rulebook)
        case HasCode(field, codes, wanted):
            labels = [fields()[field].codes[code] for code in codes]
            listed = json.dumps(labels if wanted else [*labels, NOT_APPLICABLE_WORD])
            said = f"{field} in {listed}" if wanted else f"not ({field} in {listed})"
        case Compares(field, symbol, limit):
            number = rulebook.parameters[limit] if isinstance(limit, str) else limit
            said = f"{field} {symbol} {number:.15g} and {field} != {NOT_APPLICABLE}"
        case Every(parts):
            said = " and ".join(_said(part, rulebook) for part in parts)
        case Some(1, parts):
            said = " or ".join(_said(part, rulebook) for part in parts)
        case Some(count, parts):
            said = f"({' + '.join(f'({_said(part, rulebook)} ? 1 : 0)' for part in parts)}) >= {count}"
        case Negated(part):
            said = f"not {_said(part, rulebook)}"
    return f"({said})"


def _asked_by(indicator: Indicator, parameters: Mapping[str, float]) -> Node:
    columns = [AskedColumn(fields()[name]) for name in indicator.reads]
    asked: Any = indicator.reading(*columns, **{name: parameters[name] for name in indicator.parameters})
    node: Node = asked.node
    return node
