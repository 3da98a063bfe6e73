"""The texts of files for learning platforms, from `export_texts.toml`."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from dossier.indicators import indicator_texts
from dossier.texts import Language, Text
from dossier.toml_files import Declared, read_toml, validated


class ExportTexts(Declared):
    """The file `export_texts.toml`.

    Attributes:
        texts: Sentences by name.
        remarks: What is said of an action, by what was so and the verdict.
        tabs: What the tabs of a dossier are called.
    """

    texts: Mapping[str, Text]
    remarks: Mapping[str, Text]
    tabs: Mapping[str, Text]


@cache
def export_texts() -> ExportTexts:
    """Return the texts of files for learning platforms."""
    return validated(ExportTexts, read_toml(Path(__file__).with_name("export_texts.toml")))


def said(name: str, language: Language, **places: str) -> str:
    """Return a sentence in one language, its places filled.

    Raises:
        KeyError: If there is no such sentence, or a place of it is not filled.

    Examples:
        >>> said("dossier", "id", letter="B7")
        'Berkas B7'
    """
    return export_texts().texts[name].in_language(language).format_map(places)


def both(name: str, **places: Text | str) -> dict[str, str]:
    """Return a sentence in both languages, by language."""
    filled = {
        language: {
            place: text.in_language(language) if isinstance(text, Text) else text
            for place, text in places.items()
        }
        for language in ("en", "id")
    }
    return {"en": said(name, "en", **filled["en"]), "id": said(name, "id", **filled["id"])}


def remark(truth_class: str, verdict: str) -> Text:
    """Return what is said of an action.

    Args:
        truth_class: What was so.
        verdict: What the action is, as `marks.toml` says.
    """
    return export_texts().remarks["right" if verdict == "right" else f"{truth_class}_{verdict}"]


def indicator_title(name: str) -> Text:
    """Return what an indicator is called; one that nobody named keeps its own letters."""
    found = indicator_texts().get(name)
    plain = name.replace("_", " ")
    return found.title if found else Text(en=plain, id=plain)
