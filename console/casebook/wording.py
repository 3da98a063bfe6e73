"""Texts of a dossier for a class, in both languages: words of `words.toml`, numbers and dates in each manner.

Every text here exists twice from the moment it is made, as a `Text`; a page chooses one. Nothing here knows
what is true of anybody.
"""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from pydantic import RootModel

from dossier.codes import code_name
from dossier.fields import MISSING, NOT_APPLICABLE, fields
from dossier.texts import Text
from dossier.toml_files import read_toml, validated
from screening.evaluation.texts import Said, day_of_year, number
from screening.reason_texts import reason_texts
from screening.reasons import filled, said_value

DAY = "application_day"
"""The field that is shown as a date."""


class _Words(RootModel[Mapping[str, Mapping[str, Text]]]):
    """The file `words.toml`: texts by part and name."""


@cache
def _words() -> Mapping[str, Mapping[str, Text]]:
    return validated(_Words, read_toml(Path(__file__).with_name("words.toml"))).root


def spoken(key: str, **places: Text | str) -> Text:
    """Return the text `part.name` of `words.toml`, its places filled in each language.

    Raises:
        KeyError: If there is no such text, or a place of it is not filled.
    """
    part, name = key.split(".")
    return filled(_words()[part][name], **places)


def text_of(value: Said) -> Text:
    """Return a text that a report says, as content."""
    return Text(en=value.en, id=value.id)


def date_text(day: int, year: int) -> Text:
    """Return the date of a day of a year, counted from 1; days beyond its end lie in later years.

    Examples:
        >>> date_text(366, 2022)
        Text(en='1 Jan 2023', id='1 Jan 2023')
    """
    return text_of(day_of_year(day, year))


def amount_text(unit: str, least: float, most: float | None = None) -> Text:
    """Return a number, or a range of numbers, with its unit.

    Examples:
        >>> amount_text("USD per month", 1000, 1200)
        Text(en='USD 1,000–1,200 per month', id='US$1.000–1.200 per bulan')
    """
    ends = [text_of(number(end)) for end in (least, most) if end is not None]
    shown = Text(en="–".join(end.en for end in ends), id="–".join(end.id for end in ends))
    return filled(reason_texts().amount[unit], number=shown)


def value_text(name: str, value: int, year: int) -> Text:
    """Return what stands in a field: a name, a number with its unit, a date, or why there is none.

    Args:
        name: The field.
        value: A code or a whole number, as on file.
        year: The scenario's year, for dates.
    """
    if name == DAY and value > 0:
        return date_text(value, year)
    if value == 1 and fields()[name].unit in _words()["one"]:
        return spoken(f"one.{fields()[name].unit}")
    return said_value(name, value)


def code_text(name: str, code: int) -> Text:
    """Return what a code is called, or the range of numbers that a bin stands for.

    Examples:
        >>> code_text("offer_pay_usd", 4).en, code_text("debt", 2).id
        ('USD 1,000–1,200 per month', 'kepada perekrut')
    """
    field = fields()[name]
    if code in (MISSING, NOT_APPLICABLE):
        return said_value(name, code)
    if not field.is_number:
        return code_name(name, field.codes[code])
    least, most = field.edges[code], [*field.edges[1:], field.upper + 1][code] - 1
    if least == most == 1 and field.unit in _words()["one"]:
        return spoken(f"one.{field.unit}")
    return amount_text(field.unit, least, most if most > least else None)


def joined(texts: list[Text], between: str = " ") -> Text:
    """Return several texts as one."""
    return Text(en=between.join(text.en for text in texts), id=between.join(text.id for text in texts))
