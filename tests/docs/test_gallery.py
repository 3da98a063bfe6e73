"""The pictures of the README and the documentation are real ones, and none is older than what draws it."""

from pathlib import Path

import pytest

from scripts.gallery.listed import FOLDER, KEPT, Picture, keep, kept, listed, out_of_date

MOST_BYTES = 200_000
PNG = b"\x89PNG\r\n\x1a\n"


@pytest.mark.parametrize("picture", listed(), ids=lambda one: one.name)
def test_a_picture_is_as_fresh_as_the_code_that_draws_it(picture: Picture) -> None:
    assert picture not in out_of_date(), f"{picture.file} is older than what draws it: run `make gallery`"


@pytest.mark.parametrize("picture", listed(), ids=lambda one: one.name)
def test_a_picture_is_small(picture: Picture) -> None:
    content = (FOLDER / picture.file).read_bytes()
    assert content.startswith(PNG)
    assert len(content) < MOST_BYTES


def test_no_picture_lies_there_that_nobody_makes() -> None:
    assert {path.name for path in FOLDER.iterdir()} == {KEPT, *(one.file for one in listed())}


def test_each_picture_says_in_both_languages_what_it_shows() -> None:
    for one in listed():
        assert one.shows.en
        assert one.shows.id
        assert one.shows.en != one.shows.id


def test_a_picture_that_is_lacking_or_was_changed_is_out_of_date(tmp_path: Path) -> None:
    first, second, *_ = listed()
    for one in listed():
        (tmp_path / one.file).write_bytes(PNG)
    sources = {name: entry["sources"] for name, entry in kept().items()}
    keep(sources, tmp_path)
    fresh = set(out_of_date(tmp_path))
    (tmp_path / first.file).unlink()
    (tmp_path / second.file).write_bytes(PNG + b"changed")
    assert set(out_of_date(tmp_path)) - fresh == {first, second} - fresh


def test_a_picture_whose_sources_were_others_is_out_of_date(tmp_path: Path) -> None:
    for one in listed():
        (tmp_path / one.file).write_bytes(PNG)
    keep(dict.fromkeys((one.name for one in listed()), "of other sources"), tmp_path)
    assert set(out_of_date(tmp_path)) == set(listed())
