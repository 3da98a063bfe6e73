"""What can be done at a place where files are put or read, whatever kind of place it is."""

from abc import ABC, abstractmethod
from hashlib import file_digest
from pathlib import Path
from typing import IO, Any, cast


class Place(ABC):
    """Somewhere files are put or read; see `place_of`."""

    @property
    @abstractmethod
    def shown(self) -> str:
        """How the place is called in messages, without credentials."""

    @abstractmethod
    def exists(self) -> bool:
        """Tell whether there is anything at this place."""

    @abstractmethod
    def names(self, pattern: str = "*") -> list[str]:
        """Return the names of the files that match, sorted; `**` stands for any folders, none included."""

    @abstractmethod
    def open(self, name: str) -> IO[bytes]:
        """Open a file for reading; it can be sought in.

        Raises:
            BadInput: If the name leads out of the place, or the file cannot be read.
        """

    @abstractmethod
    def write_bytes(self, name: str, content: bytes) -> None:
        """Put a file, whole or not at all, in place of any older one of that name.

        Raises:
            BadInput: If the name leads out of the place, or nothing can be written there.
        """

    @abstractmethod
    def publish(self, folder: Path) -> None:
        """Move every file below a folder of this machine here, each under its relative name, each whole.

        Raises:
            BadInput: If nothing can be written here; what is here by then stays.
        """

    @abstractmethod
    def remove(self) -> None:
        """Remove the place, file or folder, with everything below it; quiet where there is nothing."""

    @abstractmethod
    def __truediv__(self, name: str) -> "Place":
        """Return the place of that name below this one."""

    def read_bytes(self, name: str) -> bytes:
        """Return what a file holds.

        Raises:
            BadInput: If the name leads out of the place, or the file cannot be read.
        """
        with self.open(name) as file:
            return file.read()

    def digest(self, name: str) -> str:
        """Return a file's SHA-256, read in blocks.

        Raises:
            BadInput: If the name leads out of the place, or the file cannot be read.
        """
        with self.open(name) as file:
            return file_digest(cast("Any", file), "sha256").hexdigest()

    def __str__(self) -> str:
        return self.shown
