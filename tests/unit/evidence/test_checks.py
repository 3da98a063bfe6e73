"""Entries beside one another: sources, grades, conflicts and formulas must agree."""

from typing import Any

import pytest


def test_an_unknown_source_is_named_with_the_one_that_was_meant(sample: Any) -> None:
    text = sample.entry("a", "value = 1").replace('source = "paper"', 'source = "papper"')
    complaint = sample.complaint(text)
    assert "facts.toml, line 9: 'a' names the unknown source 'papper'" in complaint
    assert "Did you mean 'paper'?" in complaint


def test_a_further_source_must_be_known_too(sample: Any) -> None:
    complaint = sample.complaint(sample.entry("a", "value = 1", 'also_in = ["nowhere"]'))
    assert "facts.toml, line 3: 'a' names the unknown source 'nowhere'" in complaint


def test_a_percentage_lies_between_0_and_100(sample: Any) -> None:
    complaint = sample.complaint(sample.entry("a", "value = 101", unit="percent"))
    assert "facts.toml, line 2: 'a' is 101, which is no possible value in percent" in complaint


def test_a_conflict_is_noted_on_both_sides(sample: Any) -> None:
    note = ('conflicts_with = ["b"]', 'conflict_note = "differs"')
    one = sample.entry("a", "value = 1", *note).replace('"B"', '"C"')
    complaint = sample.complaint(one, sample.entry("b", "value = 2"))
    assert "facts.toml, line 3: 'a' conflicts with 'b', which does not say so" in complaint
    assert "Name 'a' in 'conflicts_with' of 'b'" in complaint


def test_a_conflict_names_a_figure_that_exists(sample: Any) -> None:
    note = ('conflicts_with = ["b"]', 'conflict_note = "differs"')
    complaint = sample.complaint(sample.entry("a", "value = 1", *note))
    assert "'a' conflicts with the unknown figure 'b'" in complaint


def test_a_conflict_costs_one_grade(sample: Any) -> None:
    pair = [
        sample.entry("a", "value = 1", 'conflicts_with = ["b"]', 'conflict_note = "differs"'),
        sample.entry("b", "value = 2", 'conflicts_with = ["a"]', 'conflict_note = "differs"'),
    ]
    complaint = sample.complaint(*pair)
    assert (
        "'a' has grade B, but a paper that reports no data of its own is B at best, and a conflict"
        in complaint
    )
    assert "Give it grade C or worse." in complaint
    assert sample.read(*(each.replace('"B"', '"C"') for each in pair)).figure("a").grade == "C"


@pytest.mark.parametrize(
    ("source", "provenance", "best"),
    [("paper", "full", "B"), ("paper", "excerpt", "C"), ("press", "excerpt", "C"), ("lost", "excerpt", "D")],
)
def test_a_grade_is_no_better_than_the_reading(sample: Any, source: str, provenance: str, best: str) -> None:
    def graded(grade: str) -> str:
        stated = f'source = "{source}"\nlocator = "s"\nprovenance = "{provenance}"\ngrade = "{grade}"\n'
        return str(sample.entry("a", "value = 1", stated=stated))

    better = chr(ord(best) - 1)
    assert sample.read(graded(best)).figure("a").grade == best
    assert f"'a' has grade {better}" in sample.complaint(graded(better))


def test_what_awaits_its_primary_source_is_c_at_best(sample: Any) -> None:
    assert "C at best" in sample.complaint(sample.entry("a", "value = 1", "verify_primary = true"))


def test_an_excerpt_cannot_be_read_in_full(sample: Any) -> None:
    text = sample.entry("a", "value = 1").replace('source = "paper"', 'source = "press"')
    assert "claims to be read in full, but 'press' was read as: excerpt" in sample.complaint(text)


def test_a_derived_figure_is_graded_no_better_than_its_worst_input(sample: Any) -> None:
    inputs = [sample.entry("men", "value = 1"), sample.entry("all", "value = 2").replace('"B"', '"C"')]
    complaint = sample.complaint(*inputs, sample.derived("share", '{ ratio = ["men", "all"] }'))
    assert "'share' has grade B, but a derived figure is no better than the worst" in complaint


def test_a_formula_names_figures_that_exist(sample: Any) -> None:
    complaint = sample.complaint(
        sample.entry("men", "value = 1"), sample.derived("share", '{ ratio = ["men", "al"] }', grade="C")
    )
    assert "'share' is derived from the unknown figure 'al'" in complaint


def test_a_formula_works_on_as_many_figures_as_it_needs(sample: Any) -> None:
    complaint = sample.complaint(
        sample.entry("men", "value = 1"), sample.derived("share", '{ ratio = ["men"] }')
    )
    assert "'share' gives 'ratio' the wrong number of figures" in complaint


def test_an_unknown_operation_is_refused(sample: Any) -> None:
    complaint = sample.complaint(sample.entry("a", "value = 1"), sample.derived("b", '{ power = ["a"] }'))
    assert "formula.power" in complaint


def test_a_figure_cannot_be_derived_from_itself(sample: Any) -> None:
    complaint = sample.complaint(
        sample.derived("a", '{ sum = ["b"] }', unit="persons"),
        sample.derived("b", '{ sum = ["a"] }', unit="persons"),
    )
    assert "is derived from itself, by way of" in complaint
