"""The trainer's first page: the own sittings by how far they have come, and what to do next."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from console.web.access import TRAINERS
from console.web.classroom.models import Sitting
from console.web.classroom.seats import remove_seat, take_seat
from console.web.people.own_sittings import sittings_by_state
from console.web.sittings.making import BlockPlan, SittingPlan, created
from tests.web.conftest import user_of
from tests.web.few_cases import few_cases

State = Sitting.State
Make = Callable[..., Sitting]


@pytest.fixture
def make(trainer: User) -> Make:
    def made(title: str, state: str = State.LOBBY, trainer: User = trainer, **changes: Any) -> Sitting:
        sitting = created(SittingPlan("phnom_penh_2022", title, [BlockPlan(2, 50)] * 2), trainer, few_cases)
        Sitting.objects.filter(pk=sitting.pk).update(state=state, **changes)
        return sitting

    return made


def test_what_needs_the_trainer_first_comes_first(trainer: User, make: Make) -> None:
    for state in (State.REVEALED, State.CLOSED, State.LOBBY, State.OPEN):
        make(f"Class {state}", state)
    assert [group.state for group in sittings_by_state(trainer)] == ["open", "lobby", "closed", "revealed"]


def test_seats_and_dossiers_are_counted_and_removed_seats_are_not(trainer: User, make: Make) -> None:
    sitting = make("Class A")
    seats = [take_seat(sitting, name, "en").seat for name in ("Sari", "Dewi", "Agus")]
    remove_seat(seats[0])
    make("Class B")
    (lobby,) = sittings_by_state(trainer)
    assert {one.title: (one.seat_count, one.dossier_count) for one in lobby.sittings} == {  # type: ignore[attr-defined]
        "Class A": (2, 4),
        "Class B": (0, 4),
    }


def test_another_trainers_sittings_are_not_shown(client: Client, trainer: User, make: Make) -> None:
    make("Mine")
    make("Somebody else's", trainer=user_of("another", TRAINERS))
    client.force_login(trainer)
    page = client.get("/home/").text
    assert "Mine" in page
    assert "Somebody" not in page


@pytest.mark.parametrize(("language", "words"), [("en", "No sitting yet"), ("id", "Belum ada sesi")])
def test_whoever_has_none_is_shown_the_way_to_the_gallery(
    client: Client, trainer: User, language: str, words: str
) -> None:
    client.force_login(trainer)
    client.cookies["language"] = language
    page = client.get("/home/").text
    assert words in page
    assert 'class="button primary" href="/scenarios/"' in page


@pytest.mark.parametrize("language", ["en", "id"])
def test_each_state_is_named_with_what_can_be_done(client: Client, make: Make, language: str) -> None:
    sittings = [make(f"Class {state}", state) for state in State.values]
    client.force_login(sittings[0].trainer)
    client.cookies["language"] = language
    page = client.get("/home/").text
    for sitting in sittings:
        assert f'href="/sittings/{sitting.pk}/"' in page
        assert sitting.code is not None
        assert sitting.code in page


def test_titles_are_text(client: Client, trainer: User, make: Make) -> None:
    make("<b>bold</b>")
    client.force_login(trainer)
    assert "<b>bold" not in client.get("/home/").text


def test_a_hundred_sittings_cost_as_few_queries_as_one(
    client: Client, trainer: User, make: Make, django_assert_max_num_queries: Any
) -> None:
    for number in range(8):
        make(f"Class {number}", State.values[number % 4])
    client.force_login(trainer)
    with django_assert_max_num_queries(6):
        client.get("/home/")
