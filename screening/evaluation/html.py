"""The report of a run as one HTML file that asks nobody for anything.

Style and script stand inside it, under a policy that allows these two by their hashes and nothing else; the
charts are drawn beforehand, and all figures stand in the page before any script runs. Both languages are in
the file and a switch shows one. Every text is escaped where it enters the page.
"""

import hashlib
from base64 import b64encode
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from jinja2.utils import htmlsafe_json_dumps

import evidence
from screening.evaluation import charts, html_examples, html_parts, html_setting, texts
from screening.evaluation.charts import Frame
from screening.evaluation.html_parts import Content, Point, Share
from screening.evaluation.texts import LANGUAGES, Said, number

TEMPLATES = Path(__file__).with_name("templates")
INSTRUCTION = "instruction_2023_women_age"


def write_html(content: Mapping[str, Any], path: Path) -> None:
    """Write the report of an evaluation, aside and then renamed.

    Args:
        content: What `Evaluation.to_json` returned, or the same read from `evaluation.json`; parts that a
            run leaves out, such as yardsticks or examples, are said to be left out.
        path: The file.
    """
    aside = path.with_suffix(".unfinished")
    aside.write_text(page(content), encoding="utf-8")
    aside.replace(path)


def page(content: Mapping[str, Any]) -> str:
    """Return the report of an evaluation as one HTML page."""
    style, script = _part("report.css"), _part("report.js")
    return (
        _environment()
        .get_template("report.html")
        .render(
            **_view(content),
            c=content,
            style=style,
            script=script,
            policy="; ".join(
                (
                    "default-src 'none'",
                    f"script-src '{_hash(script)}'",
                    f"style-src '{_hash(style)}'",
                    "img-src data:",
                    "base-uri 'none'",
                    "form-action 'none'",
                )
            ),
        )
    )


def _view(content: Content) -> dict[str, Any]:
    """Return what the templates show beside the content itself."""
    points = html_parts.curve_points(content)
    rules = html_parts.rule_rows(content)
    instruction = evidence.figure(INSTRUCTION)
    low, high = instruction.spread
    source = evidence.sources()[instruction.source]
    return {
        "points": points,
        "table_points": html_parts.table_points(points),
        "slider": htmlsafe_json_dumps(_slider(content, points)) if points else None,
        "figures": _figures(content, drawn_curve=bool(points)),
        "hardness": html_parts.hardness(content),
        "known": html_parts.who_is_known(content),
        "travellers": html_parts.travellers(content),
        "rules": rules,
        "useful": html_parts.most_useful(rules),
        "harmful": html_parts.most_harmful(rules),
        "examples": html_examples.examples(content),
        "certified": _certified(content),
        "settings": html_setting.settings(content),
        "as_released": html_setting.is_as_released(content),
        "base_rate": html_setting.base_rate_text(content),
        "stands_for": html_setting.stands_for(content),
        "levers": html_setting.lever_titles(content),
        "options": html_setting.options(content),
        "many": _of_10000(content),
        "instruction_drawn": _instruction_drawn(content),
        "instruction": {
            "low": int(low),
            "high": int(high),
            "source": f"{source.published}, {source.year}",
            "grade": instruction.grade,
        },
    }


def _figures(content: Content, *, drawn_curve: bool) -> dict[str, Mapping[str, str]]:
    """Return every chart as SVG, by name and language."""
    makers = {"recommendations": charts.recommendations, "yardsticks": charts.yardsticks}
    if drawn_curve:
        makers |= {"tradeoff": charts.tradeoff, "thresholds": charts.thresholds}
    if not content["victims"]:
        del makers["yardsticks"]
    return {
        name: {
            language: charts.as_svg(make(content, language), f"{name}-{language}") for language in LANGUAGES
        }
        for name, make in makers.items()
    }


def _of_10000(content: Content) -> html_setting.Flags:
    """Return what becomes of 10,000 applicants at the threshold of the run."""
    wrong = [content[f"{who}_flagged"]["flagged"] for who in ("lawful", "irregular")]
    return html_setting.per_10000(content, content["miss_rate"]["missed"], *wrong)


def _instruction_drawn(content: Content) -> str:
    """Return which marks of the instruction lie within the chart: "both", "lawful", "irregular" or "none"."""
    if "instruction_2023" not in content:
        return "none"
    most = charts.tradeoff_frame().x[1]
    rates = html_parts.rates_of(content["instruction_2023"])
    drawn = [who for who in ("lawful", "irregular") if rates[who].n and (rates[who].estimate or 0.0) <= most]
    return "both" if len(drawn) > 1 else "".join(drawn) or "none"


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
    return found


def _log_odds(value: float, *, signed: bool = False) -> Said:
    """Return log-odds points with two digits."""
    return number(value, 2, signed=signed)


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(
        t=texts.text,
        say=texts.said,
        has_text=texts.has_text,
        number=number,
        log_odds=_log_odds,
        percent=texts.percent,
        percents=texts.percents,
        limit=texts.limit,
        percentage_points=texts.points,
        one_in=texts.one_in,
        few_or_many=html_setting.few_or_many,
        code_text=texts.code_text,
        share=html_parts.share,
        share_of=html_parts.share_of,
        rates_of=html_parts.rates_of,
        group_rows=html_parts.group_rows,
        group_name=html_parts.group_name,
        top_of=html_parts.top_of,
        field_label=html_examples.field_label,
        context_title=html_examples.context_title,
        hundredths=html_examples.hundredths,
        rule_titles=html_parts.rule_titles,
        source_text=html_parts.source_text,
        truth_words=html_examples.truth_words,
        COLOURS=charts.COLOURS,
        SHADES=charts.SHADES,
    )
    return environment


def _part(name: str) -> str:
    return (TEMPLATES / name).read_text(encoding="utf-8")


def _hash(inside: str) -> str:
    """Return the hash by which the page's policy knows its own style and script."""
    return f"sha256-{b64encode(hashlib.sha256(inside.encode()).digest()).decode()}"
