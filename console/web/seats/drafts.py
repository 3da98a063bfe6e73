"""What a trainee has entered and not yet recorded: kept while evidence is asked for or something is missing.

A draft lies in the login state, one for each browser, until the next takes its place: a recorded round has no
use for it, and nothing is written only to take it away. It is what the trainee typed and nothing else;
what is no action, no confidence or no indicator of the list is left out.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib.sessions.backends.base import SessionBase
from django.http import QueryDict

from console.casebook.checklist import checklist_names
from console.web.classroom.models import Decision
from console.web.classroom.turns import Answer

KEPT = "draft"
LONGEST_REASON = 1000
"""Letters; as the table has it."""


@dataclass(frozen=True)
class Draft:
    """What is entered on one dossier; None and empty where nothing is.

    Attributes:
        action, confidence: See `Decision`.
        indicators: Names that are ticked.
        reason: In the trainee's words.
        is_doubted: Whether the seat says that no such dossier could exist.
    """

    action: int | None = None
    confidence: int | None = None
    indicators: frozenset[str] = frozenset()
    reason: str = ""
    is_doubted: bool = False

    @property
    def missing(self) -> tuple[str, ...]:
        """What has to be entered before the decision can be recorded: `action`, `confidence`."""
        entered = {"action": self.action, "confidence": self.confidence}
        return tuple(name for name, value in entered.items() if value is None)

    def answer(self) -> Answer:
        """Return what is to be recorded.

        Raises:
            ValueError: If something is missing.
        """
        if self.action is None or self.confidence is None:
            raise ValueError(f"nothing is entered for: {', '.join(self.missing)}")
        return Answer(self.action, self.confidence, sorted(self.indicators), self.reason, self.is_doubted)


EMPTY = Draft()


def entered(form: QueryDict) -> Draft:
    """Return what a form says."""
    return Draft(
        action=_choice(form.get("action"), Decision.Action.values),
        confidence=_choice(form.get("confidence"), Decision.Confidence.values),
        indicators=_listed(form.getlist("indicators")),
        reason=_plain(form.get("reason", "")),
        is_doubted=form.get("is_doubted") == "yes",
    )


def round_of(form: QueryDict) -> int:
    """Return which round of a dossier a form is for."""
    return 2 if form.get("round") == "2" else 1


def after_first_round(decision: Decision) -> Draft:
    """Return where a second round begins: with what was ticked and written, and no action chosen."""
    return Draft(
        indicators=_listed(decision.indicators), reason=decision.reason, is_doubted=decision.is_doubted
    )


def keep(
    session: SessionBase, dossier: UUID, round_number: int, draft: Draft, *, is_incomplete: bool = False
) -> None:
    """Keep a draft until its dossier is shown again.

    Args:
        session: Login state of the browser.
        dossier: Which lies on the desk.
        round_number: Which round of it is decided.
        draft: What is entered.
        is_incomplete: Whether it was to be recorded and could not be.
    """
    session[KEPT] = {
        "dossier": str(dossier),
        "round": round_number,
        "action": draft.action,
        "confidence": draft.confidence,
        "indicators": sorted(draft.indicators),
        "reason": draft.reason,
        "is_doubted": draft.is_doubted,
        "is_incomplete": is_incomplete,
    }


def kept(session: SessionBase, dossier: UUID, round_number: int) -> tuple[Draft, bool] | None:
    """Return the draft on a round of a dossier and whether it was incomplete; None if there is none."""
    found: Mapping[str, Any] = session.get(KEPT, {})
    if (found.get("dossier"), found.get("round")) != (str(dossier), round_number):
        return None
    draft = Draft(
        action=found["action"],
        confidence=found["confidence"],
        indicators=_listed(found["indicators"]),
        reason=found["reason"],
        is_doubted=found["is_doubted"],
    )
    return draft, found["is_incomplete"]


def forget(session: SessionBase) -> None:
    """Forget the draft."""
    session.pop(KEPT, None)


def _choice(sent: str | None, values: Iterable[int]) -> int | None:
    return next((value for value in values if str(value) == sent), None)


def _listed(names: Iterable[str]) -> frozenset[str]:
    return frozenset(checklist_names()) & frozenset(names)


def _plain(text: str) -> str:
    """Return a text with one kind of line end and no letters that cannot be shown."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    seen = "".join(letter for letter in lines if letter.isprintable() or letter in "\n\t")
    return seen.strip()[:LONGEST_REASON]
