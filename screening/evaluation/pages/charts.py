"""The report's charts as Altair specifications: one plain function for each, from an evaluation's content.

Each has a fixed frame, so that a page can lay a moving mark over a drawn chart without drawing it again. The
same functions serve notebooks; `as_svg` draws one without a browser, and nothing is fetched.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from string import ascii_uppercase
from typing import Any, TypeAlias

import altair as alt
import vl_convert
from altair.utils.schemapi import debug_mode

from dossier.texts import Language
from screening.evaluation.texts import LANGUAGES, Value, said, text

Chart: TypeAlias = alt.LayerChart
Content: TypeAlias = Mapping[str, Any]

COLOURS = {"victim": "#D55E00", "lawful": "#0072B2", "irregular": "#B8860B", "facilitator": "#9A4F7F"}
"""Okabe and Ito's hues, the last two darkened so that thin lines stand out on white."""

SHAPES = {"victim": "circle", "lawful": "square", "irregular": "triangle-up", "facilitator": "diamond"}
DASHES: dict[str, list[float]] = {"victim": [1, 0], "lawful": [7, 3], "irregular": [2, 3]}
INK, GRID = "#1F2933", "#D9DFE5"
MOST_FLAGGED = 0.5
"""The trade-off is drawn up to here: nobody would stop every second honest traveller."""


CLOSE = 0.05
"""Two marks of one rulebook that are nearer than this share one letter."""


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
    x = share_x(frame, text("chart.flagged").in_language(language), language)
    y = share_y(frame, text("chart.missed").in_language(language), language)
    lines = _lines(rows, x, y)
    here = chart_of([r for r in rows if r["here"]]).mark_point(filled=True, size=130, opacity=1)
    layers: list[alt.Chart] = [lines, here.encode(x=x, y=y, color=_colour(), shape=_shape())]
    layers += _published(content, x, y)
    return framed(layers, frame)


def thresholds(content: Content, language: Language) -> Chart:
    """Draw victims missed, and lawful and irregular travellers flagged, along the threshold."""
    frame = thresholds_frame(affordable(content))
    rows = list(_threshold_rows(content))
    unit = "chart.threshold_of_rules" if content.get("decides") == "rules" else "chart.threshold"
    title = text(unit).in_language(language)
    scale = alt.Scale(domain=list(frame.x), nice=False, zero=False)
    axis = alt.Axis(title=title, tickCount=6, labelExpr="replace(format(datum.value, 'd'), '-', '−')")
    x = alt.X("threshold:Q", scale=scale, axis=axis)
    y = share_y(frame, text("chart.rate").in_language(language), language)
    here = chart_of([r for r in rows if r["here"]])
    rule = here.mark_rule(color=INK, strokeWidth=1).encode(x=x)
    marks = here.mark_point(filled=True, size=130, opacity=1)
    return framed([rule, _lines(rows, x, y), marks.encode(x=x, y=y, color=_colour(), shape=_shape())], frame)


def chart_of(rows: Iterable[Mapping[str, Any]]) -> alt.Chart:
    """Return a chart of rows with nothing drawn yet; Altair would copy a list of them for each layer."""
    return alt.Chart(alt.InlineData(values=tuple(rows)))


def in_languages(draw: Callable[[Language], Chart], name: str) -> dict[str, str]:
    """Return a chart as SVG in each language.

    Altair would check each part of a chart against its schema, for a fifth of a page's time; tests do that.

    Args:
        draw: Draws it in a language.
        name: Unique on the page.
    """
    with debug_mode(arg=False):
        return {language: as_svg(draw(language), f"{name}-{language}") for language in LANGUAGES}


def as_svg(chart: Chart, name: str) -> str:
    """Return a chart as an SVG picture that scales with the page; vl-convert escapes the texts in it.

    Args:
        chart: The chart.
        name: Unique on the page; ids in the picture begin with it.
    """
    drawn = _SPOKEN.sub("", vl_convert.vegalite_to_svg(chart.to_dict(validate=False)))
    head, body = drawn.split(">", 1)
    kept = [part for part in head.split(" ") if not part.startswith(("width=", "height=", "version="))]
    numbers = {number: str(index) for index, number in enumerate(dict.fromkeys(_CLIP.findall(body)))}
    body = _IDLE.sub("", _CLIP.sub(lambda found: f"{name}-clip{numbers[found[1]]}", body))
    return f'{" ".join(kept)} font-family="{FONT}" aria-hidden="true">{body}'


FONT = "Arial, Helvetica, Liberation Sans, sans-serif"

_CLIP = re.compile(r"\bclip(\d+)\b")
"""Ids that count on through a process; renamed, so that the same content gives the same page."""

_IDLE = re.compile(
    r' (?:pointer-events="none"|opacity="1"|font-family="[^"]*")'
    r'|<path class="background" d="M0,0h0v0h0Z"(?: pointer-events="none")?/>'
    r'|<path class="foreground" d=""(?: pointer-events="none")? display="none"/>'
)
"""What the library writes and nobody sees; a page with many charts is a third smaller without it."""

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


def _published(content: Content, x: alt.X, y: alt.Y) -> list[alt.Chart]:
    """Return a lettered mark wherever a published rulebook stands within the frame."""
    rows = [
        {"who": who, "x": share, "y": one["miss_rate"]["estimate"], "letter": letter}
        for letter, one in lettered(content)
        for who in ("lawful", "irregular")
        if (share := drawn_at(one, who)) is not None
    ]
    if not rows:
        return []
    base = chart_of(rows).encode(x=x, y=y)
    marks = base.mark_point(size=70, opacity=1, filled=True, fill="#FFFFFF", strokeWidth=2)
    letters = chart_of(list(_letters(rows))).mark_text(fontSize=12, fontWeight="bold", color=INK, dy=-13)
    return [
        marks.encode(stroke=_colour(), shape=_shape()),
        letters.encode(x=x, y=y, text="letter:N"),
    ]


def _letters(rows: Sequence[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    """Yield where a letter stands: over each mark, or once over two marks that are close together."""
    for letter in dict.fromkeys(row["letter"] for row in rows):
        own = [row for row in rows if row["letter"] == letter]
        places = [row["x"] for row in own]
        if max(places) - min(places) < CLOSE:
            yield {**own[0], "x": sum(places) / len(places)}
        else:
            yield from own


def lettered(content: Content) -> list[tuple[str, Content]]:
    """Return the published rulebooks of a run, each with the letter by which the chart marks it."""
    return list(zip(ascii_uppercase, content.get("baselines", ()), strict=False))


def drawn_at(baseline: Content, who: str) -> float | None:
    """Return which share of `who` a published rulebook flags; None where the trade-off cannot show it."""
    share: float | None = baseline[f"{who}_flagged"]["estimate"]
    inside = share is not None and share <= MOST_FLAGGED
    return share if inside and baseline["miss_rate"]["n"] else None


def _lines(rows: list[dict[str, Any]], x: alt.X, y: alt.Y) -> alt.Chart:
    dash = alt.StrokeDash("who:N", scale=_kinds(list(DASHES.values())), legend=None)
    lines: alt.Chart = chart_of(rows).mark_line(clip=True, strokeWidth=2.5)
    encoded: alt.Chart = lines.encode(x=x, y=y, color=_colour(), strokeDash=dash, order="order:Q")
    return encoded


def _kinds(values: Sequence[Any]) -> alt.Scale:
    return alt.Scale(domain=list(DASHES), range=list(values))


def _colour() -> alt.Color:
    return alt.Color("who:N", scale=_kinds([COLOURS[who] for who in DASHES]), legend=None)


def _shape() -> alt.Shape:
    return alt.Shape("who:N", scale=_kinds([SHAPES[who] for who in DASHES]), legend=None)


def share_x(frame: Frame, title: str, language: Language, column: str = "x") -> alt.X:
    """Return a horizontal axis of shares, in per cent."""
    scale = alt.Scale(domain=list(frame.x), nice=False)
    return alt.X(f"{column}:Q", scale=scale, axis=percent_axis(title, language))


def share_y(frame: Frame, title: str, language: Language, column: str = "y") -> alt.Y:
    """Return a vertical axis of shares, in per cent."""
    scale = alt.Scale(domain=list(frame.y), nice=False)
    return alt.Y(f"{column}:Q", scale=scale, axis=percent_axis(title, language))


def percent_axis(title: str, language: Language) -> alt.Axis:
    """Return an axis of whole per cents."""
    sign = said(_SIGN).in_language(language)
    return alt.Axis(
        title=title, tickCount=5, labelFlush=False, labelExpr=f"round(datum.value * 100) + '{sign}'"
    )


def name_axis() -> alt.Axis:
    """Return an axis of names; a bar in a name begins a new line."""
    return alt.Axis(
        title=None, labelExpr="split(datum.label, '|')", labelLimit=0, labelPadding=6, ticks=False
    )


_SIGN: Value = {"en": " %", "id": "%"}


def framed(layers: Sequence[alt.Chart], frame: Frame, *, independent_colour: bool = False) -> Chart:
    """Put layers into a frame of fixed size, with the report's look."""
    room = {"left": frame.left, "top": frame.top, "right": frame.right, "bottom": frame.bottom}
    chart = alt.layer(*layers).properties(
        width=frame.width,
        height=frame.height,
        padding=room,
        autosize=alt.AutoSizeParams(type="none"),
        background="transparent",
    )
    chart = chart.resolve_scale(color="independent") if independent_colour else chart
    axis = {"labelFontSize": 12, "titleFontSize": 13, "titleFontWeight": "normal", "gridColor": GRID}
    ink = {"labelColor": INK, "titleColor": INK, "domainColor": INK, "tickColor": INK}
    looked: Chart = chart.configure(font=FONT).configure_axis(**axis, **ink).configure_view(stroke=None)
    return looked
