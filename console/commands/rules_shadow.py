"""`saring rules shadow`: rules on trial, read beside the live ones; nobody's recommendation changes."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from console.commands.rules_corpora import Corpus
from console.commands.rules_people import (
    PeopleOptions,
    check_out,
    corpus_for,
    fitting_screener,
    in_percent,
    screener_json,
    screener_sentence,
    write_if_asked,
)
from console.output import Output, number_of
from dossier.problems import BadInput
from screening.evaluation.shadow import (
    ShadowCounts,
    Watermark,
    check_continuable,
    joined_shadow,
    read_shadow,
    shadow_counts,
    shadow_json,
    with_shadow_rules,
)
from screening.rulebook import load_rulebook
from screening.screener import Screener

TABLES = {
    "fires_on": "On whom each shadow rule fires",
    "adds": "On whom it fires and no live rule does",
    "not_flagged": "On whom it fires and who are not flagged",
}


@dataclass(frozen=True)
class ShadowOptions:
    """The options of `saring rules shadow`; see its help."""

    rulebook: str
    people: PeopleOptions
    out: Path | None
    append: bool


def try_shadow_rules(options: ShadowOptions, output: Output) -> None:
    """Count, add to earlier counts where that is asked for, print, and write.

    Raises:
        BadInput: If the options name no shadow rules, no people, or counts that cannot be continued.
    """
    started = time.perf_counter()
    check_out(options.out)
    before = _before(options)
    screener = fitting_screener(load_rulebook(options.rulebook))
    with_shadow_rules(screener.rulebook)
    corpus = corpus_for(options.people)
    counts = _counted(screener, corpus, options, output, before)
    content = {
        **shadow_json(counts),
        "screener": screener_json(screener, screener.operating_point.threshold(corpus.stage)),
        "n": sum(counts.people.values()),
    }
    write_if_asked(options.out, content)
    content["wall_s"] = round(time.perf_counter() - started, 2)
    output.result(content, lambda: _print(content, options.out, output))


def _before(options: ShadowOptions) -> ShadowCounts | None:
    """Return the counts to be continued; raises where counts would be lost or there are none."""
    if options.append and options.out is None:
        what = "there is no file to add to"
        raise BadInput.of(what, where="--append", mend="Name it with --out.")
    if options.append and options.out is not None:
        return read_shadow(options.out)
    if options.out is not None and options.out.exists():
        what = "there is such a file already"
        raise BadInput.of(what, where=str(options.out), mend="Add --append, or name another file.")
    return None


def _counted(
    screener: Screener, corpus: Corpus, options: ShadowOptions, output: Output, before: ShadowCounts | None
) -> ShadowCounts:
    """Return the counts of these people, with those before; refuses before anybody is drawn."""
    dossiers, truth = corpus.parts[-1]()
    last = int(dossiers.applicants[-1])
    mark = Watermark(
        corpus=corpus.hash,
        world=corpus.world_hash,
        draw=corpus.draw_hash,
        rows=corpus.size,
        last_applicant=last,
    )
    if before is not None:
        few = shadow_counts(screener, corpus.scenario, dossiers, truth, corpus.stage)
        check_continuable(before, few.model_copy(update={"watermarks": (mark,)}), str(options.out))
    parts = corpus.each(
        lambda dossiers, truth: shadow_counts(screener, corpus.scenario, dossiers, truth, corpus.stage),
        "Drawing and screening",
        options.people.workers,
        output,
    )
    counts = joined_shadow(parts).model_copy(update={"watermarks": (mark,)})
    return counts if before is None else joined_shadow([before, counts])


def _print(content: Mapping[str, Any], place: Path | None, output: Output) -> None:
    print(
        f"Simulated: {number_of(content['n'], 'synthetic applicant')} of {content['scenario']}, at the "
        f"{content['stage']} stage."
    )
    print(f"In force: {screener_sentence(content['screener'])}. Shadow rules change no recommendation.")
    marks = content["watermarks"]
    for mark in marks:
        print(
            f"Seen: {number_of(mark['rows'], 'row')}, the last applicant {mark['last_applicant']}, corpus "
            f"{mark['corpus'][:16]}."
        )
    corpora = f"corpus {', '.join(mark['corpus'][:8] for mark in marks)}; n {content['n']:,}"
    _table_of_outcomes(content, corpora, output)
    classes = ("victim", "lawful", "irregular")
    for name, title in TABLES.items():
        rows = [
            [_called(found), *(in_percent(found[f"{name}_{each}"]) for each in classes)]
            for found in content["added"]
        ]
        columns = ("rule", *(f"{each} of {content['people'][each]:,}" for each in classes))
        if rows:
            output.table(f"{title}, in % (95 % interval; {corpora})", columns, rows)
    if not content["added"]:
        print("No shadow rule can be read at this stage.")
    written = f"Written: {place}  " if place is not None else ""
    print(f"{written}({content['wall_s']:.1f} s)")


def _table_of_outcomes(content: Mapping[str, Any], corpora: str, output: Output) -> None:
    classes = tuple(content["people"])
    rows = [
        [
            _called(rule) if first else "",
            outcome,
            *(f"{rule['outcomes'][outcome][each]:,}" for each in classes),
        ]
        for rule in content["rules"]
        if rule["status"] == "shadow"
        for first, outcome in ((True, "present"), (False, "unknown"), (False, "absent"))
    ]
    output.table(f"Outcomes of the shadow rules ({corpora})", ("rule", "outcome", *classes), rows)


def _called(rule: Mapping[str, Any]) -> str:
    return f"{rule['rule']} v{rule['version']}"
