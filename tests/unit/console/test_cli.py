"""The command line: every command helps, speaks JSON, can be quiet, and leaves with the code it should."""

import subprocess
import sys

import pytest

from console.cli import app
from tests.unit.console.terminal import OK, USAGE, saring

COMMANDS = [command.callback.__name__ for command in app.registered_commands if command.callback]
PROMISED = {"run", "draw", "train", "screen", "evaluate", "report", "show", "explain", "doctor"}


def test_every_promised_command_is_there() -> None:
    assert set(COMMANDS) >= PROMISED


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_explains_itself(command: str) -> None:
    result = saring(command, "--help")
    assert result.exit_code == OK
    assert f"Usage: saring {command}" in result.stdout
    assert result.stderr == ""


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("option", ["--json", "--quiet", "--debug"])
def test_every_command_takes_the_common_options(command: str, option: str) -> None:
    assert option in saring(command, "--help").stdout


def test_the_main_help_lists_every_command_and_says_that_all_is_synthetic() -> None:
    text = saring("--help").stdout
    assert all(f"  {command} " in text for command in COMMANDS)
    assert "synthetic" in text
    assert "not for use on real people" in " ".join(text.split())


def test_the_main_job_offers_what_the_design_promises() -> None:
    text = saring("run", "--help").stdout
    for option in ("--n", "--seed", "--workers", "--rulebook", "--cards", "--threshold", "--out"):
        assert f" {option} " in text


def test_the_version_is_printed() -> None:
    result = saring("--version")
    assert result.exit_code == OK
    assert result.stdout.startswith("saring ")


@pytest.mark.parametrize(
    "words",
    [
        ["runn"],
        ["run"],
        ["run", "baseline_year", "--n", "0"],
        ["run", "baseline_year", "--n", "-5"],
        ["run", "baseline_year", "--n", "many"],
        ["run", "baseline_year", "--n", "1.5"],
        ["run", "baseline_year", "--seed", "x"],
        ["run", "baseline_year", "--workers", "0"],
        ["run", "baseline_year", "--threshold", "low"],
        ["run", "baseline_year", "--colour", "red"],
        ["run", "baseline_year", "batam_2022"],
        ["evaluate", "somewhere"],
        ["explain", "somewhere"],
        ["explain", "somewhere", "--applicant", "Ani"],
        ["show"],
    ],
    ids=" ".join,
)
def test_a_wrong_call_leaves_with_two_and_says_what_is_wrong(words: list[str]) -> None:
    result = saring(*words)
    assert result.exit_code == USAGE
    assert result.stdout == ""
    assert "Error" in result.stderr
    assert "Traceback" not in result.stderr


def test_help_loads_nothing_heavy() -> None:
    code = (
        "import sys, console.cli; "
        "print([name for name in ('numpy', 'pandas', 'pyarrow', 'sklearn', 'scipy') if name in sys.modules])"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "[]"
