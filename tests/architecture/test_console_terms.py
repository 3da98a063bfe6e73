"""The console's Indonesian uses one word for one thing, as the reports do.

A *flag* is `tanda`; a cue that somebody notices is `petunjuk`. Whoever travels is `pelancong`, and the screener
is `penyaring`.
"""

import re
import tomllib
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest

from tests.architecture.sources import ROOT

FOLDERS = ("web/words", "casebook", "materials")
OTHER_WORDS = re.compile(r"\b(pelintas|penapis\w*|pelaku perjalanan)\b", re.IGNORECASE)
TANDA = re.compile(r"\btanda\b(?! tangan)", re.IGNORECASE)
FLAG = re.compile(r"\b(false-)?flag", re.IGNORECASE)


def pairs(value: Any) -> Iterator[tuple[str, str]]:
    """Yield every text below a value of a TOML file: English, and Indonesian."""
    match value:
        case {"en": str(english), "id": str(indonesian)}:
            yield english, indonesian
        case dict():
            for one in value.values():
                yield from pairs(one)
        case list():
            for one in value:
                yield from pairs(one)


@cache
def texts() -> tuple[tuple[str, str], ...]:
    files = [path for folder in FOLDERS for path in sorted((ROOT / "console" / folder).glob("*.toml"))]
    return tuple(pair for path in files for pair in pairs(tomllib.loads(path.read_text(encoding="utf-8"))))


def has_other_word(indonesian: str) -> bool:
    return bool(OTHER_WORDS.search(indonesian))


def means_no_flag(english: str, indonesian: str) -> bool:
    """Tell whether `tanda` stands for something that the English does not call a flag."""
    return bool(TANDA.search(indonesian)) and not FLAG.search(english)


def test_travellers_and_the_screener_have_one_word_each() -> None:
    assert len(texts()) > 1000
    assert [indonesian for _, indonesian in texts() if has_other_word(indonesian)] == []


def test_tanda_is_a_flag_and_nothing_else() -> None:
    assert any(TANDA.search(indonesian) for _, indonesian in texts())
    assert [indonesian for english, indonesian in texts() if means_no_flag(english, indonesian)] == []


@pytest.mark.parametrize("text", ["Pelintas ini jujur.", "Penapis memberi rekomendasi.", "penapisan"])
def test_another_word_is_found(text: str) -> None:
    assert has_other_word(text)


@pytest.mark.parametrize(
    ("english", "indonesian", "found"),
    [
        ("Signs ticked", "Tanda dicentang", True),
        ("False flags", "Tanda keliru", False),
        ("What have you signed?", "Apa yang sudah Anda tanda tangani?", False),
        ("Others flagged", "Yang lain ditandai", False),
    ],
)
def test_tanda_for_a_cue_is_found(english: str, indonesian: str, *, found: bool) -> None:
    assert means_no_flag(english, indonesian) is found
