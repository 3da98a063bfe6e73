"""What `saring show` lists: for each kind of thing its table, and everything about each one."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from console.commands.show_lever import print_lever
from console.commands.show_paper import print_paper_card, released_paper_cards
from console.commands.show_scenario import print_scenario
from console.words import Speaker
from dossier.fields import fields
from dossier.indicators import indicator_texts, indicators
from dossier.recommendations import Agency, agencies
from dossier.texts import Language
from evidence import citations, figures
from screening.referral_policy import load_policy, released_policies
from screening.rulebook import Rulebook, load_rulebook, released_rulebooks
from screening.rules import Rule
from screening.screener import RELEASED
from synthetic.channels import released_channels
from synthetic.descriptions import as_told
from synthetic.levers import released_levers
from synthetic.modules import Module, released_modules
from synthetic.scenarios import released_scenarios


@dataclass(frozen=True)
class Listing:
    """A list of things of one kind.

    Attributes:
        columns: Titles of the table's columns, the first of them the id.
        rows: One row for each thing.
        part: Position of a column whose value heads the rows that share it; None for one table of all.
        items: Everything about each thing, by id.
        numbers: Positions of the columns that hold numbers.
        page: Prints one thing for people; None where it is shown as JSON.
    """

    columns: tuple[str, ...]
    rows: list[list[str]]
    items: Mapping[str, Any]
    numbers: tuple[int, ...] = ()
    part: int | None = None
    page: Callable[[str, Speaker], None] | None = None

    def in_parts(self) -> tuple[Sequence[str], Mapping[str, Sequence[Sequence[str]]]]:
        """Return the columns and the rows by part, the column that names the parts left out."""
        if self.part is None:
            return self.columns, {"": self.rows}
        at = self.part
        parts: dict[str, list[list[str]]] = {}
        for row in self.rows:
            parts.setdefault(row[at], []).append([*row[:at], *row[at + 1 :]])
        return [*self.columns[:at], *self.columns[at + 1 :]], parts


def _scenarios(language: Language) -> Listing:
    found = released_scenarios()
    rows = [
        [s.id, s.scenario.title.in_language(language), f"{s.scenario.size:,}", str(len(s.mix))]
        for s in found.values()
    ]
    items = {s.id: s.model_dump(mode="json") for s in found.values()}
    return Listing(
        ("id", "title", "size", "modules"),
        rows,
        items,
        numbers=(2, 3),
        page=lambda name, speaker: print_scenario(found[name], speaker),
    )


def _journeys(language: Language) -> Listing:
    found = {id_: module for id_, (module, _) in released_modules().items()}
    rows = [
        [
            id_,
            f"{m.module.kind}: {m.module.truth}",
            m.module.family or "-",
            m.module.title.in_language(language),
        ]
        for id_, m in sorted(found.items(), key=_by_kind)
    ]
    return Listing(
        ("id", "kind and truth", "family", "title"),
        rows,
        {id_: _module(m) for id_, m in found.items()},
        part=1,
    )


def _module(module: Module) -> dict[str, Any]:
    """Return a module as a page may print it, with the works that it cites."""
    told = module.model_copy(update={"module": as_told(module.module)})
    return {**told.model_dump(mode="json"), "works": citations(module.module.sources)}


def _by_kind(item: tuple[str, Module]) -> tuple[str, str, str]:
    id_, module = item
    return module.module.kind, module.module.truth, id_


def _levers(language: Language) -> Listing:
    found = released_levers()
    parts = {
        name: [part for part in type(lever).model_fields if part != "lever" and getattr(lever, part)]
        for name, lever in found.items()
    }
    rows = [
        [name, lever.lever.title.in_language(language), ", ".join(parts[name]).replace("_", " ")]
        for name, lever in found.items()
    ]
    items = {name: lever.model_dump(mode="json") for name, lever in found.items()}
    return Listing(
        ("id", "title", "changes"),
        rows,
        items,
        page=lambda name, speaker: print_lever(found[name], speaker),
    )


def _channels(language: Language) -> Listing:
    found = released_channels()
    rows = [
        [
            name,
            channel.title.in_language(language),
            ", ".join(channel.factors),
            "yes" if channel.calibration else "no",
        ]
        for name, channel in found.items()
    ]
    items = {
        name: {**channel.model_dump(mode="json"), "works": citations(channel.sources)}
        for name, channel in found.items()
    }
    return Listing(("id", "title", "depends on", "calibrated"), rows, items)


def _rulebooks(language: Language) -> Listing:
    found = {name: load_rulebook(name) for name in released_rulebooks()}
    rows = [
        [name, book.title.in_language(language), book.decides, str(len(book.rules))]
        for name, book in found.items()
    ]
    items = {name: _rulebook(book) for name, book in found.items()}
    return Listing(("id", "title", "decides by", "rules"), rows, items, numbers=(3,))


def _rulebook(book: Rulebook) -> dict[str, Any]:
    content = book.model_dump(mode="json", exclude={"rules"})
    return {**content, "rules": [rule.id for rule in book.rules]}


def rules_of(rulebook: str) -> Callable[[Language], Listing]:
    """Return the listing of one rulebook's rules.

    Raises:
        BadInput: If there is no such rulebook, or something is wrong with it.
    """
    rules = load_rulebook(rulebook).rules
    return lambda language: _rules(language, rules)


def _released_rules(language: Language) -> Listing:
    return rules_of(RELEASED)(language)


def _rules(language: Language, rules: Sequence[Rule]) -> Listing:
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
    return Listing(("key", "value", "unit", "grade", "source"), rows, items, numbers=(1,))


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
    rows = [[key, _named(a, language), a.receives.in_language(language)] for key, a in agencies().items()]
    return Listing(
        ("id", "name", "receives"), rows, {key: a.model_dump(mode="json") for key, a in agencies().items()}
    )


def _named(agency: Agency, language: Language) -> str:
    """Return the papers' name, with the name of today where it differs."""
    name = agency.name.in_language(language)
    return f"{name} ({agency.now.in_language(language)})" if agency.now else name


def _policies(language: Language) -> Listing:
    found = {name: load_policy(name).written for name in released_policies()}
    rows = [
        [name, policy.title.in_language(language), policy.description.in_language(language)]
        for name, policy in found.items()
    ]
    return Listing(
        ("id", "title", "does"), rows, {name: one.model_dump(mode="json") for name, one in found.items()}
    )


def _paper_cards(_: Language) -> Listing:
    found = released_paper_cards()
    rows = [
        [name, str(len(card.rows)), str(card.refer_from), card.stage, card.rulebook]
        for name, card in found.items()
    ]
    return Listing(
        ("id", "rows", "refers from", "stage", "rulebook"),
        rows,
        {name: card.model_dump(mode="json") for name, card in found.items()},
        numbers=(1, 2),
        page=lambda name, speaker: print_paper_card(found[name], speaker),
    )


LISTINGS: Mapping[str, Callable[[Language], Listing]] = {
    "scenarios": _scenarios,
    "journeys": _journeys,
    "levers": _levers,
    "channels": _channels,
    "rulebooks": _rulebooks,
    "rules": _released_rules,
    "indicators": _indicators,
    "evidence": _evidence,
    "fields": _fields,
    "agencies": _agencies,
    "policies": _policies,
    "paper-cards": _paper_cards,
}
