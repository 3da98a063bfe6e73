"""Codes, PINs and keys cannot be guessed, and who guesses shuts out nobody who works already."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from console.web.classroom import seats
from console.web.classroom.models import FailedAttempt, Seat, Sitting
from console.web.classroom.seats import MOST_CODES, MOST_PINS, CannotJoin, sitting_of
from console.web.classroom.sittings import CODE_LETTERS, close_sitting, give_code, open_sitting
from console.web.sittings.making import BlockPlan, SittingPlan, created
from console.web.sittings.rosters import Expected
from tests.web.few_cases import few_cases
from tests.web.security.roles import holding

pytestmark = pytest.mark.django_db

CLASS = 300
OFFICE, STRANGER = "10.0.0.1", "10.0.0.9"


def join(code: str | None, nickname: str = "Ayu", address: str = OFFICE, **form: str) -> str:
    """Try to take a seat, and return what became of it."""
    sent = {"code": code or "", "nickname": nickname, "language": "en", **form}
    answer = Client(REMOTE_ADDR=address).post("/seat/join", sent)
    if answer.status_code == 302:
        return "joined"
    return "too often" if "too many" in answer.text else "refused"


def wrong(number: int) -> str:
    """Return a code that no sitting has: only three of its letters are used."""
    first, second = divmod(number, len(CODE_LETTERS))
    return f"BBBB{CODE_LETTERS[first]}{CODE_LETTERS[second]}"


def guessed(address: str, times: int = MOST_CODES) -> None:
    """Guess codes from an address."""
    for number in range(times):
        with pytest.raises(CannotJoin, match="unknown_code"):
            sitting_of(wrong(number), address)


def made(trainer: User, *names: str) -> Sitting:
    roster = [Expected(name, "4711") for name in names]
    plan = SittingPlan("phnom_penh_2022", "Class", [BlockPlan(1, 0)], roster=roster)
    return created(plan, trainer, few_cases)


def test_a_class_of_three_hundred_behind_one_address_joins_though_some_mistype(trainer: User) -> None:
    sitting = made(trainer)
    assert join(wrong(0)) == "refused"
    guessed(OFFICE, MOST_CODES - 2)
    assert {join(sitting.code, f"Trainee {number}") for number in range(CLASS)} == {"joined"}
    assert sitting.seats.count() == CLASS


def test_an_address_that_guesses_is_refused_even_the_right_code_and_no_other_address_is(
    trainer: User,
) -> None:
    sitting = made(trainer)
    guessed(STRANGER)
    assert join(sitting.code, address=STRANGER) == "too often"
    assert join(sitting.code) == "joined"


def test_a_pin_cannot_be_guessed_from_many_addresses(trainer: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(seats, "MOST_PINS_OF_A_NAME", MOST_PINS)
    sitting = made(trainer, "Ayu", "Budi")
    for number in range(MOST_PINS):
        assert join(sitting.code, address=f"10.9.0.{number}", pin=f"{number:04}") == "refused"
    assert join(sitting.code, address=STRANGER, pin="4711") == "too often"
    assert not Seat.objects.exists()
    assert join(sitting.code, "Budi", pin="4711") == "joined", "nobody else is shut out"


def test_who_has_a_seat_works_on_while_somebody_guesses_at_the_own_address(trainer: User) -> None:
    sitting = made(trainer)
    join(sitting.code)
    browser = holding(Seat.objects.get())
    guessed(OFFICE)
    assert join(sitting.code, "Budi") == "too often"
    open_sitting(sitting)
    assert browser.get("/seat/desk").status_code == 200


def test_after_some_minutes_one_may_try_again(trainer: User) -> None:
    sitting = made(trainer)
    guessed(OFFICE)
    assert join(sitting.code) == "too often"
    FailedAttempt.objects.update(at=timezone.now() - timedelta(minutes=11))
    assert join(sitting.code) == "joined"


def test_a_code_that_expired_or_was_replaced_or_whose_sitting_closed_lets_nobody_in(trainer: User) -> None:
    sitting = made(trainer)
    first = sitting.code
    give_code(sitting)
    assert join(first) == "refused"
    Sitting.objects.filter(pk=sitting.pk).update(code_expires=timezone.now() - timedelta(seconds=1))
    assert join(sitting.code) == "refused"
    Sitting.objects.filter(pk=sitting.pk).update(code_expires=timezone.now() + timedelta(hours=1))
    open_sitting(sitting)
    assert join(sitting.code) == "joined"
    code = sitting.code
    close_sitting(sitting)
    assert join(code, "Budi") == "refused"
    assert sitting.seats.count() == 1


def test_a_wrong_code_says_the_same_whether_it_is_old_or_never_was(trainer: User) -> None:
    sitting = made(trainer)
    old = sitting.code
    close_code(sitting)
    pages = [Client().get(f"/seat/join/{code}").text.replace(code, "") for code in (str(old), wrong(3))]
    told = [[line for line in page.splitlines() if "csrfmiddlewaretoken" not in line] for page in pages]
    assert told[0] == told[1]


def close_code(sitting: Sitting) -> None:
    open_sitting(sitting)
    close_sitting(sitting)
