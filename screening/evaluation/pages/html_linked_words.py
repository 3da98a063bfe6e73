"""What the linked charts show, in sentences, and as tables of their figures.

Each sentence states counts, n and intervals at the operating threshold, of one sweep or of either of two. The
tables repeat every curve at a few thresholds; the heat map of cues is a table already.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from dossier.indicators import indicator_texts
from screening.evaluation.pages.html_parts import Share, capitalised, group_name, share, share_of
from screening.evaluation.pages.html_sides import Content, Series, Side
from screening.evaluation.texts import Said, limit, number, percent, percents, said, text

EVEN = 0.5
"""A chance from which on more people are victims than not."""

NEAR_EVEN = 0.05
FIRST_CUES = 16
"""Cues of the heat map that are shown at once; the others unfold."""


def interval(rate: Share) -> Said:
    """Return the interval of a rate."""
    return percents(rate.low, rate.high)


def linked_sentences(sides: Sequence[Side], content: Content) -> dict[str, list[Said]]:
    """Return the sentences beside each linked chart, by the part of the page."""
    found: dict[str, list[Said]] = {"tradeoff": [], "curves": [], "workload": [], "groups": []}
    for side in sides:
        if side.victims.n and side.others.n:
            found["tradeoff"].append(_tradeoff(side))
            found["curves"].append(_curves(side))
            found["workload"] += _workload(side, content)
        if side.groups:
            found["groups"].append(_groups(side))
    if len(sides) > 1:
        first, second = (side.name for side in sides)
        found["tradeoff"].append(text("linked.tradeoff_sides", first=first, second=second))
        found["groups"].append(text("linked.groups_sides", first=first, second=second))
    if content.get("recommendations"):
        found["recommendations"] = list(_recommended(content["recommendations"]))
    if content.get("reliability", {}).get("bins") and content["sweep"].get("chances"):
        found["reliability"] = list(_reliability(content))
    if content.get("cues", {}).get("indicators"):
        found["cues"] = list(_cues(content["cues"]))
    return found


def _said_of(side: Side) -> tuple[str, dict[str, Any]]:
    """Return how the key of a sentence ends, by whether there is another side, and what fills its places."""
    filled: dict[str, Any] = {"threshold": number(float(side.thresholds[side.here]), 2)}
    return ("side", {**filled, "side": capitalised(side.name)}) if side.key else ("says", filled)


def _of(name: str, rate: Share) -> dict[str, Any]:
    """Return count, n, rate and interval under names that begin alike."""
    return {
        name: rate.count,
        f"{name}_n": rate.n,
        f"{name}_rate": percent(rate.estimate),
        f"{name}_interval": interval(rate),
    }


def _tradeoff(side: Side) -> Said:
    ending, filled = _said_of(side)
    missed = side.victims.at(side.here)
    return text(
        f"linked.tradeoff_{ending}",
        **filled,
        missed=missed.count,
        n=missed.n,
        rate=percent(missed.estimate),
        interval=interval(missed),
        **_of("lawful", side.lawful.at(side.here)),
        **_of("irregular", side.irregular.at(side.here)),
    )


def _curves(side: Side) -> Said:
    ending, filled = _said_of(side)
    missed, flagged = side.victims.at(side.here), side.others.at(side.here)
    found = share_of(missed.n - missed.count, missed.n)
    rates = {**_of("found", found), **_of("flagged", flagged)}
    return text(f"linked.curves_{ending}", **filled, **rates, n=missed.n, others=flagged.n)


def _workload(side: Side, content: Content) -> Iterator[Said]:
    if side.flags is None:
        return
    ending, filled = _said_of(side)
    flags = float(side.flags.estimate[side.here])
    ends = {"low": side.flags.low[side.here], "high": side.flags.high[side.here]}
    shown = {name: number(float(end)) for name, end in ends.items()}
    filled |= {**shown, "flags": number(flags), "share": percent(side.share_of_victims)}
    yield text(f"linked.workload_{ending}", **filled)
    if minutes := content.get("minutes_per_flag"):
        yield text("linked.workload_minutes", minutes=number(minutes), total=number(minutes * flags))


def _groups(side: Side) -> Said:
    ending, filled = _said_of(side)
    filled |= _extremes(side.groups, side.here)
    if len(side.groups) == 1:
        return text(f"linked.groups_one_{ending}", **filled)
    return text(f"linked.groups_{ending}", **filled)


def _extremes(groups: Sequence[Series], step: int) -> dict[str, Any]:
    ranked = sorted((one for one in groups if one.n), key=lambda one: float(one.estimate[step]))
    best, worst = ranked[0], ranked[-1]
    return {
        **_missed("best", best.at(step)),
        **_missed("worst", worst.at(step)),
        "best": best.name,
        "worst": worst.name,
    }


def _missed(name: str, rate: Share) -> dict[str, Any]:
    return {**_of(name, rate), f"{name}_missed": rate.count}


def worst_at_threshold(side: Side) -> list[Said]:
    """Return which typology is missed most and which least, where there are several."""
    if len(side.families) < 2:  # noqa: PLR2004
        return []
    return [text("linked.curves_worst", **_extremes(side.families, side.here))]


def _recommended(rows: Sequence[Content]) -> Iterator[Said]:
    victims = [one for one in rows if one["group"] not in ("lawful", "irregular")]
    lawful = next((one for one in rows if one["group"] == "lawful"), None)
    n = sum(one["n"] for one in victims)
    if n and lawful:
        yield text(
            "linked.recommended_says",
            n=n,
            **_plainly("refer", share_of(sum(one["refer"] for one in victims), n)),
            **_of("proceed", share_of(sum(one["proceed"] for one in victims), n)),
            **_of("lawful", share_of(lawful["proceed"], lawful["n"])),
        )


def _plainly(name: str, rate: Share) -> dict[str, Any]:
    """Return count, rate and interval of the rate that a sentence speaks of first."""
    return {name: rate.count, "rate": percent(rate.estimate), "interval": interval(rate)}


def _reliability(content: Content) -> Iterator[Said]:
    """Yield whether chances come true in all bins, and in the bin of the operating threshold."""
    found = content["reliability"]
    verdicts = Counter(bin_verdict(one) for one in found["bins"])
    yield text(
        "linked.reliability_bins",
        all=len(found["bins"]),
        high=verdicts["too_high"],
        low=verdicts["too_low"],
        rest=verdicts["as_shown"],
    )
    chance = float(content["sweep"]["chances"][content["sweep"]["here"]])
    yield text(
        "linked.reliability_says",
        share=percent(found["share_of_victims"]),
        chance=percent(chance),
        side=_leaning(chance),
    )
    one = _bin_of(chance, found["bins"])
    rate = share(one["victims"])
    yield text(
        "linked.reliability_bin",
        low=limit(one["low"]),
        high=limit(one["high"]),
        shown=percent(one["shown"]),
        verdict=text(f"linked.{bin_verdict(one)}"),
        count=rate.count,
        n=rate.n,
        rate=percent(rate.estimate),
        interval=interval(rate),
    )


def _bin_of(chance: float, bins: Sequence[Content]) -> Content:
    """Return the bin that holds a chance, or where nobody is in it the one whose chances are nearest."""
    holding = [one for one in bins if one["low"] <= chance < one["high"]]
    return min(holding or bins, key=lambda one: abs(float(np.log(one["shown"] / chance))))


def bin_verdict(one: Content) -> str:
    """Return whether the mean chance of a bin is `too_high`, `too_low` or `as_shown`.

    It is too high or too low where the exact interval of what came true leaves it out.
    """
    came_true = share(one["victims"])
    if one["shown"] > came_true.high:
        return "too_high"
    return "too_low" if one["shown"] < came_true.low else "as_shown"


def _leaning(chance: float) -> Said:
    """Return what a chance means for the people who have it."""
    if abs(chance - EVEN) < NEAR_EVEN:
        return text("linked.even")
    return text("linked.more_often") if chance > EVEN else text("linked.more_often_not")


@dataclass(frozen=True)
class CueRow:
    """One indicator of the heat map.

    Attributes:
        place: Which of the content's indicators it is.
        name: What it is called.
        present, unknown: Desks of each kind of people on which it is so.
        apart: By how much more often it is present among victims than among others.
    """

    place: int
    name: Said
    present: tuple[Share, ...]
    unknown: tuple[Share, ...]
    apart: float


def cue_rows(content: Content) -> list[CueRow]:
    """Return the heat map's rows, the cues that set victims apart most first."""
    cues = content["cues"]
    sizes = [group["n"] for group in cues["groups"]]
    rows = [
        CueRow(
            place,
            cue_name(one["indicator"]),
            _shares(one["present"], sizes),
            _shares(one["unknown"], sizes),
            _apart(one, cues["groups"]),
        )
        for place, one in enumerate(cues["indicators"])
    ]
    return sorted(rows, key=lambda row: -row.apart)


def _shares(counts: Sequence[int], sizes: Sequence[int]) -> tuple[Share, ...]:
    return tuple(share_of(count, n) for count, n in zip(counts, sizes, strict=True))


def _apart(one: Content, groups: Sequence[Content]) -> float:
    victims, others = pooled(one, groups)
    return (victims.estimate or 0.0) - (others.estimate or 0.0)


def pooled(one: Content, groups: Sequence[Content]) -> tuple[Share, Share]:
    """Return on how many desks of all victims, and of all others, an indicator is present."""
    sums = {True: [0, 0], False: [0, 0]}
    for count, group in zip(one["present"], groups, strict=True):
        of = sums[group["group"] not in ("lawful", "irregular")]
        of[0] += count
        of[1] += group["n"]
    return share_of(*sums[True]), share_of(*sums[False])


def cue_name(indicator: str) -> Said:
    """Return what an indicator is called."""
    known = indicator_texts().get(indicator)
    return said(known.title.model_dump() if known else indicator.replace("_", " "))


def kind_name(group: str, content: Content) -> Said:
    """Return what a kind of people is called: a typology family, the lawful or the irregular."""
    if group in ("lawful", "irregular"):
        return text(f"word.{group}")
    return group_name("typology", group, content)


def _cues(cues: Mapping[str, Any]) -> Iterator[Said]:
    first = max(cues["indicators"], key=lambda one: _apart(one, cues["groups"]))
    victims, others = pooled(first, cues["groups"])
    yield text(
        "cues.says",
        first=cue_name(first["indicator"]),
        **_of("victims", victims),
        **_of("others", others),
    )


def whole_percent(rate: Share) -> Said:
    """Return a share for a cell of the heat map, in whole per cents."""
    return text("cues.nobody") if rate.estimate is None else limit(round(rate.estimate, 2))
