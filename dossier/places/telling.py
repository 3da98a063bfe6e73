"""From whatever a file system or a store raises to what is wrong, where, and how to mend it."""

from collections.abc import Iterator
from contextlib import contextmanager

from dossier.places.names import masked
from dossier.problems import BadInput


@contextmanager
def problems_at(where: str) -> Iterator[None]:
    """Turn errors into `BadInput`, without any password that stands in their text.

    Args:
        where: The place or file, as it may be shown.

    Raises:
        BadInput: Instead of any other error; only lack of memory stays what it is.
    """
    try:
        yield
    except (BadInput, MemoryError):
        raise
    except Exception as error:  # noqa: BLE001 - every store raises errors of its own make
        said = masked(getattr(error, "strerror", None) or str(error) or type(error).__name__)
        what, mend = _explained(error)
        raise BadInput.of(f"{what} ({said})", where=where, mend=mend) from None


def _explained(error: Exception) -> tuple[str, str]:
    match error:
        case FileNotFoundError() | NotADirectoryError():
            return "nothing is there", "Check the path; a bucket must exist beforehand."
        case PermissionError():
            return "access was refused", "Check who may read and write there, and the credentials."
        case _:
            return "this place cannot be used", "Check the path, the connection, and the space that is left."
