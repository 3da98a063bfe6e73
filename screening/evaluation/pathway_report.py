"""What the pathway finds and what it costs, stage by stage, and where the missed victims were lost.

The walk is the screener's and the officers'; here it meets the truth. Every missed victim is counted under
one cause and no other, so that causes add up to the missed. It counts, and decides nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from dossier.stages import Stage
from dossier.truth import TruthClass
from screening.evaluation.groups import group_rates
from screening.evaluation.outcomes import Outcomes, grouping
from screening.evaluation.rates import PER, Rate, rate_json
from screening.evaluation.report import group_json
from screening.pathway import (
    NOT_REACHED,
    NOT_SENT,
    SEEN,
    Travellers,
    Walk,
    fields_asked_at,
    would_be_referred_if_all_were_seen,
)
from screening.pathway_policy import PathwayPolicy

Mask = npt.NDArray[np.bool_]

LOST_BY = ("typology", "sex")
FATES: Mapping[str, int] = {"not_sent": NOT_SENT, "not_reached": NOT_REACHED, "seen": SEEN}
HALF, MOST = 0.5, 0.9
"""Shares of the people in a queue, by which its waiting is told."""


@dataclass(frozen=True)
class Walked:
    """A walk of a cohort, and all that is needed to tell it.

    Attributes:
        outcomes: The people with their truth.
        people: The same people as the pathway knows them, in the same order.
        walk: What became of them.
        policy: By what policy.
    """

    outcomes: Outcomes
    people: Travellers
    walk: Walk
    policy: PathwayPolicy

    def of_class(self, truth_class: TruthClass) -> Mask:
        """Return who is of a class, shape (n,)."""
        return np.asarray(self.outcomes.truth.truth_class == truth_class)

    @property
    def missed(self) -> Mask:
        """Shape (n,): victims who were never referred."""
        return self.outcomes.truth.is_victim & ~self.walk.referred_by(max(Stage))

    def minutes(self, stage: Stage) -> int:
        """Return the officer-minutes spent at a stage."""
        return int((self.walk.fate[stage] == SEEN).sum()) * self.policy.at(stage).minutes


def walk_json(walked: Walked) -> dict[str, Any]:
    """Return the walk for JSON.

    Rates are as everywhere: estimate, low, high, n, and the count under its own name. A day of waiting is a
    day on which the stage is open. The queues hold the people as they were drawn, whatever share of victims
    they stand for. Keys:

    - `applicants`: people who came to the counter.
    - `stages`: one for each stage, in order:
        `stage`, `name`; `fields`: what it asks for, and what stays unasked without it; `not_asked`: what is
        then said in place of an answer;
        `policy`: the stage's part of `pathway.toml`, and `capacity_minutes_per_100`: the officer-minutes of a
        day for each 100 applicants of an ordinary day, null without a limit;
        `coming`: people not referred before it; `sent`, `seen`: of these; `not_reached`: of the sent, who
        went on without it after the longest wait;
        `referred`: people referred at this stage, by class of truth;
        `miss_rate`, `false_flag_rate`, `lawful_flagged`, `irregular_flagged`: at this stage or before it;
        `officer_minutes`: `total`, `per_10000` applicants, and `per_victim_found` at this stage;
        `waiting`: of the sent: `n`, `median`, `ninetieth` (days within which half of them, and nine in ten,
        were seen or went on), `longest`, `total`;
        `missed_victims`: those missed in the end, by what this stage was to them: `not_sent`, `not_reached`
        or `seen`; the three add up to the missed.
    - `miss_rate` and the other rates, `officer_minutes`: of the whole pathway.
    - `lost`: where the missed victims were lost: `missed`; `causes`: each with its `title` and the victims
        `lost` so, of all missed; `by`: the same counts by typology and by sex. A victim counts under the
        first stage that was left out and would have led to a referral; else under `answers_not_asked` if all
        stages together would have; else under `not_recommended`.
    - `cost`: for the `lawful` and the `irregular`: `sent_to_interview`, `interviewed`, `late` (kept by the
        queues beyond their day of departure), each as a rate; `days_waited` in all.
    """
    causes = _causes(walked)
    return {
        "applicants": len(walked.people),
        "stages": [_stage_json(walked, stage) for stage in Stage],
        **_rates_by(walked, max(Stage)),
        "officer_minutes": _minutes_json(
            walked, sum(map(walked.minutes, Stage)), walked.walk.referred_by(max(Stage))
        ),
        "lost": _lost_json(walked, causes),
        "cost": {
            c.label: _cost_json(walked, walked.of_class(c)) for c in (TruthClass.LAWFUL, TruthClass.IRREGULAR)
        },
    }


def _stage_json(walked: Walked, stage: Stage) -> dict[str, Any]:
    walk, said = walked.walk, walked.policy.at(stage)
    fate = walk.fate[stage]
    not_sent, not_reached, seen = (int((fate == one).sum()) for one in FATES.values())
    sent = not_reached + seen
    referred = np.asarray(walk.referred_at == stage)
    minutes = None if said.capacity is None else 100 * said.capacity * said.minutes
    return {
        "stage": stage.label,
        "name": said.name.model_dump(),
        "fields": list(fields_asked_at(stage)),
        "not_asked": said.not_asked.model_dump(),
        "policy": {
            **said.model_dump(mode="json", exclude={"name", "not_asked"}),
            "capacity_minutes_per_100": minutes,
        },
        "coming": not_sent + sent,
        "sent": rate_json(Rate(sent, not_sent + sent), "sent"),
        "seen": rate_json(Rate(seen, not_sent + sent), "seen"),
        "not_reached": rate_json(Rate(not_reached, sent), "not_reached"),
        "referred": {c.label: int((referred & walked.of_class(c)).sum()) for c in TruthClass},
        **_rates_by(walked, stage),
        "officer_minutes": _minutes_json(walked, walked.minutes(stage), referred),
        "waiting": _waiting_json(walk.waited[stage][(fate == NOT_REACHED) | (fate == SEEN)]),
        "missed_victims": {name: int((walked.missed & (fate == one)).sum()) for name, one in FATES.items()},
    }


def _rates_by(walked: Walked, stage: Stage) -> dict[str, Any]:
    """Return the rates of having been referred at a stage or before it."""
    found = group_json(group_rates(walked.outcomes, walked.walk.referred_by(stage))[0])
    return {name: rate for name, rate in found.items() if name != "group"}


def _minutes_json(walked: Walked, total: int, referred: Mask) -> dict[str, float | int | None]:
    applicants, found = len(walked.people), int((referred & walked.outcomes.truth.is_victim).sum())
    return {
        "total": total,
        "per_10000": PER * total / applicants if applicants else None,
        "per_victim_found": total / found if found else None,
    }


def _waiting_json(waited: npt.NDArray[np.int32]) -> dict[str, int | None]:
    so_far = np.cumsum(np.bincount(waited))
    within = {
        name: int(np.searchsorted(so_far, share * len(waited))) if len(waited) else None
        for name, share in (("median", HALF), ("ninetieth", MOST))
    }
    longest = int(waited.max()) if len(waited) else None
    return {"n": len(waited), **within, "longest": longest, "total": int(waited.sum())}


def _causes(walked: Walked) -> dict[str, Mask]:
    """Return the missed victims by cause, each under the first that holds."""
    causes, left = {}, walked.missed
    for stage in list(Stage)[1:]:
        for name in ("not_sent", "not_reached"):
            rows = left & (walked.walk.fate[stage] == FATES[name]) & walked.walk.would_refer[stage]
            causes[f"{stage.label}_{name}"] = rows
            left = left & ~rows
    together = left & would_be_referred_if_all_were_seen(walked.people)
    return {**causes, "answers_not_asked": together, "not_recommended": left & ~together}


def _lost_json(walked: Walked, causes: Mapping[str, Mask]) -> dict[str, Any]:
    missed = int(walked.missed.sum())
    return {
        "missed": missed,
        "causes": [
            {
                "cause": cause,
                "title": walked.policy.lost[cause].model_dump(),
                "lost": rate_json(Rate(int(rows.sum()), missed), "lost"),
            }
            for cause, rows in causes.items()
        ],
        "by": {name: _lost_by(walked, causes, name) for name in LOST_BY},
    }


def _lost_by(walked: Walked, causes: Mapping[str, Mask], name: str) -> list[dict[str, Any]]:
    """Return the causes in each group; victims of no recorded sex stand under no name."""
    groups = grouping(walked.outcomes, name)
    size = len(groups.labels)
    counts = {
        cause: np.bincount(groups.codes[rows] % (size + 1), minlength=size + 1)
        for cause, rows in causes.items()
    }
    rows = []
    for code, label in enumerate((*groups.labels, "")):
        found = {cause: int(count[code]) for cause, count in counts.items()}
        if sum(found.values()):
            rows.append({"group": label, "missed": sum(found.values()), "causes": found})
    return rows


def _cost_json(walked: Walked, rows: Mask) -> dict[str, Any]:
    n, walk = int(rows.sum()), walked.walk
    interview = walk.fate[Stage.INTERVIEW][rows]
    return {
        "sent_to_interview": rate_json(Rate(int(np.isin(interview, (NOT_REACHED, SEEN)).sum()), n), "sent"),
        "interviewed": rate_json(Rate(int((interview == SEEN).sum()), n), "interviewed"),
        "late": rate_json(Rate(int(walk.late[rows].sum()), n), "late"),
        "days_waited": int(sum(walk.waited[stage][rows].sum() for stage in Stage)),
    }
