"""Parts by threads and by processes: in order, never too many at once, and ended together."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from console.parts.parallel import AHEAD, MANY_PARTS, MATH_THREADS, Kind, Workers, each_part, workers_of
from dossier.problems import BadInput

PATIENCE_S = 60
HOME = Path(__file__).parents[3]


def squared(number: int) -> int:
    time.sleep(0.02 * (number % 3))
    return number * number


@pytest.mark.parametrize("workers", [Workers(), Workers(3), Workers(2, "processes")])
def test_results_come_in_the_order_of_the_numbers(workers: Workers) -> None:
    assert list(each_part(squared, [5, 0, 3, 1], workers)) == [25, 0, 9, 1]


def test_numbers_stand_for_the_parts_below_and_for_threads() -> None:
    assert list(each_part(squared, 4, 2)) == [0, 1, 4, 9]


@pytest.mark.parametrize("workers", [Workers(), Workers(3), Workers(2, "processes")])
def test_no_parts_have_no_results(workers: Workers) -> None:
    assert list(each_part(squared, [], workers)) == []


def test_threads_do_not_run_ahead_of_whoever_collects() -> None:
    begun: list[int] = []
    found = each_part(begun.append, range(100), Workers(3))
    for collected in range(1, 6):
        next(found)
        time.sleep(0.05)
        assert len(begun) <= collected + AHEAD * 3


@pytest.mark.parametrize("kind", ["threads", "processes"])
def test_the_first_part_that_fails_is_the_one_that_is_told(kind: Kind) -> None:
    def task(number: int) -> int:
        time.sleep(0.2 if number == 2 else 0)
        if number in {2, 3}:
            raise BadInput.of(f"part {number}", where="here", mend="there")
        return number

    seen: list[int] = []
    with pytest.raises(BadInput) as refused:
        seen.extend(each_part(task, range(6), Workers(2, kind)))
    assert [str(problem) for problem in refused.value.problems] == ["here: part 2\n    To mend it: there"]


@pytest.mark.parametrize("kind", ["threads", "processes"])
def test_errors_of_the_system_stay_what_they_are(kind: Kind) -> None:
    def task(number: int) -> int:
        raise OSError(28, "No space left on device", "/full")

    with pytest.raises(OSError, match="No space left") as raised:
        list(each_part(task, range(3), Workers(2, kind)))
    assert (raised.value.errno, raised.value.filename) == (28, "/full")


# --- processes ----------------------------------------------------------------------------------------


class Counted:
    """A task that tells where it was unpacked."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__ = state
        with (self.folder / str(os.getpid())).open("a", encoding="utf-8") as file:
            file.write("x")

    def __call__(self, number: int) -> int:
        time.sleep(0.02)
        return os.getpid()


def test_a_task_travels_once_to_each_process(tmp_path: Path) -> None:
    processes = set(each_part(Counted(tmp_path), range(20), Workers(2, "processes")))
    assert os.getpid() not in processes
    unpacked = {int(path.name): path.read_text(encoding="utf-8") for path in tmp_path.iterdir()}
    assert unpacked.keys() >= processes
    assert set(unpacked.values()) == {"x"}
    assert len(unpacked) == 2


def environment(number: int) -> dict[str, str | None]:
    return {name: os.environ.get(name) for name in MATH_THREADS}


@pytest.mark.parametrize(("told", "given"), [(None, "1"), ("2", "2")])
def test_processes_use_one_thread_of_numerics_unless_the_user_decided(
    told: str | None, given: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in MATH_THREADS:
        monkeypatch.delenv(name, raising=False)
    if told:
        monkeypatch.setenv("OMP_NUM_THREADS", told)
    (found,) = each_part(environment, [0], Workers(2, "processes"))
    assert found == dict.fromkeys(MATH_THREADS, given)


def test_a_process_that_ends_before_its_part_is_done_is_said() -> None:
    def task(number: int) -> int:
        if number == 3:
            os.kill(os.getpid(), signal.SIGKILL)
        return number

    with pytest.raises(BadInput, match="a worker process ended before its part was done"):
        list(each_part(task, range(6), Workers(2, "processes")))


ENDLESS = """
import os, sys, time
from console.parts.parallel import Workers, each_part, workers_of

def task(number):
    time.sleep(0.05 if number < 4 else 3600)
    return os.getpid()

def endless():
    for process in each_part(task, range(100), Workers(2, sys.argv[1])):
        print(process, flush=True)

try:
    endless()
except KeyboardInterrupt:
    print("interrupted", flush=True)
"""


def endless(kind: Kind) -> "tuple[subprocess.Popen[str], set[int]]":
    """Start something that does not end, and return it with the processes that work."""
    process = subprocess.Popen(
        [sys.executable, "-W", "error", "-c", ENDLESS, kind],
        env={**os.environ, "PYTHONPATH": str(HOME)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert process.stdout is not None
    return process, {int(process.stdout.readline()) for _ in range(4)}


def gone(process: int) -> bool:
    """Tell whether a process ends within a few seconds."""
    for _ in range(100):
        try:
            os.kill(process, 0)
        except ProcessLookupError:
            return True
        if Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(") ")[2][0] == "Z":
            return True  # it has ended, and nobody has asked about it
        time.sleep(0.1)
    return False


@pytest.mark.parametrize("kind", ["threads", "processes"])
def test_ctrl_c_ends_everybody_at_once(kind: Kind) -> None:
    process, workers = endless(kind)
    os.killpg(process.pid, signal.SIGINT)
    begun = time.monotonic()
    stdout, stderr = process.communicate(timeout=PATIENCE_S)
    assert (stdout, stderr, process.returncode) == ("interrupted\n", "", 0)
    assert time.monotonic() - begun < 10
    assert all(gone(worker) for worker in workers)


def test_processes_end_when_the_one_that_started_them_is_killed() -> None:
    process, workers = endless("processes")
    os.kill(process.pid, signal.SIGKILL)
    process.communicate(timeout=PATIENCE_S)
    assert all(gone(worker) for worker in workers)


def test_whoever_stops_collecting_ends_the_work() -> None:
    found: Iterator[int] = each_part(squared, range(100_000), Workers(2))
    next(found)
    threads = {thread for thread in threading.enumerate() if "worker" in thread.name.lower()}
    assert len(threads) >= 2
    found.close()  # type: ignore[attr-defined]
    time.sleep(0.3)
    assert not any(thread.is_alive() for thread in threads)


# --- who works ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "made",
    [
        lambda: Workers(0),
        lambda: Workers(kind="cluster"),
        lambda: Workers(cluster="tcp://127.0.0.1:8786"),
        lambda: Workers(2, "processes", "tcp://127.0.0.1:8786"),
    ],
)
def test_workers_that_cannot_be_are_refused(made: Any) -> None:
    with pytest.raises(BadInput):
        made()


def test_the_options_of_a_command_say_who_works() -> None:
    address = "tcp://127.0.0.1:8786"
    assert workers_of(3) == Workers(3, "auto")
    assert workers_of(3, "processes") == Workers(3, "processes")
    assert workers_of(3, cluster=address) == Workers(3, "cluster", address)
    with pytest.raises(BadInput, match="go together"):
        workers_of(3, "processes", address)


@pytest.mark.parametrize(
    ("workers", "parts", "by_processes"),
    [(2, MANY_PARTS, True), (2, MANY_PARTS - 1, False), (1, MANY_PARTS, False)],
)
def test_many_parts_are_done_by_processes_and_few_by_threads(
    workers: int, parts: int, by_processes: bool
) -> None:
    found = set(each_part(lambda _: os.getpid(), parts, Workers(workers, "auto")))
    assert (os.getpid() not in found) == by_processes


def test_neither_a_cluster_nor_processes_are_imported_before_they_are_asked_for() -> None:
    code = (
        "import sys, console.parts.parallel; print(*{'distributed', 'fsspec', 'joblib'} & set(sys.modules))"
    )
    found = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONPATH": str(HOME)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert found.stdout.strip() == ""
