"""Charts that one slider drives: lines over any axes, and groups with their intervals, drawn beforehand.

Every value is placed on its axis here, straight, logarithmic or on the axis of a normal distribution; the
drawn chart and the marks that a page moves over it are placed by the same arithmetic, so they cannot differ.
Nothing is estimated here, and whatever is drawn stands in the page as a table too.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from textwrap import wrap
from typing import Any, TypeAlias

import altair as alt
import numpy as np
import numpy.typing as npt
from scipy.stats import norm

from dossier.texts import Language
from screening.evaluation.pages.charts import INK, Chart, Frame, chart_of, framed, name_axis
from screening.evaluation.texts import LANGUAGES, Said, limit, number

Values: TypeAlias = npt.NDArray[np.float64]
Track: TypeAlias = list[float | None]
"""Where a mark stands at each step of the slider, in pixels of the plot; None where it is out of sight."""

SOLID = (1.0, 0.0)
DASHED = (6.0, 3.0)
ROUNDING = 1e-6
"""By how much a mark may lie over the edge of its plot and still be shown."""

NORMAL_TICKS = (0.0001, 0.002, 0.02, 0.1, 0.3, 0.6, 0.9, 0.99)
LEAST_SHARE = NORMAL_TICKS[0]
MOST_SHARE = NORMAL_TICKS[-1]
NAME_LETTERS = 16
"""Letters of a name that one line beside a row can hold."""

NAME_PADDING = 13
"""Pixels between a name and its row; an open mark at zero needs as many."""

NAME_LINE = 14
"""Pixels from one line of a name to the next."""

ROW = 44
"""Pixels between two rows of groups."""

LINE = 9
"""Pixels by which rows are further apart for each line of a name above two."""


@dataclass(frozen=True)
class Axis:
    """One axis of a plot.

    Attributes:
        title: What it shows.
        ends: The values at its two ends.
        ticks: Values that are marked, and how they are written.
        bend: What makes the axis straight, such as a logarithm.
    """

    title: Said
    ends: tuple[float, float]
    ticks: Mapping[float, Said]
    bend: Callable[[Any], Any] = np.asarray

    def place(self, values: npt.ArrayLike) -> Values:
        """Return how far along the axis values stand, from 0 to 1; beyond the ends, beyond these."""
        low, high = (float(self.bend(end)) for end in self.ends)
        with np.errstate(divide="ignore", invalid="ignore"):
            bent = np.asarray(self.bend(np.asarray(values, dtype=np.float64)), dtype=np.float64)
        return np.asarray((bent - low) / (high - low))

    def drawn(self, language: Language) -> alt.Axis:
        """Return the axis for a plot whose values were placed already."""
        places = {f"{float(self.place(tick)):.4f}": said for tick, said in self.ticks.items()}
        labels = {place: said.in_language(language) for place, said in places.items()}
        return alt.Axis(
            title=self.title.in_language(language),
            values=[float(place) for place in places],
            labelExpr=f"{json.dumps(labels)}[format(datum.value, '.4f')]",
            labelFlush=False,
            labelOverlap=False,
        )


def share_axis(title: Said, top: float = 1.0) -> Axis:
    """Return a straight axis of shares from 0 to `top`."""
    return Axis(title, (0.0, top), {tick: limit(round(float(tick), 6)) for tick in np.linspace(0, top, 6)})


def normal_axis(title: Said, most: float = MOST_SHARE, ticks: Sequence[float] = NORMAL_TICKS) -> Axis:
    """Return an axis of shares on which a normal distribution is a straight line, up to `most`."""
    return Axis(
        title, (LEAST_SHARE, most), {tick: _short(tick) for tick in ticks if tick <= most}, bend=norm.ppf
    )


def _short(share: float) -> Said:
    """Return a share in per cent with no more digits than it has."""
    digits = next(digits for digits in range(4) if np.isclose(100 * share, round(100 * share, digits)))
    sign = limit(1.0)
    return Said(
        *(f"{number(100 * share, digits).in_language(one)}{sign.in_language(one)[3:]}" for one in LANGUAGES)
    )


def log_axis(title: Said, least: float, most: float) -> Axis:
    """Return an axis by powers of ten that holds `least` and `most`."""
    low = int(np.floor(np.log10(least)))
    high = max(int(np.ceil(np.log10(most))), low + 1)
    ticks = {10.0**power: number(10.0**power, max(-power, 0)) for power in range(low, high + 1)}
    return Axis(title, (10.0**low, 10.0**high), ticks, bend=np.log10)


def plain_axis(title: Said, least: float, most: float) -> Axis:
    """Return a straight axis of plain numbers, with a few round ticks between its ends."""
    step = _round_step((most - least) / 5 or 1.0)
    first = int(np.ceil(least / step))
    ticks = [round(place * step, 6) for place in range(first, int(np.floor(most / step)) + 1)]
    digits = 0 if step >= 1 else 1
    ends = (least, most) if most > least else (least - step, most + step)
    return Axis(title, ends, {tick: number(tick, digits) for tick in ticks})


def _round_step(step: float) -> float:
    power = 10.0 ** np.floor(np.log10(step))
    return float(next(power * round_one for round_one in (1, 2, 5, 10) if power * round_one >= step))


@dataclass(frozen=True)
class Line:
    """One line of a plot, with a filled mark where the operating threshold stands.

    Attributes:
        x, y: Shape (steps,): its values on either axis.
        here: Step of the operating threshold; None where the line has none.
        colour, shape: Of line and mark; the shape is that of a kind of people.
        dash: Lengths of its strokes and gaps.
        width: In pixels.
    """

    x: Values
    y: Values
    here: int | None
    colour: str
    shape: str
    dash: tuple[float, ...] = SOLID
    width: float = 2.5


VEGA_SHAPES = {"victim": "circle", "lawful": "square", "irregular": "triangle-up", "facilitator": "diamond"}


def lines(
    found: Sequence[Line],
    x: Axis,
    y: Axis,
    frame: Frame,
    language: Language,
    *,
    level: float | None = None,
    slope: bool = False,
) -> Chart:
    """Draw lines.

    Args:
        found: The lines.
        x, y: The axes.
        frame: Where the plot stands.
        language: Of the axes.
        level: A value on the vertical axis at which a dashed line stands, such as what can be afforded.
        slope: Whether the dashed line of mere chance is drawn, from corner to corner.
    """
    across, upward = _placed_x(x, language), _placed_y(y, language)
    layers = [_line(one, x, y).encode(x=across, y=upward, order="order:Q") for one in found]
    marks = [
        chart_of([_point(one, one.here, x, y)])
        .mark_point(filled=True, size=120, opacity=1, color=one.colour, shape=VEGA_SHAPES[one.shape])
        .encode(x=across, y=upward)
        for one in found
        if one.here is not None and _is_inside(one, one.here, x, y)
    ]
    ends = _straight(level, y) if level is not None else [{"x": 0, "y": 0}, {"x": 1, "y": 1}]
    dashed = chart_of(ends).mark_line(color=INK, strokeDash=[4, 3], strokeWidth=1)
    beneath = [dashed.encode(x=across, y=upward)] if slope or level is not None else []
    return framed([*beneath, *layers, *marks], frame)


def _straight(level: float, y: Axis) -> list[dict[str, float]]:
    place = float(y.place(level))
    return [{"x": 0, "y": place}, {"x": 1, "y": place}]


def _line(one: Line, x: Axis, y: Axis) -> alt.Chart:
    rows = [_point(one, step, x, y) for step in range(len(one.x))]
    shown = [row for row in rows if np.isfinite(row["x"]) and np.isfinite(row["y"])]
    drawn: alt.Chart = chart_of(shown).mark_line(
        clip=True, color=one.colour, strokeDash=list(one.dash), strokeWidth=one.width
    )
    return drawn


def _point(one: Line, step: int, x: Axis, y: Axis) -> dict[str, float]:
    places = float(x.place(one.x[step])), float(y.place(one.y[step]))
    return {"x": round(places[0], 5), "y": round(places[1], 5), "order": step}


def _is_inside(one: Line, step: int, x: Axis, y: Axis) -> bool:
    point = _point(one, step, x, y)
    return all(-ROUNDING <= point[way] <= 1 + ROUNDING for way in ("x", "y"))


def _placed_x(axis: Axis, language: Language) -> alt.X:
    return alt.X("x:Q", scale=alt.Scale(domain=[0, 1], nice=False), axis=axis.drawn(language))


def _placed_y(axis: Axis, language: Language) -> alt.Y:
    return alt.Y("y:Q", scale=alt.Scale(domain=[0, 1], nice=False), axis=axis.drawn(language))


def along(axis: Axis, values: npt.ArrayLike, length: float) -> Track:
    """Return where values stand along a plot of `length` pixels; None for what the plot does not show."""
    places = np.atleast_1d(axis.place(values))
    return [
        round(float(place) * length, 1) if -ROUNDING <= place <= 1 + ROUNDING else None for place in places
    ]


def upwards(axis: Axis, values: npt.ArrayLike, length: float) -> Track:
    """Return the same for a vertical axis, whose pixels count downwards."""
    return [None if place is None else round(length - place, 1) for place in along(axis, values, length)]


@dataclass(frozen=True)
class Span:
    """A rate with its interval, in one row of groups.

    Attributes:
        estimate, low, high: Shares.
        colour, shape: Of its mark.
        lift: Pixels by which it stands above the middle of its row.
    """

    estimate: float
    low: float
    high: float
    colour: str
    shape: str
    lift: float = 0.0


def rows_frame(names: Sequence[Said]) -> Frame:
    """Return the frame of a chart with one row for each name."""
    most = max((len(folded(name.in_language(one))) for name in names for one in ("en", "id")), default=1)
    return Frame(206, (ROW + LINE * max(most - 2, 0)) * len(names), 122, 8, 18, 48, (0.0, 1.0))


def middle_of_row(frame: Frame, row: int, rows: int) -> float:
    """Return where the middle of a row stands, in pixels from the top of the plot."""
    return frame.height * (row + 0.5) / rows


def spans(
    rows: Sequence[tuple[Said, Sequence[Span]]], axis: Axis, language: Language, level: float | None = None
) -> Chart:
    """Draw one row for each group: its rates as marks, their intervals as lines.

    Args:
        rows: Names and rates.
        axis: The axis of the rates.
        language: Of the names and the axis.
        level: A share at which a dashed line stands, such as what is allowed.
    """
    frame = rows_frame([name for name, _ in rows])
    names = [
        f"{place}|" + "|".join(folded(name.in_language(language))) for place, (name, _) in enumerate(rows)
    ]
    y = alt.Y("name:N", sort=names, scale=alt.Scale(domain=names), axis=_numbered_names())
    layers: list[alt.Chart] = []
    if level is not None:
        at = chart_of([{"x": float(axis.place(level))}])
        layers.append(at.mark_rule(color=INK, strokeDash=[4, 3]).encode(x=_placed_x(axis, language)))
    for name, (_, found) in zip(names, rows, strict=True):
        for span in found:
            layers += _span(span, name, axis, _placed_x(axis, language), y)
    return framed(layers, frame)


def _span(span: Span, name: str, axis: Axis, x: alt.X, y: alt.Y) -> list[alt.Chart]:
    ends = {
        key: min(max(float(axis.place(value)), 0.0), 1.0)
        for key, value in (("x", span.low), ("high", span.high), ("at", span.estimate))
    }
    base = chart_of([{"name": name, **ends}])
    interval = base.mark_rule(strokeWidth=4, opacity=0.45, color=span.colour, yOffset=-span.lift)
    mark = base.mark_point(
        filled=True, size=100, opacity=1, color=span.colour, shape=VEGA_SHAPES[span.shape], yOffset=-span.lift
    )
    return [interval.encode(x=x, x2="high:Q", y=y), mark.encode(x=alt.X("at:Q"), y=y)]


def _numbered_names() -> alt.Axis:
    """Return an axis of names that begin with a number of their own, which keeps like names apart."""
    axis = name_axis()
    axis.labelExpr = "slice(split(datum.label, '|'), 1)"
    axis.labelPadding = NAME_PADDING
    axis.labelOffset = _half_of_lines(numbers=1)
    return axis


def centred_names(chart: Chart) -> Chart:
    """Return a chart of rows whose names in several lines stand about the middles of their rows."""
    centred: Chart = chart.configure_axisY(labelOffset=_half_of_lines())
    return centred


def _half_of_lines(numbers: int = 0) -> alt.ExprRef:
    """Return by how much a name is lifted: half of its lines but the first, not counting a number before."""
    return alt.ExprRef(expr=f"{-NAME_LINE / 2} * (length(split(datum.label, '|')) - {1 + numbers})")


def folded(name: str, letters: int = NAME_LETTERS) -> list[str]:
    """Return a name in as many lines as it needs beside a row."""
    return wrap(name, letters) or [""]
