"""When a class is revealed everybody looks at once: the class is gathered once, in queries that do not grow."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from console.web.classroom.models import Block, Sitting
from console.web.classroom.seats import remove_seat
from console.web.classroom.sittings import close_sitting, reveal_sitting
from console.web.debrief import kept
from console.web.debrief.kept import MOST, forget_all, told_once
from console.web.debrief.reading import told
from console.web.sealed.reveal import may_reveal, reveal, reveal_all
from tests.web.debrief.played import ClassPlan, hold, played, turns_of

CLASSES = [(3, 2), (12, 2), (3, 6), (12, 6)]
"""Seats, and dossiers in each of two blocks."""
OF_SEATS = ("seat_profile", "looking_back")
PAGES = (*OF_SEATS, "class_debrief", "class_debrief_shown")


@pytest.fixture(autouse=True)
def _nothing_kept() -> Iterator[None]:
    forget_all()
    yield
    forget_all()


def queries_of(client: Client, trainer: User, sitting: Sitting, name: str) -> int:
    """Return how many queries a page takes, by somebody who may see it."""
    if name in OF_SEATS:
        hold(client, sitting.seats.all()[0])
    else:
        client.force_login(trainer)
    with CaptureQueriesContext(connection) as found:
        answer = client.get(reverse(name, args=[] if name in OF_SEATS else [sitting.pk]))
    assert answer.status_code == 200
    return len(found)


@pytest.mark.parametrize("name", PAGES)
def test_a_page_takes_as_many_queries_for_a_large_class_as_for_a_small_one(
    client: Client, trainer: User, name: str
) -> None:
    sittings = [played(trainer, ClassPlan(seats=seats), size) for seats, size in CLASSES]
    queries_of(client, trainer, sittings[0], name)
    forget_all()
    for most in (18, 13):  # gathered, and kept
        small, large, long, both = (queries_of(client, trainer, sitting, name) for sitting in sittings)
        assert (small, large) == (long, both)
        # From five seats on, a trainer's page has a table of the dossiers, which asks for their letters.
        assert large - small == (name == "class_debrief")
        assert large <= most, (name, large)


@pytest.mark.parametrize("size", [2, 6])
@pytest.mark.parametrize("feedback", Block.Feedback.values)
def test_all_answers_of_a_seat_take_four_queries(
    trainer: User, django_assert_num_queries: DjangoAssertNumQueries, size: int, feedback: str
) -> None:
    sitting = played(trainer, ClassPlan(seats=1), size)
    sitting.blocks.update(feedback=feedback)
    seat = sitting.seats.select_related("sitting").get()
    with django_assert_num_queries(4):
        assert len(reveal_all(seat)) == 2 * size


@pytest.mark.parametrize("feedback", Block.Feedback.values)
@pytest.mark.parametrize("is_revealed", [False, True])
def test_what_a_seat_may_learn_is_the_same_one_by_one_and_all_at_once(
    trainer: User, feedback: str, is_revealed: bool
) -> None:
    sitting = played(trainer, ClassPlan(seats=1, revealed=False))
    sitting.blocks.update(feedback=feedback)
    undecided = turns_of(sitting)[0]
    undecided.decisions.all().delete()
    if is_revealed:
        close_sitting(sitting)
        reveal_sitting(sitting)
    seat = sitting.seats.select_related("sitting").get()
    one_by_one = [(turn.pk, reveal(turn)) for turn in seat.turns.all() if may_reveal(turn)]
    assert [(turn.pk, key) for turn, key in reveal_all(seat)] == one_by_one
    everywhere = is_revealed or feedback == Block.Feedback.EACH
    assert len(one_by_one) == (7 if everywhere else 4 if feedback == Block.Feedback.BLOCK else 0)


def test_a_class_is_gathered_once_and_not_once_for_each_seat(
    client: Client, trainer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    sitting, gathered = played(trainer), []

    def noting(one: Sitting) -> Any:
        gathered.append(one.pk)
        return told(one)

    monkeypatch.setattr(kept, "told", noting)
    for seat in sitting.seats.all():
        hold(client, seat)
        assert client.get(reverse("seat_profile")).status_code == 200
    assert gathered == [sitting.pk]


def test_what_is_kept_is_what_would_be_gathered_anew(trainer: User) -> None:
    sitting = played(trainer)
    assert told_once(sitting) is told_once(Sitting.objects.get(pk=sitting.pk))
    assert told_once(sitting) == told(sitting)


def test_nothing_is_kept_or_told_before_the_reveal(trainer: User) -> None:
    sitting = played(trainer, ClassPlan(revealed=False))
    for step in (None, close_sitting):
        if step is not None:
            step(sitting)
        with pytest.raises(PermissionDenied):
            told_once(sitting)
    reveal_sitting(sitting)
    assert told_once(sitting).first


def test_a_seat_that_is_removed_after_the_reveal_counts_no_more(trainer: User) -> None:
    sitting = played(trainer)
    seat = sitting.seats.all()[0]
    before = told_once(sitting)
    remove_seat(seat)
    after = told_once(sitting)
    assert before.of_seat(seat).first
    assert not after.of_seat(seat).first
    assert after.of_class.sums.seats == before.of_class.sums.seats - 1


def test_only_so_many_sittings_are_kept_and_those_looked_at_longest_ago_go(
    trainer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    some = told(played(trainer, ClassPlan(seats=1), 2))
    monkeypatch.setattr(kept, "told", lambda _: replace(some))
    first, second, *others, last = (Sitting(state=Sitting.State.REVEALED) for _ in range(MOST + 1))
    of_first, of_second = told_once(first), told_once(second)
    for sitting in (*others, first, last):
        told_once(sitting)
    assert told_once(first) is of_first
    assert told_once(second) is not of_second
