"""`saring rules lint`: what it prints, when it fails, and what it refuses."""

import json
from pathlib import Path
from typing import Any

import pytest

from console.rules_cli import rules
from screening.rulebook import released_rulebooks
from tests.unit.console.terminal import GATE_FAILED, OK, USAGE, json_of, refusal, saring
from tests.unit.screening.analysis.rulebooks import when, written
from tests.unit.screening.test_rulebook import HEAD, rule

COMMANDS = [
    command.name or command.callback.__name__ for command in rules.registered_commands if command.callback
]
EXPIRING = {"valid_to": "2026-06-30"}


def failing(*words: object) -> dict[str, Any]:
    """Call `saring rules lint ... --json`, which must find that the gate fails."""
    result = saring("rules", "lint", *words, "--json")
    assert result.exit_code == GATE_FAILED, result.stderr
    found: dict[str, Any] = json.loads(result.stdout)
    assert not found["passes"]
    return found


def test_the_promised_commands_are_there() -> None:
    assert COMMANDS == ["lint", "coverage", "diff", "shadow"]


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_explains_itself_and_takes_the_common_options(command: str) -> None:
    result = saring("rules", command, "--help")
    assert result.exit_code == OK
    assert f"Usage: saring rules {command}" in result.stdout
    assert all(option in result.stdout for option in ("--json", "--quiet", "--debug"))


def test_all_released_rulebooks_are_linted_and_pass() -> None:
    found = json_of("rules", "lint")
    assert [each["rulebook"] for each in found["rulebooks"]] == list(released_rulebooks())
    assert found["schema_version"] == "1"
    assert found["passes"]
    assert all(each["errors"] == each["warnings"] == 0 for each in found["rulebooks"])


def test_a_finding_has_code_severity_place_and_mend(tmp_path: Path) -> None:
    path = written(tmp_path, HEAD, when("never", "age < 5 and age > 7"))
    (one,) = [found for found in failing(path)["rulebooks"][0]["findings"] if found["code"] == "R101"]
    assert (one["severity"], one["rule"]) == ("error", "never")
    assert one["where"].startswith("trial.toml, line ")
    assert one["mend"]
    assert one["title"]["id"] != one["title"]["en"]
    text = saring("rules", "lint", path).stdout
    assert f"R101 error, unreachable: {one['where']}: {one['what']}" in text
    assert "To mend it: " in text


def test_a_warning_fails_only_where_one_is_strict(tmp_path: Path) -> None:
    path = written(tmp_path, HEAD, rule(EXPIRING))
    assert json_of("rules", "lint", path, "--as-of", "2026-08-01")["rulebooks"][0]["warnings"] == 1
    assert failing(path, "--as-of", "2026-08-01", "--strict")["rulebooks"][0]["warnings"] == 1


def test_one_faulty_rulebook_of_several_fails_all(tmp_path: Path) -> None:
    found = failing("paper-004", written(tmp_path, HEAD, rule({"sources": None})))
    assert [each["passes"] for each in found["rulebooks"]] == [True, False]


# --- mutants ----------------------------------------------------------------------------------------


def test_mutants_are_counted_with_n_and_an_exact_interval() -> None:
    found = json_of("rules", "lint", "paper-004", "--mutants")["rulebooks"][0]["mutants"]
    caught = found["caught"]
    assert caught["n"] == sum(each["caught"]["n"] for each in found["rules"]) > 0
    assert caught["caught"] == sum(each["caught"]["caught"] for each in found["rules"])
    assert caught["low"] < caught["estimate"] <= caught["high"]
    assert caught["estimate"] >= found["least_share"] == 0.9


def test_tests_that_notice_too_little_fail_the_gate_and_are_told_what_to_add(tmp_path: Path) -> None:
    rows = {
        "tests.fires": "[{ age = 5 }]",
        "tests.does_not": "[{ age = 50 }]",
        "tests.unknown": '[{ age = "missing" }]',
    }
    path = written(tmp_path, HEAD, rule({"when": '"age < 18"', **rows}))
    found = failing(path, "--mutants")["rulebooks"][0]
    assert found["errors"] == 0
    (one,) = found["mutants"]["rules"]
    rows_to_add = {(each["belongs_under"], each["row"]) for each in one["survivors"]}
    assert rows_to_add == {("fires", "{ age = 17 }"), ("does_not", "{ age = 18 }")}
    result = saring("rules", "lint", path, "--mutants")
    assert result.exit_code == GATE_FAILED
    assert "tests.fires with { age = 17 } would notice." in result.stdout


def test_no_mutants_are_made_of_a_rulebook_that_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path, HEAD, rule({"sources": None}))
    assert failing(path, "--mutants")["rulebooks"][0]["mutants"] is None
    assert "No mutants are made" in saring("rules", "lint", path, "--mutants").stdout


# --- explaining -------------------------------------------------------------------------------------


@pytest.mark.parametrize(("language", "word"), [("en", "Subsumed"), ("id", "Tercakup")])
def test_a_check_is_explained_by_its_code(language: str, word: str) -> None:
    result = saring("rules", "lint", "--explain", "R104", "--language", language)
    assert result.exit_code == OK
    assert result.stdout.startswith(f"R104, warning: {word}.")
    assert set(json_of("rules", "lint", "--explain", "R104")) >= {"code", "severity", "title", "explanation"}


# --- refusals ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["nosuch"], "there is no released rulebook 'nosuch'"),
        (["saring-2027"], "Did you mean 'saring-2026'?"),
        ([""], "there is no released rulebook ''"),
        (["absent.toml"], "there is no such file"),
        (["/dev/null"], "not an ordinary file"),
        (["saring-2026", "--as-of", "2020-01-01"], "applies from 2026-01-01"),
        (["--explain", "R999"], "there is no check 'R999'"),
        (["--explain", "R101", "--language", "fr"], "there is no language 'fr'"),
    ],
)
def test_wrong_input_is_refused(words: list[str], said: str) -> None:
    assert said in refusal("rules", "lint", *words)


def test_all_files_that_cannot_be_read_are_named_at_once(tmp_path: Path) -> None:
    (tmp_path / "noise.toml").write_bytes(b"\xff\xfe")
    (tmp_path / "half.toml").write_text("id = ")
    said = refusal("rules", "lint", tmp_path / "noise.toml", tmp_path / "half.toml", "nosuch")
    assert all(word in said for word in ("not UTF-8", "not valid TOML", "'nosuch'"))


@pytest.mark.parametrize("day", ["tomorrow", "2026-13-01", "22.11.2026"])
def test_a_day_that_is_none_is_a_wrong_use(day: str) -> None:
    assert saring("rules", "lint", "--as-of", day).exit_code == USAGE
