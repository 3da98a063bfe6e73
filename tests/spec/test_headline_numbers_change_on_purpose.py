"""The headline of every scenario is on record: whom the released screener misses, and whom it flags wrongly.

Applicants are drawn by address, rules and cards are integers, so the counts are the same everywhere, to the
last person. They stand in `tests/baseline/headline.json` and change only together with a line under
"Results change" in the changelog.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from screening import Screener
from screening.evaluation import evaluate
from screening.evaluation.groups import GroupRates
from screening.evaluation.rates import Rate
from synthetic import draw, load_scenario
from tests.baseline.baselines import ACCEPT, HINT, NotSaid, on_record
from tests.unit.synthetic.worlds import RELEASED

APPLICANTS, SEED = 20_000, 1
CHANGELOG = "# Changelog\n\n## 1.0\n\n### Results change\n\n- {}\n\n### Console\n\n- A button.\n"


def headline(scenario: str) -> dict[str, Any]:
    """Return whom the released screener misses and flags, as counts."""
    cohort = draw(load_scenario(scenario), n=APPLICANTS, seed=SEED)
    report = evaluate(Screener.default().screen(cohort.observed), cohort.truth, cohort.observed)
    women_and_men = {group.group: _of(group.miss, "missed") for group in report.rates_by("sex")}
    return {
        "stage": report.stage.label,
        "threshold": report.threshold,
        **_everybody(report.overall),
        "victims_by_sex": women_and_men,
    }


def _everybody(rates: GroupRates) -> dict[str, Any]:
    return {
        "victims": _of(rates.miss, "missed"),
        "lawful": _of(rates.lawful, "flagged"),
        "irregular": _of(rates.irregular, "flagged"),
        "facilitators": _of(rates.facilitators, "flagged"),
    }


def _of(rate: Rate, name: str) -> dict[str, int]:
    return {name: rate.count, "of": rate.n}


def test_the_headline_numbers_are_those_on_record() -> None:
    found = {scenario: headline(scenario) for scenario in RELEASED}
    stated = {"applicants": APPLICANTS, "seed": SEED, "simulated": True, "scenarios": found}
    assert on_record("headline", stated).get("scenarios") == found, HINT


@pytest.fixture
def accepting(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of baselines in which new numbers are being accepted."""
    monkeypatch.setenv(ACCEPT, "1")
    return tmp_path


def test_new_numbers_are_accepted_with_a_new_line_in_the_changelog(accepting: Path) -> None:
    changelog = accepting / "CHANGELOG.md"
    changelog.write_text(CHANGELOG.format("The first numbers."))
    assert on_record("n", {"missed": 1}, accepting, changelog) == {"missed": 1}
    changelog.write_text(CHANGELOG.format("One fewer, for this reason."))
    assert on_record("n", {"missed": 0}, accepting, changelog) == {"missed": 0}
    assert json.loads((accepting / "n.json").read_text()) == {"missed": 0}


@pytest.mark.parametrize("change", ["The first numbers.", "The  first\n  numbers."])
def test_new_numbers_are_refused_while_the_changelog_says_nothing_new(accepting: Path, change: str) -> None:
    changelog = accepting / "CHANGELOG.md"
    changelog.write_text(CHANGELOG.format("The first numbers."))
    on_record("n", {"missed": 1}, accepting, changelog)
    changelog.write_text(CHANGELOG.format(change).replace("A button", "Another button"))
    with pytest.raises(NotSaid):
        on_record("n", {"missed": 0}, accepting, changelog)
    assert json.loads((accepting / "n.json").read_text()) == {"missed": 1}


def test_nothing_is_accepted_unasked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(ACCEPT, raising=False)
    assert on_record("n", {"missed": 1}, tmp_path) == {}
    assert list(tmp_path.iterdir()) == []
