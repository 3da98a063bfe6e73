"""Sources on a page: what a rule or scenario cites, linked to the work that the evidence knows."""

from collections.abc import Iterable

import evidence
from docs._generator.markdown import Markdown, bullets, link, prose
from evidence.citations import key_and_place


def cited(source: str) -> Markdown:
    """Return a source such as "paper_004, Table 1" with a link to the work, where the evidence knows it."""
    key, place = key_and_place(source)
    if key not in evidence.sources():
        return prose(evidence.citations([source])[0])
    shown = source.partition(",")[0].strip()
    return Markdown(f"{link(shown, 'source', key)}{f', {prose(place)}' if place else ''}")


def cited_list(sources: Iterable[str]) -> str:
    """Return sources as a list, with the works behind them in place of sections of notes."""
    return bullets(cited(source) for source in evidence.works_behind(sources))


def figure_links(keys: Iterable[str]) -> Markdown:
    """Return links to figures of the evidence, or to all members of a family of them."""
    return Markdown(", ".join(_figure_link(key) for key in keys))


def _figure_link(key: str) -> str:
    if key in evidence.figures():
        return link(key, "figure", key)
    return prose(f"`{key}`")
