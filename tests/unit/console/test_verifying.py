"""Comparing two certificates field by field."""

from pathlib import Path
from typing import Any

import pytest

from console.thresholds.verifying import NOT_THERE, certificate_file, differences, read_certificate
from dossier.problems import BadInput


@pytest.mark.parametrize(
    ("certified", "recomputed", "fields"),
    [
        ({"a": 1}, {"a": 1}, []),
        ({"a": 1}, {"a": 2}, ["a"]),
        ({"a": 1}, {"a": 1.0}, ["a"]),
        ({"a": True}, {"a": 1}, ["a"]),
        ({"a": None}, {"a": 0}, ["a"]),
        ({"a": 0.1 + 0.2}, {"a": 0.3}, []),
        ({"a": 0.3001}, {"a": 0.3}, ["a"]),
        ({"a": [1, 2]}, {"a": [1, 3]}, ["a[1]"]),
        ({"a": [1]}, {"a": [1, 3]}, ["a[1]"]),
        ({"a": [{"b": {"c": "x"}}]}, {"a": [{"b": {"c": "y"}}]}, ["a[0].b.c"]),
        ({"a": [1]}, {"a": {"b": 1}}, ["a"]),
        ({"b": 1, "a": 1}, {"a": 1, "b": 1}, []),
        ([], {}, [""]),
    ],
    ids=str,
)
def test_what_differs_is_named_by_its_path(certified: Any, recomputed: Any, fields: list[str]) -> None:
    assert [one.field for one in differences(certified, recomputed)] == fields


def test_what_is_missing_on_one_side_is_said_to_be() -> None:
    (removed,) = differences({}, {"a": 1})
    (added,) = differences({"a": 1}, {})
    assert (removed.certified, removed.recomputed) == (NOT_THERE, 1)
    assert (added.certified, added.recomputed) == (1, NOT_THERE)


def test_a_hash_is_told_in_words() -> None:
    (difference,) = differences({"rulebook_hash": "a"}, {"rulebook_hash": "b"})
    assert difference.to_json()["words"] == "the rulebook is not the one that was certified"
    (plain,) = differences({"threshold": 1}, {"threshold": 2})
    assert "words" not in plain.to_json()


def test_a_name_is_released_and_anything_else_a_path(tmp_path: Path) -> None:
    assert certificate_file("saring-2026").parent.name == "certificates"
    assert certificate_file("folder/file") == Path("folder/file")
    assert certificate_file("mine.json") == Path("mine.json")
    with pytest.raises(BadInput, match="neither a run nor a cohort"):
        certificate_file(str(tmp_path))


@pytest.mark.parametrize("value", [NOT_THERE, None, 0])
def test_what_was_added_is_told_whatever_it_says(value: Any) -> None:
    (found,) = differences({"n": 1, "note": value}, {"n": 1}, "")
    assert (found.field, found.recomputed) == ("note", NOT_THERE)


def test_a_name_that_stands_twice_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "twice.json"
    path.write_text('{"kind": "guarantee", "threshold": 500, "threshold": -936}', encoding="utf-8")
    with pytest.raises(BadInput, match="'threshold' stands twice"):
        read_certificate(path)
