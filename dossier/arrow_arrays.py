"""Arrow arrays from numpy arrays, without pandas.

`pyarrow.array` asks pandas whether what it was given is one of its own kinds, and imports it for that: half a
second and forty megabytes for whoever only wants to write a file. What is made here has the same values, the
same empty cells and the same bytes in files. It takes numbers, texts and codes, and nothing else.
"""

from collections.abc import Iterable
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa


def numbers(values: npt.NDArray[Any], empty: npt.NDArray[np.bool_] | None = None) -> pa.Array:
    """Return whole or decimal numbers as an Arrow array of their own type, without a copy where that can be.

    Args:
        values: Shape (n,): integers or floats.
        empty: Shape (n,): where the cell is empty; nowhere when left out.

    Examples:
        >>> numbers(np.int8([3, -1]), np.array([False, True])).to_pylist()
        [3, None]
    """
    validity, count = None, 0
    if empty is not None and (count := int(np.count_nonzero(empty))):
        validity = pa.py_buffer(np.packbits(~empty, bitorder="little"))
    stored = pa.py_buffer(np.ascontiguousarray(values))
    return pa.Array.from_buffers(pa.from_numpy_dtype(values.dtype), len(values), [validity, stored], count)


def texts(labels: Iterable[str]) -> pa.Array:
    """Return texts as an Arrow array.

    Examples:
        >>> texts(["male", "", "é"]).to_pylist()
        ['male', '', 'é']
    """
    encoded = [label.encode() for label in labels]
    ends = np.cumsum([0, *map(len, encoded)], dtype=np.int32)
    return pa.StringArray.from_buffers(len(encoded), pa.py_buffer(ends), pa.py_buffer(b"".join(encoded)))


def coded(codes: npt.NDArray[Any], labels: Iterable[str]) -> pa.Array:
    """Return codes of shape (n,) as a dictionary array of their `labels`; one below zero is an empty cell.

    Examples:
        >>> coded(np.int8([1, -1, 0]), ["female", "male"]).to_pylist()
        ['male', None, 'female']
    """
    # Some readers look beneath an empty cell too, where a number below zero is no place of a label.
    return pa.DictionaryArray.from_arrays(numbers(np.maximum(codes, 0), codes < 0), texts(labels))
