"""A Parquet file from a stranger, read row group by row group within the limits of `foreign_limits`.

The footer is parsed only once its size is known; one that is large is parsed first in a process of its own,
whose memory is limited. Row groups must lie in the file; their pages are looked at before they are decoded.
"""

import struct
import subprocess
import sys
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import IO

import pyarrow as pa
import pyarrow.parquet as pq

from console.foreign.compact_protocol import STRUCTURE, Compact, Malformed
from console.foreign.foreign_limits import (
    KIB,
    LARGEST_FOOTER,
    MOST_IN_A_LIST,
    TRIAL_MIB,
    TRIAL_S,
    TRUSTED_FOOTER,
)
from console.foreign.parquet_pages import Chunk, Fault, check_pages
from dossier.fields import fields

MAGIC, ENCRYPTED = b"PAR1", b"PARE"
BUFFER = 128 * KIB
"""Bytes that are read of a column at a time: enough that disks do not seek, little for sixty columns."""

_END = struct.Struct("<I4s")
_TRIAL = """
import resource, sys
import pyarrow as pa, pyarrow.parquet as pq
limit, most = int(sys.argv[1]) * 2**20, int(sys.argv[2])
now = int(open("/proc/self/statm").read().split()[0]) * resource.getpagesize()
resource.setrlimit(resource.RLIMIT_AS, (now + limit, now + limit))
pq.ParquetFile(pa.BufferReader(sys.stdin.buffer.read()), thrift_container_size_limit=most)
"""


@dataclass(frozen=True)
class RowGroup:
    """What a footer says of a row group.

    Attributes:
        rows: How many it has.
        columns: Five numbers for each column, in the order of the file: whether it lies in another file, how
            many values and bytes it has, and where its first page and its dictionary begin.
    """

    rows: int
    columns: Sequence[int]


class ParquetContents:
    """What stands in a Parquet file.

    Attributes:
        schema: Its columns, codes as dictionaries.
        groups: How many row groups it has.
    """

    kind = "Parquet"
    group = "row group"

    def __init__(self, file: IO[bytes], size: int, native: str | None) -> None:
        """Read the footer.

        Args:
            file: The file, open for reading.
            size: Its bytes.
            native: Its path, if it is on this machine: then it is read without Python's help.

        Raises:
            Fault: If something does not fit or goes beyond a limit.
        """
        self._file, self._size, self._native = file, size, native
        self._metadata, self._groups = _metadata(_footer(file, size))
        named = {name for name, field in fields().items() if not field.is_number}
        self._opened = pq.ParquetFile(
            native or file,
            metadata=self._metadata,
            read_dictionary=sorted(named.intersection(self._places)),
            pre_buffer=False,
            buffer_size=BUFFER,
        )
        self.schema = self._opened.schema_arrow
        self.groups = len(self._groups)

    def check(self, columns: Sequence[str]) -> tuple[int, ...]:
        """Return the number of rows of each row group, after checking where they lie; no value is read.

        Raises:
            Fault: If columns lie outside the file or upon each other, or row groups do not make the whole.
        """
        rows = tuple(group.rows for group in self._groups)
        if min(rows, default=0) < 0 or sum(rows) != self._metadata.num_rows:
            raise Fault(f"its row groups do not have the {self._metadata.num_rows:,} rows that it says")
        together = 0
        for group in range(self.groups):
            together += sum(chunk.size for chunk in self._chunks(group, columns))
            if together > self._size:
                raise Fault("its columns are larger than the file; they lie upon each other")
        return rows

    def batches(self, group: int, columns: Sequence[str], batch_rows: int) -> Iterator[pa.RecordBatch]:
        """Yield the rows of a row group, a few at a time.

        Raises:
            Fault: If it does not hold what it says.
        """
        rows, read = self._groups[group].rows, 0
        if not rows:
            return
        check_pages(self._file, self._chunks(group, columns))
        for batch in self._opened.iter_batches(
            batch_size=batch_rows, row_groups=[group], columns=list(columns), use_threads=False
        ):
            read += len(batch)
            yield batch
        if read != rows:
            raise Fault(f"it holds {read:,} rows, and not the {rows:,} that it says it has")

    def _chunks(self, group: int, columns: Sequence[str]) -> list[Chunk]:
        found = self._groups[group]
        if not found.rows:  # then nothing says where its columns lie
            return []
        return [self._chunk(name, found, 5 * self._places[name]) for name in columns]

    def _chunk(self, name: str, group: RowGroup, place: int) -> Chunk:
        is_elsewhere, values, size, data, dictionary = group.columns[place : place + 5]
        start = min(data, dictionary) if dictionary else data
        lies_within = len(MAGIC) <= start <= data < start + size <= self._size
        if not lies_within or values != group.rows:
            what = f"its {size:,} bytes from byte {start:,} on cannot hold {group.rows:,} rows of this file"
            raise Fault(f"column '{name}': {what}")
        if is_elsewhere:
            raise Fault(f"column '{name}' is said to lie in another file, and none is opened")
        is_text = name in fields() and not fields()[name].is_number
        return Chunk(name, is_text, start, size, group.rows)

    @cached_property
    def _places(self) -> dict[str, int]:
        """Position of each column; only those that are not nested are ever asked for."""
        schema = self._metadata.schema
        return {schema.column(place).path: place for place in range(self._metadata.num_columns)}


def _footer(file: IO[bytes], size: int) -> bytes:
    """Return the footer, with the marks that make it a file of no rows."""
    file.seek(0)
    first = file.read(len(MAGIC))
    file.seek(max(size - _END.size, 0))
    end = file.read(_END.size)
    if len(end) < _END.size or first not in (MAGIC, ENCRYPTED):
        raise Fault("it does not begin as a Parquet file does")
    length, last = _END.unpack(end)
    if ENCRYPTED in (first, last):
        raise Fault("it is encrypted, and saring has no keys")
    if last != MAGIC or length > size - _END.size - len(MAGIC):
        raise Fault("it does not end as a Parquet file does; it may have been cut short")
    if length > LARGEST_FOOTER:
        raise Fault(f"its footer has {length:,} bytes; more than {LARGEST_FOOTER:,} are not read")
    file.seek(size - _END.size - length)
    return MAGIC + file.read(length + _END.size)


@lru_cache(maxsize=1)
def _metadata(footer: bytes) -> tuple[pq.FileMetaData, tuple[RowGroup, ...]]:
    """Return what a footer says; the last is kept, for the parts of a large file need it again and again.

    Where columns lie is read here and not asked of the library, which ends the process where sizes that a
    footer names beside them do not fit each other.
    """
    if len(footer) > TRUSTED_FOOTER:
        _try(footer)
    metadata = pq.ParquetFile(pa.BufferReader(footer), thrift_container_size_limit=MOST_IN_A_LIST).metadata
    try:
        groups = tuple(_row_groups(Compact(footer, len(MAGIC))))
    except (IndexError, Malformed):
        raise Fault("its footer is not written as footers are") from None
    if any(len(group.columns) != 5 * metadata.num_columns for group in groups):
        raise Fault(f"a row group has not the {metadata.num_columns:,} columns that the file says it has")
    return metadata, groups


def _row_groups(footer: Compact) -> Iterator[RowGroup]:
    for number, kind in footer.fields():
        if number != 4:  # noqa: PLR2004  (the format's own number of the row groups)
            footer.skip(kind)
            continue
        for item in footer.items(kind):
            if item != STRUCTURE:
                raise Malformed
            yield _row_group(footer)


def _row_group(footer: Compact) -> RowGroup:
    rows, columns = 0, array("q")
    for number, kind in footer.fields():
        if number == 1:
            for item in footer.items(kind):
                columns.extend(_column(footer, item))
        elif number == 3:  # noqa: PLR2004  (the format's own number of the rows)
            rows = footer.whole(kind)
        else:
            footer.skip(kind)
    return RowGroup(rows, columns)


def _column(footer: Compact, kind: int) -> tuple[int, int, int, int, int]:
    """Return whether a column lies in another file, its values, bytes, first page and dictionary."""
    if kind != STRUCTURE:
        raise Malformed
    is_elsewhere, said = 0, dict[int, int]()
    for number, inner in footer.fields():
        if number == 3:  # noqa: PLR2004  (the format's own number of what is said of a column)
            said = footer.numbers(inner)
            continue
        is_elsewhere |= number == 1
        footer.skip(inner)
    found = (is_elsewhere, said.get(5, -1), said.get(7, -1), said.get(9, -1), said.get(11, 0))
    if not all(-(2**63) <= value < 2**63 for value in found):
        raise Malformed
    return found


def _try(footer: bytes) -> None:
    """Parse a large footer in a process whose memory is limited.

    Raises:
        Fault: If that one does not end well.
    """
    command = [sys.executable, "-I", "-c", _TRIAL, str(TRIAL_MIB), str(MOST_IN_A_LIST)]
    try:
        tried = subprocess.run(command, input=footer, capture_output=True, timeout=TRIAL_S, check=False)  # noqa: S603  (our own program)
    except subprocess.TimeoutExpired:
        raise Fault(f"its footer takes more than {TRIAL_S} seconds to read") from None
    if tried.returncode:
        what = f"its footer of {len(footer):,} bytes cannot be read in {TRIAL_MIB} MiB of memory"
        raise Fault(what)
