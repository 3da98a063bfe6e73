"""The repository as the architecture tests see it: its packages, their parsed modules, and its texts."""

import ast
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TypeAlias

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("dossier", "evidence", "synthetic", "models", "screening", "console")
MADE = {"var", "dist", "__pycache__", "venv"}

Function: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef
Documented: TypeAlias = Function | ast.ClassDef


@dataclass(frozen=True)
class Module:
    """One parsed Python module.

    Attributes:
        path: The file, from the repository's root.
        tree: What `ast` made of it.
    """

    path: Path
    tree: ast.Module

    def at(self, node: ast.AST) -> str:
        """Return `file:line` of `node`."""
        return f"{self.path}:{getattr(node, 'lineno', 1)}"


@cache
def modules() -> tuple[Module, ...]:
    """Return every module of the six packages; Django's generated migrations are not ours to word."""
    paths = (
        path.relative_to(ROOT) for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py"))
    )
    return tuple(
        Module(path, ast.parse((ROOT / path).read_text(encoding="utf-8"), str(path)))
        for path in paths
        if "migrations" not in path.parts
    )


@cache
def repository_files() -> tuple[Path, ...]:
    """Return every file that git tracks or would track, from the root; without git, what is not hidden."""
    names = _listed_by_git() or _walked()
    return tuple(sorted({Path(name) for name in names if (ROOT / name).is_file()}))


def _listed_by_git() -> list[str]:
    if shutil.which("git") is None:
        return []
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, check=False, text=True)
    return [name for name in listed.stdout.split("\0") if name]


def _walked() -> list[str]:
    """Return the files of an unpacked archive, leaving out what tools have made there."""
    paths = (path.relative_to(ROOT) for path in ROOT.rglob("*"))
    return [
        str(path) for path in paths if not any(part.startswith(".") or part in MADE for part in path.parts)
    ]


def text_of(path: Path) -> str | None:
    """Return a repository file's text, or None if it is not text."""
    try:
        return (ROOT / path).read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return None


def public(tree: ast.Module | ast.ClassDef) -> Iterator[Documented]:
    """Yield the public functions and classes of a module or class, and those inside public classes."""
    for node in tree.body:
        if not isinstance(node, Documented) or node.name.startswith("_"):
            continue
        yield node
        if isinstance(node, ast.ClassDef):
            yield from public(node)
