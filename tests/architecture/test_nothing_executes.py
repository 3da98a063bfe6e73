"""Nothing we load can execute code, and no import hides from the import contracts.

A scan of the six packages' syntax. It refuses whole families by name rather than follow values around:
`eval` as any method covers `pandas.eval`, and `DataFrame.query` is the same by another name. A method of ours
that is caught by this wants another name.
"""

import ast
from collections.abc import Callable, Iterator

import pytest

from tests.architecture.sources import Module, modules

FUNCTIONS = {"eval", "exec", "__import__"}
METHODS = {"eval", "exec", "query", "read_pickle", "to_pickle", "import_module", "unsafe_load", "full_load"}
LIBRARIES = {"pickle", "_pickle", "cloudpickle", "dill", "marshal", "shelve", "numexpr", "importlib"}
# Of importlib, reading our own data files and finding out whether an extra is installed.
HARMLESS = {"importlib.resources", "importlib.metadata", "importlib.util"}
JOBLIB_FILES = {"load", "dump", "Memory"}
PICKLE_OPTION = "allow_pickle"

Finder = Callable[[ast.AST], str | None]


def dangerous_call(node: ast.AST) -> str | None:
    """Return what `node` calls that can execute text or data, or None."""
    match node:
        case ast.Call(func=ast.Name(id=name)) if name in FUNCTIONS:
            return name
        case ast.Call(func=ast.Attribute(attr=name)) if name in METHODS:
            return name
        case ast.Call(keywords=options) if any(_allows_pickle(option) for option in options):
            return PICKLE_OPTION
        case ast.Attribute(value=ast.Name(id="joblib"), attr=name) if name in JOBLIB_FILES:
            return f"joblib.{name}"
        case _:
            return None


def dangerous_import(node: ast.AST) -> str | None:
    """Return what `node` imports that can execute text or data, or None."""
    match node:
        case ast.Import(names=aliases):
            names = [alias.name for alias in aliases]
        case ast.ImportFrom(module=str(module), names=aliases):
            names = [f"{module}.{alias.name}" for alias in aliases]
        case _:
            return None
    return next(filter(_is_dangerous, names), None)


def _allows_pickle(option: ast.keyword) -> bool:
    refused = isinstance(option.value, ast.Constant) and option.value.value is False
    return option.arg == PICKLE_OPTION and not refused


def _is_dangerous(name: str) -> bool:
    if name.startswith(tuple(HARMLESS)):
        return False
    library, _, rest = name.partition(".")
    return library in LIBRARIES or (library == "joblib" and rest in JOBLIB_FILES)


def _found(module: Module, finder: Finder) -> Iterator[str]:
    for node in ast.walk(module.tree):
        if what := finder(node):
            yield f"{module.at(node)} {what}"


@pytest.mark.parametrize("finder", [dangerous_call, dangerous_import])
def test_no_module_can_execute_what_it_loads(finder: Finder) -> None:
    assert [place for module in modules() for place in _found(module, finder)] == []


@pytest.mark.parametrize(
    "code",
    [
        "eval('1')",
        "pd.eval('a > 1')",
        "frame.query('a > 1')",
        "import pickle",
        "from pickle import loads",
        "import numexpr as ne",
        "from joblib import load",
        "joblib.load(path)",
        "np.load(path, allow_pickle=True)",
        "importlib.import_module('synthetic')",
    ],
)
def test_the_scan_finds_what_it_looks_for(code: str) -> None:
    nodes = list(ast.walk(ast.parse(code)))
    assert any(dangerous_call(node) or dangerous_import(node) for node in nodes)


@pytest.mark.parametrize(
    "code",
    [
        "ast.literal_eval('1')",
        "np.load(path, allow_pickle=False)",
        "from joblib import Parallel, delayed",
        "from importlib.resources import files",
        "from importlib import resources",
    ],
)
def test_the_scan_leaves_the_rest_alone(code: str) -> None:
    nodes = list(ast.walk(ast.parse(code)))
    assert not any(dangerous_call(node) or dangerous_import(node) for node in nodes)
