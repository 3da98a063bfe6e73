"""Where answers are told early and names are free, nobody takes a seat to read what another seat has still to decide."""

from typing import Any

import pytest
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from console.web.access import SEAT
from console.web.classroom.models import Block, RosterEntry, Seat, Sitting
from console.web.classroom.seats import CannotJoin, take_seat
from console.web.classroom.sittings import door_of, lock_lobby, note_told_early, open_sitting, tells_early
from console.web.sittings.making import BlockPlan
from tests.web.seats.trainee import asked, at_desk, decided, joined, made, page, revealed, turn_of

EACH, BLOCK, REVEAL = Block.Feedback.EACH, Block.Feedback.BLOCK, Block.Feedback.REVEAL
REFUSED = "Answers have been shown in this sitting"
AFTER = Sitting.Assistance.AFTER


def door(sitting: Sitting) -> str:
    sitting.refresh_from_db()
    return door_of(sitting).value


@pytest.fixture
def signed_in(trainer: User) -> Client:
    client = Client()
    client.force_login(trainer)
    return client


@pytest.mark.parametrize(
    ("feedback", "assistance", "tells"),
    [
        (REVEAL, Sitting.Assistance.NONE, False),
        (REVEAL, Sitting.Assistance.START, False),
        (REVEAL, AFTER, True),
        (EACH, Sitting.Assistance.NONE, True),
        (BLOCK, Sitting.Assistance.NONE, True),
    ],
)
def test_a_plan_says_whether_it_tells_anything_early(
    trainer: User, feedback: str, assistance: str, tells: bool
) -> None:
    plan = (BlockPlan(1, 0), BlockPlan(1, 0, feedback))
    assert tells_early(made(trainer, *plan, assistance=assistance)) == tells


def test_the_first_answer_that_is_shown_ends_joining(client: Client, trainer: User) -> None:
    sitting = made(trainer, BlockPlan(2, 50, EACH))
    turn = at_desk(client, sitting)
    client.post(f"/seat/desk/{turn.dossier_id}/decide", {"action": "3", "confidence": "3"})
    assert door(sitting) == "open", "recorded, and nothing shown"
    client.get(f"/seat/desk/{turn.dossier_id}/recorded")
    assert door(sitting) == "stopped"
    assert Seat.objects.count() == 1


def test_after_a_block_it_ends_with_the_last_decision_of_the_first_who_is_through(
    client: Client, trainer: User
) -> None:
    sitting = made(trainer, BlockPlan(2, 50, BLOCK), BlockPlan(1, 0))
    turn = at_desk(client, sitting)
    decided(client, turn)
    client.get("/seat/looking-back")
    assert door(sitting) == "open"
    decided(client, turn_of(turn.seat))
    assert door(sitting) == "stopped"


def test_looking_back_is_an_answer_too(client: Client, trainer: User) -> None:
    sitting = made(trainer, BlockPlan(1, 50, EACH), BlockPlan(1, 0))
    turn = at_desk(client, sitting)
    client.post(f"/seat/desk/{turn.dossier_id}/decide", {"action": "3", "confidence": "3"})
    client.get("/seat/looking-back")
    assert door(sitting) == "stopped"


def test_what_the_screener_says_after_the_first_decision_ends_joining(client: Client, trainer: User) -> None:
    sitting = made(trainer, assistance=AFTER)
    turn = at_desk(client, sitting)
    asked(client, turn, "documents")
    assert door(sitting) == "open"
    assert "What the screener says" in page(decided(client, turn))
    assert door(sitting) == "stopped"


@pytest.mark.parametrize("assistance", [Sitting.Assistance.NONE, Sitting.Assistance.START])
def test_where_nothing_is_told_early_others_join_to_the_end(
    client: Client, trainer: User, assistance: str
) -> None:
    sitting = made(trainer, assistance=assistance)
    turn = at_desk(client, sitting)
    for one in (turn, turn_of(turn.seat)):
        decided(client, one)
    client.get("/seat/looking-back")
    assert door(sitting) == "open"
    joined(Client(), sitting, "Budi")


def test_the_answers_of_a_revealed_class_lock_nothing(client: Client, trainer: User) -> None:
    sitting = made(trainer, BlockPlan(1, 50))
    decided(client, at_desk(client, sitting))
    revealed(sitting)
    assert "SECRET story" in page(client.get("/seat/looking-back"))
    sitting.refresh_from_db()
    assert (sitting.told_early_at, sitting.locked) == (None, False)


@pytest.fixture
def stopped(trainer: User) -> Sitting:
    """An open sitting of which Ayu has seen an answer; Budi has a seat, too."""
    sitting = made(trainer, BlockPlan(2, 50, EACH))
    take_seat(sitting, "Budi", "en", key="BCDFGHJK2345")
    decided(client := Client(), at_desk(client, sitting))
    assert door(sitting) == "stopped"
    return sitting


@pytest.mark.parametrize("language", ["en", "id"])
def test_no_page_takes_a_new_seat_any_more_and_each_says_why(stopped: Sitting, language: str) -> None:
    client = Client()
    client.cookies["language"] = language
    says = {"en": REFUSED, "id": "Jawaban sudah diperlihatkan dalam sesi ini"}[language]
    sent = {"code": stopped.code, "nickname": "Citra", "language": language}
    on_the_way = [
        client.get(f"/seat/join/{stopped.code}"),
        client.post("/seat/join", {"code": stopped.code}, follow=True),
        client.post("/seat/join", sent),
        client.post(f"/seat/join/{stopped.code}", sent),
        client.post("/seat/join", {**sent, "key": client.get("/seat/join").context["key"]}),
    ]
    assert [says in page(response) for response in on_the_way] == [True] * len(on_the_way)
    assert SEAT not in client.session
    assert 'name="nickname"' not in page(on_the_way[0]), "nobody types a name for nothing"
    assert "/seat/return" in page(on_the_way[0])
    with pytest.raises(CannotJoin, match="told_early"):
        take_seat(Sitting.objects.get(), "Citra", "id")
    assert Seat.objects.count() == 2


def test_a_form_that_was_open_before_takes_no_seat_after(client: Client, trainer: User) -> None:
    sitting = made(trainer, BlockPlan(2, 50, EACH))
    late = Client()
    key = late.get(f"/seat/join/{sitting.code}").context["key"]
    stale = Sitting.objects.get()
    decided(client, at_desk(client, sitting))
    response = late.post("/seat/join", {"code": sitting.code, "nickname": "Citra", "key": key})
    assert REFUSED in page(response)
    with pytest.raises(CannotJoin, match="told_early"):
        take_seat(stale, "Citra", "id")


def test_who_has_a_seat_comes_back_by_key_by_cookie_and_by_the_same_form(
    client: Client, stopped: Sitting
) -> None:
    budi = Seat.objects.get(nickname="Budi")
    client.post("/seat/return", {"key": "BCDF-GHJK-2345"})
    assert client.session[SEAT] == str(budi.pk)
    del client.cookies["sessionid"]
    assert client.get("/seat/desk").status_code == 200
    assert client.session[SEAT] == str(budi.pk)
    assert take_seat(stopped, "Budi", "en", key="BCDFGHJK2345").seat == budi


def test_with_a_roster_nothing_stops_and_who_is_late_joins_by_name_and_pin(
    client: Client, trainer: User, signed_in: Client
) -> None:
    sitting = made(trainer, BlockPlan(2, 50, EACH))
    for name in ("Ayu", "Budi"):
        RosterEntry.objects.create(sitting=sitting, nickname=name, pin=make_password("4711"))
    seat = joined(client, sitting, pin="4711")
    open_sitting(sitting)
    decided(client, turn_of(seat))
    assert door(sitting) == "open"
    assert sitting.told_early_at is not None
    joined(Client(), sitting, "Budi", pin="4711")
    assert "first answer" not in page(signed_in.get(reverse("sitting", args=[sitting.pk])))


def test_with_a_roster_a_locked_sitting_still_shows_the_form_that_a_pin_comes_back_by(
    client: Client, trainer: User
) -> None:
    sitting = made(trainer)
    RosterEntry.objects.create(sitting=sitting, nickname="Ayu", pin=make_password("4711"))
    lock_lobby(sitting, locked=True)
    assert "takes nobody new" not in page(client.get(f"/seat/join/{sitting.code}"))


def lock(client: Client, sitting: Sitting, **form: str) -> Any:
    return client.post(reverse("lock", args=[sitting.pk]), form, follow=True)


@pytest.mark.parametrize(
    ("language", "says", "means"),
    [
        ("en", "The first answer was shown at", "can take a second one and read answers there"),
        ("id", "Jawaban pertama diperlihatkan pukul", "dapat mengambil kursi kedua dan membaca jawaban"),
    ],
)
def test_the_trainer_is_told_and_opens_again_by_a_button_that_says_what_it_means(
    signed_in: Client, stopped: Sitting, language: str, says: str, means: str
) -> None:
    signed_in.cookies["language"] = language
    own = page(signed_in.get(reverse("sitting", args=[stopped.pk])))
    assert says in own
    assert means in own
    assert " WIB" in own
    after = page(lock(signed_in, stopped, locked="no", knows="told_early"))
    assert door(stopped) == "reopened"
    assert says not in after
    joined(Client(), stopped, "Citra")


def test_a_button_that_did_not_yet_say_so_opens_nothing(signed_in: Client, stopped: Sitting) -> None:
    assert "An answer was shown meanwhile" in page(lock(signed_in, stopped, locked="no"))
    assert door(stopped) == "stopped"


def test_once_opened_again_later_answers_do_not_stop_it(
    signed_in: Client, stopped: Sitting, client: Client
) -> None:
    lock(signed_in, stopped, locked="no", knows="told_early")
    turn = turn_of(joined(client, stopped, "Citra"))
    assert "SECRET story" in page(decided(client, turn))
    assert door(stopped) == "reopened"
    note_told_early(Sitting.objects.get())
    assert door(stopped) == "reopened"
    lock(signed_in, stopped, locked="yes")
    assert door(stopped) == "stopped"


def test_a_sitting_that_the_trainer_had_unlocked_before_stops_all_the_same(
    client: Client, trainer: User
) -> None:
    sitting = made(trainer, BlockPlan(2, 50, EACH))
    lock_lobby(sitting, locked=True)
    lock_lobby(sitting, locked=False)
    decided(client, at_desk(client, sitting))
    assert door(sitting) == "stopped"


def test_the_grid_brings_the_news_to_the_trainers_page_once(signed_in: Client, stopped: Sitting) -> None:
    grid = reverse("grid", args=[stopped.pk])
    news = page(signed_in.get(grid, {"state": "open", "seen": "x", "door": "open"}))
    assert 'id="door" hx-swap-oob="true"' in news
    assert "Let others join all the same" in news
    assert "door=stopped" in news
    assert 'id="door"' not in page(signed_in.get(grid, {"state": "open", "seen": "x", "door": "stopped"}))


@pytest.mark.parametrize(("feedback", "says"), [(EACH, True), (REVEAL, False)])
def test_the_lobby_asks_to_count_the_seats_where_it_matters(
    signed_in: Client, trainer: User, feedback: str, says: bool
) -> None:
    sitting = made(trainer, BlockPlan(1, 0, feedback))
    own = page(signed_in.get(reverse("sitting", args=[sitting.pk])))
    assert ("Compare the number of seats with the people" in own) == says
    RosterEntry.objects.create(sitting=sitting, nickname="Ayu", pin="")
    assert "Compare the number" not in page(signed_in.get(reverse("sitting", args=[sitting.pk])))


@pytest.mark.parametrize(
    ("language", "says"),
    [
        ("en", "without a roster the sitting takes nobody new"),
        ("id", "tanpa daftar peserta, sesi tidak lagi"),
    ],
)
def test_the_form_for_a_new_sitting_says_so_beside_the_choice(
    signed_in: Client, language: str, says: str
) -> None:
    signed_in.cookies["language"] = language
    assert says in page(signed_in.get("/scenarios/phnom_penh_2022/new-sitting/"))
