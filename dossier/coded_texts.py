"""Columns of codes written as text, read by their dictionary alone.

A stranger's dictionary may hold millions of entries, or one of a gigabyte. Each is measured before any of it
becomes a Python text, and an index that leads out of the dictionary is a fault and never another code.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from dossier.fields import MISSING, NOT_APPLICABLE
from dossier.shown import shown

MOST_CODES = 4096
"""Entries of the largest dictionary that is read; the longest list of codes of ours has 38."""

LONGEST_CODE = 256
"""Bytes of the longest text that is read as a code; the longest of a field has 20, names of modules more."""


def codes_of(
    column: pa.ChunkedArray | pa.Array, labels: Sequence[str]
) -> tuple[npt.NDArray[np.int8], Mapping[int, str]]:
    """Return each text's position among `labels`, shape (n,), -1 for null, and the strangers: text by row.

    Args:
        column: Text, plain or as a dictionary.
        labels: The known texts.

    Raises:
        ValueError: If a dictionary is larger than any list of codes, or holds a text longer than any code.
    """
    chunks = column.chunks if isinstance(column, pa.ChunkedArray) else [column]
    parts, strangers, row = [np.empty(0, dtype=np.int8)], {}, 0
    for chunk in chunks:
        encoded = chunk if pa.types.is_dictionary(chunk.type) else chunk.dictionary_encode()
        texts = _texts(encoded.dictionary)
        known = [MISSING if text is None else _position(text, labels) for text in texts]
        indices = _indices(encoded.indices, len(texts))
        codes = np.array([*known, MISSING, NOT_APPLICABLE], dtype=np.int8)[indices]
        if NOT_APPLICABLE in known or len(texts) + 1 in indices:
            for place in np.flatnonzero(codes == NOT_APPLICABLE):
                found = texts[indices[place]] if indices[place] < len(texts) else "(not in the dictionary)"
                strangers[row + int(place)] = shown(found)
        parts.append(codes)
        row += len(chunk)
    return np.concatenate(parts), strangers


def known_codes(column: pa.ChunkedArray | pa.Array, labels: Sequence[str]) -> npt.NDArray[np.int8]:
    """Return the position of each text among `labels`, shape (n,), -1 for null.

    Raises:
        ValueError: If a text is not among them, or the dictionary is none of codes.
    """
    codes, strangers = codes_of(column, labels)
    if strangers:
        raise ValueError(f"unknown word '{next(iter(strangers.values()))}'")
    return codes


def _texts(dictionary: pa.Array) -> list[str | None]:
    """Return the entries of a dictionary, once they are known to be few and short."""
    if len(dictionary) > MOST_CODES:
        raise ValueError(f"has {len(dictionary):,} different codes; more than {MOST_CODES:,} are not read")
    longest = pc.max(pc.binary_length(dictionary)).as_py() or 0
    if longest > LONGEST_CODE:
        raise ValueError(f"holds a code of {longest:,} bytes; more than {LONGEST_CODE} are not read")
    try:
        found: list[str | None] = dictionary.to_pylist()
    except UnicodeDecodeError:
        raise ValueError("holds a code that is not text (UTF-8)") from None
    return found


def _position(text: str, labels: Sequence[str]) -> int:
    return labels.index(text) if text in labels else NOT_APPLICABLE


def _indices(cells: pa.Array, size: int) -> npt.NDArray[np.integer[Any]]:
    """Return the index of each cell; `size` where it is empty, `size` + 1 where it leads out of the texts.

    Args:
        cells: Whole numbers of any width; large ones without a sign must not come round as others.
        size: Entries of the dictionary.
    """
    if not len(cells):
        return np.zeros(0, dtype=np.int32)
    found = np.asarray(pc.fill_null(cells, 0))
    if found.min() < 0 or found.max() >= size:
        found = np.where((found < 0) | (found >= size), size + 1, found)
    found = found.astype(np.int32, copy=False)
    if cells.null_count:
        return np.where(np.asarray(pc.is_null(cells)), size, found)
    return found
