"""Comparisons of many values at a time against their naive twins, one value after the other."""

import operator
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dossier.dossiers import Column, Dossiers
from dossier.fields import MISSING, NOT_APPLICABLE, fields
from dossier.findings import ABSENT, PRESENT, UNKNOWN, one_of
from dossier.indicators import indicators
from screening.language import parse_condition

CODES = st.lists(st.integers(-2, 17), max_size=40)
NUMBERS = st.lists(st.integers(-2, 120), min_size=1, max_size=40)
LIMITS = st.one_of(
    st.integers(-3, 121), st.floats(-3, 121), st.sampled_from([float("inf"), -float("inf"), 1e300, -1e300])
)

RELATIONS: dict[str, Callable[[float, float], bool]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def finding(value: int, *, holds: bool) -> int:
    return UNKNOWN if value == MISSING else PRESENT if holds else ABSENT


@given(CODES, st.lists(st.integers(-2, 17), max_size=6))
def test_a_value_is_one_of_those_wanted_where_python_says_so(values: list[int], wanted: list[int]) -> None:
    assert one_of(np.array(values, dtype=np.int8), wanted).tolist() == [value in wanted for value in values]


@given(CODES, st.sets(st.sampled_from(fields()["stated_country"].codes), min_size=1))
def test_labels_are_found_and_excluded_value_by_value(values: list[int], labels: set[str]) -> None:
    field = fields()["stated_country"]
    kept = [value for value in values if value < field.size]
    column = Column(field, np.array(kept, dtype=np.int8))
    among = [value >= 0 and field.codes[value] in labels for value in kept]
    assert column.is_any(*labels).tolist() == [
        finding(v, holds=one) for v, one in zip(kept, among, strict=True)
    ]
    other = [value != NOT_APPLICABLE and not one for value, one in zip(kept, among, strict=True)]
    assert column.is_not(*labels).tolist() == [
        finding(v, holds=one) for v, one in zip(kept, other, strict=True)
    ]


@given(NUMBERS, LIMITS)
def test_numbers_reach_a_limit_value_by_value(values: list[int], limit: float) -> None:
    column = Column(fields()["age"], np.array(values, dtype=np.int32))
    assert column.at_least(limit).tolist() == [finding(v, holds=v >= limit) for v in values]
    assert column.below(limit).tolist() == [finding(v, holds=0 <= v < limit) for v in values]


@pytest.mark.parametrize("symbol", RELATIONS)
@given(values=NUMBERS, limit=st.one_of(st.integers(0, 121), st.floats(0, 121)))
def test_a_condition_compares_numbers_value_by_value(symbol: str, values: list[int], limit: float) -> None:
    vocabulary: dict[str, Any] = {"fields": fields(), "indicators": indicators(), "parameters": ("limit",)}
    condition = parse_condition(f"age {symbol} limit", **vocabulary)
    people = Dossiers(np.arange(len(values)), {"age": np.array(values, dtype=np.int32)})
    found = condition.evaluate(people, {"limit": limit}).tolist()
    holds = RELATIONS[symbol]
    assert found == [finding(v, holds=v != NOT_APPLICABLE and holds(v, limit)) for v in values]


@given(CODES, st.sets(st.sampled_from(fields()["stated_country"].codes), min_size=1), st.booleans())
def test_a_condition_compares_codes_value_by_value(values: list[int], labels: set[str], wanted: bool) -> None:
    field = fields()["stated_country"]
    kept = [value for value in values if value < field.size]
    listed = ", ".join(f'"{label}"' for label in sorted(labels))
    text = f"stated_country {'in' if wanted else 'not in'} ({listed},)"
    condition = parse_condition(text, fields=fields(), indicators=indicators(), parameters=())
    people = Dossiers(np.arange(len(kept)), {"stated_country": np.array(kept, dtype=np.int8)})
    holds = [v >= 0 and (field.codes[v] in labels) == wanted for v in kept]
    expected = [finding(v, holds=one) for v, one in zip(kept, holds, strict=True)]
    assert condition.evaluate(people, {}).tolist() == expected


@pytest.mark.parametrize("name", [name for name, field in fields().items() if field.is_number])
@given(data=st.data())
def test_a_number_falls_into_the_bin_that_a_search_finds(name: str, data: st.DataObject) -> None:
    field = fields()[name]
    near = [edge + step for edge in field.edges for step in (-1, 0, 1)]
    value = st.one_of(st.sampled_from([MISSING, NOT_APPLICABLE, *near]), st.integers(0, 2**31 - 1))
    values = np.array(data.draw(st.lists(value, max_size=20)), dtype=np.int32)
    searched = np.searchsorted(np.array(field.edges, dtype=np.int32), values, side="right") - 1
    assert field.bins(values).tolist() == np.where(values < 0, values, searched).tolist()
