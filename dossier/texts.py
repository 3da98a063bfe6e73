"""Bilingual texts: every sentence that a user may read exists in English and in Indonesian."""

from typing import Literal, TypeAlias

from dossier.toml_files import Declared

Language: TypeAlias = Literal["en", "id"]


class Text(Declared):
    """One text in both languages of the product.

    Examples:
        >>> Text(en="Sex", id="Jenis kelamin").in_language("id")
        'Jenis kelamin'
    """

    en: str
    id: str

    def in_language(self, language: Language) -> str:
        """Return the text in `language`."""
        return self.id if language == "id" else self.en
