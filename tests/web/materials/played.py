"""A sitting that two trainees and a simulated seat have played, for tests of its materials."""

from console.web.classroom.models import Decision, Request, Seat, Sitting
from console.web.classroom.seats import take_seat
from console.web.classroom.sittings import close_sitting, open_sitting, reveal_sitting
from console.web.classroom.turns import Answer, ask, current_turn, decide, opened

FORMULA = '=HYPERLINK("http://example.invalid","see")'


def played(sitting: Sitting) -> Sitting:
    """Let a class decide on everything, with a nickname and a reason that a spreadsheet would run."""
    seats = [take_seat(sitting, name, "en").seat for name in ("@Ayu", "Budi")]
    open_sitting(sitting)
    for seat in seats:
        held = Seat.objects.select_related("sitting").get(pk=seat.pk)
        while (turn := current_turn(held)) is not None:
            opened(turn)
            if turn.position % 2:
                ask(turn, Request.Kind.INTERVIEW)
            decide(turn, Answer(Decision.Action.REFER, Decision.Confidence.SURE, ["easy_offer"], FORMULA))
    return sitting


def closed(sitting: Sitting) -> Sitting:
    close_sitting(played(sitting))
    return sitting


def revealed(sitting: Sitting) -> Sitting:
    reveal_sitting(closed(sitting))
    return sitting
