"""Interviews: every answer can be said in several ways, in both languages, of about the same length."""

from statistics import mean

import numpy as np
import pytest

from console.casebook.desk import Desk
from console.casebook.interview import asked_fields, interview, written
from console.casebook.wording import value_text
from dossier.dossiers import Dossiers
from dossier.fields import MISSING, NOT_APPLICABLE, Field, fields
from dossier.texts import Text
from screening.reasons import filled


def desk(applicant: int = 5, seed: int = 1, **values: int) -> Desk:
    columns = {name: np.array([values.get(name, MISSING)], dtype=np.int32) for name in fields()}
    return Desk(Dossiers(np.array([applicant]), columns), 2022, seed)


def answers(of: Desk) -> dict[str, dict[str, str]]:
    return {entry["field"]: entry["answer"] for entry in interview(of)}


def sayings(field: Field) -> dict[int, tuple[Text, ...]]:
    values = [field.edges[1], field.upper] if field.is_number else list(range(len(field.codes)))
    found = [NOT_APPLICABLE, *values] if field.gate else values
    return {
        value: tuple(
            filled(way, n=value_text(field.name, value, 2022), value=value_text(field.name, value, 2022))
            for way in written().ways(field, value)
        )
        for value in found
    }


@pytest.mark.parametrize("field", asked_fields(), ids=lambda field: field.name)
def test_no_answer_is_much_longer_than_the_others_to_the_same_question(field: Field) -> None:
    for language in ("en", "id"):
        lengths = [mean(len(getattr(way, language)) for way in ways) for ways in sayings(field).values()]
        assert max(lengths) - min(lengths) <= 24, f"{language}: {lengths}"


@pytest.mark.parametrize("field", [f for f in asked_fields() if f.gate], ids=lambda field: field.name)
def test_what_does_not_arise_takes_as_many_words_as_what_does(field: Field) -> None:
    found = sayings(field)
    for language in ("en", "id"):
        lengths = {v: mean(len(getattr(way, language)) for way in ways) for v, ways in found.items()}
        others = mean(length for value, length in lengths.items() if value != NOT_APPLICABLE)
        assert abs(lengths[NOT_APPLICABLE] - others) <= 7, f"{language}: {lengths}"


def test_every_answer_stands_in_both_languages_and_no_two_ways_are_alike() -> None:
    for field in asked_fields():
        for ways in sayings(field).values():
            assert len({way.en for way in ways}) == len({way.id for way in ways}) == len(ways) >= 2
            assert all(way.en.strip() and way.id.strip() and way.en != way.id for way in ways)


def test_numbers_are_said_in_each_language_s_manner() -> None:
    said = answers(desk(offer_pay_usd=1150))["offer_pay_usd"]
    assert "USD 1,150 per month" in said["en"]
    assert "US$1.150 per bulan" in said["id"]


def test_no_fee_is_said_as_such() -> None:
    said = answers(desk(fee_idr=0))["fee_idr"]
    assert "IDR" not in said["en"]
    assert "Rp" not in said["id"]


def test_another_applicant_says_the_same_in_other_words() -> None:
    found = {answers(desk(applicant))["job_offer"]["en"] for applicant in range(40)}
    assert len(found) == len(written().common.missing)


def test_another_seed_chooses_other_words() -> None:
    assert len({answers(desk(seed=seed))["job_offer"]["en"] for seed in range(40)}) > 1


def test_both_languages_choose_the_same_way() -> None:
    said = answers(desk(job_offer=1))["job_offer"]
    pairs = {(way.en, way.id) for way in written().field["job_offer"].codes["yes"]}
    assert (said["en"], said["id"]) in pairs
