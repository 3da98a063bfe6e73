"""Pieces of Markdown: headings that can be linked to, facts, tables and texts that show what they say.

Texts of code and data hold words between backticks and nothing else that is markup, so that is all that is
kept of it. Nothing here knows what a page is about.
"""

import re
from collections.abc import Iterable, Sequence

from console.exporting.markdown import Markdown, code, escaped
from dossier.texts import Text

__all__ = [
    "Markdown",
    "block",
    "bullets",
    "code",
    "contents",
    "facts",
    "heading",
    "link",
    "page",
    "prose",
    "sentence_of",
    "table",
    "translated",
]

_PIECES = re.compile(r"(`[^`]*`)")
_BARE_PIPE = re.compile(r"(?<!\\)\|")


def prose(text: str) -> Markdown:
    r"""Return a text of code or data as Markdown: words between backticks are code, paragraphs stay apart.

    Examples:
        >>> prose("Takes a path, such as `<file>.toml`; 5 * 3 < 20.")
        'Takes a path, such as `<file>.toml`; 5 \\* 3 \\< 20.'
    """
    return Markdown("\n\n".join(_paragraph(part) for part in re.split(r"\n\s*\n", text.strip())))


def _paragraph(text: str) -> str:
    line = " ".join(text.split())
    pieces = _PIECES.split(line)
    return "".join(piece if piece.startswith("`") else str(escaped(piece)) for piece in pieces)


def translated(text: Text) -> Markdown:
    """Return a text in English, with the Indonesian one in italics below it."""
    return Markdown(f"{prose(text.en)}\n\n*{prose(text.id)}*")


def link(text: str, kind: str, name: str) -> Markdown:
    """Return a link to where a thing is told of; the build fails where nothing is.

    Examples:
        >>> link("Sex", "field", "sex")
        '[Sex](#field-sex)'
    """
    return Markdown(f"[{prose(text)}](#{kind}-{name})")


def heading(level: int, title: str, kind: str = "", name: str = "") -> str:
    """Return a heading, which `link` finds where a kind and a name are given."""
    found = f"{'#' * level} {prose(title)}"
    return f"({kind}-{name})=\n{found}" if kind else found


def bullets(items: Iterable[str]) -> str:
    """Return a list; a text that is no Markdown yet becomes prose."""
    return "\n".join(f"- {_shown(item)}" for item in items)


def facts(pairs: Iterable[tuple[str, str]]) -> str:
    """Return a list of names with what they are; pairs without a text are left out."""
    return bullets(Markdown(f"**{name}:** {_shown(text)}") for name, text in pairs if text)


def table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table, or nothing where there are no rows."""
    lines = [_row(row) for row in rows]
    if not lines:
        return ""
    return "\n".join([_row(columns), "|" + "---|" * len(columns), *lines])


def _row(cells: Sequence[str]) -> str:
    shown = (_BARE_PIPE.sub(r"\\|", _shown(cell)).replace("\n\n", "<br>") for cell in cells)
    return f"| {' | '.join(shown)} |"


def block(text: str, language: str = "text") -> str:
    """Return lines that stand as they are."""
    return f"```{language}\n{text.strip()}\n```"


def contents(docnames: Iterable[str], *, hidden: bool = False) -> str:
    """Return a table of contents of other pages, by their names beside this page."""
    options = ":maxdepth: 1\n" + (":hidden:\n" if hidden else "")
    return "```{toctree}\n" + options + "\n" + "\n".join(docnames) + "\n```"


def page(*parts: str) -> str:
    """Return the parts as one page, a blank line between them; empty ones are left out."""
    return "\n\n".join(part for part in parts if part) + "\n"


def sentence_of(name: str) -> str:
    """Return a name of code as a sentence.

    Examples:
        >>> sentence_of("test_a_guarantee_holds_at_5_percent")
        'A guarantee holds at 5 percent'
    """
    words = name.removeprefix("test_").replace("_", " ")
    return words[:1].upper() + words[1:]


def _shown(text: str) -> str:
    return text if isinstance(text, Markdown) else prose(text)
