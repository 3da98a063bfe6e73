"""What a debrief says in words: sentences first, each with its numbers, in the language of the page."""

import math
from dataclasses import dataclass
from typing import Literal, TypeAlias

from console.debriefing.class_area import ClassArea
from console.debriefing.debrief import Curve, SeatDebrief, Sums
from console.debriefing.detection import Estimate, Rates
from console.debriefing.durations import Spread
from console.debriefing.groups import Groups
from console.debriefing.settings import settings
from console.debriefing.shares import Gap, Share
from console.web.classroom.models import Sitting
from console.words import Speaker
from dossier.recommendations import Recommendation
from screening.evaluation.texts import number, percent, percents, points
from screening.evaluation.yardsticks import Area

Whose: TypeAlias = Literal["class", "seat"]
NOT_SHOWN = "–"
"""What stands where a number is kept back, or there is none."""


@dataclass(frozen=True)
class Answer:
    """A question with its answer.

    Attributes:
        question: As somebody would ask it.
        answer: In words.
        needed: How much more would let somebody tell; empty where it is told.
        numbers: Behind it.
    """

    question: str
    answer: str
    needed: str
    numbers: str


def share_said(speaker: Speaker, share: Share) -> str:
    """Return a share with its counts and interval."""
    if not share.n:
        return speaker.say("debrief.nobody")
    interval = interval_said(speaker, share.low, share.high)
    return speaker.say(
        "debrief.share", percent=percent(share.estimate), count=share.count, n=share.n, interval=interval
    )


def share_cell(speaker: Speaker, share: Share) -> str:
    """Return a share with its counts and interval for a table whose head says what an interval is."""
    return cell(speaker, share.count, share.n, (share.low, share.high))


def cell(speaker: Speaker, count: int, n: int, interval: tuple[float, float]) -> str:
    """Return a share for a table; a dash where there is none."""
    if not n:
        return NOT_SHOWN
    said = interval_said(speaker, *interval)
    return speaker.say("debrief.share_cell", percent=percent(count / n), count=count, n=n, interval=said)


def interval_said(speaker: Speaker, low: float, high: float) -> str:
    """Return an interval of shares that no line breaks in two."""
    return speaker.of(percents(low, high)).replace("–", "\u2060–\u2060")


def limits_said(speaker: Speaker, low: float, high: float, digits: int = 1) -> str:
    """Return an interval of a number; what has no limit says so."""
    ends = {name: decimal(speaker, end, digits) for name, end in (("low", low), ("high", high))}
    match math.isfinite(low), math.isfinite(high):
        case True, True:
            return speaker.say("debrief.to", **ends)
        case True, False:
            return speaker.say("debrief.at_least", low=ends["low"])
        case False, True:
            return speaker.say("debrief.at_most", high=ends["high"])
        case _:
            return speaker.say("debrief.any")


def decimal(speaker: Speaker, value: float, digits: int = 1) -> str:
    """Return a number, and nought without a sign."""
    return speaker.of(number(round(value, digits) + 0.0, digits))


def estimate_said(speaker: Speaker, estimate: Estimate) -> tuple[str, str]:
    """Return a number and its interval, apart."""
    return decimal(speaker, estimate.value), limits_said(speaker, estimate.low, estimate.high)


def size(speaker: Speaker, whose: Whose, sums: Sums) -> str:
    """Return of how many decisions the debrief speaks."""
    return speaker.say(
        f"debrief_{whose}.size", seats=sums.seats, dossiers=sums.dossiers, decided=sums.decided
    )


def blocks(speaker: Speaker, sums: Sums) -> str:
    """Return which blocks the headline leaves out, since seats learnt in them; empty if there are none."""
    learning = [block for block in sums.blocks if block.is_learning]
    if not learning:
        return ""
    if all(block.counts for block in learning):
        return speaker.say("debrief.blocks_all_learning")
    numbers = ", ".join(str(block.number) for block in learning)
    decided = sum(block.decided for block in learning)
    return speaker.say("debrief.blocks_left_out", numbers=numbers, n=decided)


def misses(speaker: Speaker, whose: Whose, sums: Sums, sitting: Sitting) -> list[str]:
    """Return what was missed: in words, then as a rate."""
    found = sums.rates.misses
    if not found.n:
        return []
    taken = sums.taken["victim"]
    let_go, asked = taken[Recommendation.PROCEED], taken[Recommendation.DOCUMENTS]
    said = [speaker.say(f"debrief_{whose}.missed_{sitting.place}", count=let_go, n=found.n)]
    if asked and not sitting.counts_documents:
        said.append(speaker.say(f"debrief_{whose}.missed_documents", count=asked))
    return [" ".join(said), speaker.say("debrief.missed_rate", rate=share_said(speaker, found))]


def false_flags(speaker: Speaker, whose: Whose, sums: Sums) -> list[str]:
    """Return who was stopped wrongly: in words, then as rates, the lawful and the irregular apart."""
    found = sums.rates.false_flags
    if not found.n:
        return []
    said = speaker.say(f"debrief_{whose}.stopped", count=found.count, n=found.n)
    return [said, *_false_rates(speaker, sums.rates)]


def irregular(speaker: Speaker, sums: Sums, sitting: Sitting) -> str:
    """Return what was done with irregular travellers, and what of it is wrong; empty if there were none."""
    taken, referred = sums.taken["irregular"], sums.rates.irregular_referred
    if not referred.n:
        return ""
    asked = taken[Recommendation.DOCUMENTS] + taken[Recommendation.INTERVIEW]
    return speaker.say(
        f"debrief.irregular_{sitting.place}",
        rate=share_said(speaker, referred),
        asked=asked,
        proceed=taken[Recommendation.PROCEED],
    )


def _false_rates(speaker: Speaker, rates: Rates) -> list[str]:
    apart = {
        "lawful": share_said(speaker, rates.false_flags_lawful),
        "irregular": share_said(speaker, rates.false_flags_irregular),
    }
    return [
        speaker.say("debrief.false_rate", rate=share_said(speaker, rates.false_flags)),
        speaker.say("debrief.apart", **apart),
    ]


def screener_rates(speaker: Speaker, sums: Sums) -> list[str]:
    """Return the screener's rates on the same dossiers, as those of whoever decided are told."""
    missed = speaker.say("debrief.missed_rate", rate=share_said(speaker, sums.screener.misses))
    return [missed, *_false_rates(speaker, sums.screener)]


def beside_the_screener(speaker: Speaker, whose: Whose, sums: Sums) -> str:
    """Return what the screener would have done on the same dossiers."""
    misses, wrongly = sums.screener.misses, sums.screener.false_flags
    counts = {"missed": misses.count, "victims": misses.n, "flagged": wrongly.count, "others": wrongly.n}
    return speaker.say(f"debrief_{whose}.screener", **counts)


def noticing(speaker: Speaker, whose: Whose, sums: Sums) -> list[str]:
    """Return what was noticed, and what was made of it."""
    found = sums.noticing
    seen = {
        "present": found.present,
        "overlooked": found.overlooked,
        "underweighted": found.underweighted,
        "used": found.used,
    }
    cited = {"absent": found.cited_absent, "unknown": found.cited_unknown}
    why = {"flagged": found.flagged_victims, "wrong": found.wrong_reasons, "none": found.no_reasons}
    return [
        speaker.say(f"debrief_{whose}.noticing", **seen),
        speaker.say(f"debrief_{whose}.citing", **cited),
        speaker.say(f"debrief_{whose}.reasons", **why),
    ]


def questions(speaker: Speaker, groups: Groups, *, of_class: bool) -> list[Answer]:
    """Return the two questions that every debrief asks about groups.

    A question is left out where nobody saw such a dossier, and of a class where fewer than five seats did.
    """
    gaps = {"men": groups.men_with_online_offers, "young": groups.young_women}
    asked = {about: gap for about, gap in gaps.items() if _can_be_asked(gap, of_class)}
    return [_answer(speaker, about, gap) for about, gap in asked.items()]


def _can_be_asked(gap: Gap, of_class: bool) -> bool:
    sides = (gap.first, gap.second)
    return gap.first.n > 0 and all(not side.n or side.is_shown or not of_class for side in sides)


def _answer(speaker: Speaker, about: str, gap: Gap) -> Answer:
    shares = {"first": share_said(speaker, gap.first), "second": share_said(speaker, gap.second)}
    numbers = speaker.say(f"debrief.{about}_numbers", **shares)
    if gap.estimate is not None:
        low, high = gap.interval
        numbers += " " + speaker.say(
            "debrief.difference",
            estimate=decimal(speaker, 100 * gap.estimate, 0),
            interval=limits_said(speaker, 100 * low, 100 * high, 0),
        )
    return Answer(
        question=speaker.say(f"debrief.{about}_question", ages=settings().young.ages),
        answer=speaker.say(f"debrief.{about}_{gap.verdict}", margin=points(settings().shares.margin)),
        needed=_needed(speaker, gap),
        numbers=f"{numbers} {_at_equal_evidence(speaker, gap)}",
    )


def _needed(speaker: Speaker, gap: Gap) -> str:
    if gap.verdict != "cannot_tell":
        return ""
    if gap.needed is None:
        return speaker.say("debrief.needed_others")
    name = "needed_to_compare" if gap.needed.at_least else "needed_to_tell"
    more = {"dossiers": gap.needed.dossiers, "decisions": gap.needed.decisions}
    return speaker.say(f"debrief.{name}", **more)


def _at_equal_evidence(speaker: Speaker, gap: Gap) -> str:
    found = gap.adjusted
    if found is None:
        fewest = settings().equal_evidence.fewest_dossiers
        return speaker.say(
            "debrief.not_compared", first=gap.first.dossiers, second=gap.second.dossiers, fewest=fewest
        )
    return speaker.say(
        "debrief.at_equal_evidence",
        estimate=decimal(speaker, 100 * found.value, 0),
        interval=limits_said(speaker, 100 * found.low, 100 * found.high, 0),
        first=found.first,
        second=found.second,
    )


def in_words(speaker: Speaker, debrief: SeatDebrief) -> str:
    """Return how a seat tells cases apart and how readily it flags."""
    found = debrief.detection
    if found is None:
        return speaker.say("debrief_seat.no_detection")
    apart = speaker.say(f"debrief_seat.apart_{found.telling_apart}")
    flags = speaker.say(f"debrief_seat.flags_{found.readiness}")
    return speaker.say("debrief_seat.both_words", apart=apart, flags=flags)


def areas_of_class(speaker: Speaker, area: ClassArea | None, areas: Spread | None) -> list[str]:
    """Return the area of the class, and those of its seats."""
    said = []
    if area is not None:
        said.append(_area(speaker, "area_class", area, seats=area.seats))
    if areas is not None:
        quartiles = {name: number(getattr(areas, name), 2) for name in ("lower", "middle", "upper")}
        said.append(speaker.say("debrief.area_seats", n=areas.n, **quartiles))
    return said or [speaker.say("debrief.no_area")]


def areas_of_seat(speaker: Speaker, own: Curve, screener: Curve) -> list[str]:
    """Return a seat's area, and the screener's on the same dossiers."""
    said = [
        _area(speaker, key, curve.area)
        for key, curve in (("area_seat", own), ("area_screener", screener))
        if curve.area
    ]
    return said or [speaker.say("debrief.no_area")]


def _area(speaker: Speaker, key: str, area: Area | ClassArea, **more: int) -> str:
    return speaker.say(
        f"debrief.{key}",
        area=number(area.estimate, 2),
        interval=limits_said(speaker, area.low, area.high, 2),
        victims=area.victims,
        others=area.others,
        **more,
    )


def time(speaker: Speaker, seconds: Spread | None) -> str | None:
    """Return how long decisions took; None without any."""
    if seconds is None:
        return None
    quartiles = {name: round(getattr(seconds, name)) for name in ("lower", "middle", "upper")}
    return speaker.say("debrief.time_said", n=seconds.n, **quartiles)
