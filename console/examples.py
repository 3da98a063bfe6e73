"""Example dossiers for a report: a few people worth talking about, drawn again by their row, with reasons.

They are chosen by rule, not by hand: victims found and missed, lookalikes stopped and let through, an
irregular worker. Any row of a plan can be drawn alone, so nothing has to be kept while a cohort streams by.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from console.pipeline import Job, PartResult
from dossier.dossiers import Dossiers
from dossier.fields import fields
from dossier.truth import Truth, TruthClass
from screening.evaluation.outcomes import Outcomes, gathered
from screening.explain import Explanation, explain, shown_value
from synthetic.cohort import dossiers_of, truth_of
from synthetic.names import given_name


@dataclass(frozen=True)
class Wanted:
    """A kind of example: its key, how many, and who qualifies.

    Attributes:
        key: What the report calls it.
        count: How many are shown.
        truth_class: Of this class.
        flagged: Flagged or not.
        lookalike: Only lookalikes, or only others; None for either.
    """

    key: str
    count: int
    truth_class: TruthClass
    flagged: bool
    lookalike: bool | None = None


WANTED = (
    Wanted("victim_found", 3, TruthClass.VICTIM, True),
    Wanted("victim_missed", 2, TruthClass.VICTIM, False),
    Wanted("lookalike_stopped", 2, TruthClass.LAWFUL, True, True),
    Wanted("traveller_stopped", 1, TruthClass.LAWFUL, True, False),
    Wanted("irregular_stopped", 1, TruthClass.IRREGULAR, True),
    Wanted("lookalike_let_through", 1, TruthClass.LAWFUL, False, True),
)


def example_dossiers(job: Job, results: list[PartResult]) -> list[dict[str, Any]]:
    """Return the examples of a finished job as JSON-ready content."""
    outcomes = gathered([result.outcomes for result in results])
    flagged = outcomes.flagged(job.stage, job.threshold)
    return [
        _example(job, wanted.key, row) for wanted in WANTED for row in _chosen(job, outcomes, flagged, wanted)
    ]


def _chosen(job: Job, outcomes: Outcomes, flagged: npt.NDArray[np.bool_], wanted: Wanted) -> Iterator[int]:
    """Yield rows of a kind, spread over the modules and sexes among them."""
    truth = outcomes.truth
    fits = (truth.truth_class == wanted.truth_class) & (flagged == wanted.flagged)
    if wanted.lookalike is not None:
        lookalikes = np.array([kind == "lookalike" for kind in truth.kinds])
        fits &= lookalikes[truth.module] == wanted.lookalike
    rows = np.flatnonzero(fits)
    seen: set[tuple[int, int]] = set()
    for row in rows[:2000]:
        kind = (int(truth.module[row]), int(outcomes.sex[row]))
        if kind not in seen and len(seen) < wanted.count:
            seen.add(kind)
            yield int(row)


def _example(job: Job, key: str, row: int) -> dict[str, Any]:
    drawn = job.plan.draw(range(row, row + 1))
    dossiers, truth = dossiers_of(drawn), truth_of(job.plan.world, drawn)
    sex = fields()["sex"].codes[int(dossiers.columns["sex"][0])]
    return {
        "kind": key,
        "applicant": f"{int(dossiers.applicants[0]):016d}",
        "name": given_name(int(dossiers.applicants[0]), sex),
        "truth": _truth_json(truth),
        "dossier": _dossier_json(job, dossiers),
        "explanation": explanation_json(explain(job.screener, dossiers, 0, job.stage)),
    }


def _truth_json(truth: Truth) -> dict[str, Any]:
    tier = int(truth.tier[0])
    return {
        "truth_class": TruthClass(int(truth.truth_class[0])).label,
        "module": truth.modules[int(truth.module[0])],
        "tier": truth.tiers[tier] if tier >= 0 else None,
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
