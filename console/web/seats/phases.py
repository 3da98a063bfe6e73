"""Where a seat stands in its sitting: one word that decides which page it sees."""

from enum import StrEnum

from console.web.classroom.models import Seat, Sitting
from console.web.classroom.turns import is_open, unsettled


class Phase(StrEnum):
    """Where a seat stands."""

    LOBBY = "lobby"
    """The sitting has not begun."""
    BEGIN = "begin"
    """It has, and the seat has not yet looked at a dossier."""
    WORKING = "working"
    """A dossier lies on the desk."""
    DONE = "done"
    """Everything is decided, and others are not."""
    TIME_OVER = "time_over"
    CLOSED = "closed"
    """Nothing more is decided; the answers are not open yet."""
    REVEALED = "revealed"


OF_STATE = {
    Sitting.State.LOBBY: Phase.LOBBY,
    Sitting.State.CLOSED: Phase.CLOSED,
    Sitting.State.REVEALED: Phase.REVEALED,
}


def phase_of(seat: Seat) -> Phase:
    """Return where a seat stands now."""
    state = Sitting.State(seat.sitting.state)
    if state in OF_STATE:
        return OF_STATE[state]
    if not unsettled(seat).exists():
        return Phase.DONE
    if not is_open(seat.sitting):
        return Phase.TIME_OVER
    return Phase.WORKING if seat.turns.filter(opened_at__isnull=False).exists() else Phase.BEGIN
