"""Mutants: every kind of slip is made, each once, and test rows are credited with exactly what they notice."""

from pathlib import Path

import pytest

from dossier.findings import ABSENT, PRESENT
from screening.analysis.mutants import mutants_of, without_parts
from screening.analysis.mutation import RuleMutation, mutation_of
from screening.rulebook import load_rulebook
from screening.rules_examples import example_dossiers
from tests.unit.screening.analysis.conditions import on_every_dossier, reading
from tests.unit.screening.test_rulebook import AGE, HEAD, rule


def changed(text: str) -> dict[str, str]:
    """Return the conditions of the mutants by what was changed."""
    return {mutant.change: mutant.reading.condition.text for mutant in mutants_of(reading(text))}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("one_way_journey and address_unknown", "one_way_journey or address_unknown"),
        ("one_way_journey or address_unknown", "one_way_journey and address_unknown"),
        ("one_way_journey and address_unknown", "address_unknown"),
        ("one_way_journey", "not one_way_journey"),
        ("not one_way_journey", "one_way_journey"),
        ("age >= 18", "age > 18"),
        ("age >= 18", "age < 18"),
        ("age < 18", "age <= 18"),
        ("age == 18", "age != 18"),
        ("age >= 18", "age >= 17"),
        ("age >= 18", "age >= 19"),
        ("fee_idr >= 5000000", "fee_idr >= 4500000"),
        ('sex == "female"', 'sex != "female"'),
        ('sex == "female"', 'sex == "male"'),
        ('contract in ("verbal", "none")', 'contract == "verbal"'),
        ('contract in ("verbal", "none")', 'contract in ("written_understood", "verbal")'),
        ('contract in ("verbal", "none")', 'contract in ("written_understood", "verbal", "none")'),
        ("at_least(2, age > 1, age > 2, age > 3)", "age > 1 or age > 2 or age > 3"),
        ("at_least(2, age > 1, age > 2, age > 3)", "at_least(3, age > 1, age > 2, age > 3)"),
        ("at_least(2, age > 1, age > 2, age > 3)", "at_least(2, age > 2, age > 3)"),
    ],
)
def test_each_kind_of_slip_is_made(text: str, expected: str) -> None:
    assert expected in changed(text).values()


def test_parameters_slip_by_the_step_of_the_field_that_is_read_with_them() -> None:
    pay = {mutant.reading.parameters["pay_high_usd"] for mutant in mutants_of(reading("promised_pay_high"))}
    assert pay == {950, 1000, 1050}
    age = {
        mutant.reading.parameters["adult_age_years"]
        for mutant in mutants_of(reading("age < adult_age_years"))
    }
    assert age == {17, 18, 19}


def test_a_slip_deep_inside_leaves_the_rest_alone() -> None:
    text = "one_way_journey and (address_unknown or age < 18)"
    assert "one_way_journey and (address_unknown or age < 19)" in changed(text).values()
    assert "one_way_journey and address_unknown" in changed(text).values()


@pytest.mark.parametrize("text", ["age >= 18 and age >= 18", "at_least(2, age < 3, age < 5, age < 4)"])
def test_no_mutant_is_made_twice_and_none_is_the_condition(text: str) -> None:
    texts = [mutant.reading.condition.text for mutant in mutants_of(reading(text))]
    assert len(texts) == len(set(texts))
    assert reading(text).condition.text not in texts


def test_a_condition_that_is_as_deep_as_may_be_has_no_deeper_mutant() -> None:
    text = "age < 5"
    while True:
        try:
            reading(f"not ({text})")
        except Exception:  # noqa: BLE001  (as deep as the grammar allows)
            break
        text = f"not ({text})"
    assert mutants_of(reading(text))


def test_dropped_parts_are_among_the_mutants() -> None:
    text = "at_least(2, age > 1, age > 2, age > 3) and dependants > 1"
    dropped = [mutant.reading.condition.text for mutant in without_parts(reading(text))]
    assert len(dropped) == 5
    assert set(dropped) <= set(changed(text).values())


# --- what test rows notice --------------------------------------------------------------------------


def mutation(tmp_path: Path, **keys: str) -> RuleMutation:
    path = tmp_path / "trial.toml"
    path.write_text(HEAD + AGE + rule(keys), encoding="utf-8")
    (found,) = mutation_of(load_rulebook(path))
    return found


MINOR = {
    "when": '"age < adult_age_years and passport_history == \\"first\\""',
    "tests.unknown": '[{ age = "missing" }]',
}


def test_rows_at_the_limit_notice_what_rows_far_from_it_do_not(tmp_path: Path) -> None:
    far = mutation(tmp_path, **MINOR, **{"tests.fires": "[{ age = 5 }]", "tests.does_not": "[{ age = 40 }]"})
    near = mutation(
        tmp_path,
        **MINOR,
        **{
            "tests.fires": "[{ age = 17 }]",
            "tests.does_not": '[{ age = 18 }, { age = 5, passport_history = "lost" }, { age = 5, passport_history = "expired" }]',
        },
    )
    assert near.n == far.n
    assert not near.survivors
    changes = [survivor.change for survivor in far.survivors]
    assert "adult_age_years is 19 instead of 18" in changes
    assert "adult_age_years is 17 instead of 18" in changes


def test_a_survivor_comes_with_a_row_that_catches_it(tmp_path: Path) -> None:
    found = mutation(
        tmp_path, **MINOR, **{"tests.fires": "[{ age = 5 }]", "tests.does_not": "[{ age = 40 }]"}
    )
    own = reading('age < adult_age_years and passport_history == "first"')
    for survivor in found.survivors:
        assert survivor.difference is not None
        desks = example_dossiers([survivor.difference.row], {})
        assert own.condition.evaluate(desks, own.parameters).tolist() == [survivor.difference.first]
        assert survivor.difference.first != survivor.difference.second


def test_a_mutant_that_means_the_same_is_left_out_and_counted(tmp_path: Path) -> None:
    found = mutation(
        tmp_path,
        **{
            "when": '"age < 17 or age < 18"',
            "tests.fires": "[{ age = 17 }, { age = 0 }]",
            "tests.does_not": "[{ age = 18 }, { age = 19 }, { age = 40 }]",
            "tests.unknown": '[{ age = "missing" }]',
        },
    )
    same = [
        mutant
        for mutant in mutants_of(reading("age < 17 or age < 18"))
        if (on_every_dossier(mutant.reading) == on_every_dossier(reading("age < 17 or age < 18"))).all()
    ]
    assert found.equivalent == len(same) > 0
    assert found.n + found.equivalent == len(mutants_of(reading("age < 17 or age < 18")))


def test_caught_and_survivors_agree_with_every_dossier(tmp_path: Path) -> None:
    found = mutation(
        tmp_path, **MINOR, **{"tests.fires": "[{ age = 5 }]", "tests.does_not": "[{ age = 40 }]"}
    )
    own = reading('age < adult_age_years and passport_history == "first"')
    rows = example_dossiers([{"age": 5}, {"age": 40}, {"age": "missing"}], {})
    expected = own.condition.evaluate(rows, own.parameters).tolist()
    assert expected[:2] == [PRESENT, ABSENT]
    uncaught = []
    for mutant in mutants_of(own):
        differs = (on_every_dossier(mutant.reading) != on_every_dossier(own)).any()
        caught = mutant.reading.condition.evaluate(rows, mutant.reading.parameters).tolist() != expected
        if differs and not caught:
            uncaught.append(mutant.change)
    assert [survivor.change for survivor in found.survivors] == uncaught


def test_draft_and_retired_rules_are_not_examined(tmp_path: Path) -> None:
    path = tmp_path / "trial.toml"
    parts = [
        rule({"id": f'"{status}_rule"', "status": f'"{status}"'}) for status in ("draft", "retired", "shadow")
    ]
    path.write_text("".join([HEAD, *parts]), encoding="utf-8")
    assert [found.rule for found in mutation_of(load_rulebook(path))] == ["shadow_rule"]
