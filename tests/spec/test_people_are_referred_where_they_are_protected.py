"""Referral: whoever is flagged is received by somebody who protects, on grounds that can be read.

The papers name who does what; the policy names the grounds. A minor, a woman in danger of violence, a man in the
same danger, papers that somebody else has forged, a worker whose rights are not kept and a person recruited for
an organ each go where the papers say. Nobody is turned away, except where the procedure of paper 004 is followed
on purpose, so that its harm to simulated people can be seen.
"""

from typing import Any

import numpy as np
import pytest

from dossier.dossiers import Dossiers
from dossier.fields import MISSING, Values, fields, fields_visible_at
from dossier.recommendations import agencies
from dossier.stages import Stage
from models.card import load_cards
from screening.conditions import Desk
from screening.referral import agency_names
from screening.referral_policy import load_policy
from screening.routes import Resemblance, routed
from screening.rules_examples import example_dossiers
from screening.screener import RELEASED, released_rules
from tests.unit.console.terminal import json_of, saring
from tests.unit.screening.desks import assessment, cohort

FAMILIES = load_cards(RELEASED).families
NEUTRAL = {**released_rules().rulebook.neutral, "sex": "male"}


def applicant(**answers: str | int) -> Dossiers:
    """Return an adult man whose answers raise no question, but for these."""
    one = example_dossiers([answers], NEUTRAL)
    return one.select(fields_visible_at(Stage.CHECKPOINT))


def received(one: Dossiers, pattern: str = "debt_bondage") -> tuple[str, str, tuple[str, ...]]:
    """Return on what grounds, by whom, and who else is told."""
    policy = load_policy()
    leading = np.array([FAMILIES.index(pattern)], dtype=np.int8)
    found = routed(policy, Desk(one), Resemblance(leading, FAMILIES), {})
    route = policy.routes[found.route[0]]
    return route.id, agency_names()[found.agency[0]], route.informs


# --- each where the papers say ----------------------------------------------------------------------


@pytest.mark.parametrize("pattern", FAMILIES)
def test_a_minor_is_received_by_child_protection_whatever_the_pattern(pattern: str) -> None:
    assert received(applicant(age=16), pattern)[:2] == ("minor", "kemenpppa")


DANGER = (
    {"told_to_keep_silent": "yes", "documents_held_by": "another_person"},
    {"told_to_keep_silent": "yes", "reluctance": "afraid"},
    {"documents_held_by": "another_person", "accompanied_by": "unrelated_adult"},
    {"companions_seen": "escorted", "told_to_keep_silent": "yes"},
)


@pytest.mark.parametrize("signs", DANGER, ids=str)
def test_a_woman_in_danger_of_violence_is_received_by_the_ministry_for_women(signs: dict[str, str]) -> None:
    grounds, agency, informs = received(applicant(sex="female", **signs))
    assert (grounds, agency) == ("woman_in_danger", "kemenpppa")
    assert {"lpsk", "police"} <= set(informs)


@pytest.mark.parametrize("signs", DANGER, ids=str)
def test_a_man_in_the_same_danger_is_received_by_the_witness_and_victim_agency(signs: dict[str, str]) -> None:
    grounds, agency, informs = received(applicant(sex="male", **signs))
    assert (grounds, agency) == ("person_in_danger", "lpsk")
    assert "police" in informs


def test_an_impression_of_fear_is_never_enough_by_itself() -> None:
    assert received(applicant(sex="female", reluctance="afraid"))[0] == "worker"


@pytest.mark.parametrize(
    "paper", [{"ultraviolet_check": "irregular"}, {"issuing_agency_answer": "refuted"}], ids=str
)
def test_who_hands_in_papers_forged_by_another_is_treated_as_deceived(paper: dict[str, str]) -> None:
    grounds, agency, informs = received(applicant(accompanied_by="unrelated_adult", **paper))
    assert (grounds, agency) == ("forged_by_another", "lpsk")
    assert "enforcement" in informs
    sentence = next(route.grounds for route in load_policy().routes if route.id == grounds)
    assert "deceived" in sentence.en
    assert "ditipu" in sentence.id


def test_papers_in_doubt_without_another_hand_are_checked_in_the_field_and_somebody_listens() -> None:
    grounds, agency, informs = received(applicant(ultraviolet_check="irregular"))
    assert (grounds, agency) == ("papers", "enforcement")
    assert any(agencies()[key].protects for key in informs)


@pytest.mark.parametrize("answer", [{"registry_match": "mismatch"}, {"apparent_age": "looks_older"}], ids=str)
def test_identity_data_that_does_not_match_goes_to_the_civil_registry(answer: dict[str, str]) -> None:
    assert received(applicant(**answer))[:2] == ("identity", "dukcapil")


@pytest.mark.parametrize(
    "answer",
    [
        {"fee_idr": 60_000_000},
        {"debt": "recruiter"},
        {"contract": "none"},
        {"offer_channel": "recruiter_visit"},
        {"sponsor_kind": "licensed_agency", "agency_licence": "expired"},
    ],
    ids=str,
)
def test_a_labour_rights_case_goes_to_the_migrant_worker_agency(answer: dict[str, str | int]) -> None:
    assert received(applicant(job_offer="yes", **answer))[:2] == ("labour_rights", "bp2mi")


@pytest.mark.parametrize(
    ("pattern", "agency"),
    [
        ("organ_removal", "lpsk"),
        ("drug_courier", "police"),
        ("online_scam", "bp2mi"),
        ("domestic_servitude", "bp2mi"),
        ("debt_bondage", "bp2mi"),
    ],
)
def test_otherwise_the_pattern_leads_the_way(pattern: str, agency: str) -> None:
    assert received(applicant(), pattern)[1] == agency


@pytest.mark.parametrize("pattern", ["forced_marriage", "sexual_exploitation"])
def test_neither_a_forced_marriage_nor_sexual_exploitation_is_a_matter_of_women_only(pattern: str) -> None:
    for sex, agency in (("female", "kemenpppa"), ("male", "lpsk")):
        _, receives, informs = received(applicant(sex=sex), pattern)
        assert receives == agency
        assert "police" in informs


@pytest.mark.parametrize(
    ("answers", "agency"),
    [
        ({"age": 24}, "kemenpppa"),
        ({"age": 40, "apparent_age": "looks_younger"}, "kemenpppa"),
        ({"age": 25}, "bp2mi"),
        ({"age": 40, "apparent_age": "looks_older"}, "dukcapil"),
    ],
    ids=str,
)
def test_a_pattern_of_children_leads_to_child_protection_only_where_the_applicant_may_be_one(
    answers: dict[str, str | int], agency: str
) -> None:
    assert received(applicant(**answers), "child_exploitation")[1] == agency


def test_the_police_are_not_told_of_a_child_before_a_social_worker_has_spoken_with_it() -> None:
    assert received(applicant(age=16))[2] == ("social_service",)


def test_a_link_to_people_brought_home_is_heard_by_the_worker_agency_and_the_recruiter_looked_for() -> None:
    grounds, agency, informs = received(applicant(repatriation_record="linked"))
    assert (grounds, agency) == ("people_brought_home", "bp2mi")
    assert {"police", "district_team"} <= set(informs)


def test_an_unknown_answer_is_nobodys_ground() -> None:
    one = applicant()
    columns: dict[str, Values] = {
        name: values if name == "age" else np.full_like(values, MISSING)
        for name, values in one.columns.items()
    }
    assert received(Dossiers(one.applicants, columns))[0] == "worker"


# --- why sex may be read here -----------------------------------------------------------------------


def test_sex_decides_who_receives_and_never_who_is_flagged() -> None:
    rules = released_rules()
    assert not any("sex" in rule.reads for rule in rules.rules)
    assert not any("sex" in one.reads for one in rules.indicators.values())
    by_sex = [route for route in load_policy().routes if any("sex" in condition for condition in route.when)]
    twins = {
        "woman_in_danger": "person_in_danger",
        "marriage_of_a_woman": "marriage",
        "sexual_exploitation_of_a_woman": "sexual_exploitation",
    }
    assert {route.id for route in by_sex} == set(twins)
    places = [route.id for route in load_policy().routes]
    for route, twin in twins.items():
        assert places.index(twin) == places.index(route) + 1


# --- everybody --------------------------------------------------------------------------------------


@pytest.mark.parametrize("stage", Stage, ids=lambda stage: stage.label)
def test_at_every_stage_everybody_would_be_received_by_somebody(stage: Stage) -> None:
    found = assessment(stage)
    assert len(found.agency) == len(cohort().dossiers)
    assert (found.agency >= 0).all()


def test_every_ground_is_met_in_an_ordinary_year() -> None:
    met = {load_policy().route_ids[place] for stage in Stage for place in assessment(stage).route}
    assert met == set(load_policy().route_ids)


# --- the paper's own rejection, on purpose and measured ---------------------------------------------


@pytest.fixture(scope="module")
def by_policy(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    folder = tmp_path_factory.mktemp("policies")
    words = ("run", "phnom_penh_2022", "--n", 1500, "--seed", 5, "--no-yardsticks")
    return {
        "saring-2026": json_of(*words, "--out", folder / "usual"),
        "paper-004": json_of(*words, "--policy", "paper-004", "--out", folder / "paper"),
    }


def test_without_a_word_the_released_policy_is_followed(by_policy: dict[str, dict[str, Any]]) -> None:
    assert by_policy["saring-2026"]["policy_harm"]["chosen"] == "saring-2026"


def test_a_policy_changes_what_follows_and_not_who_is_flagged(by_policy: dict[str, dict[str, Any]]) -> None:
    ours, paper = by_policy["saring-2026"], by_policy["paper-004"]
    for key in ("threshold", "miss_rate", "false_flag_rate", "by", "recommendations"):
        assert ours[key] == paper[key]
    assert sum(sum(n.values()) for n in ours["referred_to"].values()) > sum(
        sum(n.values()) for n in paper["referred_to"].values()
    )


def test_the_same_people_are_compared_under_both_whichever_is_followed(
    by_policy: dict[str, dict[str, Any]],
) -> None:
    ours, paper = by_policy["saring-2026"]["policy_harm"], by_policy["paper-004"]["policy_harm"]
    assert ours["policies"] == paper["policies"]
    assert (ours["chosen"], paper["chosen"]) == ("saring-2026", "paper-004")


def test_the_papers_rejection_leaves_victims_with_nobody_and_ends_lawful_journeys(
    by_policy: dict[str, dict[str, Any]],
) -> None:
    harm = by_policy["saring-2026"]["policy_harm"]["policies"]
    paper, ours = harm["paper-004"]["all"], harm["saring-2026"]["all"]
    flagged = by_policy["saring-2026"]["victims"] - by_policy["saring-2026"]["miss_rate"]["missed"]
    assert paper["flagged_victims_unprotected"]["n"] == flagged
    assert paper["flagged_victims_unprotected"]["low"] > 0.8
    assert ours["flagged_victims_unprotected"]["unprotected"] == 0
    assert paper["lawful_ended"]["low"] > 0
    assert ours["lawful_ended"]["ended"] == 0
    per = paper["lawful_ended_per_10000"]
    assert per["low"] < per["estimate"] < per["high"]
    assert per["n"] == by_policy["saring-2026"]["lawful"]


def test_routes_account_for_everybody_who_is_flagged(by_policy: dict[str, dict[str, Any]]) -> None:
    for run in by_policy.values():
        together = {
            label: sum(route[label] for route in run["referred_by_route"])
            for label in ("victim", "irregular", "lawful", "facilitator")
        }
        assert together == {label: counts["refer"] for label, counts in run["recommendations"].items()}


def test_a_policy_that_does_not_exist_is_answered_with_the_list() -> None:
    said = saring("run", "phnom_penh_2022", "--n", 100, "--policy", "paper-005")
    assert said.exit_code == 3
    assert "There are: paper-004, saring-2026" in said.stderr


def test_fields_that_a_route_reads_are_declared() -> None:
    for conditions in load_policy().conditions:
        for condition in conditions.conditions:
            assert set(condition.reads) <= set(fields())
