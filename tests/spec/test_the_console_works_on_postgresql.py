"""An office that keeps its data on PostgreSQL gets the same console: its tests pass on a real server, too.

SQLite takes texts of any length and knows one writer; what only PostgreSQL refuses is found here.
"""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.peers.class_servers import postgres

ROOT = Path(__file__).resolve().parents[2]
LOAD = ROOT / "tests" / "web" / "load"
"""Starts servers of its own, on both databases."""


@pytest.mark.slow
def test_all_tests_of_the_console_pass_on_a_real_postgresql(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    with postgres() as url:
        command = [sys.executable, "-m", "pytest", "-q", "-m", "not browser and not slow", f"--ignore={LOAD}"]
        environment = {**os.environ, "DATABASE_URL": url}
        done = subprocess.run(
            [*command, "tests/web"], check=False, cwd=ROOT, env=environment, capture_output=True, text=True
        )
    assert done.returncode == 0, done.stdout[-10_000:]
    assert " passed" in done.stdout
