"""Indicators: each is present, absent and unknown where it should be, and speaks two languages."""

from collections.abc import Mapping

import numpy as np
import pytest

from dossier.dossiers import Column, Dossiers
from dossier.fields import MISSING, NOT_APPLICABLE, fields
from dossier.findings import ABSENT, PRESENT, UNKNOWN
from dossier.indicators import indicator_texts, indicators
from dossier.indicators.registry import Indicator, indicator
from dossier.stages import Stage

Row = Mapping[str, int | str]

PARAMETERS: dict[str, float] = {
    "adult_age_years": 18,
    "fee_high_idr": 50_000_000,
    "funds_low_idr": 5_000_000,
    "leisure_stay_days": 31,
    "many_at_address": 10,
    "many_by_individual": 5,
    "many_on_booking": 5,
    "many_on_phone": 4,
    "pay_high_usd": 1000,
}

# For each indicator, rows on which it is present and rows on which it is absent, at the very edge.
CASES: dict[str, tuple[list[Row], list[Row]]] = {
    "offer_by_social_media": ([{"offer_channel": "social_media"}], [{"offer_channel": "job_portal"}]),
    "offer_by_unlicensed_recruiter": (
        [{"offer_channel": "recruiter_visit"}],
        [{"offer_channel": "licensed_agency"}],
    ),
    "no_qualifications_asked": ([{"qualifications_asked": "none"}], [{"qualifications_asked": "asked"}]),
    "promised_pay_high": ([{"offer_pay_usd": 1000}], [{"offer_pay_usd": 999}]),
    "too_good_an_offer": (
        [{"offer_pay_usd": 1000, "qualifications_asked": "none"}],
        [
            {"offer_pay_usd": 999, "qualifications_asked": "none"},
            {"offer_pay_usd": 1000, "qualifications_asked": "asked"},
        ],
    ),
    "screen_work_offered": (
        [{"offer_sector": "customer_service"}, {"offer_sector": "marketing_it"}],
        [{"offer_sector": "hospitality"}, {"offer_sector": "professional"}],
    ),
    "no_written_contract": (
        [{"contract": "verbal"}, {"contract": "none"}],
        [{"contract": "written_understood"}, {"contract": "written_foreign"}],
    ),
    "contract_not_understood": (
        [{"contract": "written_foreign"}],
        [{"contract": "written_understood"}, {"contract": "none"}],
    ),
    "work_without_permit": (
        [{"work_permit": "on_arrival"}, {"work_permit": "none"}],
        [{"work_permit": "approved"}, {"work_permit": "in_process"}],
    ),
    "fee_high": ([{"fee_idr": 50_000_000}], [{"fee_idr": 49_999_999}, {"fee_idr": 0}]),
    "fee_advanced_by_recruiter": (
        [{"fee_payer": "wage_deduction"}, {"fee_payer": "recruiter_advance"}],
        [{"fee_payer": "nobody"}, {"fee_payer": "employer"}, {"fee_payer": "applicant"}],
    ),
    "debt_to_recruiter": ([{"debt": "recruiter"}], [{"debt": "none"}, {"debt": "family_or_bank"}]),
    "debt_ties": (
        [{"debt": "recruiter", "fee_payer": "nobody"}, {"debt": "none", "fee_payer": "recruiter_advance"}],
        [{"debt": "family_or_bank", "fee_payer": "wage_deduction"}],
    ),
    "employer_not_registered": ([{"employer_registry": "not_found"}], [{"employer_registry": "found"}]),
    "employer_unknown": (
        [{"knows_employer": "does_not_know"}],
        [{"knows_employer": "knows"}, {"knows_employer": "vague"}],
    ),
    "papers_irregular_under_ultraviolet": (
        [{"ultraviolet_check": "irregular"}],
        [{"ultraviolet_check": "genuine"}],
    ),
    "registry_mismatch": (
        [{"registry_match": "mismatch"}],
        [{"registry_match": "match"}, {"registry_match": "minor_difference"}],
    ),
    "letter_refuted": ([{"issuing_agency_answer": "refuted"}], [{"issuing_agency_answer": "confirmed"}]),
    "supporting_letter_lacking": (
        [{"supporting_letter": "lacking"}],
        [{"supporting_letter": "given"}, {"supporting_letter": "not_needed"}],
    ),
    "guardian_letter_lacking": (
        [{"guardian_letter": "lacking"}],
        [{"guardian_letter": "given"}, {"guardian_letter": "not_needed"}],
    ),
    "minor_without_guardian_letter": (
        [{"age": 17, "guardian_letter": "lacking"}, {"age": 0, "guardian_letter": "lacking"}],
        [{"age": 18, "guardian_letter": "lacking"}, {"age": 17, "guardian_letter": "given"}],
    ),
    "family_tree_inconsistent": (
        [{"family_card": "inconsistent"}],
        [{"family_card": "consistent"}, {"family_card": "incomplete"}],
    ),
    "appearance_differs_from_age": (
        [{"apparent_age": "looks_younger"}, {"apparent_age": "looks_older"}],
        [{"apparent_age": "consistent"}],
    ),
    "lost_passport_doubtful": (
        [{"lost_passport_report": "doubtful"}, {"lost_passport_report": "none"}],
        [{"lost_passport_report": "credible"}],
    ),
    "destination_in_scam_belt": (
        [{"stated_country": name} for name in ("cambodia", "myanmar", "laos", "philippines", "thailand")],
        [{"stated_country": "malaysia"}, {"stated_country": "vietnam"}],
    ),
    "work_on_tourist_entry": (
        [{"job_offer": "yes", "visa_kind": "visa_free"}, {"job_offer": "yes", "visa_kind": "tourist"}],
        [{"job_offer": "yes", "visa_kind": "work"}, {"job_offer": "none", "visa_kind": "tourist"}],
    ),
    "purpose_hides_offer": (
        [{"stated_purpose": "holiday", "job_offer": "yes"}, {"stated_purpose": "study", "job_offer": "yes"}],
        [
            {"stated_purpose": "work", "job_offer": "yes"},
            {"stated_purpose": "internship", "job_offer": "yes"},
            {"stated_purpose": "holiday", "job_offer": "none"},
        ],
    ),
    "one_way_journey": (
        [{"return_ticket": "one_way"}],
        [{"return_ticket": "return"}, {"return_ticket": "none"}],
    ),
    "leisure_without_return": (
        [
            {"stated_purpose": "holiday", "return_ticket": "one_way"},
            {"stated_purpose": "family_visit", "return_ticket": "one_way"},
        ],
        [
            {"stated_purpose": "work", "return_ticket": "one_way"},
            {"stated_purpose": "holiday", "return_ticket": "none"},
        ],
    ),
    "leisure_without_means": (
        [
            {"stated_purpose": "holiday", "funds_idr": 0},
            {"stated_purpose": "family_visit", "funds_idr": 4_999_999},
        ],
        [{"stated_purpose": "holiday", "funds_idr": 5_000_000}, {"stated_purpose": "work", "funds_idr": 0}],
    ),
    "long_leisure_stay": (
        [{"stated_purpose": "holiday", "stay_days": 31}, {"stated_purpose": "family_visit", "stay_days": 90}],
        [{"stated_purpose": "holiday", "stay_days": 30}, {"stated_purpose": "study", "stay_days": 365}],
    ),
    "unusual_transit": ([{"transit": "unusual_stop"}], [{"transit": "direct"}, {"transit": "usual_stop"}]),
    "route_differs_on_the_day": (
        [{"actual_route": "other_country"}],
        [{"actual_route": "as_stated"}, {"actual_route": "other_stop"}],
    ),
    "onward_ticket_hidden": (
        [{"onward_ticket": "undeclared"}],
        [{"onward_ticket": "none"}, {"onward_ticket": "declared"}],
    ),
    "purpose_changed_at_departure": ([{"purpose_restated": "changed"}], [{"purpose_restated": "same"}]),
    "accompanied_by_unrelated_adult": (
        [{"accompanied_by": "unrelated_adult"}],
        [{"accompanied_by": "friend"}, {"accompanied_by": "agency_staff"}],
    ),
    "sponsored_by_individual": (
        [{"sponsor_kind": "individual"}],
        [{"sponsor_kind": "self"}, {"sponsor_kind": "relative"}, {"sponsor_kind": "licensed_agency"}],
    ),
    "sponsor_met_online": (
        [{"sponsor_relation": "met_online"}, {"sponsor_relation": "recruiter"}],
        [{"sponsor_relation": "long_known"}, {"sponsor_relation": "friend_of_friend"}],
    ),
    "agency_licence_not_in_force": (
        [{"agency_licence": "expired"}, {"agency_licence": "not_found"}],
        [{"agency_licence": "in_force"}],
    ),
    "sponsor_not_confirmed": (
        [{"sponsor_reachable": "evasive"}, {"sponsor_reachable": "not_reached"}],
        [{"sponsor_reachable": "confirms"}],
    ),
    "individual_sponsors_many": (
        [
            {"sponsor_kind": "individual", "sponsor_applicants": 5},
            {"sponsor_kind": "relative", "sponsor_applicants": 5},
        ],
        [
            {"sponsor_kind": "individual", "sponsor_applicants": 4},
            {"sponsor_kind": "licensed_agency", "sponsor_applicants": 500},
        ],
    ),
    "phone_shared_by_many": ([{"phone_applicants": 4}], [{"phone_applicants": 3}]),
    "address_shared_by_many": ([{"address_applicants": 10}], [{"address_applicants": 9}]),
    "booking_shared_by_many": ([{"booking_applicants": 5}], [{"booking_applicants": 4}]),
    "in_repatriation_record": ([{"repatriation_record": "linked"}], [{"repatriation_record": "clear"}]),
    "led_at_departure": (
        [{"companions_seen": "group_of_strangers"}, {"companions_seen": "escorted"}],
        [{"companions_seen": "as_stated"}],
    ),
    "on_watch_list": ([{"watch_list": "named"}], [{"watch_list": "clear"}, {"watch_list": "linked"}]),
    "linked_to_watch_list": ([{"watch_list": "linked"}, {"watch_list": "named"}], [{"watch_list": "clear"}]),
    "address_unknown": ([{"knows_address": "does_not_know"}], [{"knows_address": "vague"}]),
    "answers_contradict": (
        [{"answers_consistent": "contradictory"}],
        [{"answers_consistent": "some_gaps"}],
    ),
    "answers_sound_rehearsed": ([{"coached_phrasing": "yes"}], [{"coached_phrasing": "no"}]),
    "rehearsed_but_ignorant": (
        [
            {"coached_phrasing": "yes", "knows_address": "vague"},
            {"coached_phrasing": "yes", "knows_address": "does_not_know"},
        ],
        [
            {"coached_phrasing": "yes", "knows_address": "knows"},
            {"coached_phrasing": "no", "knows_address": "does_not_know"},
        ],
    ),
    "papers_held_by_another": (
        [{"documents_held_by": "another_person"}],
        [{"documents_held_by": "self"}, {"documents_held_by": "family"}],
    ),
    "told_to_be_silent": ([{"told_to_keep_silent": "yes"}], [{"told_to_keep_silent": "no"}]),
    "afraid_at_the_desk": (
        [{"reluctance": "afraid"}],
        [{"reluctance": "at_ease"}, {"reluctance": "hesitant"}],
    ),
}

every_indicator = pytest.mark.parametrize("one", indicators().values(), ids=lambda one: one.name)


def number(name: str, value: int | str) -> int:
    return value if isinstance(value, int) else fields()[name].code(value)


def finding(one: Indicator, row: Row) -> int:
    columns = {name: np.asarray([number(name, row[name])], dtype=np.int32) for name in one.reads}
    found = one.read(Dossiers(np.arange(1), columns), PARAMETERS)
    assert found.dtype == np.int8
    return int(found[0])


# --- what they find -------------------------------------------------------------------------------


def test_every_indicator_has_cases() -> None:
    assert set(CASES) == set(indicators())


@every_indicator
def test_it_is_present_and_absent_where_it_should_be(one: Indicator) -> None:
    present, absent = CASES[one.name]
    assert [finding(one, row) for row in present] == [PRESENT] * len(present)
    assert [finding(one, row) for row in absent] == [ABSENT] * len(absent)


@every_indicator
def test_it_is_unknown_where_nothing_can_be_read(one: Indicator) -> None:
    assert finding(one, dict.fromkeys(one.reads, MISSING)) == UNKNOWN


@every_indicator
def test_it_is_absent_where_no_question_arises(one: Indicator) -> None:
    assert finding(one, dict.fromkeys(one.reads, NOT_APPLICABLE)) == ABSENT


@every_indicator
def test_a_missing_value_never_turns_presence_into_absence(one: Indicator) -> None:
    for row in CASES[one.name][0]:
        for name in one.reads:
            assert finding(one, {**row, name: MISSING}) != ABSENT


@every_indicator
def test_it_gets_only_the_parameters_it_names(one: Indicator) -> None:
    assert set(one.parameters) <= set(PARAMETERS)
    columns = {name: np.zeros(2, dtype=np.int32) for name in one.reads}
    needed = {name: PARAMETERS[name] for name in one.parameters}
    assert one.read(Dossiers(np.arange(2), columns), needed).shape == (2,)


@every_indicator
def test_it_reads_nothing_by_which_a_group_is_known(one: Indicator) -> None:
    assert not {"sex", "province", "office"} & set(one.reads)


# --- what they say --------------------------------------------------------------------------------


@every_indicator
def test_it_has_a_title_and_an_explanation_in_both_languages(one: Indicator) -> None:
    text = indicator_texts()[one.name]
    assert text.title.en.strip()
    assert text.title.id.strip()
    assert text.title.en != text.title.id
    assert text.explanation_id.endswith(".")
    assert one.explanation.endswith(".")
    assert text.explanation_id != one.explanation


def test_no_two_indicators_share_a_title() -> None:
    for language in ("en", "id"):
        titles = [getattr(text.title, language) for text in indicator_texts().values()]
        assert len(set(titles)) == len(titles)


def test_a_titles_length_suits_a_chart() -> None:
    titles = [text.title for text in indicator_texts().values()]
    assert max(len(title) for text in titles for title in (text.en, text.id)) <= 50


# --- how they are declared ------------------------------------------------------------------------


def test_no_indicator_is_called_like_a_field() -> None:
    assert not set(indicators()) & set(fields())


def test_the_stage_is_the_latest_of_the_fields_read() -> None:
    assert indicators()["one_way_journey"].stage is Stage.COUNTER
    assert indicators()["work_on_tourist_entry"].stage is Stage.INTERVIEW
    assert indicators()["individual_sponsors_many"].stage is Stage.VERIFICATION
    assert indicators()["on_watch_list"].stage is Stage.CHECKPOINT


def test_an_argument_that_is_no_field_is_refused() -> None:
    def odd_reading(shoe_size: Column) -> object:
        """Reads what nobody declared."""
        return shoe_size

    with pytest.raises(TypeError, match="shoe_size"):
        indicator(odd_reading)  # type: ignore[arg-type]


def test_an_indicator_without_a_docstring_is_refused() -> None:
    def silent_reading(sex: Column) -> object:
        return sex

    with pytest.raises(TypeError, match="no docstring"):
        indicator(silent_reading)  # type: ignore[arg-type]
