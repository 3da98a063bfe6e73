"""The memory of a command is that of all its processes, and a child's own peak is seen."""

import subprocess
import sys

import pytest

from benchmarks.peers.processes import watched

HOLDS = "import time; held = bytearray(60_000_000); time.sleep(1); print('done')"
STARTS = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {HOLDS!r}], check=True)"


def test_what_a_child_of_the_command_holds_is_seen() -> None:
    found = watched([sys.executable, "-c", STARTS])
    assert found.stdout == "done\n"
    assert found.seconds > 1
    assert 57 < found.largest_mib < 200
    assert found.together_mib > found.largest_mib - 10


def test_a_command_may_print_more_than_a_pipe_holds() -> None:
    found = watched([sys.executable, "-c", "print('x' * 300_000)"])
    assert len(found.stdout) == 300_001


def test_a_command_that_fails_is_an_error() -> None:
    with pytest.raises(subprocess.CalledProcessError):
        watched([sys.executable, "-c", "raise SystemExit(3)"])


def test_memory_of_whoever_starts_a_program_is_not_counted_as_its_own() -> None:
    held = bytearray(200_000_000)
    code = "from console.parts.memory import peak_rss_mib; print(peak_rss_mib())"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert len(held) / 2**20 > float(done.stdout)
