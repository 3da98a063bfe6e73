"""`saring rules coverage`: on whom each rule fires, what it alone finds, what would change without it."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from console.commands.rules_people import (
    PeopleOptions,
    check_out,
    corpus_for,
    corpus_sentence,
    fitting_screener,
    in_percent,
    per_10000,
    points,
    screener_json,
    screener_sentence,
    write_if_asked,
)
from console.output import Output, counted_of, percent
from screening.evaluation.rule_coverage import coverage_counts, coverage_json, joined_coverage
from screening.rulebook import load_rulebook

MOST_PAIRS = 20
"""Pairs of rules that are listed; the rest overlap less."""


@dataclass(frozen=True)
class CoverageOptions:
    """The options of `saring rules coverage`; see its help."""

    rulebook: str
    people: PeopleOptions
    out: Path | None


def cover(options: CoverageOptions, output: Output) -> None:
    """Measure, print, and write the record where that is asked for.

    Raises:
        BadInput: If the options name no rulebook, no people, or no place for the result.
    """
    started = time.perf_counter()
    check_out(options.out)
    screener = fitting_screener(load_rulebook(options.rulebook))
    corpus = corpus_for(options.people)
    parts = corpus.each(
        lambda dossiers, truth: coverage_counts(screener, dossiers, truth, corpus.stage),
        "Drawing and screening",
        options.people.workers,
        output,
    )
    content = {
        "schema_version": "1",
        "kind": "coverage",
        **corpus.to_json(),
        "screener": screener_json(screener, screener.operating_point.threshold(corpus.stage)),
        "not_yet_at_this_stage": [rule.id for rule in screener.rulebook.rules if rule.stage > corpus.stage],
        **coverage_json(joined_coverage(parts), MOST_PAIRS),
    }
    write_if_asked(options.out, content)
    content["wall_s"] = round(time.perf_counter() - started, 2)
    output.result(content, lambda: _print(content, options.out, output))


def _print(content: Mapping[str, Any], place: Path | None, output: Output) -> None:
    print(f"Simulated: {corpus_sentence(content)}.")
    print(f"Screened by {screener_sentence(content['screener'])}.")
    print(f"Missed: {counted_of(content['miss_rate'], 'missed', 'victim')}")
    wrong = counted_of(content["false_flag_rate"], "flagged", "lawful or irregular traveller")
    print(f"Flagged wrongly: {wrong}")
    seen = [found for found in content["rules"] if found["rule"] not in content["not_yet_at_this_stage"]]
    _table_of_firing(seen, content, output)
    _table_of_finding(seen, content, output)
    _table_without(seen, content, output)
    _table_of_overlaps(content, output)
    if later := content["not_yet_at_this_stage"]:
        print(f"Read at a later stage only: {', '.join(later)}.")
    print(
        "Without a rule means: taken away today, with cards and threshold as they are. The intervals are "
        "over persons; members of one network are alike, so that for others they can be too narrow."
    )
    written = f"Written: {place}  " if place is not None else ""
    print(f"{written}({content['wall_s']:.1f} s)")


def _titled(title: str, content: Mapping[str, Any]) -> str:
    return f"{title} (corpus {content['corpus'][:16]}, n {content['n']:,})"


def _table_of_firing(rules: list[dict[str, Any]], content: Mapping[str, Any], output: Output) -> None:
    people = content["people"]
    columns = ("rule", *(f"{name} of {people[name]:,}" for name in ("victim", "lawful", "irregular")))
    rows = [
        [
            found["rule"],
            *(in_percent(found[f"fires_on_{name}"]) for name in ("victim", "lawful", "irregular")),
        ]
        for found in rules
    ]
    output.table(_titled("On whom each rule fires, in % (95 % interval)", content), columns, rows)


def _table_of_finding(rules: list[dict[str, Any]], content: Mapping[str, Any], output: Output) -> None:
    columns = ("rule", "victims", "lawful", "irregular", "alone on victims", "on others")
    rows = [
        [
            found["rule"],
            *(f"{found[name]:,}" for name in ("saves", "stops_lawful", "stops_irregular")),
            f"{found['alone_on_victim']['fired']:,}",
            f"{found['alone_on_lawful']['fired'] + found['alone_on_irregular']['fired']:,}",
        ]
        for found in rules
    ]
    title = "Whose flag depends on it, and on whom no other rule fires"
    output.table(_titled(title, content), columns, rows)


def _table_without(rules: list[dict[str, Any]], content: Mapping[str, Any], output: Output) -> None:
    columns = ("rule", "misses, points", "flags in 10,000", "false flags alone, %")
    rows = [
        [
            found["rule"],
            points(found["misses_without"]),
            per_10000(found["flags_per_10000_without"]),
            in_percent(found["false_flag_rate"]),
        ]
        for found in rules
    ]
    output.table(_titled("What would change without it (95 % interval)", content), columns, rows)


def _table_of_overlaps(content: Mapping[str, Any], output: Output) -> None:
    rows = [
        [f"{pair['first']} & {pair['second']}", f"{pair['both']:,} of {pair['n']:,}", percent(pair)]
        for pair in content["overlaps"]
    ]
    if rows:
        title = "Largest overlaps: both fire, of those on whom either does"
        output.table(_titled(title, content), ("rules", "people", "Jaccard"), rows)
