"""What `saring compare` writes as one HTML file: what changed for whom, and both screenings side by side.

Three kinds of comparison share the page: with and without levers, before and after networks learn, and two
finished runs. It computes nothing but intervals that the content leaves out; people who set out as somebody
else are named and stand in no rate.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dossier.text_files import write_text
from screening.evaluation.pages.html_compare_words import (
    limits,
    moved_themes,
    named_sides,
    opening,
    otherwise_says,
    restoring_says,
    rounds_say,
    sentences_of_change,
    title,
    traveller_says,
    trust,
    typology_says,
    verdict,
)
from screening.evaluation.pages.html_linked_view import SCRIPTS, STYLES, linked_view
from screening.evaluation.pages.html_page import rendered
from screening.evaluation.pages.html_parts import Share, group_name, share
from screening.evaluation.pages.html_sides import Content, Side, side_of
from screening.evaluation.texts import Said, text

COUNTED = {
    "misses": ("missed", "victim"),
    "lawful_flagged": ("flagged", "lawful"),
    "irregular_flagged": ("flagged", "irregular"),
    "facilitators_flagged": ("flagged", "facilitator"),
}
"""What is compared of everybody: how its counts are called, and of whom they are."""


@dataclass(frozen=True)
class ChangeRow:
    """One row of a table of changes.

    Attributes:
        name: Of whom.
        who: The kind of people, whose mark the row has.
        before, after: Rates in either screening.
        new, gone: People of whom it is said in the second only, or in the first only.
        difference: Percentage points with the ends of the interval, as in the content.
    """

    name: Said
    who: str
    before: Share
    after: Share
    new: int
    gone: int
    difference: Content


def write_compare_html(content: Mapping[str, Any], path: Path) -> None:
    """Write the page of a comparison, aside and then renamed.

    Args:
        content: What `saring compare --json` prints, with `patterns`, `travellers` and `answers`: titles of
            typology families, modules and fields; whoever has no title keeps his id.
        path: The file.
    """
    write_text(path, compare_page(content))


def compare_page(content: Mapping[str, Any]) -> str:
    """Return the page of a comparison."""
    sides = list(_sides(content))
    view = {
        "c": content,
        "title": title(content),
        "kind": content["kind"],
        "names": named_sides(content),
        "opening": list(opening(content)),
        "verdict": verdict(content["misses"]),
        "changes_say": list(sentences_of_change(content)),
        "changes": list(_changes(content)),
        "typology_says": list(typology_says(content)),
        "typologies": [_row("typology", "victim", one, "missed", content) for one in content["by_typology"]],
        "traveller_says": list(traveller_says(content)),
        "travellers": list(_travellers(content)),
        "otherwise_says": otherwise_says(content),
        "rounds_say": list(rounds_say(content)),
        "trust": [*trust(content), *limits(content)],
        "moved_themes": moved_themes,
        "restoring_says": restoring_says,
        "parts": _parts(content),
        "parts_after": ("trust",),
        **linked_view(sides, content),
    }
    return rendered("compare.html", STYLES, SCRIPTS, view)


def _parts(content: Content) -> tuple[str, ...]:
    learning = ("learning",) if content["kind"] == "adversary" else ()
    return ("changed", "by_typology", "by_traveller", *learning, "otherwise")


def _sides(content: Content) -> Iterator[Side]:
    """Yield both sweeps, where the content has them."""
    for (key, name), sweep in zip(
        named_sides(content).items(), content.get("sweeps", {}).values(), strict=False
    ):
        yield side_of(sweep, content, f"{key}-", name)


def _changes(content: Content) -> Iterator[ChangeRow]:
    names = {
        "misses": text("word.victims_missed"),
        "lawful_flagged": text("word.lawful_flagged"),
        "irregular_flagged": text("word.irregular_flagged"),
        "facilitators_flagged": text("compare.facilitators_flagged"),
    }
    for key, (counted, who) in COUNTED.items():
        if content[key]["n"]:
            yield _change(names[key], who, content[key], counted)


def _row(kind: str, who: str, found: Content, counted: str, content: Content) -> ChangeRow:
    return _change(group_name(kind, found["group"], content), who, found, counted)


def _change(name: Said, who: str, found: Content, counted: str) -> ChangeRow:
    return ChangeRow(
        name,
        who,
        share(found["before"]),
        share(found["after"]),
        found[f"newly_{counted}"],
        found[f"no_longer_{counted}"],
        found["difference"],
    )


def _travellers(content: Content) -> Sequence[ChangeRow]:
    """Return the lookalikes and journeys of whom somebody is flagged otherwise, lookalikes first."""
    changed = [one for one in content["by_traveller"] if one["newly_flagged"] or one["no_longer_flagged"]]
    ranked = sorted(changed, key=lambda one: one["kind"] != "lookalike")
    return [_row("module", "lawful", one, "flagged", content) for one in ranked]
