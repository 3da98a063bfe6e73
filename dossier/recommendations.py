"""What the screener may recommend, and the agencies that may receive a person.

The tool recommends; people decide. There is no bare "reject": a postponed applicant is told a lawful route,
and a referral always names who receives the person and why.
"""

from collections.abc import Mapping
from enum import IntEnum
from functools import cache
from pathlib import Path

from dossier.texts import Text
from dossier.toml_files import Declared, read_toml, validated


class Recommendation(IntEnum):
    """The four recommendations, from least to most attention."""

    PROCEED = 0
    DOCUMENTS = 1
    INTERVIEW = 2
    REFER = 3

    @property
    def label(self) -> str:
        """The recommendation's name in lower case, as it stands in files."""
        return self.name.lower()


class Agency(Declared):
    """An agency that can receive a referral.

    Attributes:
        name: Its name, in both languages.
        receives: Whom or what it receives, and what it does for them.
        source: Where its part is described.
        protects: Whether it can look after somebody who has not left yet; the others examine or act abroad.
        now: What it is called today, where that differs from the papers' name.
    """

    name: Text
    receives: Text
    source: str
    protects: bool
    now: Text | None = None


@cache
def agencies() -> Mapping[str, Agency]:
    """Return all receiving agencies by key."""
    file = read_toml(Path(__file__).with_name("agencies.toml"))
    return {key: validated(Agency, file, entry, at=(key,)) for key, entry in file.data.items()}
