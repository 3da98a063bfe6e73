"""Fields: each declared once, in a form that its declaration itself defends."""

from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from dossier import fields as module
from dossier.fields import MISSING, NOT_APPLICABLE, Field, fields, fields_visible_at
from dossier.problems import BadInput
from dossier.stages import Stage
from dossier.toml_files import read_toml

TEXT = {"en": "x", "id": "y"}
COMMON: dict[str, Any] = {
    "stage": "counter",
    "theme": "t",
    "label": TEXT,
    "description": TEXT,
    "missing": "m",
}
CATEGORY = {"codes": ["a", "b"]}
NUMBER = {"edges": [0, 10, 20], "upper": 30, "unit": "days"}

NUMBERS = [field for field in fields().values() if field.is_number]
GATED = [field for field in fields().values() if field.gate]


def declared(**entry: Any) -> Field:
    return Field.model_validate({"name": "sample", **COMMON, **entry})


# --- declaration rules ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("entry", "complaint"),
    [
        ({}, "either 'codes' or 'edges'"),
        ({**CATEGORY, **NUMBER}, "either 'codes' or 'edges'"),
        ({"codes": ["a", "b", "a"]}, "a code stands twice"),
        ({**NUMBER, "edges": [0, 20, 10]}, "must ascend"),
        ({**NUMBER, "edges": [0, 10, 10]}, "must ascend"),
        ({**NUMBER, "upper": 19}, "below the last edge"),
        ({**CATEGORY, "stage": "airport"}, "stage"),
        ({**CATEGORY, "colour": "red"}, "colour"),
        ({**CATEGORY, "label": {"en": "x"}}, "label.id"),
    ],
)
def test_a_declaration_that_makes_no_sense_is_refused(entry: Mapping[str, Any], complaint: str) -> None:
    with pytest.raises(ValidationError, match=complaint):
        declared(**entry)


def test_a_category_and_a_number_know_which_they_are() -> None:
    category, number = declared(**CATEGORY), declared(**NUMBER)
    assert (category.is_number, category.size) == (False, 2)
    assert (number.is_number, number.size) == (True, 3)


def test_the_largest_number_may_be_the_last_edge_itself() -> None:
    assert declared(edges=[0, 10], upper=10).bin_labels == ("0-9", "10")


# --- codes and bins -------------------------------------------------------------------------------


def test_codes_are_numbered_in_their_order() -> None:
    assert [declared(**CATEGORY).code(label) for label in ("a", "b")] == [0, 1]


def test_an_unknown_code_is_answered_with_those_there_are() -> None:
    with pytest.raises(KeyError, match="'sample' has no code 'c'; it has: a, b"):
        declared(**CATEGORY).code("c")


def test_bins_begin_at_their_edges() -> None:
    values = np.array([0, 9, 10, 19, 20, 30], dtype=np.int32)
    assert declared(**NUMBER).bins(values).tolist() == [0, 0, 1, 1, 2, 2]


def test_an_empty_cell_has_no_bin() -> None:
    values = np.array([MISSING, NOT_APPLICABLE], dtype=np.int32)
    assert declared(**NUMBER).bins(values).tolist() == [MISSING, NOT_APPLICABLE]


def test_a_category_is_its_own_bin() -> None:
    codes = np.array([1, 0, MISSING, NOT_APPLICABLE], dtype=np.int8)
    assert declared(**CATEGORY).bins(codes).tolist() == codes.tolist()


@given(st.sampled_from(NUMBERS), st.data())
def test_a_bin_holds_what_lies_between_its_edges(field: Field, data: st.DataObject) -> None:
    value = data.draw(st.integers(field.edges[0], field.upper))
    (found,) = field.bins(np.array([value], dtype=np.int32)).tolist()
    assert found == sum(value >= edge for edge in field.edges) - 1


def test_labels_of_bins_say_from_where_to_where() -> None:
    assert declared(**NUMBER).bin_labels == ("0-9", "10-19", "20-30")


def test_labels_of_a_category_are_its_codes() -> None:
    assert declared(**CATEGORY).bin_labels == ("a", "b")


# --- the released declarations --------------------------------------------------------------------


@pytest.mark.parametrize("field", fields().values(), ids=fields().keys())
def test_a_released_field_speaks_both_languages_and_says_what_an_empty_cell_means(field: Field) -> None:
    texts = [field.label, field.description]
    assert all(text.en.strip() and text.id.strip() for text in texts)
    assert field.missing.strip()


@pytest.mark.parametrize("field", NUMBERS, ids=lambda field: field.name)
def test_a_released_number_has_a_unit_and_fits_its_column(field: Field) -> None:
    assert field.unit
    assert field.edges[0] >= 0
    assert field.upper <= np.iinfo(np.int32).max


def test_codes_fit_a_signed_byte_beside_the_two_empty_values() -> None:
    assert max(field.size for field in fields().values()) <= np.iinfo(np.int8).max
    assert {MISSING, NOT_APPLICABLE} == {-1, -2}


def test_a_field_carries_the_name_it_stands_under() -> None:
    assert [field.name for field in fields().values()] == list(fields())


def test_there_are_the_fields_that_the_design_names() -> None:
    expected = {
        "sex",
        "age",
        "income_idr",
        "offer_pay_usd",
        "sponsor_applicants",
        "coached_phrasing",
        "watch_list",
    }
    assert expected <= set(fields())


def test_a_later_stage_sees_all_that_an_earlier_one_saw() -> None:
    seen = [set(fields_visible_at(stage)) for stage in Stage]
    assert all(earlier < later for earlier, later in pairwise(seen))
    assert seen[-1] == set(fields())


def test_the_counter_sees_no_interview() -> None:
    assert "told_to_keep_silent" not in fields_visible_at(Stage.COUNTER)
    assert "told_to_keep_silent" in fields_visible_at(Stage.INTERVIEW)


@pytest.mark.parametrize("field", GATED, ids=lambda field: field.name)
def test_a_gate_opens_on_known_codes_and_is_seen_first(field: Field) -> None:
    assert field.gate is not None
    gate = fields()[str(field.gate_field)]
    assert set(field.gate[gate.name]) < set(gate.codes)
    assert gate.visible_from <= field.visible_from
    assert gate.gate is None


def test_an_ungated_field_has_no_gate_field() -> None:
    assert fields()["sex"].gate_field is None


# --- the file ---------------------------------------------------------------------------------------

ENTRY = """stage = "{stage}"
theme = "t"
codes = ["a", "b"]
label = {{ en = "x", id = "y" }}
description = {{ en = "x", id = "y" }}
missing = "m"
"""


class Declarations:
    """Reads field files other than the released one."""

    def __init__(self, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.path = path
        monkeypatch.setattr(module, "read_toml", lambda _: read_toml(path))

    def read(self, **entries: str) -> Mapping[str, Field]:
        """Return the fields of a file with these entries; the first line of each says more about it."""
        self.path.write_text(
            "\n".join(f"[{name}]\n{text}" for name, text in entries.items()), encoding="utf-8"
        )
        return fields.__wrapped__()


@pytest.fixture
def declarations(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Declarations:
    return Declarations(tmp_path / "fields.toml", monkeypatch)


def entry(stage: str = "counter", more: str = "") -> str:
    return ENTRY.format(stage=stage) + more


def test_fields_keep_the_order_of_the_file(declarations: Declarations) -> None:
    assert list(declarations.read(zebra=entry(), ape=entry())) == ["zebra", "ape"]


@pytest.mark.parametrize("gate", ['{ nobody = ["a"] }', '{ first = ["c"] }', '{ first = ["a", "c"] }'])
def test_a_gate_that_does_not_exist_is_refused(declarations: Declarations, gate: str) -> None:
    with pytest.raises(BadInput, match="the gate of 'second' names an unknown field or code"):
        declarations.read(first=entry(), second=entry(more=f"gate = {gate}\n"))


def test_a_field_that_is_seen_before_its_gate_is_refused(declarations: Declarations) -> None:
    gated = entry("counter", 'gate = { first = ["a"] }\n')
    with pytest.raises(BadInput, match="'second' is visible before its gate 'first'"):
        declarations.read(first=entry("interview"), second=gated)


def test_a_misspelt_key_is_named_with_its_line(declarations: Declarations) -> None:
    with pytest.raises(BadInput, match=r"fields\.toml, line 8: unknown key 'ordred'\n.*'ordered'"):
        declarations.read(first=entry(more="ordred = true\n"))
