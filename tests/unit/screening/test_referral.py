"""Who receives a person: the rule's agency, the ministry for minors, or the pattern's; and always somebody."""

import numpy as np
import pytest

from dossier.dossiers import Dossiers
from dossier.fields import MISSING
from dossier.findings import ABSENT, PRESENT, UNKNOWN
from dossier.indicators import indicators
from dossier.problems import BadInput
from dossier.recommendations import agencies
from models.card import load_cards
from screening import referral
from screening.referral import agency_names, headline_stage, policy, receiving_agencies
from screening.rulebook import load_rulebook
from screening.rules import Rule
from screening.screener import RELEASED

ADULT_AGE = 18
FAMILIES = ("online_scam", "sexual_exploitation")
OVERRIDES = tuple(rule for rule in load_rulebook(RELEASED).rules if rule.tier == "override")


def desk(*ages: int) -> Dossiers:
    return Dossiers(np.arange(len(ages)), {"age": np.array(ages, dtype=np.int32)})


def received(dossiers: Dossiers, leading: list[int], *outcomes: tuple[Rule, list[int]]) -> list[str]:
    overrides = {rule.id: (rule, np.array(found, dtype=np.int8)) for rule, found in outcomes}
    index = receiving_agencies(dossiers, np.array(leading, dtype=np.int8), FAMILIES, overrides, ADULT_AGE)
    return [agency_names()[place] for place in index]


def test_the_pattern_decides_where_nothing_else_does() -> None:
    expected = [policy().pattern[family] for family in FAMILIES]
    assert len(set(expected)) == 2
    assert received(desk(30, 30), [0, 1]) == expected


def test_a_minor_goes_to_child_protection_whatever_the_pattern() -> None:
    pattern = [policy().pattern[family] for family in FAMILIES]
    ministry = policy().minor
    assert received(desk(17, 17, 18, 18), [0, 1, 0, 1]) == [ministry, ministry, *pattern]


def test_nobody_is_taken_for_a_minor_for_want_of_an_age() -> None:
    assert received(desk(MISSING), [0]) == [policy().pattern["online_scam"]]


@pytest.mark.parametrize("rule", OVERRIDES, ids=lambda rule: rule.id)
def test_an_override_rule_sends_to_its_agency_even_a_minor(rule: Rule) -> None:
    found = received(desk(30, 30, 30, 16), [0, 0, 0, 0], (rule, [PRESENT, UNKNOWN, ABSENT, PRESENT]))
    pattern = policy().pattern["online_scam"]
    assert found == [rule.agency, pattern, pattern, rule.agency]


@pytest.mark.parametrize("rule", OVERRIDES, ids=lambda rule: rule.id)
def test_every_override_rule_names_an_agency_that_exists(rule: Rule) -> None:
    assert rule.agency in agencies()


def test_a_family_without_an_agency_of_its_own_is_received_all_the_same() -> None:
    index = receiving_agencies(desk(30), np.array([0], dtype=np.int8), ("organ_removal",), {}, ADULT_AGE)
    assert agency_names()[index[0]] in agencies()


def test_the_policy_knows_every_released_family_by_title_and_agency() -> None:
    families = load_cards(RELEASED).families
    assert set(policy().pattern) >= set(families)
    assert set(policy().title) >= set(families)
    assert set(policy().pattern.values()) <= set(agencies())


def test_papers_are_asked_for_on_indicators_that_exist_by_the_headline_stage() -> None:
    assert policy().ask_for_documents
    for name in policy().ask_for_documents:
        assert indicators()[name].stage <= headline_stage()


def test_a_further_interview_is_recommended_below_the_threshold_and_not_above() -> None:
    assert policy().interview_margin > 0


@pytest.mark.parametrize("spoiled", [{"minor": "army"}, {"pattern": {"online_scam": "army"}}], ids=str)
def test_an_unknown_agency_is_refused(spoiled: dict[str, object], monkeypatch: pytest.MonkeyPatch) -> None:
    made = policy().model_copy(update=spoiled)
    monkeypatch.setattr(referral, "validated", lambda *_: made)
    with pytest.raises(BadInput, match="no agency 'army'"):
        policy.__wrapped__()
