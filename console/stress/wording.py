"""What a finding says, in both languages: sentences from TOML, rates with their n and interval.

A test asks for a sentence by part and name and fills its places. Nothing is translated at run time.
"""

from functools import cache
from pathlib import Path

from console.words import Words
from dossier.texts import Text
from dossier.toml_files import read_toml, validated
from screening.evaluation.rates import PairedDifference, Rate
from screening.evaluation.texts import Said, Value, limit, number, percent, percents, points, said

Filling = Value | Text


def say(key: str, **values: Filling) -> Text:
    """Return the text `part.name`, its places filled.

    Raises:
        KeyError: If there is no such text, or a place of it is not filled.
    """
    part, name = key.split(".")
    sentence = words()[part][name]
    filled = {place: _said(value) for place, value in values.items()}
    return Text(
        en=sentence.en.format_map({place: value.en for place, value in filled.items()}),
        id=sentence.id.format_map({place: value.id for place, value in filled.items()}),
    )


@cache
def words() -> dict[str, dict[str, Text]]:
    """Return all texts of the files named `words` beside this module, by part and name."""
    files = sorted(Path(__file__).parent.glob("*words.toml"))
    found = [validated(Words, read_toml(path)).root for path in files]
    return {part: dict(texts) for one in found for part, texts in one.items()}


def rate_text(rate: Rate | None) -> Text:
    r"""Return a rate in words: per cent, count, n and interval.

    Examples:
        >>> rate_text(Rate(5, 20)).en
        '25.0\xa0% (5 of 20; 95\xa0% interval 8.7–49.1\xa0%)'
    """
    if rate is None or not rate.n:
        return say("word.nobody")
    return say(
        "word.rate",
        rate=percent(rate.estimate),
        count=rate.count,
        n=rate.n,
        confidence=limit(rate.confidence),
        interval=percents(rate.low, rate.high),
    )


def change_text(change: PairedDifference | None) -> Text:
    r"""Return a paired change in words: percentage points, interval and n.

    Examples:
        >>> change_text(PairedDifference(30, 10, 1000)).en
        '+2.0 points (95\xa0% interval −0.0 to +4.0; n 1,000)'
    """
    if change is None or not change.n:
        return say("word.nobody")
    low, high = change.interval
    return say(
        "word.change",
        change=signed_points(change.estimate),
        confidence=limit(change.confidence),
        low=signed_points(low),
        high=signed_points(high),
        n=change.n,
    )


def signed_points(difference: float) -> Said:
    """Return a difference of two shares in percentage points, with its sign."""
    return number(100 * difference, 1, signed=True)


def fine(value: float) -> Said:
    """Return a number with no more digits than somebody gave it, such as a factor."""
    written = f"{value:g}"
    return Said(written, written.replace(".", ","))


def _said(value: Filling) -> Said:
    return Said(value.en, value.id) if isinstance(value, Text) else said(value)


__all__ = [
    "Filling",
    "change_text",
    "fine",
    "limit",
    "number",
    "percent",
    "points",
    "rate_text",
    "say",
    "signed_points",
]
