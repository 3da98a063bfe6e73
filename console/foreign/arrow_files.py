"""An Arrow file (IPC) from a stranger, read record batch by record batch within our limits.

The blocks are looked at before they are read. Files are read and never mapped into memory, where cutting one
short would end the process. Every value is validated, because Arrow itself believes what stands there.
"""

from collections.abc import Iterator, Sequence
from typing import IO

import pyarrow as pa

from console.foreign.arrow_blocks import Blocks
from console.foreign.parquet_pages import Fault


class ArrowContents:
    """What stands in an Arrow file.

    Attributes:
        schema: Its columns.
        groups: How many record batches it has.
    """

    kind = "Arrow"
    group = "record batch"

    def __init__(self, file: IO[bytes], size: int, native: str | None) -> None:
        """Read the footer; the arguments are those of `ParquetContents`.

        Raises:
            Fault: If something does not fit or goes beyond a limit.
        """
        self._blocks = Blocks(file, size)
        self._source = pa.OSFile(native) if native else pa.PythonFile(file, mode="r")
        self.schema = pa.ipc.open_file(self._source).schema
        self.groups = len(self._blocks)

    def check(self, columns: Sequence[str]) -> tuple[int, ...]:
        """Return the number of rows of each record batch, after checking them all; no value is read.

        Raises:
            Fault: If one goes beyond the limits; only what is needed of it counts.
        """
        buffers = self._buffers(columns)
        return tuple(self._blocks.rows(group, buffers) for group in range(self.groups))

    def batches(self, group: int, columns: Sequence[str], batch_rows: int) -> Iterator[pa.RecordBatch]:
        """Yield the rows of a record batch, a few at a time.

        Raises:
            Fault: If it does not hold what it says.
        """
        rows = self._blocks.rows(group, self._buffers(columns))
        wanted = sorted(self.schema.get_field_index(name) for name in columns)
        options = pa.ipc.IpcReadOptions(included_fields=wanted, use_threads=False)
        batch = pa.ipc.open_file(self._source, options=options).get_batch(group)
        batch.validate(full=True)
        if len(batch) != rows:
            raise Fault(f"it holds {len(batch):,} rows, and not the {rows:,} that it says it has")
        for start in range(0, rows, batch_rows):
            yield batch.slice(start, batch_rows)

    def _buffers(self, columns: Sequence[str]) -> list[int] | None:
        """Return which buffers of a record batch hold the columns; None where that cannot be told."""
        found: list[int] = []
        at = 0
        for field in self.schema:
            count = _buffers_of(field.type)
            if count is None:
                return None
            if field.name in columns:
                found += range(at, at + count)
            at += count
        return found


def _buffers_of(kind: pa.DataType) -> int | None:
    """Return in how many buffers a column lies; None for those that are made of others."""
    if pa.types.is_null(kind):
        return 0
    if pa.types.is_dictionary(kind) or pa.types.is_primitive(kind):
        return 2
    if pa.types.is_string(kind) or pa.types.is_large_string(kind):
        return 3
    return None
