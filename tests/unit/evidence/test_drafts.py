"""Reading the files: what breaks the format is named with its file and line, all of it at once."""

from typing import Any

import pytest

from dossier.problems import BadInput
from evidence import read_registry


def test_an_unknown_key_is_named_with_file_line_and_the_key_that_was_meant(sample: Any) -> None:
    complaint = sample.complaint(sample.entry("a", "value = 1", 'qualifer = "about"'))
    assert "facts.toml, line 3: unknown key 'qualifer'" in complaint
    assert "Did you mean 'qualifier'?" in complaint


def test_a_missing_period_is_named(sample: Any) -> None:
    text = sample.entry("a", "value = 1").replace("period = { start = 2022, end = 2022 }\n", "")
    assert "facts.toml, line 1: 'period' is missing" in sample.complaint(text)


def test_a_misspelt_period_does_not_turn_a_figure_into_a_family(sample: Any) -> None:
    text = sample.entry("a", "value = 1").replace("period", "perod")
    complaint = sample.complaint(text)
    assert "unknown key 'perod'" in complaint
    assert "'period' is missing" in complaint


def test_problems_of_all_files_are_reported_together(sample: Any) -> None:
    complaint = sample.complaint(
        sample.entry("a", "value = 1", "colour = 3"),
        other=sample.entry("b", "value = 1", unit="hours"),
        broken="[c",
    )
    assert "facts.toml, line 3" in complaint
    assert "other.toml, line 3: 'b' is given in the undeclared unit 'hours'" in complaint
    assert "broken.toml, line 1: this is not valid TOML" in complaint


def test_a_broken_source_is_reported_beside_broken_figures(sample: Any) -> None:
    sources = '[arithmetic]\nkind = "convention"\n'
    complaint = sample.complaint(sample.entry("a", "value = 1", "colour = 3"), sources=sources)
    assert "sources.toml, line 1: 'title' is missing" in complaint
    assert "unknown key 'colour'" in complaint


def test_a_missing_file_is_reported(sample: Any) -> None:
    sample.read()
    (sample.folder / "units.toml").unlink()
    with pytest.raises(BadInput, match=r"units\.toml: there is no such file"):
        read_registry(sample.folder)


def test_a_key_is_declared_once_even_across_files(sample: Any) -> None:
    one = sample.entry("a", "value = 1")
    complaint = sample.complaint(one, more=one)
    assert (
        "more.toml, line 1: 'a' is declared a second time; the first stands in facts.toml, line 1"
        in complaint
    )


def test_a_key_is_lower_snake(sample: Any) -> None:
    assert "'Men2022' is not a lower_snake name" in sample.complaint(sample.entry("Men2022", "value = 1"))


def test_a_number_outside_any_table_is_refused(sample: Any) -> None:
    assert "facts.toml, line 1: 'men' stands outside any table" in sample.complaint("men = 189\n")


def test_a_family_hands_its_fields_to_its_members(sample: Any) -> None:
    family = (
        sample.entry("mix", unit="percent") + "[mix.red]\nvalue = 40\n\n[mix.blue]\nvalue = 60\ngrade = 'C'\n"
    )
    registry = sample.read(family)
    members = registry.family("mix")
    assert {name: figure.estimate for name, figure in members.items()} == {"blue": 60, "red": 40}
    assert registry.figure("mix.red").source == "paper"
    assert (members["red"].grade, members["blue"].grade) == ("B", "C")


def test_an_unknown_key_of_a_family_is_reported_once(sample: Any) -> None:
    family = (
        sample.entry("mix", "colour = 3", unit="percent")
        + "[mix.red]\nvalue = 40\n\n[mix.blue]\nvalue = 60\n"
    )
    complaint = sample.complaint(family)
    assert complaint.count("colour") == 1
    assert "facts.toml, line 2: unknown key 'colour' in the family 'mix'" in complaint
