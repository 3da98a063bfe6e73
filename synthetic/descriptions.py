"""How pages describe journeys, lookalikes and typologies.

Nearly all describe themselves. A few point to notes that no reader can open; what is said in their place
stands in `descriptions.toml`. Nothing here changes a module, its numbers or a hash.
"""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from dossier.texts import Text
from dossier.toml_files import Declared, read_toml, validated
from synthetic.modules import ModuleHead


class _Texts(Declared):
    """The file `descriptions.toml`: a description for each of the modules that need one, by id."""

    descriptions: Mapping[str, Text]


@cache
def replaced_descriptions() -> Mapping[str, Text]:
    """Return what is said in place of the modules' own descriptions, by id of the module."""
    file = read_toml(Path(__file__).with_name("descriptions.toml"))
    return validated(_Texts, file).descriptions


def as_told(head: ModuleHead) -> ModuleHead:
    """Return a module's head as a page may print it."""
    told = replaced_descriptions().get(head.id)
    return head.model_copy(update={"description": told}) if told else head
