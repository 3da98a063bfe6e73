"""The generator's small pieces: text that shows what it says, links that can be followed, and a whole folder."""

from pathlib import Path

import pytest

from docs._generator import building
from docs._generator.command_pages import commands
from docs._generator.docstrings import converted
from docs._generator.manual_pages import chapters, manual_pages
from docs._generator.markdown import Markdown, bullets, facts, heading, page, prose, sentence_of, table
from docs._generator.number_tables import numbers_table
from docs._generator.sources import cited, figure_links


def test_a_text_shows_what_it_says_and_keeps_code() -> None:
    assert prose("a <b> *c*\n  and `d_*`\n\nthen") == "a \\<b\\> \\*c\\* and `d_*`\n\nthen"


def test_a_table_holds_bars_and_paragraphs_in_its_cells() -> None:
    made = table(("a", "b"), [("x|y", Markdown("one\n\ntwo"))])
    assert made.splitlines()[2] == "| x\\|y | one<br>two |"
    assert table(("a",), []) == ""


def test_what_is_empty_is_left_out() -> None:
    assert page("a", "", "b") == "a\n\nb\n"
    assert facts([("unit", ""), ("stage", "counter")]) == "- **stage:** counter"
    assert bullets([]) == ""


def test_a_heading_can_be_linked_to() -> None:
    assert heading(2, "Sex", "field", "sex") == "(field-sex)=\n## Sex"


def test_a_source_is_linked_where_the_evidence_knows_it() -> None:
    assert cited("paper-004, step 6") == "[paper-004](#source-paper_004), step 6"
    assert cited("assumed, grade D") == "assumed, grade D"
    assert figure_links(["phnom_penh_2022_men"]) == "[phnom\\_penh\\_2022\\_men](#figure-phnom_penh_2022_men)"


def test_numbers_of_a_file_say_what_supports_them() -> None:
    made = numbers_table("synthetic/scenarios/phnom_penh_2022.toml")
    assert "#figure-phnom_penh_2022_men" in made
    assert "assumed" in made


def test_a_test_becomes_a_sentence_and_a_file_a_chapter(tmp_path: Path) -> None:
    (tmp_path / "test_rates_are_counted.py").write_text(
        '"""Counted, not guessed."""\n\n\ndef test_no_rate_without_n() -> None:\n    """Never."""\n\n\ndef helper(): ...\n',
        encoding="utf-8",
    )
    (chapter,) = chapters(tmp_path)
    assert chapter.title == sentence_of("test_rates_are_counted") == "Rates are counted"
    assert chapter.introduction == "Counted, not guessed."
    assert chapter.sections == (("test_no_rate_without_n", "Never."),)
    assert len(manual_pages()) == len(chapters()) + 1


def test_commands_of_groups_and_their_options_are_found() -> None:
    found = {command.name: command for command in commands()}
    assert {"saring", "saring run", "saring rules lint"} <= found.keys()
    options = {option.names[0]: option for option in found["saring run"].options}
    assert options["SCENARIO"].is_argument
    assert options["--yardsticks"].names == ("--yardsticks", "--no-yardsticks")
    assert (options["--n"].value, options["--seed"].default) == ("INTEGER", "1")
    assert options["--lever"].is_repeatable


def test_a_property_that_begins_with_a_colon_keeps_its_words() -> None:
    assert converted(["Shape (n,): codes."]) == ["Shape (n,): codes."]


def test_a_page_is_written_only_where_it_changed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(building, "all_pages", lambda: {"reference/made": "# Made\n"})
    (tmp_path / "gone.md").write_text("# Gone\n", encoding="utf-8")
    building.assemble(tmp_path)
    made = tmp_path / "reference" / "made.md"
    before = made.stat().st_mtime_ns
    building.assemble(tmp_path)
    assert made.stat().st_mtime_ns == before
    assert not (tmp_path / "gone.md").exists()
    assert (tmp_path / "glossary.md").is_file()


def test_no_generated_page_takes_the_place_of_a_written_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(building, "all_pages", lambda: {"glossary": "# Other\n"})
    with pytest.raises(ValueError, match=r"glossary\.md"):
        building.assemble(tmp_path)
