"""The report of a run as one HTML file that asks nobody for anything.

Style and script stand inside it, under a policy that allows these two by their hashes and nothing else; the
charts are drawn beforehand, and all figures stand in the page before any script runs. Both languages are in
the file and a switch shows one. Every text is escaped where it enters the page.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, TypeAlias

from jinja2.utils import htmlsafe_json_dumps

from dossier.text_files import write_text
from dossier.texts import Language
from evidence import citations
from screening.evaluation.pages import (
    charts,
    html_baselines,
    html_charts,
    html_examples,
    html_fairness,
    html_fairness_charts,
    html_fairness_names,
    html_parts,
    html_policy,
    html_rare,
    html_rivals,
    html_setting,
    html_walk,
    rival_charts,
)
from screening.evaluation.pages.charts import Chart, Frame
from screening.evaluation.pages.html_page import rendered
from screening.evaluation.pages.html_parts import Content, Point, Share
from screening.evaluation.texts import Said, number

Maker: TypeAlias = Callable[[Content, Language], Chart]
"""What draws a chart of a content in a language."""

Figures: TypeAlias = Mapping[str, Mapping[str, str]]
"""Charts as SVG, by name and language."""

PARTS = (
    "words",
    "tradeoff",
    "missed",
    "groups",
    "fairness",
    "travellers",
    "yardsticks",
    "baselines",
    "decisions",
    "stages",
    "walk",
    "received",
    "harm",
    "known",
    "prevalence",
    "reliability",
    "rules",
    "investigations",
    "dossiers",
    "sources",
)
"""The sections in their order: misses and false flags first, then what stands beside them and behind them."""


def write_html(content: Mapping[str, Any], path: Path) -> None:
    """Write the report of an evaluation, aside and then renamed.

    Args:
        content: What `Evaluation.to_json` returned, or the same read from `evaluation.json`; parts that a
            run leaves out, such as yardsticks or examples, are said to be left out.
        path: The file.
    """
    write_text(path, page(content))


def page(content: Mapping[str, Any], drawn: Figures | None = None) -> str:
    """Return the report of an evaluation as one HTML page.

    Args:
        content: As for `write_html`.
        drawn: The charts, where `figures` has drawn them before.
    """
    view = {**_HELPERS, **_view(content), "figures": drawn or figures(content), "c": content}
    return rendered("report.html", ("report.css",), ("page.js", "report.js"), view)


def _view(content: Content) -> dict[str, Any]:
    """Return what the templates show beside the content itself."""
    points = html_parts.curve_points(content)
    rules = html_parts.rule_rows(content)
    return {
        "points": points,
        "table_points": html_parts.table_points(points),
        "slider": htmlsafe_json_dumps(_slider(content, points)) if points else None,
        "hardness": html_parts.hardness(content),
        "known": html_parts.who_is_known(content),
        "travellers": html_parts.travellers(content),
        "rules": rules,
        "useful": html_parts.most_useful(rules),
        "harmful": html_parts.most_harmful(rules),
        "examples": html_examples.examples(content),
        "certified": _certified(content),
        "by_rules": content.get("decides") == "rules",
        "settings": html_setting.settings(content),
        "as_released": html_setting.is_as_released(content),
        "base_rate": html_setting.base_rate_text(content),
        "stands_for": html_setting.stands_for(content),
        "levers": html_setting.lever_titles(content),
        "options": html_setting.options(content),
        "many": _of_10000(content),
        "parts": PARTS,
        "published": html_baselines.published(content),
        "published_missed": html_baselines.missed_rows(content),
        "where_drawn": html_baselines.where_drawn(content),
        "instruction": html_baselines.instruction(),
        "walk": html_walk.walk(content),
        "routes": html_policy.routes(content),
        "fairness": html_fairness.fairness(content),
        "harms": html_policy.harms(content),
        "rivals": {name: html_parts.share(rate) for name, rate in html_charts.rivals(content).items()},
        **html_rivals.view(content),
        "curve_lines": rival_charts.lines(content),
    }


def figures(content: Content) -> Figures:
    """Return every chart as SVG, by name and language."""
    return {name: charts.in_languages(partial(make, content), name) for name, make in makers(content).items()}


def makers(content: Content) -> Mapping[str, Maker]:
    """Return what draws the charts of a page, by name: those for which the content has something to show."""
    found: dict[str, Maker] = {"recommendations": html_charts.recommendations}
    if charts.affordable(content):
        found |= {"tradeoff": charts.tradeoff, "thresholds": charts.thresholds}
    if content.get("reliability"):
        found["reliability"] = html_charts.reliability
    if html_rare.has_precision(content):
        found["rare"] = html_rare.precision
    found |= html_fairness_charts.makers(content)
    found |= rival_charts.makers(content)
    return found | _of_baselines(content) | (_of_victims(content) if content["victims"] else {})


def _of_baselines(content: Content) -> dict[str, Maker]:
    """Return the makers of the charts of published rulebooks, one of its burden for each."""
    found = content.get("baselines", ())
    burdens: dict[str, Maker] = {
        f"burden-{place}": partial(html_charts.burden, place=place)
        for place, one in enumerate(found)
        if any(group["lawful_flagged"]["n"] for group in one["burdened_groups"])
    }
    drawn = {"published": html_charts.missed_by_rulebooks} if found and found[0]["missed_groups"] else {}
    return burdens | drawn


def _of_victims(content: Content) -> dict[str, Maker]:
    """Return the makers of the charts that need a victim."""
    found: dict[str, Maker] = {}
    if len(html_charts.rivals(content)) > 1:
        found["yardsticks"] = html_charts.yardsticks
    if content.get("pathway_walk", {}).get("lost", {}).get("missed"):
        found["lost"] = html_charts.lost
    if "policy_harm" in content:
        found["fates"] = html_charts.fates
    return found


def _of_10000(content: Content) -> html_setting.Flags:
    """Return what becomes of 10,000 applicants at the threshold of the run."""
    wrong = [content[f"{who}_flagged"]["flagged"] for who in ("lawful", "irregular")]
    return html_setting.per_10000(content, content["miss_rate"]["missed"], *wrong)


def _slider(content: Content, points: Sequence[Point]) -> dict[str, Any]:
    """Return what the slider needs: all rates with their intervals, and where the charts' plots stand."""
    return {
        "n": {who: content[who] for who in ("victims", "lawful", "irregular")},
        "share": html_setting.share_of_victims(content),
        "start": next((index for index, point in enumerate(points) if point.is_here), len(points) // 2),
        "points": [
            [point.threshold, *_numbers(point.missed), *_numbers(point.lawful), *_numbers(point.irregular)]
            for point in points
        ],
        "frames": {
            "tradeoff": _frame_json(charts.tradeoff_frame()),
            "thresholds": _frame_json(charts.thresholds_frame(charts.affordable(content))),
        },
    }


def _numbers(share: Share) -> tuple[int, float, float]:
    return share.count, round(share.low, 6), round(share.high, 6)


def _frame_json(frame: Frame) -> dict[str, Any]:
    return {
        "left": frame.left,
        "top": frame.top,
        "width": frame.width,
        "height": frame.height,
        "x": frame.x,
        "y": frame.y,
    }


def _certified(content: Content) -> Content | None:
    """Return what the certificate says of the headline stage, or None where there is none."""
    found: Content | None = content.get("certificate", {}).get("stages", {}).get(content["stage"])
    return found if found and "threshold" in found else None


def _whole_points(value: float, *, signed: bool = False) -> Said:
    """Return points that count rules, whole."""
    return number(value, signed=signed)


_HELPERS: Mapping[str, Any] = {
    "whole_points": _whole_points,
    "few_or_many": html_setting.few_or_many,
    "field_label": html_examples.field_label,
    "field_labels": html_examples.field_labels,
    "context_title": html_examples.context_title,
    "hundredths": html_examples.hundredths,
    "rule_titles": html_parts.rule_titles,
    "citations": citations,
    "truth_words": html_examples.truth_words,
    "FATE_SHADES": html_charts.FATE_SHADES,
    "CAUSE_SHADES": html_charts.CAUSE_SHADES,
    "SEX_COLOURS": html_charts.SEX_COLOURS,
    "agency_name": html_policy.agency_name,
    "difference": html_fairness_names.difference,
    "assumed": html_walk.assumed,
    "focus_name": html_baselines.focus_name,
    "burden_top": html_charts.most_burdened,
    "worth": html_rivals.worth,
}
"""What the report's templates call beside the words and numbers of every page."""
