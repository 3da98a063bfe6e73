"""Slightly wrong twins of a condition: what a slip of the pen, or a wrong idea of the rule, would have left.

Each mutant changes one thing: a word, a part, a relation, a number or parameter by the field's own step, a
code, a count, or the whole into its contrary. A rule's test rows are worth something if they notice.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

from dossier.fields import fields
from dossier.indicators import indicators
from dossier.problems import BadInput
from screening.analysis.cases import Reading, atoms_of
from screening.analysis.wording import wording
from screening.language import parse_condition
from screening.rules_tree import Compares, Every, HasCode, Negated, Node, Some

_STRICTER = {
    ">=": (">", "<"),
    ">": (">=", "<="),
    "<=": ("<", ">"),
    "<": ("<=", ">="),
    "==": ("!=",),
    "!=": ("==",),
}


@dataclass(frozen=True)
class Mutant:
    """A condition with one thing changed.

    Attributes:
        change: What was changed, in words.
        reading: The changed condition, or the condition with a changed parameter.
    """

    change: str
    reading: Reading


Variant = tuple[Node, str]


def mutants_of(reading: Reading) -> tuple[Mutant, ...]:
    """Return the mutants of a condition, each once; one that the grammar refuses is no mutant."""
    seen = {wording(reading.condition.tree)}
    found = []
    for tree, change in (*_everywhere(reading.condition.tree, _variants), _contrary(reading.condition.tree)):
        text = wording(tree)
        if text not in seen and (changed := _read_again(text, reading.parameters)):
            found.append(Mutant(change, changed))
        seen.add(text)
    return (*found, *_with_other_parameters(reading))


def _read_again(text: str, parameters: Mapping[str, float]) -> Reading | None:
    try:
        condition = parse_condition(text, fields=fields(), indicators=indicators(), parameters=parameters)
    except BadInput:  # longer or deeper than a condition may be
        return None
    return Reading(condition, parameters)


def _with_other_parameters(reading: Reading) -> Iterator[Mutant]:
    for name in reading.condition.parameters:
        step = _step_of(name, reading)
        for value in (reading.parameters[name] - step, reading.parameters[name] + step):
            change = f"{name} is {value:,} instead of {reading.parameters[name]:,}"
            yield Mutant(change, Reading(reading.condition, {**reading.parameters, name: value}))


def _step_of(parameter: str, reading: Reading) -> int:
    """Return the smallest step of the numbers that are read together with a parameter."""
    read = {name for atom in atoms_of(reading) if parameter in dict(atom.values) for name in atom.reads}
    return min((fields()[name].step for name in read if fields()[name].is_number), default=1)


def without_parts(reading: Reading) -> tuple[Mutant, ...]:
    """Return those mutants in which a part has been dropped."""
    dropped = _everywhere(reading.condition.tree, _without_a_part)
    return tuple(
        Mutant(change, changed)
        for tree, change in dropped
        if (changed := _read_again(wording(tree), reading.parameters))
    )


def _contrary(node: Node) -> Variant:
    return Negated(node), "the whole is negated"


def _everywhere(node: Node, own: Callable[[Node], Iterator[Variant]]) -> Iterator[Variant]:
    """Yield a tree changed by `own` at its top or in one of its parts."""
    yield from own(node)
    match node:
        case Every(parts) | Some(_, parts):
            for place, part in enumerate(parts):
                for changed, change in _everywhere(part, own):
                    yield replace(node, parts=(*parts[:place], changed, *parts[place + 1 :])), change
        case Negated(part):
            yield from ((Negated(changed), change) for changed, change in _everywhere(part, own))


def _variants(node: Node) -> Iterator[Variant]:
    match node:
        case Every() | Some():
            yield from _of_words(node)
            yield from _without_a_part(node)
        case Negated(part):
            yield part, f"'not' is dropped before '{wording(part)}'"
        case HasCode():
            yield from _of_codes(node)
        case Compares():
            yield from _of_number(node)


def _of_words(node: Every | Some) -> Iterator[Variant]:
    match node:
        case Every(parts):
            yield Some(1, parts), f"'and' is 'or' in '{wording(node)}'"
        case Some(1, parts):
            yield Every(parts), f"'or' is 'and' in '{wording(node)}'"
        case Some(count, parts):
            for other in (count - 1, count + 1):
                if 1 <= other <= len(parts):
                    yield Some(other, parts), f"at_least counts {other} instead of {count}"


def _without_a_part(node: Node) -> Iterator[Variant]:
    if not isinstance(node, Every | Some):
        return
    for place, part in enumerate(node.parts):
        rest = (*node.parts[:place], *node.parts[place + 1 :])
        if isinstance(node, Some) and node.count > len(rest):
            continue
        yield rest[0] if len(rest) == 1 else replace(node, parts=rest), f"'{wording(part)}' is dropped"


def _of_number(node: Compares) -> Iterator[Variant]:
    for symbol in _STRICTER[node.symbol]:
        yield replace(node, symbol=symbol), f"{node.symbol} is {symbol} in '{wording(node)}'"
    if not isinstance(node.limit, str):
        step = fields()[node.field].step
        for limit in (node.limit - step, node.limit + step):
            yield replace(node, limit=limit), f"{limit} instead of {node.limit} in '{wording(node)}'"


def _of_codes(node: HasCode) -> Iterator[Variant]:
    yield replace(node, wanted=not node.wanted), f"'{wording(node)}' is negated"
    labels = fields()[node.field].codes

    def other(codes: set[int], change: str) -> Variant:
        return replace(node, codes=tuple(sorted(codes))), f"{change} in '{wording(node)}'"

    yield from _changed_codes(set(node.codes), labels, other)


def _changed_codes(
    codes: set[int], labels: tuple[str, ...], other: Callable[[set[int], str], Variant]
) -> Iterator[Variant]:
    """Yield the list with each code replaced by the next one, each removed, and the next one added."""
    for code in sorted(codes):
        neighbour = (code + 1) % len(labels)
        if neighbour not in codes:
            yield other(codes - {code} | {neighbour}, f"{labels[neighbour]} instead of {labels[code]}")
        if len(codes) > 1:
            yield other(codes - {code}, f"{labels[code]} is left out")
    added = next(
        (code for code in (*range(max(codes) + 1, len(labels)), *range(max(codes))) if code not in codes),
        None,
    )
    if added is not None:
        yield other(codes | {added}, f"{labels[added]} is added")
