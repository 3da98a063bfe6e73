"""More evidence never lowers the outcome of a released rule, whatever else the dossier says."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from dossier.findings import ABSENT, PRESENT, UNKNOWN, Findings
from screening.language import Memo
from screening.rulebook import Rule, compile_rulebook, load_rulebook
from screening.rules_examples import example_dossiers
from screening.rules_tree import Indicates

COMPILED = compile_rulebook(load_rulebook("saring-2026"))
ROWS = 12
NOBODY = example_dossiers([{}] * ROWS, COMPILED.rulebook.neutral)
FINDINGS = hnp.arrays(np.int8, ROWS, elements=st.sampled_from([ABSENT, UNKNOWN, PRESENT]))


def outcome(rule: Rule, findings: dict[str, Findings]) -> Findings:
    """Return the rule's outcome where its indicators find what `findings` says."""
    memo: Memo = {Indicates(name): found.copy() for name, found in findings.items()}
    return rule.condition.evaluate(NOBODY, COMPILED.parameters, memo)


@pytest.mark.parametrize("rule", COMPILED.rules, ids=lambda rule: rule.id)
@given(data=st.data())
def test_raising_any_indicator_to_present_never_lowers_a_rule(rule: Rule, data: st.DataObject) -> None:
    findings = {name: data.draw(FINDINGS) for name in rule.condition.indicators}
    before = outcome(rule, findings)
    for name, found in findings.items():
        raised = {**findings, name: np.full_like(found, PRESENT)}
        assert (outcome(rule, raised) >= before).all()


@pytest.mark.parametrize("rule", COMPILED.rules, ids=lambda rule: rule.id)
def test_a_rule_needs_something_to_fire_and_fires_on_everything(rule: Rule) -> None:
    for value in (ABSENT, UNKNOWN, PRESENT):
        everything = {name: np.full(ROWS, value, np.int8) for name in rule.condition.indicators}
        assert (outcome(rule, everything) == value).all()
