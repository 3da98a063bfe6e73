"""The report's charts as Altair specifications: one plain function for each, from an evaluation's content.

Each has a fixed frame, so that a page can lay a moving mark over a drawn chart without drawing it again. The
same functions serve notebooks; `as_svg` draws one without a browser, and nothing is fetched.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import altair as alt
import vl_convert

from dossier.texts import Language
from screening.evaluation.texts import Value, percent, said, text

Chart: TypeAlias = alt.LayerChart
Content: TypeAlias = Mapping[str, Any]

COLOURS = {"victim": "#D55E00", "lawful": "#0072B2", "irregular": "#B8860B", "facilitator": "#9A4F7F"}
"""Okabe and Ito's hues, the last two darkened so that thin lines stand out on white."""

SHAPES = {"victim": "circle", "lawful": "square", "irregular": "triangle-up", "facilitator": "diamond"}
DASHES: dict[str, list[float]] = {"victim": [1, 0], "lawful": [7, 3], "irregular": [2, 3]}
SHADES = {"proceed": "#E4E9EE", "documents": "#B5D2E7", "interview": "#5B9BC8", "refer": "#0B3C5D"}
INK, GRID = "#1F2933", "#D9DFE5"
LIGHT_TEXT = ("refer",)
READABLE = 0.1
"""Smallest share in a stacked bar that can hold its own label."""

LABEL_ROOM = 0.09
"""Smallest distance of a label's middle from either end of an axis."""

MOST_FLAGGED = 0.5
"""The trade-off is drawn up to here: nobody would stop every second honest traveller."""


@dataclass(frozen=True)
class Frame:
    """Where a chart's plot stands in its picture, in pixels, and which values it spans.

    Attributes:
        width, height: Of the plot.
        left, top, right, bottom: Room around it.
        x, y: Ends of the axes.
    """

    width: int
    height: int
    left: int
    top: int
    right: int
    bottom: int
    x: tuple[float, float]
    y: tuple[float, float] = (0.0, 1.0)


def tradeoff_frame() -> Frame:
    """Return the frame of `tradeoff`."""
    return Frame(268, 230, 58, 10, 18, 48, (0.0, MOST_FLAGGED))


def thresholds_frame(curve: Sequence[Content]) -> Frame:
    """Return the frame of `thresholds`."""
    shown = [point["threshold"] for point in curve]
    return Frame(268, 230, 58, 10, 18, 48, (min(shown), max(shown)))


def affordable(content: Content) -> list[Content]:
    """Return the points of the curve at which at most `MOST_FLAGGED` of non-victims are flagged.

    The threshold of the run is among them, whatever it flags.
    """
    others = content["lawful"] + content["irregular"]
    return [
        point
        for point in content.get("curve", ())
        if point["lawful"] + point["irregular"] <= MOST_FLAGGED * others
        or point["threshold"] == content["threshold"]
    ]


def tradeoff(content: Content, language: Language) -> Chart:
    """Draw victims missed against travellers flagged, lawful and irregular apart."""
    frame = tradeoff_frame()
    rows = list(_tradeoff_rows(content))
    x = _share_x(frame, text("chart.flagged").in_language(language), language)
    y = _share_y(frame, text("chart.missed").in_language(language), language)
    lines = _lines(rows, x, y)
    here = alt.Chart(alt.InlineData(values=[r for r in rows if r["here"]])).mark_point(
        filled=True, size=130, opacity=1
    )
    layers: list[alt.Chart] = [lines, here.encode(x=x, y=y, color=_colour(), shape=_shape())]
    if "instruction_2023" in content:
        layers += _instruction(content["instruction_2023"], x, y, language)
    return _framed(layers, frame)


def thresholds(content: Content, language: Language) -> Chart:
    """Draw victims missed, and lawful and irregular travellers flagged, along the threshold."""
    frame = thresholds_frame(affordable(content))
    rows = list(_threshold_rows(content))
    title = text("chart.threshold").in_language(language)
    scale = alt.Scale(domain=list(frame.x), nice=False, zero=False)
    axis = alt.Axis(title=title, tickCount=6, labelExpr="replace(format(datum.value, 'd'), '-', '−')")
    x = alt.X("threshold:Q", scale=scale, axis=axis)
    y = _share_y(frame, text("chart.rate").in_language(language), language)
    here = alt.Chart(alt.InlineData(values=[r for r in rows if r["here"]]))
    rule = here.mark_rule(color=INK, strokeWidth=1).encode(x=x)
    marks = here.mark_point(filled=True, size=130, opacity=1)
    return _framed([rule, _lines(rows, x, y), marks.encode(x=x, y=y, color=_colour(), shape=_shape())], frame)


def yardsticks(content: Content, language: Language) -> Chart:
    """Draw the miss rates of screener, challenger, oracle and instruction, with their intervals."""
    rows = list(_yardstick_rows(content, language))
    frame = Frame(224, 42 * len(rows), 100, 8, 20, 48, (0.0, 1.0))
    x = _share_x(frame, text("chart.same_flags").in_language(language), language, "low")
    y = alt.Y("name:N", sort=[r["name"] for r in rows], axis=_name_axis())
    base = alt.Chart(alt.InlineData(values=rows))
    return _framed(
        [
            base.mark_rule(strokeWidth=4, color=COLOURS["victim"], opacity=0.45).encode(
                x=x, x2="high:Q", y=y
            ),
            base.mark_point(filled=True, size=110, opacity=1, color=COLOURS["victim"]).encode(
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
    rows = list(_recommendation_rows(content, language))
    names = list(dict.fromkeys(r["name"] for r in rows))
    frame = Frame(224, 38 * len(names), 100, 8, 20, 48, (0.0, 1.0))
    x = _share_x(frame, text("chart.people").in_language(language), language, "start")
    y = alt.Y("name:N", sort=names, axis=_name_axis())
    base = alt.Chart(alt.InlineData(values=rows))
    fill = alt.Color(
        "given:N", scale=alt.Scale(domain=list(SHADES), range=list(SHADES.values())), legend=None
    )
    bars = base.mark_bar(height=22, stroke="#FFFFFF", strokeWidth=1)
    labels = base.transform_filter(f"datum.share >= {READABLE}").mark_text(fontSize=12)
    ink = alt.Color("ink:N", scale=None)
    return _framed(
        [
            bars.encode(x=x, x2="end:Q", y=y, color=fill),
            labels.encode(x=alt.X("middle:Q"), y=y, text="label:N", color=ink),
        ],
        frame,
        independent_colour=True,
    )


def as_svg(chart: Chart, name: str) -> str:
    """Return a chart as an SVG picture that scales with the page; vl-convert escapes the texts in it.

    Args:
        chart: The chart.
        name: Unique on the page; ids in the picture begin with it.
    """
    drawn = _SPOKEN.sub("", vl_convert.vegalite_to_svg(chart.to_dict()))
    head, body = drawn.split(">", 1)
    kept = [part for part in head.split(" ") if not part.startswith(("width=", "height=", "version="))]
    numbers = {number: str(index) for index, number in enumerate(dict.fromkeys(_CLIP.findall(body)))}
    body = _CLIP.sub(lambda found: f"{name}-clip{numbers[found[1]]}", body)
    return f'{" ".join(kept)} aria-hidden="true" focusable="false">{body}'


_CLIP = re.compile(r"\bclip(\d+)\b")
"""Ids that count on through a process; renamed, so that the same content gives the same page."""

_SPOKEN = re.compile(r' (?:role|aria-[a-z]+)="[^"]*"')
"""Words for screen readers in the library's own language; the page has its own, and the tables."""


def _tradeoff_rows(content: Content) -> Iterator[dict[str, Any]]:
    for point in affordable(content):
        for who in ("lawful", "irregular"):
            if content[who] and content["victims"]:
                yield {
                    "who": who,
                    "x": point[who] / content[who],
                    "y": point["missed"] / content["victims"],
                    "order": point["threshold"],
                    "here": point["threshold"] == content["threshold"],
                }


def _threshold_rows(content: Content) -> Iterator[dict[str, Any]]:
    kinds = (("victim", "missed", "victims"), ("lawful",) * 3, ("irregular",) * 3)
    for point in affordable(content):
        for who, counted, of in kinds:
            if content[of]:
                yield {
                    "who": who,
                    "threshold": point["threshold"],
                    "y": point[counted] / content[of],
                    "order": point["threshold"],
                    "here": point["threshold"] == content["threshold"],
                }


def _yardstick_rows(content: Content, language: Language) -> Iterator[dict[str, Any]]:
    rates = {
        "screener": content["miss_rate"],
        **{n: content[n]["miss_rate_at_same_workload"] for n in ("challenger", "oracle") if n in content},
        **(
            {"instruction": content["instruction_2023"]["miss_rate"]} if "instruction_2023" in content else {}
        ),
    }
    for name, rate in rates.items():
        if rate["n"]:
            yield {
                "name": text(f"chart.{name}").in_language(language),
                "label": percent(rate["estimate"]).in_language(language),
                "label_at": min(max(rate["estimate"], LABEL_ROOM), 1 - LABEL_ROOM),
                **{end: rate[end] for end in ("estimate", "low", "high")},
            }


def _recommendation_rows(content: Content, language: Language) -> Iterator[dict[str, Any]]:
    names = {"victim": "victims", "irregular": "irregular", "lawful": "lawful", "facilitator": "facilitators"}
    for who, name in names.items():
        counts = content["recommendations"].get(who, {})
        total, start = sum(counts.values()), 0.0
        for given in SHADES if total else ():
            share = counts.get(given, 0) / total
            yield {
                "name": text(f"word.{name}").in_language(language),
                "given": given,
                "share": share,
                "start": start,
                "middle": start + share / 2,
                "end": min(start + share, 1.0),
                "label": percent(round(share, 2)).in_language(language).replace(".0", "").replace(",0", ""),
                "ink": "#FFFFFF" if given in LIGHT_TEXT else INK,
            }
            start += share


def _instruction(rates: Content, x: alt.X, y: alt.Y, language: Language) -> list[alt.Chart]:
    """Return crosses where the instruction of 2023 stands, with its name; nothing beyond the frame."""
    missed = rates["miss_rate"]["estimate"]
    flagged = {who: rates[f"{who}_flagged"]["estimate"] for who in ("lawful", "irregular")}
    rows = [
        {"who": who, "x": share, "y": missed}
        for who, share in flagged.items()
        if missed is not None and share is not None and share <= MOST_FLAGGED
    ]
    if not rows:
        return []
    cross = alt.Chart(alt.InlineData(values=rows)).mark_point(
        shape="cross", angle=45, size=110, opacity=1, filled=True
    )
    below = {"x": sum(row["x"] for row in rows) / len(rows), "y": missed}
    name = alt.Chart(alt.InlineData(values=[below])).mark_text(
        text=text("chart.instruction").in_language(language),
        dy=18 if missed > MOST_FLAGGED else -16,
        fontSize=12,
        color=INK,
    )
    return [cross.encode(x=x, y=y, color=_colour()), name.encode(x=x, y=y)]


def _lines(rows: list[dict[str, Any]], x: alt.X, y: alt.Y) -> alt.Chart:
    dash = alt.StrokeDash("who:N", scale=_kinds(list(DASHES.values())), legend=None)
    lines: alt.Chart = alt.Chart(alt.InlineData(values=rows)).mark_line(clip=True, strokeWidth=2.5)
    encoded: alt.Chart = lines.encode(x=x, y=y, color=_colour(), strokeDash=dash, order="order:Q")
    return encoded


def _kinds(values: Sequence[Any]) -> alt.Scale:
    return alt.Scale(domain=list(DASHES), range=list(values))


def _colour() -> alt.Color:
    return alt.Color("who:N", scale=_kinds([COLOURS[who] for who in DASHES]), legend=None)


def _shape() -> alt.Shape:
    return alt.Shape("who:N", scale=_kinds([SHAPES[who] for who in DASHES]), legend=None)


def _share_x(frame: Frame, title: str, language: Language, column: str = "x") -> alt.X:
    scale = alt.Scale(domain=list(frame.x), nice=False)
    return alt.X(f"{column}:Q", scale=scale, axis=_percent_axis(title, language))


def _share_y(frame: Frame, title: str, language: Language) -> alt.Y:
    scale = alt.Scale(domain=list(frame.y), nice=False)
    return alt.Y("y:Q", scale=scale, axis=_percent_axis(title, language))


def _percent_axis(title: str, language: Language) -> alt.Axis:
    sign = said(_SIGN).in_language(language)
    return alt.Axis(
        title=title, tickCount=5, labelFlush=False, labelExpr=f"round(datum.value * 100) + '{sign}'"
    )


def _name_axis() -> alt.Axis:
    """Return an axis of names, each word on a line of its own."""
    return alt.Axis(
        title=None, labelExpr="split(datum.label, ' ')", labelLimit=0, labelPadding=6, ticks=False
    )


_SIGN: Value = {"en": " %", "id": "%"}


def _framed(layers: Sequence[alt.Chart], frame: Frame, *, independent_colour: bool = False) -> Chart:
    """Put layers into a frame of fixed size, with our look."""
    room = {"left": frame.left, "top": frame.top, "right": frame.right, "bottom": frame.bottom}
    chart = alt.layer(*layers).properties(
        width=frame.width,
        height=frame.height,
        padding=room,
        autosize=alt.AutoSizeParams(type="none"),
        background="transparent",
    )
    chart = chart.resolve_scale(color="independent") if independent_colour else chart
    font = "Arial, Helvetica, Liberation Sans, sans-serif"
    axis = {"labelFontSize": 12, "titleFontSize": 13, "titleFontWeight": "normal", "gridColor": GRID}
    ink = {"labelColor": INK, "titleColor": INK, "domainColor": INK, "tickColor": INK}
    looked: Chart = chart.configure(font=font).configure_axis(**axis, **ink).configure_view(stroke=None)
    return looked
