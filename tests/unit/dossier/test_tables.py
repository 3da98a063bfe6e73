"""Tables: what leaves and enters carries the synthetic mark, and every fault is told with its row."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from dossier.dossiers import Dossiers
from dossier.fields import MISSING, NOT_APPLICABLE, fields
from dossier.problems import BadInput, Problem
from dossier.tables import (
    APPLICANT,
    MARK,
    REFERENCES,
    REFERENCES_BELOW,
    RESERVED_BELOW,
    SCHEMA_VERSION,
    check_columns,
    check_mark,
    from_arrow,
    from_pandas,
    schema,
    to_arrow,
    to_pandas,
)

NAMES = ("sex", "age", "passport_history", "lost_passport_report", "sponsor_kind", "sponsor_applicants")
Change = Callable[[dict[str, Any]], None]


@pytest.fixture
def desk() -> Dossiers:
    """Three applicants, with an empty cell and a closed gate of either kind."""
    return Dossiers(
        np.array([5, 3, RESERVED_BELOW - 1]),
        {
            "sex": np.array([0, 1, 0], dtype=np.int8),
            "age": np.array([0, 80, MISSING], dtype=np.int32),
            "passport_history": np.array([2, 0, 2], dtype=np.int8),
            "lost_passport_report": np.array([1, NOT_APPLICABLE, MISSING], dtype=np.int8),
            "sponsor_kind": np.array([0, 4, 1], dtype=np.int8),
            "sponsor_applicants": np.array([NOT_APPLICABLE, 500, MISSING], dtype=np.int32),
        },
    )


def columns(desk: Dossiers) -> dict[str, Any]:
    """Return the dossiers as plain lists, as another program might write them."""
    return {
        name: column.to_pylist()
        for name, column in zip(desk_schema().names, to_arrow(desk).columns, strict=True)
    }


def desk_schema() -> pa.Schema:
    return schema(NAMES, {})


def read(found: dict[str, Any], **types: pa.DataType) -> Dossiers:
    arrays = {name: pa.array(values, types.get(name)) for name, values in found.items()}
    return from_arrow(pa.table(arrays, metadata={MARK: b"true"}), NAMES, where="a.parquet")


def problems(desk: Dossiers, **changes: Any) -> tuple[Problem, ...]:
    """Return what is wrong once `changes` replace some columns; None takes a column away."""
    found = {name: values for name, values in {**columns(desk), **changes}.items() if values is not None}
    with pytest.raises(BadInput) as error:
        read(found)
    return error.value.problems


def assert_same(found: Dossiers, expected: Dossiers) -> None:
    assert found.applicants.tolist() == expected.applicants.tolist()
    assert list(found.columns) == list(expected.columns)
    for name, values in expected.columns.items():
        assert found.columns[name].tolist() == values.tolist(), name
        assert found.columns[name].dtype == values.dtype, name


# --- there and back -----------------------------------------------------------------------------------


def test_arrow_gives_back_what_it_was_given(desk: Dossiers) -> None:
    assert_same(from_arrow(to_arrow(desk), NAMES, where="x"), desk)


def test_pandas_gives_back_what_it_was_given(desk: Dossiers) -> None:
    assert_same(from_pandas(to_pandas(desk), NAMES), desk)


def test_plain_text_and_plain_numbers_are_read_as_well(desk: Dossiers) -> None:
    assert_same(read(columns(desk)), desk)


@pytest.mark.parametrize("kind", [pa.large_string(), pa.dictionary(pa.int32(), pa.large_string())])
def test_text_may_be_stored_in_any_way(desk: Dossiers, kind: pa.DataType) -> None:
    assert_same(read(columns(desk), sex=kind, lost_passport_report=kind), desk)


@pytest.mark.parametrize("kind", [pa.int8(), pa.int64(), pa.uint8(), pa.uint64()])
def test_numbers_may_be_stored_in_any_width(desk: Dossiers, kind: pa.DataType) -> None:
    assert_same(read(columns(desk), age=kind), desk)


def test_a_table_in_several_chunks_is_read_as_one(desk: Dossiers) -> None:
    halves = [to_arrow(desk.take(slice(0, 1))), to_arrow(desk.take(slice(1, 3)))]
    assert_same(from_arrow(pa.Table.from_batches(halves), NAMES, where="x"), desk)


def test_codes_may_come_in_another_order(desk: Dossiers) -> None:
    shuffled = pa.DictionaryArray.from_arrays(pa.array([1, 0, 1], pa.int8()), pa.array(["male", "female"]))
    table = pa.table({**columns(desk), "sex": shuffled}, metadata={MARK: b"true"})
    assert_same(from_arrow(table, NAMES, where="x"), desk)


def test_columns_that_are_not_needed_are_not_looked_at(desk: Dossiers) -> None:
    found = read({**columns(desk), "shoe_size": [1.5, 2.5, 3.5]})
    assert "shoe_size" not in found


def test_a_column_without_any_value_is_all_missing(desk: Dossiers) -> None:
    found = read({**columns(desk), "sex": [None] * 3, "age": [None] * 3})
    assert found.columns["sex"].tolist() == [MISSING] * 3
    assert found.columns["age"].tolist() == [MISSING] * 3
    assert found.columns["sex"].dtype == np.int8
    assert found.columns["age"].dtype == np.int32


def test_a_table_without_rows_is_read(desk: Dossiers) -> None:
    empty = desk.take(slice(0, 0))
    assert len(from_arrow(to_arrow(empty), NAMES, where="x")) == 0


def test_the_frame_holds_labels_and_whole_numbers(desk: Dossiers) -> None:
    frame = to_pandas(desk)
    assert frame["sex"].tolist() == ["female", "male", "female"]
    assert frame["age"].dtype == "Int32"
    assert frame["age"].isna().tolist() == [False, False, True]
    assert list(frame.columns) == [APPLICANT, *NAMES]


# --- references ---------------------------------------------------------------------------------------


@pytest.fixture
def sharing(desk: Dossiers) -> Dossiers:
    """The same three applicants, of whom one is known to share a sponsor."""
    return Dossiers(desk.applicants, desk.columns, {"sponsor_ref": np.array([-1, REFERENCES_BELOW - 1, -1])})


def test_references_come_back_from_arrow_and_pandas(sharing: Dossiers) -> None:
    for found in (from_arrow(to_arrow(sharing), NAMES, where="x"), from_pandas(to_pandas(sharing), NAMES)):
        assert_same(found, sharing)
        assert found.references["sponsor_ref"].tolist() == sharing.references["sponsor_ref"].tolist()
        assert found.references["sponsor_ref"].dtype == np.int64


def test_references_stand_beside_the_identity_number(sharing: Dossiers) -> None:
    assert to_arrow(sharing).schema.names == [APPLICANT, "sponsor_ref", *NAMES]
    assert list(to_pandas(sharing).columns) == [APPLICANT, "sponsor_ref", *NAMES]


def test_a_table_need_have_no_references(desk: Dossiers) -> None:
    assert from_arrow(to_arrow(desk), NAMES, where="x").references == {}


def test_references_may_all_be_empty(desk: Dossiers) -> None:
    assert read({**columns(desk), "sponsor_ref": [None] * 3}).references["sponsor_ref"].tolist() == [-1] * 3


def test_a_reference_is_not_looked_at_before_its_field(desk: Dossiers) -> None:
    table = pa.table({**columns(desk), "sponsor_ref": ["x", "y", "z"]}, metadata={MARK: b"true"})
    assert from_arrow(table, NAMES[:-1], where="x").references == {}


def test_references_that_are_no_whole_numbers_are_named(desk: Dossiers) -> None:
    (problem,) = problems(desk, sponsor_ref=["x", "y", "z"])
    assert problem.what.startswith("the column 'sponsor_ref' is of type ")
    assert "whole numbers" in problem.mend


@pytest.mark.parametrize("number", [-1, REFERENCES_BELOW])
def test_a_number_that_is_no_reference_is_named_with_its_row(desk: Dossiers, number: int) -> None:
    (problem,) = problems(desk, sponsor_ref=[None, 3, number])
    assert f"'sponsor_ref' holds {number} " in problem.what
    assert problem.where == "a.parquet, row 3"


def test_every_reference_is_described_and_belongs_to_a_field_that_counts_sharers() -> None:
    for name, one in REFERENCES.items():
        assert name not in fields()
        assert fields()[one.field].is_number
        assert fields()[one.field].edges[0] == 1
        assert one.description.en
        assert one.description.id != one.description.en


# --- closed gates -------------------------------------------------------------------------------------


def test_a_closed_gate_makes_a_question_inapplicable_whatever_stands_there(desk: Dossiers) -> None:
    found = read({**columns(desk), "lost_passport_report": ["none", "none", "none"]})
    assert found.columns["lost_passport_report"].tolist() == [2, NOT_APPLICABLE, 2]


def test_an_unknown_gate_closes_nothing(desk: Dossiers) -> None:
    found = read(
        {
            **columns(desk),
            "passport_history": [None, None, "first"],
            "lost_passport_report": ["none", None, None],
        }
    )
    assert found.columns["lost_passport_report"].tolist() == [2, MISSING, NOT_APPLICABLE]


def test_a_gate_that_was_not_asked_for_closes_nothing(desk: Dossiers) -> None:
    found = from_arrow(to_arrow(desk), ["lost_passport_report"], where="x")
    assert found.columns["lost_passport_report"].tolist() == [1, MISSING, MISSING]


# --- the mark -----------------------------------------------------------------------------------------


def test_a_table_is_marked_and_says_its_version() -> None:
    metadata = schema(["sex"], {"saring.more": "x"}).metadata
    assert metadata == {
        MARK: b"true",
        b"saring.schema_version": SCHEMA_VERSION.encode(),
        b"saring.more": b"x",
    }


def test_a_mark_cannot_be_forgotten_by_adding_to_it(desk: Dossiers) -> None:
    check_mark(to_arrow(desk, {"saring.more": "x"}).schema, "x")


@pytest.mark.parametrize("metadata", [None, {}, {b"saring.other": b"true"}, {MARK: b"false"}, {MARK: b""}])
def test_a_table_without_the_mark_is_refused_and_told_why(
    desk: Dossiers, metadata: dict[bytes, bytes] | None
) -> None:
    table = to_arrow(desk).replace_schema_metadata(metadata)
    with pytest.raises(BadInput) as error:
        from_arrow(table, NAMES, where="people.parquet")
    (problem,) = error.value.problems
    assert problem.where == "people.parquet"
    assert problem.what == "this data does not say that it is synthetic"
    assert "simulator" in problem.mend
    assert "never real people's data" in problem.mend


@pytest.mark.parametrize("attrs", [{}, {"synthetic": False}, {"synthetic": "true"}, {"synthetic": 1}])
def test_a_frame_without_the_mark_is_refused_and_told_why(desk: Dossiers, attrs: dict[str, Any]) -> None:
    frame = to_pandas(desk)
    frame.attrs.clear()
    frame.attrs.update(attrs)
    with pytest.raises(BadInput, match="does not say that it is synthetic") as error:
        from_pandas(frame, NAMES)
    assert "simulator" in str(error.value)


def test_the_mark_is_looked_for_before_anything_else(desk: Dossiers) -> None:
    with pytest.raises(BadInput, match="synthetic"):
        from_arrow(pa.table({"sex": ["nobody"]}), NAMES, where="x")


# --- what is wrong ------------------------------------------------------------------------------------


def test_a_missing_column_is_named(desk: Dossiers) -> None:
    (problem,) = problems(desk, age=None)
    assert problem.what == "the column 'age' is missing"
    assert problem.where == "a.parquet"


def test_a_missing_column_of_a_frame_is_named(desk: Dossiers) -> None:
    with pytest.raises(BadInput, match="the column 'age' is missing"):
        from_pandas(to_pandas(desk).drop(columns="age"), NAMES)


def test_a_missing_identity_number_column_is_named(desk: Dossiers) -> None:
    (problem,) = problems(desk, applicant=None)
    assert "'applicant' is missing" in problem.what


@pytest.mark.parametrize(
    ("name", "values", "expected"),
    [
        ("age", ["old", "young", "old"], "whole numbers"),
        ("age", [1.5, 2.5, 3.5], "whole numbers"),
        ("age", [True, False, True], "whole numbers"),
        ("sex", [0, 1, 0], "codes as text"),
        ("applicant", ["a", "b", "c"], "whole numbers"),
    ],
)
def test_a_column_of_the_wrong_type_is_named_with_what_it_should_hold(
    desk: Dossiers, name: str, values: list[Any], expected: str
) -> None:
    (problem,) = problems(desk, **{name: values})
    assert problem.what.startswith(f"the column '{name}' is of type ")
    assert expected in problem.mend


def test_types_can_be_checked_without_reading_a_row(desk: Dossiers) -> None:
    check_columns(desk_schema(), NAMES, "x")
    with pytest.raises(BadInput, match="'province' is missing"):
        check_columns(desk_schema(), [*NAMES, "province"], "x")


def test_an_unknown_code_is_named_with_its_row_and_the_codes_there_are(desk: Dossiers) -> None:
    (problem,) = problems(desk, sex=["female", "robot", "robot"])
    assert problem.what == "'sex' holds the unknown code 'robot' (2 rows)"
    assert problem.where == "a.parquet, row 2"
    assert problem.mend == "The codes are: female, male."


def test_rows_are_counted_from_the_start_of_the_file(desk: Dossiers) -> None:
    table = pa.table({**columns(desk), "sex": ["female", "robot", "male"]}, metadata={MARK: b"true"})
    with pytest.raises(BadInput, match=r"a\.parquet, row 1002"):
        from_arrow(table, NAMES, where="a.parquet", first_row=1000)


@pytest.mark.parametrize(("ages", "row"), [([17, -1, 18], 2), ([17, 80, 81], 3), ([-2, None, 200], 1)])
def test_a_number_out_of_range_is_named_with_its_row(desk: Dossiers, ages: list[int], row: int) -> None:
    (problem,) = problems(desk, age=ages)
    assert f"'age' holds {ages[row - 1]} " in problem.what
    assert "0 to 80 years" in problem.what
    assert problem.where == f"a.parquet, row {row}"


@pytest.mark.parametrize("number", [-1, RESERVED_BELOW, 3_201_010_101_900_001])
def test_an_identity_number_that_could_be_somebodys_is_refused(desk: Dossiers, number: int) -> None:
    (problem,) = problems(desk, applicant=[1, number, 2])
    assert "1 identity numbers outside the reserved synthetic range" in problem.what
    assert problem.where == "a.parquet, row 2"
    assert "never screened" in problem.mend


def test_the_reserved_numbers_begin_with_a_province_that_does_not_exist() -> None:
    assert f"{RESERVED_BELOW - 1:016d}".startswith("00")
    assert not f"{RESERVED_BELOW:016d}".startswith("00")


def test_a_row_without_identity_number_is_refused(desk: Dossiers) -> None:
    (problem,) = problems(desk, applicant=[1, None, 2])
    assert problem.what == "'applicant' is empty in 1 rows"


def test_everything_that_is_wrong_is_told_at_once(desk: Dossiers) -> None:
    found = problems(desk, applicant=[1, -5, 2], sex=["x", "male", "male"], age=[1, 2, 999])
    assert [problem.what.split("'")[1] for problem in found] == ["applicant", "sex", "age"]
