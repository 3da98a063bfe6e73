"""From declaration to file: what is lost and what is written down wrongly.

Loss depends on the field, on the recording habit of the office and, where declared, on the answer itself.
It never depends on the type of the applicant, so an empty cell tells of an office and not of a truth.
"""

import numpy as np
import numpy.typing as npt

from dossier.fields import MISSING
from synthetic.streams import FULL, high, low, words
from synthetic.tables import AliasTable
from synthetic.world import Recording

Codes = npt.NDArray[np.int8]


class Observer:
    """Turns the declared codes of one field into observed ones."""

    def __init__(self, name: str, recording: Recording) -> None:
        self.name = name
        self._codes = recording.misread.shape[0]
        missing = np.rint(recording.missing * FULL).astype(np.uint64).ravel()
        present = FULL - missing
        self._missing = missing
        self._wrong = missing + np.rint(present * recording.noise).astype(np.uint64)
        by_office = missing.reshape(recording.missing.shape)
        self._same_for_all_answers = bool((by_office == by_office[:, :1]).all())
        self._wrong_by_office = self._wrong[:: self._codes].copy()
        self._misread = AliasTable.build(recording.misread) if recording.noise > 0 else None
        self.changes_nothing = not missing.any() and self._misread is None

    def observe(
        self, seed: int, rows: range, office: Codes | npt.NDArray[np.int64], declared: Codes
    ) -> Codes:
        """Return the observed codes of `rows`.

        Args:
            office: Shape (n,): true code of the office.
            declared: Shape (n,): declared codes.
        """
        if self.changes_nothing:
            return declared
        raw = words(seed, "row", self.name, "observe", rows=rows)
        level, observed = high(raw), declared.copy()
        if self._same_for_all_answers:
            wrong_below = self._wrong_by_office.take(office)
        else:
            wrong_below = self._wrong.take(office * np.int64(self._codes) + declared)
        touched = np.flatnonzero(level < wrong_below)  # few: whose answer is lost or misread
        cell = office[touched] * np.int64(self._codes) + declared[touched]
        lost = level[touched] < self._missing[cell]
        observed[touched[lost]] = MISSING
        if self._misread is not None:
            wrong = touched[~lost]
            respun = (low(raw[wrong]) << np.uint64(32)) | (
                low(raw[wrong]) * np.uint64(2654435761) & np.uint64(FULL - 1)
            )
            observed[wrong] = self._misread.draw(respun, declared[wrong].astype(np.int64))
        return observed
