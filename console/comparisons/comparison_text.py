"""What `saring compare` says to a person: sentences, tables, and how far to trust them.

It computes nothing; every number is one of the comparison's JSON content.
"""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from console.output import Output, number_of, percent, said_percent
from console.setting import nothing_applies
from dossier.fields import fields
from screening.referral import policy
from synthetic.modules import released_modules

MOST_ANSWERS = 8
"""Fields named in the sentence on what changed; the JSON has all."""

KINDS = {
    "misses": ("missed", "victim"),
    "lawful_flagged": ("flagged", "lawful traveller"),
    "irregular_flagged": ("flagged", "irregular traveller"),
    "facilitators_flagged": ("flagged", "facilitator"),
}
TABLES = {
    "lookalike": "Lookalikes flagged, nobody of them a victim",
    "journey": "Other travellers flagged, nobody of them a victim",
}


def print_comparison(content: Mapping[str, Any], output: Output, written: Sequence[Path]) -> None:
    """Print a comparison: words first, then tables, then how far to trust them.

    Args:
        content: What `saring compare --json` prints.
        output: How to print.
        written: The files it was written to, if any.
    """
    for line in _opening(content):
        print(line)
    if not _is_idle(content):
        _print_changes(content, output)
    places = f"Written: {', '.join(map(str, written))}  " if written else ""
    cost = f"{content['wall_s']:.0f} s; peak memory of this process {content['peak_rss_mib']:.0f} MiB"
    print(f"{places}({cost})")


def _is_idle(content: Mapping[str, Any]) -> bool:
    """Tell whether nothing of any lever applies, so that there is nothing to say but that."""
    return content["kind"] == "levers" and not any(lever["applies"] for lever in content["levers"])


def _print_changes(content: Mapping[str, Any], output: Output) -> None:
    for line in (*_rates(content), *_moved(content)):
        print(line)
    _table(content["by_typology"], "Victims missed, by typology family", "missed", content, output)
    for kind, title in TABLES.items():
        changed = [
            found
            for found in content["by_traveller"]
            if found["kind"] == kind and (found["newly_flagged"] or found["no_longer_flagged"])
        ]
        _table(changed, f"{title}; whoever is not named is flagged as before", "flagged", content, output)
    if content["kind"] == "adversary":
        _table_of_restoring(content["adversary"]["restoring"], output)
    for line in (*_trust(content), *_limits(content)):
        print(line)


# --- sentences --------------------------------------------------------------------------------------


def _opening(content: Mapping[str, Any]) -> Iterator[str]:
    same = number_of(content["n"], "synthetic applicant")
    drawn = f"the same {same}, screened twice at the {content['stage']} stage"
    if content["kind"] == "runs":
        yield f"{content['scenario']}: {drawn}."
        for name, run in zip(content["sides"].values(), content["runs"], strict=True):
            levers = f", levers {', '.join(run['levers'])}" if run["levers"] else ""
            marks = f"cards {run['cards']}, rulebook {run['rulebook']}, threshold {run['threshold']:+.2f}"
            rate = "" if run["base_rate"] is None else f", base rate {run['base_rate']:.6g}"
            yield f"The {name} run, {run['folder']}: {marks}{levers}{rate}."
        if len({run["base_rate"] for run in content["runs"]}) > 1:
            yield "They stand for different shares of victims; the rates below are those of the people drawn."
        if not content["same_dossiers"]:
            yield "Their dossiers differ: a lever, a step of difficulty or another version drew one of them."
        return
    names = " and ".join(lever["title"]["en"] for lever in content["levers"])
    if content["kind"] == "adversary":
        taken = f", with {names}" if names else ""
        yield f"{content['title']['en']}{taken}, before and after networks learn."
        yield f"Drawn: {drawn}, at one threshold ({content['threshold']:+.2f})."
        yield from _learned(content["adversary"])
        return
    yield f"{content['title']['en']}, with and without: {names}."
    yield f"Drawn: {drawn}, at one threshold ({content['threshold']:+.2f})."
    for lever in content["levers"]:
        yield from _what_applies(lever, content["stage"])
    if _is_idle(content):
        return
    yield f"Dossiers that read otherwise at this stage: {content['dossiers_changed']:,}{_answers(content)}."


def _learned(learning: Mapping[str, Any]) -> Iterator[str]:
    """Yield what networks saw and moved, typology by typology, and what restoring would cost."""
    rounds = learning["rounds"]
    for module in dict.fromkeys(one["module"] for one in rounds):
        own = [one for one in rounds if one["module"] == module]
        shares = "; ".join(percent(one["flagged"]) for one in own)
        moved = ", ".join(sorted({theme for one in own for theme in one["moved"]})) or "nothing"
        left = 100 * (1 - own[-1]["share_still_at_work"])
        yield (
            f"    {_called(module)}: of {own[0]['flagged']['n']:,} in each round were flagged, round by "
            f"round, {shares} (95 % intervals). What networks changed: {moved}; {left:.0f} % of them gave up."
        )
    restoring = learning["restoring"]
    before, after = restoring["others"]["flagged"], restoring["others"]["flagged_restored"]
    yield (
        f"To find as many as before, the threshold would fall to {restoring['threshold_restored']:+.2f} by "
        f"the victims measured; at this very threshold {said_percent(after)} of {after['n']:,} others "
        f"would be flagged instead of {said_percent(before)}."
    )


def _answers(content: Mapping[str, Any]) -> str:
    """Return which answers read otherwise, the most frequent first."""
    ranked = sorted(content["answers_changed"].items(), key=lambda item: -item[1])
    known = fields()
    named = "; ".join(f"{known[name].label.en}: {count:,}" for name, count in ranked[:MOST_ANSWERS])
    more = len(ranked) - MOST_ANSWERS
    return (f" ({named}; and {more} more answers)" if more > 0 else f" ({named})") if ranked else ""


def _what_applies(lever: Mapping[str, Any], stage: str) -> Iterator[str]:
    if not lever["applies"]:
        yield nothing_applies(lever["id"])
    elif not lever["seen_at_this_stage"]:
        later = lever["first_seen_at"]
        yield f"NOTHING OF '{lever['id']}' IS SEEN at the {stage} stage. Compare with --stage {later}."
    if lever["nowhere_to_go"]:
        stay = ", ".join(lever["nowhere_to_go"])
        yield f"'{lever['id']}' diverts nobody of {stay}: the scenario does not list where they would go."


def _rates(content: Mapping[str, Any]) -> Iterator[str]:
    before, after = content["victims_before"], content["victims_after"]
    if before != after:
        yield f"Victims: {before:,} {_side(content, 0)}, {after:,} {_side(content, 1)}."
    for key, (counted, who) in KINDS.items():
        if content[key]["n"]:
            yield _sentence(content, content[key], counted, who)


def _sentence(content: Mapping[str, Any], change: Mapping[str, Any], counted: str, who: str) -> str:
    first = f"{change['before'][counted]:,} of {number_of(change['n'], who)} {_side(content, 0)}"
    second = f"{change['after'][counted]:,} {_side(content, 1)}"
    gained, lost = change[f"newly_{counted}"], change[f"no_longer_{counted}"]
    split = f"{gained:,} newly {counted}, {lost:,} no longer"
    return f"{counted.capitalize()}: {first}, {second}: {_verdict(change)}; {split}."


def _verdict(change: Mapping[str, Any]) -> str:
    found = change["difference"]
    if change["before"] == change["after"] and change["p_value"] == 1:
        word = "no change"
    elif found["low"] <= 0 <= found["high"]:
        word = "no difference shown"
    else:
        word = "more" if found["estimate"] > 0 else "fewer"
    return f"{word}, {_points(found, ' points')}"


def _points(found: Mapping[str, Any], unit: str = "") -> str:
    """Return a difference in percentage points with its interval, such as "-1.23 (-1.50, -0.98)"."""
    estimate, low, high = (100 * found[name] for name in ("estimate", "low", "high"))
    return f"{estimate:+.2f}{unit} ({low:+.2f}, {high:+.2f})"


def _moved(content: Mapping[str, Any]) -> Iterator[str]:
    moved = content["set_out_otherwise"]
    if moved:
        total = sum(found["n"] for found in moved)
        yield f"Set out otherwise, in no rate above: {number_of(total, 'applicant')}."
    for found in moved:
        yield (
            f"    {found['n']:,} of “{_called(found['module'])}” as “{_called(found['module_after'])}”; "
            f"{found['flagged']:,} flagged {_side(content, 0)}, "
            f"{found['flagged_after']:,} {_side(content, 1)}."
        )


def _side(content: Mapping[str, Any], which: int) -> str:
    name = list(content["sides"].values())[which]
    return f"in the {name} run" if content["kind"] == "runs" else str(name)


# --- tables -----------------------------------------------------------------------------------------


def _table(
    groups: list[Mapping[str, Any]], title: str, counted: str, content: Mapping[str, Any], output: Output
) -> None:
    """Print what changed for each group; nothing where there is none."""
    if groups:
        columns = ("", "people", *content["sides"].values(), "new / gone", "points (95 %)")
        output.table(title, columns, [_cells(found, counted) for found in groups])


def _table_of_restoring(restoring: Mapping[str, Any], output: Output) -> None:
    """Print whom a threshold that finds as many as before would flag, by journey and lookalike."""
    rows = [
        [
            _called(found["module"]),
            f"{found['flagged']['n']:,}",
            percent(found["flagged"]),
            percent(found["flagged_restored"]),
        ]
        for found in sorted(
            restoring["travellers"],
            key=lambda one: one["flagged"]["estimate"] - one["flagged_restored"]["estimate"],
        )
    ]
    columns = ("", "people", "flagged now", "flagged if as many victims were to be found as before")
    output.table("What restoring would cost people who are nobody's victim", columns, rows)


def _cells(found: Mapping[str, Any], counted: str) -> list[str]:
    gained, lost = found[f"newly_{counted}"], found[f"no_longer_{counted}"]
    return [
        _called(found["group"]),
        f"{found['n']:,}",
        f"{found['before'][counted]:,}",
        f"{found['after'][counted]:,}",
        f"{gained:,} / {lost:,}",
        _points(found["difference"]),
    ]


def titles(content: Mapping[str, Any]) -> dict[str, Any]:
    """Return what modules, typology families and answers are called, in both languages, for a page."""
    released = {module: found[0].module.title.model_dump() for module, found in released_modules().items()}
    families = {family: title.model_dump() for family, title in policy().title.items()}
    answers = {name: fields()[name].label.model_dump() for name in content.get("answers_changed", ())}
    return {"patterns": families, "travellers": released, "answers": answers}


def _called(group: str) -> str:
    """Return the title of a module, or of the typology that a family is named after; its words otherwise."""
    released = released_modules()
    found = released.get(group) or released.get(f"typology.{group}")
    return found[0].module.title.en if found else group.rpartition(".")[2].replace("_", " ")


# --- how far to trust them --------------------------------------------------------------------------


def _trust(content: Mapping[str, Any]) -> Iterator[str]:
    found = content["networks"]
    yield "Intervals are exact over persons: at least 95 in 100 hold. Each stands alone; of many, some miss."
    if found["networks"]:
        yield (
            "But members of one network are alike, found together or missed together: persons are not "
            f"independent. The victims belong to {number_of(found['networks'], 'network')}; something "
            f"changed for members of {found['networks_changed']:,}."
        )
    if found["low"] is not None:
        reach = f"{100 * found['low']:+.2f} to {100 * found['high']:+.2f} points"
        yield (
            f"Over networks the change in misses is, approximately, {reach}. For other networks than these, "
            "trust the wider interval."
        )


def _limits(content: Mapping[str, Any]) -> Iterator[str]:
    if content["kind"] == "adversary":
        yield "How networks learn is assumed (grade D) and abstract: this shows a mechanism, not a forecast."
        return
    for lever in content.get("levers", ()):
        yield f"What “{lever['title']['en']}” cannot do, and whom it burdens: {lever['limits']['en']}"
    if content["kind"] == "levers":
        yield "How strongly a lever acts is assumed (grade D): this shows a mechanism, not a forecast."
