"""Nicknames of all scripts are welcome; two of one sitting never look the same."""

import unicodedata

import pytest
from django.contrib.auth.hashers import make_password
from hypothesis import given
from hypothesis import strategies as st

from console.web.classroom.models import RosterEntry, Seat, Sitting
from console.web.classroom.nicknames import LONGEST_LOOK, is_legible, look_of, plain_nickname
from console.web.classroom.seats import CannotJoin, take_seat

WELCOME = [
    "Siti Nurhaliza",
    "I Made Wijaya",
    "Ma\u00b4ruf",
    "M\u02bcaruf",
    "Budi-2",
    "Ayu 😀",
    "Nguyễn Thị Hồng",
    "ꦱꦶꦠꦶ",
    "ꦏꦿꦺꦴꦁ",
    "ᮞᮤᮒᮤ",
    "محمد",
    "مُحَمَّد",
    "小明",
    "ひろし",
    "サトウ太郎",
    "김민수",
    "สมหญิง",
    "अनिता",
    "Иван",
    "Νίκος",
    "Siti محمد",
    "<script>x</script>",
]
A_CYRILLIC, A_GREEK = "\u0410", "\u0391"


@pytest.mark.parametrize("nickname", WELCOME)
def test_names_of_many_scripts_are_legible(nickname: str) -> None:
    plain = plain_nickname(nickname)
    assert plain
    assert is_legible(plain)


@pytest.mark.parametrize(
    "nickname",
    [f"{A_CYRILLIC}yu", f"Bud{chr(0x456)}", f"{A_GREEK}yu", "Aمyu", "Ayu小", f"Ani {A_CYRILLIC}yu"],
)
def test_a_word_that_mixes_scripts_is_not(nickname: str) -> None:
    assert not is_legible(nickname)


def test_two_marks_stack_on_a_letter_and_three_do_not() -> None:
    accents = ("\u0301", "\u0323", "\u0302", "\u0308")
    assert is_legible(f"A{''.join(accents[:2])}yu")
    assert not is_legible(f"A{''.join(accents[:3])}yu")
    assert not is_legible("Z" + "\u0335" * 30)
    assert not is_legible("\ua9b1" + "\ua9b6" * 6), "nor do signs of a script whose signs do not stack"


@pytest.mark.parametrize(
    "twin",
    [
        "AYU",
        "ayu",
        "Ayú",
        "A\u0323yu",
        "\uff21\uff59\uff55",
        "A\u200byu",
        f"{A_CYRILLIC}\u0443u".replace("u", "u"),
        "\u0391yu",
    ],
)
def test_what_looks_like_a_nickname_has_its_look(twin: str) -> None:
    assert look_of(plain_nickname(twin)) == look_of("Ayu")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Ila", "lla"),
        ("Ali", "AIi"),
        ("Dede 1", "Dede l"),
        ("Oki", "0ki"),
        ("\u0412\u041e\u0412\u0410", "BOBA"),  # Cyrillic capitals
        ("\u041d\u0410\u041d\u0410", "HAHA"),
        ("\u0391\u039d\u0391", "ANA"),  # Greek capitals
        ("مُحَمَّد", "محمد"),
        ("Bu  Ayu", "bu ayú"),
    ],
)
def test_pairs_that_nobody_tells_apart_look_the_same(one: str, other: str) -> None:
    assert look_of(plain_nickname(one)) == look_of(plain_nickname(other))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Lia", "Ila"),
        ("LIA", "ILA"),
        ("Ayu", "Ayo"),
        ("Ali", "Ail"),
        ("ꦱꦶꦠꦶ", "ꦱꦠ"),
        ("ハハ", "パパ"),
        ("한", "하"),
    ],
)
def test_names_that_differ_look_different(one: str, other: str) -> None:
    assert look_of(one) != look_of(other)


@given(st.text(max_size=200))
def test_any_text_has_a_plain_form_and_a_look_that_fit_the_table(text: str) -> None:
    plain = plain_nickname(text)
    assert plain_nickname(plain) == plain or unicodedata.normalize("NFKC", plain) != plain
    assert len(look_of(plain)) <= LONGEST_LOOK
    assert look_of(plain.upper()) == look_of(plain.upper().upper())
    is_legible(plain)


def test_two_seats_of_one_sitting_never_look_the_same(sitting: Sitting) -> None:
    take_seat(sitting, "Ila", "id")
    for twin in ("lla", "Ilà", "ila", "ILA", "I\u0323la"):
        with pytest.raises(CannotJoin, match="nickname_taken"):
            take_seat(sitting, twin, "id")
    take_seat(sitting, "Lia", "id")
    assert Seat.objects.count() == 2


def test_a_pin_brings_back_the_own_seat_and_never_one_that_looks_like_it(sitting: Sitting) -> None:
    """A roster is checked when it is read; whatever stands in the table, nobody gets a neighbour's seat."""
    for name in ("Ila", "lla"):
        RosterEntry.objects.create(sitting=sitting, nickname=name, pin=make_password("4711"))
    first = take_seat(sitting, "Ila", "id", pin="4711").seat
    with pytest.raises(CannotJoin, match="nickname_taken"):
        take_seat(sitting, "lla", "id", pin="4711")
    assert take_seat(sitting, "ila", "id", pin="4711").seat == first


@pytest.mark.parametrize("unseen", ["\u3164", "\uffa0", "\u115f", "\u2800", "\u034f", "\ufe0f", "\U000e0100"])
def test_letters_of_which_nothing_is_seen_make_no_name_and_no_second_one(unseen: str) -> None:
    assert plain_nickname(unseen * 3) == ""
    assert plain_nickname(f"Ay{unseen}u{unseen}") == "Ayu"
