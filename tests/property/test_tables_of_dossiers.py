"""Dossiers as tables: whatever stands in them, they come back from Arrow and pandas as they were."""

import numpy as np
import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from dossier.dossiers import Dossiers
from dossier.fields import MISSING, NOT_APPLICABLE, Field, Values, fields
from dossier.tables import RESERVED_BELOW, from_arrow, from_pandas, to_arrow, to_pandas


def _values(draw: st.DrawFn, field: Field, size: int) -> list[int]:
    some = st.integers(field.edges[0], field.upper) if field.is_number else st.integers(0, field.size - 1)
    return draw(st.lists(st.one_of(st.just(MISSING), some), min_size=size, max_size=size))


@st.composite
def dossiers(draw: st.DrawFn) -> Dossiers:
    """Return dossiers of a few fields, their gates among them and obeyed."""
    size = draw(st.integers(0, 5))
    names = draw(st.sets(st.sampled_from(list(fields())), max_size=5))
    names |= {str(fields()[name].gate_field) for name in names if fields()[name].gate}
    columns: dict[str, Values] = {}
    for name in (name for name in fields() if name in names):
        field = fields()[name]
        found = np.array(_values(draw, field, size))
        columns[name] = found.astype(np.int32) if field.is_number else found.astype(np.int8)
    for name, values in columns.items():
        for gate, labels in (fields()[name].gate or {}).items():
            opening = [fields()[gate].code(label) for label in labels]
            values[~np.isin(columns[gate], [*opening, MISSING])] = NOT_APPLICABLE
    numbers = draw(st.lists(st.integers(0, RESERVED_BELOW - 1), min_size=size, max_size=size))
    return Dossiers(np.array(numbers, dtype=np.int64), columns)


def _assert_same(found: Dossiers, expected: Dossiers) -> None:
    assert found.applicants.tolist() == expected.applicants.tolist()
    assert {name: values.tolist() for name, values in found.columns.items()} == {
        name: values.tolist() for name, values in expected.columns.items()
    }


@given(dossiers())
@settings(max_examples=60)
def test_arrow_gives_back_what_it_was_given(desk: Dossiers) -> None:
    _assert_same(from_arrow(to_arrow(desk), desk.columns, where="x"), desk)


@given(dossiers())
@settings(max_examples=40)
def test_pandas_gives_back_what_it_was_given(desk: Dossiers) -> None:
    _assert_same(from_pandas(to_pandas(desk), desk.columns), desk)


@given(dossiers(), st.integers(1, 3))
@settings(max_examples=40)
def test_batches_give_back_what_the_whole_held(desk: Dossiers, size: int) -> None:
    whole = to_arrow(desk)
    batches = [whole.slice(start, size) for start in range(0, max(len(desk), 1), size)]
    _assert_same(from_arrow(pa.Table.from_batches(batches), desk.columns, where="x"), desk)
