"""Places beyond this machine, as far as fsspec reaches.

fsspec is imported for the first URL, and each store's own package by fsspec. No message shows a password.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path
from typing import IO, Any, cast
from uuid import uuid4

from dossier.places.folder import files_below
from dossier.places.names import ASIDE, checked_name, depth_of, masked, matcher
from dossier.places.place import Place
from dossier.places.telling import problems_at
from dossier.problems import BadInput

WHOLE_AT_ONCE = frozenset({"s3", "s3a", "gs", "gcs", "abfs", "abfss", "az", "adl", "oci", "oss", "memory"})
"""Stores in which an object appears whole or not at all; elsewhere files are put aside and then renamed."""


@dataclass(frozen=True, repr=False)
class Remote(Place):
    """A place that fsspec reaches.

    Attributes:
        url: As the user gave it; it may hold a password and is never shown.
        below: Where the place lies below the URL; empty for the URL itself.
    """

    url: str
    below: str = ""

    @property
    def shown(self) -> str:
        """The URL without credentials."""
        return "/".join([masked(self.url).rstrip("/"), *([self.below] if self.below else [])])

    def exists(self) -> bool:
        """Tell whether there is anything."""
        with problems_at(self.shown):
            return bool(self._files.exists(self._root))

    def names(self, pattern: str = "*") -> list[str]:
        """Return the names of the files that match, sorted."""
        wanted, root = matcher(pattern), self._root.rstrip("/") + "/"
        with problems_at(self.shown):
            found = self._found(depth_of(pattern))
        below = (path.removeprefix(root) for path in found if path.startswith(root))
        return sorted(filter(wanted, below))

    def open(self, name: str) -> IO[bytes]:
        """Open a file for reading."""
        with problems_at(f"{self.shown}/{name}"):
            return cast("IO[bytes]", self._files.open(self._path(name), "rb"))

    def write_bytes(self, name: str, content: bytes) -> None:
        """Put a file, in one go where the store can do that."""
        self._put(name, lambda path: self._files.pipe_file(path, content))

    def publish(self, folder: Path) -> None:
        """Put every file below `folder` here; what is put is taken away there."""
        for path in files_below(folder):
            name = path.relative_to(folder).as_posix()
            self._put(name, partial(self._files.put_file, str(path)))
            path.unlink()

    def remove(self) -> None:
        """Remove everything."""
        with problems_at(self.shown):
            if self._files.exists(self._root):
                self._files.rm(self._root, recursive=True)

    def __truediv__(self, name: str) -> "Remote":
        return Remote(self.url, f"{self.below}/{checked_name(name, self.shown)}".lstrip("/"))

    def __repr__(self) -> str:
        return f"Remote({self.shown!r})"

    def _found(self, depth: int | None) -> list[str]:
        try:
            return list(self._files.find(self._root, maxdepth=depth))
        except FileNotFoundError:
            return []

    def _put(self, name: str, put: Callable[[str], object]) -> None:
        path = self._path(name)
        with problems_at(f"{self.shown}/{name}"):
            self._files.makedirs(path.rpartition("/")[0], exist_ok=True)
            if not WHOLE_AT_ONCE.isdisjoint(_protocols(self._files)):
                put(path)
                return
            aside = f"{path}{ASIDE}{uuid4().hex}"
            put(aside)
            self._files.mv(aside, path)

    def _path(self, name: str) -> str:
        return f"{self._root.rstrip('/')}/{checked_name(name, self.shown)}"

    @property
    def _files(self) -> Any:
        """The file system; it forgets what it has listed, since others write there too."""
        files = reached(self.url)[0]
        files.invalidate_cache()
        return files

    @property
    def _root(self) -> str:
        root: str = reached(self.url)[1]
        return f"{root.rstrip('/')}/{self.below}" if self.below else root


@lru_cache(maxsize=64)
def reached(url: str) -> tuple[Any, str]:
    """Return the file system that a URL names, and the path in it.

    Raises:
        BadInput: If nothing installed knows that kind of URL.
    """
    try:
        from fsspec.core import url_to_fs  # noqa: PLC0415 - heavy, and only for URLs
    except ImportError:
        raise BadInput.of(
            "a URL is reached through fsspec, which is not installed",
            where=masked(url),
            mend="In saring's folder: pip install '.[cluster]'; or give a folder of this machine.",
        ) from None
    try:
        files, root = url_to_fs(url)
    except ImportError as error:
        what = f"this kind of URL needs another package ({masked(str(error))})"
        raise BadInput.of(what, where=masked(url), mend="Install the package that it names.") from None
    except ValueError as error:
        what = f"this is no URL of a place ({masked(str(error))})"
        raise BadInput.of(what, where=masked(url), mend="Check what stands before `://`.") from None
    return files, root


def _protocols(files: Any) -> tuple[str, ...]:
    found = files.protocol
    return (found,) if isinstance(found, str) else tuple(found)
