"""From an error to an exit code, and to what the person at the terminal reads."""

import errno
import os
import signal
import threading
import time

import pytest
import typer

from console.errors import BAD_INPUT, INTERRUPTED, errors_explained
from dossier.problems import BadInput, Problem


def left_with(error: BaseException) -> int:
    with pytest.raises(typer.Exit) as left, errors_explained(debug=False):
        raise error
    return left.value.exit_code


def test_every_problem_of_bad_input_is_printed_with_place_and_remedy(
    capsys: pytest.CaptureFixture[str],
) -> None:
    problems = [Problem("the column is missing", "a.parquet", "Draw again."), Problem("it is empty")]
    assert left_with(BadInput(problems)) == BAD_INPUT == 3
    out, err = capsys.readouterr()
    assert out == ""
    assert (
        err == "saring: a.parquet: the column is missing\n    To mend it: Draw again.\nsaring: it is empty\n"
    )


def test_what_mends_several_problems_in_a_row_is_said_once_below_the_last(
    capsys: pytest.CaptureFixture[str],
) -> None:
    problems = [Problem("a", mend="Draw."), Problem("b", mend="Draw."), Problem("c", mend="Stop.")]
    left_with(BadInput(problems))
    said = capsys.readouterr().err.splitlines()
    mends = ["    To mend it: Draw.", "    To mend it: Stop."]
    assert said == ["saring: a", "saring: b", mends[0], "saring: c", mends[1]]


def test_an_interruption_leaves_with_its_own_code(capsys: pytest.CaptureFixture[str]) -> None:
    assert left_with(KeyboardInterrupt()) == INTERRUPTED == 130
    assert "interrupted" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (FileNotFoundError(2, "No such file or directory", "a.toml"), "a.toml: No such file or directory"),
        (OSError(28, "No space left on device"), "No space left on device"),
        (OSError("the disk is on fire"), "the disk is on fire"),
    ],
    ids=str,
)
def test_an_error_of_the_file_system_is_bad_input(
    error: OSError, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert left_with(error) == BAD_INPUT
    err = capsys.readouterr().err
    assert err.startswith(f"saring: {said}\n")
    assert "To mend it:" in err


@pytest.mark.parametrize(
    "number", [errno.ENOENT, errno.ENOTDIR, errno.EISDIR, errno.ELOOP, errno.ENAMETOOLONG]
)
def test_who_reads_is_not_told_to_make_space(number: int, capsys: pytest.CaptureFixture[str]) -> None:
    assert left_with(OSError(number, os.strerror(number), "a.toml")) == BAD_INPUT
    err = capsys.readouterr().err
    assert "To mend it: Check the path" in err
    assert "space" not in err


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EFBIG])
def test_who_writes_is_told_about_space_and_permission(
    number: int, capsys: pytest.CaptureFixture[str]
) -> None:
    assert left_with(OSError(number, os.strerror(number))) == BAD_INPUT
    err = capsys.readouterr().err
    assert "space that is left" in err
    assert "may write" in err


# --- told to end ------------------------------------------------------------------------------------


def test_who_is_told_to_end_leaves_as_if_interrupted(capsys: pytest.CaptureFixture[str]) -> None:
    before = signal.getsignal(signal.SIGTERM)
    cleaned = []

    def work() -> None:
        try:
            os.kill(os.getpid(), signal.SIGTERM)
            time.sleep(10)
        finally:
            cleaned.append(True)

    with pytest.raises(typer.Exit) as left, errors_explained(debug=False):
        work()
    assert left.value.exit_code == INTERRUPTED
    assert cleaned
    assert "interrupted" in capsys.readouterr().err
    assert signal.getsignal(signal.SIGTERM) == before == signal.SIG_DFL


def test_a_program_that_ignores_it_goes_on_doing_so() -> None:
    before = signal.signal(signal.SIGTERM, signal.SIG_IGN)
    try:
        with errors_explained(debug=False):
            os.kill(os.getpid(), signal.SIGTERM)
    finally:
        signal.signal(signal.SIGTERM, before)


def test_a_thread_may_call_a_command_too() -> None:
    left: list[str] = []

    def call() -> None:
        with errors_explained(debug=False):
            left.append("well")

    thread = threading.Thread(target=call)
    thread.start()
    thread.join()
    assert left == ["well"]


@pytest.mark.parametrize("error", [BadInput.of("x"), KeyboardInterrupt(), OSError("x")], ids=repr)
def test_debug_shows_the_error_itself(error: BaseException) -> None:
    with pytest.raises(type(error)), errors_explained(debug=True):
        raise error


def test_an_error_of_ours_is_not_hidden() -> None:
    with pytest.raises(ZeroDivisionError), errors_explained(debug=False):
        _ = 1 / 0


def test_too_little_memory_is_explained(capsys: pytest.CaptureFixture[str]) -> None:
    assert left_with(MemoryError()) == BAD_INPUT
    err = capsys.readouterr().err
    assert err.startswith("saring: there is not enough memory")
    assert "To mend it:" in err


def test_no_error_no_word(capsys: pytest.CaptureFixture[str]) -> None:
    with errors_explained(debug=False):
        pass
    assert capsys.readouterr() == ("", "")
