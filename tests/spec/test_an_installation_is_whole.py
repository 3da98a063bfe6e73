"""saring without its tree: what is built holds every file that the packages read, and works by itself.

The wheel is built from the source archive and not from the tree, so that both are whole.
"""

import json
import re
import sys
from itertools import takewhile
from pathlib import Path
from signal import SIGINT
from subprocess import PIPE, Popen
from typing import Any
from urllib.request import ProxyHandler, build_opener
from zipfile import ZipFile

import pytest

from tests.spec.machines import LOCK, PACKAGES, copy_of_the_tree, environment, files, need_an_index, said
from tests.unit.console.terminal import INTERRUPTED, json_of

pytestmark = pytest.mark.slow

ROWS = 2000
HERE = "127.0.0.1"
SECONDS = 60
"""Longer than any page takes on a busy machine."""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a wheel of the files that a stranger gets."""
    folder = tmp_path_factory.mktemp("built")
    need_an_index(folder)
    tree = copy_of_the_tree(folder / "tree")
    said(folder, sys.executable, "-m", "build", "--outdir", folder / "dist", tree)
    (built,) = (folder / "dist").glob("saring-*.whl")
    return built


@pytest.fixture(scope="module")
def office(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Return an empty folder, and the `saring` of an environment into which only the wheel was installed."""
    folder = tmp_path_factory.mktemp("office")
    said(folder, sys.executable, "-m", "venv", folder / "environment")
    python = folder / "environment/bin/python"
    said(folder, python, "-m", "pip", "install", "--constraint", LOCK, f"{wheel}[console]")
    (folder / "work").mkdir()
    return folder / "work", python.with_name("saring")


def test_every_file_of_the_packages_is_in_the_wheel_and_no_other(wheel: Path) -> None:
    with ZipFile(wheel) as archive:
        packed = {name for name in archive.namelist() if ".dist-info/" not in name}
    assert packed == {name for name in files() if name.startswith(tuple(f"{one}/" for one in PACKAGES))}


def test_the_licences_go_along(wheel: Path) -> None:
    with ZipFile(wheel) as archive:
        licences = {Path(name).name for name in archive.namelist() if "/licenses/" in name}
    assert licences == {"LICENSE", "LICENSE-DATA"}


def test_doctor_finds_an_installation_without_a_tree_whole(office: tuple[Path, Path]) -> None:
    folder, saring = office
    found = json.loads(said(folder, saring, "doctor", "--json"))
    assert found["ok"]
    assert found["checks"]["console"]["found"].startswith("Django")


def test_a_scenario_is_run_without_a_tree(office: tuple[Path, Path]) -> None:
    folder, saring = office
    said(folder, saring, "run", "phnom_penh_2022", "--n", ROWS, "--seed", 1, "--out", "run")
    assert (folder / "run/report.html").stat().st_size > 0


@pytest.mark.parametrize("what", ["scenarios", "rules", "paper-cards", "evidence --unsourced"])
def test_what_is_released_is_shown_as_from_the_tree(office: tuple[Path, Path], what: str) -> None:
    folder, saring = office
    shown = json.loads(said(folder, saring, "show", *what.split(), "--json"))
    assert shown == json_of("show", *what.split())


def test_the_console_says_how_it_is_served(office: tuple[Path, Path]) -> None:
    folder, saring = office
    assert "--trainer" in said(folder, saring, "serve", "--help")


def test_the_console_serves_its_pages_and_their_styles_without_a_tree(office: tuple[Path, Path]) -> None:
    folder, saring = office
    words = (saring, "serve", "--data", "console", "--host", HERE, "--port", "0", "--json")
    with Popen(words, cwd=folder, env=environment(), stdout=PIPE, text=True) as console:
        try:
            address = f"http://{HERE}:{_what_it_says(console)['port']}"
            page = _got(address)
            styles = re.findall(r'href="(/[^"]+\.css)"', page)
            assert styles
            assert all(_got(address + style) for style in styles)
        finally:
            console.send_signal(SIGINT)
    assert console.returncode == INTERRUPTED


def _what_it_says(console: Popen[str]) -> dict[str, Any]:
    """Return the object that a console prints when it is ready."""
    assert console.stdout is not None
    lines = takewhile(lambda line: line != "}\n", console.stdout)
    found: dict[str, Any] = json.loads("".join(lines) + "}")
    return found


def _got(address: str) -> str:
    with build_opener(ProxyHandler({})).open(address, timeout=SECONDS) as answer:
        return str(answer.read().decode())
