"""Charts linked by one slider: what each shows, and where its marks stand at every step.

A page shows one sweep, or two that are laid over each other. All places are computed here; the script of the
page moves marks and writes down what was computed. Without the script the charts stand at the operating
threshold, and the tables hold the figures.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeAlias

import numpy as np

from dossier.texts import Language
from screening.evaluation.pages import charts, html_charts
from screening.evaluation.pages.charts import COLOURS, DASHES, INK, Chart, Frame
from screening.evaluation.pages.html_linked_words import kind_name
from screening.evaluation.pages.html_parts import Share
from screening.evaluation.pages.html_sides import Content, Series, Side
from screening.evaluation.pages.research_charts import (
    DASHED,
    SOLID,
    Axis,
    Line,
    Span,
    Values,
    along,
    centred_names,
    folded,
    lines,
    log_axis,
    middle_of_row,
    normal_axis,
    plain_axis,
    rows_frame,
    share_axis,
    spans,
    upwards,
)
from screening.evaluation.texts import LANGUAGES, Said, number, text

Mark: TypeAlias = dict[str, Any]
"""One moving mark, for the script: its kind, its look, and where it stands at every step."""

FRAME = Frame(268, 230, 62, 10, 18, 48, (0.0, 1.0))
MOST_FLAGGED = charts.MOST_FLAGGED
FAMILY_COLOURS = ("#7A1F5C", "#007A5A", "#4B3FA8", "#A33B20", "#5B6C7B", "#2E7D32", "#B0307A", "#6B4A2B")
"""For lines of victims by typology; none of them is a colour of the lawful or the irregular."""

FAMILY_DASHES = ((8.0, 3.0), (3.0, 2.0), (8.0, 3.0, 2.0, 3.0), (1.5, 2.5))
LEAST_FLAGS = 0.1
"""Flags per 10,000 at which the axis of the workload begins."""

LIFT = 7.0


@dataclass(frozen=True)
class Linked:
    """A chart that the slider drives.

    Attributes:
        draw: Draws it in a language.
        frame: Where its plot stands.
        marks: What moves over it.
    """

    draw: Callable[[Language], Chart]
    frame: Frame
    marks: Sequence[Mark]

    def pictures(self, name: str) -> dict[str, str]:
        """Return the chart as SVG, by language."""
        return charts.in_languages(self.draw, name)

    def to_json(self) -> dict[str, Any]:
        """Return frame and marks, for the script."""
        frame = self.frame
        return {
            "left": frame.left,
            "top": frame.top,
            "width": frame.width,
            "height": frame.height,
            "marks": list(self.marks),
        }


def linked_charts(sides: Sequence[Side]) -> dict[str, Linked]:
    """Return the charts of one sweep or of two, by name: those for which there is somebody to show."""
    found: dict[str, Linked] = {}
    if any(side.victims.n and side.others.n for side in sides):
        found["tradeoff"] = _tradeoff(sides)
        found["roc"] = _curve(sides, share_axis(text("linked.victims_flagged")), _roc, slope=True)
        found["det"] = _curve(sides, normal_axis(text("linked.missed_axis")), _det, slope=False)
        found["workload"] = _workload([side for side in sides if side.flags is not None])
    if sides[-1].groups:
        found["groups"] = _groups(sides)
    return found


def _dash(place: int, sides: Sequence[Side]) -> tuple[float, ...]:
    """Return how the lines of a side are stroked: the later one of two is solid."""
    return SOLID if place == len(sides) - 1 else DASHED


def _plot(found: Sequence[Line], x: Axis, y: Axis, *, guide: str, **more: Any) -> Linked:
    """Return a plot of lines with an open mark on each, and a dashed guide through the first of them."""
    draw = partial(lines, found, x, y, FRAME, **more)
    marks = [_point(one, x, y) for one in found if one.here is not None]
    across: Mark = {"kind": guide, guide: marks[0]["x" if guide == "upright" else "y"]}
    return Linked(lambda language: draw(language=language), FRAME, [across, *marks])


def _point(one: Line, x: Axis, y: Axis) -> Mark:
    mark: Mark = {
        "kind": "point",
        "shape": one.shape,
        "colour": one.colour,
        "x": along(x, one.x, FRAME.width),
        "y": upwards(y, one.y, FRAME.height),
    }
    return mark


def _tradeoff(sides: Sequence[Side]) -> Linked:
    shown = [
        series.estimate[side.here] for side in sides for series in (side.lawful, side.irregular) if series.n
    ]
    x = share_axis(text("chart.flagged"), MOST_FLAGGED if max(shown, default=0.0) < MOST_FLAGGED else 1.0)
    y = share_axis(text("chart.missed"))
    found = [
        Line(
            series.estimate,
            side.victims.estimate,
            side.here,
            COLOURS[series.who],
            series.who,
            _dash(place, sides) if len(sides) > 1 else tuple(DASHES[series.who]),
        )
        for place, side in enumerate(sides)
        for series in (side.lawful, side.irregular)
        if series.n and side.victims.n
    ]
    return _plot(found, x, y, guide="level")


def _roc(series: Series) -> Values:
    return np.asarray(1 - series.estimate)


def _det(series: Series) -> Values:
    return series.estimate


def _curve(sides: Sequence[Side], y: Axis, value: Callable[[Series], Values], *, slope: bool) -> Linked:
    """Return a plot of victims against others flagged: all victims, and each typology where one is shown."""
    title = text("linked.others_axis")
    x = share_axis(title) if slope else normal_axis(title)
    found = [
        Line(
            side.others.estimate,
            value(side.victims),
            side.here,
            COLOURS["victim"],
            "victim",
            _dash(place, sides),
        )
        for place, side in enumerate(sides)
        if side.victims.n and side.others.n
    ]
    if len(sides) == 1 and len(sides[0].families) > 1:
        found += [
            Line(
                sides[0].others.estimate,
                value(family),
                sides[0].here,
                *family_look(place),
                width=1.8,
            )
            for place, family in enumerate(sides[0].families)
        ]
    return _plot(found, x, y, guide="upright", slope=slope)


def family_look(place: int) -> tuple[str, str, tuple[float, ...]]:
    """Return colour, shape and dash of the line of a typology."""
    colour = FAMILY_COLOURS[place % len(FAMILY_COLOURS)]
    return colour, "victim", FAMILY_DASHES[place % len(FAMILY_DASHES)]


def _workload(sides: Sequence[Side]) -> Linked:
    x = threshold_axis(sides)
    found = [line for place, side in enumerate(sides) for line in _workload_lines(side, _dash(place, sides))]
    most = max(float(one.y.max()) for one in found)
    return _plot(found, x, log_axis(text("linked.flags_axis"), LEAST_FLAGS, most), guide="upright")


def _workload_lines(side: Side, dash: tuple[float, ...]) -> Iterator[Line]:
    """Yield the flags, and as thin lines the ends of their interval."""
    if side.flags is None:
        return
    yield Line(side.thresholds, side.flags.estimate, side.here, INK, "facilitator", dash)
    for end in (side.flags.low, side.flags.high):
        yield Line(side.thresholds, end, None, INK, "facilitator", (1.5, 2.5), 1.0)


def threshold_axis(sides: Sequence[Side]) -> Axis:
    """Return an axis of thresholds that holds all steps."""
    every = np.concatenate([side.thresholds for side in sides])
    return plain_axis(text("chart.threshold"), float(every.min()), float(every.max()))


def _groups(sides: Sequence[Side]) -> Linked:
    """Return the rows of groups, each with the miss rate of either side and its interval."""
    axis = share_axis(text("chart.missed"))
    groups = sides[-1].groups
    frame = rows_frame([group.name for group in groups])
    looks = [(side, lift, _of_side(n, sides)) for n, (side, lift) in enumerate(_lifted(sides))]
    rows = [
        (
            group.name,
            [
                _span(one.at(side.here), colour, lift)
                for side, lift, colour in looks
                for one in _like(side, group)
            ],
        )
        for group in groups
    ]
    marks = [
        _moving_span(one, colour, middle_of_row(frame, row, len(groups)) - lift, axis, frame)
        for row, group in enumerate(groups)
        for side, lift, colour in looks
        for one in _like(side, group)
    ]
    return Linked(partial(spans, rows, axis), frame, marks)


def _span(rate: Share, colour: str, lift: float) -> Span:
    return Span(rate.estimate or 0.0, rate.low, rate.high, colour, "victim", lift)


def _moving_span(one: Series, colour: str, row: float, axis: Axis, frame: Frame) -> Mark:
    ends = {"x": one.estimate, "low": one.ends[0], "high": one.ends[1]}
    places = {name: along(axis, values, frame.width) for name, values in ends.items()}
    return {"kind": "span", "shape": "victim", "colour": colour, "row": row, **places}


def _lifted(sides: Sequence[Side]) -> list[tuple[Side, float]]:
    return [(sides[0], 0.0)] if len(sides) == 1 else list(zip(sides, (LIFT, -LIFT), strict=True))


def _of_side(place: int, sides: Sequence[Side]) -> str:
    """Return the colour of a side among groups; the earlier one of two is grey."""
    return COLOURS["victim"] if place == len(sides) - 1 else FAMILY_COLOURS[4]


def _like(side: Side, wanted: Series) -> list[Series]:
    """Return the same group of a side, if there is anybody in it."""
    key = (wanted.grouping, wanted.group)
    return [one for one in side.groups if (one.grouping, one.group) == key and one.n]


def recommended(content: Content) -> Linked:
    """Return the recommendations of each kind of people; a tick stands where flags at the slider begin.

    The ticks are those of the same people, whose cues are counted too.
    """
    kinds = [(one, kind_name(one["group"], content)) for one in content["recommendations"]]
    bars = {
        _in_lines(name, one["n"]): {kind: one[kind] for kind in html_charts.SHADES} for one, name in kinds
    }
    draw = partial(html_charts.stacked, bars, html_charts.SHADES, text("chart.people"))
    frame = frame_of(draw("en"))
    axis = share_axis(text("chart.people"))
    groups = content.get("cues", {}).get("groups", ())
    steps = {one["group"]: _flagged(one) for one in groups if one["n"]}
    marks = [
        {
            "kind": "tick",
            "row": middle_of_row(frame, row, len(kinds)),
            "x": along(axis, 1 - steps[one["group"]], frame.width),
        }
        for row, (one, _) in enumerate(kinds)
        if one["group"] in steps
    ]
    return Linked(lambda language: centred_names(draw(language)), frame, marks)


def _in_lines(name: Said, n: int) -> Said:
    """Return a name with its n in as many lines as it needs; a bar begins a new one."""
    return Said(
        *(
            "|".join(
                [*folded(name.in_language(one), html_charts.ONE_LINE), f"({number(n).in_language(one)})"]
            )
            for one in LANGUAGES
        )
    )


def _flagged(kind: Content) -> Values:
    """Return the share of a kind of people that is flagged at every step."""
    counted = kind.get("flagged", kind.get("missed"))
    share = np.asarray(counted, dtype=np.float64) / kind["n"]
    return share if "flagged" in kind else np.asarray(1 - share)


def reliable(content: Content) -> Linked:
    """Return the chances shown and what came true; a guide stands at the chance of the slider's threshold."""
    draw = partial(html_charts.reliability, content)
    frame = frame_of(draw("en"))
    least = html_charts.SMALLEST_CHANCE
    chances = np.clip(np.asarray(content["sweep"]["chances"], dtype=np.float64), least, 1.0)
    axis = log_axis(text("chart.shown"), least, 1.0)
    return Linked(draw, frame, [{"kind": "upright", "upright": along(axis, chances, frame.width)}])


def frame_of(chart: Chart) -> Frame:
    """Return where the plot of a drawn chart stands."""
    room = chart.padding
    return Frame(chart.width, chart.height, room["left"], room["top"], room["right"], room["bottom"], (0, 1))
