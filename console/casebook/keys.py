"""The key of a dossier: what was so, what could be noticed, and what the screener says at each evidence.

It is plain JSON for the sealed tables. The screener reads the dossiers alone; what is true of a person stands
beside what it says and never enters it.
"""

from collections.abc import Sequence
from typing import Any

from console.casebook.choosing import VICTIM
from console.casebook.people import Person
from console.casebook.settings import settings
from console.casebook.stages import first_stages
from console.casebook.stories import advice_for, advice_text, story_of
from console.casebook.wording import spoken
from console.examples import explained_json, explanation_json
from dossier.dossiers import Dossiers, joined
from dossier.fields import fields
from dossier.findings import FINDING_LABELS
from dossier.recommendations import agencies
from dossier.stages import Stage
from dossier.texts import Text
from screening.evaluation.outcomes import AGE_LABELS, age_bands
from screening.explain import explain
from screening.referral import agency_names
from screening.screener import Assessment, Screener

_ASKED_FOR = ((), (Stage.INTERVIEW,), (Stage.VERIFICATION,), (Stage.INTERVIEW, Stage.VERIFICATION))
"""What a trainee may have asked for, beside what lies on the desk from the start."""


def evidence_sets(place: str) -> dict[str, frozenset[Stage]]:
    """Return what can lie on a desk: the stages by the name under which the screener's answer is filed.

    The last holds everything.

    Examples:
        >>> list(evidence_sets("checkpoint"))[:2]
        ['counter+checkpoint', 'counter+interview+checkpoint']
    """
    sets = [first_stages(place) | frozenset(asked) for asked in _ASKED_FOR]
    return {"+".join(stage.label for stage in sorted(seen)): seen for seen in sets}


def keys_of(people: Sequence[Person], place: str, screener: Screener) -> list[dict[str, Any]]:
    """Return the key of each person.

    Args:
        people: At least one.
        place: `office` or `checkpoint`.
        screener: Whose answers the keys hold.
    """
    dossiers = joined([person.dossiers for person in people])
    last = max(list(evidence_sets(place).values())[-1])
    found = screener.assess(dossiers, last)
    bands = age_bands(dossiers)
    return [
        {
            **_kind(person),
            "story": story_of(person, last).model_dump(),
            "advice": advice_text(person, _receiver(person, found, row)).model_dump(),
            "groups": _groups(person, int(bands[row])),
            "indicators": {
                name: FINDING_LABELS[findings[row]] for name, findings in found.evidence.indicators.items()
            },
            "screener": _screened(screener, person.dossiers, place),
        }
        for row, person in enumerate(people)
    ]


def _kind(person: Person) -> dict[str, Any]:
    head = person.module.module
    return {
        "truth_class": person.truth["truth_class"],
        "needs_protection": person.truth["truth_class"] == VICTIM,
        "kind": {
            "id": head.id,
            "title": head.title.model_dump(),
            "family": head.family or None,
            "lookalike_of": advice_for(person.module).looks_like or None,
        },
        "tier": person.truth["tier"],
    }


def _receiver(person: Person, found: Assessment, row: int) -> Text | None:
    agency = int(found.agency[row])
    if person.truth["truth_class"] != VICTIM or agency < 0:
        return None
    receiver = agencies()[agency_names()[agency]]
    if receiver.now is None:
        return receiver.name
    year = str(person.plan.world.scenario.scenario.year)
    return spoken("advice.called_now", then=receiver.name, year=year, now=receiver.now)


def _groups(person: Person, band: int) -> dict[str, Any]:
    desk = person.desk
    return {
        "sex": fields()["sex"].codes[desk.value("sex")],
        "age_band": AGE_LABELS[band],
        "online_offer": desk.value("offer_channel") in settings().online_offers.codes,
    }


def _screened(screener: Screener, dossiers: Dossiers, place: str) -> dict[str, Any]:
    """Return what the screener says at each evidence; what would change it, where all was seen."""
    sets = evidence_sets(place)
    whole = list(sets)[-1]
    return {name: _said(screener, dossiers, seen, is_whole=name == whole) for name, seen in sets.items()}


def _said(
    screener: Screener, dossiers: Dossiers, seen: frozenset[Stage], *, is_whole: bool
) -> dict[str, Any]:
    last = max(seen)
    skipped = frozenset(stage for stage in Stage if stage < last) - seen
    if is_whole:
        explanation = explained_json(screener, dossiers, 0, last, skipped)
    else:
        explanation = explanation_json(explain(screener, dossiers, 0, last, skipped))
    return {
        "explanation": explanation,
        "risk": explanation["risk"],
        "recommendation": explanation["recommendation"],
    }
