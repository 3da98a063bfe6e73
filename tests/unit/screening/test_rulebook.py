"""Loading, checking and compiling rulebooks."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from dossier.dossiers import Dossiers
from dossier.fields import MISSING, NOT_APPLICABLE, fields, fields_visible_at
from dossier.findings import ABSENT, PRESENT, UNKNOWN
from dossier.indicators import indicators
from dossier.problems import BadInput
from dossier.stages import Stage
from screening.language import Memo
from screening.rulebook import compile_rulebook, load_rulebook, released_rulebooks
from screening.rules_examples import example_dossiers

HEAD = """\
id = "trial"
version = 1
title = { en = "Trial", id = "Uji" }
valid_from = 2026-01-01
neutral = { age = 30 }
"""
AGE = """\
[params.adult_age_years]
unit = "years"
description = { en = "Adult age.", id = "Usia dewasa." }
values = [
  { from = 2020-01-01, value = 18, source = "law" },
  { from = 2027-01-01, value = 21, source = "law" },
]
"""
RULE: Mapping[str, str] = {
    "id": '"one_way"',
    "version": "1",
    "status": '"live"',
    "tier": '"evidence"',
    "title": '{ en = "One way", id = "Sekali jalan" }',
    "question": '{ en = "Why?", id = "Mengapa?" }',
    "why": '{ en = "Because.", id = "Karena." }',
    "reason": '{ en = "One way.", id = "Sekali jalan." }',
    "when": '"one_way_journey"',
    "innocent": '[{ en = "Backpackers.", id = "Pelancong." }]',
    "harm_if_wrong": '{ en = "Delay.", id = "Tertunda." }',
    "sources": '["paper-004, step 4"]',
    "valid_from": "2026-01-01",
    "tests.fires": '[{ return_ticket = "one_way" }]',
    "tests.does_not": '[{ return_ticket = "return" }]',
    "tests.unknown": '[{ return_ticket = "missing" }]',
}
MINOR = {
    "id": '"minor"',
    "when": '"minor_without_guardian_letter"',
    "tests.fires": '[{ age = 16, guardian_letter = "lacking" }]',
    "tests.does_not": '[{ age = 18, guardian_letter = "lacking" }]',
    "tests.unknown": '[{ age = 16, guardian_letter = "missing" }]',
}


def rule(changes: Mapping[str, str | None] | None = None) -> str:
    """Return a sound rule as TOML, with some keys changed or, where None, left out."""
    keys = {**RULE, **(changes or {})}
    return "\n[[rules]]\n" + "".join(f"{key} = {value}\n" for key, value in keys.items() if value is not None)


@pytest.fixture
def trial(tmp_path: Path) -> Path:
    return tmp_path / "trial.toml"


def problems(trial: Path, *parts: str) -> str:
    trial.write_text("".join(parts) or HEAD, encoding="utf-8")
    with pytest.raises(BadInput) as caught:
        load_rulebook(trial)
    return str(caught.value)


# --- loading --------------------------------------------------------------------------------------


def test_a_released_rulebook_is_loaded_by_name() -> None:
    assert "saring-2026" in released_rulebooks()
    assert load_rulebook("saring-2026").id == "saring-2026"


def test_an_unknown_name_is_refused_with_the_nearest() -> None:
    with pytest.raises(BadInput, match="Did you mean 'saring-2026'"):
        load_rulebook("saring-2062")


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="no such file"):
        load_rulebook(tmp_path / "none.toml")


def test_a_sound_rulebook_is_loaded_from_a_path(trial: Path) -> None:
    trial.write_text(HEAD + AGE + rule() + rule(MINOR), encoding="utf-8")
    rulebook = load_rulebook(str(trial))
    assert [one.id for one in rulebook.rules] == ["one_way", "minor"]
    assert rulebook.rules[0].stage is Stage.COUNTER
    assert rulebook.rules[1].reads == ("age", "guardian_letter")


# --- what is refused ------------------------------------------------------------------------------


def test_an_unknown_key_is_refused_with_file_line_and_nearest(trial: Path) -> None:
    message = problems(trial, HEAD, rule({"qestion": '"?"'}))
    assert "trial.toml, line 24: unknown key 'rules.0.qestion'" in message
    assert "Did you mean 'question'?" in message


@pytest.mark.parametrize(
    ("changes", "what"),
    [
        ({"id": None}, "'rules.0.id' is missing"),
        ({"id": '"One-Way"'}, "'rules.0.id'"),
        ({"version": "0"}, "'rules.0.version'"),
        ({"status": '"lively"'}, "'rules.0.status'"),
        ({"tier": '"suppression"'}, "'rules.0.tier'"),
        ({"reason": '{ en = "One way." }'}, "'rules.0.reason.id' is missing"),
        ({"harm_if_wrong": None}, "'rules.0.harm_if_wrong' is missing"),
        ({"tests.fires": "[{ age = 1.5 }]"}, "rules.0.tests.fires.0.age"),
        ({"when": '"one_way_jurney"'}, "Did you mean 'one_way_journey'?"),
        ({"when": "\"return_ticket == 'oneway'\""}, "has no code 'oneway'"),
        ({"sources": None}, "names no source"),
        ({"sources": '[" "]'}, "names no source"),
        ({"innocent": None}, "has no innocent explanation"),
        ({"tier": '"override"'}, "names no receiving agency"),
        ({"agency": '"polis"'}, "there is no agency 'polis'"),
        ({"valid_to": "2025-12-31"}, "ends before it starts"),
        ({"valid_from": "2024-01-01", "valid_to": "2025-12-31"}, "and is still live"),
        ({"when": '"not one_way_journey"'}, "negates an indicator"),
        ({"tests.unknown": None}, "has no test row under 'unknown'"),
        (
            {"tests.fires": '[{ return_ticket = "return" }]'},
            "test row 1 under 'fires' is absent, not present",
        ),
        (
            {"tests.does_not": '[{ return_ticket = "none" }, { return_ticket = "one_way" }]'},
            "test row 2 under 'does_not' is present, not absent",
        ),
        ({"tests.unknown": '[{ return_ticket = "none" }]'}, "under 'unknown' is absent, not unknown"),
        ({"tests.fires": '[{ retun_ticket = "one_way" }]'}, "Did you mean 'return_ticket'?"),
        ({"tests.fires": '[{ return_ticket = "oneway" }]'}, "Did you mean 'one_way'?"),
        ({"tests.fires": "[{ return_ticket = 1 }]"}, "has no code '1'"),
        ({"tests.fires": '[{ age = "old" }]'}, "'age' is a number and cannot be 'old'"),
        ({"tests.fires": "[{ age = 200 }]"}, "Write a whole number from 0 to 80"),
        ({"tests.fires": '[{ contract = "none" }]'}, "does not arise in this row, because of 'job_offer'"),
        ({"when": '"minor_without_guardian_letter"'}, "needs the parameter 'adult_age_years'"),
        ({"when": '"age < adult_age"'}, "there is no parameter 'adult_age'"),
        ({"id": '"one_way_journey"'}, "an indicator has the same name"),
    ],
)
def test_a_faulty_rule_is_refused_with_its_line(
    changes: Mapping[str, str | None], what: str, trial: Path
) -> None:
    message = problems(trial, HEAD, rule(changes))
    assert what in message
    assert "trial.toml, line " in message


@pytest.mark.parametrize(
    ("parts", "what"),
    [
        (
            (HEAD, rule(), rule({"when": '"one_way_journey or on_watch_list"'})),
            "another rule has the same id",
        ),
        ((HEAD, rule(), rule({"id": '"again"'})), "'one_way' has the same condition"),
        ((HEAD, AGE.replace("adult_age_years", "idle_years"), rule()), "uses 'idle_years'"),
        (
            (HEAD, AGE.replace("2020", "2026").replace("-01-01,", "-02-01,"), rule()),
            "has no value on 2026-01-01",
        ),
        ((HEAD, AGE.replace("adult_age_years", "age"), rule()), "called like a field"),
        ((HEAD, AGE.replace("2027-01-01", "2019-01-01"), rule()), "in order of time"),
        ((HEAD, AGE.replace(', source = "law"', ""), rule()), "needs a 'source' or an 'evidence' key"),
        ((HEAD, AGE.replace("18", '"18"'), rule()), "params.adult_age_years.values.0.value"),
        ((HEAD.replace("age = 30", "age = 300"), rule()), "'age' is a number and cannot be '300'"),
        ((HEAD.replace("title", "tilte"), rule()), "Did you mean 'title'?"),
    ],
)
def test_a_faulty_rulebook_is_refused_with_its_line(parts: tuple[str, ...], what: str, trial: Path) -> None:
    message = problems(trial, *parts)
    assert what in message
    assert "trial.toml, line " in message


def test_all_problems_are_reported_together(trial: Path) -> None:
    message = problems(
        trial, HEAD, rule({"sources": None, "when": '"one_way_jurney"'}), rule({"id": '"b"', "agency": '"x"'})
    )
    for what in ("names no source", "no indicator 'one_way_jurney'", "no agency 'x'"):
        assert what in message


def test_a_problem_stands_at_the_line_of_its_key(trial: Path) -> None:
    text = HEAD + rule({"when": '"one_way_jurney"'})
    line = next(number for number, line in enumerate(text.splitlines(), 1) if line.startswith("when"))
    assert f"trial.toml, line {line}, rule 'one_way': " in problems(trial, text)


def test_rules_that_are_not_live_are_checked_too(trial: Path) -> None:
    assert "names no source" in problems(trial, HEAD, rule({"status": '"draft"', "sources": None}))


# --- test rows ------------------------------------------------------------------------------------


def test_a_row_is_neutral_in_everything_it_does_not_say() -> None:
    dossiers = example_dossiers([{"return_ticket": "one_way"}], {"age": 30})
    assert set(dossiers.columns) == set(fields())
    assert dossiers.columns["return_ticket"].tolist() == [1]
    assert dossiers.columns["age"].tolist() == [30]
    assert dossiers.columns["family_card"].tolist() == [0]


def test_a_closed_gate_makes_a_field_not_applicable_and_a_missing_one_does_not() -> None:
    dossiers = example_dossiers(
        [{}, {"job_offer": "yes"}, {"job_offer": "missing"}, {"fee_idr": "missing"}], {}
    )
    assert dossiers.columns["contract"].tolist() == [NOT_APPLICABLE, 0, 0, NOT_APPLICABLE]
    assert dossiers.columns["job_offer"].tolist() == [0, 1, MISSING, 0]


# --- compiling ------------------------------------------------------------------------------------


@pytest.fixture
def dated(trial: Path) -> Path:
    later = {**MINOR, "id": '"later"', "valid_from": "2026-06-01", "valid_to": "2026-06-30"}
    shadow = {"id": '"shade"', "status": '"shadow"', "when": '"one_way_journey or on_watch_list"'}
    tests = {
        "tests.does_not": '[{ return_ticket = "return" }]',
        "tests.unknown": '[{ watch_list = "missing" }]',
    }
    trial.write_text(HEAD + AGE + rule() + rule(later) + rule({**shadow, **tests}), encoding="utf-8")
    return trial


@pytest.mark.parametrize(
    ("day", "rules"),
    [
        (None, ["one_way"]),
        (date(2026, 5, 31), ["one_way"]),
        (date(2026, 6, 1), ["one_way", "later"]),
        (date(2026, 6, 30), ["one_way", "later"]),
        (date(2026, 7, 1), ["one_way"]),
    ],
)
def test_only_live_rules_of_the_day_are_in_force(dated: Path, day: date | None, rules: list[str]) -> None:
    assert [one.id for one in compile_rulebook(load_rulebook(dated), day).rules] == rules


def test_a_shadow_run_adds_the_shadow_rules(dated: Path) -> None:
    compiled = compile_rulebook(load_rulebook(dated), statuses=("live", "shadow"))
    assert [one.id for one in compiled.rules] == ["one_way", "shade"]


def test_parameters_take_the_value_of_the_day(dated: Path) -> None:
    rulebook = load_rulebook(dated)
    assert compile_rulebook(rulebook, date(2026, 12, 31)).parameters == {"adult_age_years": 18}
    assert compile_rulebook(rulebook, date(2027, 1, 1)).parameters == {"adult_age_years": 21}


def test_a_day_before_the_rulebook_is_refused(dated: Path) -> None:
    with pytest.raises(BadInput, match="applies from 2026-01-01, not on 2025-12-31"):
        compile_rulebook(load_rulebook(dated), date(2025, 12, 31))


def test_a_rule_is_found_by_its_id(dated: Path) -> None:
    compiled = compile_rulebook(load_rulebook(dated))
    assert compiled.rule("one_way").question.en == "Why?"
    with pytest.raises(BadInput, match="no rule 'later' is in force on 2026-01-01"):
        compiled.rule("later")


def test_indicators_without_their_parameters_are_left_out(dated: Path) -> None:
    compiled = compile_rulebook(load_rulebook(dated))
    assert "minor_without_guardian_letter" in compiled.indicators
    assert "fee_high" not in compiled.indicators
    assert "debt_ties" in compiled.indicators


def neutral_desk(stage: Stage, rows: int = 3) -> Dossiers:
    return example_dossiers([{}] * rows, {"age": 30, "funds_idr": 25_000_000}).select(
        fields_visible_at(stage)
    )


@pytest.mark.parametrize("stage", list(Stage))
def test_a_stage_needs_only_the_fields_visible_by_then(stage: Stage) -> None:
    compiled = compile_rulebook(load_rulebook("saring-2026"))
    dossiers = neutral_desk(stage)
    found = compiled.indicator_findings(dossiers, stage)
    outcomes = compiled.outcomes(dossiers, stage)
    assert list(found) == [name for name, one in indicators().items() if one.stage <= stage]
    assert list(outcomes) == [one.id for one in compiled.rules if one.stage <= stage]
    assert all(values.shape == (3,) and values.dtype == np.int8 for values in outcomes.values())


def test_outcomes_are_three_valued(trial: Path) -> None:
    trial.write_text(HEAD + rule(), encoding="utf-8")
    compiled = compile_rulebook(load_rulebook(trial))
    rows = [{"return_ticket": ticket} for ticket in ("one_way", "return", "missing")]
    outcomes = compiled.outcomes(example_dossiers(rows, {}), Stage.COUNTER)
    assert outcomes["one_way"].tolist() == [PRESENT, ABSENT, UNKNOWN]


def test_indicators_and_rules_share_one_memo() -> None:
    compiled = compile_rulebook(load_rulebook("saring-2026"))
    dossiers, memo = neutral_desk(Stage.CHECKPOINT), Memo()
    found = compiled.indicator_findings(dossiers, Stage.CHECKPOINT, memo)
    outcomes = compiled.outcomes(dossiers, Stage.CHECKPOINT, memo)
    assert outcomes["papers_under_ultraviolet"] is found["papers_irregular_under_ultraviolet"]


# --- the hash a card is bound to ------------------------------------------------------------------


def columns_hash(trial: Path, *parts: str, day: date | None = None) -> str:
    trial.write_text("".join(parts), encoding="utf-8")
    return compile_rulebook(load_rulebook(trial), day).columns_hash


def test_the_hash_is_a_sha256_and_stays_the_same(trial: Path) -> None:
    found = columns_hash(trial, HEAD, AGE, rule())
    assert len(found) == 64
    assert found == columns_hash(trial, HEAD, AGE, rule())


def test_words_do_not_change_the_hash(trial: Path) -> None:
    reworded = rule({"why": '{ en = "Anyway.", id = "Pokoknya." }', "when": '"  one_way_journey "'})
    assert columns_hash(trial, HEAD, AGE, rule()) == columns_hash(trial, HEAD, AGE, reworded)


@pytest.mark.parametrize(
    "parts",
    [
        (HEAD, AGE, rule({"id": '"renamed"'})),
        (HEAD, AGE, rule({"version": "2"})),
        (HEAD, AGE, rule({"tier": '"override"', "agency": '"police"'})),
        (HEAD, AGE, rule({"when": '"one_way_journey or lost_passport_doubtful"'})),
        (HEAD, AGE.replace("value = 18", "value = 17"), rule()),
        (HEAD, rule()),
        (HEAD, AGE, rule(), rule(MINOR)),
    ],
    ids=["id", "version", "tier", "condition", "parameter", "indicators", "rules"],
)
def test_whatever_changes_a_column_changes_the_hash(parts: tuple[str, ...], trial: Path) -> None:
    assert columns_hash(trial, *parts) != columns_hash(trial, HEAD, AGE, rule())


def test_a_parameter_that_changes_with_the_day_changes_the_hash(trial: Path) -> None:
    before = columns_hash(trial, HEAD, AGE, rule())
    assert before != columns_hash(trial, HEAD, AGE, rule(), day=date(2027, 1, 1))
    assert before == columns_hash(trial, HEAD, AGE, rule(), day=date(2026, 12, 31))
