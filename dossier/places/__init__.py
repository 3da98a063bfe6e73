"""Places where files are put or read: a folder of this machine, or whatever fsspec reaches.

A name is relative to its place, with `/` between its parts, and never leads out of it: not by `..`, not by
an absolute path, and on this machine not by a symbolic link either. What is put into a place appears whole
or not at all. Places travel to other processes. No message shows a password that stands in a URL.
"""

from pathlib import Path
from urllib.parse import unquote, urlsplit

from dossier.places.folder import Folder
from dossier.places.names import checked_name, masked
from dossier.places.place import Place
from dossier.places.remote import Remote, reached
from dossier.places.telling import problems_at
from dossier.problems import BadInput

__all__ = ["Folder", "Place", "Remote", "checked_name", "masked", "place_of", "strays"]

LOCAL = ("file", "local")
"""Schemes of URLs that name a folder of this machine."""


def place_of(path_or_url: str | Path) -> Place:
    """Return the place that a path or URL names; nothing is touched.

    Raises:
        BadInput: If nothing installed knows that kind of URL, or its host does not answer.
    """
    text = str(path_or_url)
    if isinstance(path_or_url, Path) or "://" not in text:
        return Folder(Path(text).absolute())
    kind = text.partition("://")[0].lower()
    if kind in LOCAL:
        return Folder(_local_path(text))
    if not kind:
        raise BadInput.of(
            "this is no URL of a place", where=masked(text), mend="Say what stands before `://`."
        )
    with problems_at(masked(text)):
        reached(text)
    return Remote(text)


def strays(place: Place) -> list[str]:
    """Return the names below a place that lead out of it; only links of a folder can."""
    return place.strays() if isinstance(place, Folder) else []


def _local_path(url: str) -> Path:
    """Return the path in a file: URL, which names no other host."""
    parts = urlsplit(url)
    if parts.netloc not in ("", "localhost"):
        what = "a file: URL names a folder of this machine"
        raise BadInput.of(what, where=masked(url), mend="Write file:// and the path from its first slash.")
    return Path(unquote(url.partition("://")[2].removeprefix("localhost"))).absolute()
