"""What remains of a part, as bytes and back: frozen dataclasses of arrays, numbers, texts and their holders.

Type hints say what is written and what may be read; so nothing that is read decides what is made of it, and
no pickle is ever written or opened. The arrays stand in an npz file, and the structure that holds them beside
them as JSON. Content that does not fit the hints, or claims more than it holds, is refused.
"""

import io
import json
import math
import struct
import zipfile
from collections.abc import Hashable
from tokenize import TokenError
from typing import Any, TypeVar, cast

import numpy as np

from console.parts.remains_shapes import PLAIN, Array, Shelf, shape_of
from dossier.problems import BadInput

STRUCTURE = "structure.json"
SCHEMA_VERSION = "1"

Kept = TypeVar("Kept")

_FOREIGN = (
    ValueError,  # what JSON, numpy and the shapes say
    TypeError,
    LookupError,
    AttributeError,
    ArithmeticError,
    EOFError,
    OSError,
    RuntimeError,  # what zipfile says of encryption and of ways of packing that it does not know
    SyntaxError,  # numpy reads the headers of arrays as Python writes constants
    TokenError,
    struct.error,
    zipfile.BadZipFile,
    zipfile.LargeZipFile,
)


def pack(value: Any) -> bytes:
    """Return a frozen dataclass, or None, as bytes; the same value gives the same bytes at any time.

    Raises:
        TypeError: If a member is not of its hint, or the hint is of nothing that can be kept.
    """
    shelf, hint = Shelf(), cast("Hashable", type(value))
    written = shape_of(hint).write(value, shelf)
    head = {"schema_version": SCHEMA_VERSION, "kind": _name(type(value)), "value": written}
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_STORED) as archive:
        # A member opened by its name alone gets the earliest date there is: no clock is read.
        with archive.open(STRUCTURE, "w") as member:
            member.write(json.dumps(head, allow_nan=False).encode("ascii"))
        for place, array in enumerate(shelf.arrays):
            with archive.open(_member(place), "w", force_zip64=True) as member:
                np.lib.format.write_array(member, array, allow_pickle=False)
    return content.getvalue()


def unpack(kind: type[Kept], content: bytes) -> Kept:
    """Return what `pack` made of a value.

    Args:
        kind: The dataclass that was packed; `type(None)` for None.
        content: The bytes.

    Raises:
        BadInput: If these are not such bytes.
    """
    try:
        return cast("Kept", _unpacked(kind, content))
    except _FOREIGN as error:
        said = (str(error).splitlines() or [type(error).__name__])[0][:200]
        what = f"this is not what remained of a part ({said})"
        raise BadInput.of(what, mend="Do the part again.") from None


def _unpacked(kind: type, content: bytes) -> Any:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        head, shelf = _opened(archive, len(content))
    if head["schema_version"] != SCHEMA_VERSION or head["kind"] != _name(kind):
        raise ValueError(f"it holds {head['kind']!r}, not {_name(kind)!r}")
    found = shape_of(kind).read(head["value"], shelf)
    if len(shelf.taken) != len(shelf.arrays):
        raise ValueError("it holds arrays that nothing names")
    return found


def _opened(archive: zipfile.ZipFile, size: int) -> tuple[dict[str, Any], Shelf]:
    """Return the structure and the arrays; nothing in it is larger than the file."""
    names = archive.namelist()
    expected = [STRUCTURE, *(_member(place) for place in range(len(names) - 1))]
    members = archive.infolist()
    stored = all(one.compress_type == zipfile.ZIP_STORED for one in members)
    if names != expected or not stored or sum(one.file_size for one in members) > size:
        raise ValueError("its members are not those that are written")
    head = json.loads(archive.read(STRUCTURE), parse_constant=_no_constant)
    return head, Shelf([_array(archive.read(name)) for name in expected[1:]])


def _array(content: bytes) -> Array:
    """Return an array whose header claims neither objects nor more than there is."""
    member = io.BytesIO(content)
    version = np.lib.format.read_magic(member)
    headers = {(1, 0): np.lib.format.read_array_header_1_0, (2, 0): np.lib.format.read_array_header_2_0}
    shape, _, dtype = headers[version](member)
    if dtype.kind not in PLAIN:
        raise ValueError("an array holds objects")
    if min(shape, default=0) < 0 or math.prod(shape) * dtype.itemsize != len(content) - member.tell():
        raise ValueError("an array claims another size than it has")
    return np.lib.format.read_array(io.BytesIO(content), allow_pickle=False)


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is no number of JSON")


def _name(kind: type) -> str:
    return f"{kind.__module__}.{kind.__qualname__}"


def _member(place: int) -> str:
    return f"array-{place:05d}.npy"
