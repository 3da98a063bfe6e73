"""The memory a command takes with all processes it starts, watched while they work; Linux only."""

import subprocess
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile

PROC = Path("/proc")
LOOKS_S = 0.2


@dataclass(frozen=True)
class Watched:
    """What a command printed, and what it took.

    Attributes:
        stdout: What it printed.
        seconds: Wall time.
        largest_mib: The largest resident memory of any one of its processes.
        together_mib: The largest sum over its processes at one look, shared pages counted once.
    """

    stdout: str
    seconds: float
    largest_mib: int
    together_mib: int


def watched(command: Sequence[str]) -> Watched:
    """Run a command and look at its processes a few times a second.

    Raises:
        subprocess.CalledProcessError: If it fails.
    """
    largest = together = 0
    begin = time.perf_counter()
    # A file takes whatever is printed; a pipe that nobody reads would hold the command up.
    with TemporaryFile("w+", encoding="utf-8") as out, subprocess.Popen(command, stdout=out) as running:
        while running.poll() is None:
            family = list(_family(running.pid))
            largest = max([largest, *(_kib(one, "status", "VmHWM:") for one in family)])
            together = max(together, sum(_kib(one, "smaps_rollup", "Pss:") for one in family))
            time.sleep(LOOKS_S)
        seconds = time.perf_counter() - begin
        out.seek(0)
        said = out.read()
    if running.returncode:
        raise subprocess.CalledProcessError(running.returncode, command, said)
    return Watched(said, seconds, largest // 1024, together // 1024)


def _family(process: int) -> Iterator[int]:
    yield process
    for children in PROC.glob(f"{process}/task/*/children"):
        for child in _text(children).split():
            yield from _family(int(child))


def _kib(process: int, file: str, name: str) -> int:
    lines = [line for line in _text(PROC / str(process) / file).splitlines() if line.startswith(name)]
    return int(lines[0].split()[1]) if lines else 0


def _text(file: Path) -> str:
    """Return a file's text; nothing where the process has ended meanwhile."""
    try:
        return file.read_text("ascii")
    except OSError:
        return ""
