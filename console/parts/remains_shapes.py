"""What a type hint says of a value: whether it fits, how it is written as JSON, and how it is read back.

Arrays are put aside and stand as their place in a list. Whatever a hint does not foresee is an error on
either side: on the way out that of a programmer, on the way in that of the content.
"""

import json
import math
import types
from abc import ABC, abstractmethod
from collections.abc import Hashable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, fields, is_dataclass
from enum import Enum
from functools import cache
from typing import Annotated, Any, Literal, TypeAlias, Union, get_args, get_origin, get_type_hints

import numpy as np
import numpy.typing as npt

PLAIN = "biufcSUmM"
"""Kinds of arrays that hold values and no objects."""

Array: TypeAlias = npt.NDArray[Any]


@dataclass(frozen=True)
class Shelf:
    """The arrays that stand apart from the structure.

    Attributes:
        arrays: In the order in which they were put aside.
        taken: Places of those that were taken back; each is taken once.
    """

    arrays: list[Array] = field(default_factory=list)
    taken: set[int] = field(default_factory=set)

    def put(self, array: Array) -> int:
        """Put an array aside and return its place."""
        self.arrays.append(array)
        return len(self.arrays) - 1

    def take(self, place: Any) -> Array:
        """Return the array at a place; raises if there is none, or it was taken already."""
        if type(place) is not int or not 0 <= place < len(self.arrays) or place in self.taken:
            raise ValueError("an array is missing, or stands twice")
        self.taken.add(place)
        return self.arrays[place]


class Shape(ABC):
    """What a hint says of a value."""

    @abstractmethod
    def fits(self, value: Any) -> bool:
        """Tell whether a value may stand here; what it holds is looked at on its own."""

    @abstractmethod
    def to_json(self, value: Any, shelf: Shelf) -> Any:
        """Return a value that fits for JSON."""

    @abstractmethod
    def from_json(self, written: Any, shelf: Shelf) -> Any:
        """Return the value; raises a `ValueError` or its like where that is none."""

    def write(self, value: Any, shelf: Shelf) -> Any:
        """Return a value for JSON; raises `TypeError` if it does not fit."""
        if not self.fits(value):
            raise TypeError(f"{type(value).__name__} is not what {self} foresees")
        return self.to_json(value, shelf)

    def read(self, written: Any, shelf: Shelf) -> Any:
        """Return the value; raises `ValueError` if it does not fit."""
        found = self.from_json(written, shelf)
        if not self.fits(found):
            raise ValueError(f"{type(found).__name__} is not what {self} foresees")
        return found


@cache
def shape_of(hint: Hashable) -> Shape:
    """Return what a hint says.

    Raises:
        TypeError: If it is of nothing that can be kept, such as a function.
    """
    if get_origin(hint) is Annotated:
        return shape_of(get_args(hint)[0])
    if hasattr(hint, "__supertype__"):
        return shape_of(hint.__supertype__)
    origin, given = get_origin(hint) or hint, get_args(hint)
    for is_meant, shape in _SHAPES:
        if is_meant(origin):
            found: Shape = shape(origin, given)
            return found
    raise TypeError(f"{hint} cannot be kept")


@dataclass(frozen=True)
class _Array(Shape):
    """An array; its hint says what kind of values, and the array itself how wide they are."""

    family: type

    @classmethod
    def of(cls, _: Any, given: tuple[Any, ...]) -> Shape:
        values = get_args(given[1])[0] if len(given) > 1 and get_args(given[1]) else Any
        kind = get_origin(values) or values
        if not isinstance(kind, type):
            return cls(np.generic)
        families = (np.unsignedinteger, np.signedinteger, np.floating)
        return cls(next((one for one in families if issubclass(kind, one)), kind))

    def fits(self, value: Any) -> bool:
        return (
            isinstance(value, np.ndarray)
            and value.dtype.kind in PLAIN
            and issubclass(value.dtype.type, self.family)
        )

    def to_json(self, value: Any, shelf: Shelf) -> Any:
        return shelf.put(value)

    def from_json(self, written: Any, shelf: Shelf) -> Any:
        return shelf.take(written)


@dataclass(frozen=True)
class _Scalar(Shape):
    """A number, a text, a truth value or None; truth values are no numbers here."""

    kinds: tuple[type, ...]
    numbered: tuple[type, ...] = ()

    def fits(self, value: Any) -> bool:
        return type(value) in self.kinds or isinstance(value, self.numbered)

    def to_json(self, value: Any, _: Shelf) -> Any:
        found = value.item() if isinstance(value, np.generic) else value
        # JSON has no infinity and no "not a number"; they stand as texts.
        return repr(found) if isinstance(found, float) and not math.isfinite(found) else found

    def from_json(self, written: Any, _: Shelf) -> Any:
        odd = float in self.kinds and str not in self.kinds and written in {"inf", "-inf", "nan"}
        return float(written) if odd else written


_BOOL = _Scalar((bool,), (np.bool_,))
_INT = _Scalar((int,), (np.integer,))
_FLOAT = _Scalar((float, int), (np.floating,))
_TEXT = _Scalar((str,))
_NOTHING = _Scalar((types.NoneType,))
_SCALARS = {bool: _BOOL, int: _INT, float: _FLOAT, str: _TEXT, None: _NOTHING, types.NoneType: _NOTHING}


@dataclass(frozen=True)
class _OneOf(Shape):
    """One of some constants."""

    constants: tuple[Any, ...]

    def fits(self, value: Any) -> bool:
        return any(type(value) is type(one) and value == one for one in self.constants)

    def to_json(self, value: Any, _: Shelf) -> Any:
        return next(
            place for place, one in enumerate(self.constants) if type(value) is type(one) and value == one
        )

    def from_json(self, written: Any, _: Shelf) -> Any:
        return self.constants[_place(written)]


@dataclass(frozen=True)
class _Named(Shape):
    """A member of an enumeration, by its name."""

    kind: type[Enum]

    def fits(self, value: Any) -> bool:
        return type(value) is self.kind

    def to_json(self, value: Any, _: Shelf) -> Any:
        return value.name

    def from_json(self, written: Any, _: Shelf) -> Any:
        return self.kind[written]


@dataclass(frozen=True)
class _Choice(Shape):
    """A value of the first of several hints that it fits."""

    hints: tuple[Any, ...]

    def fits(self, value: Any) -> bool:
        return any(shape_of(hint).fits(value) for hint in self.hints)

    def to_json(self, value: Any, shelf: Shelf) -> Any:
        place = next(place for place, hint in enumerate(self.hints) if shape_of(hint).fits(value))
        return [place, shape_of(self.hints[place]).write(value, shelf)]

    def from_json(self, written: Any, shelf: Shelf) -> Any:
        place, content = written
        return shape_of(self.hints[_place(place)]).read(content, shelf)


@dataclass(frozen=True)
class _Items(Shape):
    """A tuple, list or set. A sequence of no stated kind comes back as a tuple, and a set as a frozen one."""

    kinds: tuple[type, ...]
    made: type
    hints: tuple[Any, ...]

    @classmethod
    def of(cls, origin: Any, given: tuple[Any, ...]) -> Shape:
        if not given:
            raise TypeError(f"{origin} does not say what it holds")
        kinds, made = _COLLECTIONS[origin]
        fixed = origin is tuple and given[1:] != (...,)
        return cls(kinds, made, given if fixed else (given[0], ...))

    def fits(self, value: Any) -> bool:
        return isinstance(value, self.kinds)

    def to_json(self, value: Any, shelf: Shelf) -> Any:
        found = [shape.write(one, shelf) for shape, one in zip(self._each(value), value, strict=True)]
        return sorted(found, key=json.dumps) if isinstance(value, AbstractSet) else found

    def from_json(self, written: Any, shelf: Shelf) -> Any:
        if type(written) is not list:
            raise ValueError("there is no list where one is foreseen")
        found = self.made(
            shape.read(one, shelf) for shape, one in zip(self._each(written), written, strict=True)
        )
        if len(found) != len(written):
            raise ValueError("something stands twice in a set")
        return found

    def _each(self, items: Any) -> list[Shape]:
        if self.hints[1:] == (...,):
            return [shape_of(self.hints[0])] * len(items)
        return [shape_of(hint) for hint in self.hints]


_COLLECTIONS: Mapping[Any, tuple[tuple[type, ...], type]] = {
    tuple: ((tuple,), tuple),
    list: ((list,), list),
    Sequence: ((tuple, list), tuple),
    frozenset: ((frozenset,), frozenset),
    AbstractSet: ((frozenset, set), frozenset),
}


@dataclass(frozen=True)
class _Pairs(Shape):
    """A mapping, in its order; it comes back as a dict."""

    name: Any
    item: Any

    @classmethod
    def of(cls, origin: Any, given: tuple[Any, ...]) -> Shape:
        if not given:
            raise TypeError(f"{origin} does not say what it holds")
        return cls(*given)

    def fits(self, value: Any) -> bool:
        return isinstance(value, Mapping)

    def to_json(self, value: Any, shelf: Shelf) -> Any:
        name, item = shape_of(self.name), shape_of(self.item)
        return [[name.write(one, shelf), item.write(value[one], shelf)] for one in value]

    def from_json(self, written: Any, shelf: Shelf) -> Any:
        name, item = shape_of(self.name), shape_of(self.item)
        found = {name.read(one, shelf): item.read(other, shelf) for one, other in written}
        if len(found) != len(written):
            raise ValueError("a name stands twice")
        return found


@dataclass(frozen=True)
class _Members(Shape):
    """A dataclass, by those of its members that are given when one is made."""

    kind: Any

    def fits(self, value: Any) -> bool:
        return type(value) is self.kind

    def to_json(self, value: Any, shelf: Shelf) -> Any:
        return {name: shape.write(getattr(value, name), shelf) for name, shape in self._shapes().items()}

    def from_json(self, written: Any, shelf: Shelf) -> Any:
        shapes = self._shapes()
        if list(written) != list(shapes):
            raise ValueError(f"{self.kind.__name__} has other members")
        return self.kind(**{name: shape.read(written[name], shelf) for name, shape in shapes.items()})

    def _shapes(self) -> dict[str, Shape]:
        hints = get_type_hints(self.kind)
        return {member.name: shape_of(hints[member.name]) for member in fields(self.kind) if member.init}


def _place(written: Any) -> int:
    if type(written) is not int or written < 0:
        raise ValueError("a place is no number")
    return written


def _is_enum(origin: Any) -> bool:
    return isinstance(origin, type) and issubclass(origin, Enum)


_SHAPES: tuple[tuple[Any, Any], ...] = (
    (lambda origin: origin is np.ndarray, _Array.of),
    (_SCALARS.__contains__, lambda origin, _: _SCALARS[origin]),
    (lambda origin: origin is Literal, lambda _, given: _OneOf(given)),
    (lambda origin: origin in {Union, types.UnionType}, lambda _, given: _Choice(given)),
    (lambda origin: origin in {Mapping, dict}, _Pairs.of),
    (_COLLECTIONS.__contains__, _Items.of),
    (_is_enum, lambda origin, _: _Named(origin)),
    (lambda origin: isinstance(origin, type) and is_dataclass(origin), lambda origin, _: _Members(origin)),
)
"""By which origins of hints, and which arguments, each shape is made."""
