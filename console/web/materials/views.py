"""The pages of `materials`, for trainers: guides of scenarios, print packs and exports of own sittings."""

from uuid import UUID

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from console.casebook.checklist import checklist
from console.materials.columns import columns_of
from console.materials.guides import guide_for
from console.materials.records import SittingRecord
from console.web.access import for_trainers, own_sitting
from console.web.classroom.models import Sitting
from console.web.materials.asked import in_asked_language
from console.web.materials.downloads import OVER, TABLES
from console.web.materials.gathering import action_titles, scenario_title, sitting_record
from console.web.materials.packs import pack_of
from console.web.sealed.reveal import keys_for_trainer
from console.web.speech import language_now


@require_safe
@for_trainers
@in_asked_language
def guide(request: HttpRequest, scenario: str) -> HttpResponse:
    """Show the facilitator guide of a scenario."""
    try:
        found = guide_for(scenario)
    except KeyError:
        raise Http404 from None
    return render(request, "materials/guide.html", {"guide": found})


@require_safe
@for_trainers
@in_asked_language
def pack(request: HttpRequest, sitting_id: UUID) -> HttpResponse:
    """Show a sitting's dossiers as sheets to print, without any answer."""
    return _pack(request, own_sitting(request, sitting_id), with_key=False)


@require_safe
@for_trainers
@in_asked_language
def pack_with_key(request: HttpRequest, sitting_id: UUID) -> HttpResponse:
    """Show a sitting's dossiers as sheets to print, with their answers, to its trainer."""
    return _pack(request, own_sitting(request, sitting_id), with_key=True)


@require_safe
@for_trainers
@in_asked_language
def exports(request: HttpRequest, sitting_id: UUID) -> HttpResponse:
    """Show which files a sitting gives, and what their columns say."""
    sitting = own_sitting(request, sitting_id)
    record = sitting_record(sitting, language_now())
    page = {
        "sitting": sitting,
        "record": record,
        "trainees": _trainees(record),
        "is_over": sitting.state in OVER,
        "is_revealed": sitting.state == Sitting.State.REVEALED,
        "languages": settings.LANGUAGES,
        "tables": [(table, f"export.columns_{table}", columns_of(table)) for table in TABLES],
    }
    return render(request, "materials/exports.html", page)


def _trainees(record: SittingRecord) -> str:
    """Return the word for whether people sat in a sitting, or programs."""
    if record.is_simulated_class:
        return "export.trainees_simulated"
    return "export.trainees_some" if record.simulated_seats else "export.trainees_real"


def _pack(request: HttpRequest, sitting: Sitting, *, with_key: bool) -> HttpResponse:
    keys = keys_for_trainer(sitting, request.user) if with_key else None
    page = {
        "sitting": sitting,
        "scenario": scenario_title(sitting),
        "blocks": pack_of(sitting, keys),
        "themes": checklist(),
        "actions": action_titles(sitting.place),
        "with_key": with_key,
        "is_over": sitting.state in OVER,
    }
    return render(request, "materials/pack.html", page)
