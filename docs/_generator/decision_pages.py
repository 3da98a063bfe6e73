"""The list of decisions: what was decided, when, and whether it still holds."""

import re
from collections.abc import Iterator
from pathlib import Path

from docs._generator.markdown import Markdown, contents, heading, page, prose, table

DECISIONS = Path(__file__).parents[1] / "decisions"
TEMPLATE = "0000-template"

INTRODUCTION = """\
Why things are as they are: one page for each decision, with what was rejected and why. A decision that
no longer holds stays, and names the one that replaced it."""

_STATUS = re.compile(r"^Date: (?P<date>\S+) · Status: (?P<status>.+)$", re.MULTILINE)


def decision_pages() -> dict[str, str]:
    """Return the page that lists the decisions, by its name."""
    rows = list(_rows(DECISIONS))
    listing = page(
        heading(1, "Decisions"),
        INTRODUCTION,
        table(("decision", "date", "status"), [row[1:] for row in rows]),
        contents([row[0] for row in rows], hidden=True),
    )
    return {"decisions/index": listing}


def _rows(folder: Path) -> Iterator[tuple[str, Markdown, str, str]]:
    for path in sorted(folder.glob("[0-9]*.md")):
        if path.stem == TEMPLATE:
            continue
        text = path.read_text(encoding="utf-8")
        title = text.splitlines()[0].removeprefix("# ")
        found = _STATUS.search(text)
        date, status = (found["date"], found["status"]) if found else ("", "")
        yield path.stem, Markdown(f"[{prose(title)}]({path.name})"), date, status
