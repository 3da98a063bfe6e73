"""Published rulebooks in the HTML report: whom each misses, whom it burdens, and where the trade-off has it.

Everything is counted in the content; here it is put into rows and words. A rulebook that lies beyond the edge
of the chart is said to lie there, so that nothing disappears unseen.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import evidence
from screening.evaluation.pages import charts, html_charts
from screening.evaluation.pages.html_parts import (
    Content,
    Row,
    Share,
    capitalised,
    group_name,
    rates_of,
    share,
    spaced,
    together,
)
from screening.evaluation.texts import Said, number, percent, percents, said, text

INSTRUCTION = "instruction_2023_women_age"
OF_INSTRUCTION = "women-17-45"
"""The rulebook that writes the instruction of 2023 down."""


@dataclass(frozen=True)
class Burdened:
    """People of one sex and age who are no victims, under one rulebook.

    Attributes:
        name: Sex and age.
        rates: Flagged, "lawful" and "irregular".
        per_10000: Lawful people flagged among 10,000 of the group; None where it has nobody.
        of_flags, of_people: The group's share of the lawful who are flagged, and of all lawful people.
    """

    name: Said
    rates: Mapping[str, Share]
    per_10000: float | None
    of_flags: Share
    of_people: Share


@dataclass(frozen=True)
class Published:
    """One published rulebook.

    Attributes:
        letter: Its mark in the trade-off.
        name: Its short name.
        title: Its full name.
        rates: Missed and flagged.
        missed, burdened: The sentences that say whom it misses and burdens most.
        groups: Flags by sex and age.
        is_instruction: Whether it is the instruction of 2023.
    """

    letter: str
    name: Said
    title: Said
    rates: Mapping[str, Share]
    missed: Said
    burdened: Said
    groups: Sequence[Burdened]
    is_instruction: bool


def published(content: Content) -> list[Published]:
    """Return the published rulebooks of a run."""
    return [
        Published(
            letter,
            html_charts.rulebook_name(one["rulebook"]),
            said(one["title"]),
            rates_of(one),
            said(one["summary"]["missed"]),
            said(one["summary"]["burdened"]),
            [_burdened(group) for group in one["burdened_groups"]],
            one["rulebook"] == OF_INSTRUCTION,
        )
        for letter, one in charts.lettered(content)
    ]


def _burdened(group: Content) -> Burdened:
    sex, age = text(f"baselines.{group['sex']}"), html_charts.age_name(group["age_band"])
    return Burdened(
        capitalised(together([sex, age])),
        {who: share(group[f"{who}_flagged"]) for who in ("lawful", "irregular")},
        group["lawful_flagged_per_10000"],
        share(group["share_of_lawful_flags"]),
        share(group["share_of_lawful_people"]),
    )


def missed_rows(content: Content) -> list[Row]:
    """Return who is missed, one row for each typology and sex; rates by the letter of the rulebook."""
    rows: dict[tuple[str, str], dict[str, Share]] = {}
    for letter, one in charts.lettered(content):
        for group in one["missed_groups"]:
            rows.setdefault((group["typology"], group["sex"]), {})[letter] = share(group["miss_rate"])
    return [
        Row(together([group_name("typology", typology, content), text(f"baselines.{sex}")]), rates)
        for (typology, sex), rates in rows.items()
    ]


def focus_name(content: Content) -> Said:
    """Return what the typology is called whose misses the chart draws."""
    key = html_charts.focus(content)
    return said(content.get("patterns", {}).get(key) or spaced(key))


def where_drawn(content: Content) -> list[Said]:
    """Return for each published rulebook where in the trade-off it stands, or that it lies beyond."""
    return [_where_drawn(letter, one) for letter, one in charts.lettered(content)]


def _where_drawn(letter: str, one: Content) -> Said:
    where = {who: _place(one, who) for who in ("lawful", "irregular")}
    name = html_charts.rulebook_name(one["rulebook"])
    return text("tradeoff.published", letter=letter, name=name, missed=_counted(one["miss_rate"]), **where)


def _place(one: Content, who: str) -> Said:
    rate = one[f"{who}_flagged"]
    if not rate["n"] or charts.drawn_at(one, who) is not None:
        return _counted(rate)
    return text("tradeoff.beyond", rate=_counted(rate))


def _counted(rate: Content) -> Said:
    found = share(rate)
    if not found.n:
        return text("word.nobody")
    return text(
        "baselines.counted",
        count=found.count,
        n=found.n,
        rate=percent(found.estimate),
        interval=percents(found.low, found.high),
    )


@dataclass(frozen=True)
class Instruction:
    """What is published about the instruction of 2023.

    Attributes:
        low, high: Ages.
        source: Where it was read.
        grade: How good that source is.
    """

    low: Said
    high: Said
    source: str
    grade: str


def instruction() -> Instruction:
    """Return the published figure of the instruction of 2023."""
    found = evidence.figure(INSTRUCTION)
    low, high = found.spread
    source = evidence.sources()[found.source]
    return Instruction(number(low), number(high), f"{source.published}, {source.year}", found.grade)
