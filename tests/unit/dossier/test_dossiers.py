"""Dossiers: many applicants field by field, and questions that know the answer "unknown"."""

import numpy as np
import pytest

from dossier.dossiers import Column, Dossiers, joined
from dossier.fields import MISSING, NOT_APPLICABLE
from dossier.findings import ABSENT, PRESENT, UNKNOWN, Findings

CODES = np.array([0, 1, 2, MISSING, NOT_APPLICABLE], dtype=np.int8)
AGES = np.array([17, 18, 19, MISSING, NOT_APPLICABLE], dtype=np.int32)
HISTORY = ("first", "expired", "lost")


@pytest.fixture
def desk() -> Dossiers:
    """Five applicants: three answers, one empty cell, one question that does not arise."""
    return Dossiers(np.arange(100, 105), {"passport_history": CODES, "age": AGES})


def names(findings: Findings) -> list[str]:
    return [
        {ABSENT: "absent", UNKNOWN: "unknown", PRESENT: "present"}[finding] for finding in findings.tolist()
    ]


# --- three-valued questions -------------------------------------------------------------------------


def test_one_of_the_codes_is_present_and_an_empty_cell_is_unknown(desk: Dossiers) -> None:
    found = desk["passport_history"].is_any("expired", "lost")
    assert names(found) == ["absent", "present", "present", "unknown", "absent"]


def test_another_code_is_present_only_where_the_question_arises(desk: Dossiers) -> None:
    found = desk["passport_history"].is_not("first")
    assert names(found) == ["absent", "present", "present", "unknown", "absent"]


def test_a_lower_limit_includes_itself(desk: Dossiers) -> None:
    assert names(desk["age"].at_least(18)) == ["absent", "present", "present", "unknown", "absent"]


def test_an_upper_limit_leaves_itself_out(desk: Dossiers) -> None:
    assert names(desk["age"].below(18)) == ["present", "absent", "absent", "unknown", "absent"]


def test_a_limit_of_zero_does_not_catch_what_does_not_apply(desk: Dossiers) -> None:
    assert names(desk["age"].at_least(0)) == ["present", "present", "present", "unknown", "absent"]
    assert names(desk["age"].below(0)) == ["absent", "absent", "absent", "unknown", "absent"]


def test_any_of_all_codes_is_present_wherever_there_is_an_answer(desk: Dossiers) -> None:
    column = desk["passport_history"]
    assert names(column.is_any(*HISTORY)) == ["present", "present", "present", "unknown", "absent"]
    assert names(column.is_not(*HISTORY)) == ["absent", "absent", "absent", "unknown", "absent"]


def test_what_does_not_arise_is_known(desk: Dossiers) -> None:
    assert desk["passport_history"].is_known.tolist() == [True, True, True, False, True]


def test_a_finding_is_a_small_integer(desk: Dossiers) -> None:
    assert desk["age"].below(18).dtype == np.int8
    assert desk["passport_history"].is_any("lost").dtype == np.int8


def test_a_misspelt_code_is_an_error_and_not_an_absence(desk: Dossiers) -> None:
    with pytest.raises(KeyError, match="no code 'stolen'"):
        desk["passport_history"].is_any("stolen")
    with pytest.raises(KeyError, match="no code 'stolen'"):
        desk["passport_history"].is_not("stolen")


# --- the table ---------------------------------------------------------------------------------------


def test_a_column_knows_its_declaration(desk: Dossiers) -> None:
    column = desk["age"]
    assert isinstance(column, Column)
    assert column.field.unit == "years"


def test_a_field_that_is_not_there_is_an_error(desk: Dossiers) -> None:
    assert "sex" not in desk
    assert "age" in desk
    with pytest.raises(KeyError):
        desk["sex"]


def test_selecting_fields_keeps_every_applicant(desk: Dossiers) -> None:
    narrowed = desk.select(["age"])
    assert list(narrowed.columns) == ["age"]
    assert narrowed.applicants.tolist() == desk.applicants.tolist()
    assert "passport_history" not in narrowed


@pytest.mark.parametrize("rows", [slice(1, 3), np.array([1, 2]), np.array([False, True, True, False, False])])
def test_rows_are_taken_by_position_mask_or_slice(
    desk: Dossiers, rows: slice | np.ndarray[tuple[int], np.dtype[np.intp]]
) -> None:
    taken = desk.take(rows)
    assert len(taken) == 2
    assert taken.applicants.tolist() == [101, 102]
    assert taken["age"].values.tolist() == [18, 19]


def test_rows_may_be_put_in_another_order(desk: Dossiers) -> None:
    taken = desk.take(np.array([2, 0]))
    assert taken.applicants.tolist() == [102, 100]
    assert taken["age"].values.tolist() == [19, 17]


def test_parts_are_joined_in_their_order(desk: Dossiers) -> None:
    whole = joined([desk.take(slice(0, 2)), desk.take(slice(2, 5))])
    assert whole.applicants.tolist() == desk.applicants.tolist()
    assert whole["age"].values.tolist() == AGES.tolist()
    assert whole["age"].values.dtype == AGES.dtype


def test_dossiers_have_no_place_for_a_truth() -> None:
    assert set(Dossiers.__dataclass_fields__) == {"applicants", "columns", "references"}


# --- references ---------------------------------------------------------------------------------------


@pytest.fixture
def sharing(desk: Dossiers) -> Dossiers:
    """The same five applicants, of whom three are known to share a sponsor."""
    return Dossiers(desk.applicants, desk.columns, {"sponsor_ref": np.array([7, -1, 9, 7, -1])})


def test_references_go_with_the_rows(sharing: Dossiers) -> None:
    taken = sharing.take(np.array([3, 1]))
    assert taken.references["sponsor_ref"].tolist() == [7, -1]
    whole = joined([sharing.take(slice(0, 2)), sharing.take(slice(2, 5))])
    assert whole.references["sponsor_ref"].tolist() == [7, -1, 9, 7, -1]


def test_whoever_selects_fields_gets_no_references(sharing: Dossiers) -> None:
    assert sharing.select(["age"]).references == {}


def test_a_reference_is_no_field(sharing: Dossiers) -> None:
    assert "sponsor_ref" not in sharing
    with pytest.raises(KeyError):
        sharing["sponsor_ref"]
