"""Recommendations and receiving agencies: people decide, and somebody named receives the person."""

import pytest

from dossier.recommendations import Agency, Recommendation, agencies


def test_recommendations_run_from_least_to_most_attention() -> None:
    assert [item.label for item in sorted(Recommendation)] == ["proceed", "documents", "interview", "refer"]


def test_nobody_is_rejected() -> None:
    assert {"reject", "refuse", "deny"}.isdisjoint(item.label for item in Recommendation)


def test_the_agencies_of_the_papers_are_there() -> None:
    expected = {"enforcement", "police", "bp2mi", "kemenpppa", "lpsk", "dukcapil", "embassy", "district_team"}
    assert set(agencies()) == expected | {"social_service", "manpower_office"}


def test_agencies_that_look_after_people_are_told_apart_from_those_that_examine() -> None:
    protects = {key for key, agency in agencies().items() if agency.protects}
    assert protects == {"police", "bp2mi", "kemenpppa", "lpsk", "social_service"}


def test_a_name_of_today_stands_beside_the_papers_name() -> None:
    renamed = {key for key, agency in agencies().items() if agency.now}
    assert renamed == {"bp2mi"}


@pytest.mark.parametrize("agency", agencies().values(), ids=agencies().keys())
def test_an_agency_says_in_both_languages_whom_it_receives_and_who_says_so(agency: Agency) -> None:
    texts = (agency.name.en, agency.name.id, agency.receives.en, agency.receives.id, agency.source)
    assert all(text.strip() for text in texts)
    assert agency.source.startswith("paper-")
