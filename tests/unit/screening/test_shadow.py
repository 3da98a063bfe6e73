"""Shadow rules: counted beside the live ones, without effect, and never on the same people twice."""

import json
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from dossier.findings import PRESENT
from dossier.problems import BadInput
from dossier.stages import Stage
from dossier.truth import TruthClass
from screening.evaluation.shadow import (
    ShadowCounts,
    Watermark,
    check_continuable,
    joined_shadow,
    read_shadow,
    shadow_counts,
    shadow_json,
    with_shadow_rules,
)
from screening.rulebook import Rulebook, compile_rulebook, load_rulebook
from screening.rules import Status
from screening.rules_only import rules_screener
from screening.screener import Screener
from tests.unit.screening.desks import SIZE, cohort

STAGE = Stage.VERIFICATION
CLASSES = cohort().truth.truth_class
ON_TRIAL = "physical_data_differs"
MARK = Watermark(corpus="c", world="w", draw="d", rows=SIZE, last_applicant=7)


def with_status(rule_id: str, status: Status) -> Rulebook:
    """Return a released rulebook in which one rule has another status."""
    book = load_rulebook("paper-004")
    rules = tuple(
        rule.model_copy(update={"status": status}) if rule.id == rule_id else rule for rule in book.rules
    )
    return book.model_copy(update={"rules": rules})


def trying() -> Screener:
    return rules_screener(with_status(ON_TRIAL, "shadow"))


@cache
def counts() -> ShadowCounts:
    return shadow_counts(trying(), "some", cohort().dossiers, cohort().truth, STAGE)


def test_a_shadow_rule_changes_no_recommendation() -> None:
    without = rules_screener(with_status(ON_TRIAL, "draft"))
    beside, alone = (one.assess(cohort().dossiers, STAGE) for one in (trying(), without))
    assert (beside.recommendation == alone.recommendation).all()
    assert (beside.risk == alone.risk).all()


def test_outcomes_are_those_the_rule_has_when_live() -> None:
    live = compile_rulebook(load_rulebook("paper-004")).outcomes(cohort().dossiers, STAGE)
    for rule in counts().rules:
        for value, label in enumerate(("absent", "unknown", "present")):
            for each in TruthClass:
                expected = ((live[rule.rule] == value) & (each == CLASSES)).sum()
                assert rule.outcomes[label][each.label] == expected
    assert {rule.rule for rule in counts().rules} == set(live)
    assert any(rule.outcomes["unknown"]["lawful"] for rule in counts().rules)


def test_what_it_adds_is_whom_no_live_rule_names() -> None:
    found = compile_rulebook(load_rulebook("paper-004")).outcomes(cohort().dossiers, STAGE)
    flagged = trying().assess(cohort().dossiers, STAGE).is_flagged
    fires = found[ON_TRIAL] == PRESENT
    named = np.any([found[rule] == PRESENT for rule in found if rule != ON_TRIAL], axis=0)
    (rule,) = [rule for rule in counts().rules if rule.status == "shadow"]
    for each in TruthClass:
        own = each == CLASSES
        assert rule.fires[each.label] == (fires & own).sum()
        assert rule.no_live_rule[each.label] == (fires & ~named & own).sum()
        assert rule.not_flagged[each.label] == (fires & ~flagged & own).sum()
    (added,) = shadow_json(counts())["added"]
    assert added["adds_lawful"]["fired"] == rule.no_live_rule["lawful"] > 0
    assert added["adds_lawful"]["n"] == (CLASSES == TruthClass.LAWFUL).sum()


def test_a_live_rule_that_fires_alone_is_counted_so() -> None:
    found = compile_rulebook(with_status(ON_TRIAL, "shadow")).outcomes(cohort().dossiers, STAGE)
    fired = np.array([outcome == PRESENT for outcome in found.values()])
    alone = fired & (fired.sum(axis=0) == 1)
    for rule in counts().rules:
        if rule.status == "live":
            assert sum(rule.no_live_rule.values()) == alone[list(found).index(rule.rule)].sum()


def test_parts_add_up_to_the_whole() -> None:
    halves = [slice(0, 1300), slice(1300, None)]
    parts = [
        shadow_counts(trying(), "some", cohort().dossiers.take(h), cohort().truth.take(h), STAGE)
        for h in halves
    ]
    assert joined_shadow(parts) == counts()


def test_a_rulebook_without_shadow_rules_is_refused() -> None:
    with pytest.raises(BadInput, match="no shadow rule is in force"):
        with_shadow_rules(compile_rulebook(load_rulebook("paper-004")))


# --- continuing -------------------------------------------------------------------------------------


def marked(**changes: object) -> ShadowCounts:
    return counts().model_copy(update={"watermarks": (MARK,), **changes})


def test_counts_are_kept_and_read_back(tmp_path: Path) -> None:
    path = tmp_path / "kept.json"
    path.write_text(json.dumps({**shadow_json(marked()), "n": SIZE}))
    assert read_shadow(path) == marked()


def test_other_people_may_be_added() -> None:
    other = MARK.model_copy(update={"draw": "e", "corpus": "f"})
    after = marked(watermarks=(other,))
    check_continuable(marked(), after, "kept.json")
    both = joined_shadow([marked(), after])
    assert both.watermarks == (MARK, other)
    assert sum(both.people.values()) == 2 * SIZE
    assert ShadowCounts.model_validate(both.model_dump()) == both


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({}, f"counted already: {SIZE:,} rows, the last of them 7"),
        ({"watermarks": (MARK.model_copy(update={"corpus": "of another size"}),)}, "counted already"),
        (
            {"watermarks": (MARK.model_copy(update={"world": "x", "draw": "e"}),)},
            "its levers or the evidence",
        ),
        ({"scenario": "other"}, "of the scenario 'some', not 'other'"),
        ({"stage": "counter"}, "of the stage 'verification', not 'counter'"),
        ({"rulebook": "mine"}, "of the rulebook 'paper-004', not 'mine'"),
        ({"rules_hash": "0"}, "have changed since these counts"),
    ],
)
def test_the_same_people_or_other_rules_may_not(changes: dict[str, object], said: str) -> None:
    with pytest.raises(BadInput) as caught:
        check_continuable(marked(), marked(**changes), "kept.json")
    assert said in str(caught.value)
    assert "kept.json" in str(caught.value)


@pytest.mark.parametrize(
    ("place", "value"),
    [
        (("watermarks", 0, "rows"), SIZE + 1),
        (("people", "victim"), -1),
        (("rules", 0, "outcomes", "present", "lawful"), 10**6),
        (("rules", 0, "outcomes", "present", "lawful"), "many"),
        (("rules", 0, "no_live_rule"), {}),
        (("kind",), "coverage"),
    ],
)
def test_counts_that_cannot_be_are_refused(
    tmp_path: Path, place: tuple[str | int, ...], value: object
) -> None:
    content = json.loads(json.dumps(shadow_json(marked())))
    part = content
    for key in place[:-1]:
        part = part[key]
    part[place[-1]] = value
    path = tmp_path / "kept.json"
    path.write_text(json.dumps(content))
    with pytest.raises(BadInput, match="Give a file that"):
        read_shadow(path)


def test_a_rule_of_a_later_stage_is_not_counted_yet() -> None:
    early = shadow_counts(trying(), "some", cohort().dossiers, cohort().truth, Stage.COUNTER)
    assert {rule.rule for rule in early.rules} < {rule.rule for rule in counts().rules}
