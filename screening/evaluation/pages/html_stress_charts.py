"""Charts of stress tests: a curve along what was changed, or rows of changes or rates with their intervals.

Plain functions from a finding of `stress.json` to Altair specifications, in the frames and the look of
`charts.py`. What is drawn stands in the page as a table as well; nothing is estimated anew.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from textwrap import wrap
from typing import Any

import altair as alt

from dossier.texts import Language
from screening.evaluation.pages.charts import COLOURS, INK, Chart, Content, Frame, chart_of, framed, name_axis
from screening.evaluation.pages.html_charts import Dot, dots
from screening.evaluation.texts import Said, number, percent, said, text

ROWS = 12
"""Rows of a chart at most; those that matter most stand first in a finding."""

LETTERS = 20
"""Letters of a name that one line beside a row can hold."""

ROW, LINE = 34, 9
"""Pixels between rows, and more of them for each line of a name above two."""

TENFOLD = 30
"""Beyond this ratio of the ends of an axis it is drawn by powers of ten."""

SERIES = ("#D55E00", "#0072B2", "#B8860B", "#9A4F7F", "#2F7D5B", "#52606D")
MISS, FLAG = "miss_rate", "false_flag_rate"
ENDS = ("estimate", "low", "high")


def lead_rows(finding: Content) -> list[Content]:
    """Return the rows of the series that leads, and those of none; all rows where no series leads."""
    leads = finding.get("leads")
    return [row for row in finding["rows"] if leads is None or row.get("series", leads) == leads]


def is_curve(finding: Content) -> bool:
    """Tell whether a finding is drawn along an axis: if it names one, and two of its rows stand on it."""
    return "axis" in finding and len({point["x"] for point in _points(finding)}) > 1


def has_changes(finding: Content) -> bool:
    """Tell whether the leading rows of a finding say how the miss rate changed."""
    return any(row.get("miss_change", {}).get("n") for row in lead_rows(finding))


def has_rates(finding: Content) -> bool:
    """Tell whether the leading rows of a finding hold a miss rate."""
    return any(row.get(MISS, {}).get("n") for row in lead_rows(finding))


def drawn(finding: Content, language: Language) -> Chart:
    """Return the chart of a finding, which must have something to show."""
    if is_curve(finding):
        return curve(finding, language)
    return changes(finding, language) if has_changes(finding) else rates(finding, language)


# --- curves -----------------------------------------------------------------------------------------


def curve(finding: Content, language: Language) -> Chart:
    """Draw rates along the axis of a finding, one line for each rate and series."""
    points = _points(finding)
    x_ends = min(point["x"] for point in points), max(point["x"] for point in points)
    y_ends = _y_ends(points)
    frame = Frame(268, 210, 62, 10, 18, 48, x_ends, y_ends)
    x = alt.X("x:Q", **_axis(x_ends, said(finding["axis"]), language, shares=x_ends[1] <= 1))
    y, low = (alt.Y(f"{end}:Q", **_axis(y_ends, None, language, shares=True)) for end in ("estimate", "low"))
    names = [key for key, _ in lines_of(finding)]
    colour = alt.Color(
        "line:N",
        scale=alt.Scale(domain=names, range=[colour for _, colour in lines_of(finding)]),
        legend=None,
    )
    base = chart_of(points).encode(x=x, color=colour)
    return framed(
        [
            base.mark_rule(strokeWidth=4, opacity=0.35).encode(y=low, y2="high:Q"),
            base.mark_line(strokeWidth=2).encode(y=y),
            base.mark_point(filled=True, size=60, opacity=1).encode(y=y),
        ],
        frame,
    )


def lines_of(finding: Content) -> list[tuple[str, str]]:
    """Return the lines of a curve, each with its colour: a rate, in a series where there are several."""
    lines = list(dict.fromkeys(point["line"] for point in _points(finding)))
    return [(line, SERIES[place % len(SERIES)]) for place, line in enumerate(lines)]


def line_name(finding: Content, line: str) -> Said:
    """Return what a line of a curve is called."""
    key, _, series = line.partition("|")
    rate = (
        text("stress.missed")
        if key == MISS
        else text("stress.flagged")
        if key == FLAG
        else _column(finding, key)
    )
    names = finding.get("series", {})
    if not series or (series not in names and _is_one_series(finding)):
        return rate
    name = said(names[series]) if series in names else said(series.replace("_", " "))
    return Said(f"{rate.en}: {name.en}", f"{rate.id}: {name.id}")


def _is_one_series(finding: Content) -> bool:
    return len({point["line"].partition("|")[2] for point in _points(finding)}) == 1


def _column(finding: Content, key: str) -> Said:
    found = [column["name"] for column in finding.get("columns", ()) if column["key"] == key]
    return said(found[0]) if found else text("stress.mixture")


def _points(finding: Content) -> list[dict[str, Any]]:
    return list(_yielded(finding, finding.get("drawn") or (MISS, FLAG)))


def _yielded(finding: Content, keys: Sequence[str]) -> Iterator[dict[str, Any]]:
    for row in finding["rows"]:
        for key in keys if "at" in row else ():
            rate: Mapping[str, Any] = row.get(key) or {}
            if rate.get("estimate") is not None:
                line = f"{key}|{row['series']}" if "series" in row else key
                yield {"x": row["at"], "line": line, **{end: rate[end] for end in ENDS}}


def _y_ends(points: Sequence[Mapping[str, Any]]) -> tuple[float, float]:
    """Return the ends of the axis of rates: from zero to a round one, or by powers of ten for tiny ones."""
    most = max(point["high"] for point in points)
    least = min(point["low"] for point in points)
    if least > 0 and most / least > TENFOLD and most < 1 / TENFOLD * 10:
        return 10.0 ** math.floor(math.log10(least)), 10.0 ** math.ceil(math.log10(most))
    return 0.0, min(1.0, math.ceil(10 * most) / 10)


def _axis(
    ends: tuple[float, float], title: Said | None, language: Language, *, shares: bool
) -> dict[str, Any]:
    """Return scale and axis of a number: as a share in per cent, by powers of ten where it spans many."""
    is_log = ends[0] > 0 and ends[1] / ends[0] > TENFOLD
    scale = alt.Scale(type="log", domain=list(ends)) if is_log else alt.Scale(domain=list(ends), nice=False)
    point = number(0.5, 1).in_language(language)[1]
    sign = percent(1.0).in_language(language).removeprefix("100")
    shown = (
        "replace(format(datum.value * 100, '~g'), '.', '{}') + '{}'"
        if shares
        else "replace(format(datum.value, '~g'), '.', '{}')"
    )
    ticks: dict[str, Any] = {"tickCount": 5}
    if is_log:
        powers = range(math.ceil(math.log10(ends[0])), math.floor(math.log10(ends[1])) + 1)
        ticks = {"values": [10.0**power for power in powers]}
    axis = alt.Axis(
        title=None if title is None else title.in_language(language),
        labelExpr=shown.format(point, sign) if shares else shown.format(point),
        **ticks,
    )
    return {"scale": scale, "axis": axis}


# --- rows -------------------------------------------------------------------------------------------


def changes(finding: Content, language: Language) -> Chart:
    """Draw by how many points the miss rate and the false-flag rate changed, one row for each change."""
    rows = [row for row in lead_rows(finding) if row.get("miss_change", {}).get("n")][:ROWS]
    names = _names(rows, language)
    values = [
        {"name": name, "who": who, **{end: 100 * row[key][end] for end in ENDS}}
        for name, row in zip(names, rows, strict=True)
        for who, key in (("victim", "miss_change"), ("lawful", "flag_change"))
        if row.get(key, {}).get("n")
    ]
    tall = _height(names)
    most = max((abs(value[end]) for value in values for end in ("low", "high")), default=1.0)
    low = min(0.0, *(value["low"] for value in values))
    ends = -math.ceil(-low) if low < 0 else 0, math.ceil(most)
    frame = Frame(196, tall, 132, 8, 16, 48, (float(min(ends[0], -0.5) if low < 0 else 0.0), float(ends[1])))
    x = alt.X("low:Q", scale=alt.Scale(domain=list(frame.x), nice=False), axis=_points_axis(language))
    y = alt.Y("name:N", sort=list(dict.fromkeys(names)), axis=name_axis())
    shift = alt.YOffset("who:N", scale=alt.Scale(domain=["victim", "lawful"]))
    colour = alt.Color(
        "who:N",
        scale=alt.Scale(domain=["victim", "lawful"], range=[COLOURS["victim"], COLOURS["lawful"]]),
        legend=None,
    )
    shape = alt.Shape(
        "who:N", scale=alt.Scale(domain=["victim", "lawful"], range=["circle", "square"]), legend=None
    )
    base = chart_of(values)
    zero = chart_of([{"zero": 0}]).mark_rule(color=INK, strokeWidth=1)
    return framed(
        [
            zero.encode(
                x=alt.X(
                    "zero:Q", scale=alt.Scale(domain=list(frame.x), nice=False), axis=_points_axis(language)
                )
            ),
            base.mark_rule(strokeWidth=3, opacity=0.45).encode(
                x=x, x2="high:Q", y=y, yOffset=shift, color=colour
            ),
            base.mark_point(filled=True, size=55, opacity=1).encode(
                x=alt.X("estimate:Q"), y=y, yOffset=shift, color=colour, shape=shape
            ),
        ],
        frame,
    )


def rates(finding: Content, language: Language) -> Chart:
    """Draw the miss rate of each row, with its interval."""
    rows = [row for row in lead_rows(finding) if row.get(MISS, {}).get("n")][:ROWS]
    return dots(
        [Dot(Said(*(_folded(row["name"][one]) for one in ("en", "id"))), row[MISS]) for row in rows], language
    )


def _points_axis(language: Language) -> alt.Axis:
    return alt.Axis(
        title=text("stress.points_axis").in_language(language),
        tickCount=5,
        labelExpr="replace(format(datum.value, '~g'), '-', '−')",
    )


def _names(rows: Sequence[Content], language: Language) -> list[str]:
    return [_folded(row["name"][language]) for row in rows]


def _folded(name: str) -> str:
    return "|".join(wrap(name, LETTERS))


def _height(names: Sequence[str]) -> int:
    distinct = list(dict.fromkeys(names))
    lines = max(name.count("|") for name in distinct)
    return (ROW + LINE * max(lines - 1, 0)) * len(distinct)
