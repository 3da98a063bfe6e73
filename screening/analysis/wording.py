"""A checked condition as text again, such that reading the text gives the same tree.

It is how a changed condition is shown to a person, and how it is compiled: by the same grammar as any other.
"""

from dossier.fields import MISSING, NOT_APPLICABLE, fields
from screening.rules import Row
from screening.rules_examples import MISSING_WORD
from screening.rules_tree import Compares, Every, HasCode, Indicates, Negated, Node, Some


def wording(node: Node) -> str:
    """Return the text of a tree.

    Examples:
        >>> wording(Every((Indicates("a"), Some(1, (Indicates("b"), Compares("age", "<", 18))))))
        'a and (b or age < 18)'
    """
    match node:
        case Indicates(name):
            return name
        case HasCode():
            return _of_codes(node)
        case Compares(field, symbol, limit):
            return f"{field} {symbol} {limit}"
        case Negated(part):
            return f"not {_inside(part)}"
        case _:
            return _of_parts(node)


def row_wording(row: Row) -> str:
    """Return a test row as it stands in a rulebook's file.

    Examples:
        >>> row_wording({"age": 17, "sex": "missing"})
        '{ age = 17, sex = "missing" }'
    """
    cells = (
        f'{name} = "{value}"' if isinstance(value, str) else f"{name} = {value:_}"
        for name, value in row.items()
    )
    return f"{{ {', '.join(cells)} }}"


def as_row(values: dict[str, int]) -> Row:
    """Return the values of some fields as a test row; a question that does not arise is not named."""
    return {name: _as_written(name, value) for name, value in values.items() if value != NOT_APPLICABLE}


def _as_written(name: str, value: int) -> int | str:
    if value == MISSING:
        return MISSING_WORD
    field = fields()[name]
    return value if field.is_number else field.codes[value]


def _inside(node: Node) -> str:
    """Return a part with brackets where it would otherwise be read with its neighbours."""
    text = wording(node)
    stands_alone = isinstance(node, Indicates | HasCode | Compares) or text.startswith("at_least(")
    return text if stands_alone else f"({text})"


def _of_parts(node: Every | Some) -> str:
    if isinstance(node, Some) and (node.count > 1 or len(node.parts) == 1):
        return f"at_least({node.count}, {', '.join(wording(part) for part in node.parts)})"
    word = " and " if isinstance(node, Every) else " or "
    return word.join(_inside(part) for part in node.parts)


def _of_codes(node: HasCode) -> str:
    labels = [f'"{fields()[node.field].codes[code]}"' for code in node.codes]
    if len(labels) == 1:
        return f"{node.field} {'==' if node.wanted else '!='} {labels[0]}"
    return f"{node.field} {'in' if node.wanted else 'not in'} ({', '.join(labels)})"
