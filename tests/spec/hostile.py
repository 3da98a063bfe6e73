"""Cohorts that a stranger might send: files that lie about themselves, and bombs that grow when they are opened."""

import io
import struct
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from tests.spec import thrift
from tests.spec.thrift import Struct, put
from tests.unit.console.terminal import observed_table, small_cohort

Content = Callable[[], bytes]
SEX, AGE = "sex", "age"


@cache
def table() -> pa.Table:
    """Return a cohort that nothing is wrong with."""
    return observed_table(small_cohort())


def parquet(found: pa.Table, **options: Any) -> bytes:
    """Return a table as a Parquet file."""
    file = io.BytesIO()
    pq.write_table(found, file, **{"compression": "zstd", "row_group_size": 100, **options})
    return file.getvalue()


def arrow(found: pa.Table, compression: str | None = None, rows: int = 100) -> bytes:
    """Return a table as an Arrow file."""
    file = io.BytesIO()
    options = pa.ipc.IpcWriteOptions(compression=compression)
    with pa.ipc.new_file(file, found.schema, options=options) as writer:
        writer.write_table(found.combine_chunks(), max_chunksize=rows)
    return file.getvalue()


def with_column(name: str, values: Any) -> pa.Table:
    """Return the cohort with other values in one column."""
    return table().set_column(table().column_names.index(name), name, values)


# --- footers ------------------------------------------------------------------------------------------


def footer_changed(change: Callable[[Struct], None]) -> Content:
    """Return a file whose footer says something else than it should."""

    def content() -> bytes:
        raw = parquet(table())
        footer, start = thrift.footer_of(raw)
        change(footer)
        return thrift.with_footer(raw[:start], footer)

    return content


def of_column(name: str, number: int, value: Any) -> Content:
    """Return a file that says something else of a column of its second row group."""
    place = table().column_names.index(name)
    return footer_changed(lambda footer: put(thrift.column_of(footer, place, 1), number, value))


def _a_thousand_million_rows(footer: Struct) -> None:
    put(footer, thrift.ROWS, 10**9)
    for group in thrift.groups_of(footer):
        put(group, thrift.GROUP_ROWS, 10**9 // 3)
    put(thrift.groups_of(footer)[0], thrift.GROUP_ROWS, 10**9 - 2 * (10**9 // 3))


def _consistent_lie(footer: Struct) -> None:
    """Every column says that it has 2**31 - 1 values, and so does the row group."""
    put(footer, thrift.ROWS, 2**31 - 1 + 200)
    group = thrift.groups_of(footer)[0]
    put(group, thrift.GROUP_ROWS, 2**31 - 1)
    for column in group[thrift.COLUMNS][1].items:
        put(column[thrift.META][1], thrift.VALUES, 2**31 - 1)


def _negative_rows(footer: Struct) -> None:
    put(thrift.groups_of(footer)[0], thrift.GROUP_ROWS, -100)


def _the_same_again_and_again(footer: Struct) -> None:
    """Fifty row groups lie upon the first one."""
    groups = thrift.groups_of(footer)
    footer[thrift.GROUPS][1].items[:] = [groups[0]] * 50
    put(footer, thrift.ROWS, 50 * groups[0][thrift.GROUP_ROWS][1])


def _in_another_file(footer: Struct) -> None:
    column = thrift.groups_of(footer)[0][thrift.COLUMNS][1].items[0]
    meta = column.pop(thrift.META)
    column[thrift.FILE_PATH] = (thrift.TEXT, b"../../../etc/passwd")
    rest = dict(sorted({**column, thrift.META: meta}.items()))
    column.clear()
    column.update(rest)


LIES: Mapping[str, Content] = {
    "a thousand million rows": footer_changed(_a_thousand_million_rows),
    "rows that all columns confirm": footer_changed(_consistent_lie),
    "fewer rows than nothing": footer_changed(_negative_rows),
    "another number of rows": footer_changed(lambda footer: put(footer, thrift.ROWS, 299)),
    "row groups upon each other": footer_changed(_the_same_again_and_again),
    "a column in another file": footer_changed(_in_another_file),
    "a column of gigabytes": of_column(SEX, thrift.COMPRESSED, 2**40),
    "a column of negative size": of_column(SEX, thrift.COMPRESSED, -5),
    "a column beyond the file": of_column(AGE, thrift.DATA, 2**50),
    "a column before the file": of_column(AGE, thrift.DATA, -(2**40)),
    "a column within another": of_column(AGE, thrift.DATA, 1000),
    "more values than rows": of_column(AGE, thrift.VALUES, 10**12),
    "a footer longer than the file": lambda: parquet(table())[:-8] + struct.pack("<I4s", 2**31, b"PAR1"),
    "a footer of nothing": lambda: b"PAR1" + struct.pack("<I4s", 0, b"PAR1"),
    "marks and nothing else": lambda: b"PAR1PAR1",
    "an encrypted footer": lambda: b"PARE" + parquet(table())[4:-4] + b"PARE",
}
"""Footers that lie; each file is otherwise as it should be."""


# --- pages --------------------------------------------------------------------------------------------


def page_changed(name: str, page: int, change: Callable[[Struct], None]) -> Content:
    """Return a file in which the header of a page of the first row group says something else.

    Args:
        name: The column.
        page: Its dictionary (0) or its first page of data (1).
        change: Of the header.
    """

    def content() -> bytes:
        raw = parquet(table())
        footer, start = thrift.footer_of(raw)
        column = thrift.column_of(footer, table().column_names.index(name))
        offset = column[(thrift.DICTIONARY, thrift.DATA)[page]][1]
        first = min(column[thrift.DATA][1], column.get(thrift.DICTIONARY, column[thrift.DATA])[1])
        chunk = raw[first : first + column[thrift.COMPRESSED][1]]
        header, end = thrift.taken_apart(raw, offset)
        change(header)
        written = chunk[: offset - first] + thrift.put_together(header) + raw[end : first + len(chunk)]
        moved = start - first
        for number in (thrift.DATA, thrift.DICTIONARY):
            if number in column:
                put(column, number, column[number][1] + moved)
        if page == 0:
            put(column, thrift.DATA, column[thrift.DATA][1] + len(written) - len(chunk))
        put(column, thrift.COMPRESSED, len(written))
        return thrift.with_footer(raw[:start] + written, footer)

    return content


def _values(number: int) -> Callable[[Struct], None]:
    return lambda header: put(header[thrift.PAGE_DATA][1], 1, number)


PAGES: Mapping[str, Content] = {
    "a page of two gigabytes": page_changed(AGE, 1, lambda page: put(page, thrift.PAGE_WHOLE, 2**31 - 1)),
    "a page of negative size": page_changed(AGE, 1, lambda page: put(page, thrift.PAGE_WHOLE, -1)),
    "a page longer than its column": page_changed(
        AGE, 1, lambda page: put(page, thrift.PAGE_COMPRESSED, 10**6)
    ),
    "a page that goes back": page_changed(AGE, 1, lambda page: put(page, thrift.PAGE_COMPRESSED, -100)),
    "a page of too many values": page_changed(AGE, 1, _values(2**31 - 1)),
    "a page of too few values": page_changed(AGE, 1, _values(1)),
    "a dictionary of too many codes": page_changed(
        SEX, 0, lambda page: put(page[thrift.PAGE_DICTIONARY][1], 1, 10**6)
    ),
    "a dictionary of gigabytes": page_changed(SEX, 0, lambda page: put(page, thrift.PAGE_WHOLE, 2**31 - 1)),
}
"""Headers of pages that lie."""


# --- bombs --------------------------------------------------------------------------------------------


def _long(rows: int) -> pa.Table:
    """Return many rows in which nothing is said but who they are."""
    columns = {name: pa.nulls(rows) for name in table().column_names}
    columns["applicant"] = pa.array(np.arange(rows))
    return pa.table(columns, metadata=table().schema.metadata)


def _with(found: pa.Table, name: str, values: Any) -> pa.Table:
    return found.set_column(found.column_names.index(name), name, values)


def _many_codes(count: int) -> pa.Array:
    return pa.array([f"code {number}" for number in range(count)])


def _few_of(values: pa.Array, rows: int = 300) -> pa.Array:
    """Return a column of a few rows with a dictionary of all these values."""
    return pa.DictionaryArray.from_arrays(pa.array(np.arange(rows) % 2, pa.int32()), values)


def _columns_without_end(size: int) -> bytes:
    """Return a file whose footer describes as many columns as it has room for, in three bytes each."""
    empty = {1: (thrift.LIST, thrift.Items(thrift.STRUCT, [{2: (thrift.LONG, 0)}] * 5_000))}
    group = thrift.put_together({**empty, 2: (thrift.LONG, 0), 3: (thrift.LONG, 0)})
    root = {4: (thrift.TEXT, b"r"), 5: (thrift.INT, 1)}
    leaf = {1: (thrift.INT, 1), 3: (thrift.INT, 0), 4: (thrift.TEXT, b"a")}
    schema = (thrift.LIST, thrift.Items(thrift.STRUCT, [root, leaf]))
    head = thrift.put_together({1: (thrift.INT, 1), 2: schema, 3: (thrift.LONG, 0)})[:-1]
    count = size // len(group)
    field = bytes([1 << 4 | thrift.LIST])
    footer = head + field + thrift.list_head(thrift.STRUCT, count) + group * count + bytes([thrift.STOP])
    return b"PAR1" + footer + struct.pack("<I", len(footer)) + b"PAR1"


BOMBS: Mapping[str, Content] = {
    "a code of 200 MB, compressed": lambda: parquet(
        with_column(SEX, pa.array(["x" * 200_000_000] * 2 + ["male"] * 298)), row_group_size=300
    ),
    "a dictionary of a million codes": lambda: parquet(
        with_column(SEX, _few_of(_many_codes(1_000_000))), row_group_size=300, dictionary_pagesize_limit=2**30
    ),
    "a dictionary of ten thousand codes": lambda: parquet(
        with_column(SEX, _few_of(_many_codes(10_000))), row_group_size=300
    ),
    "codes of a megabyte each": lambda: parquet(
        with_column(SEX, pa.array(["y" * 1_000_000 + str(row) for row in range(300)])), row_group_size=300
    ),
    "one code of a megabyte in every row": lambda: parquet(
        _with(_long(100_000), SEX, _few_of(pa.array(["z" * 900_000, "female"]), 100_000)),
        row_group_size=100_000,
    ),
    "a page of 40 MB of one number": lambda: parquet(
        _with(_long(5_000_000), AGE, pa.array(np.full(5_000_000, 30))),
        row_group_size=5_000_000,
        use_dictionary=False,
        data_page_size=2**30,
        max_rows_per_page=10**9,
    ),
    "a footer of columns without end": lambda: _columns_without_end(20_000_000),
    "a footer of columns that is small enough to be trusted": lambda: _columns_without_end(500_000),
    "Arrow: a batch of three million rows": lambda: arrow(_long(3_000_000), "zstd", 3_000_000),
    "Arrow: a dictionary of a million codes": lambda: arrow(
        with_column(SEX, _few_of(_many_codes(1_000_000))), "zstd"
    ),
    "Arrow: a code of 200 MB, compressed": lambda: arrow(
        with_column(SEX, pa.array(["x" * 200_000_000] + ["male"] * 299)), "zstd", 300
    ),
    "Arrow: a dictionary of 200 MB in a column that nobody needs": lambda: arrow(
        table().append_column("more", _few_of(pa.array(["x" * 200_000_000, "y"]))), "zstd"
    ),
}
"""Files that are small, and would be large once they were read."""
