"""`saring show`: what saring knows, as tables, and one thing at a time in full."""

import difflib
import json
import sys
from dataclasses import dataclass
from pathlib import Path

from console.commands.listings import LISTINGS, Listing, rules_of
from console.commands.show_applicant import show_applicant
from console.commands.show_dictionary import show_dictionary
from console.commands.show_paper import write_paper_card
from console.commands.show_unsourced import show_unsourced
from console.output import Output
from console.pages import heading, text_table
from console.words import Speaker, speaker_of
from dossier.problems import BadInput, Problem, raise_if_any
from models.paper_card import load_paper_card

APPLICANT = "applicant"
PAPER_CARDS = "paper-cards"
"""Meant for a hand and not for a program, so that a card is printed as a page wherever it is sent."""


@dataclass(frozen=True)
class ShowOptions:
    """The options of `saring show`; see its help."""

    what: str
    item: str | None
    applicant: int | None
    unsourced: bool
    scenario: str | None
    language: str
    html: Path | None = None
    rulebook: str | None = None
    form: str | None = None


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
    elif options.form is not None:
        show_dictionary(options.form)
    elif options.unsourced:
        show_unsourced(options.scenario, speaker, output)
    elif options.item is None:
        _list(options.what, _listing(options, speaker), output)
    elif options.html is not None:
        _write_page(options.item, options.html, output)
    else:
        _show(options.what, options.item, _listing(options, speaker), speaker, output)


def _listing(options: ShowOptions, speaker: Speaker) -> Listing:
    make = LISTINGS[options.what] if options.rulebook is None else rules_of(options.rulebook)
    return make(speaker.language)


def _write_page(name: str, path: Path, output: Output) -> None:
    write_paper_card(load_paper_card(name), path)
    content = {"schema_version": "1", "id": name, "artifacts": {"page": str(path)}}
    output.result(content, lambda: print(f"A page to print: {path}"))


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
        "--html": (
            options.html is not None and not (options.what == PAPER_CARDS and options.item),
            "`saring show paper-cards NAME --html FILE` writes a page to print.",
        ),
        "--rulebook": (
            options.rulebook is not None and options.what != "rules",
            "`saring show rules --rulebook NAME` shows the rules of one rulebook.",
        ),
        "--format": (
            options.form is not None and (options.what != "fields" or options.item is not None),
            "`saring show fields --format markdown` prints the whole data dictionary.",
        ),
    }
    shown = " ".join(word for word in (options.what, options.item) if word)
    raise_if_any(
        Problem(f"this option does not go with `saring show {shown}`", option, mend)
        for option, (is_strange, mend) in strangers.items()
        if is_strange
    )


def _list(what: str, listing: Listing, output: Output) -> None:
    def table() -> None:
        heading(f"{len(listing.rows)} {what}", first=True)
        text_table(*listing.in_parts(), listing.numbers)

    output.result({"schema_version": "1", what: dict(listing.items)}, table)


def _show(what: str, item: str, listing: Listing, speaker: Speaker, output: Output) -> None:
    if item not in listing.items:
        near = difflib.get_close_matches(item, listing.items, n=1)
        hint = f"Did you mean '{near[0]}'? " if near else ""
        raise BadInput.of(
            f"there is no '{item}' among the {what}", mend=f"{hint}`saring show {what}` lists them."
        )
    found = listing.items[item]

    def page() -> None:
        if listing.page is not None and (what == PAPER_CARDS or sys.stdout.isatty()):
            listing.page(item, speaker)
        else:
            print(json.dumps(found, indent=2, ensure_ascii=False))

    output.result({"schema_version": "1", "id": item, **found}, page)
