"""What remains of a part: told by type hints, never by what is read."""

import io
import json
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from console.parts.remains import STRUCTURE, pack, unpack
from dossier.problems import BadInput
from dossier.stages import Stage


@dataclass(frozen=True)
class Small:
    """A little of everything."""

    counts: npt.NDArray[np.int64]
    n: int
    rate: float | None
    name: str = "x"
    by: Mapping[str, int] = ()  # type: ignore[assignment]


VALUE = Small(np.arange(6).reshape(2, 3), 7, 0.25, "é", {"a": 1})


def members(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(found: Mapping[str, bytes], how: int = zipfile.ZIP_STORED) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", how) as archive:
        for name, member in found.items():
            archive.writestr(name, member)
    return made.getvalue()


def with_value(**changes: Any) -> bytes:
    """Return a packed value of which the structure was changed."""
    found = members(pack(VALUE))
    head = json.loads(found[STRUCTURE])
    head["value"] |= changes
    return packed({**found, STRUCTURE: json.dumps(head).encode()})


def test_it_is_an_npz_file_that_numpy_opens() -> None:
    with np.load(io.BytesIO(pack(VALUE)), allow_pickle=False) as archive:
        assert archive["array-00000"].tolist() == VALUE.counts.tolist()


def test_the_same_value_gives_the_same_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.time", lambda: 0.0)
    monkeypatch.setattr("time.localtime", lambda *_: pytest.fail("no clock is read"))
    assert pack(VALUE) == pack(VALUE)


def test_arrays_keep_how_wide_they_are() -> None:
    found = unpack(Small, pack(Small(np.array([1, 2], dtype=np.int8), 1, None, by={})))
    assert found.counts.dtype == np.int8
    assert found.rate is None


def test_nothing_can_remain() -> None:
    assert unpack(type(None), pack(None)) is None


def test_numbers_of_numpy_become_plain_ones() -> None:
    found = unpack(Small, pack(Small(VALUE.counts, np.int64(3), np.float64(0.5), by={})))  # type: ignore[arg-type]
    assert (type(found.n), found.n, found.rate) == (int, 3, 0.5)


@pytest.mark.parametrize(
    "value",
    [
        Small(np.array([1.5]), 1, None, by={}),
        Small(np.array([object()]), 1, None, by={}),
        Small(VALUE.counts, True, None, by={}),
        Small(VALUE.counts, Stage.COUNTER, None, by={}),
        Small(VALUE.counts, 1, "much", by={}),  # type: ignore[arg-type]
        Small(VALUE.counts, 1, None, by={1: 1}),  # type: ignore[dict-item]
    ],
    ids=["floats", "objects", "truth", "enumeration", "text", "name"],
)
def test_a_member_that_is_not_of_its_hint_is_a_programmers_error(value: Small) -> None:
    with pytest.raises(TypeError):
        pack(value)


@dataclass(frozen=True)
class Live:
    """Holds what cannot be kept."""

    task: Callable[[], int]


@dataclass(frozen=True)
class Vague:
    """Does not say what it holds."""

    many: dict  # type: ignore[type-arg]


@pytest.mark.parametrize("value", [Live(lambda: 1), Vague({}), object()], ids=["task", "vague", "object"])
def test_what_no_hint_foresees_cannot_be_kept(value: Any) -> None:
    with pytest.raises(TypeError, match="cannot be kept|does not say"):
        pack(value)


OTHER = members(pack(VALUE))


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"PK",
        pack(None),
        pack(VALUE)[:-40],
        packed(OTHER, zipfile.ZIP_DEFLATED),
        packed({**OTHER, "more.npy": b""}),
        packed({STRUCTURE: OTHER[STRUCTURE]}),
        packed({STRUCTURE: b"[" * 100_000, "array-00000.npy": OTHER["array-00000.npy"]}),
        packed({STRUCTURE: b"[1]", "array-00000.npy": OTHER["array-00000.npy"]}),
        packed({**OTHER, "array-00000.npy": b"no array"}),
        with_value(n="7"),
        with_value(n=True),
        with_value(n=7.0),
        with_value(n=None),
        with_value(counts=1),
        with_value(counts=-1),
        with_value(counts="0"),
        with_value(rate=[5, 1]),
        with_value(rate=[-1, 1]),
        with_value(rate=0.5),
        with_value(by=[["a", 1], ["a", 2]]),
        with_value(by={"a": 1}),
        with_value(by=[["a", 1, 2]]),
        with_value(other=1),
    ],
)
def test_foreign_content_is_refused(content: bytes) -> None:
    with pytest.raises(BadInput, match="this is not what remained of a part"):
        unpack(Small, content)


def npy(dtype: str, shape: tuple[int, ...], data: bytes = b"") -> bytes:
    header = f"{{'descr': '{dtype}', 'fortran_order': False, 'shape': {shape}, }}".ljust(117) + "\n"
    return b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header.encode() + data


@pytest.mark.parametrize(
    "array",
    [
        npy("<i8", (10**12,), bytes(8)),
        npy("<i8", (-1,), bytes(8)),
        npy("<i8", (2**40, 2**40), bytes(8)),
        npy("|O", (1,), bytes(8)),
        npy("<f8", (1,), bytes(8)),
        npy("<i8", (1,), bytes(9)),
    ],
    ids=["billions", "negative", "overflow", "objects", "floats", "more"],
)
def test_an_array_that_lies_is_refused_before_it_takes_memory(array: bytes) -> None:
    with pytest.raises(BadInput):
        unpack(Small, packed({**OTHER, "array-00000.npy": array}))


def test_members_that_overlap_cannot_take_more_than_the_file(tmp_path: Path) -> None:
    """A hundred entries of one directory that all point to one large member."""
    content = packed({STRUCTURE: b"{}", "array-00000.npy": bytes(10**6)})
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        large = archive.getinfo("array-00000.npy")
        made = io.BytesIO(content)
        with zipfile.ZipFile(made, "a") as again:
            for number in range(1, 100):
                one = zipfile.ZipInfo(f"array-{number:05d}.npy")
                one.header_offset, one.CRC = large.header_offset, large.CRC
                one.file_size = one.compress_size = large.file_size
                again.filelist.append(one)
                again.NameToInfo[one.filename] = one
            again._didModify = True  # type: ignore[attr-defined]
    with pytest.raises(BadInput, match="members"):
        unpack(Small, made.getvalue())
