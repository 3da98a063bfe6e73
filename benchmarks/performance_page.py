"""The page about speed and memory, made of the results of all benchmark programs; no figure on it is typed.

Run it after them: `python -m benchmarks.performance_page`. A program that has not been run yet is named, and
its rows are left out; a figure from a quick run is never shown.
"""

import argparse
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks import drawing, end_to_end, screening

ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / "benchmarks" / "results"
PAGE = ROOT / "docs" / "performance.md"

Found = Mapping[str, Any]

HEAD = """# Speed and memory

Written by `benchmarks/performance_page.py` from `benchmarks/results/`; do not edit. All people are simulated.

Speeds are ratios of medians, both sides timed in one run, so that a faster machine moves both. A time by
itself belongs to the machine that is named. Time is the processor's on one core, except where several work at
once: there the wall clock counts. A *gate* has to hold, an *aim* was hoped for.
"""

AGAIN = """
## Measure again

```
make benchmarks                  # everything; ARGS=--quick shows in minutes that it runs
python -m benchmarks.drawing     # drawing alone; --only numbers faker sdv workers sizes profile
python -m benchmarks.screening   # rules and cards
python -m benchmarks.end_to_end  # the whole job; --only ratio sizes workers yardsticks runs profile
python -m benchmarks.performance_page
```

Set `OMP_NUM_THREADS=1`, and let the machine do nothing else while two workers are timed. Faker, zen-engine
and rule-engine come with `pip install -e '.[benchmarks]'`; SDV gets an environment of its own in `var/sdv`,
which takes several gigabytes. [evaluation-benchmarks.md](evaluation-benchmarks.md) tells of thresholds,
intervals and fairness beside their peers.
"""

DRAWING_REMAINS = """
What remains: every field of every row has random words of its own, made from the seed, the name of the field
and the number of the row, so that any rows can be drawn again anywhere. Making them is the largest line of
the profile, and choosing values by exact tables the next. A generator that hands out one number after the
other makes them in a quarter of the time and cannot start in the middle. Faker and SDV draw no networks, no
deception and no noise, which stand in our time and not in theirs. Two workers have less to share here than in
the whole job: threads wait for one interpreter between numpy's calls, and processes take a second or two to
start, of the few that ten million rows need.
"""

SCREENING_REMAINS = """
What remains: levels of indicators are packed into a few joint tables, and looking those up for every card is
most of the time that is left; reasons are made for the flagged alone.
"""

END_TO_END_REMAINS = """
What remains: four stages are screened where a gate or an interview alone would be one, and everybody is
counted by sex, age, typology, network and stage; both together take little less than drawing, which has
become twice as fast since the aim was set. Threads share one interpreter, which the many short calls between
numpy's long ones need; processes share nothing and take about a second each to start. The first process reads
the command and joins the results; the challenger and the report's charts have processes of their own, whose
memory ends with them.
"""

COLUMNS = ("what", "saring", "beside it", "ratio", "gate and aim", "holds")


def page(found: Mapping[str, Found]) -> str:
    """Return the page.

    Args:
        found: The results of each program that was run, by the name of its file.
    """
    sections = {
        "drawing": ("Drawing applicants", _drawing),
        "screening": ("Screening", _screening),
        "end_to_end": ("From the draw to the evaluation", _end_to_end),
    }
    parts = [HEAD]
    for name, (title, told) in sections.items():
        if name in found:
            parts.append(f"\n## {title}\n\n{_machine(found[name])}\n")
            parts.extend(told(found[name]))
        else:
            parts.append(f"\n## {title}\n\nNot measured yet: run `python -m benchmarks.{name}`.\n")
    return "".join([*parts, AGAIN])


def _machine(found: Found) -> str:
    machine = found["machine"]
    named = machine["versions"] | found.get("peers", {})
    versions = ", ".join(f"{name} {version}" for name, version in named.items() if version)
    return (
        f"{machine['processor']}, {machine['processors']} processors, {machine['memory_gib']} GiB, "
        f"Python {machine['python']}; {versions}."
    )


def _table(rows: Iterable[Sequence[str]], columns: Sequence[str] = COLUMNS) -> str:
    lines = [columns, ["---"] * len(columns), *rows]
    return "\n" + "\n".join("| " + " | ".join(line) + " |" for line in lines) + "\n"


def _holds(value: float, gate: float, aim: float | None = None, *, least: bool = False) -> str:
    """Return whether a gate holds, and beyond it the aim.

    Examples:
        >>> _holds(4, 12, 5), _holds(8, 12, 5), _holds(200, 150, 500, least=True)
        ('yes, and the aim', 'yes; the aim is missed', 'yes; the aim is missed')
    """

    def reached(limit: float) -> bool:
        return value >= limit if least else value <= limit

    if not reached(gate):
        return "**no**"
    if aim is None:
        return "yes"
    return "yes, and the aim" if reached(aim) else "yes; the aim is missed"


def _drawing(found: Found) -> Iterator[str]:
    rows = [*_numbers_rows(found), *_generator_rows(found), *_worker_rows(found), *_size_rows(found)]
    yield _table(rows)
    yield DRAWING_REMAINS
    if "numbers" in found:
        words = found["numbers"]["words_per_row"]
        yield (
            f"\nA row takes {words['all']:.0f} random words of 64 bits, {words['decide']:.0f} of which "
            "decide about everybody; the others say who lies or slips, and are read for the few who could. "
            f"By the stricter count drawing takes {found['numbers']['ratio_to_deciding_words']:.1f} times "
            "raw numbers. Beside them networks and actors take "
            f"{words['scattered']:.1f} words of another kind.\n"
        )
    if "sizes" in found:
        held = list(found["sizes"]["plan_mib"].items())
        told = ", ".join(f"{mib:.1f} MiB for {int(size):,}" for size, mib in held)
        yield f"\nA plan grows with the networks of its cohort and nothing else: {told} applicants.\n"
    yield from _profile(found)


def _numbers_rows(found: Found) -> Iterator[Sequence[str]]:
    if "numbers" in found:
        one = found["numbers"]
        yield (
            f"{one['fields']} fields of {one['rows']:,} rows, beside as many raw `SFC64.random` doubles",
            f"{one['us_per_row']:.2f} µs a row",
            f"{one['raw_us_per_row']:.3f} µs",
            f"{one['ratio']:.1f} times the time",
            f"at most {drawing.MOST_OF_RAW} (aim {drawing.AIMED_OF_RAW})",
            _holds(one["ratio"], drawing.MOST_OF_RAW, drawing.AIMED_OF_RAW),
        )


def _generator_rows(found: Found) -> Iterator[Sequence[str]]:
    names = {"faker": "Faker, row by row in Indonesian", "sdv": "SDV, sampling a Gaussian copula"}
    for name, words in names.items():
        if name not in found:
            continue
        one = found[name]
        gate = f"at least {drawing.LEAST_TIMES} times (aim {drawing.AIMED_TIMES})"
        if "missing" in one:
            yield (words, "", "not installed, left out", "", gate, "not measured")
            continue
        yield (
            f"{words} ({name} {one['version']})",
            f"{one['our_us_per_row']:.2f} µs a row",
            f"{one['us_per_row']:,.0f} µs",
            f"{one['times']:,.0f} times faster",
            gate,
            _holds(one["times"], drawing.LEAST_TIMES, drawing.AIMED_TIMES, least=True),
        )


def _worker_rows(found: Found) -> Iterator[Sequence[str]]:
    if "workers" in found:
        one = found["workers"]
        most = max(one["times_one"].values())
        for name, times in one["times_one"].items():
            yield (
                f"{name} beside one worker ({one['rows']:,} rows, wall clock)",
                f"{one['seconds'][name]:.1f} s",
                f"{one['seconds']['one']:.1f} s",
                f"{times:.2f} times faster",
                f"at least {drawing.LEAST_OF_TWO} by threads or processes",
                _holds(times, drawing.LEAST_OF_TWO, least=True) if times == most else "",
            )


def _size_rows(found: Found) -> Iterator[Sequence[str]]:
    if "sizes" in found:
        costs = found["sizes"]["us_per_row"]
        sizes = [int(size) for size in costs]
        yield (
            f"a row in cohorts of {min(sizes):,} to {max(sizes):,}, chunks from anywhere in each",
            " to ".join(f"{cost:.2f}" for cost in (min(costs.values()), max(costs.values()))) + " µs",
            "",
            f"{found['sizes']['largest_to_smallest']:.2f} between most and least",
            f"at most {drawing.MOST_UNEVEN}",
            _holds(found["sizes"]["largest_to_smallest"], drawing.MOST_UNEVEN),
        )


def _screening(found: Found) -> Iterator[str]:
    yield _table((line.strip("| ").split(" | ") for line in screening.table(found)), COLUMNS[:-1])
    yield SCREENING_REMAINS
    missing = found.get("missing", [])
    if missing:
        yield f"\nNot installed, and left out: {', '.join(missing)}.\n"
    broken = [gate for gate, holds in screening.gates(found).items() if not holds]
    yield "\nEvery gate holds.\n" if not broken else f"\nMissed: {'; '.join(broken)}.\n"


def _end_to_end(found: Found) -> Iterator[str]:
    yield _table([*_ratio_rows(found), *_worker_rows(found), *_size_rows(found), *_run_rows(found)])
    if "yardsticks" in found:
        one = found["yardsticks"]
        yield (
            "\nTimed apart, once in a run whatever its size: training the challenger and the floors takes "
            f"{one['training_s']:.0f} s, stating the difficulty {one['difficulty_s']:.0f} s, and scoring by "
            f"them all victims and a sample of others {one['scoring_s_of_a_run']:.0f} s for "
            f"{end_to_end.SIZE:,} applicants.\n"
        )
    yield END_TO_END_REMAINS
    yield from _profile(found)


def _ratio_rows(found: Found) -> Iterator[Sequence[str]]:
    if "ratio" in found:
        one = found["ratio"]
        whole = one["drawing_us_per_row"] + one["after_drawing_us_per_row"]
        limits = end_to_end.MOST_TIMES_DRAWING, end_to_end.AIMED_TIMES_DRAWING
        yield (
            f"drawn, screened at four stages and evaluated, beside drawn alone ({one['rows']:,} rows)",
            f"{whole:.2f} µs a row",
            f"{one['drawing_us_per_row']:.2f} µs",
            f"{one['ratio']:.2f} times the time",
            f"at most {limits[0]} (aim {limits[1]})",
            _holds(one["ratio"], *limits),
        )


def _run_rows(found: Found) -> Iterator[Sequence[str]]:
    for run in found.get("runs", []):
        peak = run["largest_process_mib"]
        yield (
            f"`saring run {' '.join([end_to_end.SCENARIO, '--n', str(run['rows']), *run['options']])}`",
            f"{peak:,} MiB in the largest process; {run['wall_s']:,.0f} s",
            f"{run['all_processes_mib']:,} MiB in all processes together",
            f"{run['us_per_row']:.2f} µs a row, all in all",
            f"less than {end_to_end.MOST_MIB} MiB in a process",
            _holds(peak, end_to_end.MOST_MIB - 1),
        )


def _profile(found: Found) -> Iterator[str]:
    if "profile" in found:
        yield "\nWhere the time goes, by a profile; what numpy does counts for whoever asks for it:\n"
        rows = [
            [f"`{name}`" if ":" in name else name, f"{share:.0%}"] for name, share in found["profile"].items()
        ]
        yield _table(rows, ("function", "share of the time"))


def results() -> dict[str, Found]:
    """Return the results of each program that was run in earnest, by the name of its file."""
    found = {}
    for name in ("drawing", "screening", "end_to_end"):
        path = RESULTS / f"{name}.json"
        content = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {"quick": True}
        if not content["quick"]:
            found[name] = content
    return found


def main() -> None:
    """Write the page."""
    parser = argparse.ArgumentParser(description=str(__doc__).splitlines()[0])
    parser.add_argument("--page", type=Path, default=PAGE)
    chosen = parser.parse_args()
    chosen.page.write_text(page(results()), encoding="utf-8")


if __name__ == "__main__":
    main()
