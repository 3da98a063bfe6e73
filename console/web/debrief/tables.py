"""The tables of a debrief as rows that a template only has to write, in the language of the page."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from console.casebook.checklist import checklist
from console.debriefing.blocks import BlockRates
from console.debriefing.debrief import TRUTHS, ClassDetail, Sums
from console.debriefing.detection import Detection, Estimate
from console.debriefing.groups import Crossing, Kind
from console.debriefing.noticing import Cue
from console.debriefing.rating import Line
from console.debriefing.second_rounds import Agreement, SecondRound
from console.debriefing.settings import settings
from console.debriefing.shares import Share
from console.web.classroom.models import Sitting
from console.web.debrief.sentences import (
    NOT_SHOWN,
    decimal,
    estimate_said,
    interval_said,
    share_cell,
    share_said,
)
from console.words import Speaker
from dossier.recommendations import Recommendation
from dossier.texts import Text
from screening.evaluation.texts import number, percent

ACROSS = 100
"""Width of a bar in its own units."""


@dataclass(frozen=True)
class Shown:
    """A share in the cells of a table.

    Attributes:
        count: How many of how many.
        share: In per cent.
        interval: In per cent.
        remark: Why it is no finding; empty if it is one.
    """

    count: str
    share: str
    interval: str
    remark: str


@dataclass(frozen=True)
class Slice:
    """A part of a bar.

    Attributes:
        name: What it stands for, also the class by which it is drawn.
        start, width: In hundredths of the bar.
    """

    name: str
    start: float
    width: float


@dataclass(frozen=True)
class CueRow:
    """One indicator with its bar; see `Cue`.

    Attributes:
        title: What it is called.
        said: The bar in words.
        bar: Its parts.
        overlooked, underweighted: Shares with their counts and intervals.
        used, present: Counts.
    """

    title: str
    said: str
    bar: Sequence[Slice]
    overlooked: str
    underweighted: str
    used: str
    present: str


@dataclass(frozen=True)
class Row:
    """A row of text: what it is about, and its cells.

    Attributes:
        head: What it is about.
        cells: In the order of the table's columns.
        tag: A word beside the head.
    """

    head: str
    cells: Sequence[str]
    tag: str = ""


def action_words(speaker: Speaker, sitting: Sitting) -> list[str]:
    """Return what the four actions are called where the sitting's officers stand."""
    part = "action" if sitting.place == Sitting.Place.OFFICE else "action_at_departure"
    return [speaker.say(f"{part}.{action.label}") for action in Recommendation]


def taken(speaker: Speaker, sums: Sums) -> list[Row]:
    """Return how often each action was taken, by what was so."""
    return [
        Row(
            speaker.say(f"debrief.truth_{truth}"),
            [_whole(speaker, count) for count in (*sums.taken[truth], sum(sums.taken[truth]))],
        )
        for truth in TRUTHS
    ]


def block_rows(speaker: Speaker, sums: Sums) -> list[Row]:
    """Return misses, false flags, d' and c of each block; nothing where one block is all there is."""
    return [_block_row(speaker, block) for block in sums.blocks if len(sums.blocks) > 1]


def _block_row(speaker: Speaker, block: BlockRates) -> Row:
    shares = [share_said(speaker, one) for one in (block.rates.misses, block.rates.false_flags)]
    found = block.detection
    estimates = (found.dprime, found.criterion) if found else ()
    measures = [with_interval(speaker, one) for one in estimates] or [NOT_SHOWN, NOT_SHOWN]
    tag = speaker.say("debrief.block_learning") if block.is_learning else ""
    name = speaker.say("debrief.block", number=block.number)
    return Row(name, [_whole(speaker, block.decided), *shares, *measures], tag)


def with_interval(speaker: Speaker, estimate: Estimate) -> str:
    """Return a number with its interval in brackets."""
    value, interval = estimate_said(speaker, estimate)
    return speaker.say("debrief.with_interval", value=value, interval=interval)


def indicator_titles() -> dict[str, Text]:
    """Return what the indicators that can be ticked are called."""
    return {item.name: item.title for theme in checklist() for item in theme.items}


def cue_rows(speaker: Speaker, cues: Iterable[Cue]) -> list[CueRow]:
    """Return the indicators that could be noticed in victims' dossiers, with their bars."""
    titles = indicator_titles()
    return [_cue_row(speaker, speaker.of(titles[cue.name]), cue) for cue in cues if cue.present]


def _cue_row(speaker: Speaker, title: str, cue: Cue) -> CueRow:
    parts = {"overlooked": cue.overlooked.count, "underweighted": cue.underweighted.count, "used": cue.used}
    slices: list[Slice] = []
    start = 0.0
    for name, count in parts.items():
        width = ACROSS * count / cue.present
        slices.append(Slice(name, round(start, 2), round(width, 2)))
        start += width
    said = speaker.say("debrief.bar_of_cue", title=title, present=cue.present, **parts)
    return CueRow(
        title=title,
        said=said,
        bar=slices,
        overlooked=share_cell(speaker, cue.overlooked),
        underweighted=share_cell(speaker, cue.underweighted),
        used=_whole(speaker, cue.used),
        present=_whole(speaker, cue.present),
    )


def cited_rows(speaker: Speaker, cues: Iterable[Cue]) -> list[Row]:
    """Return what was cited and was not there, or was given too much weight, most often first."""
    titles = indicator_titles()
    found = ((cue.name, (cue.cited_absent, cue.cited_unknown, cue.overweighted)) for cue in cues)
    told = [(name, shares) for name, shares in found if any(share.count for share in shares)]
    ordered = sorted(told, key=lambda row: -sum(share.count for share in row[1]))
    return [
        Row(speaker.of(titles[name]), [share_cell(speaker, share) for share in shares])
        for name, shares in ordered
    ]


def shown(speaker: Speaker, share: Share, *, of_class: bool) -> Shown:
    """Return a share for a table; of a class, one of fewer than five seats is kept back."""
    if not share.n:
        return _kept_back(speaker.say("debrief.nobody"))
    if of_class and not share.is_shown:
        fewest = settings().seats.fewest
        return _kept_back(speaker.say("debrief.too_few_seats", fewest=fewest))
    return Shown(
        count=speaker.say("debrief.count_of", count=share.count, n=share.n),
        share=speaker.of(percent(share.estimate)),
        interval=interval_said(speaker, share.low, share.high),
        remark="" if share.is_told else speaker.say("debrief.cannot_tell", n=share.dossiers),
    )


def _kept_back(why: str) -> Shown:
    return Shown(NOT_SHOWN, NOT_SHOWN, NOT_SHOWN, why)


def kind_rows(speaker: Speaker, kinds: Iterable[Kind], *, of_class: bool) -> list[Row]:
    """Return what was made of each kind of dossier; of irregular travellers also how many were referred."""
    return [_kind_row(speaker, kind, shown(speaker, kind.share, of_class=of_class)) for kind in kinds]


def _kind_row(speaker: Speaker, kind: Kind, found: Shown) -> Row:
    cells, is_shown = _cells(found), found.count != NOT_SHOWN
    if kind.truth_class == "irregular" and is_shown:
        referred = speaker.say("debrief.were_referred", count=kind.referred.count, n=kind.referred.n)
        cells[-1] = "; ".join(remark for remark in (referred, found.remark) if remark)
    return Row(speaker.of(kind.title), cells, _tag(speaker, kind))


def _tag(speaker: Speaker, kind: Kind) -> str:
    if kind.truth_class == "irregular":
        return speaker.say("debrief.is_irregular")
    return speaker.say("debrief.is_lookalike") if kind.lookalike_of else ""


def crossing_rows(speaker: Speaker, crossings: Iterable[Crossing], *, of_class: bool) -> list[Row]:
    """Return misses and false flags by sex and online offer, as counts, shares and intervals."""
    names = {"female": "women", "male": "men"}
    rows = []
    for crossing in crossings:
        online = "online" if crossing.online_offer else "no_online"
        halves = [shown(speaker, half, of_class=of_class) for half in (crossing.misses, crossing.false_flags)]
        cells = [cell for half in halves for cell in (half.count, half.interval, half.remark)]
        rows.append(Row(speaker.say(f"debrief.{names[crossing.sex]}_{online}"), cells))
    return rows


def _cells(found: Shown) -> list[str]:
    return [found.count, found.share, found.interval, found.remark]


def detection_rows(speaker: Speaker, found: Detection | None) -> list[Row]:
    """Return d' and c of a seat with their intervals."""
    if found is None:
        return []
    return [
        Row(speaker.say("debrief.dprime"), estimate_said(speaker, found.dprime)),
        Row(speaker.say("debrief.criterion"), estimate_said(speaker, found.criterion)),
    ]


def quartile_rows(speaker: Speaker, detail: ClassDetail) -> list[Row]:
    """Return d' and c of a class: of how many seats, quartiles over them, and all decisions together."""
    together = detail.together
    measures = {
        "dprime": (detail.dprime, together and together.dprime),
        "criterion": (detail.criterion, together and together.criterion),
    }
    return [
        Row(
            speaker.say(f"debrief.{name}"),
            [
                _whole(speaker, found.n),
                *(decimal(speaker, value) for value in (found.lower, found.middle, found.upper)),
                with_interval(speaker, estimate),
            ],
        )
        for name, (found, estimate) in measures.items()
        if found and estimate
    ]


def word_rows(speaker: Speaker, counts: Mapping[str, int], part: str, words: Sequence[str]) -> list[Row]:
    """Return for how many seats each word stands; `part` is `apart` or `flags`."""
    return [
        Row(speaker.say(f"debrief.{part}_{word}"), [_whole(speaker, counts.get(word, 0))]) for word in words
    ]


def point_rows(speaker: Speaker, who: str, found: Sequence[Line]) -> list[Row]:
    """Return the operating points of the four actions with their intervals, the strictest first."""
    return [
        Row(
            who,
            [
                speaker.say(f"debrief.line_{Recommendation(line.least).label}"),
                *(share_cell(speaker, share) for share in (line.flagged, line.wrongly)),
            ],
        )
        for line in found
    ]


def screener_row(speaker: Speaker, sums: Sums) -> Row:
    """Return the screener's operating point: what it recommends, at the sitting's flag."""
    shares = (sums.screener_flagged, sums.screener.false_flags)
    cells = [share_cell(speaker, share) for share in shares]
    return Row(speaker.say("debrief.the_screener"), [NOT_SHOWN, *cells])


def second_rows(speaker: Speaker, second: SecondRound) -> list[Row]:
    """Return how many switched to the screener, and left it, by whether it was right."""
    return [
        Row(
            speaker.say(f"debrief.screener_{which}"),
            [share_said(speaker, turned.switched), share_said(speaker, turned.left)],
        )
        for which, turned in (("right", second.screener_right), ("wrong", second.screener_wrong))
    ]


def agreement_rows(speaker: Speaker, found: Agreement) -> list[Row]:
    """Return how many agreed with the screener that they saw from the start, by whether it was right."""
    return [
        Row(speaker.say(f"debrief.screener_{which}"), [share_said(speaker, agreed)])
        for which, agreed in (("right", found.screener_right), ("wrong", found.screener_wrong))
    ]


def _whole(speaker: Speaker, count: int) -> str:
    return speaker.of(number(count))
