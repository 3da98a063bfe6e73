"""Folders of this machine, or that it shares with others.

No symbolic link leads a name out of its folder. A file is written aside, brought to the disk and renamed.
"""

import errno
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO
from uuid import uuid4

from dossier.places.names import ASIDE, checked_name, depth_of, matcher
from dossier.places.place import Place
from dossier.places.telling import problems_at
from dossier.problems import BadInput


@dataclass(frozen=True)
class Folder(Place):
    """A folder of this machine, or one that it shares with others.

    Attributes:
        path: The folder, absolute.
    """

    path: Path

    @property
    def shown(self) -> str:
        """The path."""
        return str(self.path)

    def exists(self) -> bool:
        """Tell whether there is a folder or file."""
        return self.path.exists()

    def names(self, pattern: str = "*") -> list[str]:
        """Return the names of the files that match, sorted; linked folders are not entered."""
        wanted = matcher(pattern)
        with problems_at(self.shown):
            return sorted(name for name in self._files(depth_of(pattern)) if wanted(name))

    def open(self, name: str) -> IO[bytes]:
        """Open a file for reading."""
        with problems_at(f"{self.shown}/{name}"):
            return self._path(name).open("rb")

    def write_bytes(self, name: str, content: bytes) -> None:
        """Put a file: aside, to the disk, then renamed."""
        with problems_at(f"{self.shown}/{name}"):
            path = self._path(name)
            path.parent.mkdir(parents=True, exist_ok=True)
            with _written_aside(path) as aside, aside.open("xb") as file:
                file.write(content)
                _to_the_disk(file)

    def publish(self, folder: Path) -> None:
        """Move every file below `folder` here; on the same file system by renaming alone."""
        for path in files_below(folder):
            name = path.relative_to(folder).as_posix()
            with problems_at(f"{self.shown}/{name}"):
                target = self._path(name)
                target.parent.mkdir(parents=True, exist_ok=True)
                with path.open("rb") as file:
                    _to_the_disk(file)
                _moved(path, target)

    def remove(self) -> None:
        """Remove the folder or file."""
        with problems_at(self.shown), suppress(FileNotFoundError):
            if self.path.is_dir() and not self.path.is_symlink():
                shutil.rmtree(self.path)
            else:
                self.path.unlink()

    def __truediv__(self, name: str) -> "Folder":
        return Folder(self._path(name))

    def strays(self) -> list[str]:
        """Return the names of files and folders below that a symbolic link leads out of this folder."""
        home = self.path.resolve()
        return sorted(
            found.relative_to(self.path).as_posix()
            for folder, folders, files in os.walk(self.path)
            for found in (Path(folder, name) for name in (*folders, *files))
            if found.is_symlink() and not found.resolve().is_relative_to(home)
        )

    def _files(self, depth: int | None) -> Iterator[str]:
        for folder, folders, files in os.walk(self.path, onerror=_told):
            relative = Path(folder).relative_to(self.path)
            if depth is not None and len(relative.parts) + 1 >= depth:
                folders.clear()
            for file in files:
                yield (relative / file).as_posix()

    def _path(self, name: str) -> Path:
        path = self.path / checked_name(name, self.shown)
        if not path.resolve().is_relative_to(self.path.resolve()):
            raise BadInput.of(
                "a symbolic link leads out of the folder",
                where=str(path),
                mend="Put the file itself there, or name the folder in which it lies.",
            )
        return path


def _told(error: OSError) -> None:
    """Let it be known what could not be listed; where no folder is, there are no files below."""
    if not isinstance(error, FileNotFoundError | NotADirectoryError):
        raise error


def files_below(folder: Path) -> list[Path]:
    """Return all files below a folder, sorted."""
    return sorted(path for path in folder.rglob("*") if path.is_file())


@contextmanager
def _written_aside(path: Path) -> Iterator[Path]:
    """Yield a path beside `path` that takes its place when all went well, and vanishes when not."""
    aside = path.with_name(f"{path.name}{ASIDE}{uuid4().hex}")
    try:
        yield aside
        aside.replace(path)
        _folder_to_the_disk(path.parent)
    finally:
        aside.unlink(missing_ok=True)


def _moved(source: Path, target: Path) -> None:
    """Move a file whole; over the border of a file system by copying it aside first."""
    try:
        source.replace(target)
        _folder_to_the_disk(target.parent)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        with _written_aside(target) as aside, source.open("rb") as old, aside.open("xb") as new:
            shutil.copyfileobj(old, new)
            _to_the_disk(new)
        source.unlink()


def _to_the_disk(file: IO[bytes]) -> None:
    file.flush()
    os.fsync(file.fileno())


def _folder_to_the_disk(folder: Path) -> None:
    """Let the names in a folder survive a power cut, where the system can do that."""
    try:
        handle = os.open(folder, os.O_RDONLY)
    except OSError:
        return
    try:
        with suppress(OSError):
            os.fsync(handle)
    finally:
        os.close(handle)
