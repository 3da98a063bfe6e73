"""What `saring tune` writes as one HTML file: the certificate in words, what stands behind it, linked charts.

The headline says at once whether the threshold is usable, and of whom the certificate speaks: a simulated
population. Everything else is arrangement; all figures come from `tuning.json`, and the page adds the exact
intervals of its counts. It asks nobody for anything.
"""

from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from dossier.text_files import write_text
from screening.evaluation.pages.charts import COLOURS
from screening.evaluation.pages.html_linked import FRAME, Linked
from screening.evaluation.pages.html_linked_view import SCRIPTS, STYLES, linked_view
from screening.evaluation.pages.html_page import rendered
from screening.evaluation.pages.html_parts import TABLE_ROWS, share
from screening.evaluation.pages.html_samples import samples
from screening.evaluation.pages.html_sides import Content, crossed_name, side_of
from screening.evaluation.pages.research_charts import (
    DASHED,
    Axis,
    Line,
    lines,
    log_axis,
    share_axis,
)
from screening.evaluation.texts import Said, limit, number, percent, percents, said, text

PARTS = ("verdict", "certified", "capacity", "verify")
CERTIFICATE = "certificate.json"
LEAST_FLAGS = 0.1
"""Flags per 10,000 at which the axis of the capacity chart begins, at the latest."""

MADE_OF_LEFT_OUT = frozenset(
    (
        "statement",
        "headline",
        "claim",
        "mixture",
        "groups",
        "empty_groups",
        "everybody",
        "others",
        "capacity",
        "schema_version",
        "synthetic",
        "kind",
        "threshold",
        "thresholds",
    )
)
"""What the page shows elsewhere; all else in a certificate says what it was made of."""


def write_tune_html(content: Mapping[str, Any], path: Path) -> None:
    """Write the page of a tuned threshold, aside and then renamed.

    Args:
        content: What stands in `tuning.json`, with or without the content of `chart_content`.
        path: The file.
    """
    write_text(path, tune_page(content))


def tune_page(content: Mapping[str, Any]) -> str:
    """Return the page of a tuned threshold."""
    sides = [side_of(content["sweep"], content)] if content.get("sweep") else []
    certificate = content["certificate"]
    view = {
        "c": content,
        "certificate": certificate,
        "title": title(content),
        "parts": PARTS,
        "parts_after": (),
        "verdict": certificate["headline"]["verdict"],
        "stage": next(iter(certificate["thresholds"])),
        "confidence": limit(certificate["asked"]["confidence"]),
        "group_rows": [_group_row(one, content) for one in content["groups"]],
        "groups_say": list(_groups_say(content)),
        "next_miss": _next_miss(content),
        "capacity_says": list(_capacity_says(content)),
        "capacity_picture": capacity_chart(content).pictures("capacity"),
        "capacity_points": _table_points(content["capacity"]),
        "made_of": list(made_of(certificate)),
        "certificate_name": CERTIFICATE,
        "fresh": _fresh(certificate),
        "samples": samples(content),
        **linked_view(sides, content),
    }
    return rendered("research.html", STYLES, SCRIPTS, view)


def title(content: Content) -> Said:
    """Return the title of the scenario, or its id where the content has no title."""
    return said(content.get("title") or content["certificate"]["scenario"])


def _points(hundredths: int) -> Said:
    return number(hundredths / 100, 2)


def _group_row(group: Content, content: Content) -> dict[str, Any]:
    tighter = group["next_tighter"]
    need = tighter["needs"][0]
    threshold = tighter["threshold"]
    return {
        "name": crossed_name(group, content),
        "n": group["n"],
        "allowed": group["allowed"],
        "own": _points(group["threshold"]),
        "missed": share({**group["miss_rate"]}),
        "below": group["missed"],
        "next": text("research.needs", more=need["more"])
        if need["more"]
        else text("research.needs_none", threshold=_points(threshold)),
    }


def _next_miss(content: Content) -> Said:
    return limit(content["groups"][0]["next_tighter"]["max_miss"])


def _groups_say(content: Content) -> Iterator[Said]:
    groups, max_miss = content["groups"], content["certificate"]["asked"]["max_miss"]
    yield text("research.groups_text", threshold=_points(content["certificate"]["threshold"]))
    hardest = groups[0]
    rate = share(hardest["miss_rate"])
    yield text(
        "research.groups_hardest",
        group=crossed_name(hardest, content),
        own=_points(hardest["threshold"]),
        n=rate.n,
        missed=rate.count,
        rate=percent(rate.estimate),
        interval=percents(rate.low, rate.high),
    )
    above = sum(one["miss_rate"]["estimate"] > max_miss for one in groups)
    most = limit(max_miss)
    if above:
        yield text("research.groups_above", count=above, all=len(groups), max_miss=most)
    else:
        yield text("research.groups_within", all=len(groups), max_miss=most)


def _fresh(certificate: Content) -> dict[str, Any]:
    others = certificate["others"]
    return {
        "victim": share(certificate["everybody"]["miss_rate"]),
        "lawful": share(others["lawful_flagged"]),
        "irregular": share(others["irregular_flagged"]),
        "flags": certificate["capacity"]["here"]["flags_per_10000"],
    }


# --- capacity ---------------------------------------------------------------------------------------


def capacity_chart(content: Content) -> Linked:
    """Return flags against misses: all groups together, and the group that is missed most."""
    found = content["capacity"]
    points = found["points"]
    flags = np.array([point["flags_per_10000"]["estimate"] for point in points])
    most = max(float(flags.max()), found["asked"] or 0.0)
    least = min(max(float(flags.min()), LEAST_FLAGS), most / 10)
    x, y = share_axis(text("chart.missed")), log_axis(text("linked.flags_axis"), least, most)
    here = next((n for n, one in enumerate(points) if one["threshold"] == found["here"]["threshold"]), None)
    pooled = np.array([point["miss_rate"]["estimate"] for point in points])
    worst = np.array([point["worst"]["estimate"] for point in points])
    shown = [
        Line(pooled, flags, here, COLOURS["victim"], "victim"),
        Line(worst, flags, here, "#7A1F5C", "facilitator", DASHED),
    ]
    return _drawn(shown, x, y, found["asked"])


def _drawn(shown: list[Line], x: Axis, y: Axis, capacity: float | None) -> Linked:
    draw = partial(lines, shown, x, y, FRAME, level=capacity)
    return Linked(lambda language: draw(language=language), FRAME, ())


def _capacity_says(content: Content) -> Iterator[Said]:
    found = content["capacity"]
    yield text("research.capacity_text", share=percent(found["share_of_victims"]))
    flags = found["here"]["flags_per_10000"]
    shown = {
        "flags": number(flags["estimate"]),
        "low": number(flags["low"]),
        "high": number(flags["high"]),
    }
    if found["asked"] is None:
        yield text("research.capacity_not_asked", **shown)
        return
    yield text("research.capacity_asked", capacity=number(found["asked"]), **shown)
    if found["best"] is None:
        yield text("research.capacity_none")
        return
    worst = found["best"]["worst"]
    yield text(
        "research.capacity_best",
        threshold=_points(found["best"]["threshold"]),
        group=crossed_name(worst, content),
        rate=percent(worst["estimate"]),
        n=worst["n"],
        interval=percents(worst["low"], worst["high"]),
    )


def _table_points(capacity: Content) -> list[dict[str, Any]]:
    points, here = capacity["points"], capacity["here"]["threshold"]
    last = len(points) - 1
    chosen = {round(last * place / (TABLE_ROWS - 1)) for place in range(TABLE_ROWS)}
    return [
        {
            "threshold": _points(point["threshold"]),
            "is_here": point["threshold"] == here,
            "missed": share(point["miss_rate"]),
            "worst": share({key: point["worst"][key] for key in ("missed", "n", "estimate", "low", "high")}),
            "flags": point["flags_per_10000"],
        }
        for place, point in enumerate(points)
        if place in chosen or point["threshold"] == here
    ]


# --- verifying --------------------------------------------------------------------------------------


def made_of(certificate: Content) -> Iterator[tuple[str, str]]:
    """Yield what a certificate was made of, leaf by leaf, as it is written in it."""
    yield from _leaves({key: one for key, one in certificate.items() if key not in MADE_OF_LEFT_OUT})


def _leaves(found: Any, path: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(found, Mapping):
        for key, inner in found.items():
            yield from _leaves(inner, f"{path}.{key}" if path else str(key))
    elif isinstance(found, list):
        yield path, ", ".join(str(one) for one in found) or "–"
    else:
        yield path, "–" if found is None else str(found)
