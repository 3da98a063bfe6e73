"""What is wrong with one value of a TOML file, in words for the person who typed it, and the mend.

pydantic names the kind of fault; its own wording is for programmers. What is not worded here keeps its words.
"""

import difflib
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

Wording: TypeAlias = Callable[[Mapping[str, Any]], tuple[str, str]]
"""From pydantic's context to what must be, and how to mend it."""

LONGEST = 60
MANY_DIGITS = 10**18


def worded(detail: Mapping[str, Any]) -> tuple[str, str]:
    """Return what is wrong and how to mend it; the mend is empty where we know of none.

    Args:
        detail: One of the errors that pydantic lists.

    Examples:
        >>> worded({"type": "less_than_equal", "ctx": {"le": 1}, "input": 2, "msg": ""})
        ('must be less than or equal to 1, not 2', 'Give 1 or less.')
    """
    kind, context = detail["type"], detail.get("ctx", {})
    if kind == "literal_error":
        return _one_of(context["expected"], detail["input"])
    if kind in _WORDINGS:
        must, mend = _WORDINGS[kind]({**context, "input": detail["input"]})
        return f"{must}, not {value_shown(detail['input'])}", mend
    return detail["msg"].removeprefix("Value error, "), ""


def value_shown(value: object) -> str:
    """Return a value as it would stand in a TOML file, cut where it is long."""
    if isinstance(value, dict):
        return "a table"
    if isinstance(value, list | tuple):
        return "an empty list" if not value else f"a list of {len(value)}"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int) and abs(value) >= MANY_DIGITS:
        return "one of very many digits"
    text = repr(value)
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"


def _one_of(expected: str, value: object) -> tuple[str, str]:
    """Return the words for a value that is none of those allowed, with the nearest of them."""
    allowed = [text.strip("'") for text in expected.replace(" or ", ", ").split(", ")]
    near = difflib.get_close_matches(str(value), allowed, n=1) if isinstance(value, str) else []
    mend = f"Did you mean '{near[0]}'?" if near else f"Choose from: {', '.join(filter(None, allowed))}."
    return f"must be {expected}, not {value_shown(value)}", mend


def _whole_number(_: Mapping[str, Any]) -> tuple[str, str]:
    return "must be a whole number", "Give a number without a decimal point and without quotation marks."


def _number(_: Mapping[str, Any]) -> tuple[str, str]:
    return "must be a number", "Give a number such as 0.25, without quotation marks."


def _text(_: Mapping[str, Any]) -> tuple[str, str]:
    return "must be text", "Put it into quotation marks."


def _list(context: Mapping[str, Any]) -> tuple[str, str]:
    value = context["input"]
    example = f'["{value}"]' if isinstance(value, str) and len(value) <= LONGEST else '["one", "another"]'
    return "must be a list", f"Put it into brackets: {example}."


def _table(_: Mapping[str, Any]) -> tuple[str, str]:
    return "must be a table", "Write it as { key = value }, or under a [header] of its own."


def _yes_or_no(_: Mapping[str, Any]) -> tuple[str, str]:
    return "must be true or false", "Write true or false, without quotation marks."


_WORDINGS: Mapping[str, Wording] = {
    "int_parsing": _whole_number,
    "int_type": _whole_number,
    "int_from_float": _whole_number,
    "float_parsing": _number,
    "float_type": _number,
    "string_type": _text,
    "tuple_type": _list,
    "list_type": _list,
    "dict_type": _table,
    "mapping_type": _table,
    "model_type": _table,
    "model_attributes_type": _table,
    "bool_type": _yes_or_no,
    "bool_parsing": _yes_or_no,
    "finite_number": lambda _: ("must be finite", "Give an ordinary number; inf and nan say nothing here."),
    "less_than": lambda it: (f"must be less than {it['lt']:g}", f"Give less than {it['lt']:g}."),
    "less_than_equal": lambda it: (
        f"must be less than or equal to {it['le']:.12g}",
        f"Give {it['le']:.12g} or less.",
    ),
    "greater_than": lambda it: (f"must be greater than {it['gt']:g}", f"Give more than {it['gt']:g}."),
    "greater_than_equal": lambda it: (
        f"must be greater than or equal to {it['ge']:.12g}",
        f"Give {it['ge']:.12g} or more.",
    ),
    "too_short": lambda it: (f"must hold at least {it['min_length']}", "Add what is missing."),
    "too_long": lambda it: (f"must hold at most {it['max_length']}", "Take some out."),
}
