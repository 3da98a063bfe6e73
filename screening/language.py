"""The condition language of rules: Python's expression syntax, cut down to what a rule may say.

A condition combines indicators, comparisons of fields and `at_least(k, ...)` with `and`, `or` and `not`. It
is checked against the declared fields, indicators and parameters before anything runs, and compiled to numpy
closures with Kleene's three-valued logic: a missing value makes a comparison unknown, and where the question
does not arise every comparison is absent. Text is never evaluated, and a faulty condition is never run.
"""

import operator
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from dossier import findings
from dossier.dossiers import Dossiers, whole_limit
from dossier.fields import MISSING, NOT_APPLICABLE, Field
from dossier.findings import Findings, one_of, when
from dossier.indicators.registry import Indicator
from dossier.stages import Stage
from screening.rules_grammar import Vocabulary, checked
from screening.rules_tree import (
    Compares,
    Every,
    HasCode,
    Indicates,
    Negated,
    Node,
    Some,
    children_of,
    fields_read,
    indicators_named,
    is_monotone,
    parameters_needed,
)

Memo: TypeAlias = dict[Node, Findings]
"""Findings already made, for one batch of dossiers and one set of parameter values."""

_Evaluator: TypeAlias = Callable[[Dossiers, Mapping[str, float], Memo], Findings]

_RELATIONS: Mapping[str, Callable[[Any, Any], Any]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


@dataclass(frozen=True)
class Condition:
    """A checked and compiled condition.

    Attributes:
        text: The condition as written, with its white space evened out.
        tree: Its checked form.
        reads: Names of the fields that it reads, directly or through indicators.
        indicators: Names of the indicators in it.
        parameters: Names of the parameters that it needs, directly or through indicators.
        stage: The first stage at which all fields in `reads` are visible.
        is_monotone: Whether no indicator is negated, so that more evidence never lowers the outcome.
    """

    text: str
    tree: Node
    reads: tuple[str, ...]
    indicators: tuple[str, ...]
    parameters: tuple[str, ...]
    stage: Stage
    is_monotone: bool
    _evaluator: _Evaluator = field(repr=False, compare=False)

    def evaluate(
        self, dossiers: Dossiers, parameters: Mapping[str, float], memo: Memo | None = None
    ) -> Findings:
        """Return for each dossier whether the condition holds.

        Args:
            dossiers: Must hold every field in `reads`.
            parameters: Must hold every name in `parameters`.
            memo: Findings already made for these dossiers and parameters; new ones are added to it.

        Returns:
            Shape (n,), int8: absent, unknown or present; read-only, because the memo shares it.
        """
        return self._evaluator(dossiers, parameters, {} if memo is None else memo)


def parse_condition(
    text: str,
    *,
    fields: Mapping[str, Field],
    indicators: Mapping[str, Indicator],
    parameters: Collection[str],
    place: str = "",
) -> Condition:
    """Check and compile a condition.

    Args:
        text: The condition, such as `too_good_an_offer and stated_country in ("cambodia", "myanmar")`.
        fields: The declared fields.
        indicators: The indicators that it may name.
        parameters: Names of the parameters that the rulebook supplies.
        place: File and line of the condition, for error messages.

    Raises:
        BadInput: With every problem that was found.
    """
    even = " ".join(text.split())
    tree = checked(even, Vocabulary(fields, indicators, parameters), place)
    reads = fields_read(tree, indicators)
    return Condition(
        text=even,
        tree=tree,
        reads=reads,
        indicators=indicators_named(tree),
        parameters=parameters_needed(tree, indicators),
        stage=max(fields[name].visible_from for name in reads),
        is_monotone=is_monotone(tree),
        _evaluator=_compiled(tree, fields, indicators),
    )


def read_indicator(
    indicator: Indicator, dossiers: Dossiers, parameters: Mapping[str, float], memo: Memo
) -> Findings:
    """Return an indicator's findings, read once for each memo, whether a condition or a caller asks first."""
    return _remembered(Indicates(indicator.name), _indicator_reader(indicator))(dossiers, parameters, memo)


def _compiled(node: Node, fields: Mapping[str, Field], indicators: Mapping[str, Indicator]) -> _Evaluator:
    parts = [_compiled(part, fields, indicators) for part in children_of(node)]
    return _remembered(node, _reader(node, parts, fields, indicators))


def _remembered(node: Node, read: _Evaluator) -> _Evaluator:
    def look_up_or_read(dossiers: Dossiers, parameters: Mapping[str, float], memo: Memo) -> Findings:
        found = memo.get(node)
        if found is None:
            found = memo[node] = read(dossiers, parameters, memo)
            found.flags.writeable = False
        return found

    return look_up_or_read


def _reader(
    node: Node, parts: list[_Evaluator], fields: Mapping[str, Field], indicators: Mapping[str, Indicator]
) -> _Evaluator:
    match node:
        case Indicates(name):
            return _indicator_reader(indicators[name])
        case HasCode():
            return _code_reader(node, fields[node.field])
        case Compares():
            return _number_reader(node)
        case _:
            return _combiner(node, parts)


def _combiner(node: Every | Some | Negated, parts: list[_Evaluator]) -> _Evaluator:
    match node:
        case Every():
            return lambda *batch: findings.all_of(*(part(*batch) for part in parts))
        case Some(count=1):
            return lambda *batch: findings.any_of(*(part(*batch) for part in parts))
        case Some(count):
            return lambda *batch: findings.at_least(count, *(part(*batch) for part in parts))
        case Negated():
            return lambda *batch: findings.negate(parts[0](*batch))


def _indicator_reader(indicator: Indicator) -> _Evaluator:
    return lambda dossiers, parameters, _: indicator.read(dossiers, parameters)


def _code_reader(node: HasCode, field: Field) -> _Evaluator:
    """Return a reader that compares with whichever codes are fewer: those that hold or those that do not."""
    others = [code for code in range(field.size) if code not in node.codes]
    holding, failing = (node.codes, others) if node.wanted else (others, node.codes)

    def read(dossiers: Dossiers, _: Mapping[str, float], __: Memo) -> Findings:
        values = dossiers.columns[node.field]
        if len(holding) <= len(failing):
            return when(one_of(values, holding), values != MISSING)
        return when(~one_of(values, (*failing, NOT_APPLICABLE)), values != MISSING)

    return read


def _number_reader(node: Compares) -> _Evaluator:
    holds = _RELATIONS[node.symbol]

    def read(dossiers: Dossiers, parameters: Mapping[str, float], _: Memo) -> Findings:
        values = dossiers.columns[node.field]
        limit = parameters[node.limit] if isinstance(node.limit, str) else node.limit
        applies = values != NOT_APPLICABLE
        return when(holds(values, _whole(node.symbol, limit)) & applies, values != MISSING)

    return read


def _whole(symbol: str, limit: float) -> float:
    """Return the whole number with which whole values compare as they do with `limit`, if there is one."""
    if symbol in (">=", "<"):
        return whole_limit(limit)
    if symbol in (">", "<="):
        return -whole_limit(-limit)
    return int(limit) if float(limit).is_integer() else limit
