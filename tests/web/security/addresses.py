"""Every address of the console, filled with the ids of one sitting, and the forms that its pages send."""

from collections.abc import Iterator, Mapping
from typing import Any
from uuid import uuid4

from django.urls import URLResolver, get_resolver

from console.web.classroom.models import Seat, Sitting
from console.web.classroom.turns import current_turn

RUN = "small"
"""The run of the workbench that the tests know."""
RUN_AGAIN = "small-again"
"""A run of the same people, to compare it with."""


def patterns(resolver: URLResolver | None = None, before: str = "/") -> Iterator[str]:
    """Yield every address as it stands in the console's `urls`, places to fill left open."""
    for pattern in (resolver or get_resolver()).url_patterns:
        address = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from patterns(pattern, address)
        else:
            yield address


def places(sitting: Sitting, seat: Seat) -> dict[str, str]:
    """Return what stands in the places of an address: all of one sitting, the dossier on a seat's desk."""
    turn = current_turn(seat) or seat.turns.all()[0]
    return {
        "<uuid:sitting_id>": str(sitting.pk),
        "<uuid:dossier_id>": str(turn.dossier_id),
        "<uuid:seat_id>": str(seat.pk),
        "<str:code>": sitting.code or "BCDFGH",
        "<slug:scenario_id>": sitting.scenario,
        "<slug:scenario>": sitting.scenario,
        "<str:run>": RUN,
        "<str:name>": "point.toml",
    }


def filled(pattern: str, values: Mapping[str, str]) -> str:
    """Return an address with its places filled; one that nobody knows how to fill fails the test."""
    for place, value in values.items():
        pattern = pattern.replace(place, value)
    assert "<" not in pattern, pattern
    return pattern


def form_for(pattern: str, sitting: Sitting) -> dict[str, Any]:
    """Return a form that an address takes, so that whoever may send it changes something by it."""
    forms: dict[str, dict[str, Any]] = {
        "/language/": {"language": "id", "next": "/"},
        "/sign-in/": {"username": "trainer", "password": "not the password"},
        "/password/": {"old_password": "not the password", "new_password1": "x", "new_password2": "x"},
        "/seat/join": {"code": sitting.code or "BCDFGH", "nickname": "Somebody new", "language": "en"},
        "/seat/join/<str:code>": {"code": sitting.code or "", "nickname": "Somebody new", "language": "en"},
        "/seat/return": {"key": "BCDF-GHJK-2345"},
        "/seat/desk/<uuid:dossier_id>/ask": {"kind": "interview"},
        "/seat/desk/<uuid:dossier_id>/decide": {"action": "3", "confidence": "3"},
        "/seat/desk/<uuid:dossier_id>/language": {"language": "id", "reason": "half a sentence"},
        "/scenarios/<slug:scenario_id>/new-sitting/": {
            "token": str(uuid4()),
            "title": "Another class",
            "language": "en",
            "place": "office",
            "assistance": "none",
            "blocks-TOTAL_FORMS": "1",
            "blocks-INITIAL_FORMS": "1",
            "blocks-0-size": "2",
            "blocks-0-victims_in_100": "50",
            "blocks-0-feedback": "reveal",
        },
        "/sittings/<uuid:sitting_id>/lock/": {"locked": "yes"},
        "/sittings/<uuid:sitting_id>/extend/": {"more": "5", "before": "30"},
        "/sittings/<uuid:sitting_id>/delete/": {"title": sitting.title},
        "/workbench/runs/<str:run>/save/": {"note": "kept"},
    }
    return forms.get(pattern, {})
