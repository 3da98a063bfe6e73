"""What every data set of saring says about itself, from `words.toml`, in both languages."""

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

from dossier.texts import Language, Text
from dossier.toml_files import Declared, read_toml, validated


class Words(Declared):
    """The file `words.toml`.

    Attributes:
        dataset: Single texts by name; a name in braces is filled.
        use, misuse, limit, bias: Lists of sentences.
    """

    dataset: Mapping[str, Text]
    use: Sequence[Text]
    misuse: Sequence[Text]
    limit: Sequence[Text]
    bias: Sequence[Text]

    def said(self, name: str, language: Language, **places: str) -> str:
        """Return a single text, its places filled.

        Raises:
            KeyError: If there is no such text, or a place of it is not filled.
        """
        return self.dataset[name].in_language(language).format_map(places)


@cache
def words() -> Words:
    """Return what every data set says about itself."""
    return validated(Words, read_toml(Path(__file__).with_name("words.toml")))
