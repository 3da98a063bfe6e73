"""The lawful route: what is offered to whom; somebody is always offered something, and nobody is turned down."""

import re
from dataclasses import replace

import numpy as np
import pytest

from dossier.fields import MISSING, fields, fields_visible_at
from dossier.recommendations import Recommendation
from dossier.stages import Stage
from screening.conditions import Desk
from screening.explain import explain
from screening.offers import Offer, offered, offers
from screening.referral_policy import load_policy
from tests.unit.screening.desks import assessment, cohort, screener, with_column

OFFERS = pytest.mark.parametrize("offer", offers(), ids=lambda offer: offer.id)
CALM = int(np.argmin(assessment(Stage.VERIFICATION).risk))

END = re.compile(r"\b(reject\w*|refus\w*|den(y|ied)|ditolak|menolak|penolakan)\b", re.IGNORECASE)
"""Words for an answer after which there is nothing more."""


def given(stage: Stage = Stage.VERIFICATION, **answers: str | int) -> list[str]:
    """Return what is offered to a calm applicant of the cohort with other answers."""
    one = cohort().dossiers.take(np.array([CALM]))
    for name, answer in answers.items():
        value = answer if isinstance(answer, int) else fields()[name].code(answer)
        one = with_column(one, name, np.array([value]))
    return [offer.id for offer in offered(Desk(one.select(fields_visible_at(stage))), 0)]


@OFFERS
def test_an_offer_speaks_both_languages_names_its_sources_and_turns_nobody_down(offer: Offer) -> None:
    assert offer.sources
    for text in (offer.title, *offer.steps):
        assert text.en.strip()
        assert text.id.strip()
        assert not END.search(f"{text.en} {text.id}")
    assert all(step.en.endswith(".") and step.id.endswith(".") for step in offer.steps)


@pytest.mark.parametrize(
    ("purpose", "offer"),
    [
        ("work", "work"),
        ("internship", "work"),
        ("pilgrimage", "pilgrimage"),
        ("family_visit", "family"),
        ("holiday", "holiday"),
        ("study", "study"),
        ("medical", "errand"),
        ("business", "errand"),
    ],
)
def test_the_purpose_chooses_the_lawful_route(purpose: str, offer: str) -> None:
    plain: dict[str, str | int] = {
        "age": 30,
        "job_offer": "none",
        "visa_kind": "not_yet",
        "passport_type": "ordinary",
    }
    found = given(Stage.COUNTER, stated_purpose=purpose, family_card="consistent", **plain)
    assert found == [offer, "anybody"]


def test_an_offer_of_work_behind_another_purpose_is_answered_too_once_it_is_known() -> None:
    told = {"stated_purpose": "holiday", "job_offer": "yes", "visa_kind": "not_yet"}
    assert "work" not in given(Stage.COUNTER, **told)
    assert {"work", "holiday"} <= set(given(Stage.INTERVIEW, **told))


def test_a_minor_is_offered_the_parents_letter_beside_the_journeys_own() -> None:
    assert given(age=17, stated_purpose="study")[:1] == ["minor"]
    assert "study" in given(age=17, stated_purpose="study")
    assert "minor" not in given(age=18)


@pytest.mark.parametrize(
    ("stage", "sign"),
    [
        (Stage.INTERVIEW, {"told_to_keep_silent": "yes"}),
        (Stage.INTERVIEW, {"documents_held_by": "another_person"}),
        (Stage.INTERVIEW, {"reluctance": "afraid"}),
        (Stage.COUNTER, {"accompanied_by": "unrelated_adult"}),
        (Stage.CHECKPOINT, {"companions_seen": "escorted"}),
        (Stage.CHECKPOINT, {"watch_list": "named"}),
        (Stage.VERIFICATION, {"age": 16, "guardian_letter": "lacking", "issuing_agency_answer": "refuted"}),
    ],
    ids=str,
)
def test_whoever_may_be_afraid_first_hears_that_somebody_will_speak_with_them_alone(
    stage: Stage, sign: dict[str, str | int]
) -> None:
    assert given(stage, **sign)[0] == "afraid"


def test_where_no_sign_of_control_is_seen_papers_come_first() -> None:
    assert "afraid" not in given(Stage.VERIFICATION)


def test_a_social_worker_hears_a_child_before_the_parents_are_called() -> None:
    first, *_ = next(offer.steps for offer in offers() if offer.id == "minor")
    assert first.en.startswith("A social worker speaks with the child alone first.")


def test_whoever_pays_or_owes_hears_where_to_complain() -> None:
    assert "fees" in given(job_offer="yes", fee_payer="applicant", debt="none")
    assert "fees" in given(job_offer="yes", fee_payer="nobody", debt="recruiter")
    assert "fees" not in given(job_offer="yes", fee_payer="nobody", debt="none")


def test_an_unknown_answer_opens_no_route_and_somebody_is_offered_something_all_the_same() -> None:
    assert (
        given(Stage.COUNTER, stated_purpose=MISSING, visa_kind=MISSING, passport_type=MISSING, age=30)[-1]
        == "anybody"
    )


# --- to whom ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("wanted", [Recommendation.DOCUMENTS, Recommendation.INTERVIEW, Recommendation.REFER])
def test_whoever_is_flagged_or_asked_further_is_shown_a_way_on(wanted: Recommendation) -> None:
    rows = np.flatnonzero(assessment(Stage.VERIFICATION).recommendation == wanted)[:20]
    assert rows.size
    for row in rows:
        assert explain(screener(), cohort().dossiers, int(row), Stage.VERIFICATION).offers


def test_whoever_goes_on_needs_none() -> None:
    assert explain(screener(), cohort().dossiers, CALM, Stage.VERIFICATION).offers == ()


def test_the_papers_own_procedure_shows_none_and_names_nobody() -> None:
    paper = replace(screener(), referral=load_policy("paper-004"))
    found = paper.assess(cohort().dossiers, Stage.VERIFICATION)
    row = int(np.flatnonzero(found.is_flagged & (found.agency < 0))[0])
    told = explain(paper, cohort().dossiers, row, Stage.VERIFICATION)
    assert told.recommendation == Recommendation.REFER
    assert told.route is not None
    assert told.route.id == "turned_away"
    assert (told.agency, told.offers) == (None, ())
