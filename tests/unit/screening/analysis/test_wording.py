"""A tree as text: reading it again gives the same tree."""

import pytest
from hypothesis import given, settings

from dossier.fields import MISSING, NOT_APPLICABLE
from screening.analysis.wording import as_row, row_wording, wording
from screening.rulebook import load_rulebook, released_rulebooks
from tests.unit.screening.analysis.conditions import conditions, reading


@settings(max_examples=80, deadline=None)
@given(conditions())
def test_text_gives_the_tree_it_was_made_of(text: str) -> None:
    tree = reading(text).condition.tree
    assert reading(wording(tree)).condition.tree == tree


@pytest.mark.parametrize("name", released_rulebooks())
def test_every_released_condition_is_worded_faithfully(name: str) -> None:
    rulebook = load_rulebook(name)
    parameters = rulebook.values_on(rulebook.valid_from)
    for rule in rulebook.rules:
        text = wording(rule.condition.tree)
        assert reading(text, parameters).condition.tree == rule.condition.tree


@pytest.mark.parametrize(
    ("text", "worded"),
    [
        ("18 <= age < 21", "age >= 18 and age < 21"),
        ("not one_way_journey", "not one_way_journey"),
        ("at_least(1, one_way_journey)", "at_least(1, one_way_journey)"),
        ("at_least(1, one_way_journey, address_unknown)", "one_way_journey or address_unknown"),
        ("one_way_journey and (age < 17 or age > 60)", "one_way_journey and (age < 17 or age > 60)"),
        ('sex not in ("female",)', 'sex != "female"'),
    ],
)
def test_words_stand_as_one_would_write_them(text: str, worded: str) -> None:
    assert wording(reading(text).condition.tree) == worded


def test_a_row_names_what_is_missing_and_leaves_out_what_does_not_arise() -> None:
    row = as_row({"sex": 1, "age": MISSING, "fee_idr": 1_500_000, "contract": NOT_APPLICABLE})
    assert row == {"sex": "male", "age": "missing", "fee_idr": 1_500_000}
    assert row_wording(row) == '{ sex = "male", age = "missing", fee_idr = 1_500_000 }'
