"""What the command line's pages say, in both languages: words from `words.toml`, numbers in each manner.

A page asks for a word by part and name and fills its places. Nothing is translated at run time.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TypeAlias

from pydantic import RootModel

from dossier.problems import BadInput
from dossier.texts import Language, Text
from dossier.toml_files import read_toml, validated
from screening.evaluation.texts import Said, Value, said

Texts: TypeAlias = Mapping[str, Mapping[str, Text]]


class Words(RootModel[Mapping[str, Mapping[str, Text]]]):
    """The file `words.toml`: texts by part and name."""


@cache
def words() -> Texts:
    """Return all texts by part and name."""
    return validated(Words, read_toml(Path(__file__).with_name("words.toml"))).root


@dataclass(frozen=True)
class Speaker:
    """Speaks one of the two languages.

    Attributes:
        language: Which.
        texts: Returns the texts it has, by part and name; those of the command line when left out.
    """

    language: Language
    texts: Callable[[], Texts] = words

    def say(self, key: str, **values: Value) -> str:
        """Return the text `part.name` of `words.toml`, its places filled.

        Raises:
            KeyError: If there is no such text, or a place of it is not filled.

        Examples:
            >>> Speaker("id").say("among.victim", n=1200)
            'korban 1.200'
        """
        part, name = key.split(".")
        places = {place: self.of(value) for place, value in values.items()}
        return self.texts()[part][name].in_language(self.language).format_map(places)

    def of(self, value: Value | Text) -> str:
        """Return a value that exists in both languages, in this one."""
        found = value if isinstance(value, Text) else said(value)
        return found.in_language(self.language)

    def plain(self, value: float) -> str:
        """Return a number with no more digits than it needs, such as one that somebody wrote into a file.

        Examples:
            >>> Speaker("id").plain(0.25)
            '0,25'
        """
        return self.of(Said(f"{value:g}", f"{value:g}".replace(".", ",")))


def speaker_of(language: str) -> Speaker:
    """Return who speaks the language that somebody asked for.

    Raises:
        BadInput: If there is no such language.
    """
    match language:
        case "en" | "id":
            return Speaker(language)
        case _:
            raise BadInput.of(
                f"there is no language '{language}'", where="--language", mend="Choose en or id."
            )
