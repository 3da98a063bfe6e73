"""From the classroom's tables to the records that exports are about.

Answers come through `console.web.sealed.reveal` alone, and only of a sitting that was revealed. Seats are
numbered by their random ids, so that a number tells neither a name nor who came first.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

from console.materials.records import DecisionRecord, DossierRecord, SittingRecord
from console.web.classroom.models import Decision, Dossier, Sitting
from console.web.classroom.turns import opened_evidence
from console.web.sealed.reveal import keys_for_class
from console.web.speech import speaker
from dossier.recommendations import Recommendation
from dossier.texts import Language, Text
from synthetic.scenarios import released_scenarios

AT_ONCE = 500
"""Decisions that are held at once while a file is written."""


def sitting_record(sitting: Sitting, language: Language) -> SittingRecord:
    """Return a sitting as exports name it."""
    simulated = list(sitting.seats.values_list("is_simulated", flat=True))
    return SittingRecord(
        id=sitting.pk,
        title=sitting.title,
        scenario=sitting.scenario,
        scenario_title=scenario_title(sitting),
        place=sitting.place,
        actions=action_titles(sitting.place),
        language=language,
        counts_documents=sitting.counts_documents,
        seats=len(simulated),
        simulated_seats=sum(simulated),
    )


def scenario_title(sitting: Sitting) -> Text:
    """Return the title of a sitting's scenario; its name where it is no longer released."""
    found = released_scenarios().get(sitting.scenario)
    return found.scenario.title if found else Text(en=sitting.scenario, id=sitting.scenario)


def dossier_records(sitting: Sitting) -> dict[UUID, DossierRecord]:
    """Return the dossiers of a sitting by id, in their order; with their answers after the reveal."""
    revealed = sitting.state == Sitting.State.REVEALED
    keys: Mapping[str, Any] = keys_for_class(sitting) if revealed else {}
    return {
        dossier.pk: _dossier(dossier, keys.get(str(dossier.pk))) for dossier in dossiers_in_order(sitting)
    }


def dossiers_in_order(sitting: Sitting) -> Sequence[Dossier]:
    """Return the dossiers of a sitting, block by block and within a block by their letters."""
    found = Dossier.objects.filter(block__sitting=sitting).select_related("block")
    return sorted(found, key=lambda dossier: (dossier.block.number, len(dossier.letter), dossier.letter))


def decision_records(
    sitting: Sitting, dossiers: Mapping[UUID, DossierRecord], *, named: bool, only: UUID | None = None
) -> Iterator[DecisionRecord]:
    """Yield the decisions of a sitting, few at a time, by seat and position.

    Args:
        sitting: The sitting.
        dossiers: Its dossiers by id.
        named: Whether nicknames are asked for.
        only: One dossier; all when left out.
    """
    numbers = {pk: n for n, pk in enumerate(sorted(sitting.seats.values_list("pk", flat=True)), start=1)}
    found = (
        Decision.objects.filter(turn__seat__sitting=sitting)
        .select_related("turn__seat__sitting")
        .prefetch_related("turn__requests", "turn__assistance")
        .order_by("turn__seat_id", "turn__position", "round")
    )
    chosen = found if only is None else found.filter(turn__dossier_id=only)
    for made in chosen.iterator(chunk_size=AT_ONCE):
        seat = made.turn.seat
        yield DecisionRecord(
            seat=numbers[seat.pk],
            seat_id=seat.pk,
            nickname=seat.nickname if named else None,
            is_simulated=seat.is_simulated,
            is_removed=seat.removed_at is not None,
            dossier=dossiers[made.turn.dossier_id],
            position=made.turn.position,
            round=made.round,
            action=made.action,
            confidence=made.confidence,
            indicators=tuple(made.indicators),
            reason=made.reason,
            is_doubted=made.is_doubted,
            seconds=made.seconds,
            evidence=opened_evidence(made.turn),
            assistance=_assistance(made),
            opened_at=made.turn.opened_at,
            decided_at=made.decided_at,
        )


def action_titles(place: str) -> dict[str, Text]:
    """Return what the four actions are called at a place, by label."""
    part = "action_at_departure" if place == Sitting.Place.CHECKPOINT else "action"
    keys = {each.label: f"{part}.{each.label}" for each in Recommendation}
    return {label: Text(en=speaker("en").say(key), id=speaker("id").say(key)) for label, key in keys.items()}


def _dossier(dossier: Dossier, key: Mapping[str, Any] | None) -> DossierRecord:
    return DossierRecord(
        id=dossier.pk,
        letter=dossier.letter,
        block=dossier.block.number,
        victims_in_100=dossier.block.victims_in_100,
        feedback=dossier.block.feedback,
        content=dossier.content,
        key=key,
    )


def _assistance(made: Decision) -> tuple[str, ...]:
    """Return at which evidence the screener's answer had been shown when the decision was made."""
    shown = (each for each in made.turn.assistance.all() if each.shown_at <= made.decided_at)
    return tuple(each.evidence for each in sorted(shown, key=lambda each: each.shown_at))
