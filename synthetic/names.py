"""Names for the few dossiers that people look at, from pinned pools; a cohort's files hold none.

A name follows from the synthetic identity number, so the same applicant has the same name everywhere. It
depends on the sex that stands in the papers and on nothing else.
"""

from functools import cache
from pathlib import Path

import numpy as np

from dossier.toml_files import Declared, read_toml, validated
from synthetic.streams import scattered_words


class NamePools(Declared):
    """The pools: the file `pools/names.toml`."""

    male: tuple[str, ...]
    female: tuple[str, ...]
    last_male: tuple[str, ...]
    last_female: tuple[str, ...]
    last_either: tuple[str, ...]

    def first(self, sex: str) -> tuple[str, ...]:
        """Return the first names of a sex."""
        return self.male if sex == "male" else self.female

    def last(self, sex: str) -> tuple[str, ...]:
        """Return the last names that go with a sex."""
        return (self.last_male if sex == "male" else self.last_female) + self.last_either


@cache
def name_pools() -> NamePools:
    """Return the pinned pools."""
    return validated(NamePools, read_toml(Path(__file__).parent / "pools" / "names.toml"))


def given_name(applicant: int, sex: str) -> str:
    """Return the name of a synthetic applicant.

    Args:
        applicant: Identity number.
        sex: `male` or `female`.
    """
    pools = name_pools()
    first, last = pools.first(sex), pools.last(sex)
    ids = np.array([applicant], dtype=np.int64)
    draw = [int(scattered_words(0, "name", part, ids=ids)[0]) for part in ("first", "last")]
    return f"{first[draw[0] % len(first)]} {last[draw[1] % len(last)]}"
