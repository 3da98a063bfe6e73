"""A page under watch: whatever it complains of, and whomever it asks, fails the test."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from playwright.sync_api import Page

OPEN_ALL = "document.querySelectorAll('details').forEach((details) => (details.open = true))"
TOO_WIDE = "document.documentElement.scrollWidth - window.innerWidth"


@contextmanager
def watched(page: Page, is_own: Callable[[str], bool]) -> Iterator[Page]:
    """Watch a page; it may ask for addresses of its own, and for nothing else."""
    heard: list[str] = []
    page.on("console", lambda message: heard.append(message.text))
    page.on("pageerror", lambda error: heard.append(str(error)))
    page.on("request", lambda request: None if is_own(request.url) else heard.append(request.url))
    yield page
    assert [said for said in heard if said != "data:,"] == []
