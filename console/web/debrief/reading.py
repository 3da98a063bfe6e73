"""From the classroom's tables to judgements and cases: what a debrief is made of.

Decisions of seats that were removed do not count. Answers are read through `console.web.sealed.reveal` alone,
and only of a sitting that was revealed.
"""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from functools import cached_property

from django.db.models import F

from console.casebook.checklist import checklist
from console.debriefing.debrief import ClassDebrief, class_debrief
from console.debriefing.judgements import Case, Judgement, case_of, flag_from
from console.web.classroom.models import Block, Decision, Request, Seat, Sitting
from console.web.classroom.turns import evidence_name, stages_shown
from console.web.sealed.reveal import Key, keys_for_class


@dataclass(frozen=True)
class Told:
    """What a debrief of a class, or of a seat, is made of.

    Attributes:
        first, second: Judgements of each round.
        cases: By dossier's id.
        keys: The answers themselves, by dossier's id.
        flags_from: Least action that counts as a flag.
        learning: Numbers of the blocks that give feedback after each decision.
    """

    first: Sequence[Judgement]
    second: Sequence[Judgement]
    cases: Mapping[str, Case]
    keys: Mapping[str, Key]
    flags_from: int
    learning: AbstractSet[int] = frozenset()

    @cached_property
    def of_class(self) -> ClassDebrief:
        """The debrief of everybody whose judgements these are, computed once."""
        return class_debrief(self.first, self.second, self.cases, self.flags_from, self.learning)

    def of_seat(self, seat: Seat) -> "Told":
        """Return what one seat's debrief is made of."""
        first, second = (
            [one for one in made if one.seat == str(seat.pk)] for made in (self.first, self.second)
        )
        return replace(self, first=first, second=second)


def told(sitting: Sitting) -> Told:
    """Return what the debrief of a sitting is made of.

    Raises:
        PermissionDenied: If it has not been revealed.
    """
    keys = keys_for_class(sitting)
    stages = {item.name: item.stage for theme in checklist() for item in theme.items}
    return Told(
        first=judgements_of(sitting, round_number=1),
        second=judgements_of(sitting, round_number=2),
        cases={dossier: case_of(dossier, key, stages) for dossier, key in keys.items()},
        keys=keys,
        flags_from=flag_from(counts_documents=sitting.counts_documents),
        learning=frozenset(
            sitting.blocks.filter(feedback=Block.Feedback.EACH).values_list("number", flat=True)
        ),
    )


def judgements_of(sitting: Sitting, round_number: int) -> list[Judgement]:
    """Return what the seats of a sitting decided in one round, in a few queries for any number of seats."""
    asked: dict[int, list[str]] = {}
    requests = Request.objects.filter(turn__seat__sitting=sitting)
    for turn, kind in requests.values_list("turn_id", "kind"):
        asked.setdefault(turn, []).append(kind)
    found = Decision.objects.filter(
        turn__seat__sitting=sitting, turn__seat__removed_at=None, round=round_number
    ).select_related("turn")
    blocked = found.annotate(block=F("turn__dossier__block__number"))
    return [
        judgement_of(
            made,
            evidence_name(stages_shown(sitting.place, asked.get(made.turn_id, []))),
            made.block,
        )
        for made in blocked
    ]


def judgement_of(made: Decision, evidence: str, block: int = 1) -> Judgement:
    """Return a decision as the measures take it.

    Args:
        made: The decision.
        evidence: Name of what lay on the desk.
        block: Number of the dossier's block.
    """
    return Judgement(
        seat=str(made.turn.seat_id),
        dossier=str(made.turn.dossier_id),
        action=made.action,
        confidence=made.confidence,
        indicators=frozenset(made.indicators),
        seconds=made.seconds,
        is_doubted=made.is_doubted,
        evidence=evidence,
        block=block,
    )
