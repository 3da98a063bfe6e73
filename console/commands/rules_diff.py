"""`saring rules diff`: what two rulebooks say otherwise, and who of the same people enters and leaves."""

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from console.commands.rules_people import (
    PeopleOptions,
    check_out,
    corpus_for,
    corpus_sentence,
    fitting_screener,
    per_10000,
    screener_json,
    screener_sentence,
    write_if_asked,
)
from console.output import Output
from console.screeners import decides
from dossier.problems import BadInput
from screening.analysis.changes import changes_between
from screening.evaluation.rulebook_difference import (
    Thresholds,
    TwiceScreened,
    all_screened,
    difference_of_rulebooks_json,
    flags_at,
    same_workload,
    screened_twice,
)
from screening.rulebook import Rulebook, load_rulebook
from screening.screener import Screener

SIDES = ("first", "second")
TITLES = {
    "truth": "By truth class",
    "typology": "Victims, by typology family",
    "sex": "By sex",
    "age_band": "By age band",
}


@dataclass(frozen=True)
class DiffOptions:
    """The options of `saring rules diff`; see its help."""

    first: str
    second: str
    people: PeopleOptions
    same_workload: bool
    out: Path | None


def differ(options: DiffOptions, output: Output) -> None:
    """Compare two rulebooks as written and, where people are named, on them.

    Raises:
        BadInput: If the options name no two rulebooks, no people, or no place for the result.
    """
    started = time.perf_counter()
    check_out(options.out)
    if options.same_workload and not options.people.are_named:
        what = "there is no workload without people"
        raise BadInput.of(what, where="--same-workload", mend="Add --scenario, or leave it out.")
    first, second = load_rulebook(options.first), load_rulebook(options.second)
    content: dict[str, Any] = {
        "schema_version": "1",
        "kind": "rulebook_difference",
        "rulebooks": {"first": first.id, "second": second.id},
        "written": changes_between(first, second).to_json(),
        "measured": _measured(first, second, options, output) if options.people.are_named else None,
    }
    write_if_asked(options.out, content)
    content["wall_s"] = round(time.perf_counter() - started, 2)
    output.result(content, lambda: _print(content, options.out, output))


def _measured(one: Rulebook, other: Rulebook, options: DiffOptions, output: Output) -> dict[str, Any]:
    first, second = fitting_screener(one), fitting_screener(other)
    corpus = corpus_for(options.people)
    parts = corpus.each(
        lambda dossiers, truth: screened_twice(first, second, dossiers, truth, corpus.stage),
        "Drawing and screening twice",
        options.people.workers,
        output,
    )
    people = all_screened(parts)
    own = Thresholds(*(each.operating_point.threshold(corpus.stage) for each in (first, second)))
    at, moved = _at_same_workload(people, first, second, own) if options.same_workload else (own, None)
    return {
        **corpus.to_json(),
        "screeners": {
            "first": screener_json(first, at.first),
            "second": screener_json(second, at.second),
        },
        "flagged": {"first": flags_at(people.first, at.first), "second": flags_at(people.second, at.second)},
        "same_workload": options.same_workload,
        "moved_threshold": moved,
        **difference_of_rulebooks_json(people, at),
    }


def _at_same_workload(
    people: TwiceScreened, first: Screener, second: Screener, own: Thresholds
) -> tuple[Thresholds, str]:
    """Return thresholds of equal workload, and whose was moved: of cards rather than of counted rules."""
    if decides(first) == "cards" and decides(second) == "rules":
        moved = same_workload(people.first, flags_at(people.second, own.second))
        return Thresholds(moved, own.second), "first"
    return Thresholds(own.first, same_workload(people.second, flags_at(people.first, own.first))), "second"


# --- printing ---------------------------------------------------------------------------------------


def _print(content: Mapping[str, Any], place: Path | None, output: Output) -> None:
    for line in _written_lines(content):
        print(line)
    if content["measured"] is not None:
        _print_measured(content["measured"], output)
    written = f"Written: {place}  " if place is not None else ""
    print(f"{written}({content['wall_s']:.1f} s)")


def _written_lines(content: Mapping[str, Any]) -> Iterator[str]:
    written, names = content["written"], content["rulebooks"]
    yield f"From {names['first']} to {names['second']}, as written:"
    for change in written["rulebook"]:
        yield f"  {change['key']}: {_arrow(change)}"
    for name in written["removed"]:
        yield f"  - {name}"
    for name in written["added"]:
        yield f"  + {name}"
    for change in written["rules"]:
        yield f"  {change['name']}, {change['key']}: {_arrow(change)}"
    for change in written["parameters"]:
        yield f"  parameter {change['name']}: {_arrow(change)}"
    if not any(written.values()):
        yield "  nothing that decides an outcome"


def _arrow(change: Mapping[str, str]) -> str:
    return f"{change['before'] or 'nothing'} -> {change['after'] or 'nothing'}"


def _print_measured(measured: Mapping[str, Any], output: Output) -> None:
    print(f"Simulated: {corpus_sentence(measured)}; the same people, screened twice.")
    for side in SIDES:
        print(f"The {side}: {screener_sentence(measured['screeners'][side])}.")
    print(_workload(measured))
    everybody = measured["everybody"]
    print(
        f"Enter: {everybody['newly_flagged']:,}. Leave: {everybody['no_longer_flagged']:,}. "
        f"Flags in 10,000: {per_10000(_of_10000(everybody))}."
    )
    for grouping, title in TITLES.items():
        groups = [found for found in measured["groups"] if found["grouping"] == grouping]
        if groups:
            heading = f"{title}: enter, leave, change in flags of 10,000 of the group (95 % interval)"
            columns = ("group", "people", "enter", "leave", "in 10,000")
            output.table(
                f"{heading} (corpus {measured['corpus'][:16]})", columns, [_cells(g) for g in groups]
            )
    print(
        "The intervals are over persons; members of one network are alike, so that for other networks than "
        "these they can be too narrow."
    )


def _workload(measured: Mapping[str, Any]) -> str:
    flagged = measured["flagged"]
    counts = f"Flagged: {flagged['first']:,} by the first, {flagged['second']:,} by the second"
    if not measured["same_workload"]:
        return f"{counts}, each at its own threshold."
    moved = measured["moved_threshold"]
    return f"{counts}: the threshold of the {moved} was moved to the same workload, as nearly as ties allow."


def _cells(found: Mapping[str, Any]) -> list[str]:
    whose = {"victim": "victims", "other": "others"}.get(found["truth"], "")
    own = found["grouping"] in ("truth", "typology")
    name = found["group"] if own else f"{found['group']}, {whose}"
    counts = (found["n"], found["newly_flagged"], found["no_longer_flagged"])
    return [name, *(f"{count:,}" for count in counts), per_10000(_of_10000(found))]


def _of_10000(found: Mapping[str, Any]) -> Mapping[str, Any]:
    return found["difference_per_10000"] or {"estimate": None}
