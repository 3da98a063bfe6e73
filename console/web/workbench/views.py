"""The pages of the workbench: the runs there are, one run at a threshold, two runs side by side.

Every page is complete without a script. With one, moving the slider asks for the same figures again; the
browser computes none of them. A run that cannot be read is answered with what is wrong and how to mend it.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

import numpy as np
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from console.web.access import for_researchers
from console.web.speech import language_now, speaker_now
from console.web.workbench.asking import Asked, asked_of, hundredths, own_threshold
from console.web.workbench.changes import changes
from console.web.workbench.charts import specs
from console.web.workbench.folders import points_folder, runs_folder
from console.web.workbench.forms import OWN, WORKLOAD, NoteForm, PairForm
from console.web.workbench.proposed import proposed_pair
from console.web.workbench.showing import (
    figures,
    flags_text,
    made_of,
    people_text,
    stage_name,
    threshold_text,
)
from console.workbench.costs import flags_per_10000
from console.workbench.pairs import OneSide, Pair, paired
from console.workbench.people import MOST_PEOPLE
from console.workbench.points import opened
from console.workbench.runs import BrokenRun, FinishedRun, run_named, run_names, runs_in
from console.workbench.saved import MEND, SavedPoint, point_names, point_of, points_in, save
from dossier.problems import BadInput
from screening.evaluation.rates import PER

Rest = ParamSpec("Rest")

CANNOT_BE_READ = 422
"""The answer where a run is there and cannot be read."""


def _explained(
    view: Callable[Concatenate[HttpRequest, Rest], HttpResponse],
) -> Callable[Concatenate[HttpRequest, Rest], HttpResponse]:
    """Answer what cannot be read with its problems."""

    @wraps(view)
    def answered(request: HttpRequest, /, *args: Rest.args, **kwargs: Rest.kwargs) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except BadInput as error:
            context = {"problems": error.problems}
            return render(request, "workbench/unreadable.html", context, status=CANNOT_BE_READ)

    return answered


@require_GET
@for_researchers
def workbench(request: HttpRequest) -> HttpResponse:
    """Show the finished runs and the saved operating points."""
    found = runs_in(runs_folder())
    readable = [run for run in found if isinstance(run, FinishedRun)]
    context = {
        "runs": [_run_row(run) for run in readable],
        "broken": [run for run in found if isinstance(run, BrokenRun)],
        "points": [(name, one, threshold_text(one.threshold)) for name, one in points_in(points_folder())],
        "pair": PairForm(runs=[run.name for run in readable], initial=proposed_pair(readable)),
    }
    return render(request, "workbench/runs.html", context)


@require_GET
@for_researchers
@_explained
def workbench_run(request: HttpRequest, run: str) -> HttpResponse:
    """Show a run at one threshold; where a script asks, only what changes with it."""
    found = _run(run)
    asked = asked_of(found, request.GET.dict())
    part = "figures" if request.headers.get("HX-Request") else "run"
    return render(request, f"workbench/{part}.html", _shown(found, asked))


@require_GET
@for_researchers
@_explained
def workbench_chart(request: HttpRequest, run: str) -> HttpResponse:
    """Return the charts of a run at a stage, as Vega-Lite."""
    found = _run(run)
    kept = opened(found, request.GET.get("stage"))
    return JsonResponse(specs(kept.points, own_threshold(found, kept), language_now(), found.facts.decides))


@require_GET
@for_researchers
@_explained
def workbench_points(request: HttpRequest, run: str) -> HttpResponse:
    """Return the counts of every group at every threshold of a stage, for whoever computes further."""
    found = _run(run)
    kept = opened(found, request.GET.get("stage"))
    content = {"synthetic": True, "run": found.name, "basis": kept.basis, **kept.points.model_dump()}
    answer = JsonResponse(content)
    answer.headers["Content-Disposition"] = f'attachment; filename="{kept.points.stage}-points.json"'
    return answer


@require_POST
@for_researchers
@_explained
def workbench_save(request: HttpRequest, run: str) -> HttpResponse:
    """Save the operating point that the page shows, and return to it."""
    found, speaker = _run(run), speaker_now()
    asked, note = asked_of(found, request.POST.dict()), NoteForm(request.POST)
    if asked.form.is_valid() and note.is_valid():
        path = save(_point(found, asked, note.cleaned_data["note"]), points_folder())
        messages.success(request, speaker.say("workbench.saved", name=path.name))
    else:
        messages.error(request, speaker.say("workbench.not_saved"))
    return redirect(f"{reverse('workbench_run', args=[run])}?{asked.query}")


@require_GET
@for_researchers
def workbench_point(_: HttpRequest, name: str) -> HttpResponse:
    """Return a saved operating point as a file."""
    folder = points_folder()
    if name not in point_names(folder):
        raise Http404
    answer = HttpResponse((folder / name).read_bytes(), content_type="application/json")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


@require_GET
@for_researchers
@_explained
def workbench_compare(request: HttpRequest) -> HttpResponse:
    """Show two runs of the same people side by side."""
    asked_for = {"basis": OWN, **request.GET.dict()}
    form = PairForm(asked_for, runs=run_names(runs_folder()))
    context: dict[str, Any] = {"pair": form}
    if form.is_valid():
        asked = form.cleaned_data
        first, second = (_run(asked[side]) for side in ("first", "second"))
        victims = asked["victims"]
        prevalence = first.facts.share_of_victims if victims is None else victims / PER
        thresholds = hundredths(asked["first_threshold"]), hundredths(asked["second_threshold"])
        found = paired(first, second, prevalence, thresholds, same_workload=asked["basis"] == WORKLOAD)
        context |= _compared(found, prevalence)
    return render(request, "workbench/compare.html", context)


def _run(name: str) -> FinishedRun:
    try:
        return run_named(runs_folder(), name)
    except KeyError:
        raise Http404 from None


def _run_row(run: FinishedRun) -> dict[str, Any]:
    facts = run.facts
    return {
        "name": run.name,
        "title": facts.about.title,
        "people": facts.n,
        "victims": facts.victims,
        "stage": stage_name(facts.stage),
        "threshold": threshold_text(round(100 * facts.threshold)),
        "made_of": made_of(facts),
    }


def _shown(run: FinishedRun, asked: Asked) -> dict[str, Any]:
    kept = asked.kept
    return {
        **_run_row(run),
        "stage": stage_name(kept.points.stage),
        "form": asked.form,
        "note": NoteForm(),
        "basis": kept.basis,
        "why": kept.why,
        "is_too_large": run.facts.n > MOST_PEOPLE,
        "most_people": MOST_PEOPLE,
        "bound": asked.setting.max_miss,
        "prevalence": people_text(PER * asked.setting.prevalence),
        "figures": figures(run, kept, asked.step, asked.setting),
        "thresholds": ",".join(f"{one / 100:.2f}" for one in kept.points.thresholds),
        "step": asked.step,
        "last": len(kept.points.thresholds) - 1,
        "values": asked.values,
        "stage_key": kept.points.stage,
    }


def _point(run: FinishedRun, asked: Asked, note: str) -> SavedPoint:
    points, setting = asked.kept.points, asked.setting
    flags = float(flags_per_10000(points, setting.prevalence)[asked.step])
    if np.isnan(flags):
        what = "without victims, or without others, nothing can be weighed"
        raise BadInput.of(what, where=run.name, mend=MEND)
    return point_of(
        run,
        points,
        asked.step,
        max_miss=setting.max_miss,
        prevalence=setting.prevalence,
        flags=flags,
        note=note,
    )


def _compared(found: Pair, prevalence: float) -> dict[str, Any]:
    return {
        "sides": [_side(side, found.stage) for side in (found.first, found.second)],
        "stage": stage_name(found.stage),
        "prevalence": people_text(PER * prevalence),
        "beyond": found.is_beyond,
        "people": found.content["n"],
        "otherwise": sum(one["n"] for one in found.content["set_out_otherwise"]),
        "changes": changes(found.content, found.first.run),
    }


def _side(side: OneSide, stage: str) -> dict[str, str]:
    query = f"stage={stage}&threshold={side.threshold / 100:.2f}"
    return {
        "name": side.run.name,
        "made_of": made_of(side.run.facts),
        "threshold": threshold_text(side.threshold),
        "flags": flags_text(side.flags),
        "address": f"{reverse('workbench_run', args=[side.run.name])}?{query}",
    }
