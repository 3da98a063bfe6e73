"""Tags and filters of the console's templates."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django import template
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from console.web.speech import language_now, speaker_now
from dossier.texts import Text
from screening.evaluation import texts

register = template.Library()


@register.simple_tag
def say(key: str, **values: Any) -> str:
    """Say a word of `words/*.toml`: `{% say "seat.progress" done=3 %}`; what is filled in is escaped."""
    return speaker_now().say(key, **values)


@register.filter
def told(text: Mapping[str, str] | Text | None) -> str:
    """Return a text of data, `{"en": …, "id": …}`, in the language of the page."""
    if text is None:
        return ""
    return (
        text.in_language(language_now()) if isinstance(text, Text) else text.get(language_now(), text["en"])
    )


@register.filter
def number(value: float | None) -> str:
    """Return a number in the manner of the language; a dash for none."""
    return "–" if value is None else speaker_now().of(texts.number(value))


@register.filter
def percent(share: float | None) -> str:
    """Return a share in per cent; a dash for none."""
    return speaker_now().of(texts.percent(share))


@register.filter
def clock(value: datetime) -> str:
    """Return a time of the day with its zone, such as 14:05 WIB."""
    return f"{timezone.localtime(value):%H:%M %Z}"


@register.filter
def moment(value: datetime | None) -> SafeString | str:
    """Return a date and time in the language's manner with its zone, and the machine's form beside it."""
    if value is None:
        return ""
    local = timezone.localtime(value)
    day = texts.day_of_year(local.timetuple().tm_yday, local.year)
    said = f"{speaker_now().of(day)}, {clock(value)}"
    return format_html('<time datetime="{}">{}</time>', local.isoformat(timespec="seconds"), said)
