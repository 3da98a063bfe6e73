"""The page of `saring stress`: one section for each test, the one that showed most harm first.

Question, answer and assumption are the finding's own, in both languages; a chart and a table show its rows.
All figures come from `stress.json`, and nothing is estimated anew. The page is one file that asks nobody for
anything.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Literal

from dossier.text_files import write_text
from screening.evaluation.pages import charts
from screening.evaluation.pages.charts import COLOURS
from screening.evaluation.pages.html_page import rendered
from screening.evaluation.pages.html_parts import Content, Share, share
from screening.evaluation.pages.html_stress_charts import (
    drawn,
    has_changes,
    has_rates,
    is_curve,
    line_name,
    lines_of,
)
from screening.evaluation.texts import Said, number, percent, said, text

OPEN_ROWS = 14
"""Rows of a table that are shown at once; the rest unfold."""

MEASURES = ("miss_rate", "miss_change", "false_flag_rate", "flag_change")


@dataclass(frozen=True)
class Head:
    """What stands over a column.

    Attributes:
        key: Of the numbers, in a row.
        name: What they are.
        kind: How they are shown.
        who: Whose mark stands with them; empty for none.
    """

    key: str
    name: Said
    kind: Literal["rate", "change", "share", "number", "fine"]
    who: str = ""


@dataclass(frozen=True)
class Cell:
    """One cell: a rate with its interval and n, or a number in words; neither where nothing was measured."""

    rate: Share | None = None
    words: Said | None = None
    ends: Said | None = None


@dataclass(frozen=True)
class Table:
    """The rows of one series.

    Attributes:
        name: What the series is; None for the only one.
        heads: The columns in which any of its rows holds something.
        rows: Names and cells; the first `OPEN_ROWS` are shown at once.
    """

    name: Said | None
    heads: Sequence[Head]
    rows: Sequence[tuple[Said, Sequence[Cell]]]

    @property
    def shown(self) -> Sequence[tuple[Said, Sequence[Cell]]]:
        """The first rows."""
        return self.rows[:OPEN_ROWS]

    @property
    def folded(self) -> Sequence[tuple[Said, Sequence[Cell]]]:
        """The rest."""
        return self.rows[OPEN_ROWS:]


@dataclass(frozen=True)
class Shown:
    """One finding as the page shows it.

    Attributes:
        test: Id of the test.
        title, question, answer, assumed: Its own words.
        rise, rise_of_flags: The largest rise of the miss rate and of the false-flag rate that it showed for
            certain, in points.
        figure: Its chart by language; None where there is nothing to draw.
        legend: Colours of the chart and what they stand for.
        caption: What the chart shows.
        tables: The leading rows first.
    """

    test: str
    title: Said
    question: Said
    answer: Said
    assumed: Said
    rise: Said
    rise_of_flags: Said
    figure: Mapping[str, str] | None
    legend: Sequence[tuple[str, Said]]
    caption: Said
    tables: Sequence[Table]


def write_stress_html(content: Mapping[str, Any], path: Path) -> None:
    """Write the page of stress tests, aside and then renamed.

    Args:
        content: As it stands in `stress.json`.
        path: The file.
    """
    write_text(path, stress_page(content))


def stress_page(content: Content) -> str:
    """Return the page of stress tests as HTML."""
    view = {
        "c": content,
        "findings": [shown(finding) for finding in content["findings"]],
        "passed_over": content["left_out"],
        "before": {
            name: share(content[name]) for name in ("miss_rate", "lawful_flagged", "irregular_flagged")
        },
    }
    return rendered("stress.html", ["report.css", "stress.css"], ["page.js", "report.js"], view)


def shown(finding: Content) -> Shown:
    """Return a finding as the page shows it."""
    has_chart = is_curve(finding) or has_changes(finding) or has_rates(finding)
    return Shown(
        test=finding["test"],
        title=said(finding["title"]),
        question=said(finding["question"]),
        answer=said(finding["answer"]),
        assumed=said(finding["assumed"]),
        rise=_rise(finding["rise"]),
        rise_of_flags=_rise(finding["rise_of_flags"]),
        figure=_figure(finding) if has_chart else None,
        legend=_legend(finding),
        caption=_caption(finding),
        tables=tables_of(finding),
    )


def tables_of(finding: Content) -> list[Table]:
    """Return the tables of a finding: one for each series that it names, the leading one first; or one."""
    names = finding.get("series", {})
    if not names:
        return [_table(finding, None, finding["rows"])]
    order = sorted(names, key=lambda key: key != finding.get("leads", next(iter(names))))
    apart = [row for row in finding["rows"] if row.get("series") not in names]
    found = []
    for place, key in enumerate(order):
        rows = [row for row in finding["rows"] if row.get("series") == key]
        if rows or (apart and not place):
            found.append(_table(finding, said(names[key]), [*(apart if not place else ()), *rows]))
    return found


def _table(finding: Content, name: Said | None, rows: Sequence[Content]) -> Table:
    heads = [head for head in _heads(finding) if any(row.get(head.key) is not None for row in rows)]
    return Table(
        name, heads, [(said(row["name"]), [_cell(row.get(h.key), h.kind) for h in heads]) for row in rows]
    )


def _heads(finding: Content) -> list[Head]:
    own = [Head(column["key"], said(column["name"]), column["kind"]) for column in finding.get("columns", ())]
    return [
        Head("miss_rate", text("stress.missed"), "rate", "victim"),
        Head("miss_change", text("stress.change"), "change"),
        Head("false_flag_rate", text("stress.flagged"), "rate"),
        Head("flag_change", text("stress.change"), "change"),
        *own,
    ]


def _cell(value: Any, kind: str) -> Cell:
    if value is None:
        return Cell()
    if kind == "rate":
        return Cell(rate=share(value))
    if kind == "change":
        return _in_words(value, lambda one: number(100 * one, 1, signed=True), text("stress.nobody"))
    written = {
        "share": percent,
        "number": number,
        "fine": lambda one: number(one, 1),
    }[kind]
    return _in_words(value if isinstance(value, Mapping) else {"estimate": value}, written, said("–"))


def _in_words(value: Content, written: Any, nobody: Said) -> Cell:
    """Return a number in words, with the ends of its interval where it has both."""
    if value["estimate"] is None:
        return Cell(words=nobody)
    low, high = value.get("low"), value.get("high")
    ends = None if low is None or high is None else text("stress.ends", low=written(low), high=written(high))
    return Cell(words=written(value["estimate"]), ends=ends)


def _rise(rise: float) -> Said:
    return number(100 * rise, 1, signed=True) if rise > 0 else said("–")


def _figure(finding: Content) -> dict[str, str]:
    return charts.in_languages(partial(drawn, finding), finding["test"].replace("_", "-"))


def _legend(finding: Content) -> list[tuple[str, Said]]:
    if is_curve(finding):
        return [(colour, line_name(finding, line)) for line, colour in lines_of(finding)]
    if has_changes(finding):
        found = [(COLOURS["victim"], text("stress.missed"))]
        has_flags = any(row.get("flag_change", {}).get("n") for row in finding["rows"])
        return [*found, (COLOURS["lawful"], text("stress.flagged"))] if has_flags else found
    return []


def _caption(finding: Content) -> Said:
    if is_curve(finding):
        return text("stress.curve_caption", axis=said(finding["axis"]))
    return text("stress.changes_caption" if has_changes(finding) else "stress.rates_caption")
