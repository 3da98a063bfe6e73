"""A roster is data: each line is a nickname and perhaps a PIN, and what is not is named with its line."""

import time
import uuid

import pytest
from django.contrib.auth.hashers import PBKDF2PasswordHasher, check_password
from django.test import override_settings

from console.web.sittings.rosters import BadRoster, Complaint, Expected, hashed_pin, made_pin, read_roster


@pytest.mark.parametrize(
    "text",
    [
        "Ayu,4711\nBudi",
        "Ayu;4711\r\nBudi;\r\n",
        "Nama;PIN\nAyu;4711\nBudi",
        "\n  Ayu ,  4711  \n\n\tBudi\n",
        '"Ayu",4711\nBudi,,',
        "Ayu\t4711\nBudi",
    ],
)
def test_a_roster_is_read_as_people_write_it(text: str) -> None:
    assert read_roster(text) == (Expected("Ayu", "4711"), Expected("Budi"))


def test_a_comma_in_quotation_marks_is_part_of_a_name() -> None:
    assert read_roster('"Ayu, S.H.",4711') == (Expected("Ayu, S.H.", "4711"),)


def test_an_empty_roster_names_nobody() -> None:
    assert read_roster(" \n\n") == ()


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("Ayu\n,4711", Complaint("no_name", 2)),
        ("\u200b\u200b,4711", Complaint("no_name", 1)),
        ("Ayu\nBudi\n ayu ", Complaint("twice", 3, "ayu")),
        ("Ila\nlla", Complaint("twice", 2, "lla")),
        ("A" * 41, Complaint("too_long", 1, "A" * 40)),
        ("Ayu,123", Complaint("no_pin", 1, "123")),
        ("Ayu,123456789", Complaint("no_pin", 1, "123456789")),
        ("Ayu,12a4", Complaint("no_pin", 1, "12a4")),
        ("Ayu,\u0661\u0662\u0663\u0664", Complaint("no_pin", 1, "\u0661\u0662\u0663\u0664")),
        ("Ayu,1234,female", Complaint("more_cells", 1, "female")),
        ("\n".join(f"T{n}" for n in range(401)), Complaint("too_many", 0, "401")),
    ],
)
def test_what_is_wrong_is_named_with_its_line(text: str, complaint: Complaint) -> None:
    with pytest.raises(BadRoster) as error:
        read_roster(text)
    assert error.value.complaints == (complaint,)


def test_several_wrong_lines_are_named_together_and_not_without_end() -> None:
    with pytest.raises(BadRoster) as error:
        read_roster("Ayu,1\nBudi,2\nCitra")
    assert [complaint.line for complaint in error.value.complaints] == [1, 2]
    with pytest.raises(BadRoster) as error:
        read_roster("\n".join(f"T{n},1" for n in range(300)))
    assert len(error.value.complaints) == 10


def test_a_made_pin_belongs_to_one_name_of_one_sitting_and_can_be_made_again() -> None:
    one, other = uuid.uuid4(), uuid.uuid4()
    assert made_pin(one, "Ayu") == made_pin(one, "Ayu")
    assert len({made_pin(one, "Ayu"), made_pin(other, "Ayu"), made_pin(one, "Budi")}) == 3
    assert made_pin(one, "Ayu").isdigit()


def test_pins_of_a_large_class_are_hashed_while_a_trainer_waits() -> None:
    with override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.PBKDF2PasswordHasher"]):
        begun = time.process_time()
        kept = [hashed_pin("471100") for _ in range(20)]
        assert time.process_time() - begun < 1
        assert check_password("471100", kept[0])
        assert not check_password("471101", kept[0])
        assert int(PBKDF2PasswordHasher().decode(kept[0])["iterations"]) >= 10_000
    assert len(set(kept)) == 20
