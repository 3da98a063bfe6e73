"""What the screener says to a seat, as a page shows it, and the log that it was shown."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from console.web.classroom.models import AssistanceShown, Decision, Sitting, Turn
from console.web.classroom.sittings import note_told_early
from console.web.classroom.turns import STAGE_OF, opened_evidence, stages_seen
from console.web.sealed.reveal import assistance
from console.web.seats.dossiers import action_word
from dossier.stages import Stage

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
        unread: The word for what it has not read, since nobody has asked for it; empty where it has read all.
    """

    recommendation: str
    is_concerned: bool
    resembles: Mapping[str, str] | None
    signs: Sequence[Mapping[str, Any]]
    more_signs: Sequence[Mapping[str, Any]]
    others: Sequence[Mapping[str, Any]]
    unread: str


def advice_for(turn: Turn) -> Advice | None:
    """Return what the screener says to a seat now, and log it; None where it says nothing."""
    mode = turn.seat.sitting.assistance
    is_after = mode == Sitting.Assistance.AFTER
    if mode == Sitting.Assistance.NONE or (is_after and not turn.decisions.exists()):
        return None
    said = assistance(turn)
    AssistanceShown.objects.get_or_create(turn=turn, evidence=opened_evidence(turn))
    if is_after:
        note_told_early(turn.seat.sitting)
    return advice_of(said, turn.seat.sitting, stages_seen(turn))


def advice_of(said: Mapping[str, Any], sitting: Sitting, seen: frozenset[Stage]) -> Advice:
    """Return an answer of the screener, as a key holds it, as a page shows it.

    Args:
        said: The answer.
        sitting: Whose dossier it is of.
        seen: The stages whose evidence the screener has read.
    """
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
        unread=_unread(sitting, seen),
    )


def _unread(sitting: Sitting, seen: frozenset[Stage]) -> str:
    missing = [kind.value for kind, stage in STAGE_OF.items() if stage not in seen]
    if len(missing) == len(STAGE_OF):
        return f"screener.read_{sitting.place}_only"
    return f"screener.unread_{missing[0]}" if missing else ""
