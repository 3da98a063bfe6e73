"""A demonstration fills a console with simulated seats, says so, and touches nothing that is there."""

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from console.demonstration.plan import demonstration_plan
from console.web.access import RESEARCHERS, TRAINERS
from console.web.classroom.models import Decision, Seat, Sitting, Turn
from console.web.classroom.seats import sitting_of, take_seat
from console.web.classroom.sittings import close_sitting
from console.web.classroom.turns import current_turn
from console.web.demonstration import Populated, populated
from console.web.sealed.reveal import keys_for_class
from dossier.stages import Stage
from tests.web.few_cases import few_cases

STAGES = {"easy_offer": Stage.COUNTER, "no_return_ticket": Stage.INTERVIEW}


@pytest.fixture
def shown(db: None) -> Populated:
    return populated(few_cases, STAGES, "en")


def test_a_class_of_thirty_has_finished_and_was_revealed(shown: Populated) -> None:
    plan, sitting = demonstration_plan().finished, shown.finished
    assert (sitting.state, sitting.is_demonstration) == (Sitting.State.REVEALED, True)
    assert sitting.seats.filter(is_simulated=True).count() == plan.seats == 30
    dossiers = sum(block.size for block in plan.blocks)
    assert Decision.objects.filter(turn__seat__sitting=sitting).count() == plan.seats * dossiers
    assert len(keys_for_class(sitting)) == dossiers


def test_simulated_times_lie_in_the_past_and_in_order(shown: Populated) -> None:
    for sitting in (shown.finished, shown.open):
        decisions = Decision.objects.filter(turn__seat__sitting=sitting).select_related("turn")
        assert decisions
        for one in decisions:
            assert one.turn.opened_at is not None
            spent = (one.decided_at - one.turn.opened_at).total_seconds()
            assert spent == pytest.approx(one.seconds, abs=1e-3)
            assert one.decided_at <= timezone.now()
    assert shown.finished.closed_at == max(
        Decision.objects.filter(turn__seat__sitting=shown.finished).values_list("decided_at", flat=True)
    )


def test_the_open_sitting_is_joined_by_its_code_and_simulated_seats_are_on_their_way(
    shown: Populated,
) -> None:
    sitting = sitting_of(str(shown.open.code), "10.0.0.1")
    seat = take_seat(sitting, "A visitor", "en").seat
    turn = current_turn(seat)
    assert turn is not None
    assert not seat.is_simulated
    others = Seat.objects.filter(sitting=sitting, is_simulated=True)
    done = Decision.objects.filter(turn__seat__in=others).count()
    assert 0 < done < Turn.objects.filter(seat__in=others).count()


def test_the_visitor_signs_in_as_trainer_and_researcher(shown: Populated) -> None:
    user = User.objects.get(username="trainer")
    assert user.check_password(shown.password)
    assert set(user.groups.values_list("name", flat=True)) == {TRAINERS, RESEARCHERS}
    assert not user.is_superuser


def test_a_second_time_keeps_everything_and_tells_no_password(shown: Populated) -> None:
    before = set(Decision.objects.values_list("pk", "decided_at"))
    again = populated(few_cases, STAGES, "id")
    assert (again.finished, again.open, again.open.code) == (shown.finished, shown.open, shown.open.code)
    assert set(Decision.objects.values_list("pk", "decided_at")) == before
    assert not again.password
    assert User.objects.get(username="trainer").check_password(shown.password)


def test_a_password_that_is_given_is_taken(shown: Populated) -> None:
    again = populated(few_cases, STAGES, "en", "a long password")
    assert again.password == "a long password"
    assert User.objects.get(username="trainer").check_password("a long password")


def test_where_the_open_sitting_was_closed_there_is_another(shown: Populated) -> None:
    close_sitting(shown.open)
    again = populated(few_cases, STAGES, "en")
    assert again.open != shown.open
    assert again.open.code


def test_a_code_that_ended_is_given_anew(shown: Populated) -> None:
    Sitting.objects.filter(pk=shown.open.pk).update(code_expires=timezone.now())
    again = populated(few_cases, STAGES, "en")
    assert again.open == shown.open
    assert sitting_of(str(again.open.code), "10.0.0.1") == shown.open


def test_a_trainers_own_sitting_of_that_name_is_not_taken_for_a_demonstration(
    sitting: Sitting, shown: Populated
) -> None:
    assert sitting not in (shown.finished, shown.open)
    assert not sitting.seats.exists()
