"""Words on a dossier: numbers, dates and codes in each language's manner."""

import pytest

from console.casebook.wording import amount_text, code_text, date_text, spoken, value_text
from dossier.fields import MISSING, NOT_APPLICABLE, fields


@pytest.mark.parametrize(
    ("field", "value", "english", "indonesian"),
    [
        ("application_day", 138, "18 May 2022", "18 Mei 2022"),
        ("fee_idr", 12_500_000, "IDR 12,500,000", "Rp12.500.000"),
        ("age", 1, "1 year", "1 tahun"),
        ("stay_days", 1, "1 day", "1 hari"),
        ("phone_applicants", 1, "1 applicant", "1 pemohon"),
        ("dependants", 1, "1", "1 orang"),
        ("sex", 1, "male", "laki-laki"),
        ("debt", MISSING, "not assessed", "tidak dinilai"),
        ("debt", NOT_APPLICABLE, "not applicable", "tidak berlaku"),
    ],
)
def test_what_is_on_file_is_said_in_both_languages(
    field: str, value: int, english: str, indonesian: str
) -> None:
    said = value_text(field, value, 2022)
    assert (said.en, said.id) == (english, indonesian)


def test_every_code_and_bin_of_every_field_has_a_name_in_both_languages() -> None:
    for name, field in fields().items():
        said = [code_text(name, code) for code in range(field.size)]
        assert len({text.en for text in said}) == len({text.id for text in said}) == field.size


def test_a_bin_of_one_number_is_no_range() -> None:
    assert code_text("sponsor_applicants", 0).en == "1 applicant"
    assert code_text("dependants", 0).en == "0"
    assert code_text("dependants", 3).id == "3–4 orang"


def test_a_day_beyond_the_year_lies_in_the_next() -> None:
    assert date_text(365 + 31, 2022).id == "31 Jan 2023"


def test_an_amount_may_be_open_at_its_end() -> None:
    assert amount_text("IDR", 50_000_000).id == "Rp50.000.000"


def test_a_place_that_is_not_filled_is_an_error() -> None:
    with pytest.raises(KeyError):
        spoken("timeline.applied")
