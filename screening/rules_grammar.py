"""The grammar of the condition language: from text, by way of `ast`, to a checked tree.

Every name and code is looked up in the declarations, and everything that is wrong is collected before it is
raised. A construct that is not expressly allowed is refused; nothing is evaluated here.
"""

import ast
import difflib
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from dossier.fields import Field
from dossier.indicators.registry import Indicator
from dossier.problems import BadInput, Problem, raise_if_any
from screening.rules_tree import Compares, Every, HasCode, Indicates, Negated, Node, Some

# These four bound what a file can cost before any of it is believed; they are no policy.
MAX_LENGTH = 2_000
MAX_DEPTH = 12
MAX_PARTS = 200
MAX_NUMBER = 10**15

# How many names, and how much of a condition, an error message shows.
_FEW = 20
_GLIMPSE = 60

_ALLOWED = (
    "A condition may hold names of indicators, comparisons of a field with codes, numbers or a parameter, "
    "'and', 'or', 'not' and at_least(k, ...). If it needs more, write an indicator."
)
_SHORTEN = "Move a part of it into an indicator."
_SYMBOLS: Mapping[type[ast.cmpop], str] = {
    ast.Eq: "==",
    ast.NotEq: "!=",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.In: "in",
    ast.NotIn: "not in",
}
_OF_CATEGORIES = ("==", "!=", "in", "not in")
_MIRRORED = {"==": "==", "!=": "!=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}


@dataclass(frozen=True)
class Vocabulary:
    """The names that a condition may use.

    Attributes:
        fields: The declared fields.
        indicators: The declared indicators.
        parameters: Names of the parameters that the rulebook supplies.
    """

    fields: Mapping[str, Field]
    indicators: Mapping[str, Indicator]
    parameters: Collection[str]


def checked(text: str, vocabulary: Vocabulary, place: str) -> Node:
    """Return the tree of a condition whose white space has been evened out.

    Raises:
        BadInput: With every problem that was found.
    """
    expression = _parsed(text, place)
    raise_if_any(_oversize(expression, place))
    checker = _Checker(text, vocabulary, place)
    tree = checker.node(expression)
    raise_if_any(checker.problems)
    return tree


def near_match(name: str, known: Iterable[str]) -> str:
    """Return the advice that helps most with a wrong name: the nearest right one, or all of a few."""
    known = list(known)
    if near := difflib.get_close_matches(name, known, n=1):
        return f"Did you mean '{near[0]}'?"
    return f"There are: {', '.join(known)}." if 0 < len(known) <= _FEW else "`saring show` lists them all."


def _parsed(text: str, place: str) -> ast.expr:
    if len(text) > MAX_LENGTH:
        what = f"the condition has {len(text):,} characters; at most {MAX_LENGTH:,} are allowed"
        raise BadInput.of(what, where=place, mend=_SHORTEN)
    # With the white space evened out, a comment would swallow the rest of the condition unseen.
    if stray := next((mark for mark in "#\\" if mark in text), None):
        what = f"'{stray}' may not stand in a condition"
        raise BadInput.of(what, where=place, mend=f"Remove the '{stray}'.")
    try:
        return ast.parse(text, mode="eval").body
    except (SyntaxError, ValueError) as error:
        reason = error.msg if isinstance(error, SyntaxError) else str(error)
        what = f"the condition '{_shortened(text)}' cannot be read: {reason}"
        raise BadInput.of(what, where=place, mend=_ALLOWED) from None
    except (RecursionError, MemoryError):
        raise BadInput([_too_deep(place)]) from None


def _oversize(expression: ast.expr, place: str) -> Iterator[Problem]:
    """Walk the tree level by level, without recursion, so that no depth can exhaust the stack."""
    level: list[ast.AST] = [expression]
    depth = parts = 0
    while level:
        depth += 1
        parts += len(level)
        below = (child for node in level for child in ast.iter_child_nodes(node))
        level = [child for child in below if isinstance(child, ast.expr)]
    if depth > MAX_DEPTH:
        yield _too_deep(place)
    if parts > MAX_PARTS:
        yield Problem(f"the condition has {parts} parts; at most {MAX_PARTS} are allowed", place, _SHORTEN)


def _too_deep(place: str) -> Problem:
    return Problem(f"the condition is nested more than {MAX_DEPTH} levels deep", place, _SHORTEN)


def _shortened(text: str) -> str:
    return text if len(text) <= _GLIMPSE else text[:_GLIMPSE] + "..."


class _Refused(Exception):
    """A part that has been reported; what stands beside it is still checked."""


class _Checker:
    """Turns syntax into checked nodes and collects what is wrong on the way."""

    def __init__(self, text: str, vocabulary: Vocabulary, place: str) -> None:
        self.problems: list[Problem] = []
        self._text = text
        self._fields = vocabulary.fields
        self._indicators = vocabulary.indicators
        self._parameters = vocabulary.parameters
        self._place = place

    def node(self, expression: ast.expr) -> Node:
        """Return the checked node; a refused part leaves a problem and a nameless stand-in behind."""
        try:
            return self._node(expression)
        except _Refused:
            return Indicates("")

    def _node(self, expression: ast.expr) -> Node:
        match expression:
            case ast.BoolOp(ast.And(), parts):
                return Every(tuple(self.node(part) for part in parts))
            case ast.BoolOp(ast.Or(), parts):
                return Some(1, tuple(self.node(part) for part in parts))
            case ast.UnaryOp(ast.Not(), part):
                return Negated(self.node(part))
            case ast.Compare():
                return self._comparisons(expression)
            case ast.Name(name):
                return self._indicator(name)
            case ast.Call(ast.Name("at_least")):
                return self._at_least(expression)
            case ast.Call(ast.Name(name)):
                raise self._refuse(f"there is no function '{name}'; the only one is at_least", _ALLOWED)
        raise self._refuse(f"'{self._fragment(expression)}' is not part of the rule language", _ALLOWED)

    def _indicator(self, name: str) -> Indicates:
        if name in self._indicators:
            return Indicates(name)
        if name in self._fields:
            raise self._refuse(f"'{name}' is a field and stands alone", _how_to_compare(self._fields[name]))
        if name in self._parameters:
            raise self._refuse(f"'{name}' is a parameter and stands alone", "Compare a field with it.")
        known = [*self._indicators, *self._fields]
        raise self._refuse(f"there is no indicator '{name}'", near_match(name, known))

    def _at_least(self, call: ast.Call) -> Some:
        number, *parts = call.args or [call]
        if call.keywords or not parts:
            what = f"'{self._fragment(call)}' is not complete"
            raise self._refuse(what, "Write at_least(2, first, second, third).")
        count = number.value if isinstance(number, ast.Constant) else None
        if type(count) is not int or not 1 <= count <= len(parts):
            what = f"at_least needs a number from 1 to {len(parts)} first, not '{self._fragment(number)}'"
            raise self._refuse(what, "The number says how many of the parts after it must hold.")
        return Some(count, tuple(self.node(part) for part in parts))

    def _comparisons(self, compare: ast.Compare) -> Node:
        """Read `a < b < c` as `a < b and b < c`, as Python does."""
        operands = [compare.left, *compare.comparators]
        links = zip(operands, compare.ops, operands[1:], strict=False)
        parts = tuple(self._comparison(*link) for link in links)
        return parts[0] if len(parts) == 1 else Every(parts)

    def _comparison(self, left: ast.expr, relation: ast.cmpop, right: ast.expr) -> Node:
        symbol = _SYMBOLS.get(type(relation))
        if symbol is None:
            raise self._refuse("'is' is not part of the rule language", "Write == or !=.")
        if self._field(left) is None and symbol in _MIRRORED:
            left, symbol, right = right, _MIRRORED[symbol], left
        field = self._field(left)
        if field is None:
            raise self._no_field(right, left)
        if other := self._field(right):
            what = f"two fields are compared with each other, '{field.name}' and '{other.name}'"
            raise self._refuse(what, "Write an indicator that reads both.")
        of_its_kind = self._of_number if field.is_number else self._of_category
        return of_its_kind(field, symbol, right)

    def _of_number(self, field: Field, symbol: str, value: ast.expr) -> Node:
        if symbol not in _MIRRORED:
            raise self._refuse(f"'{field.name}' is a number; '{symbol}' is for codes", _how_to_compare(field))
        if isinstance(value, ast.Name):
            if value.id not in self._parameters:
                mend = near_match(value.id, self._parameters)
                raise self._refuse(f"there is no parameter '{value.id}'", mend)
            return Compares(field.name, symbol, value.id)
        number = value.value if isinstance(value, ast.Constant) else None
        if isinstance(number, bool) or not isinstance(number, int | float):
            raise self._unfit(field, value)
        if number > MAX_NUMBER:
            raise self._refuse(f"the number '{self._fragment(value)}' is too large", _how_to_compare(field))
        return Compares(field.name, symbol, number)

    def _of_category(self, field: Field, symbol: str, value: ast.expr) -> Node:
        if symbol not in _OF_CATEGORIES:
            what = f"'{field.name}' is a category; '{symbol}' is for numbers"
            raise self._refuse(what, _how_to_compare(field))
        labels = [value]
        if symbol in ("in", "not in"):
            labels = self._listed(field, symbol, value)
        codes = {self._code(field, label) for label in labels}
        return HasCode(field.name, tuple(sorted(codes)), wanted=symbol in ("==", "in"))

    def _listed(self, field: Field, symbol: str, value: ast.expr) -> list[ast.expr]:
        if isinstance(value, ast.Tuple) and value.elts:
            return value.elts
        what = f"'{symbol}' needs a list of codes in round brackets, not '{self._fragment(value)}'"
        raise self._refuse(what, f'Write {field.name} {symbol} ("{field.codes[0]}", "{field.codes[-1]}").')

    def _code(self, field: Field, label: ast.expr) -> int:
        code = label.value if isinstance(label, ast.Constant) else None
        if not isinstance(code, str):
            raise self._unfit(field, label)
        if code not in field.codes:
            raise self._refuse(f"'{field.name}' has no code '{code}'", near_match(code, field.codes))
        return field.code(code)

    def _field(self, expression: ast.expr) -> Field | None:
        return self._fields.get(expression.id) if isinstance(expression, ast.Name) else None

    def _no_field(self, *operands: ast.expr) -> _Refused:
        for operand in operands:
            if isinstance(operand, ast.Name) and operand.id in self._indicators:
                what = f"'{operand.id}' is an indicator and cannot be compared"
                return self._refuse(what, "Write its name alone.")
            if isinstance(operand, ast.Name) and operand.id not in self._parameters:
                return self._refuse(f"there is no field '{operand.id}'", near_match(operand.id, self._fields))
        shown = " with ".join(f"'{self._fragment(operand)}'" for operand in operands)
        return self._refuse(f"the comparison of {shown} names no field", _ALLOWED)

    def _unfit(self, field: Field, value: ast.expr) -> _Refused:
        kind = f"a number in {field.unit}" if field.is_number else "a category"
        what = f"'{field.name}' is {kind} and cannot be compared with '{self._fragment(value)}'"
        return self._refuse(what, _how_to_compare(field))

    def _refuse(self, what: str, mend: str) -> _Refused:
        self.problems.append(Problem(what, self._place, mend))
        return _Refused()

    def _fragment(self, expression: ast.expr) -> str:
        return _shortened(ast.get_source_segment(self._text, expression) or self._text)


def _how_to_compare(field: Field) -> str:
    if field.is_number:
        return f"Write for example {field.name} >= {field.edges[-1]}, a number in {field.unit}."
    return f'Write for example {field.name} == "{field.codes[0]}".'
