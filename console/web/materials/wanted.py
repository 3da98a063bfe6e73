"""What a trainer asked of a file: its language, whether it names trainees, and how a table is written.

Without a wish, a file speaks the language of its sitting, and a table is written as spreadsheets in that
language expect it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from django.http import HttpRequest
from django.utils.text import slugify
from django.utils.timezone import localdate

from console.materials.spreadsheets import COMMAS, MANNER_OF, SEMICOLONS, Manner
from console.web.classroom.models import Sitting
from dossier.texts import Language

LANGUAGES: Final[Mapping[str, Language]] = {"en": "en", "id": "id"}
MANNERS: Final[Mapping[str, Manner]] = {"commas": COMMAS, "semicolons": SEMICOLONS}
"""Manners of writing a table, as an address names them."""
LONGEST_NAME: Final = 60
"""So much of a title stands in a file's name; some systems refuse paths that are much longer."""


@dataclass(frozen=True)
class Wanted:
    """What was asked of a file.

    Attributes:
        language: Of its texts.
        named: Whether nicknames stand in it.
        manner: How a table is written.
        marked: Whether a table begins with a byte order mark; without one, spreadsheets that expect
            semicolons do not see that it is UTF-8.
    """

    language: Language
    named: bool
    manner: Manner
    marked: bool


def wanted(request: HttpRequest, sitting: Sitting) -> Wanted:
    """Return what an address asks of a file; where it asks nothing that we know, the sitting decides."""
    asked = request.GET
    own: Language = "id" if sitting.language == "id" else "en"
    language = LANGUAGES.get(asked.get("language", ""), own)
    manner = MANNERS.get(asked.get("cells", ""), MANNER_OF[language])
    marked = asked.get("mark") == "1" or manner == SEMICOLONS
    return Wanted(language, asked.get("names") == "1", manner, marked)


def file_name(sitting: Sitting, what: str) -> str:
    """Return the sitting, its day and what a file holds, in plain letters, to be saved under.

    A title of other letters alone gives way to the beginning of the sitting's id.
    """
    title = slugify(sitting.title)[:LONGEST_NAME].strip("-_") or sitting.pk.hex[:8]
    day = localdate(sitting.opened_at or sitting.created_at)
    return f"{title}-{day.isoformat()}-{what}"
