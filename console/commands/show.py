"""`saring show`: what saring knows, as tables, and one thing at a time in full."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from console.output import Output
from dossier.fields import fields
from dossier.indicators import indicator_texts, indicators
from dossier.problems import BadInput
from dossier.recommendations import agencies
from evidence import figures
from screening.rulebook import load_rulebook
from screening.screener import RELEASED
from synthetic.modules import released_modules
from synthetic.scenarios import released_scenarios

Language = Literal["en", "id"]


@dataclass(frozen=True)
class Listing:
    """A list of things of one kind.

    Attributes:
        columns: Titles of the table's columns, the first of them the id.
        rows: One row for each thing.
        items: Everything about each thing, by id.
    """

    columns: tuple[str, ...]
    rows: list[list[str]]
    items: Mapping[str, Any]


def show_things(what: str, item: str | None, language: str, output: Output) -> None:
    """Print a table of one kind of thing, or one of them in full."""
    if what not in LISTINGS:
        raise BadInput.of(f"'{what}' cannot be shown", mend=f"Choose from: {', '.join(LISTINGS)}.")
    if language not in ("en", "id"):
        raise BadInput.of(f"there is no language '{language}'", where="--language", mend="Choose en or id.")
    listing = LISTINGS[what]("id" if language == "id" else "en")
    if item is None:
        content = {"schema_version": "1", what: dict(listing.items)}
        output.result(
            content, lambda: output.table(f"{len(listing.rows)} {what}", listing.columns, listing.rows)
        )
        return
    if item not in listing.items:
        raise BadInput.of(f"there is no '{item}' among the {what}", mend=f"`saring show {what}` lists them.")
    found = listing.items[item]
    output.result(
        {"schema_version": "1", "id": item, **found},
        lambda: print(json.dumps(found, indent=2, ensure_ascii=False)),
    )


def _scenarios(language: Language) -> Listing:
    found = released_scenarios()
    rows = [
        [s.id, s.scenario.title.in_language(language), f"{s.scenario.size:,}", str(len(s.mix))]
        for s in found.values()
    ]
    return Listing(
        ("id", "title", "size", "modules"), rows, {s.id: s.model_dump(mode="json") for s in found.values()}
    )


def _journeys(language: Language) -> Listing:
    found = {id_: module for id_, (module, _) in released_modules().items()}
    rows = [
        [id_, m.module.title.in_language(language), m.module.truth, m.module.extends]
        for id_, m in found.items()
    ]
    return Listing(
        ("id", "title", "truth", "extends"),
        rows,
        {id_: m.model_dump(mode="json") for id_, m in found.items()},
    )


def _rules(language: Language) -> Listing:
    rules = load_rulebook(RELEASED).rules
    rows = [[r.id, r.title.in_language(language), r.stage.label, r.tier, r.status] for r in rules]
    items = {
        r.id: {**r.model_dump(mode="json", exclude={"condition"}), "stage": r.stage.label} for r in rules
    }
    return Listing(("id", "title", "stage", "tier", "status"), rows, items)


def _indicators(language: Language) -> Listing:
    rows, items = [], {}
    for name, indicator in indicators().items():
        text = indicator_texts()[name]
        rows.append(
            [name, text.title.in_language(language), indicator.stage.label, " ".join(indicator.reads)]
        )
        items[name] = {
            "title": text.title.model_dump(),
            "explanation": {"en": indicator.explanation, "id": text.explanation_id},
            "reads": list(indicator.reads),
            "parameters": list(indicator.parameters),
            "stage": indicator.stage.label,
        }
    return Listing(("id", "title", "stage", "reads"), rows, items)


def _evidence(_: Language) -> Listing:
    rows, items = [], {}
    for key, found in figures().items():
        rows.append([key, f"{found.estimate:,.6g}", found.unit, found.grade, found.source or "derived"])
        items[key] = _figure(found)
    return Listing(("key", "value", "unit", "grade", "source"), rows, items)


def _figure(found: Any) -> dict[str, Any]:
    content: dict[str, Any] = {
        "estimate": found.estimate,
        "spread": list(found.spread),
        "grade": found.grade,
        "unit": found.unit,
    }
    return {**content, **json.loads(json.dumps(_plain(found), default=str))}


def _plain(found: Any) -> dict[str, Any]:
    entry = getattr(found, "entry", found)
    dumped: dict[str, Any] = (
        entry.model_dump(mode="json") if hasattr(entry, "model_dump") else dict(vars(entry))
    )
    return {key: value for key, value in dumped.items() if value not in (None, (), [], {}, "")}


def _fields(language: Language) -> Listing:
    rows = [
        [f.name, f.label.in_language(language), f.stage, f.unit or f"{f.size} codes", f.missing]
        for f in fields().values()
    ]
    return Listing(
        ("id", "label", "visible from", "unit", "missing means"),
        rows,
        {f.name: f.model_dump(mode="json") for f in fields().values()},
    )


def _agencies(language: Language) -> Listing:
    rows = [
        [key, a.name.in_language(language), a.receives.in_language(language)] for key, a in agencies().items()
    ]
    return Listing(
        ("id", "name", "receives"), rows, {key: a.model_dump(mode="json") for key, a in agencies().items()}
    )


LISTINGS: Mapping[str, Callable[[Language], Listing]] = {
    "scenarios": _scenarios,
    "journeys": _journeys,
    "rules": _rules,
    "indicators": _indicators,
    "evidence": _evidence,
    "fields": _fields,
    "agencies": _agencies,
}
