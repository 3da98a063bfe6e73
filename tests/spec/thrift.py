"""Footers and page headers of Parquet files taken apart and put together again, so that tests can let them lie."""

import struct
from dataclasses import dataclass
from typing import Any

STOP, TRUE, FALSE, BYTE, SHORT, INT, LONG, DOUBLE, TEXT, LIST, SET, MAP, STRUCT = range(13)
FIXED = {BYTE: 1, DOUBLE: 8}
MAGIC = b"PAR1"


@dataclass
class Items:
    """A list: the kind of its items, and the items."""

    kind: int
    items: list[Any]


Struct = dict[int, tuple[int, Any]]
"""Kind and value of each field by its number."""


def taken_apart(raw: bytes, at: int = 0) -> tuple[Struct, int]:
    """Return the structure that begins at a place, and the place after it."""
    found: Struct = {}
    number = 0
    while (head := raw[at]) != STOP:
        at += 1
        if head >> 4:
            number += head >> 4
        else:
            number, at = _number(raw, at)
        value, at = _value(raw, at, head & 15)
        found[number] = (head & 15, value)
    return found, at + 1


def put_together(found: Struct) -> bytes:
    """Return the bytes of a structure."""
    raw, last = b"", 0
    for number, (kind, value) in found.items():
        near = 0 < number - last < 16
        raw += bytes([(number - last) << 4 | kind]) if near else bytes([kind]) + _as_number(number)
        raw += _as_value(kind, value)
        last = number
    return raw + bytes([STOP])


def _value(raw: bytes, at: int, kind: int) -> tuple[Any, int]:
    if kind in (TRUE, FALSE):
        return kind == TRUE, at
    if kind in FIXED:
        return raw[at : at + FIXED[kind]], at + FIXED[kind]
    if kind in (SHORT, INT, LONG):
        return _number(raw, at)
    if kind == TEXT:
        size, at = _varint(raw, at)
        return raw[at : at + size], at + size
    if kind == LIST:
        head, at = raw[at], at + 1
        size = head >> 4
        if size == 15:
            size, at = _varint(raw, at)
        items = []
        for _ in range(size):
            item, at = _value(raw, at, head & 15) if head & 15 not in (TRUE, FALSE) else (raw[at], at + 1)
            items.append(item)
        return Items(head & 15, items), at
    assert kind == STRUCT
    return taken_apart(raw, at)


def _as_value(kind: int, value: Any) -> bytes:
    if kind in (TRUE, FALSE):
        return b""
    if kind in FIXED:
        return bytes(value)
    if kind in (SHORT, INT, LONG):
        return _as_number(value)
    if kind == TEXT:
        return _as_varint(len(value)) + bytes(value)
    if kind == LIST:
        head = list_head(value.kind, len(value.items))
        plain = value.kind in (TRUE, FALSE)
        return head + b"".join(
            bytes([item]) if plain else _as_value(value.kind, item) for item in value.items
        )
    return put_together(value)


def list_head(kind: int, size: int) -> bytes:
    """Return what stands before the items of a list."""
    return bytes([size << 4 | kind]) if size < 15 else bytes([0xF0 | kind]) + _as_varint(size)


def _varint(raw: bytes, at: int) -> tuple[int, int]:
    found = shift = 0
    while True:
        found |= (raw[at] & 127) << shift
        shift, at = shift + 7, at + 1
        if raw[at - 1] < 128:
            return found, at


def _as_varint(number: int) -> bytes:
    raw = b""
    while number > 127:
        raw, number = raw + bytes([number & 127 | 128]), number >> 7
    return raw + bytes([number])


def _number(raw: bytes, at: int) -> tuple[int, int]:
    found, at = _varint(raw, at)
    return (found >> 1) ^ -(found & 1), at


def _as_number(number: int) -> bytes:
    return _as_varint((number << 1) ^ (number >> 63))


# --- files --------------------------------------------------------------------------------------------

ROWS, GROUPS = 3, 4
"""Fields of a footer."""

COLUMNS, GROUP_BYTES, GROUP_ROWS = 1, 2, 3
"""Fields of a row group."""

FILE_PATH, META = 1, 3
"""Fields of a column."""

VALUES, WHOLE, COMPRESSED, DATA, DICTIONARY = 5, 6, 7, 9, 11
"""Fields of what is said of a column."""

PAGE_WHOLE, PAGE_COMPRESSED, PAGE_DATA, PAGE_DICTIONARY = 2, 3, 5, 7
"""Fields of a page's header."""


def footer_of(raw: bytes) -> tuple[Struct, int]:
    """Return the footer of a file, and where it begins."""
    (size,) = struct.unpack("<I", raw[-8:-4])
    start = len(raw) - 8 - size
    return taken_apart(raw, start)[0], start


def with_footer(raw: bytes, footer: Struct) -> bytes:
    """Return what stands before a footer with another footer."""
    written = put_together(footer)
    return raw + written + struct.pack("<I", len(written)) + MAGIC


def groups_of(footer: Struct) -> list[Struct]:
    """Return the row groups of a footer."""
    return list(footer[GROUPS][1].items)


def column_of(footer: Struct, place: int, group: int = 0) -> Struct:
    """Return what a footer says of a column of a row group."""
    found: Struct = groups_of(footer)[group][COLUMNS][1].items[place][META][1]
    return found


def put(found: Struct, number: int, value: Any) -> None:
    """Put another value into a field that is there."""
    found[number] = (found[number][0], value)
