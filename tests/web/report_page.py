"""The report as a reader's program sees it: elements, their texts and their attributes."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache
from html.parser import HTMLParser
from typing import Any

from screening.evaluation.pages.html_report import Figures, figures, makers, page
from tests.web.report_sample import sample

VOID = {"meta", "link", "input", "br", "hr", "img"}


@dataclass
class Element:
    """One element with its attributes and what it holds, in order."""

    name: str
    attributes: dict[str, str]
    inside: list["Element | str"] = field(default_factory=list)

    def all(self, wanted: Callable[["Element"], bool]) -> Iterator["Element"]:
        """Yield every element below this one that is wanted."""
        for child in self.inside:
            if isinstance(child, Element):
                if wanted(child):
                    yield child
                yield from child.all(wanted)

    def by_name(self, name: str) -> list["Element"]:
        """Return every element below this one with a name."""
        return list(self.all(lambda element: element.name == name))

    def by_class(self, name: str) -> list["Element"]:
        """Return every element below this one with a class."""
        return list(self.all(lambda element: name in element.attributes.get("class", "").split()))

    def by_id(self, name: str) -> "Element":
        """Return the one element below this one with an id."""
        (found,) = self.all(lambda element: element.attributes.get("id") == name)
        return found

    def text(self, language: str = "en") -> str:
        """Return the text as it is read in one language, its white space folded."""
        return " ".join("".join(self._texts(language)).split())

    def _texts(self, language: str) -> Iterator[str]:
        for child in self.inside:
            if isinstance(child, str):
                yield child
            elif child.attributes.get("lang", language) == language and child.name not in (
                "script",
                "style",
                "svg",
            ):
                yield from child._texts(language)
                yield " "


class _Reader(HTMLParser):
    """Builds the elements of a page, and refuses one whose tags do not close."""

    def __init__(self) -> None:
        super().__init__()
        self.open = [Element("page", {})]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {name: value or "" for name, value in attrs})
        self.open[-1].inside.append(element)
        if tag not in VOID:
            self.open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.open[-1].inside.append(Element(tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        assert self.open[-1].name == tag, f"</{tag}> closes <{self.open[-1].name}>"
        self.open.pop()

    def handle_data(self, data: str) -> None:
        self.open[-1].inside.append(data)


def read(html: str) -> Element:
    """Return the elements of a page."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    assert [element.name for element in reader.open] == ["page"]
    return reader.open[0]


def report_of(**changes: Any) -> Element:
    """Return the report of the sample with parts of its content changed, or left out where None.

    Its charts are the sample's own, as far as the changed content has them; what they show is tested by itself.
    """
    content = {key: value for key, value in {**sample(), **changes}.items() if value is not None}
    drawn = _drawn()
    return read(page(content, {name: drawn[name] for name in makers(content)}))


@cache
def _drawn() -> Figures:
    """Return the charts of the sample; to draw them takes longer than all the rest of a page."""
    return figures(sample())


@cache
def sample_report() -> Element:
    """Return the report of the sample as it is."""
    return report_of()
