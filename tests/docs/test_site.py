"""The built site: nothing is missing in it, nothing in it warns, and no page asks another host for anything."""

import re
import zlib
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest

from tests.docs.listed import LISTS, listed

pytestmark = pytest.mark.slow

FOREIGN = re.compile(r"^\s*(?:https?:)?//", re.IGNORECASE)
LOADED = {
    "script": ("src",),
    "link": ("href",),
    "img": ("src", "srcset"),
    "iframe": ("src",),
    "source": ("src", "srcset"),
    "use": ("href",),
}
"""What a page loads by itself; where a link leads, the reader decides."""

STYLED = re.compile(r"""(?:url\(|@import)\s*["']?\s*(?:https?:)?//""", re.IGNORECASE)
"""How a style sheet would ask another host; addresses in its comments ask nobody."""

HEAD_LINES = 4
"""Lines before the compressed part of an inventory."""


def inventory(site: Path) -> Iterator[str]:
    """Yield what the site's inventory knows, named as in `listed`."""
    *_, packed = (site / "objects.inv").read_bytes().split(b"\n", HEAD_LINES)
    for line in zlib.decompress(packed).decode().splitlines():
        found = re.match(r"(?P<name>.+?)\s+(?P<type>\S+:\S+)\s+-?\d+\s", line)
        assert found, line
        yield f"{found['type']} {found['name']}"
        if found["type"].startswith("py:"):
            yield f"py {found['name']}"


class Loaded(HTMLParser):
    """Collects what a page loads by itself, and its language.

    Attributes:
        addresses: As they stand in the page.
        language: Of the whole page.
    """

    def __init__(self) -> None:
        super().__init__()
        self.addresses: list[str] = []
        self.language = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        self.addresses += [values[name] for name in LOADED.get(tag, ()) if name in values]
        if tag == "html":
            self.language = values.get("lang", "")


def read(path: Path) -> Loaded:
    found = Loaded()
    found.feed(path.read_text(encoding="utf-8"))
    return found


@pytest.fixture(scope="module")
def known(site: Path) -> set[str]:
    """All that the site's inventory knows."""
    return set(inventory(site))


@pytest.mark.parametrize("kind", LISTS)
def test_everything_can_be_looked_up(kind: str, known: set[str]) -> None:
    assert not listed(kind) - known


def test_no_page_asks_another_host_for_anything(site: Path) -> None:
    pages = list(site.rglob("*.html"))
    assert len(pages) > 100
    for page in pages:
        asked = [address for address in read(page).addresses if FOREIGN.match(address)]
        assert not asked, f"{page.relative_to(site)}: {asked}"
        assert not STYLED.search(page.read_text(encoding="utf-8")), page.relative_to(site)


def test_no_style_sheet_asks_another_host(site: Path) -> None:
    for sheet in site.rglob("*.css"):
        assert not STYLED.search(sheet.read_text(encoding="utf-8")), sheet.relative_to(site)


def test_a_foreign_address_is_noticed(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text('<html lang="en"><script src="https://cdn.example/x.js"></script><a href="//b.example">')
    assert [address for address in read(page).addresses if FOREIGN.match(address)]
    assert STYLED.search("@import '//fonts.example/a.css'")
    assert STYLED.search("src: url(https://fonts.example/a.woff)")
    assert not STYLED.search("/* see https://example.org */ src: url(a.woff)")


def test_a_page_says_which_language_it_is_in(site: Path) -> None:
    for page in site.rglob("*.html"):
        is_indonesian = page.relative_to(site).parts[0] == "id" or page.stem.endswith(".id")
        assert read(page).language == ("id" if is_indonesian else "en"), page


def test_every_page_can_be_searched_for(site: Path) -> None:
    index = (site / "searchindex.js").read_text(encoding="utf-8")
    for page in ("reference/fields", "manual/work-is-never-lost", "decisions/index", "glossary"):
        assert f'"{page}"' in index
