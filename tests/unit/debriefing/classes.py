"""Small cases and judgements for tests of the debrief, and classes drawn at random."""

import random
from collections.abc import Mapping, Sequence
from typing import Any

from console.debriefing.judgements import Case, Judgement, Screened
from dossier.texts import Text

STAGES = {"a": "counter", "b": "counter", "c": "interview", "d": "verification", "e": "interview"}
EVIDENCE = ("counter", "counter+interview", "counter+verification", "counter+interview+verification")
TRUTHS = ("victim", "irregular", "lawful")
BANDS = ("17", "18-24", "25-35", "36-45")
FLAG = 2


def case(dossier: str = "d1", truth: str = "victim", **changes: Any) -> Case:
    """A victim's case, unless told otherwise, with `a` and `c` present, `b` absent and the others unknown."""
    facts: dict[str, Any] = {
        "dossier": dossier,
        "truth_class": truth,
        "kind": f"kind.{truth}",
        "kind_title": Text(en=truth, id=truth),
        "family": None,
        "lookalike_of": None,
        "sex": "female",
        "age_band": "25-35",
        "online_offer": False,
        "stages": STAGES,
        "findings": {"a": "present", "b": "absent", "c": "present", "d": "unknown", "e": "unknown"},
        "screened": {evidence: Screened(3 if truth == "victim" else 0, 1.0) for evidence in EVIDENCE},
    }
    return Case(**{**facts, **changes})


def judgement(dossier: str = "d1", action: int = 3, ticked: str = "", **changes: Any) -> Judgement:
    """A sure referral at the counter by seat `s1`, unless told otherwise; `ticked` is one letter an indicator."""
    facts: dict[str, Any] = {
        "seat": "s1",
        "confidence": 3,
        "seconds": 60.0,
        "is_doubted": False,
        "evidence": "counter",
    }
    return Judgement(dossier=dossier, action=action, indicators=frozenset(ticked), **{**facts, **changes})


def some_class(
    seed: int, seats: int = 7, dossiers: int = 9, decided: float = 0.9
) -> tuple[Sequence[Judgement], Mapping[str, Case]]:
    """Judgements and cases of a class drawn at random; not every seat decides on every dossier."""
    chance = random.Random(seed)
    cases = {f"d{n}": _some_case(f"d{n}", chance) for n in range(dossiers)}
    made = [
        _some_judgement(f"s{seat}", dossier, chance)
        for seat in range(seats)
        for dossier in cases
        if chance.random() < decided
    ]
    return made, cases


def second_of(made: Sequence[Judgement], seed: int) -> list[Judgement]:
    """Second judgements on some of the dossiers that were decided."""
    chance = random.Random(seed)
    return [_some_judgement(one.seat, one.dossier, chance) for one in made if chance.random() < 0.6]


def _some_case(dossier: str, chance: random.Random) -> Case:
    truth = chance.choice(TRUTHS)
    return case(
        dossier,
        truth,
        kind=f"kind.{truth}.{chance.randint(1, 2)}",
        sex=chance.choice(("female", "male")),
        age_band=chance.choice(BANDS),
        online_offer=chance.random() < 0.5,
        findings={name: chance.choice(("present", "absent", "unknown")) for name in STAGES},
        screened={
            evidence: Screened(chance.randint(0, 3), chance.choice((-1.0, 0.0, 2.5))) for evidence in EVIDENCE
        },
    )


def _some_judgement(seat: str, dossier: str, chance: random.Random) -> Judgement:
    return judgement(
        dossier,
        chance.randint(0, 3),
        "".join(name for name in STAGES if chance.random() < 0.4),
        seat=seat,
        confidence=chance.randint(1, 3),
        seconds=chance.uniform(5, 300),
        is_doubted=chance.random() < 0.1,
        evidence=chance.choice(EVIDENCE),
    )
