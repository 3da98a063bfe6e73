"""Test rows of rules: from a few named values to a whole dossier, neutral in everything else.

A row says only what matters: whole numbers as they are, categories by their codes, "missing" for an empty
cell. The rest is neutral: a field's first code or lowest number, unless the rulebook names another value. A
row that fills a field whose question does not arise is refused rather than quietly mended.
"""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from dossier.dossiers import Dossiers
from dossier.fields import MISSING, NOT_APPLICABLE, Field, Values, fields
from dossier.problems import Problem
from screening.rules import Row
from screening.rules_grammar import near_match

MISSING_WORD = "missing"


def row_problems(row: Row, neutral: Row, place: str) -> Iterator[Problem]:
    """Yield everything that is wrong with one row: unknown fields and codes, wrong kinds, closed gates."""
    known = fields()
    for name, value in row.items():
        if name not in known:
            yield Problem(f"there is no field '{name}'", place, near_match(name, known))
        else:
            value_problem = _value_problem(known[name], value, place)
            problem = value_problem or _gate_problem(known[name], {**neutral, **row}, place)
            yield from [problem] if problem else []


def example_dossiers(rows: Sequence[Row], neutral: Row) -> Dossiers:
    """Return one dossier for each row, all fields filled; the rows must be free of problems."""
    whole = [_whole_row({**neutral, **row}) for row in rows]
    columns: dict[str, Values] = {
        name: _column(field, [values[name] for values in whole]) for name, field in fields().items()
    }
    return Dossiers(np.arange(len(rows), dtype=np.int64), columns)


def _column(field: Field, values: Sequence[int]) -> Values:
    return np.asarray(values, np.int32) if field.is_number else np.asarray(values, np.int8)


def _value_problem(field: Field, value: int | str, place: str) -> Problem | None:
    if value == MISSING_WORD:
        return None
    if not field.is_number:
        if value in field.codes:
            return None
        mend = near_match(str(value), [*field.codes, MISSING_WORD])
        return Problem(f"'{field.name}' has no code '{value}'", place, mend)
    if isinstance(value, int) and field.edges[0] <= value <= field.upper:
        return None
    mend = f'Write a whole number from {field.edges[0]:,} to {field.upper:,} ({field.unit}), or "missing".'
    return Problem(f"'{field.name}' is a number and cannot be '{value}'", place, mend)


def _gate_problem(field: Field, row: Row, place: str) -> Problem | None:
    if field.gate is None:
        return None
    ((gate, codes),) = field.gate.items()
    if row.get(gate, fields()[gate].codes[0]) in (*codes, MISSING_WORD):
        return None
    what = f"'{field.name}' does not arise in this row, because of '{gate}'"
    return Problem(what, place, f'Add {gate} = "{codes[0]}".')


def _whole_row(row: Row) -> Mapping[str, int]:
    return {name: _value(field, row) for name, field in fields().items()}


def _value(field: Field, row: Row) -> int:
    if _is_closed(field, row):
        return NOT_APPLICABLE
    value = row.get(field.name, field.edges[0] if field.is_number else field.codes[0])
    if value == MISSING_WORD:
        return MISSING
    return value if isinstance(value, int) else field.code(value)


def _is_closed(field: Field, row: Row) -> bool:
    """Whether the question does not arise; behind a missing gate nothing is closed."""
    if field.gate is None:
        return False
    ((gate, codes),) = field.gate.items()
    return _value(fields()[gate], row) not in {MISSING, *(fields()[gate].code(code) for code in codes)}
