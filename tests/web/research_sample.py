"""The contents of the researcher's pages, made up small: a tuned threshold, and the three kinds of comparison.

All of it goes through the modules that count it in earnest, so that a change of their JSON reaches the tests.
"""

import json
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt

from dossier.indicators import indicators
from dossier.stages import Stage
from dossier.truth import Truth, TruthClass
from models.calibration import Calibration
from screening.evaluation.chart_content import Chances, chart_content
from screening.evaluation.comparison import compared
from screening.evaluation.guarantee.capacity import People, curve_of
from screening.evaluation.guarantee.tuned_certificate import Others, Tuned, certificate_json
from screening.evaluation.guarantee.tuning import GroupName, Sample, Samples, Terms, group_of, guaranteed
from screening.evaluation.outcomes import Outcomes, gathered, grouping
from screening.evaluation.rates import Rate, rate_json
from screening.evaluation.screenings import Screening, counted_pair, paired_sweeps_json
from screening.evaluation.sweep import counted, sweep_json
from screening.evaluation.texts import said
from screening.screener import OVERRIDE

MODULES = (
    "journey.tourist",
    "lookalike.backpacker",
    "lookalike.irregular_worker",
    "journey.escort",
    "typology.online_scam",
    "typology.fishing_vessel",
)
KINDS = ("journey", "lookalike", "lookalike", "journey", "typology", "typology")
CLASSES = (
    TruthClass.LAWFUL,
    TruthClass.LAWFUL,
    TruthClass.IRREGULAR,
    TruthClass.FACILITATOR,
    TruthClass.VICTIM,
    TruthClass.VICTIM,
)
SIZES = (1500, 300, 200, 20, 150, 40)
MEANS = (-600, -450, -350, -500, -150, -250)
SPREAD = 150
STAGE = Stage.VERIFICATION
CUES = 5
"""Indicators of the sample; the map shows what it is given."""

EVIL = "</script><b>&"
"""What a title could hold at worst."""


def truth() -> Truth:
    """Return what the people of the sample truly are."""
    module = np.repeat(np.arange(len(SIZES)), SIZES).astype(np.int16)
    truth_class = np.array(CLASSES, dtype=np.int8)[module]
    size = sum(SIZES)
    return Truth(
        applicants=np.arange(size, dtype=np.int64),
        truth_class=truth_class,
        module=module,
        tier=np.where(truth_class == TruthClass.VICTIM, 0, -1).astype(np.int8),
        network=np.where(truth_class == TruthClass.VICTIM, np.arange(size) // 4, -1).astype(np.int64),
        modules=MODULES,
        tiers=("crude",),
        kinds=KINDS,
        families=("", "", "", "", "online_scam", "debt_bondage"),
    )


def risk(seed: int = 5) -> npt.NDArray[np.int32]:
    """Return their risks; a rule decides about the last of them alone."""
    random = np.random.default_rng(seed)
    found = np.rint(random.normal(np.array(MEANS)[truth().module], SPREAD)).astype(np.int32)
    found[-1] = OVERRIDE
    return found


def outcomes() -> Outcomes:
    """Return the people of the sample with what a screener made of them."""
    size, found = sum(SIZES), risk()
    codes = (np.arange(size) % 2).astype(np.int8)
    return Outcomes(
        truth=truth(),
        sex=codes,
        age_band=np.full(size, 2, dtype=np.int8),
        province=np.zeros(size, dtype=np.int8),
        risk={STAGE.label: found},
        recommendation=np.where(found >= -300, 3, np.arange(size) % 3).astype(np.int8),
        agency=codes,
        leading=np.zeros(size, dtype=np.int8),
    )


def tuned(capacity: float | None = 300.0) -> dict[str, Any]:
    """Return the content of a tuned threshold, as it would be read from its `tuning.json`."""
    found: dict[str, Any] = json.loads(_tuned(capacity))
    return found


@cache
def _tuned(capacity: float | None) -> str:
    terms = Terms(0.1, 0.95, 200, 900, 1000)
    samples = [
        Samples(GroupName("typology", name), _sample(mean, 200, place), _sample(mean, 200, place + 9))
        for place, (name, mean) in enumerate((("online_scam", -150), ("debt_bondage", -250)))
    ]
    threshold, own = guaranteed([(one.name, one.calibration) for one in samples], terms)
    groups = [group_of(one, own[one.name], threshold, terms) for one in samples]
    victims, others = _sample(-180, 200, 30), _sample(-600, 900, 31)
    people = People(
        victims.risk, others.risk, [(one.name, one.samples.check.risk) for one in groups], 0.03, 0.95
    )
    checked = counted(risk(), truth(), [grouping(outcomes(), "sex")])
    calibration = Calibration(risks=(-900, -500, -289, 0), log_odds=(-8.0, -4.5, -1.0, 2.0), prior=0.05)
    charts = chart_content(
        sweep_json(checked, threshold, share_of_victims=0.03),
        STAGE,
        page_people(),
        page_findings(),
        Chances(calibration, outcomes()),
    )
    curve = curve_of(people, threshold, np.unique(np.append(np.arange(-900, 100, 25), threshold)), capacity)
    wrong = others.flagged(threshold, 0.95)
    apart = Rate(wrong.count // 2, 450), Rate(wrong.count - wrong.count // 2, 450)
    result = Tuned(
        STAGE,
        threshold,
        terms,
        sorted(groups, key=lambda one: one.own.threshold),
        [(GroupName("sex", "unknown"), 400)],
        victims,
        Others(others, wrong, *apart),
        curve,
        lambda name: said(str(name)),
    )
    made_of = {"scenario": "sample_2022", "cards": "sample-cards", "cards_hash": "0" * 64}
    certificate = certificate_json(result, made_of, {"max_miss": 0.1, "confidence": 0.95, "levers": []})
    return json.dumps(
        {
            "schema_version": "1",
            "synthetic": True,
            "certificate": certificate,
            "groups": certificate["groups"],
            "capacity": curve.to_json(),
            "title": _text("A sample, 2022"),
            "travellers": {name: _text(name.split(".")[1].replace("_", " ")) for name in MODULES},
            "minutes_per_flag": 20,
            **charts,
        }
    )


def _sample(mean: int, size: int, seed: int) -> Sample:
    found = np.rint(np.random.default_rng(seed).normal(mean, SPREAD, size)).astype(np.int32)
    return Sample(seed, size, size, found)


def findings() -> dict[str, npt.NDArray[np.int8]]:
    """Return a few indicators, more often present among victims."""
    victim = truth().is_victim
    rows = np.arange(len(victim))
    return {
        name: np.where(
            rows % 7 == 0, 1, np.where((rows % (place + 2) == 0) & (victim | (rows % 5 == 0)), 2, 0)
        ).astype(np.int8)
        for place, name in enumerate(list(indicators())[:CUES])
    }


def page_people() -> Outcomes:
    """Return the people whose cues are counted: not those of the sweep, and three times as many."""
    return gathered([outcomes()] * 3)


def page_findings() -> dict[str, npt.NDArray[np.int8]]:
    """Return what was found on the desks of `page_people`."""
    return {name: np.tile(found, 3) for name, found in findings().items()}


def comparison(kind: str = "levers") -> dict[str, Any]:
    """Return the content of a comparison: `levers`, `adversary` or `runs`."""
    found: dict[str, Any] = json.loads(_comparison(kind))
    return found


@cache
def _comparison(kind: str) -> str:
    first = Screening(truth(), risk())
    second = Screening(truth(), (risk() + np.where(truth().is_victim, 60, 5)).clip(max=OVERRIDE - 65))
    threshold = -300
    content = {
        "schema_version": "1",
        "kind": kind,
        "scenario": "sample_2022",
        "stage": STAGE.label,
        "sweeps": paired_sweeps_json(counted_pair(first, second), (threshold, threshold)),
        **compared(first.side(threshold), second.side(threshold)).to_json(),
        "patterns": {"debt_bondage": _text("debt bondage")},
        "travellers": {name: _text(name.split(".")[1].replace("_", " ")) for name in MODULES},
        "answers": {"debt": _text("Debt")},
        "wall_s": 1.0,
        "peak_rss_mib": 1.0,
    }
    return json.dumps({**content, **_OF_KIND[kind]})


def _text(words: str) -> dict[str, str]:
    return {"en": words, "id": f"[{words}]"}


_BOTH = {
    "title": _text("A sample, 2022"),
    "threshold": -3.0,
    "cards": "sample-cards",
    "rulebook": "sample-rules",
    "dossiers_changed": 12,
    "answers_changed": {"debt": 12},
    "answers_changed_later": {},
}
_LEVER = {
    "id": "interview_training",
    "title": _text("Interview training"),
    "limits": _text("It fades."),
    "applies": True,
    "seen_at_this_stage": True,
    "first_seen_at": "interview",
    "acts_on": ["debt"],
    "diverts": [],
    "nowhere_to_go": ["typology.online_scam"],
}
_ROUNDS = [
    {
        "period": period,
        "module": "typology.online_scam",
        "flagged": rate_json(Rate(80 - 10 * period, 100), "flagged"),
        "moved": ["sponsor", "corridor"] if period else [],
        "share_still_at_work": 1.0 - 0.05 * period,
    }
    for period in range(3)
]
_RESTORING = {
    "threshold": -3.0,
    "threshold_restored": -4.0,
    "travellers": [
        {
            "module": "journey.tourist",
            "flagged": rate_json(Rate(10, 500), "flagged"),
            "flagged_restored": rate_json(Rate(60, 500), "flagged"),
        }
    ],
    "others": {
        "flagged": rate_json(Rate(20, 700), "flagged"),
        "flagged_restored": rate_json(Rate(90, 700), "flagged"),
    },
}
_RUN = {"cards": "sample-cards", "rulebook": "sample-rules", "threshold": -3.0, "base_rate": None}
_OF_KIND: dict[str, dict[str, Any]] = {
    "levers": {**_BOTH, "levers": [_LEVER]},
    "adversary": {
        **_BOTH,
        "levers": [],
        "adversary": {"settings": {}, "rounds": _ROUNDS, "restoring": _RESTORING},
    },
    "runs": {
        "runs": [
            {**_RUN, "folder": "one", "levers": []},
            {**_RUN, "folder": EVIL, "levers": ["registry_link"]},
        ],
        "same_dossiers": False,
    },
}
