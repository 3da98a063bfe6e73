"""What lies on the desk for one applicant, and nothing behind it: all that a dossier's content is made of."""

from dataclasses import dataclass

import numpy as np

from console.casebook.wording import value_text
from dossier.dossiers import Dossiers
from dossier.fields import fields
from dossier.texts import Text
from synthetic.names import given_name
from synthetic.streams import scattered_words


@dataclass(frozen=True)
class Desk:
    """One applicant as officers see him or her at the end.

    Attributes:
        dossiers: One dossier with all fields.
        year: The scenario's year.
        seed: The sitting's secret seed; it chooses between ways of saying the same.
    """

    dossiers: Dossiers
    year: int
    seed: int

    @property
    def applicant(self) -> int:
        """The synthetic identity number."""
        return int(self.dossiers.applicants[0])

    @property
    def name(self) -> str:
        """The name, which follows from the identity number and the sex in the papers."""
        return given_name(self.applicant, fields()["sex"].codes[self.value("sex")])

    def value(self, field: str) -> int:
        """Return what is on file: a code or a whole number; negative where there is none."""
        return int(self.dossiers.columns[field][0])

    def text(self, field: str) -> Text:
        """Return what is on file, in words."""
        return value_text(field, self.value(field), self.year)

    def lot(self, count: int, *address: str) -> int:
        """Return a number below `count` that the seed decides for this applicant, and nothing else does."""
        ids = self.dossiers.applicants[:1].astype(np.int64)
        return int(scattered_words(self.seed, "casebook", *address, ids=ids)[0] % np.uint64(count))
