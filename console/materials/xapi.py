"""Decisions as xAPI statements (version 1.0.3), for a learning record store that a trainer feeds by hand.

An actor is an account with a pseudonym, under a home page that exists nowhere (`.invalid`), so that the
statements of two sittings never meet in one person; one where a program sat is called simulated. Success and
score are there only where the answer may be told, and success is what the pattern of right responses says.
Texts that xAPI keeps by language stand in both; an actor's name has one language, that of the export.
"""

from typing import Any, Final
from uuid import uuid5

from console.materials.export_texts import both, said
from console.materials.marks import actions_that_succeed, mark_of
from console.materials.records import DecisionRecord, DossierRecord, SittingRecord
from dossier.recommendations import Recommendation

VERSION: Final = "1.0.3"
HOME: Final = "https://saring.invalid"
ANSWERED: Final = "http://adlnet.gov/expapi/verbs/answered"
INTERACTION: Final = "http://adlnet.gov/expapi/activities/cmi.interaction"
ASSESSMENT: Final = "http://adlnet.gov/expapi/activities/assessment"


def statement(sitting: SittingRecord, decision: DecisionRecord) -> dict[str, Any]:
    """Return one decision as a statement."""
    name = f"{decision.seat_id}/{decision.dossier.id}/{decision.round}"
    return {
        "id": str(uuid5(sitting.id, name)),
        "version": VERSION,
        "actor": _actor(sitting, decision),
        "verb": {"id": ANSWERED, "display": both("answered")},
        "object": _activity(sitting, decision.dossier),
        "result": _result(decision),
        "context": _context(sitting, decision),
        "timestamp": decision.decided_at.isoformat(),
    }


def duration(seconds: float) -> str:
    """Return seconds as an ISO 8601 duration.

    Examples:
        >>> duration(75.25), duration(-1)
        ('PT75.25S', 'PT0.00S')
    """
    return f"PT{max(seconds, 0.0):.2f}S"


def _actor(sitting: SittingRecord, decision: DecisionRecord) -> dict[str, Any]:
    home, name = f"https://sitting-{sitting.id}.saring.invalid", decision.nickname
    if decision.is_simulated:
        name = said("simulated_trainee", sitting.language, trainee=name or decision.seat_name)
    named = {} if name is None else {"name": name}
    return {"objectType": "Agent", **named, "account": {"homePage": home, "name": decision.seat_name}}


def _activity(sitting: SittingRecord, dossier: DossierRecord) -> dict[str, Any]:
    right = {}
    if dossier.key is not None:
        succeeding = actions_that_succeed(dossier.key["truth_class"])
        right = {"correctResponsesPattern": [action.label for action in succeeding]}
    return {
        "objectType": "Activity",
        "id": f"{HOME}/sittings/{sitting.id}/dossiers/{dossier.id}",
        "definition": {
            "name": both("dossier", letter=dossier.letter),
            "description": both("what_to_do"),
            "type": INTERACTION,
            "interactionType": "choice",
            "choices": [
                {"id": label, "description": text.model_dump()} for label, text in sitting.actions.items()
            ],
            **right,
        },
    }


def _result(decision: DecisionRecord) -> dict[str, Any]:
    return {
        "completion": True,
        "response": Recommendation(decision.action).label,
        "duration": duration(decision.seconds),
        **_judged(decision),
        "extensions": _named(
            action=decision.action,
            confidence=decision.confidence,
            indicators=list(decision.indicators),
            doubted=decision.is_doubted,
        ),
    }


def _judged(decision: DecisionRecord) -> dict[str, Any]:
    """Return success and score, unless the answer may not be told or the action is outside the exercise."""
    key = decision.dossier.key
    mark = None if key is None else mark_of(key["truth_class"], decision.action)
    if mark is None or mark.succeeds is None:
        return {}
    score = {"scaled": mark.percent / 100, "raw": mark.percent, "min": 0, "max": 100}
    return {"success": mark.succeeds, "score": score}


def _context(sitting: SittingRecord, decision: DecisionRecord) -> dict[str, Any]:
    parent = {
        "objectType": "Activity",
        "id": f"{HOME}/sittings/{sitting.id}",
        "definition": {
            "name": both(
                "simulated_sitting" if sitting.is_simulated_class else "sitting",
                scenario=sitting.scenario_title,
            ),
            "type": ASSESSMENT,
        },
    }
    return {
        "registration": str(sitting.id),
        "platform": "saring",
        "contextActivities": {"parent": [parent]},
        "extensions": _named(
            synthetic=True,
            scenario=sitting.scenario,
            place=sitting.place,
            block=decision.dossier.block,
            round=decision.round,
            evidence=decision.evidence,
            assistance=list(decision.assistance),
            simulated_seat=decision.is_simulated,
            removed_seat=decision.is_removed,
        ),
    }


def _named(**values: Any) -> dict[str, Any]:
    """Return extensions under names that are addresses, as the standard asks."""
    return {f"{HOME}/xapi/{name}": value for name, value in values.items()}
