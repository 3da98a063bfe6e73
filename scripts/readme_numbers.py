"""Writes the measured numbers of README.md from the commands beside them, or checks that they are so.

    python -m scripts.readme_numbers [--check] [--only BLOCK ...]

A block of numbers stands between two comments that name it. Some blocks run `saring` (some minutes together);
others read what a benchmark program or a training kept, so that a slower machine does not change them. No
number of a block is typed.
"""

import argparse
import difflib
import json
import re
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

ROOT = Path(__file__).parents[1]
README = ROOT / "README.md"
RESULTS = ROOT / "benchmarks" / "results"
CERTIFICATE = ROOT / "screening" / "certificates" / "saring-2026.json"
BLOCK = re.compile(
    r"(?P<begin><!-- numbers: (?P<name>\w+) -->\n)(?P<body>.*?)(?P<end><!-- numbers: end -->)", re.DOTALL
)

CASES = ("phnom_penh_2022", "batam_2022")
YARDSTICKS = {
    "oracle": "missed by the best possible screener at the same workload",
    "challenger": "missed by the unrestricted challenger at the same workload",
    "logistic": "missed by plain logistic regression at the same workload",
    "rules_only": "missed by counting the rules, without cards, at the same workload",
}
RULEBOOKS = {
    "paper-004": "the procedure of paper 004",
    "women-17-45": "the instruction of 2023, women of 17 to 45,",
    "ilo-pre-departure": "the ILO indicators readable before departure",
}
LEVERS = (
    ("interview_training", "phnom_penh_2022", "verification"),
    ("repatriation_feedback", "phnom_penh_2022", "verification"),
    ("field_checks", "phnom_penh_2022", "verification"),
    ("officer_capacity", "phnom_penh_2022", "verification"),
    ("registry_link", "altered_age_minor", "verification"),
    ("ultraviolet_forensics", "altered_age_minor", "verification"),
    ("intelligence_feed", "airport_day", "checkpoint"),
    ("autogates", "phnom_penh_2022", "checkpoint"),
)
LEVER_APPLICANTS = 100_000

Found = Mapping[str, Any]


def headline() -> Iterator[str]:
    """Yield a table: whom each screener misses and flags in the two documented cases."""
    runs = [asked("run", case, "--n", "200000", "--seed", "1") for case in CASES]
    yield from head("", *(f"`{case}`" for case in CASES))
    yield row("simulated victims missed", *(share(run["miss_rate"], "missed") for run in runs))
    yield row("lawful travellers flagged", *(share(run["lawful_flagged"], "flagged") for run in runs))
    yield row("irregular travellers flagged", *(share(run["irregular_flagged"], "flagged") for run in runs))
    for name, words in YARDSTICKS.items():
        yield row(words, *(share(run[name]["miss_rate_at_same_workload"], "missed") for run in runs))
    for name, words in RULEBOOKS.items():
        others = [next(one for one in run["baselines"] if one["rulebook"] == name) for run in runs]
        yield row(
            f"missed if {words} decided instead", *(share(one["miss_rate"], "missed") for one in others)
        )
        yield row(
            "— lawful travellers whom that would flag",
            *(share(one["lawful_flagged"], "flagged") for one in others),
        )


def released_threshold() -> Iterator[str]:
    """Yield what the released threshold is certified for, and what it does on its own draw."""
    stage = json.loads(CERTIFICATE.read_text("utf-8"))["stages"]["verification"]
    yield stage["claim"]
    yield (
        f"On its own fresh draw it misses {share(stage['miss_rate'], 'missed')} of the victims "
        f"and flags {share(stage['false_flag_rate'], 'flagged')} of the others."
    )


def cards_and_challenger() -> Iterator[str]:
    """Yield a table: cards, unrestricted challenger and oracle on the same people."""
    columns = ("scenario", "false-flag rate", "cards", "challenger", "oracle")
    yield from head(*columns, "cards minus challenger, paired 95 % interval")
    for one in kept("cards_against_challenger"):
        if one["unseen"] is None:
            rates = [one[f"{name}_miss_rate"] for name in ("cards", "challenger", "oracle")]
            told = [f"{one['false_flag_rate']:.1%}", *(f"{rate:.1%}" for rate in rates)]
            low, high = one["interval"]
            difference = points(one["cards_minus_challenger"], low, high)
            yield row(one["scenario"], *(text.replace("%", " %") for text in told), difference)


def other_libraries() -> Iterator[str]:
    """Yield how thresholds and intervals compare with other libraries."""
    found = kept("evaluation")
    sweep, even = found["sweep"], next(one for one in found["gaps"] if one["true_gap"] == 0)
    ours, theirs = even["ours"], even["fairlearn"]
    counted = f"{1000 * sweep['sweep_s']:.2f} ms once these are counted ({1000 * sweep['counting_s']:.0f} ms)"
    held = f"{ours['holds_the_truth']:,} of {ours['runs']:,} simulations"
    yield (
        f"- both rates at every threshold of {sweep['people']:,} scores: {counted}; "
        f"`roc_curve`: {sweep['peers_s']['roc_curve']:.1f} s"
    )
    yield (
        f"- intervals for the gap between five groups that have none hold in {held}; "
        f"fairlearn's in {theirs['holds_the_truth']} of {theirs['runs']}"
    )


def at_scale() -> Iterator[str]:
    """Yield what drawing and screening take."""
    drawing, screening, whole = kept("drawing"), kept("screening"), kept("end_to_end")
    numbers, run = drawing["numbers"], max(whole["runs"], key=lambda one: one["rows"])
    ratios = [one["ratio"] for one in screening["boosting"]]
    engine = min(one["times"] for one in screening["engines"] if one["peer"] == "zen-engine")
    yield (
        f"- drawing takes {numbers['us_per_row']:.2f} µs a row: {numbers['ratio']:.1f} times as long as raw "
        f"random numbers, {drawing['faker']['times']:.0f} times faster than Faker, "
        f"{drawing['sdv']['times']:.0f} times faster than SDV's copula"
    )
    yield (
        f"- rules, cards and reasons take {min(ratios):.2f} to {max(ratios):.2f} times as long as a boosted "
        f"model's predictions; the rules alone are {engine:,.0f} times faster than zen-engine"
    )
    yield (
        f"- {run['rows']:,} applicants are drawn, screened at four stages and evaluated in "
        f"{run['wall_s']:.0f} s on two cores, with at most {run['largest_process_mib']} MiB in one process "
        f"({run['all_processes_mib']:,} MiB in all together)"
    )


def classroom() -> Iterator[str]:
    """Yield how long decisions of a large class take."""
    found = kept("classroom")
    for name, key in (("SQLite", "sqlite"), ("PostgreSQL", "postgresql")):
        own, at_once = found[f"{key}_own_pace"], found[f"{key}_at_once"]
        wrong = sum(part[what] for part in (own, at_once) for what in ("lost", "doubled"))
        times = [f"{1000 * part['decide']['p95_s']:,.0f} ms" for part in (own, at_once)]
        yield (
            f"- {own['seats']} seats on {name}: 95 of 100 decisions are recorded within {times[0]}, and "
            f"within {times[1]} when all press the button at the same moment; {wrong} of "
            f"{own['confirmed'] + at_once['confirmed']:,} lost or doubled"
        )


def levers() -> Iterator[str]:
    """Yield a table: what each lever changes on the same people."""
    columns = ("lever", "scenario, stage", "victims missed", "points")
    yield from head(*columns, "lawful flagged, points", "irregular flagged, points")
    for lever, scenario, stage in LEVERS:
        size = str(LEVER_APPLICANTS)
        found = asked("compare", scenario, "--lever", lever, "--stage", stage, "--n", size, "--seed", "1")
        misses = found["misses"]
        counts = f"{misses['before']['missed']:,} → {misses['after']['missed']:,} of {misses['n']:,}"
        changes = [found[name]["difference"] for name in ("misses", "lawful_flagged", "irregular_flagged")]
        yield row(
            lever,
            f"{scenario}, {stage}",
            counts,
            *(points(one["estimate"], one["low"], one["high"]) for one in changes),
        )


QUICK: Mapping[str, Callable[[], Iterable[str]]] = {
    "released_threshold": released_threshold,
    "cards_and_challenger": cards_and_challenger,
    "other_libraries": other_libraries,
    "at_scale": at_scale,
    "classroom": classroom,
}
"""Read from what is kept."""
BLOCKS: Mapping[str, Callable[[], Iterable[str]]] = {**QUICK, "headline": headline, "levers": levers}


def head(*columns: str) -> Iterator[str]:
    """Yield the head of a table; all columns but the first are figures."""
    yield row(*columns)
    yield "|---" + "|--:" * (len(columns) - 1) + "|"


def row(*cells: str) -> str:
    """Return a line of a table."""
    return f"| {' | '.join(cells)} |"


def share(rate: Found, counted: str) -> str:
    """Return a rate with its interval, count and n.

    Examples:
        >>> share({"estimate": 0.5, "low": 0.25, "high": 0.75, "n": 1000, "missed": 500}, "missed")
        '50.0 % (25.0–75.0; 500 of 1,000)'
    """
    low, high = 100 * rate["low"], 100 * rate["high"]
    return f"{100 * rate['estimate']:.1f} % ({low:.1f}–{high:.1f}; {rate[counted]:,} of {rate['n']:,})"


def points(estimate: float, low: float, high: float) -> str:
    """Return a difference of shares in points, with its interval.

    Examples:
        >>> points(-0.041, -0.055, -0.0001)
        '-4.1 (-5.5 to 0.0)'
    """
    told = [f"{100 * value:+.1f}" for value in (estimate, low, high)]
    first, *others = ("0.0" if float(text) == 0 else text for text in told)
    return f"{first} ({' to '.join(others)})"


@cache
def kept(name: str) -> Any:
    """Return what a benchmark program kept."""
    return json.loads((RESULTS / f"{name}.json").read_text("utf-8"))


def asked(*arguments: str) -> Any:
    """Return what a command of saring says with `--json`.

    Raises:
        CalledProcessError: If it fails.
    """
    with TemporaryDirectory() as folder:
        saring = str(Path(sys.executable).with_name("saring"))
        done = subprocess.run(
            [saring, *arguments, "--json", "--quiet", "--out", f"{folder}/run"],
            check=True,
            cwd=ROOT,
            stdout=subprocess.PIPE,
            text=True,
        )
    return json.loads(done.stdout)


def with_numbers(page: str, names: Iterable[str]) -> str:
    """Return a page with the named blocks written anew.

    Raises:
        KeyError: If the page has a block of a name that is not known.
    """
    written = set(names)

    def anew(found: re.Match[str]) -> str:
        if found["name"] not in written:
            return found[0]
        lines = "".join(f"{line}\n" for line in BLOCKS[found["name"]]())
        return f"{found['begin']}{lines}{found['end']}"

    return BLOCK.sub(anew, page)


def main(arguments: Sequence[str]) -> int:
    """Write or check the numbers; return 1 if some differ."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("--check", action="store_true", help="change nothing; exit 1 where a number differs")
    parser.add_argument("--only", nargs="+", choices=sorted(BLOCKS), default=sorted(BLOCKS), metavar="BLOCK")
    told = parser.parse_args(arguments)
    page = README.read_text("utf-8")
    found = with_numbers(page, told.only)
    if not told.check:
        README.write_text(found, "utf-8")
        return 0
    difference = difflib.unified_diff(
        page.splitlines(keepends=True), found.splitlines(keepends=True), "README.md", "what the commands say"
    )
    sys.stdout.writelines(difference)
    return int(page != found)


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
