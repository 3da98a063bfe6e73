"""A table opens in a spreadsheet as what it is, and nothing in it runs."""

import csv
import json
from io import StringIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.materials.spreadsheets import (
    BYTE_ORDER_MARK,
    COMMAS,
    SEMICOLONS,
    Manner,
    csv_lines,
    guarded,
    json_list,
    json_pieces,
)

RUNS = ["=1+1", "+1", "-1+2", "@SUM(A1)", "\t=1", "\r=1", "\n=1", " =1", "\u00a0=1", "\ufeff=1", "\uff1d1+1"]


@pytest.mark.parametrize("text", RUNS)
def test_a_text_that_a_spreadsheet_would_run_begins_with_an_apostrophe(text: str) -> None:
    assert guarded(text) == f"'{text}"


@pytest.mark.parametrize("value", ["a=b", "", "O'Brien", -2.5, 0, "1-2"])
def test_every_other_cell_stays_as_it_is(value: object) -> None:
    assert guarded(value) == value


BEGINS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r")
MANNERS = pytest.mark.parametrize("manner", [COMMAS, SEMICOLONS])


@MANNERS
@given(rows=st.lists(st.lists(st.text(), min_size=2, max_size=2), max_size=5))
def test_another_reader_finds_every_text_again(manner: Manner, rows: list[list[str]]) -> None:
    table = "".join(csv_lines(["a", "b"], [{"a": one, "b": other} for one, other in rows], manner))
    read = list(csv.reader(StringIO(table, newline=""), delimiter=manner.separator))
    assert read == [["a", "b"], *([str(guarded(one)), str(guarded(other))] for one, other in rows)]
    assert all(not cell.startswith(BEGINS_A_FORMULA) for line in read for cell in line)


@MANNERS
@pytest.mark.parametrize("expected", [",", ";", "\t"])
def test_no_cell_runs_in_a_program_that_expects_another_separator(manner: Manner, expected: str) -> None:
    text = f'ok{expected}=1+1{expected} -2{expected}"@SUM(A1)'
    table = "".join(csv_lines(["a"], [{"a": text}], manner))
    read = csv.reader(StringIO(table, newline=""), delimiter=expected)
    cells = [cell.lstrip(' "') for line in read for cell in line]
    assert [cell for cell in cells if cell.startswith(BEGINS_A_FORMULA)] == []


@MANNERS
@given(number=st.floats(allow_nan=False, allow_infinity=False))
def test_a_number_is_written_as_a_spreadsheet_of_that_manner_reads_it(manner: Manner, number: float) -> None:
    (_, line) = csv_lines(["a"], [{"a": number}], manner)
    cell = line.removesuffix("\r\n")
    assert "'" not in cell
    assert float(cell.strip('"').replace(manner.decimal, ".")) == number
    assert manner.separator not in cell


def test_lines_end_as_the_standard_says_and_a_mark_stands_first_if_asked_for() -> None:
    lines = list(csv_lines(["a"], [{"a": "x,y"}, {"b": 1}], marked=True))
    assert "".join(lines) == f'{BYTE_ORDER_MARK}a\r\n"x,y"\r\n""\r\n'


def test_json_is_written_piece_by_piece_and_reads_back() -> None:
    lists = {"rows": iter([{"a": "ç"}, {"a": None}]), "none": iter(())}
    read = json.loads("".join(json_pieces({"synthetic": True, "n": 2}, lists)))
    assert read == {"synthetic": True, "n": 2, "rows": [{"a": "ç"}, {"a": None}], "none": []}
    assert json.loads("".join(json_list([1, 2]))) == [1, 2]
