"""Charts of groups side by side: dots with their intervals, stacked bars, burden by age, and reliability.

Plain functions from an evaluation's content to Altair specifications, in the frames and the look of
`charts.py`. Whatever is drawn here stands as a table in the page as well; nothing is estimated anew.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from textwrap import wrap
from typing import Any

import altair as alt

from dossier.texts import Language
from screening.evaluation.pages.charts import (
    COLOURS,
    INK,
    Chart,
    Content,
    Frame,
    chart_of,
    framed,
    name_axis,
    share_x,
    share_y,
)
from screening.evaluation.pages.html_parts import capitalised, group_name
from screening.evaluation.texts import Said, has_text, number, percent, said, text

SHADES = {"proceed": "#E4E9EE", "documents": "#B5D2E7", "interview": "#5B9BC8", "refer": "#0B3C5D"}
FATE_SHADES = {"received": "#0B3C5D", "examined": "#5B9BC8", "turned_away": "#D98A4E", "goes_on": "#E4E9EE"}
CAUSE_SHADES = {
    "interview_not_sent": "#B5D2E7",
    "interview_not_reached": "#5B9BC8",
    "verification_not_sent": "#D5C9E8",
    "verification_not_reached": "#9C83C4",
    "checkpoint_not_sent": "#C4E0CF",
    "checkpoint_not_reached": "#6BAE8A",
    "answers_not_asked": "#E9C46A",
    "not_recommended": "#52606D",
}
LIGHT_TEXT = ("refer", "received", "not_recommended")
READABLE = 0.13
"""Smallest share in a stacked bar that can hold its own label."""

LABEL_ROOM = 0.09
"""Smallest distance of a label's middle from either end of an axis."""

ONE_LINE = 18
"""Letters of a name that one line beside a bar can hold."""

LINE = 8
"""Pixels by which every bar is further apart for each line above two."""

RIVALS = ("oracle", "challenger", "screener", "logistic", "rules_only")
"""From the best possible to the simplest."""

SEXES = ("female", "male")
SEX_COLOURS = {"female": "#0072B2", "male": "#7FB4D6"}
SEX_SHAPES = {"female": "circle", "male": "square"}
SEX_DASHES: dict[str, list[float]] = {"female": [1, 0], "male": [6, 3]}
APART = 0.18
"""How far the marks of the sexes stand from the middle of an age band, in bands."""

POWERS = [0.0001, 0.001, 0.01, 0.1, 1.0]
SMALLEST_CHANCE = POWERS[0]
"""Where the axes of the reliability chart begin; a bin without any victim is drawn there."""


@dataclass(frozen=True)
class Dot:
    """One rate of a chart of dots.

    Attributes:
        name: What it is called; a bar begins a new line.
        rate: The rate, as it stands in the content.
    """

    name: Said
    rate: Content


def rivals(content: Content) -> dict[str, Content]:
    """Return the miss rates of the screener and of whoever stands beside it, from best to simplest."""
    rates = {name: content[name]["miss_rate_at_same_workload"] for name in RIVALS if name in content}
    rates["screener"] = content["miss_rate"]
    return {name: rates[name] for name in RIVALS if name in rates}


def yardsticks(content: Content, language: Language) -> Chart:
    """Draw the miss rates of the screener and its yardsticks, all flagging equally many people."""
    return dots([Dot(text(f"chart.{name}"), rate) for name, rate in rivals(content).items()], language)


def focus(content: Content) -> str:
    """Return the typology whose misses are drawn by sex: online scams if there are any, else the largest."""
    victims: dict[str, int] = {}
    for group in content["baselines"][0]["missed_groups"]:
        victims[group["typology"]] = victims.get(group["typology"], 0) + group["miss_rate"]["n"]
    return "online_scam" if "online_scam" in victims else max(victims, key=lambda name: victims[name])


def missed_by_rulebooks(content: Content, language: Language) -> Chart:
    """Draw whom each published rulebook misses among the victims of one typology, women and men apart."""
    typology = focus(content)
    found = [
        Dot(_two_lines(rulebook_name(one["rulebook"]), text(f"baselines.{group['sex']}")), group["miss_rate"])
        for one in content["baselines"]
        for group in one["missed_groups"]
        if group["typology"] == typology
    ]
    return dots(found, language)


def dots(found: Sequence[Dot], language: Language) -> Chart:
    """Draw shares of victims missed, one row each, with their intervals."""
    rows = [
        {
            "name": dot.name.in_language(language),
            "label": percent(dot.rate["estimate"]).in_language(language),
            "label_at": min(max(dot.rate["estimate"], LABEL_ROOM), 1 - LABEL_ROOM),
            **{end: dot.rate[end] for end in ("estimate", "low", "high")},
        }
        for dot in found
        if dot.rate["n"]
    ]
    frame = Frame(206, 42 * len(rows), 118, 8, 20, 48, (0.0, 1.0))
    x = share_x(frame, text("chart.missed").in_language(language), language, "low")
    y = alt.Y("name:N", sort=[row["name"] for row in rows], axis=name_axis())
    base = chart_of(rows)
    colour = COLOURS["victim"]
    return framed(
        [
            base.mark_rule(strokeWidth=4, color=colour, opacity=0.45).encode(x=x, x2="high:Q", y=y),
            base.mark_point(filled=True, size=110, opacity=1, color=colour).encode(
                x=alt.X("estimate:Q"), y=y
            ),
            base.mark_text(dy=-14, fontSize=12, color=INK, align="center").encode(
                x=alt.X("label_at:Q"), y=y, text="label:N"
            ),
        ],
        frame,
    )


def recommendations(content: Content, language: Language) -> Chart:
    """Draw what was recommended to each class of people, in shares of the class."""
    names = {"victim": "victims", "irregular": "irregular", "lawful": "lawful", "facilitator": "facilitators"}
    bars = {text(f"word.{name}"): content["recommendations"].get(who, {}) for who, name in names.items()}
    return stacked(bars, SHADES, text("chart.people"), language)


def fates(content: Content, language: Language) -> Chart:
    """Draw what follows for the victims under each policy, in shares of all victims."""
    bars = {
        policy_name(policy): {fate: found["all"]["victims"][fate]["people"] for fate in FATE_SHADES}
        for policy, found in content["policy_harm"]["policies"].items()
    }
    return stacked(bars, FATE_SHADES, text("chart.victims"), language)


def lost(content: Content, language: Language) -> Chart:
    """Draw why missed victims were missed along the pathway: all of them, by sex, and by typology."""
    return stacked(
        {_with_n(name, sum(causes.values())): causes for name, causes in lost_groups(content)},
        CAUSE_SHADES,
        text("chart.missed_victims"),
        language,
    )


def lost_groups(content: Content) -> list[tuple[Said, Mapping[str, int]]]:
    """Return the missed victims of the pathway by cause: all, by sex, and by typology if there are two."""
    found = content["pathway_walk"]["lost"]
    typologies = found["by"]["typology"]
    return [
        (text("word.all"), {one["cause"]: one["lost"]["lost"] for one in found["causes"]}),
        *((_sex(group["group"]), group["causes"]) for group in found["by"]["sex"]),
        *(
            (group_name("typology", group["group"], content), group["causes"])
            for group in typologies
            if len(typologies) > 1
        ),
    ]


def _sex(sex: str) -> Said:
    return capitalised(text(f"baselines.{sex or 'unknown'}"))


def stacked(
    bars: Mapping[Said, Mapping[str, int]], shades: Mapping[str, str], title: Said, language: Language
) -> Chart:
    """Draw bars of counts, each as shares of its own sum; one without anybody is left out.

    Args:
        bars: Counts by kind, for each bar.
        shades: Colours of the kinds, in their order.
        title: Of the axis.
        language: Of the names and numbers.
    """
    rows = [row for name, counts in bars.items() for row in _parts(name, counts, shades, language)]
    names = list(dict.fromkeys(row["name"] for row in rows))
    tall = 40 + LINE * max((name.count("|") - 1 for name in names), default=0)
    frame = Frame(206, tall * len(names), 118, 8, 20, 48, (0.0, 1.0))
    x = share_x(frame, title.in_language(language), language, "start")
    y = alt.Y("name:N", sort=names, axis=name_axis())
    base = chart_of(rows)
    scale = alt.Scale(domain=list(shades), range=list(shades.values()))
    drawn = base.mark_bar(height=22, stroke="#FFFFFF", strokeWidth=1)
    labels = base.transform_filter(f"datum.share >= {READABLE}").mark_text(fontSize=12)
    return framed(
        [
            drawn.encode(x=x, x2="end:Q", y=y, color=alt.Color("kind:N", scale=scale, legend=None)),
            labels.encode(x=alt.X("middle:Q"), y=y, text="label:N", color=alt.Color("ink:N", scale=None)),
        ],
        frame,
        independent_colour=True,
    )


def _parts(
    name: Said, counts: Mapping[str, int], shades: Mapping[str, str], language: Language
) -> Iterator[dict[str, Any]]:
    total, start = sum(counts.values()), 0.0
    for kind in shades if total else ():
        share = counts.get(kind, 0) / total
        yield {
            "name": _in_lines(name.in_language(language)),
            "kind": kind,
            "share": share,
            "start": start,
            "middle": start + share / 2,
            "end": min(start + share, 1.0),
            "label": percent(round(share, 2)).in_language(language).replace(".0", "").replace(",0", ""),
            "ink": "#FFFFFF" if kind in LIGHT_TEXT else INK,
        }
        start += share


def burden(content: Content, language: Language, *, place: int) -> Chart:
    """Draw how many lawful people of each age a published rulebook flags, women and men apart.

    All rulebooks of a run share one scale, so that their charts can be compared.

    Args:
        content: The evaluation.
        language: Of the axes.
        place: Which of the published rulebooks.
    """
    top = most_burdened(content)
    groups = content["baselines"][place]["burdened_groups"]
    bands = list(dict.fromkeys(group["age_band"] for group in groups))
    rows = [
        {
            "who": group["sex"],
            "x": bands.index(group["age_band"]) + (APART if group["sex"] == "male" else -APART),
            **{end: group["lawful_flagged"][end] for end in ("estimate", "low", "high")},
        }
        for group in groups
        if group["lawful_flagged"]["n"] and group["sex"] in SEXES
    ]
    frame = Frame(268, 130, 48, 8, 8, 48, (-0.5, len(bands) - 0.5), (0.0, top))
    names = [age_name(band, short=True).in_language(language) for band in bands]
    axis = alt.Axis(
        title=text("groups.age_column").in_language(language),
        values=list(range(len(bands))),
        labelExpr=f"{json.dumps(names)}[datum.value]",
        grid=False,
    )
    x = alt.X("x:Q", scale=alt.Scale(domain=list(frame.x), nice=False), axis=axis)
    base = chart_of(rows).encode(x=x, color=_by_sex(alt.Color, SEX_COLOURS))
    y, low = (share_y(frame, "", language, column) for column in ("estimate", "low"))
    return framed(
        [
            base.mark_rule(strokeWidth=4, opacity=0.4).encode(y=low, y2="high:Q"),
            base.mark_line(strokeWidth=1.5).encode(y=y, strokeDash=_by_sex(alt.StrokeDash, SEX_DASHES)),
            base.mark_point(filled=True, size=70, opacity=1).encode(
                y=y, shape=_by_sex(alt.Shape, SEX_SHAPES)
            ),
        ],
        frame,
    )


def most_burdened(content: Content) -> float:
    """Return a round end of the axis that holds what every published rulebook does to the lawful."""
    rates = [g["lawful_flagged"] for one in content["baselines"] for g in one["burdened_groups"]]
    largest = max((rate["high"] for rate in rates if rate["n"]), default=1.0)
    return min(1.0, ceil(10 * largest) / 10)


def _by_sex(channel: Any, values: Mapping[str, Any]) -> Any:
    return channel("who:N", scale=alt.Scale(domain=list(values), range=list(values.values())), legend=None)


def reliability(content: Content, language: Language) -> Chart:
    """Draw the share of victims that there was against the chance that is shown, on logarithmic axes."""
    rows = [
        {
            "shown": max(one["shown"], SMALLEST_CHANCE),
            "at": max(one["victims"]["estimate"], SMALLEST_CHANCE),
            "low": max(one["victims"]["low"], SMALLEST_CHANCE),
            "high": one["victims"]["high"],
            "filled": COLOURS["victim"] if one["victims"]["count"] else "#FFFFFF",
        }
        for one in content["reliability"]["bins"]
    ]
    frame = Frame(268, 230, 62, 10, 18, 48, (SMALLEST_CHANCE, 1.0), (SMALLEST_CHANCE, 1.0))
    x = alt.X("shown:Q", **_log(frame.x, text("chart.shown"), language))
    y, low = (
        alt.Y(f"{column}:Q", **_log(frame.y, text("chart.came_true"), language)) for column in ("at", "low")
    )
    ends = [{"shown": end, "at": end} for end in frame.x]
    perfect = chart_of(ends).mark_line(color=INK, strokeDash=[4, 3], strokeWidth=1)
    base = chart_of(rows).encode(x=x)
    marks = base.mark_point(filled=True, size=90, opacity=1, stroke=COLOURS["victim"], strokeWidth=2)
    return framed(
        [
            perfect.encode(x=x, y=y),
            base.mark_rule(strokeWidth=4, color=COLOURS["victim"], opacity=0.45).encode(y=low, y2="high:Q"),
            marks.encode(y=y, fill=alt.Fill("filled:N", scale=None)),
        ],
        frame,
        independent_colour=True,
    )


def _log(ends: tuple[float, float], title: Said, language: Language) -> dict[str, Any]:
    """Return scale and axis of shares by powers of ten."""
    sign = percent(1.0).in_language(language).removeprefix("100")
    point = number(0.5, 1).in_language(language)[1]
    axis = alt.Axis(
        title=title.in_language(language),
        values=POWERS,
        labelExpr=f"replace(format(datum.value * 100, '~g'), '.', '{point}') + '{sign}'",
    )
    return {"scale": alt.Scale(type="log", domain=list(ends)), "axis": axis}


def rulebook_name(rulebook: str) -> Said:
    """Return a short name of a rulebook, for charts."""
    return text(f"rulebook.{rulebook}") if has_text(f"rulebook.{rulebook}") else said(rulebook)


def policy_name(policy: str) -> Said:
    """Return a short name of a policy, for charts; a bar begins a new line."""
    return text(f"policy.{policy}") if has_text(f"policy.{policy}") else said(policy)


def _with_n(name: Said, n: int) -> Said:
    counted = number(n)
    return Said(f"{name.en} ({counted.en})", f"{name.id} ({counted.id})")


def _in_lines(name: str) -> str:
    """Return a name in as many lines as it needs, where it is not in lines; a bar begins a new one."""
    return name if "|" in name else "|".join(wrap(name, ONE_LINE))


def age_name(band: str, *, short: bool = False) -> Said:
    """Return what an age band is called, in a few letters where that is asked for."""
    key = band.replace(" ", "_")
    place = f"age_short.{key}" if short and has_text(f"age_short.{key}") else f"age.{key}"
    return text(place) if has_text(place) else said(band.replace("-", "–"))


def _two_lines(first: Said, second: Said) -> Said:
    return Said(f"{first.en}|{second.en}", f"{first.id}|{second.id}")
