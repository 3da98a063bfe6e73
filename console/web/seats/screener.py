"""What the screener says to a seat, as a page shows it, and the log that it was shown."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from console.web.classroom.models import AssistanceShown, Decision, Sitting, Turn
from console.web.classroom.turns import opened_evidence
from console.web.sealed.reveal import assistance
from console.web.seats.dossiers import action_word

SIGNS_AT_ONCE = 5
"""As many as somebody reads before deciding; the others are one click away."""


@dataclass(frozen=True)
class Advice:
    """What the screener says of the evidence on the desk.

    Attributes:
        recommendation: The word for it, one of the four actions.
        is_concerned: Whether it recommends more than to proceed.
        resembles: The pattern that the dossier resembles most, in both languages; None without one.
        signs: Findings that count, the weightiest first, as `console.examples` writes reasons.
        more_signs: Those that a page shows when asked.
        others: What counts a little although it is no sign.
    """

    recommendation: str
    is_concerned: bool
    resembles: Mapping[str, str] | None
    signs: Sequence[Mapping[str, Any]]
    more_signs: Sequence[Mapping[str, Any]]
    others: Sequence[Mapping[str, Any]]


def advice_for(turn: Turn) -> Advice | None:
    """Return what the screener says to a seat now, and log it; None where it says nothing."""
    mode = turn.seat.sitting.assistance
    is_after = mode == Sitting.Assistance.AFTER
    if mode == Sitting.Assistance.NONE or (is_after and not turn.decisions.exists()):
        return None
    said = assistance(turn)
    AssistanceShown.objects.get_or_create(turn=turn, evidence=opened_evidence(turn))
    return advice_of(said, turn.seat.sitting)


def advice_of(said: Mapping[str, Any], sitting: Sitting) -> Advice:
    """Return an answer of the screener, as a key holds it, as a page shows it."""
    explanation = said["explanation"]
    reasons, action = explanation["reasons"], Decision.Action[said["recommendation"].upper()]
    signs = [*explanation.get("decided", ()), *(reason for reason in reasons if reason["is_sign"])]
    return Advice(
        recommendation=action_word(action, sitting),
        is_concerned=action > Decision.Action.PROCEED,
        resembles=explanation.get("resembles_name"),
        signs=signs[:SIGNS_AT_ONCE],
        more_signs=signs[SIGNS_AT_ONCE:],
        others=[reason for reason in reasons if not reason["is_sign"]],
    )
