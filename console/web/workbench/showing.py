"""What a page of the workbench says of an operating point: counts and intervals in the words of a language.

It arranges and words; every number is one of `console.workbench`, and nothing is estimated here.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from console.web.speech import speaker_now
from console.workbench.costs import (
    Cost,
    Overview,
    Setting,
    Verdict,
    cost_of,
    hours_on_others,
    overview,
    reachable_from,
    verdict,
)
from console.workbench.points import GroupAt, Opened
from console.workbench.runs import Facts, FinishedRun
from screening.evaluation.pages.html_parts import FEW, group_name
from screening.evaluation.rates import PER, Rate
from screening.evaluation.texts import Said, limit, number, percent, percents
from screening.rules_only import NO_CARDS

SHORT = 12
"""Rows of a table that does not push the next one out of sight."""

NAMED_AS = {"traveller": "module"}
"""Groupings whose groups are called as those of another."""


@dataclass(frozen=True)
class RateShown:
    """A rate as a page shows it.

    Attributes:
        text: Share, count, n and interval; a dash where nobody is counted among.
        is_few: Whether so few people stand behind it that it tells next to nothing.
    """

    text: str
    is_few: bool = False


@dataclass(frozen=True)
class GroupShown:
    """One group of a table.

    Attributes:
        name: What it is called.
        miss, lawful, irregular: Its rates.
        hours: Officer-hours for 10,000 of its people who are no victims; a dash where there are none.
        verdict: How its miss rate stands to the bound.
        said: The same in words.
    """

    name: str
    miss: RateShown
    lawful: RateShown
    irregular: RateShown
    hours: str
    verdict: Verdict
    said: str


@dataclass(frozen=True)
class TableShown:
    """The groups of one grouping.

    Attributes:
        grouping: Its key.
        title: What it is called.
        rows: Its groups.
        has_victims, has_others: Whether there are such people in any group.
        above: How many groups are surely above the bound.
    """

    grouping: str
    title: str
    rows: Sequence[GroupShown]
    has_victims: bool
    has_others: bool

    @property
    def above(self) -> int:
        """Groups whose miss rate is surely above the bound."""
        return sum(row.verdict == "above" for row in self.rows)

    @property
    def is_open(self) -> bool:
        """Whether the table is shown without being asked for: a short one that holds such a group."""
        return bool(self.above) and len(self.rows) <= SHORT


@dataclass(frozen=True)
class OverviewShown:
    """One threshold of the table that stands for the curve."""

    threshold: str
    miss: RateShown
    lawful: RateShown
    irregular: RateShown
    flags: str
    hours: str
    fits: bool | None
    is_chosen: bool


@dataclass(frozen=True)
class Figures:
    """All that is said at one threshold.

    Attributes:
        threshold: In log-odds, as a language writes it.
        chosen, reachable: In log-odds, as a program reads it; no reachable one is empty.
        whole: The rates of everybody.
        flags, hours, precision: Each with its interval; None where victims or others lack.
        capacity: What the officers there are can keep up with, in words; None where nobody said it.
        tables: The groups.
        overview: A few thresholds over the whole range.
        above: Groups whose miss rate is surely above the bound.
    """

    threshold: str
    chosen: str
    reachable: str
    whole: GroupShown
    flags: str | None
    hours: str | None
    precision: str | None
    capacity: str | None
    tables: Sequence[TableShown]
    overview: Sequence[OverviewShown]

    @property
    def above(self) -> int:
        """Groups whose miss rate is surely above the bound."""
        return sum(table.above for table in self.tables)


def figures(run: FinishedRun, opened: Opened, step: int, setting: Setting) -> Figures:
    """Return what is said of a run at one of its operating points."""
    found = opened.points
    whole = found.everybody.at(step)
    cost = cost_of(whole, setting)
    reach = reachable_from(found, setting)
    return Figures(
        threshold=threshold_text(found.thresholds[step]),
        chosen=f"{found.thresholds[step] / 100:.2f}",
        reachable="" if reach is None else f"{reach / 100:.2f}",
        whole=_group(whole, run, setting),
        flags=_interval_text(_flags(cost) if cost else None),
        hours=_interval_text(cost.hours if cost else None),
        precision=_precision(cost),
        capacity=_capacity(setting, reach, cost),
        tables=[
            _table(name, [one.at(step) for one in groups], run, setting)
            for name, groups in found.by_grouping().items()
        ],
        overview=[_overview(row) for row in overview(found, step, setting)],
    )


def threshold_text(hundredths: int) -> str:
    """Return a threshold as the language writes it, with its sign."""
    return speaker_now().of(number(hundredths / 100, 2, signed=True))


def rate_shown(rate: Rate) -> RateShown:
    """Return a rate as a page shows it."""
    return rate_text(rate.count, rate.n, rate.low, rate.high)


def rate_text(count: int, n: int, low: float, high: float) -> RateShown:
    """Return a count of n with the ends of its interval, as a page shows it."""
    if not n:
        return RateShown("–")
    said = speaker_now().say(
        "workbench.rate", share=percent(count / n), count=count, n=n, interval=percents(low, high)
    )
    return RateShown(said, is_few=n < FEW)


def name_of(grouping: str, group: str, run: FinishedRun) -> str:
    """Return what a group of a run is called."""
    return speaker_now().of(group_name(NAMED_AS.get(grouping, grouping), group, run.content))


def stage_name(stage: str) -> str:
    """Return what a stage is called."""
    return speaker_now().of(group_name("stage", stage, {}))


def made_of(facts: Facts) -> str:
    """Return which rules and cards a run was screened with, in words."""
    speaker = speaker_now()
    rulebook, cards = facts.rulebook_id, facts.certificate.cards
    if facts.decides == "rules" or cards == NO_CARDS:
        return speaker.say("workbench.rules_alone", rulebook=rulebook)
    untold = speaker.say("workbench.not_told")
    return speaker.say("workbench.rules_and_cards", rulebook=rulebook or untold, cards=cards or untold)


def flags_text(flags: float) -> str:
    """Return flags among 10,000 applicants, with a digit where they are few."""
    return speaker_now().of(_plain(flags))


def people_text(people: float) -> str:
    """Return how many of 10,000 somebody said, with no more digits than were meant."""
    return speaker_now().plain(float(f"{people:.4g}"))


def _group(found: GroupAt, run: FinishedRun, setting: Setting) -> GroupShown:
    judged = verdict(found.miss, setting.max_miss)
    speaker = speaker_now()
    return GroupShown(
        name_of(found.grouping, found.group, run) if found.grouping else speaker.say("workbench.everybody"),
        rate_shown(found.miss),
        rate_shown(found.lawful),
        rate_shown(found.irregular),
        _interval_text(hours_on_others(found, setting.minutes)) or "–",
        judged,
        speaker.say(f"workbench_verdict.{judged}", bound=limit(setting.max_miss)),
    )


def _table(name: str, found: Sequence[GroupAt], run: FinishedRun, setting: Setting) -> TableShown:
    shown = [one for one in found if one.miss.n or one.false_flag.n]
    return TableShown(
        name,
        speaker_now().say(f"workbench_by.{name}"),
        [_group(one, run, setting) for one in shown],
        has_victims=any(one.miss.n for one in shown),
        has_others=any(one.false_flag.n for one in shown),
    )


def _overview(row: Overview) -> OverviewShown:
    whole = row.whole
    return OverviewShown(
        threshold_text(row.threshold),
        rate_shown(whole.miss),
        rate_shown(whole.lawful),
        rate_shown(whole.irregular),
        _interval_text(_flags(row.cost) if row.cost else None) or "–",
        _interval_text(row.cost.hours if row.cost else None) or "–",
        row.fits,
        row.is_chosen,
    )


def _flags(cost: Cost) -> tuple[float, float, float]:
    return cost.at.flags_per_10000, cost.at.flags_low, cost.at.flags_high


def _interval_text(values: tuple[float, float, float] | None) -> str | None:
    if values is None:
        return None
    found, low, high = (_plain(value) for value in values)
    return speaker_now().say("workbench.with_interval", found=found, low=low, high=high)


def _plain(value: float) -> Said:
    """Return a number with one digit where it is small."""
    return number(value, 0 if value >= 100 else 1)  # noqa: PLR2004  (three digits say enough of any amount)


def _precision(cost: Cost | None) -> str | None:
    if cost is None or not cost.at.flags_per_10000:
        return None
    at = cost.at
    return speaker_now().say(
        "workbench.precision_found",
        share=percent(at.precision),
        interval=percents(at.low, at.high),
        others=_plain(at.others_per_victim) if at.precision else "∞",
    )


def _capacity(setting: Setting, reach: int | None, cost: Cost | None) -> str | None:
    if setting.capacity is None or setting.most_flags is None or cost is None:
        return None
    speaker, most = speaker_now(), setting.most_flags
    said = [speaker.say("workbench.capacity_flags", flags=_plain(min(most, PER)))]
    said.append(_keeps_up(cost, most))
    if reach is None:
        said.append(speaker.say("workbench.capacity_nowhere"))
    else:
        said.append(speaker.say("workbench.capacity_from", threshold=number(reach / 100, 2, signed=True)))
    return " ".join(said)


def _keeps_up(cost: Cost, most: float) -> str:
    """Say whether the officers there are keep up; the whole interval decides, or it cannot be told."""
    if cost.at.flags_high <= most:
        return speaker_now().say("workbench.capacity_kept")
    return speaker_now().say(
        "workbench.capacity_exceeded" if cost.at.flags_low > most else "workbench.capacity_unclear"
    )
