"""The manual: what saring promises, from the tests that hold it to its promises.

A file below `tests/spec` is a chapter, its docstring the introduction, and each test a section whose title is
the test's name. The files are read and not run.
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from docs._generator.markdown import bullets, contents, facts, heading, link, page, prose, sentence_of

SPECIFICATION = Path(__file__).parents[2] / "tests" / "spec"

INTRODUCTION = """\
What saring promises. Every sentence below is the name of a test that fails when it is no longer so;
`make test` and `make test-slow` run them all."""


@dataclass(frozen=True)
class Chapter:
    """A file of the specification.

    Attributes:
        name: The file's name, without its beginning and ending.
        introduction: What it says of itself.
        sections: Name and docstring of each test, in the order in which they stand.
    """

    name: str
    introduction: str
    sections: tuple[tuple[str, str], ...]

    @property
    def title(self) -> str:
        """The name as a sentence."""
        return sentence_of(self.name)

    @property
    def slug(self) -> str:
        """The name as that of a page."""
        return self.name.replace("_", "-")


def chapters(folder: Path = SPECIFICATION) -> list[Chapter]:
    """Return all chapters of the specification, in the order of their names."""
    return [_chapter(path) for path in sorted(folder.glob("test_*.py"))]


def _chapter(path: Path) -> Chapter:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    name = path.stem.removeprefix("test_")
    return Chapter(name, ast.get_docstring(tree) or "", tuple(_sections(tree)))


def _sections(tree: ast.Module) -> Iterator[tuple[str, str]]:
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
            yield node.name, ast.get_docstring(node) or ""


def manual_pages() -> dict[str, str]:
    """Return a page for each chapter and one that lists them, by their names."""
    found = chapters()
    listing = page(
        heading(1, "The manual: what is promised"),
        INTRODUCTION,
        bullets(link(chapter.title, "chapter", chapter.slug) for chapter in found),
        contents([chapter.slug for chapter in found], hidden=True),
    )
    return {"manual/index": listing, **{f"manual/{one.slug}": _page(one) for one in found}}


def _page(chapter: Chapter) -> str:
    sections = (
        page(heading(2, sentence_of(name), "promise", f"{chapter.slug}-{name}"), prose(text)).rstrip()
        for name, text in chapter.sections
    )
    return page(
        heading(1, chapter.title, "chapter", chapter.slug),
        prose(chapter.introduction),
        facts([("held by", f"`tests/spec/test_{chapter.name}.py`")]),
        *sections,
    )
