"""Locks: one at a time, freed by whatever ends a process, and safe where there are none."""

import errno
import fcntl
import threading
from pathlib import Path

import pytest

from console.parts.locks import lock_of, locked
from dossier.problems import BadInput


def test_a_lock_is_held_once_and_leaves_no_file(tmp_path: Path) -> None:
    folder = tmp_path / "out"
    with locked(folder):
        assert lock_of(folder) == tmp_path / ".out.lock"
        assert lock_of(folder).is_file()
        with pytest.raises(BadInput, match="another saring is writing"), locked(folder):
            pytest.fail("nobody else may be here")
    assert list(tmp_path.iterdir()) == []
    with locked(folder):
        pass


def test_other_folders_have_locks_of_their_own(tmp_path: Path) -> None:
    with locked(tmp_path / "one"), locked(tmp_path / "other"):
        assert len(list(tmp_path.iterdir())) == 2


def test_a_file_that_a_killed_process_left_is_no_lock(tmp_path: Path) -> None:
    lock_of(tmp_path / "out").write_text("12345", encoding="ascii")
    with locked(tmp_path / "out"):
        pass
    assert list(tmp_path.iterdir()) == []


def test_a_link_in_place_of_the_lock_is_not_followed(tmp_path: Path) -> None:
    lock_of(tmp_path / "out").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(OSError, match="symbolic links"), locked(tmp_path / "out"):
        pytest.fail("a link is no lock")
    assert not (tmp_path / "elsewhere").exists()


def test_a_lock_whose_file_was_removed_meanwhile_is_taken_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between opening and locking, its last holder removes the file, and somebody else makes a new one."""
    flock, path, times = fcntl.flock, lock_of(tmp_path / "out"), []

    def raced(opened: int, how: int) -> None:
        flock(opened, how)
        times.append(how)
        if len(times) == 1:
            path.unlink()
            path.touch()

    monkeypatch.setattr(fcntl, "flock", raced)
    with locked(tmp_path / "out"):
        assert len(times) == 2
        monkeypatch.undo()
        with pytest.raises(BadInput, match="another"), locked(tmp_path / "out"):
            pytest.fail("the file that bears the name must be the locked one")


def no_locks(_: int, __: int) -> None:
    raise OSError(errno.ENOLCK, "No locks available")


def test_where_there_are_no_locks_the_file_itself_is_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fcntl, "flock", no_locks)
    with locked(tmp_path / "out"):
        with pytest.raises(BadInput, match="this file system has no locks") as refused:
            locked(tmp_path / "out").__enter__()
        assert str(lock_of(tmp_path / "out")) in refused.value.problems[0].mend
    with locked(tmp_path / "out"):
        pass
    assert list(tmp_path.iterdir()) == []


def test_of_many_at_once_one_gets_it_at_a_time(tmp_path: Path) -> None:
    """Threads that take and free one lock as fast as they can never hold it together."""
    inside, most, got = [0], [0], [0]
    counting = threading.Lock()

    def tried() -> None:
        for _ in range(200):
            try:
                with locked(tmp_path / "out"):
                    with counting:
                        inside[0] += 1
                        most[0], got[0] = max(most[0], inside[0]), got[0] + 1
                    with counting:
                        inside[0] -= 1
            except BadInput:
                continue

    threads = [threading.Thread(target=tried) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == [1]
    assert got[0] > 10
