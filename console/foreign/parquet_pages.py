"""The pages of a Parquet file, looked at before they are decompressed or decoded.

A page says before its first byte how large it is and how many values it holds. What it says is believed only
as far as it fits the file, the row group and the limits; so a few kilobytes cannot ask for gigabytes. The
values themselves are left to the library that decodes them.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO

from console.foreign.compact_protocol import Compact, Malformed
from console.foreign.foreign_limits import (
    LARGEST_DICTIONARY,
    LARGEST_PAGE,
    LARGEST_PAGE_HEADER,
    LARGEST_PAGES,
    MIB,
    PAGE_OVERHEAD,
    ROWS_OF_A_PAGE,
    WIDEST_CODE,
    WIDEST_NUMBER,
)
from dossier.coded_texts import MOST_CODES

_FIRST_READ = 128
_DATA, _DICTIONARY, _DATA_2 = 0, 2, 3
_INSIDE = {_DATA: 5, _DICTIONARY: 7, _DATA_2: 8}
"""Where the header of each kind of page tells more."""

_NO_HEADER = "what stands before a page is no header of one"


class Fault(Exception):
    """What is wrong inside a file; the caller knows which file."""


@dataclass(frozen=True)
class Chunk:
    """One column of one row group.

    Attributes:
        column: Its name.
        is_text: Whether it holds codes.
        start, size: Where it lies in the file, in bytes.
        rows: Of the row group.
    """

    column: str
    is_text: bool
    start: int
    size: int
    rows: int


@dataclass(frozen=True)
class Page:
    """What stands before a page.

    Attributes:
        kind: As the format numbers them.
        header, compressed, whole: Bytes of the header, of what follows it, and of that when decompressed.
        values: How many values it says it holds, empty ones included.
    """

    kind: int
    header: int
    compressed: int
    whole: int
    values: int


def check_pages(file: IO[bytes], chunks: list[Chunk]) -> None:
    """Refuse the columns of a row group whose pages do not fit them.

    Args:
        file: The file, open for reading.
        chunks: The columns that are to be read.

    Raises:
        Fault: Naming the column.
    """
    together = 0
    for chunk in chunks:
        try:
            together += _checked(file, chunk)
        except Fault as fault:
            raise Fault(f"column '{chunk.column}': {fault}") from None
    if together > LARGEST_PAGES:
        what = f"the largest pages of its columns take {together // MIB:,} MiB together"
        raise Fault(f"{what}; more than {LARGEST_PAGES // MIB} are not read")


def _checked(file: IO[bytes], chunk: Chunk) -> int:
    """Return how many bytes the largest dictionary and the largest page of a column take."""
    largest = {_DICTIONARY: 0, _DATA: 0}
    values = 0
    for before, page in enumerate(_pages(file, chunk)):
        if before > 16 + chunk.rows // ROWS_OF_A_PAGE:
            raise Fault(f"more than {before:,} pages for {chunk.rows:,} rows")
        if page.kind == _DICTIONARY:
            _check_dictionary(page, chunk)
        elif page.kind in (_DATA, _DATA_2):
            values += page.values
            _check_data(page, chunk)
        kind = _DICTIONARY if page.kind == _DICTIONARY else _DATA
        largest[kind] = max(largest[kind], page.whole)
        if values >= chunk.rows:
            break
    if values != chunk.rows:
        raise Fault(f"its pages hold {values:,} values for {chunk.rows:,} rows")
    return sum(largest.values())


def _check_dictionary(page: Page, chunk: Chunk) -> None:
    most = LARGEST_DICTIONARY if chunk.is_text else LARGEST_PAGE
    if page.whole > most:
        raise Fault(f"a dictionary of {page.whole:,} bytes; more than {most:,} are not read")
    if chunk.is_text and page.values > MOST_CODES:
        raise Fault(f"{page.values:,} different codes; more than {MOST_CODES:,} are not read")


def _check_data(page: Page, chunk: Chunk) -> None:
    width = WIDEST_CODE if chunk.is_text else WIDEST_NUMBER
    most = min(LARGEST_PAGE, PAGE_OVERHEAD + width * page.values)
    if page.whole > most:
        what = f"a page of {page.values:,} values takes {page.whole:,} bytes when decompressed"
        raise Fault(f"{what}; more than {most:,} are not read")


def _pages(file: IO[bytes], chunk: Chunk) -> Iterator[Page]:
    at, end = chunk.start, chunk.start + chunk.size
    while at < end:
        page = _page_at(file, at, end)
        at += page.header + page.compressed
        if at > end:
            raise Fault("a page leads out of its column")
        yield page


def _page_at(file: IO[bytes], at: int, end: int) -> Page:
    size = _FIRST_READ
    while True:
        file.seek(at)
        raw = file.read(min(size, end - at))
        try:
            return _page(raw)
        except IndexError:
            if size >= min(LARGEST_PAGE_HEADER, end - at) or not raw:
                raise Fault(_NO_HEADER) from None
            size *= 8


def _page(raw: bytes) -> Page:
    """Return the header at the beginning of `raw`; raises IndexError where that is too short."""
    reader = Compact(raw)
    sizes = {1: -1, 2: -1, 3: -1}
    inside: dict[int, dict[int, int]] = {}
    try:
        for number, kind in reader.fields():
            if number in sizes:
                sizes[number] = reader.whole(kind)
            elif number in _INSIDE.values():
                inside[number] = reader.numbers(kind)
            else:
                reader.skip(kind)
    except Malformed:
        raise Fault(_NO_HEADER) from None
    kind, whole, compressed = sizes[1], sizes[2], sizes[3]
    values = inside.get(_INSIDE[kind], {}).get(1, -1) if kind in _INSIDE else 0
    if not all(0 <= size < 2**31 for size in (kind, whole, compressed, values)):
        raise Fault(_NO_HEADER)
    return Page(kind, reader.at, compressed, whole, values)
