"""Everything that a class or a seat is told, gathered once for pages and exports.

Of a class with fewer than five seats only sums are told: what stands in `ClassDetail` would tell on somebody.
No name of a seat goes in or comes out; curves of seats have no order.
"""

import dataclasses
import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from console.debriefing.blocks import BlockRates, by_block, headline
from console.debriefing.class_area import ClassArea, class_area
from console.debriefing.detection import Detection, Rates, detection, rates
from console.debriefing.durations import Spread, seconds, spread
from console.debriefing.groups import Groups, groups
from console.debriefing.items import ItemStatistics, items
from console.debriefing.judgements import Case, Judgement, by_seat
from console.debriefing.noticing import Cue, NoticingSums, cues, noticing_sums
from console.debriefing.rating import (
    Line,
    Point,
    actions,
    as_screened,
    confident_actions,
    lines,
    operating_points,
    screener,
)
from console.debriefing.second_rounds import Agreement, SecondRound, agreement, second_round
from console.debriefing.settings import shows_distributions
from console.debriefing.shares import Share
from dossier.recommendations import Recommendation
from screening.evaluation.yardsticks import Area

TRUTHS = ("victim", "irregular", "lawful")
MEASURED = ("estimate", "low", "high", "verdict", "interval", "needed")
"""Properties that exports tell beside the fields."""
NO_BLOCK: AbstractSet[int] = frozenset()


@dataclass(frozen=True)
class Curve:
    """How ratings order dossiers.

    Attributes:
        points: Operating points, the strictest first.
        area: Under the curve of all ratings; None where there are fewer than two dossiers on either side.
    """

    points: Sequence[Point]
    area: Area | None


@dataclass(frozen=True)
class Sums:
    """What is told of a class of any size, and of a seat.

    Attributes:
        seats: Seats that decided anything.
        decided: Decisions.
        dossiers: Dossiers they were made on.
        taken: For each class of truth, how often each of the four actions was taken, from proceed to refer.
        rates: Misses and false flags.
        screener: The same if everybody had followed the screener at the evidence that lay open.
        noticing: How often something was overlooked, under-weighted and so on.
        second: What changed after a recommendation was shown; None where nothing was decided twice.
        agreement: First decisions that agree with the screener; told where they were made with it in sight.
        blocks: Each block apart; all else is of those that count (`console.debriefing.blocks`).
    """

    seats: int
    decided: int
    dossiers: int
    taken: Mapping[str, Sequence[int]]
    rates: Rates
    screener: Rates
    noticing: NoticingSums
    second: SecondRound | None
    agreement: Agreement
    blocks: Sequence[BlockRates]

    @property
    def screener_point(self) -> Point:
        """Where the screener stands if its recommendations are followed."""
        misses, wrongly = self.screener.misses, self.screener.false_flags
        return Point(math.nan, misses.n - misses.count, misses.n, wrongly.count, wrongly.n)

    @property
    def screener_flagged(self) -> Share:
        """Victims' dossiers that would be flagged if its recommendations were followed."""
        misses = self.screener.misses
        return dataclasses.replace(misses, count=misses.n - misses.count)


@dataclass(frozen=True)
class ClassDetail:
    """What is told of a class of five seats or more.

    Attributes:
        cues: What was made of each indicator, those overlooked most often first.
        groups: By kind of case and by group.
        together: d' and c of all decisions, as if the class were one; None without victims or others.
        dprime, criterion: Quartiles over the seats that saw victims' dossiers and others'.
        telling_apart, readiness: How many seats each word stands for.
        curves: Operating points of each seat, in no order.
        curve: Those of all decisions together; no area, since seats differ in what they take for enough.
        lines: The same points with their intervals.
        area: Of the class, averaged over its seats; None where there is too little.
        areas: Quartiles of the seats' areas.
        screener: The screener's curve on the same dossiers, at the evidence that lay open.
        seconds: How long decisions took.
        items: Statistics of each dossier of all blocks, those judged wrongly most often first.
    """

    cues: Sequence[Cue]
    groups: Groups
    together: Detection | None
    dprime: Spread | None
    criterion: Spread | None
    telling_apart: Mapping[str, int]
    readiness: Mapping[str, int]
    curves: Sequence[Sequence[Point]]
    curve: Sequence[Point]
    lines: Sequence[Line]
    area: ClassArea | None
    areas: Spread | None
    screener: Curve
    seconds: Spread | None
    items: Sequence[ItemStatistics]


@dataclass(frozen=True)
class ClassDebrief:
    """What a class is told.

    Attributes:
        sums: Of any class.
        detail: None below five seats.
    """

    sums: Sums
    detail: ClassDetail | None


@dataclass(frozen=True)
class SeatDebrief:
    """What a seat is told of itself.

    Attributes:
        sums: Of its decisions.
        detection: d' and c; None where it saw no victim's dossier, or nobody else's.
        cues: What it made of each indicator, those overlooked most often first.
        groups: By kind of case and by group.
        curve: Of its actions; its area is that of actions and confidence together.
        lines: Its points with their intervals.
        confident: Operating points of actions and confidence, the strictest first.
        screener: The screener's curve on the same dossiers, at the evidence that lay open.
        seconds: How long its decisions took.
    """

    sums: Sums
    detection: Detection | None
    cues: Sequence[Cue]
    groups: Groups
    curve: Curve
    lines: Sequence[Line]
    confident: Sequence[Point]
    screener: Curve
    seconds: Spread | None


def class_debrief(
    first: Iterable[Judgement],
    second: Iterable[Judgement],
    cases: Mapping[str, Case],
    flags_from: int,
    learning: AbstractSet[int] = NO_BLOCK,
) -> ClassDebrief:
    """Return what a class is told.

    Args:
        first, second: Judgements of each round; the first is everybody's headline.
        cases: By dossier.
        flags_from: Least action that counts as a flag.
        learning: Numbers of the blocks that give feedback after each decision: they are told apart.
    """
    made = list(first)
    told = sums(made, list(second), cases, flags_from, learning)
    if not shows_distributions(told.seats):
        return ClassDebrief(told, None)
    statistics = items(made, cases, flags_from)
    return ClassDebrief(told, _detail(headline(made, learning), cases, flags_from, statistics))


def seat_debrief(
    first: Iterable[Judgement],
    second: Iterable[Judgement],
    cases: Mapping[str, Case],
    flags_from: int,
    learning: AbstractSet[int] = NO_BLOCK,
) -> SeatDebrief:
    """Return what a seat is told of itself; arguments as those of `class_debrief`."""
    decided = list(first)
    told = sums(decided, list(second), cases, flags_from, learning)
    made = headline(decided, learning)
    confident = confident_actions(made, cases, flags_from)
    return SeatDebrief(
        sums=told,
        detection=detection(told.rates.misses, told.rates.false_flags),
        cues=cues(made, cases, flags_from),
        groups=groups(made, cases, flags_from),
        curve=Curve(operating_points(actions(made, cases)), confident.area()),
        lines=lines(made, cases),
        confident=confident.points(),
        screener=_screener(made, cases),
        seconds=seconds(made),
    )


def sums(
    decided: Sequence[Judgement],
    second: Sequence[Judgement],
    cases: Mapping[str, Case],
    flags_from: int,
    learning: AbstractSet[int] = NO_BLOCK,
) -> Sums:
    """Return what is told of a class of any size, and of a seat; arguments as those of `class_debrief`."""
    first = headline(decided, learning)
    taken = Counter((cases[judgement.dossier].truth_class, judgement.action) for judgement in first)
    again = second_round(first, second, cases, flags_from)
    return Sums(
        seats=len(by_seat(first)),
        decided=len(first),
        dossiers=len({judgement.dossier for judgement in first}),
        taken={truth: [taken[truth, int(action)] for action in Recommendation] for truth in TRUTHS},
        rates=rates(first, cases, flags_from),
        screener=rates(as_screened(first, cases), cases, flags_from),
        noticing=noticing_sums(first, cases, flags_from),
        second=again if again.n else None,
        agreement=agreement(first, cases, flags_from),
        blocks=by_block(decided, cases, flags_from, learning),
    )


def _detail(
    made: Sequence[Judgement],
    cases: Mapping[str, Case],
    flags_from: int,
    statistics: Sequence[ItemStatistics],
) -> ClassDetail:
    seats = by_seat(made).values()
    areas = (confident_actions(seat, cases, flags_from).area() for seat in seats)
    of_seats = [rates(seat, cases, flags_from) for seat in seats]
    every = rates(made, cases, flags_from)
    detections = [one for each in of_seats if (one := detection(each.misses, each.false_flags))]
    return ClassDetail(
        cues=cues(made, cases, flags_from),
        groups=groups(made, cases, flags_from),
        together=detection(every.misses, every.false_flags),
        dprime=spread(one.dprime.value for one in detections),
        criterion=spread(one.criterion.value for one in detections),
        telling_apart=Counter(one.telling_apart for one in detections),
        readiness=Counter(one.readiness for one in detections),
        curves=_mixed(operating_points(actions(seat, cases)) for seat in seats),
        curve=operating_points(actions(made, cases)),
        lines=lines(made, cases),
        area=class_area(made, cases, flags_from),
        areas=spread(area.estimate for area in areas if area),
        screener=_screener(made, cases),
        seconds=seconds(made),
        items=statistics,
    )


def _screener(made: Sequence[Judgement], cases: Mapping[str, Case]) -> Curve:
    """Return the screener's curve, each dossier counted once for every seat that had it.

    The area has no interval of a class: one for so many independent dossiers is that of a seat. So an area is
    told only where every dossier was decided once.
    """
    rated = screener(made, cases)
    is_once = len({judgement.dossier for judgement in made}) == len(made)
    return Curve(rated.points(), rated.area() if is_once else None)


def _mixed(curves: Iterable[Sequence[Point]]) -> list[Sequence[Point]]:
    """Return curves in an order that has nothing to do with seats."""
    return sorted(curves, key=lambda points: [(point.flagged_share, point.wrongly_share) for point in points])


def plain(value: Any) -> Any:
    """Return a debrief as JSON-ready content; what has no limit is null.

    Every share has its estimate and interval beside its numbers.
    """
    match value:
        case BaseModel():
            return value.model_dump()
        case float():
            return value if math.isfinite(value) else None
        case dict() | Counter():
            return {key: plain(inner) for key, inner in value.items()}
        case list() | tuple():
            return [plain(inner) for inner in value]
    if not dataclasses.is_dataclass(value):
        return value
    names = [field.name for field in dataclasses.fields(value)]
    names += [name for name in MEASURED if _is_property(value, name)]
    return {name: plain(getattr(value, name)) for name in names}


def _is_property(value: Any, name: str) -> bool:
    return isinstance(getattr(type(value), name, None), property)
