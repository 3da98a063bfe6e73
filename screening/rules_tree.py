"""The checked form of a condition: a small tree of frozen parts, and what can be told from it alone.

Equal parts are equal keys, which is how a part that many rules share comes to be evaluated once. The tree
holds names and codes only; it reads no data and cannot run anything.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from dossier.indicators.registry import Indicator


@dataclass(frozen=True)
class Indicates:
    """An indicator, by name."""

    name: str


@dataclass(frozen=True)
class HasCode:
    """A category is one of `codes`; where `wanted` is false: is known, applies, and is none of them."""

    field: str
    codes: tuple[int, ...]
    wanted: bool


@dataclass(frozen=True)
class Compares:
    """A number stands in the relation `symbol` to `limit`, which is a number or the name of a parameter."""

    field: str
    symbol: str
    limit: float | str


@dataclass(frozen=True)
class Every:
    """All parts hold."""

    parts: "tuple[Node, ...]"


@dataclass(frozen=True)
class Some:
    """At least `count` parts hold; `or` is this with a count of one."""

    count: int
    parts: "tuple[Node, ...]"


@dataclass(frozen=True)
class Negated:
    """The part does not hold."""

    part: "Node"


Node: TypeAlias = Indicates | HasCode | Compares | Every | Some | Negated


def children_of(node: Node) -> tuple[Node, ...]:
    """Return the parts directly below a node."""
    match node:
        case Every(parts) | Some(_, parts):
            return parts
        case Negated(part):
            return (part,)
        case _:
            return ()


def parts_of(node: Node) -> Iterator[Node]:
    """Yield the node and all parts below it, in the order of writing."""
    yield node
    for part in children_of(node):
        yield from parts_of(part)


def indicators_named(node: Node) -> tuple[str, ...]:
    """Return the names of the indicators in a tree, each once."""
    return _unique(part.name for part in parts_of(node) if isinstance(part, Indicates))


def fields_read(node: Node, indicators: Mapping[str, Indicator]) -> tuple[str, ...]:
    """Return the names of the fields that a tree reads, directly or through indicators."""
    names: list[str] = []
    for part in parts_of(node):
        match part:
            case Indicates(name):
                names.extend(indicators[name].reads)
            case HasCode(field=name) | Compares(field=name):
                names.append(name)
    return _unique(names)


def parameters_needed(node: Node, indicators: Mapping[str, Indicator]) -> tuple[str, ...]:
    """Return the names of the parameters that a tree needs, directly or through indicators."""
    names: list[str] = []
    for part in parts_of(node):
        match part:
            case Indicates(name):
                names.extend(indicators[name].parameters)
            case Compares(limit=str(name)):
                names.append(name)
    return _unique(names)


def is_monotone(node: Node) -> bool:
    """Whether no indicator stands under a `not`, so that more evidence can never lower the outcome."""
    negated = (part for part in parts_of(node) if isinstance(part, Negated))
    return not any(indicators_named(part) for part in negated)


def _unique(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(names))
