"""A sitting goes forward, a seat goes through its dossiers, and a decision is written once."""

import time
from datetime import timedelta
from itertools import islice, product

import pytest
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from console.web.classroom import seats
from console.web.classroom.models import (
    LONGEST_EVIDENCE,
    Block,
    Decision,
    FailedAttempt,
    Request,
    RosterEntry,
    Seat,
    Sitting,
    Turn,
)
from console.web.classroom.seats import MOST_CODES, MOST_PINS, CannotJoin, returned, sitting_of, take_seat
from console.web.classroom.sittings import (
    CODE_LETTERS,
    close_sitting,
    give_code,
    lock_lobby,
    open_sitting,
    reveal_sitting,
)
from console.web.classroom.turns import (
    Answer,
    NotYours,
    TooLate,
    ask,
    current_turn,
    decide,
    evidence_name,
    opened,
    opened_evidence,
)
from console.web.sealed.reveal import assistance, keys_for_class, may_reveal, reveal
from console.web.sittings.making import BlockPlan, SittingPlan, created
from dossier.stages import Stage
from tests.web.few_cases import few_cases

REFER = Answer(Decision.Action.REFER, Decision.Confidence.SURE, ["easy_offer"])


def test_a_seat_goes_through_all_dossiers_of_each_block_in_an_order_of_its_own(sitting: Sitting) -> None:
    seat = take_seat(sitting, "Ayu", "id").seat
    open_sitting(sitting)
    seen = []
    while (turn := current_turn(seat)) is not None:
        decide(opened(turn), REFER)
        seen.append(turn.dossier.letter)
    assert sorted(seen) == [f"{block}{place}" for block in "AB" for place in range(1, 5)]
    assert [letter[0] for letter in seen] == list("AAAABBBB")


def test_a_decision_sent_twice_is_one_and_never_changes(sitting: Sitting) -> None:
    turn = first_turn(sitting)
    first = decide(turn, REFER)
    again = decide(turn, Answer(Decision.Action.PROCEED, Decision.Confidence.UNSURE))
    assert (again.pk, again.action) == (first.pk, Decision.Action.REFER)
    assert Decision.objects.count() == 1


def test_no_dossier_is_decided_before_those_that_lie_above_it(sitting: Sitting) -> None:
    turn = first_turn(sitting)
    below = turn.seat.turns.get(position=2)
    with pytest.raises(NotYours):
        decide(below, REFER)
    decide(turn, REFER)
    assert decide(below, REFER).turn == below


def test_no_round_is_decided_that_is_not_due(sitting: Sitting) -> None:
    turn = first_turn(sitting)
    for number in (0, 2):
        with pytest.raises(NotYours):
            decide(turn, REFER, number)
    assert not Decision.objects.exists()


def test_nothing_is_decided_before_a_sitting_opens_or_after_it_closes(sitting: Sitting) -> None:
    seat = take_seat(sitting, "Ayu", "id").seat
    turn = current_turn(seat)
    assert turn is not None
    with pytest.raises(TooLate):
        decide(turn, REFER)
    open_sitting(sitting)
    close_sitting(sitting)
    turn.refresh_from_db()
    with pytest.raises(TooLate):
        decide(current(seat), REFER)


def test_the_name_of_all_evidence_fits_its_column() -> None:
    """SQLite would take any length."""
    assert len(evidence_name(frozenset(Stage))) <= LONGEST_EVIDENCE


def test_asking_brings_the_evidence_of_a_stage_once_and_not_after_the_decision(sitting: Sitting) -> None:
    turn = first_turn(sitting)
    assert opened_evidence(turn) == "counter"
    ask(turn, Request.Kind.DOCUMENTS)
    ask(turn, Request.Kind.DOCUMENTS)
    assert opened_evidence(turn) == "counter+verification"
    decide(turn, REFER)
    with pytest.raises(NotYours):
        ask(turn, Request.Kind.INTERVIEW)


def test_an_answer_is_behind_the_own_decision_and_the_reveal(sitting: Sitting) -> None:
    turn = first_turn(sitting)
    with pytest.raises(PermissionDenied):
        reveal(turn)
    decide(turn, REFER)
    with pytest.raises(PermissionDenied):
        reveal(turn)
    with pytest.raises(PermissionDenied):
        keys_for_class(sitting)
    close_sitting(sitting)
    reveal_sitting(sitting)
    turn = type(turn).objects.get(pk=turn.pk)
    assert reveal(turn)["truth_class"] in ("victim", "lawful")
    undecided = turn.seat.turns.exclude(pk=turn.pk).first()
    assert undecided is not None
    assert not may_reveal(undecided)
    assert len(keys_for_class(sitting)) == 8


@pytest.mark.parametrize("feedback", [Block.Feedback.EACH, Block.Feedback.BLOCK])
def test_feedback_comes_after_each_decision_or_after_the_block(trainer: User, feedback: str) -> None:
    plan = SittingPlan("phnom_penh_2022", "Class", [BlockPlan(2, 50, feedback), BlockPlan(2, 0)])
    turn = first_turn(created(plan, trainer, few_cases))
    decide(turn, REFER)
    assert may_reveal(turn) == (feedback == Block.Feedback.EACH)
    decide(opened(current(turn.seat)), REFER)
    assert may_reveal(turn)


def test_assistance_comes_when_the_trainer_says_so_and_is_decided_after_in_a_second_round(
    trainer: User,
) -> None:
    plan = SittingPlan("phnom_penh_2022", "Class", [BlockPlan(2, 50)], assistance=Sitting.Assistance.AFTER)
    turn = first_turn(created(plan, trainer, few_cases))
    with pytest.raises(PermissionDenied):
        assistance(turn)
    decide(turn, REFER)
    assert assistance(turn)["recommendation"] in ("refer", "proceed")
    assert current(turn.seat).pk == turn.pk
    second = decide(turn, Answer(Decision.Action.PROCEED, Decision.Confidence.SURE), round_number=2)
    assert (second.round, Decision.objects.count()) == (2, 2)
    assert current(turn.seat).pk != turn.pk


def test_who_looked_before_the_class_was_closed_decides_and_joins_no_more(sitting: Sitting) -> None:
    turn = first_turn(sitting)
    stale = Sitting.objects.get(pk=sitting.pk)
    close_sitting(Sitting.objects.get(pk=sitting.pk))
    with pytest.raises(TooLate):
        decide(turn, REFER)
    with pytest.raises(TooLate):
        ask(turn, Request.Kind.DOCUMENTS)
    with pytest.raises(CannotJoin, match="locked"):
        take_seat(stale, "Budi", "id")
    assert give_code(stale) == ""
    assert Sitting.objects.get(pk=sitting.pk).code is None


def test_a_seat_is_taken_up_again_with_its_key_and_with_no_other(sitting: Sitting) -> None:
    taken = take_seat(sitting, "Ayu", "id")
    assert returned(taken.return_key, str(taken.seat.pk)) == taken.seat
    assert returned("another", str(taken.seat.pk)) is None


def test_a_nickname_is_taken_once_and_a_locked_lobby_takes_nobody(sitting: Sitting) -> None:
    take_seat(sitting, "Ayu", "id")
    with pytest.raises(CannotJoin, match="nickname_taken"):
        take_seat(sitting, " ayu ", "id")
    lock_lobby(sitting, locked=True)
    with pytest.raises(CannotJoin, match="locked"):
        take_seat(sitting, "Budi", "id")


def test_guessing_codes_ends_soon_while_a_class_behind_one_address_joins(sitting: Sitting) -> None:
    for first, second in islice(product(CODE_LETTERS, repeat=2), MOST_CODES):
        with pytest.raises(CannotJoin, match="unknown_code"):
            sitting_of(f"BBBB{first}{second}", "10.0.0.9")
    with pytest.raises(CannotJoin, match="too_often"):
        sitting_of(str(sitting.code), "10.0.0.9")
    for number in range(100):
        assert sitting_of(str(sitting.code), "10.0.0.1") == sitting, number


def test_the_same_wrong_code_counts_once_however_often_it_is_loaded(
    sitting: Sitting, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(seats, "MOST_CODES", 3)
    for _ in range(30):
        for typed in ("BBBBBB", "bbb bbb", "no code", "?"):
            with pytest.raises(CannotJoin, match="unknown_code"):
                sitting_of(typed, "10.0.0.9")
    assert FailedAttempt.objects.count() == 2, "one wrong code, and what can be no code"
    assert sitting_of(str(sitting.code), "10.0.0.9") == sitting
    with pytest.raises(CannotJoin, match="unknown_code"):
        sitting_of("CCCCCC", "10.0.0.9")
    with pytest.raises(CannotJoin, match="too_often"):
        sitting_of(str(sitting.code), "10.0.0.9")


def test_a_wrong_code_counts_again_when_the_first_time_is_long_ago(sitting: Sitting) -> None:
    for _ in range(2):
        with pytest.raises(CannotJoin, match="unknown_code"):
            sitting_of("BBBBBB", "10.0.0.9")
        FailedAttempt.objects.update(at=timezone.now() - timedelta(minutes=11))
    assert FailedAttempt.objects.count() == 2


def test_no_code_that_was_typed_is_kept(sitting: Sitting) -> None:
    with pytest.raises(CannotJoin, match="unknown_code"):
        sitting_of("BCDFGH", "10.0.0.9")
    assert "BCDFGH" not in str(FailedAttempt.objects.values())


def first_turn(sitting: Sitting) -> Turn:
    seat = take_seat(sitting, "Ayu", "id").seat
    open_sitting(sitting)
    return opened(current(seat))


def current(seat: Seat) -> Turn:
    turn = current_turn(type(seat).objects.get(pk=seat.pk))
    assert turn is not None
    return turn


def test_ten_wrong_pins_from_elsewhere_shut_nobody_out(sitting: Sitting) -> None:
    RosterEntry.objects.create(sitting=sitting, nickname="Ayu", pin=make_password("1234"))
    for _ in range(MOST_PINS):
        with pytest.raises(CannotJoin, match="wrong_pin"):
            take_seat(sitting, "Ayu", "id", pin="9999", address="10.0.0.9")
    with pytest.raises(CannotJoin, match="too_often"):
        take_seat(sitting, "Ayu", "id", pin="1234", address="10.0.0.9")
    assert take_seat(sitting, "ayu", "id", pin="1234", address="10.0.0.1").seat.nickname == "Ayu"


def test_a_name_of_endless_letters_costs_nothing(sitting: Sitting) -> None:
    begun = time.process_time()
    assert len(take_seat(sitting, "\ufdfa" * 300_000, "id").seat.nickname) <= 40
    assert time.process_time() - begun < 0.5


def test_a_sitting_has_only_so_many_seats(sitting: Sitting, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(seats, "MOST_SEATS", 1)
    take_seat(sitting, "Ayu", "id")
    with pytest.raises(CannotJoin, match="full"):
        take_seat(sitting, "Budi", "id")
