"""Things that are made and committed, and the files they were made from."""

from pathlib import Path

import pytest

from scripts.freshness import digest_of, files_matching


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    (tmp_path / "pages").mkdir()
    (tmp_path / "pages" / "one.html").write_text("one", encoding="utf-8")
    (tmp_path / "pages" / "two.html").write_text("two", encoding="utf-8")
    return tmp_path


def test_a_file_that_two_patterns_name_is_counted_once(tree: Path) -> None:
    found = files_matching(["pages/*.html", "pages/one.html"], tree)
    assert [path.name for path in found] == ["one.html", "two.html"]


def test_a_pattern_that_names_no_file_is_refused(tree: Path) -> None:
    with pytest.raises(ValueError, match="three.html"):
        files_matching(["pages/*.html", "pages/three.html"], tree)


def test_a_digest_changes_with_a_byte_and_with_a_name(tree: Path) -> None:
    before = digest_of(["pages/*"], tree)
    (tree / "pages" / "two.html").write_text("twO", encoding="utf-8")
    changed = digest_of(["pages/*"], tree)
    (tree / "pages" / "two.html").rename(tree / "pages" / "too.html")
    assert len({before, changed, digest_of(["pages/*"], tree)}) == 3


def test_a_digest_does_not_change_with_what_nobody_named(tree: Path) -> None:
    before = digest_of(["pages/*.html"], tree)
    (tree / "pages" / "notes.txt").write_text("seen by nobody", encoding="utf-8")
    assert digest_of(["pages/*.html"], tree) == before
