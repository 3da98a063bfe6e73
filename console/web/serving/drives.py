"""Network drives, on which SQLite's write-ahead log does not work.

They are told by what the system says is mounted where; where it says nothing, nothing is refused.
"""

import re
import subprocess
from pathlib import Path

from dossier.problems import BadInput

NETWORK_DRIVES = frozenset({
    "nfs", "nfs4", "cifs", "smb3", "smbfs", "afs", "afpfs", "ceph", "glusterfs", "lustre", "fuse.sshfs",
    "webdav",
})  # fmt: skip
"""Kinds of file systems that lie on another computer."""
MOUNT = "/sbin/mount"
"""Where macOS has the program that lists what is mounted."""
ANSWERS_WITHIN_S = 5
_LISTED = re.compile(r"^.* on (?P<place>/.*) \((?P<kind>[^,)]+)[^()]*\)$")


def refuse_network_drive(data: Path) -> None:
    """Refuse a folder of another computer, where this one can tell.

    Raises:
        BadInput: If it lies on a network drive.
    """
    if (kind := kind_of_drive(data)) in NETWORK_DRIVES:
        raise BadInput.of(
            f"the folder lies on a network drive ({kind}), where SQLite loses what is written at once",
            where=str(data),
            mend="Give a folder on a disk of this computer: --data FOLDER; or PostgreSQL by DATABASE_URL.",
        )


def kind_of_drive(folder: Path) -> str | None:
    """Return the kind of file system that a folder lies on; None where the system does not say.

    Args:
        folder: Need not exist yet.
    """
    kinds, place = mounted(), folder.resolve()
    return next((kinds[above] for above in (place, *place.parents) if above in kinds), None)


def mounted(table: Path = Path("/proc/self/mounts"), program: str = MOUNT) -> dict[Path, str]:
    """Return the kind of file system at each place where one is mounted; empty where nobody knows.

    Args:
        table: Where Linux says it.
        program: What says it on macOS.
    """
    try:
        rows = [line.split() for line in table.read_text("utf-8").splitlines()]
    except OSError:
        return _listed(program)
    return {Path(row[1].replace(r"\040", " ")): row[2] for row in rows}


def _listed(program: str) -> dict[Path, str]:
    """Return the same as macOS lists it, such as `//me@far/class on /Volumes/class (smbfs, nodev)`."""
    try:
        said = subprocess.run(  # noqa: S603  (the system's own program, without words of anybody's)
            [program], capture_output=True, text=True, check=True, timeout=ANSWERS_WITHIN_S
        ).stdout
    except (OSError, subprocess.SubprocessError, UnicodeDecodeError):
        return {}
    found = filter(None, map(_LISTED.match, said.splitlines()))
    return {Path(one["place"]): one["kind"] for one in found}
