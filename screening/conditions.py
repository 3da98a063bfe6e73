"""Conditions of routes and offers: the rules' own language, any one of several sufficing.

A policy says who receives a person and what is offered; it reads the same observed fields as a rule, in the
same language. It never rests on what is absent, because an unanswered question would then pass for an answer.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated, TypeAlias

import numpy as np
from pydantic import Field as Key
from pydantic import StrictFloat, StrictInt

from dossier.dossiers import Dossiers
from dossier.fields import fields
from dossier.findings import ABSENT, PRESENT, Findings, any_of
from dossier.indicators import indicators
from dossier.problems import BadInput, Problem, raise_if_any
from dossier.toml_files import Finite, KeyPath, TomlFile
from screening.language import Condition, Memo, parse_condition
from screening.rules_grammar import MAX_NUMBER


class Number(Finite):
    """A number that conditions compare with.

    Attributes:
        value: The number, in the unit of the field that it is compared with.
        source: Where it comes from, or that it is assumed.
    """

    value: Annotated[StrictInt | StrictFloat, Key(ge=0, le=MAX_NUMBER)]
    source: str


@dataclass(frozen=True)
class Desk:
    """Dossiers as a policy reads them; nothing is read twice.

    Attributes:
        dossiers: Only with the fields that have been asked for.
        memo: Findings already made for these dossiers that rest on no parameter.
    """

    dossiers: Dossiers
    memo: Memo = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.dossiers)

    def everywhere(self, finding: int) -> Findings:
        """Return one finding for every dossier."""
        return np.full(len(self), finding, dtype=np.int8)


@dataclass(frozen=True)
class AnyOf:
    """Several conditions of which one suffices; where there are none, it always holds.

    Attributes:
        conditions: The conditions.
        parameters: Values of the numbers they need.
    """

    conditions: tuple[Condition, ...]
    parameters: Mapping[str, float]

    def findings(self, desk: Desk, memo: Memo) -> Findings:
        """Return for each dossier whether one holds; what has not been asked yet contributes nothing.

        Args:
            desk: The dossiers.
            memo: Findings already made for these dossiers and these parameters; new ones are added.
        """
        if not self.conditions:
            return desk.everywhere(PRESENT)
        ready = [one for one in self.conditions if all(name in desk.dossiers for name in one.reads)]
        if not ready:
            return desk.everywhere(ABSENT)
        return any_of(*(one.evaluate(desk.dossiers, self.parameters, memo) for one in ready))


Written: TypeAlias = tuple[KeyPath, Sequence[str]]
"""Where conditions stand in a file, and the conditions."""


def parsed(file: TomlFile, written: Sequence[Written], numbers: Mapping[str, Number]) -> tuple[AnyOf, ...]:
    """Return the compiled conditions of several routes or offers.

    Args:
        file: Where they stand.
        written: The conditions of each, with their place.
        numbers: The numbers that the file declares.

    Raises:
        BadInput: With every problem that was found.
    """
    values = {name: float(number.value) for name, number in numbers.items()}
    found: list[AnyOf] = []
    problems: list[Problem] = []
    for at, texts in written:
        conditions = []
        for text in texts:
            try:
                condition = _parsed(text, values, file.where(at))
                conditions.append(condition)
                problems.extend(_misfits(condition, values, file, at))
            except BadInput as error:
                problems.extend(error.problems)
        found.append(AnyOf(tuple(conditions), values))
    raise_if_any(problems)
    return tuple(found)


def _parsed(text: str, values: Mapping[str, float], place: str) -> Condition:
    return parse_condition(
        text, fields=fields(), indicators=indicators(), parameters=values.keys(), place=place
    )


def _misfits(
    condition: Condition, values: Mapping[str, float], file: TomlFile, at: KeyPath
) -> Iterator[Problem]:
    for name in sorted(set(condition.parameters) - set(values)):
        mend = f"Add [parameters.{name}] with a value and its source."
        yield file.problem(f"'{condition.text}' needs the number '{name}'", at, mend)
    if not condition.is_monotone:
        what = f"'{condition.text}' rests on what is absent"
        yield file.problem(what, at, "Name what is seen; put what must not apply into an earlier entry.")
