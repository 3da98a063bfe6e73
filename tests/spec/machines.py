"""Machines that have never seen saring: its files as a stranger gets them, a bare environment, an interpreter.

Nothing of the virtual environment that runs the tests is used. What is missing here, such as an interpreter or an
index of packages, is said in words that tell how to bring it; the test is then skipped.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

TREE = Path(__file__).parents[2]
PACKAGES = ("dossier", "evidence", "synthetic", "models", "screening", "console")
LOCK = TREE / "requirements-lock.txt"
SYSTEM_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
KEPT = ("HOME", "LANG", "LC_ALL", "TMPDIR", "OMP_NUM_THREADS", "SSL_CERT_FILE", "CHROMIUM_PATH")
NOT_OURS = (".git", ".venv", "var", "dist", ".hypothesis", "*_cache", "__pycache__", "*.egg-info")
"""What stands in a tree that is worked in and not in one that was handed over."""

MINUTES = 60
"""How many a command may take: installing everything is slow where the network or the machine is."""


def environment() -> dict[str, str]:
    """Return what a new terminal has: the home folder, the system's programs, and how pip reaches its index."""
    return {
        **{name: value for name, value in os.environ.items() if name in KEPT or _reaches_the_index(name)},
        "PATH": SYSTEM_PATH,
    }


def _reaches_the_index(name: str) -> bool:
    return name.startswith("PIP_") or name.lower().endswith("_proxy")


def done(folder: Path, *words: object) -> "subprocess.CompletedProcess[str]":
    """Run a command in a folder, as on a machine that is new."""
    return subprocess.run(
        [str(word) for word in words],
        cwd=folder,
        env=environment(),
        capture_output=True,
        text=True,
        timeout=60 * MINUTES,
        check=False,
    )


def said(folder: Path, *words: object) -> str:
    """Return what a command says that must succeed."""
    result = done(folder, *words)
    assert result.returncode == 0, f"{words}\n{result.stdout[-4000:]}\n{result.stderr[-4000:]}"
    return result.stdout


def interpreter(version: str) -> Path:
    """Return a Python of this version that can make virtual environments, or skip the test."""
    for path in _candidates(version):
        asked = f"import ensurepip, sys, venv; sys.exit('{version}' != '%d.%d' % sys.version_info[:2])"
        if path.is_file() and done(Path("/"), path, "-c", asked).returncode == 0:
            return path
    pytest.skip(
        f"no Python {version} with ensurepip: install it (`apt-get install python{version}-venv` or "
        f"`pyenv install {version}`), or name one: {_variable(version)}=/path/to/python{version}"
    )


def _candidates(version: str) -> Iterator[Path]:
    """Yield where a Python may be; a shim of pyenv's answers for no version unless it was chosen before."""
    name = f"python{version}"
    if named := os.environ.get(_variable(version)):
        yield Path(named)
    yield from (Path(sys.base_prefix, "bin", name), Path(shutil.which(name) or "/nowhere"))
    home = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"))
    yield from sorted(home.glob(f"versions/{version}.*/bin/{name}"), reverse=True)


def _variable(version: str) -> str:
    return "PYTHON_" + version.replace(".", "_")


def need_an_index(folder: Path) -> None:
    """Skip the test where pip reaches no index of packages."""
    words = ("install", "--dry-run", "--no-deps", "--ignore-installed", "--retries", "1", "--timeout", "20")
    result = done(folder, sys.executable, "-m", "pip", *words, "hatchling")
    if result.returncode:
        pytest.skip(
            "pip reaches no index of packages here: connect this machine to one, or name one by "
            f"PIP_INDEX_URL or PIP_FIND_LINKS. pip says: {result.stderr.strip()[-300:]}"
        )


def files() -> list[str]:
    """Return the files that a stranger gets, by their paths below the tree.

    Those are the files that git tracks, as they stand; where there is no git, all that are not made by working.
    """
    listed = done(TREE, "git", "-c", f"safe.directory={TREE}", "ls-files", "-z") if _is_a_clone() else None
    if listed is None or listed.returncode:
        return sorted(_files_below(TREE))
    return sorted(name for name in listed.stdout.split("\0") if name and (TREE / name).is_file())


def _is_a_clone() -> bool:
    return (TREE / ".git").exists() and shutil.which("git", path=SYSTEM_PATH) is not None


def _files_below(tree: Path) -> Iterator[str]:
    ignored = shutil.ignore_patterns(*NOT_OURS)
    for folder, folders, names in os.walk(tree):
        folders[:] = sorted(set(folders) - ignored(folder, folders))
        kept = set(names) - ignored(folder, names)
        yield from (Path(folder, name).relative_to(tree).as_posix() for name in kept)


def copy_of_the_tree(folder: Path) -> Path:
    """Copy those files into a new folder, and return it."""
    for name in files():
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(TREE / name, target)
    return folder
