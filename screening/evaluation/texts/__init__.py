"""What the report says, in both languages: sentences from TOML, numbers in each language's manner.

A `Said` is one text in English and Indonesian; in a page it stands as both, and the page shows one of them.
Nothing is translated at run time, and nothing that comes from a run is ever taken for markup.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any, TypeAlias

from markupsafe import Markup, escape

from dossier.codes import code_names
from dossier.texts import Language

LANGUAGES: tuple[Language, ...] = ("en", "id")

SPACE = "\u00a0"
SMALLEST = 0.001
"""Per cent; what is smaller is said to be smaller."""

NEARLY_ALL = 99.9
"""Per cent; above it, one digit would round up to a hundred."""

_SWAPPED = str.maketrans(",.", ".,")
_MONTHS = {
    "en": ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
    "id": ("Jan", "Feb", "Mar", "Apr", "Mei", "Jun", "Jul", "Agu", "Sep", "Okt", "Nov", "Des"),
}


@dataclass(frozen=True)
class Said:
    """One text in both languages.

    Examples:
        >>> str(Said("one & all", "semua").__html__())
        '<span lang="en">one &amp; all</span><span lang="id">semua</span>'
        >>> str(Said("a < b", "a < b").__html__())
        'a &lt; b'
    """

    en: str
    id: str

    def in_language(self, language: Language) -> str:
        """Return the text in `language`."""
        return self.id if language == "id" else self.en

    def __html__(self) -> Markup:
        if self.en == self.id:
            return escape(self.en)
        return Markup('<span lang="en">{}</span><span lang="id">{}</span>').format(self.en, self.id)


Value: TypeAlias = Said | Mapping[str, str] | str | int
"""What may fill a place in a sentence; whole numbers are grouped by thousands."""


def said(value: Value) -> Said:
    """Return a value as it is said in both languages.

    Examples:
        >>> said(1234567)
        Said(en='1,234,567', id='1.234.567')
    """
    match value:
        case Said():
            return value
        case int():
            return number(value)
        case str():
            return Said(value, value)
        case _:
            return Said(value["en"], value["id"])


def text(key: str, **values: Value) -> Said:
    """Return the sentence `part.name` of the files beside this module, its places filled.

    Raises:
        KeyError: If there is no such sentence, or a place of it is not filled.
    """
    part, name = key.split(".")
    sentence = said(_sentences()[part][name])
    filled = {place: said(value) for place, value in values.items()}
    return Said(*(_filled(sentence, filled, language) for language in LANGUAGES))


def _filled(sentence: Said, values: Mapping[str, Said], language: Language) -> str:
    places = {place: value.in_language(language) for place, value in values.items()}
    return sentence.in_language(language).format_map(places)


def has_text(key: str) -> bool:
    """Tell whether there is the sentence `part.name`."""
    part, _, name = key.partition(".")
    return name in _sentences().get(part, {})


def code_text(field: str, code: str) -> Said:
    """Return what a code of a field is called; a code that nobody named keeps its own letters."""
    found = code_names().get(field, {}).get(code)
    return Said(found.en, found.id) if found else said(code.replace("_", " "))


def number(value: float, digits: int = 0, *, signed: bool = False) -> Said:
    """Return a number with a true minus sign and each language's separators.

    Examples:
        >>> number(-1234.5, 1)
        Said(en='−1,234.5', id='−1.234,5')
        >>> number(0.07, 2, signed=True).en
        '+0.07'
    """
    english = f"{value:{'+' if signed else ''},.{digits}f}".replace("-", "−")
    return Said(english, english.translate(_SWAPPED))


def percent(share: float | None) -> Said:
    r"""Return a share in per cent, with more digits the smaller it is.

    Examples:
        >>> percent(0.3065).en, percent(0.00025).id
        ('30.6\xa0%', '0,025%')
    """
    if share is None:
        return Said("–", "–")
    return _with_sign(_digits(share))


def limit(share: float) -> Said:
    r"""Return a share that somebody chose, such as a bound, without digits that nobody meant.

    Examples:
        >>> limit(0.05).en, limit(0.125).en
        ('5\xa0%', '12.5\xa0%')
    """
    value = round(100 * share, 6)
    return _with_sign(number(value)) if value == int(value) else percent(share)


def percents(low: float, high: float) -> Said:
    r"""Return an interval of shares in per cent.

    Examples:
        >>> percents(0.295, 0.318)
        Said(en='29.5–31.8\xa0%', id='29,5–31,8%')
    """
    ends = _digits(low), _digits(high)
    return _with_sign(Said(f"{ends[0].en}–{ends[1].en}", f"{ends[0].id}–{ends[1].id}"))


def points(difference: float) -> Said:
    """Return a difference of two shares in percentage points, without its sign."""
    return number(abs(100 * difference), 1)


def one_in(share: float) -> Said:
    """Return a small share as "1 in so many".

    Examples:
        >>> one_in(0.0001)
        Said(en='1 in 10,000', id='1 dari 10.000')
    """
    many = number(round(1 / share))
    return Said(f"1 in {many.en}", f"1 dari {many.id}")


def day_of_year(day: int, year: int) -> Said:
    """Return the date of the day `day` (from 1) of a year.

    Examples:
        >>> day_of_year(138, 2022)
        Said(en='18 May 2022', id='18 Mei 2022')
    """
    found = date(year, 1, 1) + timedelta(days=day - 1)
    return Said(*(f"{found.day} {_MONTHS[language][found.month - 1]} {found.year}" for language in LANGUAGES))


def _digits(share: float) -> Said:
    value = 100 * share
    if value in (0, 100):
        return number(value)
    if value < SMALLEST:
        return Said(f"<{number(SMALLEST, 3).en}", f"<{number(SMALLEST, 3).id}")
    digits = next((d for d, least in enumerate((1.0, 0.1), start=1) if value >= least), 3)
    return number(value, max(digits, 2) if value > NEARLY_ALL else digits)


def _with_sign(value: Said) -> Said:
    return Said(f"{value.en}{SPACE}%", f"{value.id}%")


@cache
def _sentences() -> Mapping[str, Mapping[str, Any]]:
    """Return the parts of all files beside this module; a part stands in one file only."""
    found: dict[str, Mapping[str, Any]] = {}
    for path in sorted(Path(__file__).parent.glob("*.toml")):
        parts = tomllib.loads(path.read_text(encoding="utf-8"))
        if twice := found.keys() & parts.keys():
            raise ValueError(f"'{min(twice)}' of {path.name} stands in another file already")
        found |= parts
    return found
