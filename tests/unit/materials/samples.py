"""A small sitting as records, with and without its answers."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from console.materials.records import DecisionRecord, DossierRecord, SittingRecord
from dossier.recommendations import Recommendation
from dossier.texts import Text
from tests.web.few_cases import few_cases

ACTIONS = {each.label: Text(en=f"Do {each.label}", id=f"Lakukan {each.label}") for each in Recommendation}
SITTING = SittingRecord(
    id=UUID("6d3c2f5e-1f0b-4b7a-9c62-0c1a4b6b7c01"),
    title="Class A",
    scenario="phnom_penh_2022",
    scenario_title=Text(en="Phnom Penh, July 2022", id="Phnom Penh, Juli 2022"),
    place="office",
    actions=ACTIONS,
    language="en",
    counts_documents=False,
    seats=8,
    simulated_seats=0,
)
WHEN = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)


def dossiers(*, revealed: bool = True) -> list[DossierRecord]:
    """Return two victims' dossiers and two of lawful travellers, in this order."""
    (cases,) = few_cases("phnom_penh_2022", "office", [(4, 50)], 1)
    return [
        DossierRecord(
            id=UUID(int=number),
            letter=f"A{number}",
            block=1,
            victims_in_100=50,
            feedback="reveal",
            content=case.content,
            key=case.key if revealed else None,
        )
        for number, case in enumerate(cases, start=1)
    ]


def with_truth(dossier: DossierRecord, truth_class: str) -> DossierRecord:
    """Return a dossier of another class of truth."""
    assert dossier.key is not None
    key: Mapping[str, Any] = {
        **dossier.key,
        "truth_class": truth_class,
        "needs_protection": truth_class == "victim",
    }
    return replace(dossier, key=key)


def decision(dossier: DossierRecord, action: int = Recommendation.REFER, **changes: Any) -> DecisionRecord:
    made = DecisionRecord(
        seat=7,
        seat_id=UUID(int=70),
        nickname=None,
        is_simulated=False,
        is_removed=False,
        dossier=dossier,
        position=1,
        round=1,
        action=action,
        confidence=2,
        indicators=("debt_ties", "easy_offer"),
        reason="",
        is_doubted=False,
        seconds=75.25,
        evidence="counter+interview",
        assistance=(),
        opened_at=WHEN,
        decided_at=WHEN,
    )
    return replace(made, **changes)
