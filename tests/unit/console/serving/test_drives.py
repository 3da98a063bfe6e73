"""Network drives are told from disks, as Linux and macOS say what is mounted."""

from pathlib import Path

import pytest

from console.web.serving import drives
from dossier.problems import BadInput

OF_LINUX = "disk / ext4 rw 0 0\nfar:/x /srv/share nfs4 rw 0 0\nfar:/y /my\\040z cifs rw 0 0\n"
OF_MACOS = """/dev/disk3s1s1 on / (apfs, sealed, local, read-only, journaled)
devfs on /dev (devfs, local, nobrowse)
//me@far/class on /Volumes/our class on Monday (smbfs, nodev, nosuid, mounted by me)
"""


@pytest.mark.parametrize(
    ("folder", "kind"),
    [("/srv/share/console", "nfs4"), ("/srv/console", "ext4"), ("/my z/a", "cifs")],
)
def test_linux_says_it_in_a_table(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, folder: str, kind: str
) -> None:
    table = tmp_path / "mounts"
    table.write_text(OF_LINUX, "utf-8")
    found = drives.mounted(table)
    monkeypatch.setattr(drives, "mounted", lambda: found)
    assert drives.kind_of_drive(Path(folder)) == kind


def test_macos_says_it_by_a_program(tmp_path: Path) -> None:
    program = tmp_path / "mount"
    program.write_text(f"#!/bin/sh\ncat <<'END'\n{OF_MACOS}END\n", "utf-8")
    program.chmod(0o700)
    found = drives.mounted(tmp_path / "no table", str(program))
    assert found == {
        Path("/"): "apfs",
        Path("/dev"): "devfs",
        Path("/Volumes/our class on Monday"): "smbfs",
    }


def test_where_nothing_says_it_nothing_is_refused(tmp_path: Path) -> None:
    assert drives.mounted(tmp_path / "no table", str(tmp_path / "no program")) == {}


def test_a_network_drive_is_refused_for_sqlite(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(drives, "kind_of_drive", lambda _: "cifs")
    with pytest.raises(BadInput, match="network drive"):
        drives.refuse_network_drive(tmp_path)
