"""Charts of the fairness part: the rate of each group with an interval that holds beside all others.

One for the victims who are missed and one for the lawful people who are flagged, in the look of `charts.py`.
Whatever is drawn stands as a table in the page as well; nothing is estimated anew.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from textwrap import wrap
from typing import Any

import altair as alt

from dossier.texts import Language
from screening.evaluation.pages.charts import COLOURS, INK, Chart, Frame, chart_of, framed, name_axis, share_x
from screening.evaluation.pages.html_fairness_names import Side, member_name
from screening.evaluation.pages.html_parts import Content, share, top_of
from screening.evaluation.texts import percent, text

WHO = {"miss": "victim", "burden": "lawful"}
DRAWN = ("sex", "age_band", "typology")
"""Divisions of the charts; provinces and crossed groups are many, and stand in tables."""


def makers(content: Content) -> Mapping[str, partial[Chart]]:
    """Return what draws the charts of the section, by name: those for which there are groups to show."""
    found = content.get("fairness") or {}
    sides: tuple[Side, ...] = ("miss", "burden")
    return {
        f"fairness-{side}": partial(group_chart, side=side) for side in sides if _drawn(found.get(side, ()))
    }


def _drawn(found: Sequence[Content]) -> list[Content]:
    return [one for one in found if one["by"] in DRAWN and one["groups"]]


def group_chart(content: Content, language: Language, *, side: Side) -> Chart:
    """Draw the rate of each group with its simultaneous interval, the divisions one below the other.

    Args:
        content: The evaluation.
        language: Of the names and numbers.
        side: Victims who are missed, or lawful people who are flagged.
    """
    divisions = _drawn(content["fairness"][side])
    rows = list(_dots(divisions, content, language))
    names = [row["name"] for row in rows]
    tall = LINE * max(name.count("|") + 1 for name in names) + SPACE
    top = top_of([share(one["rate"]) for found in divisions for one in found["groups"]])
    frame = Frame(206, tall * len(rows), 130, 8, 44, 48, (0.0, top))
    x = share_x(frame, text(_AXIS[side]).in_language(language), language, "low")
    y = alt.Y("name:N", scale=alt.Scale(domain=names), axis=name_axis())
    base = chart_of([row for row in rows if row["n"]]).encode(y=y)
    colour = COLOURS[WHO[side]]
    shape = "circle" if side == "miss" else "square"
    return framed(
        [
            base.mark_rule(strokeWidth=4, color=colour, opacity=0.45, clip=True).encode(x=x, x2="high:Q"),
            base.mark_point(filled=True, size=80, opacity=1, color=colour, shape=shape, clip=True).encode(
                x=alt.X("estimate:Q")
            ),
            base.mark_text(align="left", dx=6, fontSize=12, color=INK).encode(
                x=alt.value(frame.width), text="label:N"
            ),
        ],
        frame,
    )


_AXIS = {"miss": "chart.missed", "burden": "fairness.axis"}

LINE, SPACE = 14, 10
"""Pixels of a line of a name, and between two names."""

LETTERS = 20
"""Letters of a name that one line beside the chart can hold."""


def _dots(divisions: Sequence[Content], content: Content, language: Language) -> Iterator[dict[str, Any]]:
    """Yield one row for each group, and an empty one between two divisions."""
    for place, found in enumerate(divisions):
        if place:
            yield {"name": " " * place, "n": 0}
        for one in found["groups"]:
            name = member_name(found["by"], one["group"], content)
            yield {
                "name": "|".join(wrap(name.in_language(language), LETTERS)),
                "label": percent(one["rate"]["estimate"]).in_language(language),
                **{part: one["rate"][part] for part in ("estimate", "low", "high", "n")},
            }
