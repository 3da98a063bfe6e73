"""A line under `sources` is told as a work that a reader can look up, and notes that nobody can open give way."""

from pathlib import Path

import pytest

from dossier.problems import BadInput
from evidence import citations, works_behind
from evidence.citations import is_known, key_and_place, notes, read_notes


def test_a_section_of_notes_gives_way_to_the_works_behind_it_each_once() -> None:
    works = works_behind(["paper_002, Case Study", "handbook/evidence 3", "paper_003, Introduction"])
    assert works == ("paper_002, Case Study", "okezone_2834506", "paper_003, Introduction")
    assert works_behind(works) == works


def test_a_work_is_cited_in_full_with_the_place() -> None:
    (paper,) = citations(["paper-003, Introduction"])
    assert paper.startswith("Hanny Warahhma Surya Pratiwi; Rudi Sukandar: Indonesia's strategy in ASEAN")
    assert paper.endswith("in Cambodia. 2024. Introduction")


def test_a_work_without_figures_is_cited_with_what_it_is_about() -> None:
    (first, *_) = citations(["handbook/evidence 6.1"])
    assert first.startswith("SE Dirjen Imigrasi IMI-0277.GR.02.06/2017: Circular of February 2017")


@pytest.mark.parametrize(
    "line", ["Law 21/2007, Article 1 (5)", "assumed, grade D: no ticket", "my_own, p. 3"]
)
def test_what_has_no_key_stays_as_it_is_written(line: str) -> None:
    assert citations([line]) == (line,)


def test_a_key_and_a_place_are_parted_at_the_first_comma() -> None:
    assert key_and_place("paper_001, Results, page 4") == ("paper_001", "Results, page 4")
    assert key_and_place("okezone_2834506") == ("okezone_2834506", "")


@pytest.mark.parametrize("line", ["handbook/evidence 99", "handbook/", "nobody_2020, page 3"])
def test_a_key_that_nobody_knows_is_told(line: str) -> None:
    assert not is_known(line)


def test_what_our_files_cite_is_told_without_the_notes() -> None:
    works = works_behind(notes().sections)
    assert all(is_known(work) for work in works)
    assert not any("handbook" in work for work in citations(notes().sections))


def test_a_file_of_notes_names_works_once_and_knows_them_all(tmp_path: Path) -> None:
    path = tmp_path / "notes.toml"
    path.write_text(
        '[further]\npaper_002 = { name = "x", says = { en = "x", id = "x" } }\n'
        '[sections]\n"handbook/evidence 1" = ["paper_002, page 1", "nobody_2020"]\n',
        encoding="utf-8",
    )
    with pytest.raises(BadInput) as caught:
        read_notes(path)
    said = [f"{problem}" for problem in caught.value.problems]
    assert len(said) == 2
    assert "'paper_002' stands in sources.toml, too" in said[0]
    assert "line 2" in said[0]
    assert "unknown work 'nobody_2020'" in said[1]
    assert "line 4" in said[1]
