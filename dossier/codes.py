"""What the codes of the fields are called, read from `codes.toml`: one name for each, in both languages.

Reports, reasons and every form take the names from here, so that an answer is called the same wherever it is
read. What an answer means is told by its field; nothing here judges one.
"""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from pydantic import RootModel

from dossier.fields import fields
from dossier.problems import BadInput
from dossier.texts import Text
from dossier.toml_files import read_toml, validated


class CodeNames(RootModel[Mapping[str, Mapping[str, Text]]]):
    """The file `codes.toml`: names by field and code."""


@cache
def code_names() -> Mapping[str, Mapping[str, Text]]:
    """Return the name of every code, by field and code.

    Raises:
        BadInput: If a code has no name, or a name no code.
    """
    file = read_toml(Path(__file__).with_name("codes.toml"))
    names = validated(CodeNames, file).root
    declared = {(field.name, code) for field in fields().values() for code in field.codes}
    unmatched = sorted(declared ^ {(name, code) for name, codes in names.items() for code in codes})
    if unmatched:
        listed = ", ".join(f"{name}.{code}" for name, code in unmatched)
        raise BadInput.of(f"codes and names do not match: {listed}", where=file.name)
    return names


def code_name(field: str, code: str) -> Text:
    """Return what a code of a field is called.

    Raises:
        KeyError: If there is no such field or code.

    Examples:
        >>> code_name("stated_country", "cambodia").id
        'Kamboja'
    """
    return code_names()[field][code]
