"""Example dossiers for a report: a few people worth talking about, drawn again by their row, with reasons.

Any row of a plan can be drawn alone, so nothing has to be kept while a cohort streams by. The JSON of an
explanation is made here for reports, for `saring explain` and for the classroom alike. It has these parts;
every text stands in both languages, as `{"en": …, "id": …}`, and points and risk are in log-odds units, or a
number of rules where rules decide:

- `stage`, `recommendation`, `threshold`, `by_rules`
- `agency`, `agency_name`, `route`, `grounds`, `informs` (`agency`, `name`), `turned_away`, `unsettled`
  (`route`, `title`), `offers` (`id`, `title`, `steps`): who would receive the person and why, who else is
  told, whether the policy names nobody, which grounds an unknown answer leaves open, and the lawful route
- `resembles`, `resembles_name`, `context`, `context_title`: the card that read the dossier
- `start`, `start_sentence`, `reasons`, `resembles_others`, `others_sentence`, `risk`: lines that add up; the
  risk is null where an override rule decided
- `chance`: which share (`chance`) of all people with this risk would be victims if the share `at` of all
  applicants were, said in both languages; null where an override rule decided or nothing was calibrated
- `overrides` (ids) and `decided` (the same rules as reasons without points)
- a reason: `kind`, `name`, `title`, `level`, `points`, `sentence`, `values` (codes by field), `reads`
  (`field`, `label`, `value`), `innocent`, `is_sign` (false for what counts a little although it is no sign:
  a setting, an answer that leaves nothing to clear up, what is missing or unknown; these come last)
- `not_assessed`, `not_yet_asked`, `skipped`: lists of `field` and `label`
- `what_if`: in each direction `towards`, `most_answers`, `checkable`, `sentence` and `nearest`, whose entries
  have `changes` (`field`, `label`, `found`, `when`, `how`), `risk`, `recommendation` and `sentence`
"""

from collections.abc import Iterable
from typing import Any

from console.pipeline import Job
from console.words import Speaker
from dossier.dossiers import Dossiers
from dossier.fields import fields
from dossier.recommendations import agencies
from dossier.stages import Stage
from models.features import contexts_at
from screening.counterfactual import Counterfactual, WhatIf, what_would_change
from screening.evaluation.examples import Candidates, example_rows, truth_json
from screening.evaluation.texts import LANGUAGES, one_in, percent
from screening.explain import Explanation, Reason, explain, shown_value
from screening.offers import Offer
from screening.referral import policy
from screening.screener import NONE_SKIPPED, Screener
from synthetic.cohort import dossiers_of, truth_of
from synthetic.names import given_name


def example_dossiers(job: Job, candidates: Candidates) -> list[dict[str, Any]]:
    """Return the examples of a finished job as JSON-ready content."""
    return [_example(job, kind, row) for kind, row in example_rows(candidates)]


def explained_json(
    screener: Screener,
    dossiers: Dossiers,
    row: int,
    stage: Stage,
    skipped: frozenset[Stage] = NONE_SKIPPED,
) -> dict[str, Any]:
    """Explain one of `dossiers`, with what would have changed the recommendation, as JSON-ready content.

    Args:
        screener: The screener.
        dossiers: Must hold the fields visible at `stage`.
        row: Which dossier.
        stage: What has been seen.
        skipped: Stages before it that were passed over.
    """
    found = explain(screener, dossiers, row, stage, skipped)
    return explanation_json(found, what_would_change(screener, dossiers, row, stage, skipped))


def explanation_json(found: Explanation, what_if: Iterable[WhatIf] = ()) -> dict[str, Any]:
    """Return an explanation as JSON-ready content, as the head of this module describes it."""
    titles = {context.name: context.title for context in contexts_at(found.stage)}
    name = policy().title.get(found.family)
    return {
        "stage": found.stage.label,
        "recommendation": found.recommendation.label,
        "threshold": found.threshold / 100,
        "by_rules": found.by_rules,
        "agency": found.agency,
        "agency_name": agencies()[found.agency].name.model_dump() if found.agency else None,
        **_route_json(found),
        "offers": [_offer_json(offer) for offer in found.offers],
        "resembles": found.family,
        "resembles_name": name.model_dump() if name else None,
        "context": found.context,
        "context_title": titles[found.context].model_dump(),
        "start": found.start / 100,
        "start_sentence": found.start_sentence.model_dump(),
        "reasons": [_reason_json(reason) for reason in found.reasons],
        "resembles_others": found.resembles_others / 100,
        "others_sentence": found.others_sentence.model_dump(),
        "risk": None if found.risk is None else found.risk / 100,
        "chance": _chance_json(found),
        "overrides": list(found.overrides),
        "decided": [_reason_json(reason) for reason in found.decided],
        "not_assessed": _labelled(found.not_assessed),
        "not_yet_asked": _labelled(found.not_yet_asked),
        "skipped": _labelled(found.skipped),
        "what_if": [_what_if_json(one) for one in what_if],
    }


def _chance_json(found: Explanation) -> dict[str, Any] | None:
    if found.chance is None:
        return None
    at = policy().shown_at
    said: dict[str, Any] = {
        language: Speaker(language).say("explain.chance", at=one_in(at), chance=percent(found.chance))
        for language in LANGUAGES
    }
    return {"at": at, "chance": found.chance, "sentence": said}


def _example(job: Job, kind: str, row: int) -> dict[str, Any]:
    drawn = job.plan.draw(range(row, row + 1))
    dossiers, truth = dossiers_of(drawn), truth_of(job.plan.world, drawn)
    sex = fields()["sex"].codes[int(dossiers.columns["sex"][0])]
    return {
        "kind": kind,
        "applicant": f"{int(dossiers.applicants[0]):016d}",
        "name": given_name(int(dossiers.applicants[0]), sex),
        "truth": truth_json(truth, 0),
        "dossier": _dossier_json(job, dossiers),
        "explanation": explained_json(job.screener, dossiers, 0, job.stage),
    }


def _dossier_json(job: Job, dossiers: Dossiers) -> list[dict[str, Any]]:
    return [
        {
            "field": name,
            "theme": field.theme,
            "label": field.label.model_dump(),
            "value": shown_value(name, int(dossiers.columns[name][0])),
            "unit": field.unit,
        }
        for name, field in fields().items()
        if field.visible_from <= job.stage
    ]


def _reason_json(reason: Reason) -> dict[str, Any]:
    return {
        "kind": reason.kind,
        "name": reason.name,
        "title": reason.title.model_dump(),
        "level": reason.level,
        "points": reason.points / 100,
        "sentence": reason.sentence.model_dump(),
        "values": reason.values,
        "reads": [
            {"field": read.field, "label": read.label.model_dump(), "value": read.value.model_dump()}
            for read in reason.reads
        ],
        "innocent": [text.model_dump() for text in reason.innocent],
        "is_sign": reason.is_sign,
    }


def _route_json(found: Explanation) -> dict[str, Any]:
    route = found.route
    return {
        "route": route.id if route else None,
        "grounds": route.grounds.model_dump() if route else None,
        "informs": [_agency_json(key) for key in found.informs],
        "turned_away": route is not None and found.agency is None,
        "unsettled": [{"route": one.id, "title": one.title.model_dump()} for one in found.unsettled],
    }


def _agency_json(key: str) -> dict[str, Any]:
    return {"agency": key, "name": agencies()[key].name.model_dump()}


def _offer_json(offer: Offer) -> dict[str, Any]:
    steps = [step.model_dump() for step in offer.steps]
    return {"id": offer.id, "title": offer.title.model_dump(), "steps": steps}


def _what_if_json(found: WhatIf) -> dict[str, Any]:
    return {
        "towards": found.towards,
        "most_answers": found.most_answers,
        "checkable": list(found.checkable),
        "sentence": found.sentence.model_dump(),
        "nearest": [_counterfactual_json(one) for one in found.nearest],
    }


def _counterfactual_json(found: Counterfactual) -> dict[str, Any]:
    return {
        "changes": [
            {
                "field": change.field,
                "label": fields()[change.field].label.model_dump(),
                "found": change.found_said.model_dump(),
                "when": change.when.model_dump(),
                "how": change.how.model_dump(),
            }
            for change in found.changes
        ],
        "risk": None if found.risk is None else found.risk / 100,
        "recommendation": found.recommendation.label,
        "sentence": found.sentence.model_dump(),
    }


def _labelled(names: Iterable[str]) -> list[dict[str, Any]]:
    return [{"field": name, "label": fields()[name].label.model_dump()} for name in names]
