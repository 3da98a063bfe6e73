"""What the templates show of the linked charts: pictures, sentences, tables, and the data of the slider.

It puts together what the modules beside it compute, for one sweep or two, and leaves out every chart for
which the content has nobody to show.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from jinja2.utils import htmlsafe_json_dumps

from screening.evaluation.pages.html_linked import Linked, family_look, linked_charts, recommended, reliable
from screening.evaluation.pages.html_linked_words import (
    FIRST_CUES,
    bin_verdict,
    cue_rows,
    kind_name,
    linked_sentences,
    whole_percent,
    worst_at_threshold,
)
from screening.evaluation.pages.html_parts import share_of
from screening.evaluation.pages.html_sides import Content, Side
from screening.evaluation.texts import Said

STYLES = ("report.css", "research.css")
SCRIPTS = ("page.js", "research.js")

SHADES = 10
"""Shades of the heat map above white."""

AMONG = ("missed", "flagged")
"""Victims whom a threshold misses, and others whom it flags: the columns of cues that follow the slider."""

CHARTS_OF = {
    "tradeoff": ("tradeoff",),
    "curves": ("roc", "det"),
    "workload": ("workload",),
    "reliability": ("reliability",),
    "groups": ("groups",),
    "recommendations": ("recommendations",),
}


def linked_view(sides: Sequence[Side], content: Content) -> dict[str, Any]:
    """Return what the templates of the linked part need; without any sweep, no part of it.

    Args:
        sides: One sweep, or two that share their steps.
        content: Holds cues, recommendations and reliability, as far as they are there, and titles of groups.
    """
    if not sides:
        return {"linked_parts": (), "slider": None, "sides": ()}
    found = linked_charts(sides)
    side = sides[-1]
    if content.get("recommendations"):
        found["recommendations"] = recommended(content)
    if content.get("reliability", {}).get("bins") and content["sweep"].get("chances"):
        found["reliability"] = reliable(content)
    has_cues = bool(content.get("cues", {}).get("indicators"))
    parts = [part for part, names in CHARTS_OF.items() if all(name in found for name in names)]
    return {
        "linked_parts": (*parts, "cues") if has_cues else tuple(parts),
        "slider": htmlsafe_json_dumps(_slider(sides, found, content)),
        "sides": sides,
        "pictures": {name: chart.pictures(name) for name, chart in found.items()},
        "sentences": linked_sentences(sides, content),
        "families_say": worst_at_threshold(side) if len(sides) == 1 else [],
        "families": [(one, *family_look(place)) for place, one in enumerate(side.families)],
        "minutes": content.get("minutes_per_flag"),
        "kinds": _kinds(content),
        "cue_rows": cue_rows(content) if has_cues else [],
        "first_cues": FIRST_CUES,
        "kind_name": kind_name,
        "bin_verdict": bin_verdict,
        "shade": shade,
        "whole_percent": whole_percent,
        "share_of": share_of,
    }


def _kinds(content: Content) -> list[tuple[Said, Content]]:
    """Return the kinds of people of the heat map, or of the recommendations, with their names."""
    return [(kind_name(one["group"], content), one) for one in content.get("cues", {}).get("groups", ())]


def shade(estimate: float | None) -> int:
    """Return the shade of a cell of the heat map, from 0 (nobody) to the darkest (everybody)."""
    return round(SHADES * (estimate or 0.0))


def _slider(sides: Sequence[Side], found: Mapping[str, Linked], content: Content) -> dict[str, Any]:
    """Return all that the script of the page needs."""
    side = sides[-1]
    return {
        "start": side.here,
        "thresholds": side.thresholds.tolist(),
        "rates": {one.key: one.to_json() for each in sides for one in each.series},
        "flags": {f"{each.key}flags": each.flags.to_json() for each in sides if each.flags is not None},
        "charts": {name: chart.to_json() for name, chart in found.items()},
        "chances": content.get("sweep", {}).get("chances", []),
        "shades": SHADES,
        "cues": [
            {among: one[f"present_among_{among}"] for among in AMONG}
            for one in content.get("cues", {}).get("indicators", ())
        ],
        "people": {among: _people(content, among) for among in AMONG},
    }


def _people(content: Content, among: str) -> list[int]:
    """Return how many of those whose cues were counted each step misses, or flags."""
    groups = content.get("cues", {}).get("groups", ())
    steps = zip(*(one[among] for one in groups if among in one), strict=True)
    return [sum(counts) for counts in steps]
