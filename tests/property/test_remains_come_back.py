"""Whatever remains of a part comes back as it was: every kind of member, however deep, and byte for byte."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, fields, is_dataclass
from typing import Annotated, Any, Literal, Optional, TypeAlias

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays_of

from console.parts.remains import pack, unpack
from dossier.problems import BadInput
from dossier.stages import Stage

Counts: TypeAlias = npt.NDArray[np.int64]
Case: TypeAlias = tuple[Stage, frozenset[Stage]]


@dataclass(frozen=True)
class Leaf:
    """A dataclass within another."""

    counts: Counts
    flags: npt.NDArray[np.bool_]
    scores: npt.NDArray[np.floating[Any]]
    name: str


@dataclass(frozen=True)
class Tree:
    """Every kind of member there is."""

    whole: int
    rate: float
    sure: bool
    text: str
    nothing: None
    perhaps: Optional[Leaf]  # noqa: UP045  an older way of writing hints
    either: int | str | None
    kind: Literal["crude", "expert", 3]
    stage: Stage
    noted: Annotated[int, "a note"]
    pair: tuple[int, str]
    leaves: tuple[Leaf, ...]
    rows: list[list[int]]
    sequence: Sequence[float]
    stages: frozenset[Stage]
    by_name: Mapping[str, Leaf]
    by_case: Mapping[Case, npt.NDArray[np.int8]]


def arrays(dtype: Any) -> st.SearchStrategy[npt.NDArray[Any]]:
    shapes = arrays_of.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=4)
    return arrays_of.arrays(dtype, shapes)


floats = st.floats(allow_nan=False)
texts = st.text(st.characters(), max_size=8)
leaves = st.builds(
    Leaf,
    arrays(np.int64) | arrays(np.int8).map(np.asfortranarray),
    arrays(np.bool_),
    arrays(np.float64) | arrays(np.float32),
    texts,
)
stages = st.frozensets(st.sampled_from(Stage))
trees = st.builds(
    Tree,
    st.integers(),
    floats | st.integers(),
    st.booleans(),
    texts,
    st.none(),
    st.none() | leaves,
    st.integers() | texts | st.none(),
    st.sampled_from(["crude", "expert", 3]),
    st.sampled_from(Stage),
    st.integers(),
    st.tuples(st.integers(), texts),
    st.lists(leaves, max_size=2).map(tuple),
    st.lists(st.lists(st.integers(), max_size=2), max_size=2),
    st.lists(floats, max_size=3).map(tuple),
    stages,
    st.dictionaries(texts, leaves, max_size=2),
    st.dictionaries(st.tuples(st.sampled_from(Stage), stages), arrays(np.int8), max_size=3),
)


def equal(one: Any, other: Any) -> bool:
    """Tell whether two values are the same in every member, type and order."""
    if type(one) is not type(other):
        return False
    if isinstance(one, np.ndarray):
        same = np.array_equal(one, other, equal_nan=one.dtype.kind == "f")
        return one.dtype == other.dtype and one.shape == other.shape and same
    if is_dataclass(one):
        return all(equal(getattr(one, f.name), getattr(other, f.name)) for f in fields(one))
    if isinstance(one, dict):
        return list(one) == list(other) and all(equal(one[name], other[name]) for name in one)
    if isinstance(one, tuple | list):
        return len(one) == len(other) and all(map(equal, one, other))
    return bool(one == other)


@given(trees)
def test_everything_comes_back(tree: Tree) -> None:
    packed = pack(tree)
    found = unpack(Tree, packed)
    assert equal(found, tree)
    assert pack(found) == packed


@pytest.mark.parametrize("odd", [float("inf"), float("-inf"), float("nan"), -0.0, 5e-324])
def test_odd_numbers_come_back(odd: float) -> None:
    leaf = Leaf(np.array([1]), np.array([True]), np.array([odd]), "inf")
    tree = Tree(
        1,
        odd,
        True,
        "nan",
        None,
        leaf,
        "inf",
        3,
        Stage.COUNTER,
        1,
        (1, ""),
        (),
        [],
        (odd,),
        frozenset(),
        {},
        {},
    )
    found = unpack(Tree, pack(tree))
    assert repr(found.rate) == repr(found.sequence[0]) == repr(odd)
    assert (found.text, found.either) == ("nan", "inf")


@given(trees, st.data())
def test_a_changed_byte_is_noticed_or_changes_a_value_of_the_same_kind(
    tree: Tree, data: st.DataObject
) -> None:
    """Never anything but a `Tree` or a `BadInput`; whether it is the same one, its SHA-256 tells."""
    content = bytearray(pack(tree))
    place = data.draw(st.integers(0, len(content) - 1))
    content[place] ^= data.draw(st.integers(1, 255))
    with suppress(BadInput):
        assert isinstance(unpack(Tree, bytes(content)), Tree)
