"""The numbered checks of a rulebook: what each is called, what it means, and how grave it is."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Literal, TypeAlias

from dossier.problems import BadInput
from dossier.texts import Text
from dossier.toml_files import Declared, read_toml, validated

Severity: TypeAlias = Literal["error", "warning", "note"]


GENERAL = "R001"
"""The form of the file."""


class LintCheck(Declared):
    """One numbered check.

    Attributes:
        severity: An error stands in the way of a release; a warning asks somebody to look.
        loader: Name of the same check in the loader, if it makes it too.
        title: A few words to call it by.
        explanation: What it means, in a sentence or two.
    """

    severity: Severity
    loader: str = ""
    title: Text
    explanation: Text


@cache
def checks() -> Mapping[str, LintCheck]:
    """Return all checks by code, in order."""
    file = read_toml(Path(__file__).with_name("checks.toml"))
    return {code: validated(LintCheck, file, entry, at=(code,)) for code, entry in file.data.items()}


def code_of(loader_check: str) -> str:
    """Return the code of a check that the loader makes; one without a number goes under the general one."""
    return next((code for code, check in checks().items() if check.loader == loader_check), GENERAL)


def check_named(code: str) -> LintCheck:
    """Return the check of that code.

    Raises:
        BadInput: If there is none.
    """
    if code not in checks():
        mend = f"There are: {', '.join(checks())}."
        raise BadInput.of(f"there is no check '{code}'", where="--explain", mend=mend)
    return checks()[code]
