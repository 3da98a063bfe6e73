"""`saring show`: what saring knows, as tables, and one thing at a time in full."""

import difflib
import json
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from console.commands.show_applicant import show_applicant
from console.commands.show_lever import print_lever
from console.commands.show_scenario import print_scenario
from console.commands.show_unsourced import show_unsourced
from console.output import Output
from console.pages import heading, text_table
from console.words import Speaker, speaker_of
from dossier.fields import fields
from dossier.indicators import indicator_texts, indicators
from dossier.problems import BadInput, Problem, raise_if_any
from dossier.recommendations import agencies
from dossier.texts import Language
from evidence import figures
from screening.rulebook import load_rulebook
from screening.screener import RELEASED
from synthetic.channels import released_channels
from synthetic.levers import released_levers
from synthetic.modules import Module, released_modules
from synthetic.scenarios import released_scenarios

APPLICANT = "applicant"


@dataclass(frozen=True)
class ShowOptions:
    """The options of `saring show`; see its help."""

    what: str
    item: str | None
    applicant: int | None
    unsourced: bool
    scenario: str | None
    language: str


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


def show_things(options: ShowOptions, output: Output) -> None:
    """Print a table of one kind of thing, one of them in full, or one person's story.

    Raises:
        BadInput: If there is no such thing, or an option does not belong to what is shown.
    """
    if options.what not in (*LISTINGS, APPLICANT):
        near = difflib.get_close_matches(options.what, (*LISTINGS, APPLICANT), n=1)
        hint = f"Did you mean '{near[0]}'? " if near else ""
        mend = f"{hint}Choose from: {', '.join((*LISTINGS, APPLICANT))}."
        raise BadInput.of(f"'{options.what}' cannot be shown", mend=mend)
    speaker = speaker_of(options.language)
    _refuse_strangers(options)
    if options.what == APPLICANT:
        show_applicant(options.item, options.applicant, speaker, output)
    elif options.unsourced:
        show_unsourced(options.scenario, speaker, output)
    elif options.item is None:
        _list(options.what, speaker, output)
    else:
        _show(options.what, options.item, speaker, output)


def _refuse_strangers(options: ShowOptions) -> None:
    """Refuse options that belong to something else than what is shown."""
    whole_evidence = options.what == "evidence" and options.item is None
    strangers = {
        "--applicant": (
            options.applicant is not None and options.what != APPLICANT,
            "`saring show applicant RUN --applicant ID` tells one person's story.",
        ),
        "--unsourced": (
            options.unsourced and not whole_evidence,
            "`saring show evidence --unsourced` lists all numbers that nothing published supports.",
        ),
        "--scenario": (
            options.scenario is not None and not (options.unsourced and whole_evidence),
            "`saring show evidence --unsourced --scenario NAME` looks at one scenario.",
        ),
    }
    shown = " ".join(word for word in (options.what, options.item) if word)
    raise_if_any(
        Problem(f"this option does not go with `saring show {shown}`", option, mend)
        for option, (is_strange, mend) in strangers.items()
        if is_strange
    )


def _list(what: str, speaker: Speaker, output: Output) -> None:
    listing = LISTINGS[what](speaker.language)

    def table() -> None:
        heading(f"{len(listing.rows)} {what}", first=True)
        text_table(*listing.in_parts(), listing.numbers)

    output.result({"schema_version": "1", what: dict(listing.items)}, table)


def _show(what: str, item: str, speaker: Speaker, output: Output) -> None:
    listing = LISTINGS[what](speaker.language)
    if item not in listing.items:
        near = difflib.get_close_matches(item, listing.items, n=1)
        hint = f"Did you mean '{near[0]}'? " if near else ""
        raise BadInput.of(
            f"there is no '{item}' among the {what}", mend=f"{hint}`saring show {what}` lists them."
        )
    found = listing.items[item]

    def page() -> None:
        if listing.page is not None and sys.stdout.isatty():
            listing.page(item, speaker)
        else:
            print(json.dumps(found, indent=2, ensure_ascii=False))

    output.result({"schema_version": "1", "id": item, **found}, page)


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
        {id_: m.model_dump(mode="json") for id_, m in found.items()},
        part=1,
    )


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
    items = {name: channel.model_dump(mode="json") for name, channel in found.items()}
    return Listing(("id", "title", "depends on", "calibrated"), rows, items)


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
    rows = [
        [key, a.name.in_language(language), a.receives.in_language(language)] for key, a in agencies().items()
    ]
    return Listing(
        ("id", "name", "receives"), rows, {key: a.model_dump(mode="json") for key, a in agencies().items()}
    )


LISTINGS: Mapping[str, Callable[[Language], Listing]] = {
    "scenarios": _scenarios,
    "journeys": _journeys,
    "levers": _levers,
    "channels": _channels,
    "rules": _rules,
    "indicators": _indicators,
    "evidence": _evidence,
    "fields": _fields,
    "agencies": _agencies,
}
