"""The condition language: what a condition means, and how everything else is refused."""

import dataclasses

import numpy as np
import pytest

from dossier.dossiers import Dossiers
from dossier.fields import MISSING, NOT_APPLICABLE, fields
from dossier.findings import ABSENT, PRESENT, UNKNOWN, Findings
from dossier.indicators import indicators
from dossier.indicators.registry import Indicator
from dossier.problems import BadInput
from dossier.stages import Stage
from screening.language import Condition, Memo, parse_condition, read_indicator
from screening.rules_grammar import MAX_DEPTH, MAX_LENGTH, MAX_PARTS

PARAMETERS = {"pay_high_usd": 1000, "fee_high_idr": 50_000_000, "adult_age_years": 18}
PLACE = "rules.toml, line 7"


def parsed(text: str) -> Condition:
    return parse_condition(
        text, fields=fields(), indicators=indicators(), parameters=tuple(PARAMETERS), place=PLACE
    )


def desk(**columns: list[int]) -> Dossiers:
    arrays = {
        name: np.asarray(values, np.int32) if fields()[name].is_number else np.asarray(values, np.int8)
        for name, values in columns.items()
    }
    return Dossiers(np.arange(len(next(iter(arrays.values())))), arrays)


def outcome(text: str, **columns: list[int]) -> list[int]:
    found: list[int] = parsed(text).evaluate(desk(**columns), PARAMETERS).tolist()
    return found


def refusal(text: str) -> str:
    with pytest.raises(BadInput) as caught:
        parsed(text)
    return str(caught.value)


# --- what a condition means -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "of_female_male_missing"),
    [
        ('sex == "male"', [ABSENT, PRESENT, UNKNOWN]),
        ('sex != "male"', [PRESENT, ABSENT, UNKNOWN]),
        ('"male" == sex', [ABSENT, PRESENT, UNKNOWN]),
        ('sex in ("male",)', [ABSENT, PRESENT, UNKNOWN]),
        ('sex in ("female", "male")', [PRESENT, PRESENT, UNKNOWN]),
        ('sex not in ("male",)', [PRESENT, ABSENT, UNKNOWN]),
        ('not sex == "male"', [PRESENT, ABSENT, UNKNOWN]),
    ],
)
def test_a_category_is_compared_with_codes(text: str, of_female_male_missing: list[int]) -> None:
    assert outcome(text, sex=[0, 1, MISSING]) == of_female_male_missing


@pytest.mark.parametrize(
    ("text", "of_17_18_missing"),
    [
        ("age < 18", [PRESENT, ABSENT, UNKNOWN]),
        ("age <= 17", [PRESENT, ABSENT, UNKNOWN]),
        ("age > 17.5", [ABSENT, PRESENT, UNKNOWN]),
        ("age >= adult_age_years", [ABSENT, PRESENT, UNKNOWN]),
        ("adult_age_years <= age", [ABSENT, PRESENT, UNKNOWN]),
        ("18 > age", [PRESENT, ABSENT, UNKNOWN]),
        ("age == 17", [PRESENT, ABSENT, UNKNOWN]),
        ("age != 17", [ABSENT, PRESENT, UNKNOWN]),
        ("12 <= age < adult_age_years", [PRESENT, ABSENT, UNKNOWN]),
    ],
)
def test_a_number_is_compared_with_numbers_and_parameters(text: str, of_17_18_missing: list[int]) -> None:
    assert outcome(text, age=[17, 18, MISSING]) == of_17_18_missing


@pytest.mark.parametrize(
    "text",
    [
        'offer_channel == "social_media"',
        'offer_channel != "social_media"',
        'offer_channel in ("social_media",)',
        'offer_channel not in ("social_media",)',
    ],
)
def test_where_the_question_does_not_arise_no_comparison_of_codes_holds(text: str) -> None:
    assert outcome(text, offer_channel=[NOT_APPLICABLE]) == [ABSENT]


@pytest.mark.parametrize("relation", ["<", "<=", "==", "!=", ">=", ">"])
def test_where_the_question_does_not_arise_no_comparison_of_numbers_holds(relation: str) -> None:
    assert outcome(f"fee_idr {relation} 0", fee_idr=[NOT_APPLICABLE]) == [ABSENT]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('sex == "male" and age >= 18', [PRESENT, UNKNOWN, ABSENT, ABSENT]),
        ('sex == "male" or age >= 18', [PRESENT, PRESENT, UNKNOWN, ABSENT]),
        ('not (sex == "male" or age >= 18)', [ABSENT, ABSENT, UNKNOWN, PRESENT]),
        ('at_least(2, sex == "male", age >= 18)', [PRESENT, UNKNOWN, ABSENT, ABSENT]),
        ('at_least(1, sex == "male", age >= 18)', [PRESENT, PRESENT, UNKNOWN, ABSENT]),
    ],
)
def test_unknown_is_never_silently_false(text: str, expected: list[int]) -> None:
    assert outcome(text, sex=[1, 1, MISSING, 0], age=[30, MISSING, 10, 10]) == expected


def test_an_indicator_stands_for_its_reading() -> None:
    columns = {"offer_pay_usd": [1000, 999, 1000], "qualifications_asked": [1, 1, MISSING]}
    assert outcome("too_good_an_offer", **columns) == [PRESENT, ABSENT, UNKNOWN]


def test_white_space_means_nothing() -> None:
    assert parsed('  age < 18\n   and\tsex == "male" ').text == 'age < 18 and sex == "male"'


def test_an_empty_batch_gives_an_empty_outcome() -> None:
    assert outcome("age < 18 and not fee_idr > 3", age=[], fee_idr=[]) == []


def test_the_outcome_is_int8() -> None:
    condition = parsed("at_least(2, age < 18, age > 3, not age == 5)")
    assert condition.evaluate(desk(age=[4]), {}).dtype == np.int8


# --- what a condition tells of itself -------------------------------------------------------------


def test_a_condition_names_all_that_it_reads() -> None:
    condition = parsed(
        'too_good_an_offer and stated_country in ("cambodia", "laos") and fee_idr > fee_high_idr'
    )
    assert condition.reads == ("offer_pay_usd", "qualifications_asked", "stated_country", "fee_idr")
    assert condition.indicators == ("too_good_an_offer",)
    assert condition.parameters == ("pay_high_usd", "fee_high_idr")


def test_its_stage_is_the_latest_of_the_fields_it_reads() -> None:
    assert parsed("age < 18").stage is Stage.COUNTER
    assert parsed("age < 18 or too_good_an_offer").stage is Stage.INTERVIEW
    assert parsed("on_watch_list and too_good_an_offer").stage is Stage.CHECKPOINT


@pytest.mark.parametrize(
    ("text", "is_monotone"),
    [
        ("fee_high and debt_ties", True),
        ("at_least(2, fee_high, debt_ties, one_way_journey) or on_watch_list", True),
        ('fee_high and not age < 18 and sex != "male"', True),
        ("not fee_high", False),
        ("debt_ties and not (age < 18 or fee_high)", False),
        ("not not fee_high", False),
    ],
)
def test_it_is_monotone_unless_it_negates_an_indicator(text: str, is_monotone: bool) -> None:
    assert parsed(text).is_monotone is is_monotone


def test_equal_conditions_are_equal() -> None:
    assert parsed("fee_high and age < 18") == parsed("fee_high  and age < 18")


def test_it_is_frozen() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        parsed("fee_high").text = "debt_ties"  # type: ignore[misc]


# --- evaluated once -------------------------------------------------------------------------------


def counting(name: str, calls: list[str]) -> Indicator:
    """Return an indicator that notes each time it is read."""
    one = indicators()[name]

    def reading(*columns: object, **parameters: float) -> Findings:
        calls.append(name)
        return one.reading(*columns, **parameters)

    return dataclasses.replace(one, reading=reading)


def test_a_shared_part_is_read_once_for_each_memo() -> None:
    calls: list[str] = []
    known = {name: counting(name, calls) for name in ("debt_to_recruiter", "one_way_journey")}
    texts = ("debt_to_recruiter and one_way_journey", "one_way_journey or not debt_to_recruiter")
    conditions = [parse_condition(text, fields=fields(), indicators=known, parameters=()) for text in texts]
    dossiers = desk(debt=[0, 2], return_ticket=[0, 1])
    memo: Memo = {}
    for condition in conditions:
        condition.evaluate(dossiers, {}, memo)
    read_indicator(known["one_way_journey"], dossiers, {}, memo)
    assert sorted(calls) == ["debt_to_recruiter", "one_way_journey"]


def test_without_a_memo_nothing_is_kept() -> None:
    condition = parsed("one_way_journey")
    assert condition.evaluate(desk(return_ticket=[1]), {}).tolist() == [PRESENT]
    assert condition.evaluate(desk(return_ticket=[0]), {}).tolist() == [ABSENT]


def test_what_the_memo_shares_cannot_be_written_to() -> None:
    found = parsed("one_way_journey").evaluate(desk(return_ticket=[1]), {})
    with pytest.raises(ValueError, match="read-only"):
        found[0] = ABSENT


# --- what is refused ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "what", "mend"),
    [
        ("too_god_an_offer", "no indicator 'too_god_an_offer'", "Did you mean 'too_good_an_offer'?"),
        ('stated_country == "camboda"', "has no code 'camboda'", "Did you mean 'cambodia'?"),
        ('stated_country in ("laos", "x")', "has no code 'x'", "There are: malaysia"),
        ('stated_contry == "laos"', "no field 'stated_contry'", "Did you mean 'stated_country'?"),
        ("fee_idr > fee_hih_idr", "no parameter 'fee_hih_idr'", "Did you mean 'fee_high_idr'?"),
        ("sex == 1", "'sex' is a category and cannot be compared with '1'", 'sex == "female"'),
        ("sex < 1", "'sex' is a category; '<' is for numbers", 'sex == "female"'),
        ('age == "old"', "'age' is a number in years", "age >= 60"),
        ("age in (17, 18)", "'age' is a number; 'in' is for codes", "age >= 60"),
        ('sex in "male"', "needs a list of codes in round brackets", 'sex in ("female", "male")'),
        ('sex in ["male"]', "needs a list of codes in round brackets", 'sex in ("female", "male")'),
        ("sex in ()", "needs a list of codes in round brackets", 'sex in ("female", "male")'),
        ("sex in (fee_high,)", "cannot be compared with 'fee_high'", 'sex == "female"'),
        ("age", "'age' is a field and stands alone", "age >= 60"),
        ("sex", "'sex' is a field and stands alone", 'sex == "female"'),
        ("pay_high_usd", "'pay_high_usd' is a parameter and stands alone", "Compare a field"),
        ("fee_high == 2", "'fee_high' is an indicator and cannot be compared", "Write its name alone"),
        ("2 > fee_high", "'fee_high' is an indicator and cannot be compared", "Write its name alone"),
        ("age < income_idr", "two fields are compared", "Write an indicator"),
        ("1 < 2", "names no field", "A condition may hold"),
        ("pay_high_usd < 2000", "names no field", "A condition may hold"),
        ("age is 3", "'is' is not part", "Write =="),
        ("age < True", "cannot be compared with 'True'", "age >= 60"),
        ("age < -1", "cannot be compared with '-1'", "age >= 60"),
        ("age < 1e999", "'1e999' is too large", "age >= 60"),
        ("age < 3j", "cannot be compared with '3j'", "age >= 60"),
        ("at_least(fee_high, debt_ties)", "at_least needs a number from 1 to 1 first", "how many"),
        ("at_least(3, fee_high, debt_ties)", "at_least needs a number from 1 to 2 first", "how many"),
        ("at_least(0, fee_high)", "at_least needs a number from 1 to 1 first", "how many"),
        ("at_least(True, fee_high)", "at_least needs a number from 1 to 1 first", "how many"),
        ("at_least(1)", "is not complete", "Write at_least(2"),
        ("at_least()", "is not complete", "Write at_least(2"),
        ("at_least(1, fee_high, k=2)", "is not complete", "Write at_least(2"),
        ("at_least(1, *fee_high)", "'*fee_high' is not part", "A condition may hold"),
        ("at_least", "no indicator 'at_least'", ""),
        ("any_of(fee_high, debt_ties)", "no function 'any_of'", "A condition may hold"),
        ("__import__('os')", "no function '__import__'", "A condition may hold"),
        ("age.real > 3", "names no field", "A condition may hold"),
        ("fee_high.reading", "'fee_high.reading' is not part", "A condition may hold"),
        ("fee_high.reading()", "is not part", "A condition may hold"),
        ("lambda: fee_high", "is not part", "A condition may hold"),
        ("fee_high if debt_ties else one_way_journey", "is not part", "A condition may hold"),
        ("[fee_high for age in sex]", "is not part", "A condition may hold"),
        ("(x := fee_high)", "is not part", "A condition may hold"),
        ("fee_high & debt_ties", "is not part", "A condition may hold"),
        ("fee_high[0]", "is not part", "A condition may hold"),
        ("f'{fee_high}'", "is not part", "A condition may hold"),
        ("True", "'True' is not part", "A condition may hold"),
        ("fee_high, debt_ties", "is not part", "A condition may hold"),
        ("age + 1 > 18", "names no field", "A condition may hold"),
        ("-fee_high", "is not part", "A condition may hold"),
        ("await fee_high", "is not part", "A condition may hold"),
        ("", "cannot be read", "A condition may hold"),
        ("fee_high and", "cannot be read", "A condition may hold"),
        ("fee_high) or (debt_ties", "cannot be read", "A condition may hold"),
        ("fee_high; debt_ties", "cannot be read", "A condition may hold"),
        ("import os", "cannot be read", "A condition may hold"),
        ('sex == "\x00"', "cannot be read", "A condition may hold"),
        ("fee_high # or debt_ties", "'#' may not stand", "Remove"),
        ('sex == "\\d"', "may not stand", "Remove"),
    ],
)
def test_everything_else_is_refused_with_what_where_and_how_to_mend_it(
    text: str, what: str, mend: str
) -> None:
    message = refusal(text)
    assert message.startswith(PLACE)
    assert what in message
    assert mend in message


def test_all_problems_of_a_condition_are_reported_together() -> None:
    message = refusal('fee_hihg and sex == "mal" or age.x')
    assert message.count(PLACE) == 3


@pytest.mark.parametrize("text", ["not " * 40 + "fee_high", "(" * 250 + "fee_high" + ")" * 250])
def test_deep_nesting_is_refused(text: str) -> None:
    assert "nested" in refusal(text)


def test_the_deepest_nesting_that_is_allowed_works() -> None:
    assert parsed("not " * (MAX_DEPTH - 1) + "fee_high").indicators == ("fee_high",)


def test_a_condition_of_too_many_parts_is_refused() -> None:
    text = f"at_least(1{', age < 1' * (MAX_PARTS // 3)})"
    assert f"at most {MAX_PARTS} are allowed" in refusal(text)


def test_a_condition_that_is_too_long_is_refused_unparsed() -> None:
    assert "characters" in refusal("(" * (MAX_LENGTH + 1))
