"""Example dossiers for a report: a few people worth talking about, drawn again by their row, with reasons.

Any row of a plan can be drawn alone, so nothing has to be kept while a cohort streams by.
"""

from typing import Any

from console.pipeline import Job
from dossier.dossiers import Dossiers
from dossier.fields import fields
from screening.evaluation.examples import example_rows, truth_json
from screening.evaluation.outcomes import Outcomes
from screening.explain import Explanation, explain, shown_value
from synthetic.cohort import dossiers_of
from synthetic.names import given_name


def example_dossiers(job: Job, outcomes: Outcomes) -> list[dict[str, Any]]:
    """Return the examples of a finished job as JSON-ready content."""
    flagged = outcomes.flagged(job.stage, job.threshold)
    return [_example(job, outcomes, kind, row) for kind, row in example_rows(outcomes, flagged)]


def _example(job: Job, outcomes: Outcomes, kind: str, row: int) -> dict[str, Any]:
    dossiers = dossiers_of(job.plan.draw(range(row, row + 1)))
    sex = fields()["sex"].codes[int(dossiers.columns["sex"][0])]
    return {
        "kind": kind,
        "applicant": f"{int(dossiers.applicants[0]):016d}",
        "name": given_name(int(dossiers.applicants[0]), sex),
        "truth": truth_json(outcomes.truth, row),
        "dossier": _dossier_json(job, dossiers),
        "explanation": explanation_json(explain(job.screener, dossiers, 0, job.stage)),
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


def explanation_json(found: Explanation) -> dict[str, Any]:
    """Return an explanation as JSON-ready content; points in log-odds units."""
    return {
        "stage": found.stage.label,
        "recommendation": found.recommendation.label,
        "agency": found.agency,
        "resembles": found.family,
        "context": found.context,
        "start": found.start / 100,
        "reasons": [
            {
                "kind": reason.kind,
                "name": reason.name,
                "title": reason.title.model_dump(),
                "level": reason.level,
                "points": reason.points / 100,
                "values": reason.values,
            }
            for reason in found.reasons
        ],
        "resembles_others": found.resembles_others / 100,
        "risk": None if found.risk is None else found.risk / 100,
        "overrides": list(found.overrides),
        "not_assessed": list(found.not_assessed),
        "not_yet_asked": list(found.not_yet_asked),
    }
