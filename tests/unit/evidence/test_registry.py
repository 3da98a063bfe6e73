"""Asking the registry: near misses are helped, and the hash stands for the content alone."""

from typing import Any

import pytest

from dossier.problems import BadInput
from evidence import evidence_hash, family, figure, figures, instruments, registry, sources, units


def test_an_unknown_figure_is_answered_with_those_most_like_it() -> None:
    with pytest.raises(BadInput, match="phnom_penh_2022_men"):
        figure("phnom_penh_2022_man")


def test_an_unknown_family_is_answered_with_those_most_like_it() -> None:
    with pytest.raises(BadInput, match="trip_purposes_2023"):
        family("trip_purposes")


def test_a_key_like_no_other_is_told_where_to_look() -> None:
    with pytest.raises(BadInput, match="saring show evidence"):
        figure("zzz")


def test_everything_is_read_once() -> None:
    assert registry() is registry()
    assert figures() is registry().figures
    assert (sources(), units(), instruments()) == (
        registry().sources,
        registry().units,
        registry().instruments,
    )


def test_the_registry_cannot_be_added_to() -> None:
    with pytest.raises(TypeError):
        figures()["new"] = figure("phnom_penh_2022_men")  # type: ignore[index]


def test_the_hash_is_a_sha_256() -> None:
    assert len(evidence_hash()) == 64
    assert int(evidence_hash(), 16)


def test_the_hash_does_not_depend_on_comments_order_or_files(sample: Any, tmp_path: Any) -> None:
    a, b = sample.entry("a", "value = 1"), sample.entry("b", "value = 2")
    one = sample.read(a, b).hash
    assert sample.read("# a comment\n", b, a).hash == one
    assert sample.read(b, more=a).hash == one


@pytest.mark.parametrize(
    "change", ["value = 2", 'value = 1\nnotes = "doubtful"', 'value = 1\nqualifier = "about"']
)
def test_the_hash_changes_with_the_content(sample: Any, change: str) -> None:
    before = sample.read(sample.entry("a", "value = 1")).hash
    assert sample.read(sample.entry("a", change)).hash != before


def test_an_instrument_with_an_unknown_source_is_refused(sample: Any) -> None:
    (sample.folder / "instruments").mkdir()
    (sample.folder / "instruments" / "tool.toml").write_text(
        'what = "a tool"\npopulation = "all"\ngeography = "all"\nperiod = { start = 2009, end = 2009 }\n'
        'source = "nowhere"\nlocator = "s"\nprovenance = "secondary"\n'
        'grade = "C"\nlast_checked = 2026-11-22\n'
        "minors_under = 18\ndimension_met_if = []\noutcomes = []\ndimensions = {}\n",
        encoding="utf-8",
    )
    assert "tool.toml: 'tool' names the unknown source 'nowhere'" in sample.complaint()
