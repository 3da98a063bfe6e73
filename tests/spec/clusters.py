"""A real cluster on this machine: a scheduler and its workers, each a process that can be killed.

The tasks of the tests stand here too, since workers must be able to import them.
"""

import os
import re
import subprocess
import sys
import time
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from queue import Empty, Queue
from tempfile import TemporaryDirectory, mkdtemp
from threading import Thread
from typing import Self

from dossier.places import Place
from dossier.problems import BadInput
from synthetic import cohort_files
from synthetic.draw import Plan

DASK = str(Path(sys.executable).with_name("dask"))
HOME = Path(__file__).parents[2]
PATIENCE_S = 60


def write(plan: Plan, place: Place, rows: int, number: int) -> dict[str, str]:
    """Write a part of so many rows into a place, and return the digests of its files."""
    cohort_files.ROWS_PER_PART = rows
    with TemporaryDirectory() as scratch:
        cohort_files.write_part(plan, Path(scratch), number)
        place.publish(Path(scratch))
    names = place.names(f"**/{cohort_files.part_name(number)}")
    return {name: place.digest(name) for name in names}


def write_below(plan: Plan, rows: int, number: int, scratch: Path) -> None:
    """Write a part of so many rows below a scratch folder."""
    cohort_files.ROWS_PER_PART = rows
    cohort_files.write_part(plan, scratch, number)


def unhurried(number: int) -> int:
    """Take long enough to be killed meanwhile."""
    time.sleep(0.05)
    return number


def fail_once(folder: Path, number: int) -> int:
    """Find the disk full the first time."""
    try:
        (folder / str(number)).touch(exist_ok=False)
    except FileExistsError:
        return number
    raise OSError(28, "No space left on device")


def refuse_the_third(number: int) -> int:
    """Find that part 3 cannot be used."""
    if number == 3:
        raise BadInput.of("the third is no part", where="a file", mend="Leave it out.")
    return number


def fall_at_the_third(number: int) -> int:
    """End the worker process at part 3, as the system does when its memory is used up."""
    if number == 3:
        os._exit(137)
    return number


class Cluster:
    """A scheduler and its workers; a context manager that ends whatever of them is left."""

    def __init__(
        self, folder: Path, environment: Mapping[str, str] | None = None, tls: tuple[str, ...] = ()
    ) -> None:
        self.folder = folder
        self.tls = tls
        self.workers: list[subprocess.Popen[str]] = []
        words = ("scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard", *tls)
        self.scheduler, self.address = self._started(*words, ready="Scheduler at", environment=environment)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for process in (*self.workers, self.scheduler):
            process.kill()
            process.wait()
            assert process.stderr is not None
            process.stderr.close()

    def join(self, environment: Mapping[str, str] | None = None) -> "subprocess.Popen[str]":
        """Start one more worker with one thread, and return it once it is registered."""
        words = ("--no-nanny", "--no-dashboard", "--nthreads", "1", "--host", "127.0.0.1")
        local = mkdtemp(dir=self.folder)
        worker, _ = self._started(
            *("worker", self.address, *words, "--local-directory", local, *self.tls),
            ready="Registered to",
            environment=environment,
        )
        self.workers.append(worker)
        return worker

    def _started(
        self, *words: str, ready: str, environment: Mapping[str, str] | None = None
    ) -> "tuple[subprocess.Popen[str], str]":
        process = subprocess.Popen(
            [DASK, *words],
            cwd=self.folder,
            env={**os.environ, "PYTHONPATH": str(HOME), **(environment or {})},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        lines: Queue[str] = Queue()
        Thread(target=partial(_read, process, lines), daemon=True).start()
        return process, _address_in(lines, ready)


def _read(process: "subprocess.Popen[str]", lines: "Queue[str]") -> None:
    """Read along for as long as a process speaks, so that it never waits for a reader."""
    assert process.stderr is not None
    for line in process.stderr:
        lines.put(line)


def _address_in(lines: "Queue[str]", ready: str) -> str:
    said = ""
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until:
        try:
            line = lines.get(timeout=1)
        except Empty:
            continue
        said += line
        if found := re.search(rf"{ready}:\s+(t\w+://\S+)", line):
            return found[1]
    raise AssertionError(f"nothing was ready: {said}")
