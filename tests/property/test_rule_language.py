"""The compiled language agrees with a naive twin that reads one row at a time, and never falls over.

The twin below shares no code with the package beyond the declarations: it walks Python's own syntax tree,
row by row, with truth values spelled out.
"""

import ast
import operator
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from dossier.dossiers import Dossiers
from dossier.fields import MISSING, NOT_APPLICABLE, Field, fields
from dossier.findings import ABSENT, PRESENT, UNKNOWN
from dossier.indicators import indicators
from dossier.problems import BadInput
from screening.language import Condition, Memo, parse_condition
from screening.rules_tree import Indicates

Row = Mapping[str, int]

PARAMETERS: dict[str, float] = {
    "adult_age_years": 18,
    "fee_high_idr": 50_000_000,
    "funds_low_idr": 5_000_000,
    "leisure_stay_days": 31,
    "many_at_address": 10,
    "many_by_individual": 5,
    "many_on_booking": 5,
    "many_on_phone": 4,
    "pay_high_usd": 1000,
}


def parsed(text: str) -> Condition:
    return parse_condition(text, fields=fields(), indicators=indicators(), parameters=PARAMETERS)


# --- the naive twin -------------------------------------------------------------------------------

RELATIONS: Mapping[type[ast.cmpop], Callable[[Any, Any], bool]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.In: lambda value, listed: value in listed,
    ast.NotIn: lambda value, listed: value not in listed,
}


def twin(text: str, row: Row) -> int:
    """Return what `text` says of one row."""
    return twin_of(ast.parse(text, mode="eval").body, row)


def twin_of(node: ast.AST, row: Row) -> int:
    match node:
        case ast.BoolOp(ast.And(), parts):
            return conjunction([twin_of(part, row) for part in parts])
        case ast.BoolOp(ast.Or(), parts):
            return counted(1, [twin_of(part, row) for part in parts])
        case ast.Call(_, [ast.Constant(int(count)), *parts]):
            return counted(count, [twin_of(part, row) for part in parts])
        case ast.UnaryOp(ast.Not(), part):
            return {ABSENT: PRESENT, UNKNOWN: UNKNOWN, PRESENT: ABSENT}[twin_of(part, row)]
        case ast.Name(name):
            return indication(name, row)
        case ast.Compare(left, relations, rights):
            lefts = [left, *rights[:-1]]
            return conjunction([compared(*link, row) for link in zip(lefts, relations, rights, strict=True)])
    raise AssertionError(ast.dump(node))


def conjunction(truths: list[int]) -> int:
    if ABSENT in truths:
        return ABSENT
    return UNKNOWN if UNKNOWN in truths else PRESENT


def counted(count: int, truths: list[int]) -> int:
    if truths.count(PRESENT) >= count:
        return PRESENT
    return UNKNOWN if truths.count(PRESENT) + truths.count(UNKNOWN) >= count else ABSENT


def indication(name: str, row: Row) -> int:
    one = indicators()[name]
    columns = {read: np.asarray([row[read]], dtype=np.int32) for read in one.reads}
    return int(one.read(Dossiers(np.arange(1), columns), PARAMETERS)[0])


def compared(left: ast.expr, relation: ast.cmpop, right: ast.expr, row: Row) -> int:
    values = [meaning(operand, row) for operand in (left, right)]
    if NOT_APPLICABLE in values:
        return ABSENT
    if MISSING in values:
        return UNKNOWN
    return PRESENT if RELATIONS[type(relation)](*values) else ABSENT


def meaning(operand: ast.expr, row: Row) -> Any:
    match operand:
        case ast.Name(name) if name in PARAMETERS:
            return PARAMETERS[name]
        case ast.Name(name):
            field = fields()[name]
            return row[name] if field.is_number or row[name] < 0 else field.codes[row[name]]
    return ast.literal_eval(operand)


# --- expressions and rows -------------------------------------------------------------------------

CATEGORIES = [field for field in fields().values() if not field.is_number]
NUMBERS = [field for field in fields().values() if field.is_number]
SYMBOLS = ("==", "!=", "<", "<=", ">", ">=")


@st.composite
def category_comparison(draw: st.DrawFn) -> str:
    field = draw(st.sampled_from(CATEGORIES))
    labels = draw(st.lists(st.sampled_from(field.codes), min_size=1, max_size=3, unique=True))
    listed = "(" + "".join(f'"{label}", ' for label in labels) + ")"
    forms = (
        f'{field.name} == "{labels[0]}"',
        f'{field.name} != "{labels[0]}"',
        f'"{labels[0]}" == {field.name}',
        f"{field.name} in {listed}",
        f"{field.name} not in {listed}",
    )
    return draw(st.sampled_from(forms))


@st.composite
def number_comparison(draw: st.DrawFn) -> str:
    field = draw(st.sampled_from(NUMBERS))
    limits = st.sampled_from([*map(str, field.edges), "17.5", *PARAMETERS])
    symbols = st.sampled_from(SYMBOLS)
    forms = (
        f"{field.name} {draw(symbols)} {draw(limits)}",
        f"{draw(limits)} {draw(symbols)} {field.name}",
        f"{draw(limits)} {draw(symbols)} {field.name} {draw(symbols)} {draw(limits)}",
    )
    return draw(st.sampled_from(forms))


def combined(parts: st.SearchStrategy[str], *, negating: bool) -> st.SearchStrategy[str]:
    several = st.lists(parts, min_size=2, max_size=3)
    ways = [
        several.map(lambda texts: "(" + " and ".join(texts) + ")"),
        several.map(lambda texts: "(" + " or ".join(texts) + ")"),
        several.map(lambda texts: f"at_least({len(texts) - 1}, {', '.join(texts)})"),
    ]
    negated = [parts.map(lambda text: f"(not {text})")] if negating else []
    return st.one_of(*ways, *negated)


LEAVES = st.one_of(st.sampled_from(sorted(indicators())), category_comparison(), number_comparison())
CONDITIONS = st.recursive(LEAVES, lambda parts: combined(parts, negating=True), max_leaves=8)
MONOTONE = st.recursive(LEAVES, lambda parts: combined(parts, negating=False), max_leaves=8)


def random_values(field: Field, rows: int, rng: np.random.Generator) -> np.ndarray[Any, Any]:
    """Return missing, not applicable and every code or the neighbourhood of every edge."""
    around = [edge + step for edge in field.edges for step in (-1, 0, 1) if edge + step >= 0]
    choices = [MISSING, NOT_APPLICABLE, *(around or range(field.size))]
    return rng.choice(np.asarray(choices, np.int32 if field.is_number else np.int8), rows)


def random_dossiers(seed: int, rows: int = 8) -> Dossiers:
    rng = np.random.default_rng(seed)
    columns = {name: random_values(field, rows, rng) for name, field in fields().items()}
    return Dossiers(np.arange(rows), columns)


SEEDS = st.integers(0, 2**32 - 1)


# --- properties -----------------------------------------------------------------------------------


@given(CONDITIONS, SEEDS)
def test_the_compiled_condition_agrees_with_the_naive_twin(text: str, seed: int) -> None:
    dossiers = random_dossiers(seed)
    rows = [
        {name: int(values[row]) for name, values in dossiers.columns.items()} for row in range(len(dossiers))
    ]
    assert parsed(text).evaluate(dossiers, PARAMETERS).tolist() == [twin(text, row) for row in rows]


@given(CONDITIONS, SEEDS)
def test_a_condition_reads_only_what_it_says_it_reads(text: str, seed: int) -> None:
    condition, dossiers = parsed(text), random_dossiers(seed)
    needed = {name: PARAMETERS[name] for name in condition.parameters}
    alone = condition.evaluate(dossiers.select(condition.reads), needed)
    assert alone.tolist() == condition.evaluate(dossiers, PARAMETERS).tolist()


@given(CONDITIONS, CONDITIONS, SEEDS)
def test_a_shared_memo_changes_nothing(first: str, second: str, seed: int) -> None:
    dossiers, memo = random_dossiers(seed), Memo()
    for text in (first, second, first):
        shared = parsed(text).evaluate(dossiers, PARAMETERS, memo)
        assert shared.tolist() == parsed(text).evaluate(dossiers, PARAMETERS).tolist()


@given(MONOTONE, SEEDS)
def test_more_evidence_never_lowers_a_monotone_condition(text: str, seed: int) -> None:
    condition, dossiers = parsed(text), random_dossiers(seed)
    assert condition.is_monotone
    rng = np.random.default_rng(seed)
    before: Memo = {
        Indicates(name): rng.integers(0, 3, len(dossiers), dtype=np.int8) for name in condition.indicators
    }
    after: Memo = {
        one: np.where(rng.random(len(dossiers)) < 0.5, PRESENT, found).astype(np.int8)
        for one, found in before.items()
    }
    lower = condition.evaluate(dossiers, PARAMETERS, before.copy())
    higher = condition.evaluate(dossiers, PARAMETERS, after.copy())
    assert (higher >= lower).all()


def is_read_or_refused(text: str) -> bool:
    """Whether `text` is a condition or bad input; anything else is raised."""
    try:
        return bool(parsed(text).reads)
    except BadInput as refused:
        return bool(refused.problems)


@given(st.text(alphabet="ab_ ()[]{}'\",.:=<>!+-*/|&^%@~\n\t01 notandrif", max_size=60))
def test_any_text_is_either_a_condition_or_bad_input(text: str) -> None:
    assert is_read_or_refused(text)


@given(CONDITIONS, st.integers(0, 200), st.sampled_from(["", "(", ")", "not ", "=", '"', ",", "#", "x", "1"]))
def test_a_slip_of_the_pen_is_either_a_condition_or_bad_input(text: str, place: int, slip: str) -> None:
    place = min(place, len(text))
    assert is_read_or_refused(text[:place] + slip + text[place + 1 :])
