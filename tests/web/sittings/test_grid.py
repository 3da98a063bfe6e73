"""The live grid says how far everybody is, and nothing of what anybody decided or what is so."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from console.web.classroom.models import Decision, Dossier, Seat, Sitting, Turn
from console.web.classroom.seats import deal, take_seat
from console.web.classroom.sittings import close_sitting, open_sitting, reveal_sitting
from console.web.classroom.turns import Answer, current_turn, decide, opened
from console.web.sealed.models import DossierKey
from console.web.sittings.making import BlockPlan, SittingPlan, created
from console.web.sittings.progress import Cell, progress_of, stamp
from tests.web.few_cases import few_cases

KEY_WORDS = ("victim", "lawful", "SECRET", "online_scam", "Online scam", "easy_offer", "sealed")


@pytest.fixture
def signed_in(client: Client, trainer: User) -> Client:
    client.force_login(trainer)
    return client


def grid(client: Client, sitting: Sitting, **asked: str) -> Any:
    return client.get(reverse("grid", args=[sitting.pk]), asked)


def act(seat: Seat, *, decides: bool, action: int = Decision.Action.REFER) -> Turn:
    """Open the next dossier of a seat, and decide on it or leave it on the desk."""
    turn = current_turn(Seat.objects.select_related("sitting").get(pk=seat.pk))
    assert turn is not None
    opened(turn)
    if decides:
        decide(turn, Answer(action, Decision.Confidence.SURE, ["no_return_ticket"], "my own REASON"))
    return turn


def test_cells_are_what_a_plain_count_of_turns_says(sitting: Sitting) -> None:
    seats = [take_seat(sitting, name, "id").seat for name in ("Ayu", "Budi", "Citra")]
    open_sitting(sitting)
    for _ in range(3):
        act(seats[0], decides=True)
    act(seats[1], decides=False)
    found = progress_of(sitting)
    for row in found.rows:
        for column, cell in zip(found.columns, row.cells, strict=True):
            turn = Turn.objects.get(seat=row.seat, dossier__letter=column.letter)
            plain = Cell.DONE if turn.decisions.exists() else Cell.DESK if turn.opened_at else Cell.AHEAD
            assert cell is plain
    assert [row.done for row in found.rows] == [3, 0, 0]
    assert (found.done, found.whole, found.finished) == (3, 24, 0)
    assert [row.seat.nickname for row in found.furthest_behind] == ["Budi", "Citra", "Ayu"]
    assert [column.letter for column in found.columns] == [f"{b}{n}" for b in "AB" for n in range(1, 5)]


def test_columns_stand_in_the_order_of_their_numbers_and_not_of_their_letters(trainer: User) -> None:
    found = created(SittingPlan("phnom_penh_2022", "Long", [BlockPlan(12, 50)]), trainer, few_cases)
    assert [column.letter for column in progress_of(found).columns] == [f"A{n}" for n in range(1, 13)]


def test_a_dossier_that_awaits_its_second_decision_is_told_apart(trainer: User) -> None:
    plan = SittingPlan("phnom_penh_2022", "After", [BlockPlan(2, 50)], assistance=Sitting.Assistance.AFTER)
    found = created(plan, trainer, few_cases)
    seat = take_seat(found, "Ayu", "id").seat
    open_sitting(found)
    act(seat, decides=True)
    cells = progress_of(found).rows[0].cells
    assert sorted(cell.value for cell in cells) == ["first_round", "not_begun"]


def test_who_sits_longest_over_one_dossier_is_named(signed_in: Client, sitting: Sitting) -> None:
    seat = take_seat(sitting, "Ayu", "id").seat
    open_sitting(sitting)
    turn = act(seat, decides=False)
    Turn.objects.filter(pk=turn.pk).update(opened_at=timezone.now() - timedelta(minutes=6, seconds=5))
    assert f"Ayu, 6 min on {turn.dossier.letter}" in grid(signed_in, sitting).content.decode()


def test_the_pages_of_a_sitting_hold_no_answer_and_no_decision(signed_in: Client, sitting: Sitting) -> None:
    seat = take_seat(sitting, "Ayu", "id").seat
    steps = [open_sitting, close_sitting, reveal_sitting]
    canaries = list(DossierKey.objects.values_list("canary", flat=True))
    names = [dossier.content["name"] for dossier in Dossier.objects.all()]
    for step in [lambda _: None, *steps]:
        step(sitting)
        if sitting.state == "open":
            act(seat, decides=True)
        for page in ("sitting", "grid", "projector", "close", "roster", "delete_sitting"):
            said = signed_in.get(reverse(page, args=[sitting.pk])).content.decode()
            for secret in [*canaries, *names, *KEY_WORDS, "my own REASON", "no_return_ticket"]:
                assert secret not in said, (page, sitting.state)


def test_the_grid_is_the_same_whatever_was_decided(signed_in: Client, trainer: User) -> None:
    pages = []
    for action in Decision.Action.values:
        one = created(SittingPlan("phnom_penh_2022", "Same", [BlockPlan(2, 50)]), trainer, few_cases)
        seat = take_seat(one, "Ayu", "id").seat
        open_sitting(one)
        act(seat, decides=True, action=action)
        act(seat, decides=True, action=action)
        page = grid(signed_in, one).content.decode()
        pages.append(re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}|seen=[0-9a-f]{16}", "", page))
    assert len(set(pages)) == 1


def test_a_page_that_has_seen_all_gets_nothing_until_something_changes(
    signed_in: Client, sitting: Sitting
) -> None:
    seat = take_seat(sitting, "Ayu", "id").seat
    open_sitting(sitting)
    for change in (lambda: act(seat, decides=False), lambda: act(seat, decides=True), lambda: leave(seat)):
        seen = stamp(sitting)
        assert grid(signed_in, sitting, seen=seen, state="open").status_code in (
            204,
            200,
        )  # a minute may pass
        change()
        answer = grid(signed_in, sitting, seen=seen, state="open")
        assert answer.status_code == 200
        assert seen not in answer.content.decode()


def leave(seat: Seat) -> None:
    Seat.objects.filter(pk=seat.pk).update(removed_at=timezone.now())


def test_a_page_of_another_state_is_loaded_anew(signed_in: Client, sitting: Sitting) -> None:
    open_sitting(sitting)
    answer = grid(signed_in, sitting, state="lobby")
    assert answer.headers["HX-Refresh"] == "true"
    assert "HX-Refresh" not in grid(signed_in, sitting, state="open").headers


def test_the_grid_polls_until_the_sitting_is_closed(signed_in: Client, sitting: Sitting) -> None:
    assert "every 2s" in grid(signed_in, sitting).content.decode()
    open_sitting(sitting)
    assert "every 2s" in grid(signed_in, sitting).content.decode()
    close_sitting(sitting)
    assert "hx-get" not in grid(signed_in, sitting).content.decode()


def test_the_lobby_says_while_a_class_is_too_small_for_distributions(
    signed_in: Client, sitting: Sitting
) -> None:
    said = "Fewer than 5 seats are taken."
    for number in range(4):
        assert said in signed_in.get(reverse("sitting", args=[sitting.pk])).text
        take_seat(sitting, f"Trainee {number}", "en")
    polled = grid(signed_in, sitting).text
    assert said in polled
    assert polled.count('id="few-seats" hx-swap-oob="true"') == 1
    take_seat(sitting, "The fifth", "en")
    assert said not in grid(signed_in, sitting).text
    page = signed_in.get(reverse("sitting", args=[sitting.pk])).text
    assert said not in page
    assert (page.count('id="few-seats"'), page.count("hx-swap-oob")) == (1, 0)


def test_two_hundred_seats_cost_no_more_queries_than_two(signed_in: Client, trainer: User) -> None:
    made = created(SittingPlan("phnom_penh_2022", "Large", [BlockPlan(10, 50)] * 2), trainer, few_cases)
    counts = {}
    for seats in (2, 200):
        fill(made, seats)
        if seats == 2:
            open_sitting(made)
        with CaptureQueriesContext(
            connection,
        ) as asked:
            page = grid(signed_in, made)
        counts[seats] = len(asked)
        assert page.content.decode().count('scope="row"') == seats
    assert counts[2] == counts[200] <= 14
    with CaptureQueriesContext(connection) as asked:
        seen = page.context["stamp"]
        grid(signed_in, made, seen=seen, state="open")
    assert len(asked) <= 14


def fill(sitting: Sitting, seats: int) -> None:
    """Give a sitting so many seats, half of their dossiers decided."""
    have = sitting.seats.count()
    for number in range(have, seats):
        seat = Seat.objects.create(
            sitting=sitting, nickname=(name := f"Trainee {number}"), look=name, return_key=""
        )
        deal(seat)
    now = timezone.now()
    Turn.objects.filter(seat__sitting=sitting, position__lte=11).update(opened_at=now)
    new = Turn.objects.filter(seat__sitting=sitting, position__lte=10, decisions=None)
    Decision.objects.bulk_create([Decision(turn=turn, action=3, confidence=3, seconds=1) for turn in new])
