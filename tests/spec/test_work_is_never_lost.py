"""Whatever stops a run, finished parts stay, nothing half-made looks whole, and what comes out is the same."""

import contextlib
import errno
import fcntl
import multiprocessing
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from tests.spec.stoppable import Options, in_a_process
from tests.unit.console.terminal import saring

ROOT = Path(__file__).parents[2]
PATIENCE_S = 60
BAD_INPUT, INTERRUPTED = 3, 130

PROCESSES = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload(["tests.spec.stoppable"])


@dataclass(frozen=True)
class Ran:
    """How a process ended, and what it said."""

    returncode: int
    stdout: str
    stderr: str


class Running:
    """The work in a process of its own."""

    def __init__(self, out: Path, options: Options, said: Path) -> None:
        self._said = [said / "stdout", said / "stderr"]
        words = (str(out), options, *map(str, self._said))
        self.process = PROCESSES.Process(target=in_a_process, args=words)
        self.process.start()

    def send_signal(self, number: int) -> None:
        assert self.process.pid
        os.kill(self.process.pid, number)

    def ended(self) -> Ran:
        """Wait for the end."""
        self.process.join(PATIENCE_S)
        assert self.process.exitcode is not None, "it does not end"
        stdout, stderr = (path.read_text(encoding="utf-8") for path in self._said)
        return Ran(self.process.exitcode, stdout, stderr)


@contextlib.contextmanager
def started(out: Path, **options: Any) -> Iterator[Running]:
    with tempfile.TemporaryDirectory() as said:
        found = Running(out, Options(**options), Path(said))
        try:
            yield found
        finally:
            found.process.kill()
            found.process.join()
            found.process.close()


def ran(out: Path, **options: Any) -> Ran:
    """Do the work in a process of its own, until it ends or is stopped."""
    with started(out, **options) as process:
        return process.ended()


@contextlib.contextmanager
def running(out: Path, **options: Any) -> Iterator[Running]:
    """Start the work, and yield the process once it has recorded its first part."""
    with started(out, **options) as process:
        until = time.monotonic() + PATIENCE_S
        while not recorded(out):
            assert process.process.is_alive(), process.ended()
            assert time.monotonic() < until, "nothing was recorded"
            time.sleep(0.01)
        yield process


def whole(out: Path, **options: Any) -> None:
    result = ran(out, **options)
    assert result.returncode == 0, result.stderr


def unfinished(out: Path) -> Path:
    return out.with_name(f".{out.name}.unfinished")


def recorded(out: Path) -> list[str]:
    return sorted(path.stem for path in unfinished(out).glob("_parts/part-*.json"))


def content(folder: Path) -> dict[str, str]:
    """Return the SHA-256 of every file of a result, of hidden ones, too."""
    assert folder.is_dir()
    files = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): sha256(path.read_bytes()).hexdigest() for path in files}


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    out = tmp_path_factory.mktemp("undisturbed") / "out"
    whole(out)
    return content(out)


# --- killed -------------------------------------------------------------------------------------------


def test_a_killed_run_goes_on_and_ends_as_one_that_was_not(
    tmp_path: Path, undisturbed: dict[str, str]
) -> None:
    out = tmp_path / "out"
    killed = ran(out, signal_in=3)
    assert killed.returncode == -signal.SIGKILL
    assert recorded(out) == ["part-00000", "part-00001", "part-00002"]
    assert not out.exists()
    assert not list(unfinished(out).rglob("manifest.json"))

    before = (unfinished(out) / "observed" / "part-00000.parquet").stat()
    result = ran(out, resume=True)
    assert result.stdout == "done: [0, 1, 2, 3, 4, 5]\n"
    assert content(out) == undisturbed
    after = (out / "observed" / "part-00000.parquet").stat()
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)
    assert names(tmp_path) == ["out"]


@pytest.mark.parametrize(
    ("workers", "kind"),
    [
        (3, "threads"),
        pytest.param(1, "threads", marks=pytest.mark.slow),
        pytest.param(2, "processes", marks=pytest.mark.slow),
    ],
)
def test_a_real_cohort_is_the_same_after_a_kill_from_outside(workers: int, kind: str, tmp_path: Path) -> None:
    work: dict[str, Any] = {"real": True, "rows": 300, "parts": 6}
    whole(tmp_path / "plain", **work)
    out = tmp_path / "out"
    with running(out, **work, workers=workers, kind=kind, pause_s=0.15) as process:
        process.send_signal(signal.SIGKILL)
        process.ended()
    assert not out.exists()
    assert 1 <= len(recorded(out)) < 6
    whole(out, **work, workers=workers, kind=kind, resume=True)
    assert content(out) == content(tmp_path / "plain")
    assert names(tmp_path) == ["out", "plain"]


def test_killed_again_and_again_it_still_ends(tmp_path: Path, undisturbed: dict[str, str]) -> None:
    out = tmp_path / "out"
    for part in (1, 2, 4):
        assert ran(out, resume=True, signal_in=part).returncode == -signal.SIGKILL
        assert len(recorded(out)) == part
    whole(out, resume=True)
    assert content(out) == undisturbed


@pytest.mark.parametrize("before", [0, 1])
def test_a_kill_while_one_result_replaces_another_leaves_one_whole(
    before: int, tmp_path: Path, undisturbed: dict[str, str]
) -> None:
    """Before the old one is put beside; and between that and the new one's taking its name."""
    out = tmp_path / "out"
    whole(out, seed=2)
    old = content(out)
    assert ran(out, force=True, kill_at_rename=before).returncode == -signal.SIGKILL
    there = [folder for folder in (out, tmp_path / ".out.replaced") if folder.is_dir()]
    assert [content(folder) for folder in there] == [old]
    assert len(recorded(out)) == 6
    refused = ran(out, force=False)
    assert refused.returncode == BAD_INPUT
    assert content(out) == old  # under its own name again
    whole(out, resume=True, force=True)
    assert content(out) == undisturbed
    assert names(tmp_path) == ["out"]


def test_a_kill_right_after_the_last_rename_leaves_the_new_one_whole(
    tmp_path: Path, undisturbed: dict[str, str]
) -> None:
    out = tmp_path / "out"
    whole(out)
    shutil.copytree(out, tmp_path / ".out.replaced")
    (out / "_parts").mkdir()
    (out / "_parts" / "part-00000.json").write_text("{}", encoding="utf-8")
    assert ran(out, resume=True).stdout == "finished already\n"
    whole(out, force=True)
    assert content(out) == undisturbed
    assert names(tmp_path) == ["out"]


# --- interrupted --------------------------------------------------------------------------------------


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize(
    ("workers", "kind"),
    [(1, "threads"), (2, "threads"), pytest.param(2, "processes", marks=pytest.mark.slow)],
)
def test_ctrl_c_and_a_request_to_end_keep_what_is_finished(
    how: signal.Signals, workers: int, kind: str, tmp_path: Path, undisturbed: dict[str, str]
) -> None:
    out = tmp_path / "out"
    with running(out, pause_s=0.2, workers=workers, kind=kind) as process:
        process.send_signal(how)
        result = process.ended()
    assert result.returncode == INTERRUPTED
    assert result.stdout == ""
    assert result.stderr.startswith("saring: interrupted")
    assert "Traceback" not in result.stderr
    kept = recorded(out)
    assert names(tmp_path) == [".out.unfinished"]
    assert not (unfinished(out) / "_scratch").exists()
    whole(out, resume=True)
    assert kept
    assert content(out) == undisturbed


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_where_no_part_is_finished_nothing_is_left(how: signal.Signals, tmp_path: Path) -> None:
    result = ran(tmp_path / "made" / "for" / "out", signal_in=0, signal=how)
    assert result.returncode == INTERRUPTED
    assert names(tmp_path) == []


def test_bad_input_leaves_nothing_at_all(tmp_path: Path) -> None:
    result = ran(tmp_path / "made" / "out", bad=3)
    assert result.returncode == BAD_INPUT
    assert result.stderr == "saring: part 3: a value is wrong\n    To mend it: Mend it.\n"
    assert names(tmp_path) == []


# --- the next start -----------------------------------------------------------------------------------


@pytest.fixture
def stopped(tmp_path: Path) -> Path:
    """Return the target of a run that was killed when two parts were finished."""
    assert ran(tmp_path / "out", signal_in=2).returncode == -signal.SIGKILL
    return tmp_path / "out"


def test_finished_parts_are_not_thrown_away_unasked(stopped: Path, undisturbed: dict[str, str]) -> None:
    refused = ran(stopped)
    assert refused.returncode == BAD_INPUT
    assert "unfinished work is there: 2 finished parts are kept" in refused.stderr
    assert "--resume to go on with it, or --force to begin anew" in refused.stderr
    assert recorded(stopped) == ["part-00000", "part-00001"]
    whole(stopped, force=True)
    assert content(stopped) == undisturbed


def test_what_holds_no_finished_part_is_cleared_silently(tmp_path: Path, undisturbed: dict[str, str]) -> None:
    out = tmp_path / "out"
    assert ran(out, signal_in=0).returncode == -signal.SIGKILL
    assert unfinished(out).is_dir()
    result = ran(out)
    assert (result.returncode, result.stderr) == (0, "")
    assert content(out) == undisturbed
    assert names(tmp_path) == ["out"]


def test_other_work_is_not_gone_on_with_and_the_seed_is_not_told(stopped: Path) -> None:
    before = content(unfinished(stopped))
    other_seed = ran(stopped, resume=True, seed=918_273)
    assert other_seed.returncode == BAD_INPUT
    assert "differs in its seed" in other_seed.stderr
    assert "918" not in other_seed.stderr
    other_size = ran(stopped, resume=True, rows=100)
    assert "differs in its n: 3000 there, 600 here" in other_size.stderr
    assert content(unfinished(stopped)) == before


def test_resuming_where_nothing_is_unfinished_begins(tmp_path: Path, undisturbed: dict[str, str]) -> None:
    whole(tmp_path / "out", resume=True)
    assert content(tmp_path / "out") == undisturbed
    assert ran(tmp_path / "out", resume=True).stdout == "finished already\n"


# --- parts that are no longer what they were ----------------------------------------------------------


def flip(path: Path) -> None:
    changed = bytearray(path.read_bytes())
    changed[len(changed) // 2] ^= 1
    path.write_bytes(bytes(changed))


def cut(path: Path) -> None:
    os.truncate(path, path.stat().st_size - 1)


@pytest.mark.parametrize("broken", [flip, cut, Path.unlink], ids=lambda how: how.__name__)
@pytest.mark.parametrize(
    "file", ["observed/part-00001.parquet", "_parts/part-00001.npz", "_parts/part-00001.json"]
)
def test_a_part_that_is_not_what_it_was_is_done_again(
    broken: Callable[[Path], None], file: str, stopped: Path, undisturbed: dict[str, str]
) -> None:
    broken(unfinished(stopped) / file)
    result = ran(stopped, resume=True)
    assert result.returncode == 0, result.stderr
    if not (broken is Path.unlink and file.endswith(".json")):  # without a record it was never finished
        assert "Part 1 of the unfinished work was done again" in result.stdout
    assert "Part 0" not in result.stdout
    assert content(stopped) == undisturbed


# --- two at once --------------------------------------------------------------------------------------


def test_a_second_run_into_the_same_folder_is_refused_at_once(
    tmp_path: Path, undisturbed: dict[str, str]
) -> None:
    out = tmp_path / "out"
    with running(out, pause_s=0.3) as first:
        for options in ({}, {"resume": True}, {"force": True}):
            second = ran(out, **options)
            assert second.returncode == BAD_INPUT
            assert "another saring is writing into this folder" in second.stderr
        result = first.ended()
    assert result.returncode == 0, result.stderr
    assert content(out) == undisturbed
    assert names(tmp_path) == ["out"]


# --- places that cannot take it -----------------------------------------------------------------------


@contextlib.contextmanager
def mounted(folder: Path, *words: str) -> Iterator[Path]:
    """Mount something on a folder; skip the test where this may not be done."""
    folder.mkdir(exist_ok=True)
    mount = shutil.which("mount")
    done = mount and subprocess.run([mount, *words, str(folder)], capture_output=True, check=False)
    if not done or done.returncode:
        pytest.skip("mounting is not allowed here")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def test_a_full_disk_keeps_what_is_finished(tmp_path: Path) -> None:
    work = {"rows": 100_000, "parts": 12}
    whole(tmp_path / "plain", **work)
    size = sum(path.stat().st_size for path in (tmp_path / "plain").rglob("*") if path.is_file())
    with mounted(tmp_path / "disk", "-t", "tmpfs", "-o", f"size={size // 2}", "tmpfs") as disk:
        out = disk / "out"
        full = ran(out, **work)
        assert full.returncode == BAD_INPUT
        assert "No space left on device" in full.stderr
        kept = len(recorded(out))
        assert 1 <= kept < 12
        assert f"{kept} finished part" in full.stderr
        assert "--resume" in full.stderr
        assert not out.exists()
        subprocess.run(["mount", "-o", f"remount,size={4 * size}", str(disk)], check=True)
        whole(out, **work, resume=True)
        assert content(out) == content(tmp_path / "plain")


def test_a_disk_that_is_full_from_the_start_is_left_as_it_was(tmp_path: Path) -> None:
    with mounted(tmp_path / "disk", "-t", "tmpfs", "-o", "size=8192", "tmpfs") as disk:
        (disk / "mine").write_bytes(bytes(8192))
        result = ran(disk / "out")
        assert result.returncode == BAD_INPUT
        assert "space" in result.stderr
        assert "Traceback" not in result.stderr
        assert [name for name in names(disk) if name != "mine"] == []


def test_a_folder_that_may_only_be_read_is_named(tmp_path: Path) -> None:
    with mounted(tmp_path / "disk", "-t", "tmpfs", "-o", "ro", "tmpfs") as disk:
        result = ran(disk / "made" / "out")
        assert result.returncode == BAD_INPUT
        assert (
            f"{disk / 'made' / 'out'}: this folder cannot be written (Read-only file system)" in result.stderr
        )
        assert names(disk) == []


@contextlib.contextmanager
def immutable(folder: Path) -> Iterator[None]:
    """Let nobody write into a folder, not even root; skip the test where this cannot be had."""
    chattr = shutil.which("chattr")
    done = chattr and subprocess.run([chattr, "+i", str(folder)], capture_output=True, check=False)
    if not done or done.returncode:
        pytest.skip("folders cannot be made immutable here")
    try:
        yield
    finally:
        subprocess.run(["chattr", "-i", str(folder)], check=True)


@pytest.mark.parametrize("name", ["observed", "_parts"])
def test_a_folder_that_turns_read_only_midway_keeps_what_is_finished(
    name: str, tmp_path: Path, undisturbed: dict[str, str]
) -> None:
    out = tmp_path / "out"
    with running(out, pause_s=0.2) as process, immutable(unfinished(out) / name):
        result = process.ended()
        assert result.returncode == BAD_INPUT, result.stderr
        assert "finished part" in result.stderr
        assert "--resume" in result.stderr
        assert "Traceback" not in result.stderr
    whole(out, resume=True)
    assert content(out) == undisturbed


# --- clocks -------------------------------------------------------------------------------------------

YEAR_S = 365.25 * 86_400


@pytest.mark.parametrize("year", [1970, 2100])
def test_clocks_and_times_of_files_say_nothing(year: int, stopped: Path, undisturbed: dict[str, str]) -> None:
    """Files of another century, and a clock that jumps back and forth at each look."""
    moment = (year - 1970) * YEAR_S + 86_400
    for path in (*unfinished(stopped).rglob("*"), unfinished(stopped), stopped.parent / ".out.lock"):
        os.utime(path, (moment, moment))
    result = ran(stopped, resume=True, clock=[-50 * YEAR_S, 80 * YEAR_S, 0, -3600])
    assert result.stdout == "done: [0, 1, 2, 3, 4, 5]\n"
    assert content(stopped) == undisturbed


def test_a_process_of_the_same_number_is_not_taken_for_the_first(stopped: Path) -> None:
    """What a killed process left names no process; a lock file's content is never read."""
    assert (stopped.parent / ".out.lock").read_bytes() == b""
    (stopped.parent / ".out.lock").write_text(str(os.getpid()), encoding="ascii")
    whole(stopped, resume=True)


def test_no_module_of_this_looks_at_a_clock() -> None:
    files = ("unfinished", "beginnings", "halting", "locks", "part_records", "remains", "remains_shapes")
    for name in files:
        text = (ROOT / "console" / "parts" / f"{name}.py").read_text(encoding="utf-8")
        for word in ("import time", "datetime", "st_mtime", "st_ctime", "getpid"):
            assert word not in text, (name, word)


def test_this_system_can_lock_at_all(tmp_path: Path) -> None:
    """The tests above would prove little where every lock is refused for want of locks."""
    with (tmp_path / "x").open("w") as one, (tmp_path / "x").open("w") as other:
        fcntl.flock(one, fcntl.LOCK_EX)
        with pytest.raises(BlockingIOError) as refused:
            fcntl.flock(other, fcntl.LOCK_EX | fcntl.LOCK_NB)
    assert refused.value.errno == errno.EWOULDBLOCK


def test_records_that_a_kill_left_in_a_whole_folder_go_with_the_next_call(tmp_path: Path) -> None:
    """The folder had its name already, and only its records were still there."""
    out = tmp_path / "out"
    words = ("draw", "phnom_penh_2022", "--n", 300, "--out", out)
    assert saring(*words).exit_code == 0
    (out / "_parts").mkdir()
    (out / "_parts" / "part-00000.json").write_text("{}", "utf-8")
    again = saring(*words, "--resume")
    assert again.exit_code == 0
    assert "is finished already" in again.output
    assert not (out / "_parts").exists()
