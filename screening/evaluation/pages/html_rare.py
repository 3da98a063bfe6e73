"""The chart of rare victims: what a flag is worth along the share of victims, with the band of its interval.

Drawn from an evaluation's content in the frames and the look of `charts.py`; nothing is estimated anew.
"""

import json
from math import floor, log10
from typing import Any

import altair as alt

from dossier.texts import Language
from screening.evaluation.pages.charts import COLOURS, INK, Chart, Content, Frame, chart_of, framed
from screening.evaluation.texts import Said, one_in, text

ROUNDING = 1e-9
LEAST_PRECISION = 1e-6
"""Where the axis of precision begins at the lowest: one in a million who are flagged."""


def precision(content: Content, language: Language) -> Chart:
    """Draw which share of those flagged are victims, along the share of victims, on logarithmic axes."""
    rows = [row for row in content["rare_events"]["curve"] if row["precision"]]
    shown = [
        {
            "share": row["prevalence"],
            "precision": row["precision"],
            "low": max(row["low"], LEAST_PRECISION),
            "high": row["high"],
            "tenfold": row["tenfold"],
        }
        for row in rows
    ]
    frame = _frame(content)
    x = alt.X("share:Q", **_log(frame.x, text("rare.share_axis"), language))
    y, low = (
        alt.Y(f"{column}:Q", **_log(frame.y, text("rare.precision_axis"), language))
        for column in ("precision", "low")
    )
    base = chart_of(shown).encode(x=x)
    marks = chart_of([row for row in shown if row["tenfold"]]).encode(x=x, y=y)
    colour = COLOURS["victim"]
    return framed(
        [
            base.mark_area(color=colour, opacity=0.25, clip=True).encode(y=low, y2="high:Q"),
            base.mark_line(color=colour, strokeWidth=2.5, clip=True).encode(y=y),
            marks.mark_point(filled=True, size=90, opacity=1, color=colour, stroke=INK, strokeWidth=1),
        ],
        frame,
    )


def has_precision(content: Content) -> bool:
    """Tell whether there is anything to draw."""
    return any(row["precision"] for row in content.get("rare_events", {}).get("curve", ()))


def _frame(content: Content) -> Frame:
    """Return a frame whose axes end at powers of ten."""
    curve = content["rare_events"]["curve"]
    found = [row for row in curve if row["precision"]]
    bottom = min(_power_below(max(row["low"], LEAST_PRECISION)) for row in found)
    return Frame(360, 230, 92, 10, 34, 48, (curve[0]["prevalence"], curve[-1]["prevalence"]), (bottom, 1.0))


def _power_below(share: float) -> float:
    """Return the power of ten that is at most a share.

    Examples:
        >>> _power_below(0.02), _power_below(0.001)
        (0.01, 0.001)
    """
    return float(f"1e{floor(log10(share) + ROUNDING)}")


def _log(ends: tuple[float, float], title: Said, language: Language) -> dict[str, Any]:
    """Return scale and axis of shares by powers of ten, each said as one in so many."""
    first, last = (round(log10(end)) for end in ends)
    powers = {power: float(f"1e{power}") for power in range(first, last + 1)}
    names = [one_in(value).in_language(language) if value < 1 else "1" for value in powers.values()]
    place = f"round(log(datum.value) / LN10) - {first}".replace("- -", "+ ")
    axis = alt.Axis(
        title=title.in_language(language),
        values=list(powers.values()),
        labelExpr=f"{json.dumps(names)}[{place}]",
        labelLimit=0,
    )
    return {"scale": alt.Scale(type="log", domain=list(ends)), "axis": axis}
