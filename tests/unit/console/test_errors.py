"""From an error to an exit code, and to what the person at the terminal reads."""

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


@pytest.mark.parametrize("error", [BadInput.of("x"), KeyboardInterrupt(), OSError("x")], ids=repr)
def test_debug_shows_the_error_itself(error: BaseException) -> None:
    with pytest.raises(type(error)), errors_explained(debug=True):
        raise error


def test_an_error_of_ours_is_not_hidden() -> None:
    with pytest.raises(ZeroDivisionError), errors_explained(debug=False):
        _ = 1 / 0


def test_no_error_no_word(capsys: pytest.CaptureFixture[str]) -> None:
    with errors_explained(debug=False):
        pass
    assert capsys.readouterr() == ("", "")
