"""What follows from a score, whoever receives the person; and who does, on a desk made by hand."""

import numpy as np
import pytest

from dossier.dossiers import Dossiers
from dossier.fields import MISSING, Values, fields
from dossier.findings import ABSENT, PRESENT, UNKNOWN
from dossier.indicators import indicators
from dossier.problems import BadInput
from dossier.recommendations import agencies
from models.card import load_cards
from screening import referral
from screening.conditions import Desk
from screening.referral import agency_names, headline_stage, policy
from screening.referral_policy import NOBODY, Fate, load_policy
from screening.routes import Resemblance, route_findings, routed, unsettled
from screening.rulebook import load_rulebook
from screening.rules import Rule
from screening.screener import RELEASED

FAMILIES = (*load_cards(RELEASED).families, "unheard_of")
OVERRIDES = tuple(rule for rule in load_rulebook(RELEASED).rules if rule.tier == "override")


def desk(**answers: list[int]) -> Desk:
    """Return dossiers in which only these fields have been asked for."""
    columns: dict[str, Values] = {
        name: np.array(values, np.int32) if fields()[name].is_number else np.array(values, np.int8)
        for name, values in answers.items()
    }
    return Desk(Dossiers(np.arange(len(next(iter(columns.values())))), columns))


def like(*families: str) -> Resemblance:
    return Resemblance(np.array([FAMILIES.index(family) for family in families], dtype=np.int8), FAMILIES)


def ids(found: Desk, resembles: Resemblance, name: str = RELEASED) -> list[str]:
    chosen = load_policy(name)
    return [chosen.route_ids[place] for place in routed(chosen, found, resembles, {}).route]


def code(field: str, label: str) -> int:
    return fields()[field].code(label)


# --- who receives a person --------------------------------------------------------------------------


def test_the_first_route_that_applies_decides() -> None:
    found = desk(age=[17, 18])
    assert ids(found, like("organ_removal", "organ_removal")) == ["minor", "organ"]


def test_nobody_is_taken_for_a_minor_for_want_of_an_age() -> None:
    assert ids(desk(age=[MISSING]), like("organ_removal")) == ["organ"]


def test_a_pattern_without_a_route_of_its_own_is_received_all_the_same() -> None:
    found = routed(load_policy(), desk(age=[30]), like("unheard_of"), {})
    assert agency_names()[found.agency[0]] in agencies()


@pytest.mark.parametrize("rule", OVERRIDES, ids=lambda rule: rule.id)
def test_an_override_rule_sends_an_adult_to_its_agency_and_leaves_a_minor_with_child_protection(
    rule: Rule,
) -> None:
    outcome = np.array([PRESENT, UNKNOWN, ABSENT, PRESENT], dtype=np.int8)
    found = routed(
        load_policy(), desk(age=[30, 30, 30, 16]), like(*["organ_removal"] * 4), {rule.id: (rule, outcome)}
    )
    names = [agency_names()[place] for place in found.agency]
    assert names == [rule.agency, "lpsk", "lpsk", "kemenpppa"]
    assert [load_policy().route_ids[place] for place in found.route] == ["by_rule", "organ", "organ", "minor"]


def test_a_sign_that_was_not_asked_for_contributes_nothing_and_an_unknown_one_is_left_open() -> None:
    silent, held = code("told_to_keep_silent", "yes"), code("documents_held_by", "another_person")
    asked = desk(
        age=[30, 30, 30],
        sex=[code("sex", "female")] * 3,
        told_to_keep_silent=[silent, silent, silent],
        documents_held_by=[held, MISSING, code("documents_held_by", "self")],
        reluctance=[code("reluctance", "at_ease")] * 3,
        accompanied_by=[code("accompanied_by", "alone")] * 3,
    )
    resembles = like(*["online_scam"] * 3)
    assert ids(asked, resembles) == ["woman_in_danger", "online_scam", "online_scam"]
    chosen = load_policy()
    left_open = [[route.id for route in unsettled(chosen, asked, resembles, {}, row)] for row in range(3)]
    assert left_open == [[], ["woman_in_danger", "person_in_danger"], []]
    not_asked = desk(age=[30], sex=[code("sex", "female")], told_to_keep_silent=[silent])
    assert ids(not_asked, like("online_scam")) == ["online_scam"]
    assert unsettled(chosen, not_asked, like("online_scam"), {}, 0) == ()


def test_every_route_says_of_everybody_whether_it_applies() -> None:
    found = route_findings(load_policy(), desk(age=[16, 30]), like("organ_removal", "unheard_of"), {})
    assert [len(one) for one in found] == [2] * len(load_policy().routes)
    assert (found[-1] == PRESENT).all()


# --- fates ------------------------------------------------------------------------------------------


def test_under_the_released_policy_everybody_who_is_flagged_is_received() -> None:
    chosen = load_policy()
    keys = list(agencies())
    for place, route in enumerate(chosen.routes):
        for agency in keys if route.by_rule else [route.agency]:
            fate = chosen.fates(np.array([place], np.int8), np.array([keys.index(agency)], np.int8))
            assert fate[0] == Fate.RECEIVED, route.id


def test_where_a_policy_names_nobody_the_person_is_turned_away() -> None:
    chosen = load_policy("paper-004")
    keys = list(agencies())
    route = np.array(
        [chosen.route_ids.index(name) for name in ("named_by_police", "appearance", "turned_away")]
    )
    agency = np.array([keys.index("police"), keys.index("enforcement"), NOBODY])
    found = chosen.fates(route.astype(np.int8), agency.astype(np.int8))
    assert found.tolist() == [Fate.RECEIVED, Fate.EXAMINED, Fate.TURNED_AWAY]


# --- what follows from a score ----------------------------------------------------------------------


@pytest.mark.parametrize("rule", OVERRIDES, ids=lambda rule: rule.id)
def test_every_override_rule_names_an_agency_that_exists(rule: Rule) -> None:
    assert rule.agency in agencies()


def test_the_policy_knows_every_released_family_by_title() -> None:
    assert set(policy().title) >= set(load_cards(RELEASED).families)


def test_papers_are_asked_for_on_indicators_that_exist_by_the_headline_stage() -> None:
    assert policy().ask_for_documents
    for name in policy().ask_for_documents:
        assert indicators()[name].stage <= headline_stage()


def test_a_further_interview_is_recommended_below_the_threshold_and_not_above() -> None:
    assert policy().interview_margin > 0


def test_an_unknown_agency_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    looks = policy().investigation.model_copy(update={"linked": "army"})
    made = policy().model_copy(update={"investigation": looks})
    monkeypatch.setattr(referral, "validated", lambda *_: made)
    with pytest.raises(BadInput, match="no agency 'army'"):
        policy.__wrapped__()
