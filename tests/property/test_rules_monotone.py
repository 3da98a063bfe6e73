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
from screening.rules_tree import Node, children_of, parts_of

COMPILED = compile_rulebook(load_rulebook("saring-2026"))
ROWS = 12
NOBODY = example_dossiers([{}] * ROWS, COMPILED.rulebook.neutral)
FINDINGS = hnp.arrays(np.int8, ROWS, elements=st.sampled_from([ABSENT, UNKNOWN, PRESENT]))


def leaves_of(rule: Rule) -> tuple[Node, ...]:
    """Return the indicators and the answers that a rule is built of."""
    return tuple(part for part in parts_of(rule.condition.tree) if not children_of(part))


def outcome(rule: Rule, findings: dict[Node, Findings]) -> Findings:
    """Return the rule's outcome where its indicators and answers are what `findings` says."""
    memo: Memo = {leaf: found.copy() for leaf, found in findings.items()}
    return rule.condition.evaluate(NOBODY, COMPILED.parameters, memo)


@pytest.mark.parametrize("rule", COMPILED.rules, ids=lambda rule: rule.id)
@given(data=st.data())
def test_raising_anything_to_present_never_lowers_a_rule(rule: Rule, data: st.DataObject) -> None:
    findings = {leaf: data.draw(FINDINGS) for leaf in leaves_of(rule)}
    before = outcome(rule, findings)
    for leaf, found in findings.items():
        raised = {**findings, leaf: np.full_like(found, PRESENT)}
        assert (outcome(rule, raised) >= before).all()


@pytest.mark.parametrize("rule", COMPILED.rules, ids=lambda rule: rule.id)
def test_a_rule_needs_something_to_fire_and_fires_on_everything(rule: Rule) -> None:
    for value in (ABSENT, UNKNOWN, PRESENT):
        everything = {leaf: np.full(ROWS, value, np.int8) for leaf in leaves_of(rule)}
        assert (outcome(rule, everything) == value).all()
