"""The six packages are ours, acyclic, documented and annotated."""

import ast
import graphlib
import importlib
from collections.abc import Iterator
from pathlib import Path

import grimp
import pytest

from tests.architecture.sources import PACKAGES, ROOT, Function, modules, public

# Set-up of the framework, documented where the framework documents it.
FRAMEWORK_CLASSES = {"Meta", "Migration"}


@pytest.mark.parametrize("package", PACKAGES)
def test_a_package_of_a_generic_name_is_ours(package: str) -> None:
    found = importlib.import_module(package).__file__
    assert found is not None, f"{package}/__init__.py is missing"
    assert Path(found).resolve() == ROOT / package / "__init__.py"


def test_no_import_cycles() -> None:
    graph = grimp.build_graph(*PACKAGES, cache_dir=None)
    imports = {module: graph.find_modules_directly_imported_by(module) for module in sorted(graph.modules)}
    graphlib.TopologicalSorter(imports).prepare()  # raises CycleError, which names the cycle


def test_every_module_says_what_it_is_for() -> None:
    assert [str(module.path) for module in modules() if not ast.get_docstring(module.tree)] == []


def test_every_public_function_and_class_has_a_docstring() -> None:
    silent = [
        f"{module.at(node)} {node.name}"
        for module in modules()
        for node in public(module.tree)
        if not ast.get_docstring(node) and node.name not in FRAMEWORK_CLASSES and not _is_overload(node)
    ]
    assert silent == []


def test_every_public_function_is_annotated() -> None:
    bare = [
        f"{module.at(node)} {node.name}({name})"
        for module in modules()
        for node in public(module.tree)
        if isinstance(node, Function)
        for name in _unannotated(node)
    ]
    assert bare == []


def _is_overload(node: ast.AST) -> bool:
    decorators = getattr(node, "decorator_list", [])
    return any(ast.unparse(decorator).endswith(("overload", ".setter")) for decorator in decorators)


def _unannotated(function: Function) -> Iterator[str]:
    """Yield the parameters without annotation, and `return`."""
    arguments = function.args
    parameters = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
    optional = [parameter for parameter in (arguments.vararg, arguments.kwarg) if parameter]
    for parameter in (*parameters, *optional):
        if parameter.annotation is None and parameter.arg not in {"self", "cls"}:
            yield parameter.arg
    if function.returns is None:
        yield "return"
