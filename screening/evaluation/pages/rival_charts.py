"""Charts of every screener on the same people, and of what each is worth at which exchange rate.

Plain functions from an evaluation's content to Altair specifications, in the frames and the look of
`charts.py`. Whatever is drawn stands as a table in the page as well; what lies beyond an edge is cut off.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from math import ceil, floor
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
from screening.evaluation.pages.html_charts import LINE, ONE_LINE
from screening.evaluation.pages.html_rivals import achievable, beside, name_of, screener_of
from screening.evaluation.texts import Said, number, percent, text

TICK = 42
"""Pixels from row to row of a chart of dots."""

LEAST_BENEFIT = -0.2
"""Where the axis of net benefit begins, in shares of all victims; far below it nobody needs to read."""

NEAR, TEN = 5, 10
"""The axis of differences reaches at least so far to either side, in points, and ends at a round number."""

THICK, THIN = 3.5, 1.8
SOLID: tuple[float, ...] = (1, 0)
DASHED: tuple[float, ...] = (6, 3)
DOTTED: tuple[float, ...] = (2, 2)


@dataclass(frozen=True)
class Line:
    """How one way to choose is drawn in a curve."""

    colour: str
    dash: tuple[float, ...] = SOLID
    width: float = THIN


LINES = {
    "screener": Line("#0B3C5D", SOLID, THICK),
    "screener_as_run": Line("#0B3C5D", DASHED),
    "oracle": Line(INK, DOTTED),
    "challenger": Line("#9A4F7F"),
    "logistic": Line("#0072B2"),
    "best_indicator": Line("#B8860B"),
    "ilo-pre-departure": Line("#D55E00", DASHED),
    "paper-004": Line("#00795C", DASHED),
    "women-17-45": Line("#7A3E00", DOTTED),
    "everybody": Line("#7B8794"),
    "nobody": Line("#7B8794", DASHED),
}
OTHER = Line("#7B8794", DOTTED)
"""Of a rulebook that nobody gave a line."""


def lines(content: Content) -> list[tuple[str, Said, Line]]:
    """Return the legend of the curves: every way to choose with its name and how it is drawn."""
    found = content.get("cost_curve") or {"ways": ()}
    return [(name, name_of(name), LINES.get(name, OTHER)) for name in _names(found)]


def _names(curve: Content) -> list[str]:
    return [*(way["name"] for way in curve["ways"]), "everybody", "nobody"]


def makers(content: Content) -> dict[str, Any]:
    """Return what draws the charts, by name: those for which the content has something to show."""
    found: dict[str, Any] = {}
    comparisons = content.get("comparisons")
    if comparisons and comparisons["people"]["victims"] and comparisons["rivals"]:
        found["differences"] = differences
        shares = comparisons["share_of_achievable"]
        if shares and shares["overall"]["n"]:
            found["achievable"] = achievable_shares
    for place, _ in enumerate(content.get("decision_curve", {}).get("curves", ())):
        found[f"decision-{place}"] = partial(benefit, place=place)
    if content.get("cost_curve"):
        found["cost"] = cost
    return found


def differences(content: Content, language: Language) -> Chart:
    """Draw by how many points each way misses more victims than the screener, at one workload."""
    found = [one for one in beside(content) if one.misses.points is not None]
    rows = [
        {
            "name": _in_lines(one.name).in_language(language),
            "estimate": one.misses.points,
            "low": one.misses.low,
            "high": one.misses.high,
        }
        for one in found
    ]
    least = TEN * floor(min([-NEAR, *(one.misses.low for one in found)]) / TEN)
    most = TEN * ceil(max([NEAR, *(one.misses.high for one in found)]) / TEN)
    axis = alt.Axis(
        title=text("comparison.axis").in_language(language),
        tickCount=5,
        labelExpr="replace(format(datum.value, 'd'), '-', '−')",
    )
    x = alt.X("low:Q", scale=alt.Scale(domain=[least, most], nice=False), axis=axis)
    return _dots(rows, _frame(rows, (least, most)), x, 0.0)


def achievable_shares(content: Content, language: Language) -> Chart:
    """Draw the screener's share of achievable detection, overall and by typology."""
    found = achievable(content)
    named = found.rows if found else []
    rows = [
        {
            "name": _in_lines(name).in_language(language),
            "estimate": ratio.estimate,
            "low": ratio.low,
            "high": ratio.high,
        }
        for name, ratio in named
        if ratio.estimate is not None
    ]
    most = ceil(10 * max([1.0, *(ratio.high for _, ratio in named)])) / 10
    frame = _frame(rows, (0.0, most))
    title = text("achievable.axis").in_language(language)
    return _dots(rows, frame, share_x(frame, title, language, "low"), 1.0)


def _frame(rows: Sequence[Mapping[str, Any]], ends: tuple[float, float]) -> Frame:
    """Return a frame with room for one row for each name."""
    tall = TICK + LINE * max((row["name"].count("|") - 1 for row in rows), default=0)
    return Frame(206, tall * len(rows), 118, 8, 20, 48, ends)


def _dots(rows: Sequence[Mapping[str, Any]], frame: Frame, x: alt.X, at: float) -> Chart:
    """Draw one row for each name, with its interval, about a line at `at`."""
    y = alt.Y("name:N", sort=[row["name"] for row in rows], axis=name_axis())
    base = chart_of(rows)
    line = chart_of([{"at": at}]).mark_rule(color=INK, strokeDash=[4, 3])
    colour = COLOURS["victim"]
    return framed(
        [
            line.encode(x=alt.X("at:Q")),
            base.mark_rule(strokeWidth=4, color=colour, opacity=0.45).encode(x=x, x2="high:Q", y=y),
            base.mark_point(filled=True, size=90, opacity=1, color=colour).encode(x=alt.X("estimate:Q"), y=y),
        ],
        frame,
    )


def benefit(content: Content, language: Language, *, place: int) -> Chart:
    """Draw the decision curve at one share of victims, as a share of what finding all of them is worth."""
    found = content["decision_curve"]
    curve, chances = found["curves"][place], found["threshold_chances"]
    whole = found["per"] * curve["prevalence"]
    frame = Frame(268, 230, 58, 10, 18, 48, (chances[0], chances[-1]), (LEAST_BENEFIT, 1.0))
    axis = alt.Axis(
        title=text("decisions.chance_axis").in_language(language),
        values=[one for one in chances if one in found["told"]],
        labelExpr=_percent_label(language),
        grid=True,
    )
    x = alt.X("x:Q", scale=alt.Scale(type="log", domain=list(frame.x), nice=False), axis=axis)
    upwards = alt.Axis(
        title=text("decisions.benefit_axis").in_language(language),
        tickCount=5,
        labelFlush=False,
        labelExpr=_percent_label(language),
    )
    y = alt.Y("y:Q", scale=alt.Scale(domain=list(frame.y), nice=False), axis=upwards)
    return _curves(curve, chances, whole, frame, (x, y))


def cost(content: Content, language: Language) -> Chart:
    """Draw the cost curve."""
    found = content["cost_curve"]
    frame = Frame(268, 230, 58, 10, 18, 48, (0.0, 1.0), (0.0, 0.5))
    x = share_x(frame, text("decisions.cost_axis").in_language(language), language)
    y = share_y(frame, text("decisions.left_axis").in_language(language), language)
    return _curves(found, found["cost_shares"], 1.0, frame, (x, y))


def _curves(
    curve: Content, places: Sequence[float], whole: float, frame: Frame, axes: tuple[alt.X, alt.Y]
) -> Chart:
    """Draw every way to choose as a line, and the interval of the screener as a band."""
    values = {way["name"]: way["estimate"] for way in curve["ways"]}
    values |= {name: curve[name] for name in ("everybody", "nobody")}
    rows = [
        {"name": name, "x": x, "y": y / whole}
        for name, line in values.items()
        for x, y in zip(places, line, strict=True)
    ]
    ours, (x, y) = screener_of(curve), axes
    band = [
        {"x": at, "y": low / whole, "high": high / whole}
        for at, low, high in zip(places, ours["low"], ours["high"], strict=True)
    ]
    found = {name: LINES.get(name, OTHER) for name in values}

    def by_name(channel: Any, ranges: Sequence[Any]) -> Any:
        return channel("name:N", scale=alt.Scale(domain=list(found), range=list(ranges)), legend=None)

    layers = (
        chart_of(rows)
        .mark_line(clip=True)
        .encode(
            x=x,
            y=y,
            color=by_name(alt.Color, [line.colour for line in found.values()]),
            strokeDash=by_name(alt.StrokeDash, [list(line.dash) for line in found.values()]),
            strokeWidth=by_name(alt.StrokeWidth, [line.width for line in found.values()]),
        )
    )
    area = chart_of(band).mark_area(clip=True, opacity=0.2, color="#0B3C5D")
    return framed([area.encode(x=x, y=y, y2="high:Q"), layers], frame)


def _percent_label(language: Language) -> str:
    """Return how an axis writes shares that may be small or below zero, in per cent."""
    sign = percent(1.0).in_language(language).removeprefix("100")
    point = number(0.5, 1).in_language(language)[1]
    shown = "replace(format(round(datum.value * 10000) / 100, '~g'), '-', '−')"
    return f"replace({shown}, '.', '{point}') + '{sign}'"


def _in_lines(name: Said) -> Said:
    """Return a name in as many lines as it needs beside a bar."""
    return Said(*("|".join(wrap(one, ONE_LINE)) for one in (name.en, name.id)))
