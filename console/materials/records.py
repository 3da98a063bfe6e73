"""What an export is about: a sitting, its dossiers and its decisions, as plain records.

A dossier carries its answer only where whoever gathers the records may see it; without one, no export can say
what was right. Seats have numbers; a nickname is there only where the trainer asked for it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from console.debriefing.judgements import flag_from
from dossier.stages import STAGE_LABELS
from dossier.texts import Language, Text


@dataclass(frozen=True)
class SittingRecord:
    """A sitting, as exports name it.

    Attributes:
        id: Its random id.
        title: As the trainer wrote it.
        scenario: Name of the scenario.
        scenario_title: Its title.
        place: `office` or `checkpoint`.
        actions: What the four actions are called at its place, by label.
        language: Of the export.
        counts_documents: Whether asking for documents counts as a flag.
        seats: How many there are, removed ones among them.
        simulated_seats: At how many of them a program sat.
    """

    id: UUID
    title: str
    scenario: str
    scenario_title: Text
    place: str
    actions: Mapping[str, Text]
    language: Language
    counts_documents: bool
    seats: int
    simulated_seats: int

    @property
    def is_simulated_class(self) -> bool:
        """Whether nobody but programs sat there."""
        return 0 < self.seats == self.simulated_seats

    def action_title(self, label: str | None) -> str | None:
        """Return what an action is called, in the language of the export; None without an action."""
        return None if label is None else self.actions[label].in_language(self.language)

    def is_flag(self, action: int) -> bool:
        """Tell whether an action counts as a flag in this sitting."""
        return action >= flag_from(counts_documents=self.counts_documents)


@dataclass(frozen=True)
class DossierRecord:
    """A dossier.

    Attributes:
        id: Its random id.
        letter: What the class calls it.
        block: Number of its block.
        victims_in_100: Of its block.
        feedback: Of its block.
        content: What a trainee can see.
        key: What was so; None where the export may not say it.
    """

    id: UUID
    letter: str
    block: int
    victims_in_100: int
    feedback: str
    content: Mapping[str, Any]
    key: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class DecisionRecord:
    """A decision.

    Attributes:
        seat: Number of the seat in this sitting, given at random.
        seat_id: Its random id.
        nickname: None unless asked for.
        is_simulated: Whether a program sat there.
        is_removed: Whether the trainer removed the seat.
        dossier: On which dossier.
        position: Its place in the seat's order.
        round: 1, or 2 after the screener was shown.
        action, confidence: As `Decision` numbers them.
        indicators: Names of those that were ticked.
        reason: In the trainee's words.
        is_doubted: Whether the seat says that no such dossier could exist.
        seconds: From the first look.
        evidence: Name of what lay on the desk, such as `counter+interview`.
        assistance: Names of the evidence at which the screener's answer was shown.
        opened_at, decided_at: When.
    """

    seat: int
    seat_id: UUID
    nickname: str | None
    is_simulated: bool
    is_removed: bool
    dossier: DossierRecord
    position: int
    round: int
    action: int
    confidence: int
    indicators: tuple[str, ...]
    reason: str
    is_doubted: bool
    seconds: float
    evidence: str
    assistance: tuple[str, ...]
    opened_at: datetime | None
    decided_at: datetime

    @property
    def seat_name(self) -> str:
        """The seat's pseudonym, such as `S07`."""
        return f"S{self.seat:02d}"


def full_evidence(place: str) -> str:
    """Return the name of all that a seat at a place can come to see, as the screener's answers are filed.

    Examples:
        >>> full_evidence("office")
        'counter+interview+verification'
    """
    return "+".join(label for label in STAGE_LABELS if place == "checkpoint" or label != "checkpoint")
