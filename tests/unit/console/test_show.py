"""`saring show`: everything saring knows, as tables and in full."""

import json
import tomllib
from pathlib import Path

import pytest

from console.commands.show import LISTINGS
from dossier.fields import fields
from dossier.indicators import indicators
from dossier.recommendations import agencies
from evidence import figures
from screening.rulebook import load_rulebook
from screening.screener import RELEASED
from synthetic.modules import released_modules
from synthetic.scenarios import scenario_names
from tests.unit.console.terminal import OK, json_of, saring

IDS = {
    "scenarios": set(scenario_names()),
    "journeys": set(released_modules()),
    "rules": {rule.id for rule in load_rulebook(RELEASED).rules},
    "indicators": set(indicators()),
    "evidence": set(figures()),
    "fields": set(fields()),
    "agencies": set(agencies()),
}


def test_everything_that_can_be_shown_is_tested() -> None:
    assert set(LISTINGS) >= set(IDS)


@pytest.mark.parametrize("what", IDS)
def test_json_holds_all_of_a_kind(what: str) -> None:
    found = json_of("show", what)
    assert set(found[what]) == IDS[what]
    assert found["schema_version"] == "1"


@pytest.mark.parametrize("what", IDS)
@pytest.mark.parametrize("language", ["en", "id"])
def test_people_read_a_table_of_all(what: str, language: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "400")
    result = saring("show", what, "--language", language)
    assert result.exit_code == OK
    assert result.stdout.startswith(f"{len(IDS[what])} {what}")
    assert all(item in result.stdout for item in IDS[what])


@pytest.mark.parametrize("what", IDS)
def test_each_of_a_kind_can_be_shown_in_full(what: str) -> None:
    for item in sorted(IDS[what])[:8]:
        assert json_of("show", what, item)["id"] == item
        shown = json.loads(saring("show", what, item).stdout)
        assert shown


def test_a_figure_is_shown_with_source_unit_and_grade() -> None:
    for key in sorted(IDS["evidence"])[:20]:
        found = json_of("show", "evidence", key)
        assert {"estimate", "unit", "grade"} <= set(found)
        assert found["unit"] == figures()[key].unit


def test_a_rule_is_shown_with_its_question_and_innocent_explanations() -> None:
    for rule in load_rulebook(RELEASED).rules[:5]:
        found = json_of("show", "rules", rule.id)
        assert found["question"] == {"en": rule.question.en, "id": rule.question.id}
        assert len(found["innocent"]) == len(rule.innocent)


def test_the_entry_point_is_the_command_that_is_shown_here() -> None:
    pyproject = Path(__file__).parents[3] / "pyproject.toml"
    scripts = tomllib.loads(pyproject.read_text(encoding="utf-8"))["project"]["scripts"]
    assert scripts == {"saring": "console.cli:main"}
