"""From truth to declaration: what is said instead of what is so.

Two mechanisms, both declared in the modules: a coached lie about one field, and a cover story, under which a
set of fields gives another journey's answers, except where one slips. Who does not know that he is deceived
does neither: he says what he believes. Only declarations change here; loss and misreading are for `observe`.
"""

import numpy as np
import numpy.typing as npt

from synthetic.streams import FULL, high, words
from synthetic.tables import AliasTable
from synthetic.world import COVER, UNAWARE, Conditional

Codes = npt.NDArray[np.int8]


class Deceiver:
    """Turns the true codes of one field into declared ones.

    Attributes:
        tells_lies: Shape (types,): whether coached lies are declared for the type.
        has_story: Shape (types,): whether a cover story touches the field.
    """

    def __init__(self, conditional: Conditional) -> None:
        self.name = conditional.name
        self.tells_lies = conditional.lie.max(axis=1) > 0
        self.has_story = conditional.slip < 1
        self._groups = conditional.cover.shape[1]
        self._lie = np.rint(conditional.lie * FULL).astype(np.uint64)
        self._lie_to = conditional.lie_to
        self._slip = np.rint(conditional.slip * FULL).astype(np.uint64)
        self._cover = (
            AliasTable.build(_filled(conditional).reshape(-1, conditional.codes))
            if self.has_story.any()
            else None
        )

    @property
    def changes_nothing(self) -> bool:
        """Whether no type deceives about this field."""
        return not (self.tells_lies.any() or self.has_story.any())

    def declare(
        self,
        seed: int,
        rows: range,
        kinds: npt.NDArray[np.int64],
        story: Codes,
        group: npt.NDArray[np.int64],
        truth: Codes,
    ) -> Codes:
        """Return the declared codes of `rows`.

        Args:
            kinds: Shape (n,): type of each row.
            story: Shape (n,): whether the row speaks openly, tells a cover story, or knows no better.
            group: Shape (n,) or (1,): group index of the parents of the field.
            truth: Shape (n,): true codes.
        """
        if self.changes_nothing:
            return truth
        declared = truth.copy()
        liars = np.flatnonzero(self.tells_lies[kinds] & (story != UNAWARE))
        if liars.size:
            level = high(words(seed, "row", self.name, "lie", rows=rows)[liars])
            lies = level < self._lie[kinds[liars], truth[liars]]
            declared[liars[lies]] = self._lie_to[kinds[liars[lies]]]
        tellers = np.flatnonzero(self.has_story[kinds] & (story == COVER))
        if tellers.size and self._cover is not None:
            level = high(words(seed, "row", self.name, "slip", rows=rows)[tellers])
            tellers = tellers[level >= self._slip[kinds[tellers]]]
            raw = words(seed, "row", self.name, "cover", rows=rows)[tellers]
            declared[tellers] = self._cover.draw(
                raw, kinds[tellers] * self._groups + np.broadcast_to(group, len(rows))[tellers]
            )
        return declared


def _filled(conditional: Conditional) -> npt.NDArray[np.float64]:
    """Return the cover tables with any distribution where there is none, so that tables can be built."""
    empty = conditional.cover.sum(axis=2, keepdims=True) == 0
    return np.where(empty, conditional.truth, conditional.cover)
