"""`saring rules coverage`, `diff` and `shadow`: what they print of simulated people, and what they refuse."""

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from console.commands import rules_corpora
from screening.evaluation.pages import html_report
from screening.evaluation.shadow import read_shadow
from synthetic.cohort import chunks_of
from tests.unit.console.terminal import OK, SCENARIO, USAGE, json_of, nothing_left, refusal, saring
from tests.unit.screening.analysis.rulebooks import written
from tests.unit.screening.test_rulebook import HEAD, rule

SIZE = 1500
DRAWN = ("--scenario", SCENARIO, "--n", SIZE, "--seed", 4)
BOTH_KINDS = pytest.mark.parametrize("rulebook", ["saring-2026", "paper-004"])


@pytest.fixture(scope="session")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished run of the people whom the other tests draw."""
    folder = tmp_path_factory.mktemp("runs") / "run"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(html_report, "write_html", lambda *_: None)
        json_of("run", SCENARIO, "--n", SIZE, "--seed", 4, "--no-yardsticks", "--out", folder)
    return folder


@pytest.fixture
def on_trial(tmp_path: Path) -> Path:
    """A rulebook that decides by itself, with a rule on trial."""
    live = rule({"id": '"letter"', "tier": '"override"', "agency": '"police"', **LETTER})
    return written(tmp_path, HEAD, 'decides = "rules"\n', live, rule({"status": '"shadow"'}))


LETTER = {
    "when": '"guardian_letter_lacking"',
    "tests.fires": '[{ guardian_letter = "lacking" }]',
    "tests.does_not": '[{ guardian_letter = "given" }]',
    "tests.unknown": '[{ guardian_letter = "missing" }]',
}


@cache
def measured(*words: object) -> dict[str, Any]:
    """Return what `saring rules ... --json` prints of the people of these tests; made once for each."""
    return json_of("rules", *words, *DRAWN)


def lasting(content: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in content.items() if key != "wall_s"}


# --- coverage ---------------------------------------------------------------------------------------


@BOTH_KINDS
def test_coverage_says_of_whom_and_of_which_screener(rulebook: str) -> None:
    found = measured("coverage", rulebook)
    assert (found["schema_version"], found["kind"], found["n"]) == ("1", "coverage", SIZE)
    assert (found["scenario"], found["stage"]) == (SCENARIO, "verification")
    assert len(found["corpus"]) == 64
    assert found["screener"]["decides"] == ("cards" if rulebook == "saring-2026" else "rules")
    assert len(found["rules"]) == found["screener"]["rules"]
    assert sum(found["people"].values()) == SIZE
    assert "seed" not in json.dumps(found)


def test_a_run_of_the_same_people_gives_the_same_figures(run: Path) -> None:
    drawn, read = measured("coverage", "saring-2026"), json_of("rules", "coverage", "--run", run)
    assert lasting(drawn) == lasting(read)
    evaluation = json.loads((run / "evaluation.json").read_text())
    assert drawn["miss_rate"]["missed"] == evaluation["miss_rate"]["missed"]
    assert drawn["false_flag_rate"]["flagged"] == evaluation["false_flag_rate"]["flagged"]
    by_rule = {rule["rule"]: rule for rule in evaluation["rules"]}
    for found in drawn["rules"]:
        assert found["saves"] == by_rule[found["rule"]]["saves"]
        assert found["fires_on_victim"]["fired"] == by_rule[found["rule"]]["fires_on_victims"]["fired"]


def test_other_people_have_another_hash() -> None:
    words = [
        (),
        ("--seed", 5),
        ("--n", SIZE - 1),
        ("--scenario", "batam_2022"),
        ("--lever", "interview_training"),
    ]
    hashes = {json_of("rules", "coverage", "paper-004", *DRAWN, *more)["corpus"] for more in words}
    assert len(hashes) == len(words)


def test_the_measured_record_is_what_was_printed(tmp_path: Path) -> None:
    found = json_of("rules", "coverage", "paper-004", *DRAWN, "--out", tmp_path / "measured.json")
    assert json.loads((tmp_path / "measured.json").read_text()) == lasting(found)
    assert [path.name for path in tmp_path.iterdir()] == ["measured.json"]


def test_every_table_carries_the_hash_of_its_people() -> None:
    result = saring("rules", "coverage", "paper-004", *DRAWN)
    assert result.exit_code == OK
    tables = [line for line in result.stdout.splitlines() if "(corpus " in line or "; corpus " in line]
    assert len(tables) == 5
    assert "Simulated: 1,500 synthetic applicants" in result.stdout


def test_neither_workers_nor_chunks_change_a_figure() -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rules_corpora, "chunks_of", lambda rows: chunks_of(rows, 400))
        found = json_of("rules", "coverage", "paper-004", *DRAWN, "--workers", 3)
    assert lasting(found) == lasting(measured("coverage", "paper-004"))


# --- diff -------------------------------------------------------------------------------------------


def test_without_people_only_what_is_written_is_compared() -> None:
    found = json_of("rules", "diff", "saring-2026", "paper-004")
    assert found["measured"] is None
    assert "too_good_offer_online" in found["written"]["removed"]
    assert "purpose_at_interview" in found["written"]["added"]
    assert not any(json_of("rules", "diff", "paper-004", "paper-004")["written"].values())


def test_changed_conditions_parameters_and_versions_are_shown(tmp_path: Path) -> None:
    first = written(tmp_path, HEAD, rule(LETTER))
    second = tmp_path / "second.toml"
    second.write_text(HEAD + rule({**LETTER, "when": "'guardian_letter == \"lacking\"'", "version": "2"}))
    found = json_of("rules", "diff", first, second)["written"]["rules"]
    assert [(each["key"], each["before"], each["after"]) for each in found] == [
        ("when", "guardian_letter_lacking", 'guardian_letter == "lacking"'),
        ("version", "1", "2"),
    ]


def test_who_enters_and_leaves_is_counted_by_group_with_intervals() -> None:
    found = measured("diff", "saring-2026", "paper-004")["measured"]
    assert {group["grouping"] for group in found["groups"]} == {"truth", "typology", "sex", "age_band"}
    everybody = found["everybody"]
    change = everybody["newly_flagged"] - everybody["no_longer_flagged"]
    assert change == found["flagged"]["second"] - found["flagged"]["first"]
    assert everybody["difference_per_10000"]["estimate"] == pytest.approx(10_000 * change / SIZE)
    assert found["screeners"]["first"]["decides"] == "cards"
    assert found["screeners"]["second"]["decides"] == "rules"


@pytest.mark.parametrize("names", [("saring-2026", "paper-004"), ("paper-004", "saring-2026")])
def test_the_same_workload_moves_the_threshold_of_the_cards(names: tuple[str, str]) -> None:
    found = measured("diff", *names, "--same-workload")["measured"]
    assert found["moved_threshold"] == ("first" if names[0] == "saring-2026" else "second")
    assert abs(found["flagged"]["first"] - found["flagged"]["second"]) <= 5
    own = measured("diff", *names)["measured"]
    rules_side = "second" if names[0] == "saring-2026" else "first"
    assert found["screeners"][rules_side] == own["screeners"][rules_side]


def test_a_rulebook_for_which_no_cards_were_trained_decides_by_its_rules(tmp_path: Path) -> None:
    own = written(tmp_path, HEAD, rule({"tier": '"override"', "agency": '"police"'}), RULE_WITH_AGE)
    result = saring("rules", "diff", "paper-004", own, *DRAWN)
    assert result.exit_code == OK, result.stderr
    assert "the released cards were not trained for it: its rules decide alone" in result.stdout


RULE_WITH_AGE = """
[params.adult_age_years]
unit = "years"
description = { en = "Adult age.", id = "Usia dewasa." }
values = [{ from = 2020-01-01, value = 18, source = "law" }]
"""


# --- shadow -----------------------------------------------------------------------------------------


def test_shadow_counts_are_kept_continued_and_never_counted_twice(on_trial: Path, tmp_path: Path) -> None:
    kept = tmp_path / "kept.json"
    first = json_of("rules", "shadow", on_trial, *DRAWN, "--out", kept)
    assert first["n"] == SIZE
    assert [mark["rows"] for mark in first["watermarks"]] == [SIZE]
    again = ("rules", "shadow", on_trial, "--scenario", SCENARIO, "--n", SIZE, "--out", kept)
    with nothing_left(tmp_path):
        assert "there is such a file already" in refusal(*again, "--seed", 5)
        assert "counted already" in refusal(*again, "--seed", 4, "--append")
        assert "counted already" in refusal(*again, "--seed", 4, "--n", 300, "--append")
        levers = ("--lever", "interview_training")
        assert "its levers or the evidence have changed" in refusal(*again, "--seed", 5, *levers, "--append")
    both = json_of(*again, "--seed", 5, "--append")
    second = json_of("rules", "shadow", on_trial, "--scenario", SCENARIO, "--n", SIZE, "--seed", 5)
    assert both["n"] == 2 * SIZE
    assert both["watermarks"] == [*first["watermarks"], *second["watermarks"]]
    for joined, one, other in zip(both["rules"], first["rules"], second["rules"], strict=True):
        for outcome, counts in joined["outcomes"].items():
            for each, count in counts.items():
                assert count == one["outcomes"][outcome][each] + other["outcomes"][outcome][each]
    assert sum(read_shadow(kept).people.values()) == 2 * SIZE


def test_shadow_prints_what_a_rule_would_add_and_that_nothing_changes(on_trial: Path) -> None:
    result = saring("rules", "shadow", on_trial, *DRAWN)
    assert result.exit_code == OK, result.stderr
    assert "Shadow rules change no recommendation." in result.stdout
    assert "On whom it fires and no live rule does" in result.stdout
    assert "Seen: 1,500 rows, the last applicant " in result.stdout


# --- refusals ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["coverage"], "nobody is named on whom"),
        (["coverage", "nosuch", *DRAWN], "there is no released rulebook"),
        (["coverage", "--scenario", "nosuch"], "there is no scenario"),
        (["coverage", *DRAWN, "--stage", "airport"], "there is no stage"),
        (["coverage", *DRAWN, "--run", "."], "two kinds of people"),
        (["coverage", "--run", "absent"], "not a finished run"),
        (["coverage", "--run", ".", "--n", 5], "the run is finished"),
        (["coverage", *DRAWN, "--out", "."], "this is a folder"),
        (["coverage", *DRAWN, "--out", "absent/a.json"], "there is no such folder"),
        (["coverage", *DRAWN, "--out", "a.txt"], "the result is JSON"),
        (["coverage", *DRAWN, "--lever", "nosuch"], "there is no lever"),
        (["diff", "paper-004", "nosuch"], "there is no released rulebook"),
        (["diff", "", ""], "there is no released rulebook"),
        (["diff", "paper-004", "women-17-45", "--same-workload"], "no workload without people"),
        (["diff", "paper-004", "women-17-45", "--run", "absent"], "not a finished run"),
        (["diff", "paper-004", "women-17-45", *DRAWN, "--out", "."], "this is a folder"),
        (["shadow"], "no shadow rule is in force"),
        (["shadow", "paper-004", *DRAWN], "no shadow rule is in force"),
        (["shadow", "paper-004", *DRAWN, "--append"], "there is no file to add to"),
        (
            ["shadow", "paper-004", *DRAWN, "--append", "--out", "absent.json"],
            "there is no file 'absent.json'",
        ),
    ],
)
def test_wrong_input_is_refused(
    words: list[object], said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with nothing_left(tmp_path):
        assert said in refusal("rules", *words)


@pytest.mark.parametrize(
    "words",
    [
        ["diff", "paper-004"],
        ["coverage", "--n", "0"],
        ["shadow", "--seed", "x"],
        ["cover"],
        ["coverage", "--workers", "0"],
    ],
)
def test_wrong_use_is_told_apart(words: list[str]) -> None:
    assert saring("rules", *words).exit_code == USAGE
