"""Locks: one run at a time writes into a folder.

The lock is the system's own, on a file beside the folder. It is freed when the process that holds it ends,
however it ends, so that neither clocks nor numbers of processes are asked. Where a file system has no such
locks, the file's being there is the lock; then whoever is killed leaves it, and a person has to remove it. On
a network's file system the lock holds among all machines that the server tells of it. An object store has no
locks at all.
"""

import errno
import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from dossier.problems import BadInput

_CANNOT_LOCK = (errno.ENOLCK, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EINVAL)
"""What a file system answers that has no locks."""


def lock_of(folder: Path) -> Path:
    """Return the file on which the lock of a folder is."""
    return folder.with_name(f".{folder.name}.lock")


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold the lock of `folder`, which need not exist; the folder above it must.

    Raises:
        BadInput: If somebody else holds it; at once, without waiting.
        OSError: If the file cannot be made.
    """
    path = lock_of(folder)
    opened = _held(path, folder)
    try:
        yield
    finally:
        # Removed before it is freed: whoever opened it meanwhile sees that it is no longer the one.
        with suppress(OSError):
            path.unlink()
        os.close(opened)


def _held(path: Path, folder: Path) -> int:
    """Return the open file on which the lock is held, and which still bears its name."""
    while True:
        opened, is_new = _opened(path)
        try:
            if _is_locked_by_us(opened, folder, path, is_new=is_new) and _bears_its_name(opened, path):
                return opened
        except BaseException:
            os.close(opened)
            raise
        os.close(opened)


def _opened(path: Path) -> tuple[int, bool]:
    """Return the open file, and whether it was not there before."""
    while True:
        with suppress(FileExistsError):
            return os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o644), True
        with suppress(FileNotFoundError):  # its holder has just removed it
            return os.open(path, os.O_RDWR | os.O_NOFOLLOW), False


def _is_locked_by_us(opened: int, folder: Path, path: Path, *, is_new: bool) -> bool:
    """Lock the file and return True; raises what says who has to do what."""
    try:
        fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        what = "another saring is writing into this folder"
        mend = "Wait until it has finished, or choose another --out."
        raise BadInput.of(what, where=str(folder), mend=mend) from None
    except OSError as error:
        if error.errno not in _CANNOT_LOCK:
            raise
        if not is_new:
            what = "this file system has no locks, and a saring was or is writing into this folder"
            mend = f"If none is at work there any more, remove {path} and call again."
            raise BadInput.of(what, where=str(folder), mend=mend) from None
    return True


def _bears_its_name(opened: int, path: Path) -> bool:
    """Tell whether the locked file is still the one that others will find under that name."""
    try:
        found = path.stat()
    except FileNotFoundError:
        return False
    ours = os.fstat(opened)
    return (found.st_dev, found.st_ino) == (ours.st_dev, ours.st_ino)
