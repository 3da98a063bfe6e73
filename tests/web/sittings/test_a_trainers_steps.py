"""A trainer takes a sitting from its lobby to the reveal; every step is safe twice, and is nobody else's."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from console.web.classroom.models import Decision, Dossier, RosterEntry, Seat, Sitting
from console.web.classroom.seats import CannotJoin, take_seat
from console.web.classroom.sittings import lock_lobby, open_sitting
from console.web.classroom.turns import Answer, current_turn, decide, opened
from console.web.sealed.models import DossierKey, SealedDraw
from console.web.sittings.making import BlockPlan, SittingPlan, created
from tests.web.conftest import user_of
from tests.web.few_cases import few_cases

READ = ["sitting", "grid", "projector", "roster", "close", "reveal", "delete_sitting"]
DO = ["open", "lock", "new_code", "extend", "close", "reveal", "delete_sitting"]


@pytest.fixture
def signed_in(client: Client, trainer: User) -> Client:
    client.force_login(trainer)
    return client


def at(name: str, sitting: Sitting, *rest: Any) -> str:
    return reverse(name, args=[sitting.pk, *rest])


def state(sitting: Sitting) -> str:
    sitting.refresh_from_db()
    return sitting.state


@pytest.mark.parametrize("language", ["en", "id"])
def test_a_sitting_goes_from_lobby_to_reveal_and_each_page_is_in_the_language_asked_for(
    signed_in: Client, sitting: Sitting, language: str
) -> None:
    signed_in.cookies["language"] = language
    take_seat(sitting, "Ayu", "id")
    steps = [("open", "open"), ("close", "closed"), ("reveal", "revealed")]
    for step, after in [("", "lobby"), *steps]:
        answer = (
            signed_in.post(at(step, sitting), follow=True) if step else signed_in.get(at("sitting", sitting))
        )
        assert (answer.status_code, state(sitting)) == (200, after)
        assert f'<html lang="{language}">' in answer.content.decode()
        assert "Ayu" in answer.content.decode()


def test_every_step_can_be_sent_twice_and_none_goes_back(signed_in: Client, sitting: Sitting) -> None:
    for step, after in [("open", "open"), ("close", "closed"), ("reveal", "revealed")]:
        for _ in range(2):
            assert signed_in.post(at(step, sitting)).headers["Location"] == at("sitting", sitting)
            assert state(sitting) == after
    for step in ("open", "close", "new_code"):
        signed_in.post(at(step, sitting))
        assert (state(sitting), sitting.code) == ("revealed", None)


def test_no_step_can_be_left_out(signed_in: Client, sitting: Sitting) -> None:
    signed_in.post(at("close", sitting))
    assert state(sitting) == "lobby"
    page = signed_in.post(at("reveal", sitting), follow=True).content.decode()
    assert state(sitting) == "lobby"
    assert "Close the sitting first" in page
    signed_in.post(at("open", sitting))
    signed_in.post(at("reveal", sitting))
    assert state(sitting) == "open"


def test_what_cannot_be_undone_is_asked_for_and_says_who_is_not_done(
    signed_in: Client, sitting: Sitting
) -> None:
    take_seat(sitting, "Ayu", "id")
    open_sitting(sitting)
    asked = signed_in.get(at("close", sitting)).content.decode()
    assert "Trainees still at work: 1." in asked
    assert state(sitting) == "open"
    signed_in.post(at("close", sitting))
    assert "Reveal the answers of" in signed_in.get(at("reveal", sitting)).content.decode()
    assert state(sitting) == "closed"


def test_reading_a_page_changes_nothing(signed_in: Client, sitting: Sitting) -> None:
    seat = take_seat(sitting, "Ayu", "id").seat
    before = Sitting.objects.values().get()
    for name in READ:
        assert signed_in.get(at(name, sitting)).status_code in (200, 302)
    signed_in.get(at("remove_seat", sitting, seat.pk))
    for name in ("open", "lock", "new_code", "extend"):
        assert signed_in.get(at(name, sitting)).status_code == 405
    assert (Sitting.objects.values().get(), Seat.objects.get().removed_at) == (before, None)


def test_a_lobby_is_locked_and_unlocked_and_gets_another_code(signed_in: Client, sitting: Sitting) -> None:
    signed_in.post(at("lock", sitting), {"locked": "yes"})
    sitting.refresh_from_db()
    assert sitting.locked
    signed_in.post(at("lock", sitting), {"locked": "no"})
    old = sitting.code
    page = signed_in.post(at("new_code", sitting), follow=True).content.decode()
    sitting.refresh_from_db()
    assert (sitting.locked, sitting.code == old) == (False, False)
    assert f"The new code is {sitting.code}." in page


def test_a_removed_seat_leaves_the_class_and_its_decisions_stay(signed_in: Client, sitting: Sitting) -> None:
    seat = take_seat(sitting, "Ayu", "id").seat
    open_sitting(sitting)
    decide_next(seat)
    for _ in range(2):
        signed_in.post(at("remove_seat", sitting, seat.pk))
    seat.refresh_from_db()
    assert seat.removed_at is not None
    assert Decision.objects.count() == 1
    assert "Ayu" not in signed_in.get(at("grid", sitting)).content.decode()


@pytest.mark.parametrize(
    ("language", "says", "button"),
    [
        ("en", "so that nobody can come back under another name", "Remove and lock the sitting"),
        ("id", "agar tidak ada yang dapat kembali dengan nama lain", "Keluarkan dan kunci sesi"),
    ],
)
def test_who_is_removed_is_kept_out_by_one_button(
    signed_in: Client, sitting: Sitting, language: str, says: str, button: str
) -> None:
    signed_in.cookies["language"] = language
    seat = take_seat(sitting, "Ayu", "id").seat
    asked = signed_in.get(at("remove_seat", sitting, seat.pk)).content.decode()
    assert says in asked
    assert f'name="lock" value="yes">{button}</button>' in asked
    for _ in range(2):
        signed_in.post(at("remove_seat", sitting, seat.pk), {"lock": "yes"})
    with pytest.raises(CannotJoin, match="locked"):
        take_seat(sitting, "Ayu Baru", "id")


def test_without_that_button_a_removed_trainee_can_join_again_and_others_too(
    signed_in: Client, sitting: Sitting
) -> None:
    signed_in.post(at("remove_seat", sitting, take_seat(sitting, "Ayu", "id").seat.pk))
    assert take_seat(sitting, "Ayu Baru", "id").seat.removed_at is None


def test_where_nobody_can_come_back_the_page_offers_no_lock(signed_in: Client, sitting: Sitting) -> None:
    seat = take_seat(sitting, "Ayu", "id").seat
    lock_lobby(sitting, locked=True)
    assert 'name="lock"' not in signed_in.get(at("remove_seat", sitting, seat.pk)).content.decode()
    lock_lobby(sitting, locked=False)
    RosterEntry.objects.create(sitting=sitting, nickname="Ayu", pin="")
    assert 'name="lock"' not in signed_in.get(at("remove_seat", sitting, seat.pk)).content.decode()


def test_a_seat_of_another_sitting_is_not_found(signed_in: Client, sitting: Sitting, trainer: User) -> None:
    other = created(SittingPlan("phnom_penh_2022", "B", [BlockPlan(2, 50)]), trainer, few_cases)
    seat = take_seat(other, "Ayu", "id").seat
    assert signed_in.post(at("remove_seat", sitting, seat.pk)).status_code == 404
    assert Seat.objects.get().removed_at is None


def test_time_is_given_once_for_each_time_it_is_asked(signed_in: Client, timed: Sitting) -> None:
    for _ in range(2):  # the same form, sent twice
        signed_in.post(at("extend", timed), {"more": "10", "before": "30"})
        timed.refresh_from_db()
        assert timed.minutes == 40
    for bad in ({"more": "-5"}, {"more": "1441"}, {"more": "x"}, {"more": ""}):
        page = signed_in.post(at("extend", timed), {**bad, "before": "40"}, follow=True).content.decode()
        assert "Give a number of minutes" in page
    timed.refresh_from_db()
    assert timed.minutes == 40


def test_minutes_that_are_given_when_the_time_is_over_count_from_now(
    signed_in: Client, timed: Sitting
) -> None:
    Sitting.objects.update(opened_at=timezone.now() - timedelta(minutes=50))
    assert "The time is over" in signed_in.get(at("sitting", timed)).content.decode()
    signed_in.post(at("extend", timed), {"more": "10", "before": "30"})
    timed.refresh_from_db()
    assert timed.ends_at is not None
    assert timedelta(minutes=9) < timed.ends_at - timezone.now() < timedelta(minutes=11)


@pytest.fixture
def timed(trainer: User) -> Sitting:
    plan = SittingPlan("phnom_penh_2022", "Timed", [BlockPlan(2, 50)], minutes=30)
    found = created(plan, trainer, few_cases)
    open_sitting(found)
    return found


def test_a_sitting_is_deleted_with_everything_in_it_once_its_title_is_typed(
    signed_in: Client, sitting: Sitting, trainer: User
) -> None:
    other = created(SittingPlan("phnom_penh_2022", "B", [BlockPlan(2, 50)]), trainer, few_cases)
    seat = take_seat(sitting, "Ayu", "id").seat
    open_sitting(sitting)
    decide_next(seat)
    page = signed_in.post(at("delete_sitting", sitting), {"title": "Class B"}).content.decode()
    assert "That is not the title." in page
    assert "seats 1, decisions 1" in page
    assert Sitting.objects.count() == 2
    signed_in.post(at("delete_sitting", sitting), {"title": " Class  A "})
    assert list(Sitting.objects.all()) == [other]
    assert (Decision.objects.count(), Seat.objects.count()) == (0, 0)
    assert (Dossier.objects.count(), DossierKey.objects.count(), SealedDraw.objects.count()) == (2, 2, 1)


@pytest.mark.parametrize("name", READ)
def test_another_trainer_finds_no_such_sitting(client: Client, sitting: Sitting, name: str) -> None:
    client.force_login(user_of("another", "trainers"))
    assert client.get(at(name, sitting)).status_code == 404


@pytest.mark.parametrize("name", DO)
def test_nobody_but_the_trainer_takes_a_step(
    client: Client, sitting: Sitting, researcher: User, name: str
) -> None:
    before = Sitting.objects.values().get()
    sent = {"locked": "yes", "title": "Class A", "more": "5", "before": "30"}
    anonymous = client.post(at(name, sitting), sent)
    assert anonymous.headers["Location"].startswith(reverse("sign_in"))
    client.force_login(researcher)
    assert client.post(at(name, sitting), sent).status_code == 403
    client.force_login(user_of("another", "trainers"))
    assert client.post(at(name, sitting), sent).status_code == 404
    assert Sitting.objects.values().get() == before


def test_nobody_but_the_trainer_removes_a_seat(client: Client, sitting: Sitting, researcher: User) -> None:
    remove = at("remove_seat", sitting, take_seat(sitting, "Ayu", "id").seat.pk)
    for user, status in [(None, 302), (researcher, 403), (user_of("another", "trainers"), 404)]:
        if user is not None:
            client.force_login(user)
        assert (client.get(remove).status_code, client.post(remove).status_code) == (status, status)
    assert Seat.objects.get().removed_at is None


def test_a_step_without_the_token_of_a_form_is_refused(sitting: Sitting, trainer: User) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(trainer)
    assert client.post(at("open", sitting)).status_code == 403
    assert state(sitting) == "lobby"


def decide_next(seat: Seat) -> None:
    turn = current_turn(Seat.objects.select_related("sitting").get(pk=seat.pk))
    assert turn is not None
    decide(opened(turn), Answer(Decision.Action.REFER, Decision.Confidence.SURE))


@pytest.fixture(autouse=True)
def languages_end_with_the_test() -> Iterator[None]:
    from django.utils import translation

    with translation.override("en"):
        yield
