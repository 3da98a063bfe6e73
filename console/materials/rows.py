"""Rows of the exported tables, from records; a row has a value for each column that `columns.toml` names."""

from collections.abc import Iterator, Mapping, Sequence
from statistics import median
from typing import Any, TypeAlias

from console.materials.marks import mark_of
from console.materials.records import DecisionRecord, DossierRecord, SittingRecord, full_evidence
from dossier.recommendations import Recommendation
from dossier.texts import Language

Value: TypeAlias = str | int | float | None
Row: TypeAlias = dict[str, Value]

FIELDS = ("form", "documents", "interview")
"""Tabs whose entries are fields of the dossier."""


def decision_row(sitting: SittingRecord, decision: DecisionRecord) -> Row:
    """Return one decision as a row."""
    dossier, label = decision.dossier, Recommendation(decision.action).label
    return {
        "synthetic": "yes",
        "sitting": str(sitting.id),
        "seat": decision.seat_name,
        "nickname": decision.nickname,
        "simulated_seat": yes_or_no(decision.is_simulated),
        "removed_seat": yes_or_no(decision.is_removed),
        "block": dossier.block,
        "dossier": dossier.letter,
        "position": decision.position,
        "round": decision.round,
        "action": label,
        "action_title": sitting.action_title(label),
        "action_number": decision.action,
        "flag": yes_or_no(sitting.is_flag(decision.action)),
        "confidence": decision.confidence,
        "indicators": " ".join(decision.indicators),
        "reason": decision.reason,
        "doubted": yes_or_no(decision.is_doubted),
        "seconds": round(decision.seconds, 1),
        "evidence": decision.evidence,
        "assistance": " ".join(decision.assistance),
        "opened_at": decision.opened_at.isoformat() if decision.opened_at else None,
        "decided_at": decision.decided_at.isoformat(),
        **_answer_to_decision(sitting, decision),
    }


def dossier_row(sitting: SittingRecord, dossier: DossierRecord, decisions: Sequence[DecisionRecord]) -> Row:
    """Return one dossier as a row, with what the class did with it and what lay on the desk.

    Args:
        sitting: The sitting.
        dossier: The dossier.
        decisions: All decisions on it; those of a second round are not counted.
    """
    first = [decision for decision in decisions if decision.round == 1]
    counts = {each.label: sum(one.action == each for one in first) for each in Recommendation}
    return {
        "synthetic": "yes",
        "sitting": str(sitting.id),
        "scenario": sitting.scenario,
        "place": sitting.place,
        "block": dossier.block,
        "dossier": dossier.letter,
        "decisions": len(first),
        **counts,
        "doubted": sum(one.is_doubted for one in first),
        "median_seconds": round(median(one.seconds for one in first), 1) if first else None,
        **_answer_to_dossier(sitting, dossier),
        **field_values(dossier.content, sitting.language),
    }


def field_values(content: Mapping[str, Any], language: Language) -> dict[str, str]:
    """Return what a dossier says, by the name of its field, with all evidence.

    A field that stands in a dossier more than once has a number behind its name from the second time on.
    """
    found: dict[str, str] = {}
    for name, text in _entries(content):
        places = sum(other.partition("#")[0] == f"field.{name}" for other in found)
        found[f"field.{name}" if not places else f"field.{name}#{places + 1}"] = text[language]
    return found


def yes_or_no(value: object) -> str:
    """Return yes or no, as tables say it."""
    return "yes" if value else "no"


def _entries(content: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, str]]]:
    for tab in FIELDS:
        for entry in content["tabs"].get(tab, []):
            yield entry["field"], entry["answer"] if tab == "interview" else entry["value"]


def _answer_to_decision(sitting: SittingRecord, decision: DecisionRecord) -> Row:
    key = decision.dossier.key
    if key is None:
        return {}
    return {
        "needs_protection": yes_or_no(key["needs_protection"]),
        "truth_class": key["truth_class"],
        "kind": key["kind"]["id"],
        "flag_was_right": yes_or_no(sitting.is_flag(decision.action) == key["needs_protection"]),
        "verdict": mark_of(key["truth_class"], decision.action).verdict,
        **_screener(sitting, key, decision.evidence),
    }


def _answer_to_dossier(sitting: SittingRecord, dossier: DossierRecord) -> Row:
    key = dossier.key
    if key is None:
        return {}
    groups = key["groups"]
    present = [name for name, reading in key["indicators"].items() if reading == "present"]
    return {
        "victims_in_100": dossier.victims_in_100,
        "needs_protection": yes_or_no(key["needs_protection"]),
        "truth_class": key["truth_class"],
        "kind": key["kind"]["id"],
        "tier": key["tier"],
        "sex": groups["sex"],
        "age_band": groups["age_band"],
        "online_offer": yes_or_no(groups["online_offer"]),
        "indicators_present": " ".join(sorted(present)),
        **_screener(sitting, key, full_evidence(sitting.place)),
    }


def _screener(sitting: SittingRecord, key: Mapping[str, Any], evidence: str) -> Row:
    said = key["screener"].get(evidence, {})
    recommended = said.get("recommendation")
    return {
        "screener_recommendation": recommended,
        "screener_title": sitting.action_title(recommended),
        "screener_risk": said.get("risk"),
    }
