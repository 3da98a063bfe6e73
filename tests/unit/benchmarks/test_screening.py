"""The benchmark of screening: rules are said as they are meant, and what it found is what its table tells."""

import json
from functools import cache
from typing import Any

import numpy as np
import pytest

from benchmarks.peers.boosting import screened_with_reasons
from benchmarks.peers.engines import ENGINES, rules_beside_engines
from benchmarks.peers.rules_said import Asked, complete_rows, fields_of_rules, rows_said, rules_said
from benchmarks.screening import RESULTS, gates, table
from dossier.dossiers import Dossiers
from dossier.fields import MISSING
from dossier.findings import PRESENT, UNKNOWN
from dossier.stages import Stage
from screening.rulebook import compile_rulebook, load_rulebook
from screening.rules_tree import HasCode
from screening.screener import released_rules
from synthetic import draw, load_scenario
from tests.unit.screening.desks import cohort, screener


@cache
def people() -> Dossiers:
    return draw(load_scenario("baseline_year"), n=20_000, seed=5).dossiers


def in_python(said: str) -> str:
    """Return an expression of the engines as Python's, which differs only in how it chooses."""
    return said.replace(" ? 1 : 0)", " * 1)")


@pytest.mark.parametrize("name", ["saring-2026", "ilo-pre-departure"])
def test_said_rules_have_our_outcomes_on_complete_rows(name: str) -> None:
    rulebook = compile_rulebook(load_rulebook(name))
    complete = people().take(complete_rows(rulebook, people()))
    assert len(complete) > 100
    rows, outcomes = rows_said(rulebook, complete), rulebook.outcomes(complete, max(Stage))
    said = rules_said(rulebook)
    assert list(said) == list(outcomes)
    for rule, text in said.items():
        code = compile(in_python(text), rule, "eval")
        found = [bool(eval(code, {}, row)) for row in rows]
        assert not (outcomes[rule] == UNKNOWN).any()
        assert found == (outcomes[rule] == PRESENT).tolist(), rule


def test_complete_rows_lack_no_answer_that_a_rule_reads() -> None:
    rulebook = released_rules()
    complete = set(complete_rows(rulebook, people()).tolist())
    for row in range(500):
        lacks = any(people().columns[name][row] == MISSING for name in fields_of_rules(rulebook))
        assert (row in complete) is not lacks


def test_an_indicator_that_does_what_has_no_translation_is_refused() -> None:
    asked = Asked(HasCode("sex", (1,), wanted=True))
    with pytest.raises(TypeError, match="'add', which has no translation"):
        np.add(asked, asked)  # type: ignore[call-overload]


def test_an_engine_that_is_not_installed_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    found = rules_beside_engines(released_rules(), people(), rows=2, repeats=1)
    assert [one["peer"] for one in found] == [engine.package for engine in ENGINES]
    assert all(one["missing"] and "us_per_row" not in one for one in found)


@pytest.mark.parametrize("engine", ENGINES, ids=lambda engine: f"{engine.package}: {engine.used}")
def test_an_engine_has_our_outcomes(engine: Any) -> None:
    pytest.importorskip(engine.module)
    found = rules_beside_engines(released_rules(), people(), rows=20, repeats=1)
    (own,) = [one for one in found if one["used"] == engine.used]
    assert own["same"] == own["compared"]


def test_screening_with_reasons_says_what_screening_says() -> None:
    found = screened_with_reasons(screener(), cohort().dossiers, Stage.INTERVIEW)
    expected = screener().assess(cohort().dossiers, Stage.INTERVIEW)
    assert (found.risk == expected.risk).all()
    assert (found.route == np.where(expected.is_flagged, expected.route, -1)).all()


# --- what was found ---------------------------------------------------------------------------------


def results() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(RESULTS.read_text(encoding="utf-8"))
    return found


def test_kept_results_are_of_a_whole_run_in_which_every_gate_holds() -> None:
    found = results()
    assert found["simulated"]
    assert not found["quick"]
    assert not found["missing"]
    assert found["gates"] == gates(found)
    assert all(found["gates"].values()), found["gates"]


def test_kept_results_are_told_in_a_table_of_five_columns() -> None:
    rows = table(results())
    assert len(rows) == len(results()["boosting"]) + len(ENGINES)
    assert {row.count(" | ") for row in rows} == {4}


def test_a_gate_that_is_missed_is_told() -> None:
    found = results()
    slower = {**found, "boosting": [{**one, "ratio": 0.26} for one in found["boosting"]]}
    assert list(gates(slower).values()) == [False, True, True]
    other = {**found, "engines": [{**one, "same": one["same"] - 1} for one in found["engines"]]}
    assert list(gates(other).values()) == [True, True, False]
    fewer = {**found, "engines": [{**one, "times": 999.0} for one in found["engines"]]}
    assert list(gates(fewer).values()) == [True, False, True]
