"""No assumption hides in the generator's code, and no threshold in an indicator's: they stand in TOML.

Shares, odds and bounds are decimals, so decimals are what this looks for. A number of the method itself may
stand as a constant at the head of its module, under a name; a tolerance is too small to be an assumption.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.architecture.sources import Module, modules

WHERE = (Path("synthetic"), Path("dossier/indicators"))
TOLERANCE = 1e-5
HALF = 0.5  # rounding and midpoints


def test_no_unnamed_decimal() -> None:
    found = [
        f"{module.at(number)} {ast.unparse(number)}"
        for module in modules()
        if any(module.path.is_relative_to(folder) for folder in WHERE)
        for number in _unnamed_decimals(module)
    ]
    assert found == [], "put it into TOML, or name it at the head of the module if it is part of the method"


def _unnamed_decimals(module: Module) -> Iterator[ast.Constant]:
    constants = [statement for statement in module.tree.body if _is_constant(statement)]
    named = {id(node) for constant in constants for node in ast.walk(constant)}
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Constant) and _is_decimal(node.value) and id(node) not in named:
            yield node


def _is_decimal(value: object) -> bool:
    return isinstance(value, float) and abs(value - round(value)) > TOLERANCE and value != HALF


def _is_constant(statement: ast.stmt) -> bool:
    match statement:
        case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
            return name.isupper()
        case _:
            return False
