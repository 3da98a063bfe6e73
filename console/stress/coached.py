"""Coached evasion: how many victims are missed if so many of the strongest pieces of evidence are hidden.

Somebody who knows the cards coaches each victim in the way that is worst for that victim. Papers and
registers cannot be coached, and one answer may stand behind several rows; so the curve says what hiding row
by row would do, and forecasts nothing. A second curve also hides the journey's setting, such as its
destination. It holds no way of doing anything.
"""

from collections.abc import Sequence

import numpy as np

from console.stress.frame import Column, Done, Finding, Row, Setting
from console.stress.hidden import evidence_of
from console.stress.pairs import Mask, change, held_together, rate_of
from console.stress.radius import Counts, Radius, radius_of
from console.stress.remix import kind_name
from console.stress.settings import settings
from console.stress.wording import number, rate_text, say
from dossier.texts import Text
from screening.evaluation.outcomes import grouping
from screening.evaluation.rates import rate_json
from screening.evaluation.texts import code_text

HALF = 0.5


def coached(setting: Setting, done: Done) -> Finding:
    """Return misses along the number of pieces hidden, and the evasion radius by typology and sex."""
    plain, widest = radii(setting, done)
    return held_together(lambda confidence: _finding(setting, plain, widest, confidence))


def _finding(setting: Setting, plain: Radius, widest: Radius, confidence: float) -> Finding:
    how = settings().coached
    curve = _curve(setting, plain, "hidden", confidence)
    further = _curve(setting, widest, "with_settings", confidence)
    groups = [row for by in ("typology", "sex") for row in _by_group(setting, plain, by, confidence)]
    open_ = int((~plain.is_exact | ~widest.is_exact).sum())
    return Finding(
        "coached",
        say("coached.title"),
        say("coached.question"),
        _answer(curve, further, plain),
        [*curve, *further, *groups],
        say("coached.assumed", open=open_, n=len(plain.needed)),
        axis=say("coached.axis"),
        columns=(
            Column("at_most", say("coached.at_most"), "rate"),
            Column("median", say("coached.median"), "number"),
            Column("few", say("coached.few"), "rate"),
        ),
        leads="hidden",
        names={
            "hidden": say("coached.hidden"),
            "with_settings": say("coached.with_settings"),
            "typology": say("by.typology"),
            "sex": say("by.sex"),
        },
        more={"most": how.most, "radius_open": open_, "radius": _counted(plain.enough, how.most)},
        rise=max((row.miss_change.interval[0] for row in curve if row.miss_change), default=0.0),
    )


def steps(setting: Setting) -> int:
    """Return how often `coached` tells of its progress."""
    return -(-int((~setting.is_missed).sum()) // settings().coached.chunk)


def radii(setting: Setting, done: Done) -> tuple[Radius, Radius]:
    """Return the evasion radius of each flagged victim, hiding evidence only, and the setting too."""
    how = settings().coached
    parts = []
    for evidence in evidence_of(setting.judge, setting.victims.dossiers.take(~setting.is_missed), how.chunk):
        both = (evidence.without_settings(), evidence)
        parts.append([radius_of(one, how.most, how.steps, how.sets) for one in both])
        done(1)
    plain, widest = (_joined([part[place] for part in parts], how.most) for place in range(2))
    return plain, widest


def _joined(parts: Sequence[Radius], most: int) -> Radius:
    nobody = np.zeros(0, dtype=np.int64)
    return Radius(
        np.concatenate([nobody, *(part.needed for part in parts)]),
        np.concatenate([nobody, *(part.enough for part in parts)]),
        most,
    )


def _of_everybody(setting: Setting, radius: Counts) -> Counts:
    """Return the radius of every victim, shape (victims,): zero for those who are missed as it is."""
    found = np.zeros(len(setting.is_missed), dtype=np.int64)
    found[~setting.is_missed] = radius
    return found


def _curve(setting: Setting, radius: Radius, series: str, confidence: float) -> list[Row]:
    """Return the miss rate by number of pieces hidden, and how high it may be where the radius is open."""
    needed, enough = (_of_everybody(setting, one) for one in (radius.needed, radius.enough))
    return [
        Row(
            say("coached.row", size=size) if size else say("word.unchanged"),
            f"{series}:{size}",
            miss=rate_of(enough <= size, confidence),
            miss_change=change(enough <= size, setting.is_missed, confidence) if size else None,
            at=size,
            series=series,
            more={"at_most": rate_json(rate_of(needed <= size, confidence), "missed")},
        )
        for size in range(radius.most + 1)
    ]


def _by_group(setting: Setting, radius: Radius, by: str, confidence: float) -> list[Row]:
    """Return for each group how many pieces are enough, and its misses at the stated number."""
    groups = grouping(setting.victims.outcomes, by)
    flagged = np.asarray(~setting.is_missed)
    there = [code for code in range(len(groups.labels)) if (flagged & (groups.codes == code)).any()]
    enough = _of_everybody(setting, radius.enough)
    return [
        _group_row(setting, by, groups.labels[code], enough, groups.codes == code, confidence)
        for code in there
    ]


def _group_row(setting: Setting, by: str, label: str, enough: Counts, rows: Mask, confidence: float) -> Row:
    how = settings().coached
    missed, before = enough[rows] <= how.stated, setting.is_missed[rows]
    radius = enough[rows][~before]
    return Row(
        kind_name(label) if by == "typology" else _code_name(by, label),
        label,
        miss=rate_of(missed, confidence),
        miss_change=change(missed, before, confidence),
        series=by,
        more={
            "median": _median(radius, how.most),
            "few": rate_json(rate_of(radius == 1, confidence), "lost"),
            "radius": _counted(radius, how.most),
        },
    )


def _median(radius: Counts, most: int) -> int | None:
    """Return the number of pieces that is enough for half of them; None where it is more than were tried."""
    half = int(np.quantile(radius, HALF, method="inverted_cdf"))
    return half if half <= most else None


def _counted(radius: Counts, most: int) -> dict[str, int]:
    """Return how many people have each radius; `more` for those of whom more than `most` must be hidden."""
    counts = np.bincount(radius, minlength=most + 2)
    return {**{str(size): int(counts[size]) for size in range(1, most + 1)}, "more": int(counts[most + 1])}


def _code_name(field: str, label: str) -> Text:
    found = code_text(field, label)
    return Text(en=found.en, id=found.id)


def _answer(curve: Sequence[Row], further: Sequence[Row], found: Radius) -> Text:
    how = settings().coached
    if not len(found.needed):
        return say("single_point.nobody_flagged", miss=rate_text(curve[0].miss))
    median = _median(found.enough, how.most)
    return say(
        "coached.answer",
        before=rate_text(curve[0].miss),
        one=rate_text(curve[1].miss),
        stated=how.stated,
        some=rate_text(curve[how.stated].miss),
        median=say("coached.beyond", most=how.most) if median is None else number(median),
        n=len(found.needed),
        with_settings=rate_text(further[1].miss),
    )
