"""Codes as text: read by their dictionary, which is measured first; and strangers' texts in messages."""

import numpy as np
import pyarrow as pa
import pytest

from dossier.coded_texts import LONGEST_CODE, MOST_CODES, codes_of, known_codes
from dossier.shown import shown

LABELS = ("female", "male")


def dictionary(indices: list[int | None], texts: list[str | None], kind: pa.DataType) -> pa.Array:
    cells = pa.array(indices, kind)
    return pa.DictionaryArray.from_arrays(cells, pa.array(texts, pa.string()), safe=False)


@pytest.mark.parametrize("kind", [pa.int8(), pa.uint8(), pa.int32(), pa.uint32(), pa.int64(), pa.uint64()])
def test_an_index_may_have_any_width(kind: pa.DataType) -> None:
    codes, strangers = codes_of(dictionary([1, None, 0, 1], ["male", "female"], kind), LABELS)
    assert (codes.tolist(), strangers) == ([0, -1, 1, 0], {})


@pytest.mark.parametrize("index", [2, 100, -1, -2])
def test_an_index_out_of_the_dictionary_is_a_stranger(index: int) -> None:
    _, strangers = codes_of(dictionary([0, index, None], ["female", "male"], pa.int8()), LABELS)
    assert strangers == {1: "(not in the dictionary)"}


def test_an_index_of_eight_bytes_does_not_come_round() -> None:
    _, strangers = codes_of(dictionary([2**63, 2**32, 0], ["female", "male"], pa.uint64()), LABELS)
    assert list(strangers) == [0, 1]


def test_nothing_can_be_found_in_an_empty_dictionary() -> None:
    codes, strangers = codes_of(dictionary([None, 0], [], pa.int8()), LABELS)
    assert codes[0] == -1
    assert list(strangers) == [1]


def test_an_empty_text_in_a_dictionary_is_an_empty_cell() -> None:
    codes, strangers = codes_of(dictionary([0, 1], [None, "male"], pa.int8()), LABELS)
    assert (codes.tolist(), strangers) == ([-1, 1], {})


def test_what_nobody_uses_in_a_dictionary_does_no_harm() -> None:
    texts: list[str | None] = ["female", *(f"other {number}" for number in range(MOST_CODES - 1))]
    assert known_codes(dictionary([0, 0], texts, pa.int32()), LABELS).tolist() == [0, 0]


def test_a_dictionary_larger_than_any_list_of_codes_is_not_read() -> None:
    texts: list[str | None] = ["female", *(f"other {number}" for number in range(MOST_CODES))]
    with pytest.raises(ValueError, match="has 4,097 different codes"):
        codes_of(dictionary([0, 0], texts, pa.int32()), LABELS)


def test_a_text_longer_than_any_code_is_not_read() -> None:
    codes_of(dictionary([1], ["x" * LONGEST_CODE, "male"], pa.int8()), LABELS)
    with pytest.raises(ValueError, match="holds a code of 257 bytes"):
        codes_of(dictionary([1], ["x" * (LONGEST_CODE + 1), "male"], pa.int8()), LABELS)


def test_bytes_that_are_no_text_are_said_to_be_none() -> None:
    with pytest.raises(ValueError, match="not text"):
        codes_of(pa.array([b"\xff", b"male"]).view(pa.string()), LABELS)


def test_codes_are_those_that_a_naive_search_finds() -> None:
    draw = np.random.default_rng(1)
    texts = ["male", "female", None, "robot"]
    for _ in range(50):
        cells = [None if cell == 4 else int(cell) for cell in draw.integers(0, 5, size=20)]
        found, strangers = codes_of(dictionary(cells, list(texts), pa.int8()), LABELS)
        words = [None if cell is None else texts[cell] for cell in cells]
        expected = [-1 if word is None else LABELS.index(word) if word in LABELS else -2 for word in words]
        assert found.tolist() == expected
        assert strangers == {row: word for row, word in enumerate(words) if word == "robot"}


def test_a_strangers_text_is_shown_short_on_one_line_and_steers_nothing() -> None:
    assert shown("by_rocket") == "by_rocket"
    assert shown("a\x1b[2J\nb\u202e\ud800") == "a\\x1b[2J\\nb\\u202e\\ud800"
    assert shown("x" * 99, longest=5) == "xxxxx… (99 characters)"
    assert shown(None) == "None"
