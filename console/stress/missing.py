"""Missing answers: each field left empty for some people, by chance, as if nobody had asked or could tell.

Who is left without an answer is drawn from named streams, so that it is reproducible, and nested: whoever is
without it at one share is without it at every larger one. A field that does not apply to somebody stays so.
The cards are not trained anew: it is the screener as it is that meets emptier dossiers.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from console.judging import Judge, Judged
from console.parts.parallel import each_part
from console.stress.frame import Done, Finding, Row, Setting
from console.stress.pairs import Mask, held_together, paired_row
from console.stress.settings import settings
from console.stress.wording import change_text, limit, rate_text, say
from dossier.dossiers import Dossiers
from dossier.fields import MISSING, NOT_APPLICABLE, Values, fields, fields_visible_at
from dossier.texts import Text
from synthetic.streams import words

Sides: TypeAlias = tuple[Mask, Mask]
"""Who is flagged of the victims and of the others."""

TOGETHER = "all"
"""Key of the rows in which every field is left empty, each for its own people."""


@dataclass(frozen=True)
class Desk:
    """People of one side, with some of their answers left empty.

    Attributes:
        judge: Who screens them.
        judged: The people.
        seed: Of the lots.
        side: Name of the side, for the streams.
    """

    judge: Judge
    judged: Judged
    seed: int
    side: str

    @cached_property
    def flagged(self) -> Mask:
        """Shape (n,): who is flagged with every answer as it is."""
        return self.judged.outcomes.flagged(self.judge.stage, self.judge.threshold)

    def lot(self, name: str) -> npt.NDArray[np.float64]:
        """Return each person's lot for a field, shape (n,): below a share, the answer is missing."""
        raw = words(self.seed, "stress", "missing", self.side, name, rows=range(len(self.judged)))
        return np.asarray(raw / 2.0**64)

    def flagged_without(self, name: str, shares: Sequence[float]) -> list[Mask]:
        """Return who is flagged when a field is empty for so many; shape (n,) for each of the rising shares.

        A person is screened once without the field: at which share it goes missing changes nothing more.
        """
        lot = self.lot(name)
        rows = np.flatnonzero((lot < shares[-1]) & is_asked(self.judged.dossiers.columns[name]))
        without = self.flagged.copy()
        without[rows] = self._flags(
            emptied(self.judged.dossiers.take(rows), {name: np.ones(len(rows), bool)})
        )
        return [np.where(lot < share, without, self.flagged) for share in shares]

    def flagged_without_any(self, names: Sequence[str], share: float) -> Mask:
        """Return who is flagged when each field is empty for its own `share` of people, shape (n,)."""
        return self._flags(emptied(self.judged.dossiers, {name: self.lot(name) < share for name in names}))

    def _flags(self, dossiers: Dossiers) -> Mask:
        if not len(dossiers):
            return np.zeros(0, dtype=bool)
        return np.asarray(self.judge.screener.assess(dossiers, self.judge.stage).risk >= self.judge.threshold)


def is_asked(values: Values) -> Mask:
    """Return where a question arises and is answered, shape (n,)."""
    return np.asarray((values != NOT_APPLICABLE) & (values != MISSING))


def emptied(dossiers: Dossiers, empty: Mapping[str, Mask]) -> Dossiers:
    """Return the same dossiers with some answers missing; what does not apply stays so.

    Args:
        dossiers: n dossiers.
        empty: Shape (n,) by field: where to leave it empty.
    """
    changed = {name: _emptied(dossiers.columns[name], rows) for name, rows in empty.items()}
    return Dossiers(dossiers.applicants, {**dossiers.columns, **changed}, dossiers.references)


def _emptied(values: Values, empty: Mask) -> Values:
    changed = values.copy()
    changed[empty & is_asked(values)] = MISSING
    return changed


def missing(setting: Setting, done: Done) -> Finding:
    """Return how misses and wrong flags change as fields go missing, the most harmful field first."""
    shares = settings().missing.shares
    names = fields_visible_at(setting.judge.stage)
    sides = (
        Desk(setting.judge, setting.victims, setting.seed, "victims"),
        Desk(setting.judge, setting.others, setting.seed, "others"),
    )

    def without(place: int) -> list[Sides]:
        victims, others = (side.flagged_without(names[place], shares) for side in sides)
        return list(zip(victims, others, strict=True))

    alone: dict[str, list[Sides]] = {}
    for name, found in zip(names, each_part(without, len(names), setting.workers), strict=True):
        alone[name] = found
        done(1)
    whole = []
    for share in shares:
        victims, others = (side.flagged_without_any(names, share) for side in sides)
        whole.append((victims, others))
        done(1)
    return held_together(lambda confidence: _finding(setting, whole, alone, confidence))


def _finding(
    setting: Setting, everywhere: Sequence[Sides], by_field: Mapping[str, Sequence[Sides]], confidence: float
) -> Finding:
    shares = settings().missing.shares

    def rows_of(name: Text, key: str, flagged: Sequence[Sides]) -> list[Row]:
        return [
            _row(setting, name, key, share, one, confidence)
            for share, one in zip(shares, flagged, strict=True)
        ]

    whole = rows_of(say("missing.all"), TOGETHER, everywhere)
    alone = [rows_of(fields()[name].label, name, flagged) for name, flagged in by_field.items()]
    alone.sort(key=lambda rows: _harm(rows[-1]), reverse=True)
    rows = [row for part in (whole, *alone) for row in part]
    largest = f"{shares[-1]:g}"
    return Finding(
        "missing",
        say("missing.title"),
        say("missing.question"),
        _answer(whole, alone),
        rows,
        say("missing.assumed", comparisons=sum(row.intervals for row in rows)),
        leads=largest,
        names={f"{share:g}": say("missing.share", share=limit(share)) for share in shares},
    )


def steps(setting: Setting) -> int:
    """Return how often `missing` tells of its progress."""
    return len(fields_visible_at(setting.judge.stage)) + len(settings().missing.shares)


def _row(setting: Setting, name: Text, key: str, share: float, flagged: Sides, confidence: float) -> Row:
    victims, others = flagged
    found = paired_row(setting, name, key, ~victims, others, confidence)
    return replace(found, at=share, series=f"{share:g}")


def _harm(row: Row) -> tuple[float, float]:
    """Return by what fields are put in order: the rise in misses, then that in wrong flags."""
    missed, flagged = (one.estimate if one else 0.0 for one in (row.miss_change, row.flag_change))
    return missed, flagged


def _answer(whole: Sequence[Row], alone: Sequence[Sequence[Row]]) -> Text:
    worst, first, last = alone[0][-1], whole[0], whole[-1]
    return say(
        "missing.answer",
        field=worst.name,
        share=limit(worst.at or 0),
        change=change_text(worst.miss_change),
        few=limit(first.at or 0),
        few_miss=rate_text(first.miss),
        many=limit(last.at or 0),
        many_miss=rate_text(last.miss),
        many_flagged=rate_text(last.false_flag),
    )
