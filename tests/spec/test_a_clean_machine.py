"""A machine that has only Python and `make`: what README says under "Begin" holds on it.

On the oldest and the newest Python that saring is for. Each gets the files as a stranger gets them, an
environment without any setting of ours, and packages from the index that pip reaches there.
"""

import json
from pathlib import Path

import pytest

from tests.spec.machines import copy_of_the_tree, interpreter, need_an_index, said

pytestmark = pytest.mark.slow

VERSIONS = ("3.11", "3.13")
ROWS = 2000
SOME_TESTS = (
    "tests/spec/test_generator_is_reproducible.py",
    "tests/spec/test_nothing_loaded_can_execute.py",
    "tests/property/test_streams.py",
    "tests/property/test_rule_language.py",
    "tests/unit/console/test_cli.py",
    "tests/unit/models/test_card.py",
    "tests/web/seats",
)
"""A few of each kind; the first compares hashes that must be the same on every version."""


@pytest.fixture(scope="module", params=VERSIONS)
def machine(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Return the tree on a new machine, and its Python."""
    python = interpreter(request.param)
    folder = tmp_path_factory.mktemp(f"machine-{request.param}")
    need_an_index(folder)
    return copy_of_the_tree(folder / "saring"), python


def test_after_make_demo_there_is_a_report_and_a_whole_installation(machine: tuple[Path, Path]) -> None:
    tree, python = machine
    words = said(tree, "make", "demo", f"PYTHON={python}", f"ARGS=--n {ROWS} --seed 1")
    run = tree / f"var/runs/phnom_penh_2022-n{ROWS}"
    assert (run / "report.html").stat().st_size > 0
    assert f"Report: {run.relative_to(tree)}/report.html" in words
    assert f"{ROWS:,} synthetic applicants" in words
    assert json.loads(said(tree, ".venv/bin/saring", "doctor", "--json"))["ok"]


def test_tests_pass_after_make_setup(machine: tuple[Path, Path]) -> None:
    tree, python = machine
    said(tree, "make", "setup", f"PYTHON={python}")
    said(tree, ".venv/bin/python", "-m", "pytest", "-q", "-m", "not slow", *SOME_TESTS)
