"""Before a rulebook is believed it is taken apart: its logic, its tests, and what it does to people.

Whoever writes a rule learns from `saring rules` whether it can ever be met, whether it says anything new,
whether its tests would notice a slip, whom it alone finds, and whom it costs something.
"""

from functools import cache
from pathlib import Path

import pytest

from screening.analysis.cases import Reading
from screening.analysis.lint import LintReport, lint
from screening.analysis.mutation import EXAMINED, RuleMutation, mutation_of
from screening.analysis.relations import compared, reach_of
from screening.rulebook import load_rulebook, released_rulebooks
from tests.unit.console.terminal import GATE_FAILED, OK, SCENARIO, json_of, saring
from tests.unit.screening.analysis.rulebooks import when, written
from tests.unit.screening.test_rulebook import HEAD


@cache
def mutation(name: str) -> tuple[RuleMutation, ...]:
    return mutation_of(load_rulebook(name))


@cache
def linted(name: str) -> LintReport:
    return lint(name)


every_rulebook = pytest.mark.parametrize("name", released_rulebooks())


@every_rulebook
def test_no_released_rulebook_has_an_error_or_a_warning(name: str) -> None:
    report = linted(name)
    assert report.rules > 0
    assert (report.count("error"), report.count("warning")) == (0, 0)


@every_rulebook
def test_everything_about_a_released_rulebook_could_be_told(name: str) -> None:
    """No answer was "cannot tell": every rule was gone through in all its cases, and so was every mutant."""
    assert linted(name).count("note") == 0
    assert all(survivor.difference is not None for found in mutation(name) for survivor in found.survivors)


@every_rulebook
def test_nine_in_ten_slips_in_a_released_condition_are_noticed_by_its_own_tests(name: str) -> None:
    found = mutation(name)
    assert {one.status for one in found} <= set(EXAMINED)
    assert sum(one.caught for one in found) >= 0.9 * sum(one.n for one in found) > 0


def test_every_live_and_shadow_rule_has_mutants() -> None:
    for name in released_rulebooks():
        rules = [rule.id for rule in load_rulebook(name).rules if rule.status in EXAMINED]
        found = mutation(name)
        assert [one.rule for one in found] == rules
        assert all(one.n > 0 for one in found)


def test_every_live_rule_can_be_met_and_can_be_missed() -> None:
    for name in released_rulebooks():
        rulebook = load_rulebook(name)
        for rule in rulebook.rules:
            reach = reach_of(Reading(rule.condition, rulebook.values_on(rulebook.valid_from)))
            assert reach is not None
            assert reach.can_be_present
            assert reach.can_be_absent


def test_an_override_that_is_stricter_than_an_evidence_rule_is_recognised_as_such() -> None:
    rulebook = load_rulebook("saring-2026")
    parameters = rulebook.values_on(rulebook.valid_from)
    by_id = {rule.id: Reading(rule.condition, parameters) for rule in rulebook.rules}
    found = compared(by_id["minor_with_refuted_papers"], by_id["minor_without_parents_letter"])
    assert found is not None
    assert found.first_implies_second
    assert not found.second_implies_first


def test_an_author_is_told_what_is_wrong_with_a_draft(tmp_path: Path) -> None:
    draft = written(
        tmp_path,
        HEAD,
        when("never", 'job_offer == "none" and debt == "recruiter"', sources=None),
        when("children", "age < 18"),
        when("small_children", "age < 12"),
    )
    result = saring("rules", "lint", draft)
    assert result.exit_code == GATE_FAILED
    for said in ("R008 error, unsourced", "R101 error, unreachable", "R104 warning, subsumed", "'children'"):
        assert said in result.stdout


def test_a_rule_is_judged_by_whom_it_finds_and_by_whom_it_costs_something() -> None:
    found = json_of("rules", "coverage", "paper-004", "--scenario", SCENARIO, "--n", 3000)
    for rule in found["rules"]:
        for name in ("fires_on_victim", "fires_on_lawful", "fires_on_irregular", "false_flag_rate"):
            rate = rule[name]
            assert rate["low"] <= rate["estimate"] <= rate["high"]
            assert rate["n"] > 0
    assert found["corpus"]


def test_two_rulebooks_are_compared_on_the_same_people() -> None:
    result = saring("rules", "diff", "women-17-45", "paper-004", "--scenario", SCENARIO, "--n", 3000)
    assert result.exit_code == OK
    assert "the same people, screened twice" in result.stdout
    for title in ("By truth class", "Victims, by typology family", "By sex", "By age band"):
        assert title in result.stdout
