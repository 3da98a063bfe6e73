"""How saring speaks about input that it cannot use: what is wrong, where, and how to mend it.

Problems are collected and raised together, so that one run of a command names everything that has to be
put right. Nothing here decides on exit codes; the command line does.
"""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong with an input.

    Attributes:
        what: What is wrong, in words for the person who made the input.
        where: File and line, or file, field and row.
        mend: What to do about it.
    """

    what: str
    where: str = ""
    mend: str = ""

    def __str__(self) -> str:
        place = f"{self.where}: " if self.where else ""
        mend = f"\n    To mend it: {self.mend}" if self.mend else ""
        return f"{place}{self.what}{mend}"


class BadInput(Exception):
    """Input that cannot be used; carries every problem that was found.

    Examples:
        >>> print(BadInput.of("unknown key 'shaer'", where="a.toml, line 3", mend="Did you mean 'share'?"))
        a.toml, line 3: unknown key 'shaer'
            To mend it: Did you mean 'share'?
    """

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))

    @classmethod
    def of(cls, what: str, *, where: str = "", mend: str = "") -> "BadInput":
        """Return the error for a single problem."""
        return cls([Problem(what, where, mend)])


def raise_if_any(problems: Iterable[Problem]) -> None:
    """Raise `BadInput` with all `problems`, or return quietly when there are none.

    Raises:
        BadInput: If there is at least one problem.
    """
    found = tuple(problems)
    if found:
        raise BadInput(found)
