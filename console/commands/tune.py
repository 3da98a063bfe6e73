"""`saring tune`: a threshold with a promise for every group at once, and the certificate of it."""

import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import typer

from console.commands.tune_options import TuneOptions
from console.commands.tune_point import asked_with, check_made_of, point_json, point_sentence
from console.errors import GATE_FAILED
from console.files import write_json
from console.output import Output, counted_of, percent
from console.thresholds.ledger import LEDGER, Spent, spend
from console.thresholds.tune_page import page_content
from console.thresholds.tuning import Asked, prepared, tuned_json
from console.workbench.saved import read_point
from screening.evaluation.guarantee.thresholds import smallest_sample
from screening.evaluation.guarantee.tuning import GroupName
from screening.evaluation.pages.html_research import write_tune_html
from synthetic.cohort_files import written_aside

TUNES = Path("var/tunes")
CERTIFICATE, TUNING, PAGE = "certificate.json", "tuning.json", "tune.html"


def tune(options: TuneOptions, output: Output) -> None:
    """Set a threshold, check it, write certificate and tuning, and print what they say.

    Raises:
        typer.Exit: With code 1 where promise and capacity cannot both be kept.
    """
    started = time.perf_counter()
    point = None if options.point is None else read_point(options.point)
    options = options if point is None else asked_with(options, point)
    with output.step("Compiling the scenario") as status:
        tuning = prepared(options.asked)
        if point is not None:
            check_made_of(point, tuning)
        folder = options.folder
        with written_aside(folder, force=options.force or options.out is None) as aside:
            _spend(options, tuning.asked, tuning.made_of, tuning.cards)
            found = tuned_json(tuning, status)
            status("Writing the page")
            found |= page_content(tuning, found)
            write_json(aside / CERTIFICATE, found["certificate"])
            write_json(aside / TUNING, found)
            write_tune_html(found, aside / PAGE)
    names = {"certificate": CERTIFICATE, "tuning": TUNING, "page": PAGE}
    artifacts = {name: str(folder / file) for name, file in names.items()}
    content = {
        **found["certificate"],
        "wall_s": round(time.perf_counter() - started, 2),
        "artifacts": artifacts,
    }
    if point is not None:
        content["point"] = point_json(point, found["certificate"])
    output.result(content, lambda: _print(content, output))
    if content["capacity"]["feasible"] is False or not content.get("point", {}).get("is_kept", True):
        raise typer.Exit(GATE_FAILED)


def _spend(options: TuneOptions, asked: Asked, made_of: Mapping[str, str], cards: Any) -> None:
    """Enter the seed into the ledger; before the draw, so that a draw that was broken off is spent too."""
    names = ("rulebook", "cards", "scenario", "rulebook_hash", "cards_hash", "scenario_hash")
    on = Spent(**{name: made_of[name] for name in names}, stage=str(asked.stage))
    spend(options.ledger or LEDGER, int(asked.seed or 0), on, cards)


def _print(content: Mapping[str, Any], output: Output) -> None:
    """Print the result for a person, the headline first."""
    for line in _sentences(content):
        print(line)
    if "point" in content:
        print(point_sentence(content["point"], content["asked"]["max_miss"], content["asked"]["confidence"]))
    output.table(_title(content), _COLUMNS, [_row(group) for group in content["groups"]])
    for line in _next_step(content):
        print(line)
    for empty in content["empty_groups"]:
        print(empty["text"]["en"])
    for line in _closing(content):
        print(line)


def _sentences(content: Mapping[str, Any]) -> Iterator[str]:
    yield content["statement"]["en"]
    yield content["headline"]["text"]["en"]
    yield content["claim"]["en"]
    others = content["others"]
    lawful, irregular = others["lawful_flagged"], others["irregular_flagged"]
    yield (
        f"Flagged wrongly: {counted_of(lawful, 'lawful_flagged', 'lawful traveller')}; "
        f"{counted_of(irregular, 'irregular_flagged', 'irregular traveller')}."
    )
    capacity = content["capacity"]
    flags = capacity["here"]["flags_per_10000"]
    yield (
        f"Workload: {flags['estimate']:,.0f} flags among 10,000 applicants ({flags['low']:,.0f}-"
        f"{flags['high']:,.0f}), where {100 * capacity['share_of_victims']:.3g} % of them are victims."
    )
    if capacity["feasible"]:
        yield f"The capacity of {capacity['asked']:,g} flags among 10,000 applicants is kept."


_COLUMNS = ("group", "victims", "may miss", "needs", "fresh victims missed")


def _title(content: Mapping[str, Any]) -> str:
    sure = content["asked"]["confidence"]
    return (
        f"Groups, the hardest to protect first: how many of its victims may be missed, the threshold it "
        f"needs, and fresh victims missed at {content['threshold'] / 100:.2f} ({100 * sure:g} % intervals)"
    )


def _row(group: Mapping[str, Any]) -> Sequence[str]:
    missed = group["miss_rate"]
    return (
        f"{group['grouping']}: {group['group']}",
        f"{group['n']:,}",
        f"{group['allowed']:,}",
        f"{group['threshold'] / 100:.2f}",
        f"{missed['missed']:,} of {missed['n']:,} = {percent(missed)}",
    )


def _next_step(content: Mapping[str, Any]) -> Iterator[str]:
    """Yield what the next tighter promise would need; the victims needed are the same for every group."""
    groups = content["groups"]
    steps = {f"{group['grouping']}: {group['group']}": group["next_tighter"] for group in groups}
    step = next(iter(steps.values()))
    first, *further = step["needs"]
    needed = [f"{first['n']:,} with {first['allowed'] or 'none'} missed"]
    needed += [f"{need['n']:,} with {need['allowed']}" for need in further]
    short = {name: one["needs"][0]["more"] for name, one in steps.items() if one["needs"][0]["more"]}
    yield (
        f"To promise at most {100 * step['max_miss']:g} %, the next tighter step, a group needs "
        f"{', '.join(needed)}; {_short(short) or 'all groups have enough.'}"
    )
    if not short:
        tighter = min(one["threshold"] for one in steps.values()) / 100
        yield (
            "It is shown because a tighter promise costs more flags: its threshold, by the victims drawn "
            f"here, would be {tighter:.2f} and not {content['threshold'] / 100:.2f}."
        )
    else:
        yield "It is shown because a tighter promise takes more victims, or more flags, and often both."


def _short(short: Mapping[str, int]) -> str:
    """Return which groups have too few; nothing where none has."""
    groups = ", ".join(f"{name} ({more:,} more needed)" for name, more in short.items())
    return groups and f"too few victims were drawn of {groups}."


def _closing(content: Mapping[str, Any]) -> Iterator[str]:
    asked = content["asked"]
    fewest = smallest_sample(asked["max_miss"], asked["confidence"])
    if thin := [group for group in content["groups"] if group["n"] < asked["victims"]]:
        names = ", ".join(f"{group['group']} ({group['n']:,}{_by_age(group)})" for group in thin)
        yield f"Rare groups, with fewer victims than asked but no fewer than {fewest:,}: {names}."
    yield f"Page:        {content['artifacts']['page']}  ({content['wall_s']:.0f} s)"
    yield f"Certificate: {content['artifacts']['certificate']}"
    yield f"To check it again: saring verify {content['artifacts']['certificate']}"


def _by_age(group: Mapping[str, Any]) -> str:
    """Return by which age people were grouped, where age divides them."""
    return ", by recorded age" if GroupName(group["grouping"], group["group"]).is_by_age else ""
