"""Lint: what it finds, that it finds no more, and that a refused rulebook is still examined."""

from datetime import date
from pathlib import Path

import pytest

from dossier.problems import BadInput
from screening import rules_checks
from screening.analysis import cases as all_cases
from screening.analysis.checks import check_named, checks, code_of
from screening.analysis.limits import limits
from screening.analysis.lint import LintReport, lint
from screening.rulebook import load_rulebook
from tests.unit.screening.analysis.rulebooks import when, written
from tests.unit.screening.test_rulebook import AGE, HEAD, MINOR, rule

PARAMETERS = HEAD + AGE


def codes(report: LintReport) -> list[tuple[str, str]]:
    """Return codes and rules, the failing test rows of rules that are not theirs left out."""
    return [
        (found.code, found.rule) for found in report.findings if found.code not in ("R015", "R016", "R005")
    ]


# --- what the loader finds --------------------------------------------------------------------------


def test_every_check_of_the_loader_has_a_number() -> None:
    own = {check.__name__ for check in (*rules_checks.OF_RULEBOOKS, *rules_checks.OF_RULES)}
    assert {check.loader for check in checks().values() if check.loader} == own
    assert all(code_of(name) != "R001" for name in own)


@pytest.mark.parametrize(
    ("key", "value", "code"),
    [
        ("sources", None, "R008"),
        ("innocent", None, "R009"),
        ("agency", '"nobody"', "R010"),
        ("valid_to", "2025-01-01", "R011"),
        ("when", '"not one_way_journey"', "R012"),
        ("tests.unknown", None, "R013"),
        ("tests.fires", '[{ return_ticket = "retrun" }]', "R015"),
        ("tests.fires", '[{ return_ticket = "return" }]', "R016"),
        ("when", '"one_way_jurney"', "R002"),
        ("status", '"alive"', "R001"),
        ("questoin", '"?"', "R001"),
    ],
)
def test_what_the_loader_refuses_has_its_number(
    tmp_path: Path, key: str, value: str | None, code: str
) -> None:
    path = written(tmp_path, HEAD, rule({key: value}))
    with pytest.raises(BadInput):
        load_rulebook(path)
    report = lint(path)
    assert code in [found.code for found in report.findings]
    assert report.is_refused
    assert report.count("error") > 0


def test_lint_names_every_problem_that_the_loader_names(tmp_path: Path) -> None:
    path = written(
        tmp_path, PARAMETERS, rule({"sources": None, "innocent": None}), rule({"agency": '"nobody"'})
    )
    with pytest.raises(BadInput) as caught:
        load_rulebook(path)
    assert {str(problem) for problem in caught.value.problems} == {
        str(found.problem) for found in lint(path).findings if found.code < "R100"
    }


def test_rules_beside_a_faulty_one_are_examined_and_keep_their_lines(tmp_path: Path) -> None:
    path = written(tmp_path, HEAD, rule({"status": '"alive"'}), when("never", "age < 5 and age > 7"))
    report = lint(path)
    assert (report.rules, report.left_out) == (1, 1)
    (unreachable,) = [found for found in report.findings if found.code == "R101"]
    line = path.read_text(encoding="utf-8").splitlines().index("when = 'age < 5 and age > 7'") + 1
    assert unreachable.problem.where == f"trial.toml, line {line}, rule 'never'"


def test_where_the_head_is_faulty_only_the_form_is_reported(tmp_path: Path) -> None:
    report = lint(written(tmp_path, HEAD.replace("version = 1\n", ""), rule()))
    assert [found.code for found in report.findings] == ["R001"]
    assert (report.rules, report.left_out, report.as_of) == (0, 1, None)


@pytest.mark.parametrize("text", ["rules = 3", "rules = [3]", "[rules]\nid = 1", "id = 5", ""])
def test_no_form_is_too_odd_to_be_named(tmp_path: Path, text: str) -> None:
    report = lint(written(tmp_path, text))
    assert {found.code for found in report.findings} == {"R001"}


def test_a_file_that_is_no_toml_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="not valid TOML"):
        lint(written(tmp_path, "id = "))


# --- what only lint finds ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    "condition",
    [
        "age < 5 and age > 7",
        'sex == "female" and sex == "male"',
        'passport_history == "first" and lost_passport_doubtful',
        'job_offer == "none" and fee_idr >= 0',
        "age > 80",
        'at_least(2, sex == "female", sex == "male")',
        "offer_by_social_media and offer_by_unlicensed_recruiter",
    ],
)
def test_a_rule_that_no_dossier_can_meet_is_unreachable(tmp_path: Path, condition: str) -> None:
    assert codes(lint(written(tmp_path, HEAD, when("never", condition)))) == [("R101", "never")]


@pytest.mark.parametrize(
    "condition",
    ["age >= 0", "age < 18 or age >= 18", 'sex == "female" or sex != "female"', "18 != age or age > 3"],
)
def test_a_rule_that_no_dossier_can_miss_is_always_true(tmp_path: Path, condition: str) -> None:
    assert codes(lint(written(tmp_path, HEAD, when("ever", condition)))) == [("R102", "ever")]


def test_what_a_closed_gate_answers_is_not_always_true(tmp_path: Path) -> None:
    assert codes(lint(written(tmp_path, HEAD, when("fee", "fee_idr >= 0")))) == []


def test_the_narrower_of_two_rules_is_named_with_the_wider(tmp_path: Path) -> None:
    path = written(tmp_path, HEAD, when("wide", "age < 18"), when("narrow", 'age < 12 and sex == "female"'))
    (found,) = [found for found in lint(path).findings if found.code == "R104"]
    assert found.rule == "narrow"
    assert "'wide'" in found.problem.what


def test_an_indicator_is_seen_through(tmp_path: Path) -> None:
    path = written(tmp_path, PARAMETERS, rule(MINOR), when("letter", 'guardian_letter == "lacking"'))
    assert codes(lint(path)) == [("R104", "minor")]


def test_an_override_within_evidence_is_meant_so(tmp_path: Path) -> None:
    narrow = when("narrow", "age < 12", tier='"override"', agency='"police"')
    assert codes(lint(written(tmp_path, HEAD, when("wide", "age < 18"), narrow))) == []
    wide = when("wide", "age < 18", tier='"override"', agency='"police"')
    assert codes(lint(written(tmp_path, HEAD, wide, when("narrow", "age < 12")))) == [("R104", "narrow")]


def test_what_is_known_earlier_adds_something(tmp_path: Path) -> None:
    late = when("late", 'age < 18 or registry_match == "mismatch"')
    assert codes(lint(written(tmp_path, HEAD, late, when("early", "age < 18")))) == []


def test_rules_that_never_hold_together_do_not_overlap(tmp_path: Path) -> None:
    old = when("old", "age < 18", valid_to="2026-06-30")
    new = when("new", "age < 17", valid_from="2026-07-01")
    assert codes(lint(written(tmp_path, HEAD, old, new))) == []


def test_the_same_in_other_words_is_the_same(tmp_path: Path) -> None:
    path = written(tmp_path, HEAD, when("one", "age < 18"), when("other", "not age >= 18"))
    assert codes(lint(path)) == [("R103", "one")]


def test_written_alike_is_left_to_the_loader(tmp_path: Path) -> None:
    path = written(tmp_path, HEAD, when("one", "age < 18"), when("other", "age < 18"))
    assert codes(lint(path)) == [("R004", "other")]


def test_a_part_that_changes_nothing_is_named(tmp_path: Path) -> None:
    path = written(tmp_path, HEAD, when("talk", 'age < 18 and (age < 30 or sex == "female")'))
    report = lint(path)
    assert set(codes(report)) == {("R105", "talk")}
    mends = [found.problem.mend for found in report.findings if found.code == "R105"]
    assert "Write: age < 18" in mends


def test_too_many_cases_are_said_and_not_guessed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    few = limits().model_copy(update={"most_cases": 40})
    monkeypatch.setattr(all_cases, "limits", lambda: few)
    condition = "age < 5 and dependants > 3 and funds_idr < 5 and income_idr > 8"
    report = lint(written(tmp_path, HEAD, when("large", condition)))
    assert ("R106", "large") in codes(report)
    assert not report.count("warning")


def test_retired_rules_are_left_in_peace(tmp_path: Path) -> None:
    assert codes(lint(written(tmp_path, HEAD, when("never", "age > 80", status='"retired"')))) == []


# --- days -------------------------------------------------------------------------------------------


def test_a_rule_whose_last_day_is_past_has_expired(tmp_path: Path) -> None:
    path = written(tmp_path, HEAD, rule({"valid_to": "2026-06-30"}))
    assert codes(lint(path)) == codes(lint(path, date(2026, 6, 30))) == []
    assert codes(lint(path, date(2026, 7, 1))) == [("R201", "one_way")]


def test_a_parameter_with_a_later_value_in_force_is_overtaken(tmp_path: Path) -> None:
    path = written(tmp_path, PARAMETERS, rule(MINOR))
    assert codes(lint(path, date(2026, 12, 31))) == []
    (found,) = lint(path, date(2027, 1, 1)).findings
    assert found.code == "R202"
    assert "is 21 since 2027-01-01, but 18" in found.problem.what
    assert found.problem.where == "trial.toml, line 6"


def test_the_values_of_the_day_decide_what_can_be_met(tmp_path: Path) -> None:
    path = written(tmp_path, PARAMETERS, rule(MINOR), when("grown", "age < adult_age_years and age >= 18"))
    assert ("R101", "grown") in codes(lint(path))
    assert ("R101", "grown") not in codes(lint(path, date(2027, 1, 1)))


def test_a_day_before_the_rulebook_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="applies from 2026-01-01"):
        lint(written(tmp_path, HEAD, rule()), date(2025, 12, 31))


# --- texts ------------------------------------------------------------------------------------------


def test_every_check_is_explained_in_both_languages() -> None:
    for check in checks().values():
        for text in (check.title, check.explanation):
            assert text.en.strip()
            assert text.id.strip()
            assert text.en != text.id


def test_an_unknown_check_is_refused_with_all_there_are() -> None:
    with pytest.raises(BadInput, match="There are: R001, R002"):
        check_named("R999")
