"""The blocks of an Arrow file, looked at before any of them is read into memory.

The footer says where the dictionaries and record batches lie, and each says how many rows and bytes it has.
What they say is believed only as far as it fits the file and the limits. It is written in flatbuffers, of
which this reads the few tables that it needs, and never outside the bytes that it was given.
"""

import struct
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO

from console.foreign.foreign_limits import (
    LARGEST_BATCH,
    LARGEST_DICTIONARIES,
    LARGEST_FOOTER,
    LARGEST_MESSAGE,
    MIB,
    MOST_ROWS_OF_A_BATCH,
)
from console.foreign.parquet_pages import Fault

MAGIC = b"ARROW1"
_END = struct.Struct("<i6s")
_BLOCK = struct.Struct("<qixxxxq")
_BUFFER = struct.Struct("<qq")
_CONTINUED = 0xFFFFFFFF
_STORED = -1
"""What stands before a buffer of a compressed batch that is itself not compressed."""


@dataclass(frozen=True)
class Block:
    """A dictionary or record batch.

    Attributes:
        rows: How many it says it has.
        sizes: Bytes of each of its buffers when decompressed.
    """

    rows: int
    sizes: tuple[int, ...]


class Blocks:
    """Where the dictionaries and record batches of a file lie."""

    def __init__(self, file: IO[bytes], size: int) -> None:
        """Read the footer and look at the dictionaries.

        Args:
            file: The file, open for reading.
            size: Its bytes.

        Raises:
            Fault: If anything does not fit the file or goes beyond a limit.
        """
        self._file = file
        with _described():
            footer, end = _footer(file, size)
            self._batches = _listed(footer, 3, end)
            _check_together([_block(file, *entry) for entry in _listed(footer, 2, end)])

    def __len__(self) -> int:
        return len(self._batches)

    def rows(self, number: int, buffers: Sequence[int] | None) -> int:
        """Return the number of rows of a record batch, once it is known to be bounded.

        Args:
            number: Which.
            buffers: Which of its buffers will be read; all when left out.

        Raises:
            Fault: If anything does not fit the file or goes beyond a limit.
        """
        with _described():
            return _rows(number, _block(self._file, *self._batches[number]), buffers)


@contextmanager
def _described() -> Iterator[None]:
    try:
        yield
    except struct.error:
        raise Fault("its blocks are not described as Arrow describes them") from None


def _check_together(dictionaries: Sequence[Block]) -> None:
    whole = sum(sum(one.sizes) for one in dictionaries)
    if whole > LARGEST_DICTIONARIES:
        what = f"its dictionaries take {whole:,} bytes"
        raise Fault(f"{what}; more than {LARGEST_DICTIONARIES:,} are not read")


def _rows(number: int, batch: Block, buffers: Sequence[int] | None) -> int:
    where = f"record batch {number + 1}"
    if batch.rows > MOST_ROWS_OF_A_BATCH:
        what = f"{where} has {batch.rows:,} rows; more than {MOST_ROWS_OF_A_BATCH:,} are not read at once"
        raise Fault(what)
    if buffers is not None and max(buffers, default=0) >= len(batch.sizes):
        raise Fault(f"{where} has fewer columns than the file says")
    whole = sum(batch.sizes if buffers is None else (batch.sizes[index] for index in buffers))
    if whole > LARGEST_BATCH:
        raise Fault(f"{where} takes {whole // MIB:,} MiB; more than {LARGEST_BATCH // MIB} are not read")
    return batch.rows


def _footer(file: IO[bytes], size: int) -> tuple["_Table", int]:
    """Return the root of the footer, and where the blocks end."""
    file.seek(max(size - _END.size, 0))
    length, magic = _END.unpack(file.read(_END.size))
    end = size - _END.size - length
    if magic != MAGIC or length < 0 or end < len(MAGIC):
        raise Fault("it does not end as an Arrow file does")
    if length > LARGEST_FOOTER:
        raise Fault(f"its footer has {length:,} bytes; more than {LARGEST_FOOTER:,} are not read")
    file.seek(end)
    return _root(file.read(length)), end


def _listed(footer: "_Table", field: int, end: int) -> list[tuple[int, ...]]:
    """Return where the blocks lie that a field of the footer lists; together they fit into the file."""
    entries = list(footer.vector(field, _BLOCK))
    together = 0
    for offset, before, body in entries:
        together += max(before, 0) + max(body, 0)
        if min(offset, before, body) < 0 or offset + before + body > end or together > end:
            raise Fault("a block leads out of the file, or lies upon another")
        if before > LARGEST_MESSAGE:
            what = f"a block is described in {before:,} bytes; more than {LARGEST_MESSAGE:,} are not read"
            raise Fault(what)
    return entries


def _message(raw: bytes) -> bytes:
    (first,) = struct.unpack_from("<I", raw, 0)
    return raw[8:] if first == _CONTINUED else raw[4:]


def _block(file: IO[bytes], offset: int, before: int, body: int) -> Block:
    file.seek(offset)
    message = _root(_message(file.read(before)))
    header = message.table(2)
    batch = header.table(1) if message.number(1, "<B") == 2 else header  # noqa: PLR2004  (a dictionary's)
    rows = batch.number(0, "<q")
    if rows < 0:
        raise Fault(f"a block says that it has {rows:,} rows")
    is_compressed = batch.has(3)
    sizes = tuple(
        _whole(file, offset + before, body, at, length, is_compressed)
        for at, length in batch.vector(2, _BUFFER)
    )
    return Block(rows, sizes)


def _whole(file: IO[bytes], start: int, body: int, offset: int, length: int, is_compressed: bool) -> int:
    """Return the bytes of a buffer when it is decompressed."""
    if offset < 0 or length < 0 or offset + length > body:
        raise Fault("a buffer leads out of its block")
    if not is_compressed or not length:
        return length
    file.seek(start + offset)
    (whole,) = struct.unpack("<q", file.read(8))
    if whole < _STORED:
        raise Fault(f"a buffer says that it has {whole:,} bytes")
    return length if whole == _STORED else int(whole)


@dataclass(frozen=True)
class _Table:
    """A table of a flatbuffer: its bytes, and where in them it begins."""

    raw: bytes
    at: int

    def has(self, field: int) -> bool:
        return self._place(field) != 0

    def number(self, field: int, form: str) -> int:
        """Return a number; zero where it is left out, as the format has it."""
        place = self._place(field)
        return int(_unpacked(form, self.raw, place)[0]) if place else 0

    def table(self, field: int) -> "_Table":
        place = self._place(field)
        if not place:
            raise Fault("its blocks are not described as Arrow describes them")
        return _Table(self.raw, place + _unpacked("<I", self.raw, place)[0])

    def vector(self, field: int, item: struct.Struct) -> Iterator[tuple[int, ...]]:
        """Return the structures of a list; none where it is left out."""
        place = self._place(field)
        if not place:
            return iter(())
        start = place + _unpacked("<I", self.raw, place)[0]
        (count,) = _unpacked("<I", self.raw, start)
        whole = self.raw[start + 4 : start + 4 + count * item.size]
        if len(whole) != count * item.size:
            raise Fault("a list leads out of what describes it")
        return item.iter_unpack(whole)

    def _place(self, field: int) -> int:
        """Return where a field stands; zero where it is left out."""
        fields = self.at - _unpacked("<i", self.raw, self.at)[0]
        (size,) = _unpacked("<H", self.raw, fields)
        entry = 4 + 2 * field
        if entry + 2 > size:
            return 0
        (offset,) = _unpacked("<H", self.raw, fields + entry)
        return self.at + offset if offset else 0


def _root(raw: bytes) -> _Table:
    return _Table(raw, _unpacked("<I", raw, 0)[0])


def _unpacked(form: str, raw: bytes, at: int) -> tuple[int, ...]:
    """Return what stands at a place; one before the beginning is a fault too, and not one from the end."""
    if at < 0:
        raise Fault("its blocks are not described as Arrow describes them")
    return struct.unpack_from(form, raw, at)
