"""The gallery of scenarios, the page of one, and the form for a new sitting."""

from typing import Any, cast
from uuid import uuid5

from django.contrib import messages
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from console.casebook.cases import CaseMaker
from console.web.access import for_trainers
from console.web.classroom.models import Sitting
from console.web.gallery.described import Described, all_described, all_taught, chosen
from console.web.gallery.forms import (
    MOST_BLOCKS,
    MOST_DOSSIERS,
    BlockForms,
    SittingForm,
    blocks_form,
    complaints_said,
    plan_of,
)
from console.web.gallery.proposed import (
    Proposed,
    earlier,
    estimate,
    from_lesson,
    from_sitting,
    rewritten,
    typed_blocks,
)
from console.web.sittings.making import created
from console.web.sittings.rosters import LARGEST_ROSTER, BadRoster, Complaint, decoded
from console.web.speech import speaker_now
from dossier.problems import BadInput

CREATE = "create"


def case_maker() -> CaseMaker:
    """Return who draws the cases; what that needs is heavy, so it is loaded when a sitting is made."""
    from console.casebook.drawing import cases_for

    return cases_for


@require_safe
@for_trainers
def gallery(request: HttpRequest) -> HttpResponse:
    """Show all scenarios, or those at a place in which somebody is trafficked in a way."""
    place, teaches = request.GET.get("place", ""), request.GET.get("teaches", "")
    page = {
        "scenarios": chosen(place, teaches),
        "places": Sitting.Place.values,
        "taught": all_taught(),
        "place": place,
        "teaches": teaches,
    }
    return render(request, "gallery/gallery.html", page)


@require_safe
@for_trainers
def scenario(request: HttpRequest, scenario_id: str) -> HttpResponse:
    """Show one scenario: what happens in it, who travels, and how a class works through it."""
    found = _released(scenario_id)
    page = {"scenario": found, "estimate": estimate(found.lesson, [{"size": _size(found)}])}
    return render(request, "gallery/scenario.html", page)


@require_http_methods(["GET", "HEAD", "POST"])
@for_trainers
def new_sitting(request: HttpRequest, scenario_id: str) -> HttpResponse:
    """Show the form for a new sitting, change its blocks, or make the sitting."""
    found = _released(scenario_id)
    if request.method != "POST":
        return _proposed(request, found, _beginning(request, found))
    posted, complaints = _with_upload(request)
    wish = posted.get("do", CREATE)
    if wish != CREATE:
        return _proposed(request, found, rewritten(posted, wish), complaints)
    form, blocks = SittingForm(posted), blocks_form(posted)
    if all([form.is_valid(), blocks.is_valid(), not complaints]):
        made = _made(request, found, form, blocks)
        if made is not None:
            messages.success(request, speaker_now().say("new_sitting.made", title=made.title))
            return redirect("sitting", made.pk)
    return _page(request, found, form, blocks, typed_blocks(posted), complaints)


def _released(scenario_id: str) -> Described:
    found = all_described().get(scenario_id)
    if found is None:
        raise Http404
    return found


def _size(found: Described) -> int:
    return sum(block.size for block in found.lesson.blocks)


def _beginning(request: HttpRequest, found: Described) -> Proposed:
    before = earlier(request.user, found.id, request.GET.get("like", ""))
    return from_sitting(before) if before else from_lesson(found.lesson)


def _with_upload(request: HttpRequest) -> tuple[QueryDict, list[Complaint]]:
    """Return what was posted, with the lines of an uploaded roster below those that were typed."""
    posted, upload = request.POST.copy(), request.FILES.get("roster_file")
    if not isinstance(upload, UploadedFile):
        return posted, []
    try:
        lines = [posted.get("roster", "").rstrip(), decoded(upload.read(LARGEST_ROSTER + 1))]
    except BadRoster as error:
        return posted, list(error.complaints)
    posted["roster"] = "\n".join(filter(None, lines))
    return posted, []


def _made(request: HttpRequest, found: Described, form: SittingForm, blocks: BlockForms) -> Sitting | None:
    """Make the sitting that valid forms ask for; None, with a sentence in the form, if it cannot be made."""
    trainer, plan = cast(User, request.user), plan_of(found.id, form, blocks)
    # A token of somebody else's form must not name somebody else's sitting.
    sitting_id = uuid5(form.cleaned_data["token"], str(trainer.pk))
    try:
        return created(plan, trainer, case_maker(), sitting_id)
    except BadInput as error:
        said = speaker_now().say("new_sitting.not_drawn")
        form.add_error(None, ValidationError(said, code="not_drawn", params={"problems": error.problems}))
    return None


def _proposed(
    request: HttpRequest, found: Described, proposed: Proposed, complaints: list[Complaint] | None = None
) -> HttpResponse:
    form, blocks = SittingForm(initial=proposed.sitting), blocks_form(initial=proposed.blocks)
    return _page(request, found, form, blocks, proposed.blocks, complaints or [])


def _page(
    request: HttpRequest,
    found: Described,
    form: SittingForm,
    blocks: BlockForms,
    typed: Any,
    complaints: list[Complaint],
) -> HttpResponse:
    page = {
        "scenario": found,
        "form": form,
        "blocks": blocks,
        "is_full": len(typed) >= MOST_BLOCKS,
        "most": MOST_DOSSIERS,
        "estimate": estimate(found.lesson, typed),
        "upload_errors": complaints_said(tuple(complaints)),
    }
    return render(request, "gallery/new_sitting.html", page)
