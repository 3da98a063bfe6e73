"""What a trainer sees of one sitting: lobby and grid, the projector's page, and the roster to print.

None of these pages knows an answer, and none says what anybody decided: a trainer's screen is often the one
that the class sees.
"""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone, translation
from django.views.decorators.http import require_safe
from django_htmx.http import HttpResponseClientRefresh

from console.debriefing.settings import settings, shows_distributions
from console.web.access import for_trainers, own_sitting
from console.web.classroom.models import Sitting
from console.web.classroom.sittings import door_of, tells_early
from console.web.sittings.addresses import host_of, join_address, offered_hosts
from console.web.sittings.progress import Cell, minutes_left, progress_of, stamp
from console.web.sittings.rosters import printed
from synthetic.scenarios import released_scenarios

USUAL_EXTENSION = 5
"""Minutes more that the form proposes; any other number can be typed."""


@require_safe
@for_trainers
def sitting(request: HttpRequest, sitting_id: UUID) -> HttpResponse:
    """Show a sitting to its trainer: how to join, how far the class is, and what can be done next."""
    own = own_sitting(request, sitting_id)
    has_roster = own.roster.exists()
    page = {
        **_live(own),
        "address": join_address(request, own, request.get_host()),
        "hosts": offered_hosts(request),
        "host": request.get_host(),
        "scenario": released_scenarios().get(own.scenario),
        "plan": own.blocks.all(),
        "has_roster": has_roster,
        "needs_count": not has_roster and tells_early(own),
    }
    return render(request, "sittings/sitting.html", page)


@require_safe
@for_trainers
def grid(request: HttpRequest, sitting_id: UUID) -> HttpResponse:
    """Answer a page that asks how far the class is: with nothing as long as nothing has changed.

    A page that shows another state of the sitting than it has is loaded anew as a whole.
    """
    own = own_sitting(request, sitting_id)
    if request.GET.get("state", own.state) != own.state:
        return HttpResponseClientRefresh()
    if request.GET.get("seen") == stamp(own):
        return HttpResponse(status=204)
    live = _live(own)
    page = {**live, "is_poll": True, "has_other_door": request.GET.get("door", live["door"]) != live["door"]}
    return render(request, "sittings/grid.html", page)


def _live(own: Sitting) -> dict[str, Any]:
    """Return what the part of the page shows that is asked for again and again."""
    progress = progress_of(own)
    return {
        "sitting": own,
        "stamp": stamp(own),
        "door": door_of(own).value,
        "progress": progress,
        "has_few_seats": not shows_distributions(len(progress.rows)),
        "fewest": settings().seats.fewest,
        "cells": list(Cell),
        "has_two_rounds": own.assistance == Sitting.Assistance.AFTER,
        "minutes_left": minutes_left(own),
        "seconds_left": seconds_left(own),
        "extension": USUAL_EXTENSION,
    }


def seconds_left(own: Sitting) -> int | None:
    """Return the seconds an open sitting still has; None without a limit."""
    if own.state != Sitting.State.OPEN or own.ends_at is None:
        return None
    return max(0, int((own.ends_at - timezone.now()).total_seconds()))


@require_safe
@for_trainers
def projector(request: HttpRequest, sitting_id: UUID) -> HttpResponse:
    """Show the class how to join, then how far it is, then thanks: in the language of the sitting."""
    own, is_poll = own_sitting(request, sitting_id), "HX-Request" in request.headers
    typed = request.GET.get("host", "")
    host, seen = host_of(request, typed), stamp(own)
    if is_poll and request.GET.get("seen") == seen:
        return HttpResponse(status=204)
    shows_names = request.GET.get("names") == "yes"
    page = {
        "sitting": own,
        "typed": typed,
        "is_bad_host": host is None,
        "host": host or request.get_host(),
        "address": join_address(request, own, host or request.get_host()),
        "hosts": offered_hosts(request),
        "shows_names": shows_names,
        "poll": _query(host=typed, names="yes" if shows_names else "", seen=seen),
        "names_query": _query(host=typed, names="" if shows_names else "yes"),
        "progress": progress_of(own),
        "seconds_left": seconds_left(own),
        "minutes_left": minutes_left(own),
        "is_over": minutes_left(own) == 0,
    }
    part = "sittings/projected.html" if is_poll else "sittings/projector.html"
    with translation.override(own.language):
        response = render(request, part, page)
    response.headers["Content-Language"] = own.language
    return response


def _query(**values: str) -> str:
    """Return the words of an address's query, empty ones left out."""
    return urlencode({name: value for name, value in values.items() if value})


@require_safe
@for_trainers
def roster(request: HttpRequest, sitting_id: UUID) -> HttpResponse:
    """Show who may join, with the PINs that the console made, for printing."""
    own = own_sitting(request, sitting_id)
    address = join_address(request, own, request.get_host())
    return render(
        request, "sittings/roster.html", {"sitting": own, "expected": printed(own), "address": address}
    )
