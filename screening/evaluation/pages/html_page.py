"""What every page that we write has in common: its environment, its policy, and how style and script get in.

A page is one file. Style and script stand inside it, under a policy that allows these two by their hashes and
nothing else; so nothing is fetched, and no text that comes from a run can become markup or code.
"""

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment

from dossier.html_files import html_environment, policy_hash
from screening.evaluation import texts
from screening.evaluation.pages import charts, html_charts, html_parts
from screening.evaluation.texts import Said, number

TEMPLATES = Path(__file__).with_name("templates")


def rendered(template: str, styles: Sequence[str], scripts: Sequence[str], view: Mapping[str, Any]) -> str:
    """Return a page.

    Args:
        template: Name of its template.
        styles, scripts: Names of the files whose text, one after the other, is its style and its script.
        view: What the template shows, and what it needs beside the words and numbers of every page.
    """
    style, script = ("\n".join(_part(name) for name in names) for names in (styles, scripts))
    policy = "; ".join(
        (
            "default-src 'none'",
            f"script-src '{policy_hash(script)}'",
            f"style-src '{policy_hash(style)}'",
            "img-src data:",
            "base-uri 'none'",
            "form-action 'none'",
        )
    )
    return environment().get_template(template).render(**view, style=style, script=script, policy=policy)


def _part(name: str) -> str:
    return (TEMPLATES / name).read_text(encoding="utf-8")


def log_odds(value: float, *, signed: bool = False) -> Said:
    """Return log-odds points with two digits."""
    return number(value, 2, signed=signed)


@cache
def environment() -> Environment:
    """Return what renders all templates, with the words and numbers that every page needs."""
    made = html_environment(TEMPLATES)
    made.globals.update(
        t=texts.text,
        say=texts.said,
        has_text=texts.has_text,
        number=number,
        log_odds=log_odds,
        percent=texts.percent,
        percents=texts.percents,
        limit=texts.limit,
        percentage_points=texts.points,
        one_in=texts.one_in,
        code_text=texts.code_text,
        share=html_parts.share,
        share_of=html_parts.share_of,
        rates_of=html_parts.rates_of,
        group_rows=html_parts.group_rows,
        group_name=html_parts.group_name,
        capitalised=html_parts.capitalised,
        top_of=html_parts.top_of,
        COLOURS=charts.COLOURS,
        SHADES=html_charts.SHADES,
    )
    return made
