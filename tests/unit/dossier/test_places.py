"""Places: files put whole or not at all, names that stay below, and no password in any message."""

import hashlib
import pickle
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dossier.places import Folder, Place, Remote, place_of, strays
from dossier.places.names import ASIDE, masked
from dossier.places.remote import reached
from dossier.problems import BadInput


@pytest.fixture(autouse=True)
def empty_memory() -> Iterator[None]:
    """What lies in memory:// is shared by a whole process."""
    from fsspec.implementations.memory import MemoryFileSystem

    yield
    MemoryFileSystem.store.clear()
    MemoryFileSystem.pseudo_dirs[:] = [""]


@pytest.fixture(params=["folder", "file:// URL", "store", "other store"])
def place(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    if request.param == "folder":
        return place_of(tmp_path / "place")
    if request.param == "file:// URL":
        return place_of(f"file://{tmp_path}/with%20blank")
    if request.param == "other store":
        monkeypatch.setattr("dossier.places.remote.WHOLE_AT_ONCE", frozenset())
    return place_of("memory://place/of/ours")


def scratch_at(folder: Path) -> Path:
    """Return a folder with two files, one of them deeper."""
    (folder / "deep" / "er").mkdir(parents=True)
    (folder / "a.parquet").write_bytes(b"a")
    (folder / "deep" / "er" / "b.parquet").write_bytes(b"b")
    return folder


# --- putting and reading ------------------------------------------------------------------------------


def test_what_was_put_is_read(place: Place) -> None:
    assert not place.exists()
    assert place.names("**") == []
    place.write_bytes("deep/one.bin", b"old")
    place.write_bytes("deep/one.bin", b"0123456789")
    assert place.exists()
    assert place.read_bytes("deep/one.bin") == b"0123456789"
    assert (place / "deep").read_bytes("one.bin") == b"0123456789"
    assert place.digest("deep/one.bin") == hashlib.sha256(b"0123456789").hexdigest()
    assert place.names("**") == ["deep/one.bin"]
    with place.open("deep/one.bin") as file:
        file.seek(7)
        assert file.read() == b"789"


def test_publishing_moves_every_file_under_its_name(place: Place, tmp_path: Path) -> None:
    scratch = scratch_at(tmp_path / "scratch")
    place.write_bytes("a.parquet", b"older")
    place.publish(scratch)
    assert place.names("**") == ["a.parquet", "deep/er/b.parquet"]
    assert place.read_bytes("a.parquet") == b"a"
    assert place.read_bytes("deep/er/b.parquet") == b"b"
    assert [path for path in scratch.rglob("*") if path.is_file()] == []


def test_removing_takes_what_is_below_and_nothing_else(place: Place) -> None:
    for name in ("in/a", "in/deep/b", "beside"):
        place.write_bytes(name, b"x")
    (place / "in").remove()
    assert place.names("**") == ["beside"]
    (place / "beside").remove()
    (place / "never/there").remove()
    assert place.names("**") == []


def test_there_are_no_files_below_a_file(place: Place) -> None:
    place.write_bytes("deep/one", b"1")
    assert (place / "deep" / "one").names("**") == (place / "deep" / "one").names() == []
    assert (place / "deep" / "one").exists()


def test_a_place_travels(place: Place) -> None:
    place.write_bytes("one", b"1")
    (arrived,) = pickle.loads(pickle.dumps([place / "deep"]))
    assert arrived == place / "deep"
    assert hash(arrived) == hash(place / "deep")
    arrived.write_bytes("two", b"2")
    assert place.names("**") == ["deep/two", "one"]


def test_publishing_crosses_the_border_of_a_file_system(tmp_path: Path) -> None:
    other = Path("/dev/shm")
    if not other.is_dir() or other.stat().st_dev == tmp_path.stat().st_dev:
        pytest.skip("there is no other file system here")
    scratch = scratch_at(other / tmp_path.name)
    try:
        place_of(tmp_path / "place").publish(scratch)
    finally:
        shutil.rmtree(scratch)
    assert place_of(tmp_path / "place").names("**") == ["a.parquet", "deep/er/b.parquet"]


# --- whole or not at all ------------------------------------------------------------------------------


def test_what_is_not_whole_has_no_name_yet(place: Place) -> None:
    place.write_bytes("one", b"1")
    place.write_bytes(f"two{ASIDE}0", b"half")
    assert place.names("**") == place.names() == ["one"]


def test_a_file_that_cannot_be_finished_leaves_the_old_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = place_of(tmp_path)
    place.write_bytes("one", b"whole")

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(BadInput, match="No space left on device") as refused:
        place.write_bytes("one", b"another")
    assert refused.value.problems[0].where == f"{tmp_path}/one"
    assert [path.name for path in tmp_path.iterdir()] == ["one"]
    assert place.read_bytes("one") == b"whole"


def test_a_put_that_breaks_off_elsewhere_leaves_the_old_one(monkeypatch: pytest.MonkeyPatch) -> None:
    from fsspec.implementations.memory import MemoryFileSystem

    place = place_of("memory://place")
    place.write_bytes("one", b"whole")
    monkeypatch.setattr("dossier.places.remote.WHOLE_AT_ONCE", frozenset())

    def broken_off(self: Any, path: str, value: bytes, **_: Any) -> None:
        with self.open(path, "wb") as file:
            file.write(value[:1])
        raise ConnectionResetError("broken off")

    monkeypatch.setattr(MemoryFileSystem, "pipe_file", broken_off)
    with pytest.raises(BadInput, match="broken off"):
        place.write_bytes("one", b"another")
    assert place.names("**") == ["one"]
    assert place.read_bytes("one") == b"whole"


# --- names --------------------------------------------------------------------------------------------

PART = st.sampled_from(["a", "b", "ab", "[a]", "x.parquet", "y.parquet", ".hidden"])
NAME = st.lists(PART, min_size=1, max_size=3).map("/".join)
PATTERN_PART = st.sampled_from(["a", "*", "**", "*.parquet", "?", "[a]", "?.parquet", "a*"])
LAST = PATTERN_PART.filter(lambda part: part != "**")
PATTERN = st.tuples(st.lists(PATTERN_PART, max_size=2), LAST).map(lambda both: "/".join([*both[0], both[1]]))


def naive(folder: Path, pattern: str) -> list[str]:
    """Return what pathlib finds; in brackets it sees a choice of letters, where we see brackets."""
    found = folder.glob(pattern.replace("[", "[[]"))
    return sorted({path.relative_to(folder).as_posix() for path in found if path.is_file()})


@settings(max_examples=40)
@given(names=st.sets(NAME, max_size=8), pattern=PATTERN)
def test_names_match_alike_in_folders_and_elsewhere(
    names: set[str], pattern: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    names = {name for name in names if not any(other.startswith(f"{name}/") for other in names)}
    folder = tmp_path_factory.mktemp("names")
    here, there = place_of(folder), place_of(f"memory://{folder.name}")
    for name in names:
        here.write_bytes(name, b"")
        there.write_bytes(name, b"")
    assert here.names(pattern) == there.names(pattern) == naive(folder, pattern)
    assert here.names("**") == there.names("**") == sorted(names)


OUTSIDE = [
    "../secret",
    "deep/../../secret",
    "/etc/passwd",
    "..",
    "",
    ".",
    "deep//one",
    "./one",
    "deep/",
    "deep\\..\\secret",
    "C:secret",
    "one\nSynthetic: no",
    "one\x00",
    "one\x1b[2J",
    "\u202eone",
]


@pytest.mark.parametrize("name", OUTSIDE)
def test_no_name_leads_out_of_its_place(name: str, place: Place, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("secret", encoding="utf-8")
    place.write_bytes("one", b"1")
    for use in (place.open, place.read_bytes, place.digest, place.__truediv__):
        with pytest.raises(BadInput, match="is no name of a file below this place"):
            use(name)
    with pytest.raises(BadInput, match="is no name of a file below this place"):
        place.write_bytes(name, b"x")


def test_no_link_leads_out_of_a_folder(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.mkdir()
    (secret / "one").write_bytes(b"secret")
    place = place_of(tmp_path / "place")
    place.write_bytes("within/one", b"1")
    (tmp_path / "place" / "out").symlink_to(secret)
    (tmp_path / "place" / "within" / "file").symlink_to(secret / "one")
    (tmp_path / "place" / "fine").symlink_to("within/one")
    assert strays(place) == ["out", "within/file"]
    assert place.read_bytes("fine") == b"1"
    for name in ("out/one", "within/file"):
        with pytest.raises(BadInput, match="a symbolic link leads out of the folder"):
            place.read_bytes(name)
        with pytest.raises(BadInput, match="a symbolic link leads out of the folder"):
            place.write_bytes(name, b"x")
    with pytest.raises(BadInput, match="a symbolic link leads out of the folder"):
        place / "out"
    assert "out/one" not in place.names("**")
    place.remove()
    assert (secret / "one").read_bytes() == b"secret"


# --- what is said -------------------------------------------------------------------------------------


def test_what_is_not_there_is_said(place: Place) -> None:
    place.write_bytes("one", b"1")
    with pytest.raises(BadInput, match="nothing is there") as refused:
        place.read_bytes("two")
    assert refused.value.problems[0].where == f"{place.shown}/two"


def test_what_may_not_be_written_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    from fsspec.implementations.memory import MemoryFileSystem

    def refused_put(*_: Any, **__: Any) -> None:
        raise PermissionError("Access Denied for https://ayu:secret@host/?X-Amz-Signature=secret")

    monkeypatch.setattr(MemoryFileSystem, "pipe_file", refused_put)
    with pytest.raises(BadInput, match="access was refused") as refused:
        place_of("memory://place").write_bytes("one", b"1")
    assert "secret" not in str(refused.value)


def test_a_missing_package_is_named() -> None:
    try:
        import s3fs  # type: ignore[import-not-found, unused-ignore]  # noqa: F401
    except ImportError:
        pass
    else:
        pytest.skip("it is there")
    with pytest.raises(BadInput, match="needs another package .*s3fs"):
        place_of("s3://bucket/cohort")


@pytest.mark.parametrize("url", ["nonsense://x", "://x", "s 3://x"])
def test_a_kind_of_url_that_nobody_knows_is_refused(url: str) -> None:
    with pytest.raises(BadInput, match="this is no URL of a place"):
        place_of(url)


def test_a_host_that_does_not_answer_is_said_without_the_password() -> None:
    with pytest.raises(BadInput, match="refused") as refused:
        place_of("ftp://ayu:s3cret@127.0.0.1:1/cohort")
    assert "s3cret" not in str(refused.value)
    assert refused.value.problems[0].where == "ftp://***@127.0.0.1:1/cohort"


def test_without_fsspec_a_url_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    reached.cache_clear()
    monkeypatch.setitem(sys.modules, "fsspec.core", None)
    with pytest.raises(BadInput, match="fsspec, which is not installed"):
        place_of("memory://place")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("sftp://ayu:secret@host/cohort", "sftp://***@host/cohort"),
        ("sftp://ayu:se@cret@host/cohort", "sftp://***@host/cohort"),
        ("https://host/x?sig=secret&more=secret", "https://host/x?***"),
        ("s3://bucket/part-?.parquet", "s3://bucket/part-?.parquet"),
        ("see a://b:secret@c/d and e://f:secret@g", "see a://***@c/d and e://***@g"),
        ("/data/ayu@host", "/data/ayu@host"),
    ],
)
def test_secrets_of_urls_are_masked(text: str, shown: str) -> None:
    assert masked(text) == shown


def test_a_place_never_shows_its_password() -> None:
    place = Remote("sftp://ayu:secret@host/cohort") / "deep"
    assert place.shown == str(place) == "sftp://***@host/cohort/deep"
    assert "secret" not in repr(place)
    assert "secret" not in repr([place])


def test_a_file_url_is_a_folder_of_this_machine() -> None:
    encoded = "/data/a%20cohort"
    assert place_of(f"file://{encoded}") == Folder(Path("/data/a cohort"))
    assert place_of("file://localhost/data") == Folder(Path("/data"))
    with pytest.raises(BadInput, match="a file: URL names a folder of this machine"):
        place_of("file://host/data")


def test_a_folder_keeps_its_place_when_the_process_changes_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert place_of("cohort") == place_of(tmp_path / "cohort")


def test_fsspec_is_imported_for_urls_alone() -> None:
    code = (
        "import sys; from dossier.places import place_of;"
        "place_of('/tmp').names(); place_of('file://' + '/tmp').names(); print('fsspec' in sys.modules)"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout == "False\n"
