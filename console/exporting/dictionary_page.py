"""The data dictionary as a Markdown page, made from the same content as its JSON."""

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from console.exporting.dictionary import dictionary_json
from console.exporting.markdown import Markdown, code, escaped

TEMPLATES = Path(__file__).with_name("templates")
HEAD = "data-dictionary.md"


@cache
def environment() -> Environment:
    """Return what renders our Markdown: every value is escaped as it enters the page."""
    # Escaping for HTML would spoil Markdown; `finalize` escapes for Markdown instead.
    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=False,  # noqa: S701
        finalize=escaped,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    made.filters["code"] = code
    made.filters["markdown"] = Markdown  # for our own texts, which hold inline code
    return made


def dictionary_page(content: Mapping[str, Any] | None = None) -> str:
    """Return the data dictionary as Markdown.

    Args:
        content: What `dictionary_json` returned; the whole dictionary when left out.
    """
    found = dictionary_json() if content is None else content
    binned = [name for name in ("fields", "declared") if name in found["tables"]]
    return environment().get_template(HEAD).render(content=found, binned=binned, details=details)


def details(column: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield what a column has beside its description, as pairs of a name and a text."""
    yield "type", f"{column['kind']}, `{column['arrow']}`"
    if "unit" in column:
        yield "unit", column["unit"]
    if "stage" in column:
        yield "visible from", column["stage"]
    if "range" in column:
        found = column["range"]
        yield "range", f"{found['lowest']:,} to {found['highest']:,}, in steps of {found['step']:,}"
        yield "bins", "; ".join(one["label"] for one in column["bins"])
    if column.get("gate"):
        ((gate, opening),) = column["gate"].items()
        codes = ", ".join(f"`{one}`" for one in opening)
        yield "arises where", f"`{gate}` is {codes}, or is missing"
    yield "empty means", column["missing"]
