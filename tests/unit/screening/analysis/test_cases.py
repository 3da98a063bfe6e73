"""Going through all cases: the collapsed cases against every dossier there is."""

import math

import numpy as np
import pytest
from hypothesis import given, settings

from dossier.dossiers import Dossiers
from dossier.fields import MISSING, fields
from dossier.findings import ABSENT, PRESENT, UNKNOWN
from dossier.indicators import indicators
from screening.analysis.cases import cases_of, values_of
from screening.analysis.relations import compared, reach_of
from screening.rules_examples import example_dossiers, row_problems
from tests.unit.screening.analysis.conditions import (
    ATOMS,
    PARAMETERS,
    conditions,
    every_dossier,
    on_every_dossier,
    reading,
)

THOROUGH = settings(max_examples=60, deadline=None)


@pytest.mark.parametrize("text", ATOMS)
def test_a_single_part_has_the_outcomes_that_every_dossier_shows(text: str) -> None:
    cases = cases_of([reading(text)])
    assert cases is not None
    assert set(cases.outcomes(reading(text))) == set(on_every_dossier(reading(text)))


@THOROUGH
@given(conditions(), conditions())
def test_the_pairs_of_outcomes_are_those_that_every_dossier_shows(one: str, other: str) -> None:
    first, second = reading(one), reading(other)
    cases = cases_of([first, second])
    assert cases is not None
    ours = set(zip(cases.outcomes(first).tolist(), cases.outcomes(second).tolist(), strict=True))
    naive = set(zip(on_every_dossier(first).tolist(), on_every_dossier(second).tolist(), strict=True))
    assert ours == naive


@THOROUGH
@given(conditions(), conditions())
def test_relations_are_those_that_every_dossier_shows(one: str, other: str) -> None:
    first, second = reading(one), reading(other)
    naive_one, naive_other = on_every_dossier(first), on_every_dossier(second)
    found, reach = compared(first, second), reach_of(first)
    assert found is not None
    assert reach is not None
    assert found.first_implies_second == bool((naive_other[naive_one == PRESENT] == PRESENT).all())
    assert found.second_implies_first == bool((naive_one[naive_other == PRESENT] == PRESENT).all())
    assert (found.difference is None) == bool((naive_one == naive_other).all())
    assert reach.can_be_present == bool((naive_one == PRESENT).any())
    assert reach.can_be_absent == bool((naive_one == ABSENT).any())


@THOROUGH
@given(conditions(), conditions())
def test_a_difference_is_shown_on_a_row_that_a_rulebook_may_hold(one: str, other: str) -> None:
    first, second = reading(one), reading(other)
    found = compared(first, second)
    assert found is not None
    if found.difference is not None:
        row = found.difference.row
        assert not list(row_problems(row, {}, ""))
        desks = example_dossiers([row], {})
        outcomes = [int(each.condition.evaluate(desks, each.parameters)[0]) for each in (first, second)]
        assert outcomes == [found.difference.first, found.difference.second]
        assert outcomes[0] != outcomes[1]


def test_a_closed_gate_answers_for_what_lies_behind_it() -> None:
    behind = reading('passport_history == "first" and lost_passport_report == "none"')
    reach = reach_of(behind)
    assert reach is not None
    assert not reach.can_be_present


def test_behind_a_missing_gate_the_question_arises() -> None:
    cases = cases_of([reading("lost_passport_doubtful"), reading('passport_history == "lost"')])
    assert cases is not None
    pairs = zip(
        cases.outcomes(reading("lost_passport_doubtful")),
        cases.outcomes(reading('passport_history == "lost"')),
        strict=True,
    )
    assert (PRESENT, UNKNOWN) in set(pairs)


def test_the_same_indicator_with_another_parameter_is_another_part() -> None:
    usual = reading("promised_pay_high")
    higher = reading("promised_pay_high", {**PARAMETERS, "pay_high_usd": 1001})
    found = compared(usual, higher)
    assert found is not None
    assert found.second_implies_first
    assert not found.first_implies_second
    assert found.difference is not None
    assert found.difference.row["offer_pay_usd"] == 1000


@pytest.mark.parametrize(
    ("one", "other", "value"),
    [
        ("funds_idr < 3000000", "funds_idr <= 2500000", 2_999_999),
        ("funds_idr > 3000000", "funds_idr >= 3500000", 3_000_001),
        ("funds_idr > 2999999.5", "funds_idr >= 3500000", 3_000_000),
    ],
)
def test_a_number_is_looked_at_on_both_sides_of_every_limit(one: str, other: str, value: int) -> None:
    """Also between the steps in which it is drawn: a test row, or a file of somebody's own, may hold it."""
    found = compared(reading(one), reading(other))
    assert found is not None
    assert found.difference is not None
    assert found.difference.row == {"funds_idr": value}


def test_a_limit_that_no_number_reaches_changes_nothing() -> None:
    found = compared(reading("age < 90"), reading("age < 91"))
    assert found is not None
    assert found.difference is None


def test_where_there_are_too_many_cases_nothing_is_said() -> None:
    text = "age >= 17 and dependants == 3"
    assert cases_of([reading(text)], most=8) is None
    assert compared(reading(text), reading(text), most=8) is None
    assert reach_of(reading(text), most=8) is None


@pytest.mark.parametrize("most", range(1, 400, 13))
def test_a_limit_never_makes_the_answer_wrong(most: int) -> None:
    first, second = reading("minor_without_guardian_letter"), reading("guardian_letter_lacking")
    whole, limited = compared(first, second), compared(first, second, most)
    assert limited is None or (
        whole is not None and limited.first_implies_second == whole.first_implies_second
    )


def test_values_that_nothing_tells_apart_are_gone_through_once() -> None:
    cases = cases_of([reading("age >= 17")])
    assert cases is not None
    assert len(cases) == 3
    assert {cases.row(case)["age"] for case in range(3)} >= {"missing", 17}


def test_groups_of_fields_multiply() -> None:
    cases = cases_of([reading('age >= 17 and sex == "female"')])
    assert cases is not None
    assert len(cases) == math.prod((3, 3))


@pytest.mark.parametrize("name", fields())
def test_all_values_of_a_field_are_ones_it_may_hold(name: str) -> None:
    field = fields()[name]
    values = values_of(field, [0.5, 17, 10**9])
    assert values[-1] == MISSING
    assert len(set(values.tolist())) == len(values)
    known = values[:-1]
    if field.is_number:
        assert known.min() == field.edges[0]
        assert known.max() == field.upper
    else:
        assert known.tolist() == list(range(len(field.codes)))


@pytest.mark.parametrize("name", indicators())
def test_an_indicator_turns_only_where_it_is_looked_at(name: str) -> None:
    """Between the values that are looked at, an indicator of one number changes nowhere: whole numbers agree."""
    indicator = indicators()[name]
    numbers = [field for field in indicator.reads if fields()[field].is_number]
    if len(indicator.reads) != 1 or not numbers or fields()[numbers[0]].upper > 100_000:
        return
    field = fields()[numbers[0]]
    limits = [PARAMETERS[parameter] for parameter in indicator.parameters]
    everything = np.arange(field.edges[0], field.upper + 1, dtype=np.int32)
    looked_at = np.array(sorted(values_of(field, limits)[:-1].tolist()), dtype=np.int32)
    whole = indicator.read(Dossiers(everything.astype(np.int64), {field.name: everything}), PARAMETERS)
    seen = indicator.read(Dossiers(looked_at.astype(np.int64), {field.name: looked_at}), PARAMETERS)
    below = np.searchsorted(looked_at, everything, side="right") - 1
    assert (whole == seen[below]).all()


def test_the_twin_goes_through_every_dossier() -> None:
    ages, letters, dependants, histories = 82, 4, 10, 2 * 1 + 2 * 4
    assert len(every_dossier()) == ages * letters * dependants * histories
