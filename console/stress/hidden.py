"""What speaks for each flagged person, piece by piece, and what becomes of the flag when pieces are hidden.

A piece of evidence is a row of the cards (an answer, an indicator or a rule) or an override rule that fired.
The journey's setting, such as its destination, gives points as well; what it takes to hide that too is told
apart. To hide a row is to leave it without points on every card; its context stays. So the risk without some
rows is exact: the same sums, joined in the same way.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from console.judging import Judge
from dossier.dossiers import Dossiers
from dossier.fields import fields
from dossier.findings import PRESENT
from dossier.indicators import indicator_texts
from dossier.texts import Text
from models.card import CardScores, Points, joined_score
from models.features import CardInput

SETTING = "setting:"
"""How the keys of rows begin that only say which journey it is."""


@dataclass(frozen=True)
class Evidence:
    """What speaks for some people.

    Attributes:
        keys: Of the rows of the cards, such as `answer:debt`.
        override_ids: Of the override rules that can be read at the stage.
        scores: Shape (n, cards): the cards' sums with everything in place.
        given: Shape (n, rows, cards): the points of each row; never negative.
        overrides: Shape (n, override rules): which of them fired.
        family_of: For each card, the index of its family.
        threshold: Hundredths; whoever reaches it is flagged.
    """

    keys: tuple[str, ...]
    override_ids: tuple[str, ...]
    scores: Points
    given: Points
    overrides: npt.NDArray[np.bool_]
    family_of: tuple[int, ...]
    threshold: int

    def __len__(self) -> int:
        return len(self.scores)

    def is_flagged_at(self, scores: Points) -> npt.NDArray[np.bool_]:
        """Return whom the cards alone would flag with these sums of shape (n, cards), shape (n,)."""
        return np.asarray(joined_score(CardScores(scores, self.family_of)).risk >= self.threshold)

    @property
    def is_setting(self) -> npt.NDArray[np.bool_]:
        """Shape (rows,): whether a row only says which journey it is, so that there is nothing to hide."""
        return np.array([key.startswith(SETTING) for key in self.keys], dtype=bool)

    def without_settings(self) -> "Evidence":
        """Return the same people with the journey's setting among what cannot be hidden."""
        kept = ~self.is_setting
        keys = tuple(key for key, keep in zip(self.keys, kept, strict=True) if keep)
        return replace(self, keys=keys, given=self.given[:, kept])


def evidence_of(judge: Judge, dossiers: Dossiers, chunk: int) -> Iterator[Evidence]:
    """Yield what speaks for people, so many at a time that it fits into memory.

    Args:
        judge: Who screens them, and at which stage.
        dossiers: The people.
        chunk: How many at a time; changes no result.
    """
    for start in range(0, len(dossiers), chunk):
        yield _evidence(judge, dossiers.take(slice(start, start + chunk)))


def _evidence(judge: Judge, dossiers: Dossiers) -> Evidence:
    screener = judge.screener
    found = screener.assess(dossiers, judge.stage)
    cards = screener.cards.at(judge.stage)
    tables = [table[found.context, found.levels[:, row]] for row, table in enumerate(cards.tables)]
    scored = cards.family_scores(found.levels, found.context)
    given = (
        np.stack(tables, axis=1) if tables else np.zeros((len(dossiers), 0, scored.points.shape[1]), np.int32)
    )
    ids = tuple(screener.overrides(found.evidence))
    fired = [found.evidence.outcomes[rule] == PRESENT for rule in ids]
    return Evidence(
        tuple(entry.key for entry in cards.inputs),
        ids,
        scored.points,
        given.astype(np.int32),
        np.array(fired, dtype=bool).reshape(len(ids), len(dossiers)).T,
        scored.family_of,
        judge.threshold,
    )


def name_of(judge: Judge, key: str) -> Text:
    """Return what a piece of evidence is called: the field's, the indicator's or the rule's title."""
    entries: Sequence[CardInput] = judge.screener.cards.at(judge.stage).inputs
    entry = next((one for one in entries if one.key == key), None)
    if entry is None or entry.kind == "rule":
        wanted = key if entry is None else entry.name
        return next(rule.title for rule in judge.screener.rulebook.rules if rule.id == wanted)
    if entry.kind == "indicator":
        return indicator_texts()[entry.name].title
    return fields()[entry.name].label
