"""Example dossiers of a run: drawn again by their row, with the truth and with reasons that add up."""

import json
from typing import Any

import pytest

from dossier.fields import fields, fields_visible_at
from dossier.stages import Stage
from dossier.tables import RESERVED_BELOW
from tests.unit.console.conftest import Made


@pytest.fixture(scope="module")
def examples(finished_run: Made) -> list[dict[str, Any]]:
    content = json.loads((finished_run.folder / "evaluation.json").read_text(encoding="utf-8"))
    found: list[dict[str, Any]] = content["examples"]
    assert found
    return found


def test_an_example_is_nobody(examples: list[dict[str, Any]]) -> None:
    for one in examples:
        assert len(one["applicant"]) == 16
        assert int(one["applicant"]) < RESERVED_BELOW
        assert one["name"]


def test_an_example_shows_what_can_be_seen_at_the_stage(examples: list[dict[str, Any]]) -> None:
    visible = fields_visible_at(Stage.VERIFICATION)
    for one in examples:
        assert [line["field"] for line in one["dossier"]] == [name for name in fields() if name in visible]
        assert all(line["label"]["en"] and line["label"]["id"] for line in one["dossier"])


def test_the_reasons_of_an_example_add_up(examples: list[dict[str, Any]]) -> None:
    for one in examples:
        found = one["explanation"]
        parts = [found["start"], found["resembles_others"], *(line["points"] for line in found["reasons"])]
        if found["risk"] is not None:
            assert sum(round(100 * part) for part in parts) == round(100 * found["risk"])


def test_the_values_of_a_reason_are_those_of_the_dossier(examples: list[dict[str, Any]]) -> None:
    for one in examples:
        dossier = {line["field"]: line["value"] for line in one["dossier"]}
        for reason in one["explanation"]["reasons"]:
            assert reason["values"].items() <= dossier.items()


def test_flagged_or_not_is_as_the_kind_says(examples: list[dict[str, Any]]) -> None:
    for one in examples:
        referred = one["explanation"]["recommendation"] == "refer"
        assert referred == (not one["kind"].endswith(("missed", "let_through")))
        is_victim = one["truth"]["truth_class"] == "victim"
        assert is_victim == one["kind"].startswith("victim")
