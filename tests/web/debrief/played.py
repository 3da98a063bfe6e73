"""A class that has played: cases with real indicators, and seats that notice and decide by a fixed rule."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import User

from console.casebook.cases import Case
from console.casebook.checklist import checklist
from console.web.classroom.models import Decision, Request, Seat, Sitting, Turn
from console.web.classroom.seats import take_seat
from console.web.classroom.sittings import close_sitting, open_sitting, reveal_sitting
from console.web.sealed.reveal import keys_for_trainer
from console.web.sittings.making import BlockPlan, SittingPlan, created
from tests.web.few_cases import both, few_cases

KINDS = (
    ("typology.online_scam", "Online scam", None),
    ("typology.domestic_work", "Domestic work", None),
    ("lookalike.solo_study", "Student alone", "online_scam"),
    ("journey.holiday", "Holiday", None),
    ("journey.unlicensed_work", "Work without papers", None),
)
NAMES = [item.name for theme in checklist() for item in theme.items]
COUNTER = [item.name for theme in checklist() for item in theme.items if item.stage == "counter"]
INTERVIEW = [item.name for theme in checklist() for item in theme.items if item.stage == "interview"]


@dataclass(frozen=True)
class ClassPlan:
    """How a class plays.

    Attributes:
        seats: How many.
        assistance: Of the sitting.
        place: Of the sitting.
        counts_documents: Of the sitting.
        revealed: Whether it ends with the reveal.
    """

    seats: int = 6
    assistance: str = Sitting.Assistance.NONE
    place: str = Sitting.Place.OFFICE
    counts_documents: bool = False
    revealed: bool = True
    victims_in_100: int = 50


def real_cases(scenario: str, place: str, blocks: Sequence[tuple[int, int]], seed: int) -> list[list[Case]]:
    """Return small cases whose keys name indicators that can be ticked."""
    drawn = few_cases(scenario, place, blocks, seed)
    return [[_real(n, case) for n, case in enumerate(block)] for block in drawn]


def _real(number: int, case: Case) -> Case:
    is_victim = case.key["needs_protection"]
    kind, title, like = KINDS[number % 2 if is_victim else 2 + number % 3]
    truth = "victim" if is_victim else "irregular" if kind.endswith("unlicensed_work") else "lawful"
    present = [*COUNTER[:3], *INTERVIEW[:2]] if is_victim else COUNTER[2:4]
    indicators = {name: "present" if name in present else "absent" for name in NAMES}
    groups = {"sex": "male" if number % 2 else "female", "age_band": "18-24", "online_offer": number % 3 == 0}
    key: dict[str, Any] = {
        **case.key,
        "truth_class": truth,
        "kind": {"id": kind, "title": both(title), "family": None, "lookalike_of": like},
        "indicators": {**indicators, NAMES[-1]: "unknown"},
        "groups": groups,
    }
    return Case(case.content, key)


def played(trainer: User, plan: ClassPlan = ClassPlan(), size: int = 4) -> Sitting:
    """Return a sitting of two blocks that a class went through."""
    blocks = [BlockPlan(size, plan.victims_in_100)] * 2
    sitting = created(
        SittingPlan(
            "phnom_penh_2022",
            "Class A",
            blocks,
            place=plan.place,
            assistance=plan.assistance,
            counts_documents=plan.counts_documents,
        ),
        trainer,
        real_cases,
    )
    seats = [take_seat(sitting, f"Nickname{n}", "en").seat for n in range(plan.seats)]
    open_sitting(sitting)
    keys = keys_for_trainer(sitting, trainer)
    rounds = 2 if plan.assistance == Sitting.Assistance.AFTER else 1
    for n, seat in enumerate(seats):
        _plays(seat, random.Random(n), keys, rounds)
    if plan.revealed:
        close_sitting(sitting)
        reveal_sitting(sitting)
    return sitting


def _plays(seat: Seat, chance: random.Random, keys: dict[str, Any], rounds: int) -> None:
    """Go through all dossiers: right three times in four, ticking some of what is there and some of what is not."""
    # In an order of the cases and not of the lot that dealt them: a class is the same every time.
    dealt = seat.turns.select_related("dossier__block")
    turns = sorted(dealt, key=lambda turn: (turn.dossier.block.number, turn.dossier.content["applicant"]))
    asking = [turn for turn in turns if chance.random() < 0.5]
    Request.objects.bulk_create(Request(turn=turn, kind=Request.Kind.INTERVIEW) for turn in asking)
    Decision.objects.bulk_create(
        _decision(turn, number, keys[str(turn.dossier_id)], chance)
        for turn in turns
        for number in range(1, rounds + 1)
    )


def _decision(turn: Turn, number: int, key: dict[str, Any], chance: random.Random) -> Decision:
    right = chance.random() < 0.75
    flags = key["needs_protection"] == right
    there = [
        name for name, found in key["indicators"].items() if found == "present" and chance.random() < 0.6
    ]
    other = [
        name for name, found in key["indicators"].items() if found != "present" and chance.random() < 0.02
    ]
    return Decision(
        turn=turn,
        round=number,
        action=chance.choice((2, 3)) if flags else chance.choice((0, 0, 1)),
        confidence=chance.choice((1, 2, 3)),
        indicators=sorted(there + other),
        is_doubted=chance.random() < 0.1,
        seconds=chance.uniform(20, 120),
    )


def hold(client: Any, seat: Seat) -> None:
    """Let a test's browser hold a seat."""
    session = client.session
    session["seat"] = str(seat.pk)
    session.save()


def turns_of(sitting: Sitting) -> list[Turn]:
    return list(Turn.objects.filter(seat__sitting=sitting))
