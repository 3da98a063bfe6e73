"""What a seat learns of a dossier that it decided: what was so, what it noticed, and what it made of that.

Answers come through `console.web.sealed.reveal` and its question whether the seat may learn them; the words
for what was noticed are those of `console.debriefing.noticing`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from console.casebook.checklist import Item, checklist
from console.debriefing.judgements import Case, Verdict, case_of, flag_from, verdict
from console.debriefing.noticing import Noticing, noticed
from console.web.classroom.models import Decision, Seat, Sitting, Turn
from console.web.classroom.sittings import note_told_early
from console.web.classroom.turns import opened_evidence
from console.web.debrief.reading import judgement_of
from console.web.sealed.reveal import Key, reveal, reveal_all
from console.web.seats.dossiers import action_word, confidence_word

NOTICED = ("overlooked", "underweighted", "overweighted", "seen_and_used", "cited_absent", "cited_unknown")
"""In the order in which a page shows them."""


@dataclass(frozen=True)
class Group:
    """Indicators of which one thing is so, such as `overlooked`."""

    name: str
    items: Sequence[Item]

    @property
    def title(self) -> str:
        """What the group is called, in `words/`."""
        return f"answer.{self.name}"


@dataclass(frozen=True)
class Made:
    """A decision with the words for it.

    Attributes:
        decision: As it is recorded.
        action, confidence: Words.
    """

    decision: Decision
    action: str
    confidence: str

    @property
    def title(self) -> str:
        """Which round it is, in `words/`."""
        return "recorded.first_round" if self.decision.round == 1 else "recorded.second_round"


@dataclass(frozen=True)
class Answered:
    """A dossier that a seat decided, and its answer.

    Attributes:
        turn: The seat's turn.
        made: Its decisions, in order; the first one is judged.
        key: What was so, as `console.casebook` writes it.
        truth: The word for what the applicant was.
        outcome: The word for what came of the first decision.
        verdict: Whether the first decision was right; `outside` where that is a matter of law.
        noticed: Indicators by what was made of them; none is empty.
        wrong_reason: The word for a decision that was right while its reason was not; else empty.
    """

    turn: Turn
    made: Sequence[Made]
    key: Key
    truth: str
    outcome: str
    verdict: Verdict
    noticed: Sequence[Group]
    wrong_reason: str


def answers_of(seat: Seat) -> list[Answered]:
    """Return all dossiers whose answer a seat may learn now, in the order in which it had them.

    It is noted if the class has still to decide on them.
    """
    found = reveal_all(seat)
    if found:
        note_told_early(seat.sitting)
    return [_answered(turn, key) for turn, key in found]


def answered(turn: Turn) -> Answered:
    """Return what a seat learns of a dossier; it is noted if the class has still to decide on it.

    Raises:
        PermissionDenied: If it may not, or not yet.
    """
    key = reveal(turn)
    note_told_early(turn.seat.sitting)
    return _answered(turn, key)


def made_of(decision: Decision, sitting: Sitting) -> Made:
    """Return a decision with the words for it."""
    return Made(decision, action_word(decision.action, sitting), confidence_word(decision.confidence))


def _answered(turn: Turn, key: Key) -> Answered:
    decisions = list(turn.decisions.all())
    sitting = turn.seat.sitting
    flags_from = flag_from(counts_documents=sitting.counts_documents)
    judgement = judgement_of(decisions[0], opened_evidence(turn), turn.dossier.block.number)
    case = case_of(judgement.dossier, key, {item.name: item.stage for item in _items()})
    found = noticed(judgement, case, flags_from)
    said = verdict(judgement.action, case, flags_from)
    return Answered(
        turn=turn,
        made=[made_of(decision, sitting) for decision in decisions],
        key=key,
        truth=f"answer.{case.truth_class}",
        outcome=_outcome(case, said, is_flag=judgement.action >= flags_from),
        verdict=said,
        noticed=_groups(found),
        wrong_reason=_wrong_reason(found),
    )


def _outcome(case: Case, said: Verdict, *, is_flag: bool) -> str:
    """Return the word for what came of a decision; of irregular travellers it follows what was right."""
    if case.truth_class == "irregular":
        return f"answer.irregular_{said}"
    return f"answer.{case.truth_class}_{'flagged' if is_flag else 'left'}"


def _items() -> list[Item]:
    return [item for theme in checklist() for item in theme.items]


def _groups(found: Noticing) -> list[Group]:
    groups = [Group(name, _named(getattr(found, name))) for name in NOTICED]
    return [group for group in groups if group.items]


def _named(names: Iterable[str]) -> list[Item]:
    return [item for item in _items() if item.name in names]


def _wrong_reason(found: Noticing) -> str:
    if found.right_for_the_wrong_reason:
        return "answer.right_for_the_wrong_reason"
    return "answer.right_without_a_reason" if found.right_without_a_reason else ""
