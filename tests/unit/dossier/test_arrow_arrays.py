"""Arrow arrays without pandas: equal to what `pyarrow.array` makes, in memory and in files."""

import subprocess
import sys
from io import BytesIO
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from dossier.arrow_arrays import coded, numbers, texts

LABELS = ["male", "female", "", "wilāyah", "日本"]
KINDS = (np.int8, np.int16, np.int32, np.int64, np.float64)


def drawn(kind: type[Any], size: int) -> npt.NDArray[Any]:
    return np.random.default_rng(size).integers(-2, len(LABELS), size).astype(kind)


def in_file(array: pa.Array) -> tuple[bytes, bytes]:
    """Return the bytes of a Parquet file and of an Arrow file that hold the array."""
    batch, parquet, arrow = pa.RecordBatch.from_arrays([array], names=["x"]), BytesIO(), BytesIO()
    pq.write_table(pa.Table.from_batches([batch]), parquet, compression="zstd")
    with pa.ipc.new_file(arrow, batch.schema) as file:
        file.write_batch(batch)
    return parquet.getvalue(), arrow.getvalue()


@pytest.mark.parametrize("size", [0, 1, 7, 8, 9, 1_000])
@pytest.mark.parametrize("kind", KINDS)
def test_numbers_are_those_of_pyarrow_to_the_byte(kind: type[Any], size: int) -> None:
    values = drawn(kind, size)
    for empty in (None, values < 0, np.zeros(size, dtype=bool), np.ones(size, dtype=bool)):
        ours, theirs = numbers(values, empty), pa.array(values, mask=empty)
        ours.validate(full=True)
        assert ours.type == theirs.type
        assert ours.equals(theirs)
        assert ours.null_count == theirs.null_count
        assert in_file(ours) == in_file(theirs)


def test_every_other_row_is_read_as_it_stands() -> None:
    values = drawn(np.int32, 101)[::2]
    assert numbers(values, values < 0).equals(pa.array(values, mask=values < 0))


@pytest.mark.parametrize("labels", [[], ["one"], LABELS])
def test_texts_are_those_of_pyarrow(labels: list[str]) -> None:
    ours = texts(labels)
    ours.validate(full=True)
    assert ours.equals(pa.array(labels, type=pa.string()))


def test_codes_become_a_dictionary_and_what_lies_below_zero_is_empty() -> None:
    codes = drawn(np.int8, 500)
    theirs = pa.DictionaryArray.from_arrays(pa.array(codes, mask=codes < 0), pa.array(LABELS))
    ours = coded(codes, LABELS)
    assert ours.equals(theirs)
    assert in_file(ours) == in_file(pa.DictionaryArray.from_arrays(_above_zero(codes), pa.array(LABELS)))


def _above_zero(codes: npt.NDArray[np.int8]) -> pa.Array:
    """Return the codes with a place of a label beneath each empty cell, where some readers look, too."""
    return pa.array(np.maximum(codes, 0), mask=codes < 0)


def test_no_number_below_zero_stands_beneath_an_empty_cell() -> None:
    found = coded(np.array([1, -1, -2], dtype=np.int8), LABELS).indices
    assert found.null_count == 2
    assert np.frombuffer(found.buffers()[1], np.int8)[:3].tolist() == [1, 0, 0]


def test_pandas_stays_unloaded() -> None:
    code = (
        "import sys, numpy as np; from dossier.arrow_arrays import coded, numbers\n"
        "coded(np.int8([0, -1]), ['a']); numbers(np.arange(3.0)); print('pandas' in sys.modules)"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "False"
