"""What the console says, in both languages: words from `words/*.toml`, content from data.

Each file of `words/` holds the words of one part of the console, `[part]` by `[part]`; no part stands in two
files. English and Indonesian stand side by side, so that no page can exist in one language alone. Django's
own sentences (on a field left empty, say) come with Django in both; those on passwords are ours.
"""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils import translation

from console.words import Speaker, Words
from dossier.texts import Language, Text
from dossier.toml_files import read_toml, validated

FOLDER = Path(__file__).with_name("words")


@cache
def web_words() -> Mapping[str, Mapping[str, Text]]:
    """Return all words of the console by part and name.

    Raises:
        ValueError: If a part stands in two files.
    """
    found: dict[str, Mapping[str, Text]] = {}
    for path in sorted(FOLDER.glob("*.toml")):
        parts = validated(Words, read_toml(path)).root
        if twice := found.keys() & parts.keys():
            raise ValueError(f"{path.name}: {', '.join(sorted(twice))} stands in another file, too")
        found.update(parts)
    return found


def speaker(language: Language) -> Speaker:
    """Return who speaks a language on the console's pages."""
    return Speaker(language, web_words)


def speaker_now() -> Speaker:
    """Return who speaks the language of the answer that is being made."""
    return speaker(language_now())


def language_now() -> Language:
    """Return the language of the answer that is being made."""
    return "id" if (translation.get_language() or "en").startswith("id") else "en"


def language_of(request: HttpRequest) -> Language:
    """Return the language of whoever asks: as chosen, or as the browser prefers."""
    chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
    preferred = chosen or translation.get_language_from_request(request)
    return "id" if preferred.startswith("id") else "en"


def in_templates(_: HttpRequest) -> dict[str, Any]:
    """Return what every template may use: the language, and the other one to switch to."""
    language = language_now()
    return {"language": language, "other_language": "en" if language == "id" else "id"}
