"""Single point of failure: flagged victims who would be missed if one piece of evidence were hidden.

For every flagged victim every piece is hidden in turn, alone, and the risk is summed up without it: exactly,
not by a model of importance. Who would then be missed hangs by one thread. It says which thread, and nothing
about how likely it is to break.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from console.stress.frame import Column, Done, Finding, Row, Setting
from console.stress.hidden import SETTING, name_of
from console.stress.pairs import Mask, change, held_together, rate_of
from console.stress.remix import kind_name
from console.stress.settings import settings
from console.stress.wording import rate_text, say
from dossier.texts import Text
from screening.evaluation.fairness.burden import depending
from screening.evaluation.outcomes import grouping
from screening.evaluation.rates import Rate, rate_json


def single_point(setting: Setting, done: Done) -> Finding:
    """Return which flagged victims hang on one piece of evidence: all, by typology, and by which piece."""
    hidden = pieces_of(setting, done)
    return held_together(lambda confidence: _finding(setting, hidden, confidence))


def _finding(setting: Setting, hidden: "Pieces", confidence: float) -> Finding:
    evidence = np.asarray(hidden.lost[:, ~hidden.is_setting].any(axis=1))
    everybody = np.ones(len(hidden.lost), dtype=np.bool_)
    whole = _row(setting, say("word.all_victims"), "all", evidence, everybody, confidence)
    widest = _row(
        setting,
        say("single_point.with_settings"),
        "with_settings",
        np.asarray(hidden.lost.any(axis=1)),
        everybody,
        confidence,
    )
    pieces = _by_piece(setting, hidden, confidence)
    return Finding(
        "single_point",
        say("single_point.title"),
        say("single_point.question"),
        _answer(setting, whole, widest, pieces, confidence),
        [whole, widest, *_by_typology(setting, evidence, confidence), *pieces],
        say("single_point.assumed"),
        columns=(Column("of_flagged", say("single_point.of_flagged"), "rate"),),
        leads="piece",
        names={
            "typology": say("by.typology"),
            "piece": say("single_point.by_piece"),
            "setting": say("single_point.by_setting"),
        },
        rise=whole.miss_change.interval[0] if whole.miss_change else 0.0,
        # The misses before, which the answer tells, and the pieces that are not shown: no flag hangs on them.
        beside=1 + whole.intervals * (len(hidden.keys) - len(pieces)),
    )


@dataclass(frozen=True)
class Pieces:
    """The flags of all victims of a setting, and the pieces they hang on.

    Attributes:
        keys: Of the pieces.
        is_setting: Shape (pieces,): which only say what journey it is.
        lost: Shape (victims, pieces): whether the flag is lost when this piece alone is hidden.
    """

    keys: tuple[str, ...]
    is_setting: Mask
    lost: npt.NDArray[np.bool_]


def pieces_of(setting: Setting, done: Done) -> Pieces:
    """Return for every victim and piece whether the flag hangs on it; never where nobody is flagged."""
    judge, flagged = setting.judge, np.flatnonzero(~setting.is_missed)
    cards, chunk = judge.screener.cards.at(judge.stage), settings().coached.chunk
    parts: list[npt.NDArray[np.bool_]] = []
    keys: tuple[str, ...] = ()
    for start in range(0, len(flagged), chunk):
        dossiers = setting.victims.dossiers.take(flagged[start : start + chunk])
        found = judge.screener.assess(dossiers, judge.stage)
        overrides = tuple(judge.screener.overrides(found.evidence))
        parts.append(depending(cards, overrides, found, judge.threshold, np.arange(len(dossiers))).T)
        keys = (*(entry.key for entry in cards.inputs), *overrides)
        done(1)
    lost = np.zeros((len(setting.is_missed), len(keys)), dtype=bool)
    if parts:
        lost[flagged] = np.concatenate(parts)
    return Pieces(keys, np.array([key.startswith(SETTING) for key in keys], dtype=bool), lost)


def steps(setting: Setting) -> int:
    """Return how often `single_point` tells of its progress."""
    return -(-int((~setting.is_missed).sum()) // settings().coached.chunk)


def _by_typology(setting: Setting, hangs: Mask, confidence: float) -> list[Row]:
    groups = grouping(setting.victims.outcomes, "typology")
    there = [code for code in range(len(groups.labels)) if (groups.codes == code).any()]
    return [
        replace(
            _row(
                setting,
                kind_name(groups.labels[code]),
                groups.labels[code],
                hangs,
                groups.codes == code,
                confidence,
            ),
            series="typology",
        )
        for code in there
    ]


def _by_piece(setting: Setting, hidden: Pieces, confidence: float) -> list[Row]:
    """Return the pieces on which at least one flag hangs, the one with most victims first; settings last."""
    counts = hidden.lost.sum(axis=0)
    everybody = np.ones(len(hidden.lost), dtype=np.bool_)
    order = np.lexsort((-counts, hidden.is_setting))
    return [
        replace(
            _row(
                setting,
                name_of(setting.judge, hidden.keys[place]),
                hidden.keys[place],
                hidden.lost[:, place],
                everybody,
                confidence,
            ),
            series="setting" if hidden.is_setting[place] else "piece",
        )
        for place in order
        if counts[place]
    ]


def _row(setting: Setting, name: Text, key: str, lost: Mask, rows: Mask, confidence: float) -> Row:
    missed = setting.is_missed[rows]
    then = missed | lost[rows]
    flagged = Rate(int(lost[rows].sum()), int((~missed).sum()), confidence)
    return Row(
        name,
        key,
        miss=rate_of(then, confidence),
        miss_change=change(then, missed, confidence),
        more={"of_flagged": rate_json(flagged, "lost")},
    )


def _answer(setting: Setting, whole: Row, widest: Row, pieces: Sequence[Row], confidence: float) -> Text:
    flagged = len(setting.is_missed) - setting.miss.count
    before = replace(setting.miss, confidence=confidence)
    if not flagged:
        return say("single_point.nobody_flagged", miss=rate_text(before))
    threads, more = (
        rate_text(Rate(row.more["of_flagged"]["lost"], flagged, confidence)) for row in (whole, widest)
    )
    evidence = [row for row in pieces if row.series == "piece"]
    if not evidence:
        return say("single_point.none", threads=threads)
    return say(
        "single_point.answer",
        threads=threads,
        before=rate_text(before),
        piece=evidence[0].name,
        lost=evidence[0].more["of_flagged"]["lost"],
        n=flagged,
        with_settings=more,
    )
