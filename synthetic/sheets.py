"""The files of one part: Parquet to keep, or Arrow IPC to hand over quickly, row group after row group.

A folder that was given up stays so: a thread that has not heard of it yet opens no file there again and
publishes none, because threads cannot be stopped. A sheet makes the folder it stands in and none above it, so
that a process that lost its place finds nowhere to write.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock
from typing import Any, Literal, Self, TypeAlias

import pyarrow as pa
import pyarrow.parquet as pq

Form: TypeAlias = Literal["parquet", "arrow", "arrow-lz4"]
"""How the files of a cohort are written."""

ENDINGS: dict[Form, str] = {"parquet": ".parquet", "arrow": ".arrow", "arrow-lz4": ".arrow"}

_GOING_ON = Lock()
_GIVEN_UP: set[Path] = set()


def give_up(folder: Path) -> None:
    """Let nothing more be opened or published below `folder`; waits for whoever is doing so."""
    with _GOING_ON:
        _GIVEN_UP.add(folder)


def take_up(folder: Path) -> None:
    """Let files be opened and published below `folder` again."""
    with _GOING_ON:
        _GIVEN_UP.discard(folder)


@contextmanager
def going_on(path: Path) -> Iterator[None]:
    """Keep every folder above `path` from being given up meanwhile.

    Raises:
        InterruptedError: If one of them was given up already.
    """
    with _GOING_ON:
        if not _GIVEN_UP.isdisjoint(path.parents):
            raise InterruptedError(f"{path.parent} was given up")
        yield


def part_name(number: int, form: Form = "parquet") -> str:
    """Return the file name of a part.

    Examples:
        >>> part_name(3), part_name(3, "arrow-lz4")
        ('part-00003.parquet', 'part-00003.arrow')
    """
    return f"part-{number:05d}{ENDINGS[form]}"


class Sheet:
    """One file that is opened with its first batch; a context manager that closes it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._writer: Any = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def write(self, batch: pa.RecordBatch) -> None:
        """Append a batch as one row group.

        Raises:
            InterruptedError: If the file's folder was given up before the file was opened.
        """
        if self._writer is None:
            with going_on(self.path):
                self.path.parent.mkdir(exist_ok=True)
                self._writer = self._opened(batch.schema)
        self._append(batch)

    def close(self) -> None:
        """Finish the file, if it was begun."""
        if self._writer is not None:
            self._writer.close()

    def _opened(self, schema: pa.Schema) -> Any:
        raise NotImplementedError

    def _append(self, batch: pa.RecordBatch) -> None:
        raise NotImplementedError


class ParquetSheet(Sheet):
    """One Parquet file, compressed, with dictionaries for texts only and no statistics."""

    def _opened(self, schema: pa.Schema) -> pq.ParquetWriter:
        categories = [f.name for f in schema if not pa.types.is_primitive(f.type)]
        return pq.ParquetWriter(
            self.path,
            schema,
            compression="zstd",
            compression_level=1,
            use_dictionary=categories or False,
            write_statistics=False,
        )

    def _append(self, batch: pa.RecordBatch) -> None:
        self._writer.write_table(pa.Table.from_batches([batch]), row_group_size=max(len(batch), 1))


class ArrowSheet(Sheet):
    """One Arrow IPC file, read without decoding; uncompressed or, with `lz4`, in about half the room."""

    def __init__(self, path: Path, compression: Literal["lz4"] | None = None) -> None:
        super().__init__(path)
        self._compression = compression

    def _opened(self, schema: pa.Schema) -> Any:
        options = pa.ipc.IpcWriteOptions(compression=self._compression)
        return pa.ipc.new_file(str(self.path), schema, options=options)

    def _append(self, batch: pa.RecordBatch) -> None:
        self._writer.write_batch(batch)


class GroupedSheet:
    """Gathers batches for a sheet until a row group is full; a context manager that writes the rest.

    However many batches the rows of a group come in, the bytes of the file are the same. Batches must not
    reach beyond the end of a group.
    """

    def __init__(self, sheet: Sheet, rows: int) -> None:
        self._sheet = sheet
        self._full = rows
        self._held: list[pa.RecordBatch] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, failure: type[BaseException] | None, *_: object) -> None:
        if failure is None:
            self._flush()

    def write(self, batch: pa.RecordBatch) -> None:
        """Take up the next rows."""
        self._held.append(batch)
        if sum(map(len, self._held)) >= self._full:
            self._flush()

    def _flush(self) -> None:
        if self._held:
            (whole,) = pa.Table.from_batches(self._held).combine_chunks().to_batches()
            self._held.clear()
            self._sheet.write(whole)


def sheet_of(path: Path, form: Form) -> Sheet:
    """Return the sheet for a file in some form."""
    return ParquetSheet(path) if form == "parquet" else ArrowSheet(path, "lz4" if "lz4" in form else None)
