"""From the options of a command to the form of its files."""

from collections.abc import Sequence
from typing import get_args

from dossier.problems import BadInput
from synthetic.sheets import Form

AUTO, NO_FILES = "auto", "none"
"""Words of `--export`: files of people unless there are very many, and none in any case."""

MOST_KEPT = 1_000_000
"""Applicants up to whom a run keeps files unasked; more take hundreds of megabytes that few need."""


def form_named(name: str, option: str = "--format", besides: Sequence[str] = ()) -> Form:
    """Return the form of files that `name` stands for.

    Args:
        name: Such as parquet.
        option: Where it was given.
        besides: What else could have been said there.

    Raises:
        BadInput: If there is none.
    """
    forms: dict[str, Form] = {one: one for one in get_args(Form)}
    if name not in forms:
        mend = f"Choose from: {', '.join((*forms, *besides))}."
        raise BadInput.of(f"there is no form '{name}'", where=option, mend=mend)
    return forms[name]


def exported(name: str, size: int) -> Form | None:
    """Return the form of the files that a run of `size` applicants writes; None where it writes none.

    Raises:
        BadInput: If there is no such form.
    """
    if name == NO_FILES or (name == AUTO and size > MOST_KEPT):
        return None
    return form_named("parquet" if name == AUTO else name, "--export", (AUTO, NO_FILES))
