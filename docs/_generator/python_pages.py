"""The pages of the Python interface: what the packages export, told by its own docstrings."""

import importlib
import inspect
import pkgutil
from collections.abc import Iterator, Mapping
from types import ModuleType

from docs._generator.markdown import contents, heading, page, prose

EXPORTING = ("synthetic", "screening", "screening.evaluation", "models", "evidence")
"""Packages that name their public face in `__all__`."""

VOCABULARY = "dossier"
"""The package whose public face is its modules."""

INTRODUCTION = """\
What other programs may rely on. Arrays have a row for each applicant unless a docstring says otherwise.
Risks in files and results are hundredths of log-odds; rates are shares between 0 and 1 and come with
their n and an exact interval. Wrong input raises `BadInput`, which says what is wrong, where, and how to
mend it."""


def public_names() -> Mapping[str, tuple[str, ...]]:
    """Return the public names of every package and module that is documented, by its import path."""
    exported = {name: tuple(importlib.import_module(name).__all__) for name in EXPORTING}
    return {**exported, **{module.__name__: _public(module) for module in vocabulary()}}


def vocabulary() -> tuple[ModuleType, ...]:
    """Return the public modules of `dossier`, inner packages too."""
    package = importlib.import_module(VOCABULARY)
    found = pkgutil.walk_packages(package.__path__, f"{VOCABULARY}.")
    names = (one.name for one in found if not any(part.startswith("_") for part in one.name.split(".")))
    return tuple(importlib.import_module(name) for name in names)


def _public(module: ModuleType) -> tuple[str, ...]:
    """Return the functions and classes that a module defines itself, in alphabetical order."""
    return tuple(
        name
        for name, value in sorted(vars(module).items())
        if name.isidentifier()
        and not name.startswith("_")
        and getattr(value, "__module__", "") == module.__name__
        and _told(value)
    )


def _told(value: object) -> bool:
    return inspect.isclass(value) or inspect.isfunction(inspect.unwrap(value))  # type: ignore[arg-type]


def python_pages() -> dict[str, str]:
    """Return a page for each package and one that lists them, by their names."""
    pages = {f"reference/python/{name}": _package(name) for name in EXPORTING}
    pages[f"reference/python/{VOCABULARY}"] = _vocabulary()
    names = [*EXPORTING, VOCABULARY]
    listing = page(heading(1, "Python"), INTRODUCTION, contents(names))
    return {"reference/python/index": listing, **pages}


def _package(name: str) -> str:
    package = importlib.import_module(name)
    return page(
        heading(1, f"`{name}`"),
        prose(inspect.getdoc(package) or ""),
        _eval_rst(f".. py:module:: {name}\n   :no-index-entry:"),
        *(_eval_rst(one) for one in _directives(package)),
    )


def _vocabulary() -> str:
    package = importlib.import_module(VOCABULARY)
    return page(
        heading(1, f"`{VOCABULARY}`"),
        prose(inspect.getdoc(package) or ""),
        *(
            f"{heading(2, f'`{module.__name__}`')}\n\n"
            + _eval_rst(f".. automodule:: {module.__name__}\n   :members:")
            for module in vocabulary()
        ),
    )


def _directives(package: ModuleType) -> Iterator[str]:
    for name in package.__all__:
        value, path = getattr(package, name), f"{package.__name__}.{name}"
        if inspect.isclass(value):
            yield f".. autoclass:: {path}\n   :members:"
        elif callable(value) and inspect.isroutine(inspect.unwrap(value)):
            yield f".. autofunction:: {path}"
        else:
            yield f".. autodata:: {path}\n   :no-value:"


def _eval_rst(text: str) -> str:
    return f"```{{eval-rst}}\n{text}\n```"
