"""The main job as a process of its own: pure JSON, the same bytes again, and nothing left when it is stopped."""

import hashlib
import json
import os
import pty
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

SARING = str(Path(sys.executable).with_name("saring"))
SCENARIO = "phnom_penh_2022"
PATIENCE_S = 120


def started(*words: object, cwd: Path, **options: Any) -> "subprocess.Popen[str]":
    """Start `saring` as the leader of a group of its own, with a pipe for each stream."""
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **options}
    command = [SARING, *(str(word) for word in words)]
    return subprocess.Popen(command, cwd=cwd, text=True, start_new_session=True, **pipes)


def finished(*words: object, cwd: Path) -> subprocess.CompletedProcess[str]:
    command = [SARING, *(str(word) for word in words)]
    return subprocess.run(command, cwd=cwd, text=True, capture_output=True, check=False, timeout=PATIENCE_S)


def json_of(*words: object, cwd: Path) -> dict[str, Any]:
    result = finished(*words, "--json", cwd=cwd)
    assert result.returncode == 0, result.stderr
    assert result.stderr == ""
    assert result.stdout.startswith("{")
    assert result.stdout.endswith("}\n")
    found: dict[str, Any] = json.loads(result.stdout)
    return found


def observed_hashes(folder: Path) -> dict[str, str]:
    files = sorted((folder / "cohort" / "observed").iterdir())
    assert files
    return {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in files}


# --- the same again ---------------------------------------------------------------------------------


@pytest.mark.slow
def test_runs_with_any_number_of_workers_write_the_same_bytes(tmp_path: Path) -> None:
    """Twice, and with one worker and two; a part holds 262,144 applicants."""
    words = ("run", SCENARIO, "--n", 270_000, "--seed", 1, "--no-yardsticks")
    for name, workers in (("first", 2), ("again", 2), ("alone", 1)):
        json_of(*words, "--workers", workers, "--out", name, cwd=tmp_path)
    first = observed_hashes(tmp_path / "first")
    assert len(first) == 2
    assert observed_hashes(tmp_path / "again") == observed_hashes(tmp_path / "alone") == first


# --- who reads what ---------------------------------------------------------------------------------


@pytest.mark.parametrize("word", ["--json", "--quiet", "--seed=1"])
def test_progress_goes_to_a_terminal_on_stderr_and_nowhere_else(word: str, tmp_path: Path) -> None:
    ours, theirs = pty.openpty()
    words = ("draw", SCENARIO, "--n", 20_000, "--out", "cohort", word)
    process = started(*words, cwd=tmp_path, stderr=theirs)
    os.close(theirs)
    shown = _read_all(ours)
    stdout, _ = process.communicate(timeout=PATIENCE_S)
    assert process.returncode == 0
    assert ("Drawing" in shown) == (word != "--quiet")
    assert "Drawing" not in stdout
    assert "\x1b" not in stdout
    if word == "--json":
        assert json.loads(stdout)["n"] == 20_000


def _read_all(terminal: int) -> str:
    """Read what is shown on a terminal until the process hangs up."""
    shown = b""
    while True:
        try:
            part = os.read(terminal, 4096)
        except OSError:
            break
        if not part:
            break
        shown += part
    os.close(terminal)
    return shown.decode(errors="replace")


# --- stopped ----------------------------------------------------------------------------------------


def wait_for_files(folder: Path, process: "subprocess.Popen[str]") -> None:
    """Wait until a run has begun to write, aside."""
    until = time.monotonic() + PATIENCE_S
    while not list(folder.glob(".whole.unfinished/**/*.parquet")):
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < until, "nothing was written"
        time.sleep(0.05)


def long_run(folder: Path) -> "subprocess.Popen[str]":
    words = ("--n", 3_000_000, "--no-yardsticks", "--export", "parquet", "--out", "whole")
    process = started("run", "baseline_year", *words, cwd=folder)
    wait_for_files(folder, process)
    return process


def left_after(process: "subprocess.Popen[str]", folder: Path) -> set[str]:
    """Return what a stopped process left in a folder, once it is seen that it said so."""
    stdout, stderr = process.communicate(timeout=PATIENCE_S)
    assert process.returncode == 130
    assert stdout == ""
    left = {path.name for path in folder.iterdir()}
    if ".whole.unfinished" in left:  # a part was finished before
        assert "--resume" in stderr
        assert list((folder / ".whole.unfinished" / "_parts").glob("*.json"))
    else:
        assert stderr == "saring: interrupted; nothing half-written was left behind\n"
    return left


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_what_is_stopped_leaves_finished_parts_and_nothing_else(how: signal.Signals, tmp_path: Path) -> None:
    process = long_run(tmp_path)
    time.sleep(0.5)
    os.killpg(process.pid, how)
    assert left_after(process, tmp_path) <= {".whole.unfinished", ".whole.lock"}


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_folders_that_were_made_for_nothing_go_again(how: signal.Signals, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    home = tmp_path / "mine" / "made" / "for"
    process = started("draw", "baseline_year", "--n", 3_000_000, "--out", home / "whole", cwd=tmp_path)
    wait_for_files(home, process)
    process.send_signal(how)
    process.communicate(timeout=PATIENCE_S)
    assert process.returncode == 130
    if (home / ".whole.unfinished").exists():
        assert list((home / ".whole.unfinished" / "_parts").glob("*.json"))
    else:
        assert list(tmp_path.rglob("*")) == [tmp_path / "mine"]


def test_ctrl_c_leaves_what_was_there_before(tmp_path: Path) -> None:
    json_of("draw", SCENARIO, "--n", 100, "--out", "whole", cwd=tmp_path)
    before = (tmp_path / "whole" / "manifest.json").read_bytes()
    process = started("draw", "baseline_year", "--n", 3_000_000, "--out", "whole", "--force", cwd=tmp_path)
    wait_for_files(tmp_path, process)
    os.killpg(process.pid, signal.SIGINT)
    assert left_after(process, tmp_path) <= {"whole", ".whole.unfinished", ".whole.lock"}
    assert (tmp_path / "whole" / "manifest.json").read_bytes() == before


def test_a_process_that_is_killed_leaves_no_folder_that_looks_whole(tmp_path: Path) -> None:
    process = long_run(tmp_path)
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate(timeout=PATIENCE_S)
    assert {path.name for path in tmp_path.iterdir()} <= {".whole.unfinished", ".whole.lock"}
    left = tmp_path / ".whole.unfinished"
    assert not list(left.rglob("manifest.json"))
    assert not (left / "evaluation.json").exists()


def test_what_a_killed_process_left_does_not_stand_in_the_way(tmp_path: Path) -> None:
    (tmp_path / ".cohort.unfinished").mkdir()
    json_of("draw", SCENARIO, "--n", 100, "--out", "cohort", cwd=tmp_path)
    assert (tmp_path / "cohort" / "manifest.json").is_file()


def test_what_a_killed_process_left_goes_when_it_is_begun_anew(tmp_path: Path) -> None:
    process = long_run(tmp_path)
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate(timeout=PATIENCE_S)
    json_of("draw", SCENARIO, "--n", 100, "--out", "whole", "--force", cwd=tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {"whole"}


# --- from end to end --------------------------------------------------------------------------------


@pytest.mark.slow
def test_a_run_and_its_steps_one_by_one_count_the_same(tmp_path: Path) -> None:
    words = (SCENARIO, "--n", 2000, "--seed", 9)
    run = json_of("run", *words, "--no-yardsticks", "--out", "run", cwd=tmp_path)
    json_of("draw", *words, "--out", "cohort", cwd=tmp_path)
    json_of("screen", "cohort", "--out", "screened", cwd=tmp_path)
    found = json_of("evaluate", "screened", "--truth", "cohort", cwd=tmp_path)
    for rate in (
        "miss_rate",
        "false_flag_rate",
        "lawful_flagged",
        "irregular_flagged",
        "facilitators_flagged",
    ):
        assert found[rate] == run[rate]
    report = json_of("report", "run", "--out", "again.html", cwd=tmp_path)
    assert (tmp_path / report["artifacts"]["report"]).stat().st_size > 10_000


def test_doctor_finds_the_installation_whole(tmp_path: Path) -> None:
    assert json_of("doctor", cwd=tmp_path)["ok"] is True
