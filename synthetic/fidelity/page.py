"""The fidelity report as one HTML file that asks nobody for anything and runs no script.

The style stands inside it, under a policy that allows it by its hash and nothing else. Every text is escaped
where it enters the page. Nothing in it leads to the seed of the cohort or to a single applicant.
"""

import json
from functools import cache
from pathlib import Path

from jinja2 import Environment

from dossier.html_files import html_environment, policy_hash
from synthetic.fidelity.counts import Verdict
from synthetic.fidelity.report import Fidelity
from synthetic.fidelity.settings import settings
from synthetic.fidelity.tables import TALL, WIDE, tables

TEMPLATES = Path(__file__).with_name("templates")
JSON_NAME, HTML_NAME = "audit.json", "audit.html"

HEADLINES: dict[Verdict, str] = {
    "met": "Every requirement is met.",
    "cannot tell": "No requirement is broken; for some the sample leaves both answers open.",
    "not met": "At least one requirement is broken.",
}


def write(found: Fidelity, folder: Path) -> None:
    """Write the report as JSON and as HTML into a cohort's folder."""
    text = json.dumps(found.to_json(), indent=1, ensure_ascii=False, allow_nan=False)
    (folder / JSON_NAME).write_text(text + "\n", encoding="utf-8")
    (folder / HTML_NAME).write_text(page(found), encoding="utf-8")


def page(found: Fidelity) -> str:
    """Return the report as one HTML page."""
    style = (TEMPLATES / "fidelity.css").read_text(encoding="utf-8")
    policy = f"default-src 'none'; style-src '{policy_hash(style)}'; img-src data:; base-uri 'none'"
    return (
        _environment()
        .get_template("fidelity.html")
        .render(
            found=found,
            about=found.scenario.scenario,
            tables=tables(found),
            headline=HEADLINES[found.verdict],
            settings=settings(),
            wide=WIDE,
            tall=TALL,
            style=style,
            policy=policy,
        )
    )


@cache
def _environment() -> Environment:
    return html_environment(TEMPLATES)
