"""Sources on a page: what a rule or scenario cites, linked to the work that the evidence knows."""

from collections.abc import Iterable

import evidence
from docs._generator.markdown import Markdown, bullets, link, prose


def cited(source: str) -> Markdown:
    """Return a source such as "paper_004, Table 1" with a link to the work, where the evidence knows it."""
    key, comma, locator = source.partition(",")
    known = key.strip().replace("paper-", "paper_")
    if known not in evidence.sources():
        return prose(source)
    return Markdown(f"{link(key.strip(), 'source', known)}{', ' if comma else ''}{prose(locator)}")


def cited_list(sources: Iterable[str]) -> str:
    """Return sources as a list."""
    return bullets(cited(source) for source in sources)


def figure_links(keys: Iterable[str]) -> Markdown:
    """Return links to figures of the evidence, or to all members of a family of them."""
    return Markdown(", ".join(_figure_link(key) for key in keys))


def _figure_link(key: str) -> str:
    if key in evidence.figures():
        return link(key, "figure", key)
    return prose(f"`{key}`")
