"""What must hold on a machine before it works for another one: the versions, and the place that both see.

The terms travel to every worker of a cluster and are asked there, of those that are there at the beginning
and of those that join later. Nothing of what a worker has is changed.
"""

import asyncio
import sys
from collections.abc import Mapping
from dataclasses import dataclass, replace
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from dossier.places import Place
from dossier.problems import BadInput, Problem

PROBE = "_parts/probe"
"""File by which workers tell whether they see the place; overwritten and removed by whoever wrote it."""

PACKAGES = ("saring", "numpy", "pyarrow", "distributed")
"""What decides about bytes, and what carries them."""

FOLDERS = ("console", "dossier", "evidence", "models", "screening", "synthetic")


@dataclass(frozen=True)
class Terms:
    """What must hold on a machine before it works on a part.

    Attributes:
        versions: Version by package, as pairs.
        place: Where parts are written; None where the task writes nothing.
        token: What stands in the probe file.
        seconds: How long the probe file may take to be seen.
    """

    versions: tuple[tuple[str, str], ...]
    place: Place | None
    token: str
    seconds: int

    def problems(self) -> list[Problem]:
        """Return what does not hold on this machine, without saying which machine that is."""
        found = differing(dict(self.versions), versions())
        if not self.sees_place():
            what = f"this machine does not see {self.place} as the one that asks sees it"
            mend = "Give an --out that all machines share: the same folder everywhere, or a URL."
            found.append(Problem(what, mend=mend))
        return found

    def sees_place(self) -> bool:
        """Tell whether the probe file is there and holds the token."""
        try:
            return self.place is None or self.place.read_bytes(PROBE) == self.token.encode()
        except BadInput:
            return False


def versions() -> dict[str, str]:
    """Return what decides about bytes on this machine: versions, and for saring what its files hold."""
    found = {name: _version(name) for name in PACKAGES}
    found["saring"] += f" ({_contents()[:12]})"
    return {"Python": f"{sys.version_info.major}.{sys.version_info.minor}", **found}


def differing(ours: Mapping[str, str], theirs: Mapping[str, str]) -> list[Problem]:
    """Return a problem for each package that differs."""
    return [
        Problem(
            f"{name} is {theirs.get(name, 'missing')} on this machine and {ours[name]} where the work begins",
            mend="Install the same versions everywhere: pip install -r requirements-lock.txt",
        )
        for name in ours
        if theirs.get(name) != ours[name]
    ]


def _contents() -> str:
    """Return the SHA-256 of all files of saring; a checkout keeps its version while it changes."""
    home, whole = Path(__file__).parents[2], sha256()
    for path in sorted(path for folder in FOLDERS for path in (home / folder).rglob("*.*")):
        name = path.relative_to(home).as_posix()
        if path.is_file() and not name.endswith(".pyc") and "/." not in name:
            whole.update(name.encode() + b"\0" + path.read_bytes())
    return whole.hexdigest()


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "not installed"


_passed: set[str] = set()
"""The terms that hold on this worker, by their tokens."""


async def problems_soon(terms: Terms) -> list[Problem]:
    """Return what does not hold on this worker; what is not seen yet may take a moment."""
    for _ in range(terms.seconds):
        if terms.sees_place():
            break
        await asyncio.sleep(1)
    found = terms.problems()
    if not found:
        _passed.add(terms.token)
    return found


def problems_at_first(terms: Terms) -> tuple[Problem, ...]:
    """Return what does not hold on a worker that was not asked at the beginning, until it has passed."""
    from distributed import get_worker

    if terms.token in _passed:
        return ()
    found = terms.problems()
    if not found:
        _passed.add(terms.token)
    where = get_worker().address
    return tuple(replace(problem, where=where) for problem in found)
