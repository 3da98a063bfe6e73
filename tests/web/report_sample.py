"""The content of a small run, made up to hold every case that the report must show well.

It goes through `Evaluation`, so that a change of its JSON reaches the tests of the report.
"""

import json
from functools import cache
from typing import Any

import numpy as np

from dossier.stages import Stage
from dossier.truth import Truth, TruthClass
from screening.evaluation import Evaluation, Outcomes
from screening.evaluation.detection import People, detection_json, known_counts, seen
from screening.evaluation.rates import Rate, rate_json
from screening.screener import OVERRIDE
from tests.web import report_additions, report_rivals

MODULES = (
    "journey.tourist",
    "journey.escort",
    "lookalike.backpacker",
    "lookalike.irregular_worker",
    "typology.online_scam",
)
KINDS = ("journey", "journey", "lookalike", "lookalike", "typology")
CLASSES = (
    TruthClass.LAWFUL,
    TruthClass.FACILITATOR,
    TruthClass.LAWFUL,
    TruthClass.IRREGULAR,
    TruthClass.VICTIM,
)
SIZES = (1500, 20, 300, 200, 180)
MEANS = (-600, -500, -450, -350, -200)
SPREAD = 150
THRESHOLD = -289
SEED = 5
GROUPS = ("women", "men", "girls", "boys")
FOLLOWED = "saring-2026"
NEXT_TO_NOTHING = 12
"""Victims of the rarest tier: fewer than the thirty below which a rate is printed with a warning."""


def sample() -> dict[str, Any]:
    """Return the content of the run, as it would be read from its `evaluation.json`."""
    found: dict[str, Any] = json.loads(_written())
    return found


@cache
def _written() -> str:
    outcomes = _outcomes()
    evaluation = Evaluation(
        outcomes,
        Stage.VERIFICATION,
        {"counter": THRESHOLD, "verification": THRESHOLD},
        ("online_scam",),
        ("police", "bp2mi"),
        {
            **_extras(),
            "detection": _detection(outcomes),
            "investigations": _investigations(),
            "baselines": report_additions.published(outcomes, THRESHOLD),
            "pathway_walk": report_additions.walked(outcomes, THRESHOLD),
            "reliability": report_additions.reliable(outcomes),
            **report_rivals.rivals_of(outcomes, THRESHOLD),
            **report_additions.followed(outcomes, outcomes.flagged(Stage.VERIFICATION, THRESHOLD), FOLLOWED),
        },
    )
    return json.dumps(evaluation.to_json())


def _outcomes() -> Outcomes:
    size = sum(SIZES)
    module = np.repeat(np.arange(len(SIZES)), SIZES).astype(np.int16)
    random = np.random.default_rng(SEED)
    risk = np.rint(random.normal(np.array(MEANS)[module], SPREAD)).astype(np.int32)
    risk[-1] = OVERRIDE
    truth_class = np.array(CLASSES, dtype=np.int8)[module]
    tier = np.where(truth_class == TruthClass.VICTIM, 0, -1).astype(np.int8)
    tier[-NEXT_TO_NOTHING:] = 2
    truth = Truth(
        applicants=np.arange(size, dtype=np.int64),
        truth_class=truth_class,
        module=module,
        tier=tier,
        network=np.full(size, -1, dtype=np.int64),
        modules=MODULES,
        tiers=("crude", "standard", "expert"),
        kinds=KINDS,
        families=("", "", "", "", "online_scam"),
    )
    flagged = risk >= THRESHOLD
    return Outcomes(
        truth=truth,
        sex=(np.arange(size) % 2).astype(np.int8),
        age_band=(np.arange(size) % 6).astype(np.int8),
        province=np.zeros(size, dtype=np.int8),
        risk={"counter": risk - 50, "verification": risk},
        recommendation=np.where(flagged, 3, np.arange(size) % 3).astype(np.int8),
        agency=(np.arange(size) % 2).astype(np.int8),
        leading=np.zeros(size, dtype=np.int8),
    )


def _extras() -> dict[str, Any]:
    return {
        "scenario": "sample_2022",
        "about": {
            "title": _text("A sample, 2022"),
            "narrative": _text("Offers run over social media."),
            "learning_aims": [_text("Tell irregular work from trafficking.")],
            "sources": ["paper_002, Case Study", "somebody's notes"],
            "conflict": _text("Two papers disagree."),
            "year": 2022,
        },
        "oracle": _same_workload(10, (-0.01, 0.2)),
        "challenger": _same_workload(40, (0.01, 0.05)),
        "logistic": _same_workload(60, (-0.2, -0.1)),
        "rules_only": {**_same_workload(110, (-0.5, -0.3)), "missed_best": 70, "missed_worst": 130},
        "decides": "cards",
        "rulebook_id": "saring-2026",
        "refers_from": None,
        "difficulty": [
            {"module": "typology.online_scam", "tier": tier, "missed": missed, "n": 2000}
            for tier, missed in (("", 400), ("crude", 100), ("standard", 400), ("expert", 900))
        ],
        "certificate": _certificate(),
        "rulebook": _rulebook(),
        "rules": [_rule("led_by_another", 8, 5, 4), _rule("fee_and_debt", 0, 7, 2), _rule("quiet", 0, 0, 0)],
        "patterns": {"online_scam": _text("recruitment into online-scam work")},
        "travellers": {module: _text(module.split(".")[1].replace("_", " ")) for module in MODULES},
        "agency_names": {
            "police": _text("Police anti-trafficking unit"),
            "bp2mi": _text("Protection agency"),
        },
        "examples": [
            _example("0000000000000017", "victim", "refer", "typology.online_scam"),
            _example("0000000000000025", "lawful", "interview", "lookalike.backpacker"),
            _overridden("0000000000000033"),
        ],
        "wall_s": 12.3,
        "peak_rss_mib": 345.6,
    }


def _detection(outcomes: Outcomes) -> dict[str, Any]:
    """Return two channels, one that knows mostly men and one that knows mostly women and children."""
    row = np.arange(len(outcomes))
    victim, is_child = outcomes.truth.is_victim, row % 5 == 0
    groups = (outcomes.sex + 2 * is_child).astype(np.int8)
    abroad = victim & (outcomes.sex == 1) & (row % 3 > 0) | victim & (row % 20 == 0)
    register = victim & ((outcomes.sex == 0) | is_child)
    flagged = outcomes.risk["verification"] >= THRESHOLD
    counts = known_counts([abroad, register], groups, victim, flagged, len(GROUPS))
    titles = {
        "abroad": {part: _text(f"An embassy: {part}") for part in ("title", "description", "limits")},
        "register": {part: _text(f"A register: {part}") for part in ("title", "description", "limits")},
    }
    pooled = {"women": ["women"], "men": ["men"], "children": ["girls", "boys"]}
    return detection_json(seen(["abroad", "register"], counts, People(GROUPS, pooled)), titles)


def _investigations() -> dict[str, Any]:
    """Return three recommended sponsors, and telephone numbers of which none is."""
    users = {
        "lawful_users": _rate(9, 1800, "users"),
        "irregular_users": _rate(3, 200, "users"),
        "victims_users": _rate(20, 180, "users"),
    }
    none = {name: _rate(0, rate["n"], "users") for name, rate in users.items()}
    sponsor, phone, both = (
        {
            "recommended": recommended,
            "followed": followed,
            "used_by_network": _rate(2, 3, "used") if recommended else rate_json(Rate(0, 0), "used"),
            "others_used_by_network": _rate(4, followed - recommended, "used"),
            "networks_found": _rate(2, 6, "found") if recommended else _rate(0, 4, "found"),
        }
        for recommended, followed in ((3, 40), (0, 20), (3, 60))
    )
    innocent = {"innocent": _text("A school sends hundreds.")}
    return {
        "n": 3,
        "by_kind": {
            "sponsor": {**sponsor, **users, "title": _text("Sponsors"), **innocent},
            "phone": {**phone, **none, "title": _text("Telephone numbers"), **innocent},
        },
        "by_agency": {"police": 1, "bp2mi": 2},
        **both,
        **users,
        "missed_victims_reached": _rate(5, 40, "reached"),
        "facilitators": {"journey.escort": _rate(1, 20, "users")},
    }


def _text(english: str) -> dict[str, str]:
    return {"en": english, "id": f"[{english}]"}


def _rate(count: int, n: int, counted: str) -> dict[str, Any]:
    return {
        "estimate": count / n,
        "low": 0.9 * count / n,
        "high": min(1.0, 1.1 * count / n),
        "n": n,
        counted: count,
    }


def _same_workload(missed: int, ends: tuple[float, float]) -> dict[str, Any]:
    return {
        "miss_rate_at_same_workload": _rate(missed, 180, "missed"),
        "missed_best": missed,
        "missed_worst": missed,
        "screener_minus_this": {"estimate": sum(ends) / 2, "low": ends[0], "high": ends[1], "n": 180},
        "area_under_curve": {"estimate": 0.9, "low": 0.88, "high": 0.92, "victims": 180, "others": 2000},
    }


def _certificate() -> dict[str, Any]:
    stage = {
        "threshold": THRESHOLD,
        "basis": "max_flagged",
        "claim": "At most 5% of the simulated non-victims are flagged.",
        "miss_rate": _rate(300, 1000, "missed"),
        "false_flag_rate": _rate(48, 1000, "flagged"),
    }
    return {
        "scenario": "baseline_year",
        "scenario_hash": "a" * 64,
        "terms": {"max_miss": 0.2, "max_flagged": 0.05, "confidence": 0.95, "victims": 1000, "others": 1000},
        "stages": {"counter": stage, "verification": stage},
        "cards": "sample-cards",
    }


def _rulebook() -> dict[str, Any]:
    rule = {
        "question": _text("Who holds the ticket?"),
        "stage": "interview",
        "tier": "evidence",
        "innocent": [_text("A family travels together.")],
    }
    return {
        "led_by_another": {**rule, "title": _text("Led by another")},
        "fee_and_debt": {**rule, "title": _text("Fee and debt")},
        "quiet": {**rule, "title": _text("A rule that decides nothing")},
    }


def _rule(rule_id: str, saves: int, lawful: int, irregular: int) -> dict[str, Any]:
    return {
        "rule": rule_id,
        "fires_on_victims": _rate(20, 180, "fired"),
        "fires_on_others": _rate(30, 2000, "fired"),
        "saves": saves,
        "stops_lawful": lawful,
        "stops_irregular": irregular,
    }


def _example(applicant: str, truth_class: str, recommendation: str, module: str) -> dict[str, Any]:
    return {
        "kind": "victim_found",
        "applicant": applicant,
        "name": "Sari Contoh",
        "truth": {
            "truth_class": truth_class,
            "module": module,
            "tier": "crude" if truth_class == "victim" else None,
        },
        "dossier": _dossier(),
        "explanation": _explanation(recommendation),
    }


def _explanation(recommendation: str) -> dict[str, Any]:
    points = {"refer": (4.12, 3.2, 2.24), "interview": (4.12, 2.1, 1.4)}[recommendation]
    names = ("stated_country", "debt_ties", "led_by_another")
    kinds = ("setting", "indicator", "rule")
    values = ({"stated_country": "cambodia"}, {"fee_payer": "employer", "debt": "missing"}, {"age": "20"})
    refers = recommendation == "refer"
    reasons = [
        {
            "kind": kind,
            "name": name,
            "title": _text(name),
            "level": "cambodia" if kind == "setting" else "present",
            "points": each,
            "sentence": _text(f"A sentence about {name}."),
            "values": read,
            "reads": [
                {"field": field, "label": _text(field), "value": _text(v)} for field, v in read.items()
            ],
            "innocent": [] if kind == "setting" else [_text("A family travels together.")],
        }
        for kind, name, each, read in zip(kinds, names, points, values, strict=True)
    ]
    return {
        "stage": "verification",
        "recommendation": recommendation,
        "threshold": THRESHOLD / 100,
        "by_rules": False,
        "agency": "police" if refers else None,
        "agency_name": _text("Police anti-trafficking unit") if refers else None,
        "route": "people_brought_home" if refers else None,
        "grounds": _text("A record leads to this offer.") if refers else None,
        "informs": [{"agency": "bp2mi", "name": _text("Protection agency")}] if refers else [],
        "turned_away": False,
        "unsettled": [{"route": "minor", "title": _text("Minor")}],
        "offers": [{"id": "work", "title": _text("For work"), "steps": [_text("Register at the office.")]}],
        "resembles": "online_scam",
        "resembles_name": _text("recruitment into online-scam work"),
        "context": "service_work",
        "context_title": _text("people who go to work"),
        "start": -12.29,
        "start_sentence": _text("Every dossier starts here."),
        "reasons": reasons,
        "resembles_others": 0.07,
        "others_sentence": _text("It resembles other patterns too."),
        "risk": round(-12.29 + sum(points) + 0.07, 2),
        "overrides": [],
        "decided": [],
        "not_assessed": [{"field": "debt", "label": _text("Debt for the journey")}],
        "not_yet_asked": [{"field": "actual_route", "label": _text("Route on the day")}],
        "skipped": [],
        "what_if": [_what_if()],
    }


def _what_if() -> dict[str, Any]:
    change = {
        "field": "funds_idr",
        "label": _text("Funds"),
        "found": _text("not assessed"),
        "when": _text("if funds were shown"),
        "how": _text("ask for a bank statement"),
    }
    nearest = {
        "changes": [change],
        "risk": -3.0,
        "recommendation": "proceed",
        "sentence": _text("Then it would."),
    }
    return {
        "towards": "less",
        "most_answers": 3,
        "checkable": ["funds_idr"],
        "sentence": _text("If funds were shown, the recommendation would be to proceed."),
        "nearest": [nearest],
    }


def without_sentences(content: dict[str, Any]) -> dict[str, Any]:
    """Return the content with its examples as evaluations had them before there were sentences."""
    older = json.loads(json.dumps(content))
    new = ("grounds", "informs", "turned_away", "unsettled", "offers", "decided", "skipped", "what_if")
    for example in older["examples"]:
        found = example["explanation"]
        for key in (*new, "start_sentence", "others_sentence"):
            found.pop(key)
        for reason in found["reasons"]:
            for key in ("sentence", "reads", "innocent"):
                reason.pop(key)
        for key in ("not_assessed", "not_yet_asked"):
            found[key] = [one["field"] for one in found[key]]
    changed: dict[str, Any] = older
    return changed


def _overridden(applicant: str) -> dict[str, Any]:
    example = _example(applicant, "irregular", "refer", "lookalike.irregular_worker")
    example["explanation"] |= {"risk": None, "overrides": ["led_by_another"]}
    return example


def _dossier() -> list[dict[str, Any]]:
    shown = (
        ("sex", "identity", "female"),
        ("age", "identity", "20"),
        ("income_idr", "identity", "6,600,000"),
        ("application_day", "application", "138"),
        ("stated_country", "destination", "cambodia"),
        ("debt", "offer", "missing"),
        ("agency_licence", "sponsor", "not applicable"),
    )
    return [
        {"field": field, "theme": theme, "label": _text(field), "value": value, "unit": ""}
        for field, theme, value in shown
    ]
