"""The page that tells readers what was measured; every figure on it comes from the results, none is typed."""

from collections.abc import Iterable, Sequence
from typing import Any

from screening.evaluation.rates import Rate

HEAD = """# The evaluation beside its peers

Written by `benchmarks/evaluation.py`; do not edit. All people are simulated. Speeds are ratios of median
processor times, both sides timed in one process on the same scores; a time by itself belongs to one class of
machine.

{machine}
"""

SWEEP = """
## Every threshold of {people:,} scores

Risks are whole hundredths. Counting them is done once, part by part, while a cohort is screened; the sweep
then gives both rates at all {thresholds:,} risks that somebody has. Counting took {counting:.1f} ms and the
sweep {sweep:.2f} ms. {same}
"""

RATES = """
## Rates of {groups} groups at {thresholds} thresholds, {people:,} people

Miss rate and false-flag rate with intervals. {same} fairlearn resamples people at one threshold; its time
grows with the replicates ({points}, each run once) by {each:.2f} s for each, so that {replicates:,} of
them take {one:,.0f} s at one threshold and {all:,.0f} s at all of them. These two figures are
extrapolated and were not waited for.
"""

GAPS = """
## Is there a gap between groups?

Simulated groups of victims whose true miss rates are known; nominal confidence 95 %. An interval that begins
above zero claims a gap. fairlearn's is its `difference_ci` with {replicates} replicates. aequitas tests each
group against the first by a t-test and gives no interval; it is counted how often at least one test rejects.
It gets victims alone and the share it calls `pprev`, because its test of the miss rate by name leaves out
everybody who is flagged.
"""

GUARANTEES = """
## A miss rate of at most 5 %, promised with 95 % confidence

One group on both sides, calibrations drawn anew from a pool of saring's own risks of simulated people, for
which every rate is known. A violation is a threshold that misses more than 5 % of the pool. Where a way finds
no threshold, everybody has to be flagged, and that is counted. MAPIE is used in its valid ways, with log odds
moved so that its even steps are finest where they matter, with grids from the pool itself, and it may choose
by the false-flag rate of 1,000 others in each calibration, which we do not need.
"""

RARE = """
## Where victims are rare

MAPIE as it comes (100 steps from 0 to 0.99, Bonferroni-Holm), given honest chances at a stated share of
victims.
"""

ENDS = """
## Ends of exact intervals

{intervals:,} intervals, from 0 of 1 to 100,000 of 100,000: the ends differ from those of scipy's `binomtest`
by at most {largest_difference:.1e}.
"""


def page(found: dict[str, Any]) -> str:
    """Return the page."""
    parts = [
        HEAD.format(machine=_machine(found["machine"], found["aequitas"])),
        *_sweep(found["sweep"]),
        *_rates(found["rates_of_groups"]),
        *_gaps(found["gaps"]),
        *_guarantees(found["guarantees"], found["no_worse_than_mapie"]),
        *(_rare(found["rare"]) if "rare" in found else ()),
        ENDS.format(**found["interval_ends"]),
    ]
    return "".join(parts)


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table in Markdown; the first column is words, the others are numbers.

    Examples:
        >>> print(table(["a", "b"], [["one", "1"]]), end="")
        <BLANKLINE>
        | a | b |
        |---|--:|
        | one | 1 |
    """
    lines = [head, ["---", *["--:"] * (len(head) - 1)], *rows]
    text = ["| " + " | ".join(line) + " |" for line in lines]
    text[1] = text[1].replace(" ", "")
    return "\n" + "\n".join(text) + "\n"


def share(count: int, n: int) -> str:
    """Return a share with its counts and its exact interval.

    Examples:
        >>> share(95, 100)
        '95.0 % (95 of 100; 88.7–98.4)'
    """
    rate = Rate(count, n)
    return f"{rate.estimate:.1%} ({count:,} of {n:,}; {100 * rate.low:.1f}–{100 * rate.high:.1f})".replace(
        "%", " %", 1
    )


def _machine(machine: dict[str, Any], aequitas: dict[str, Any] | None) -> str:
    versions = {name: version for name, version in machine["versions"].items() if version}
    if aequitas:
        versions["aequitas"] = f"{aequitas['version']} (by itself, with pandas {aequitas['pandas']})"
    absent = [name for name in ("mapie", "aequitas") if name not in versions]
    told = ", ".join(f"{name} {version}" for name, version in versions.items())
    missing = f" Not installed, and left out: {', '.join(absent)}." if absent else ""
    return (
        f"Machine: {machine['processor']}, {machine['processors']} processors, {machine['memory_gib']} GiB, "
        f"Python {machine['python']}.\nVersions: {told}.{missing}"
    )


def _sweep(found: dict[str, Any]) -> Iterable[str]:
    same = "The rates are those of `roc_curve`." if found["same_rates"] else "THE RATES DIFFER."
    yield SWEEP.format(
        people=found["people"],
        thresholds=found["thresholds"],
        counting=1_000 * found["counting_s"],
        sweep=1_000 * found["sweep_s"],
        same=same,
    )
    rows = [
        [
            f"`{name}`",
            f"{seconds:.2f} s",
            f"{found['times_faster'][name]:,.0f}",
            f"{found['times_faster_with_counting'][name]:,.0f}",
        ]
        for name, seconds in found["peers_s"].items()
    ]
    yield table(["scikit-learn", "time", "sweep: times faster", "counting and sweep: times faster"], rows)


def _rates(found: dict[str, Any]) -> Iterable[str]:
    peer = found["fairlearn"]
    points = ", ".join(f"{many}: {seconds:.2f} s" for many, seconds in peer["seconds_by_replicates"].items())
    yield RATES.format(
        groups=found["groups"],
        thresholds=found["thresholds"],
        people=found["people"],
        same="Counts are those of looking at every person." if found["same_counts"] else "COUNTS DIFFER.",
        points=points,
        each=peer["seconds_for_each_replicate"],
        replicates=found["replicates"],
        one=peer["one_threshold_s"],
        all=peer["extrapolated_s"],
    )
    counting = found["counting_s"]
    exact, again = counting + found["exact_intervals_s"], counting + found["resampled_counts_s"]
    yield table(
        ["saring, all thresholds, with counting", "time", "times faster"],
        [
            ["exact intervals", f"{exact:.3f} s", f"{found['times_faster']:,.0f}"],
            [
                f"{found['replicates']:,} replicates of the counts",
                f"{again:.2f} s",
                f"{found['times_faster_resampled']:,.0f}",
            ],
        ],
    )
    yield (
        f"\nfairlearn at one threshold takes {found['times_faster_than_one_threshold']:,.0f} times as long "
        "as saring's exact intervals at all of them.\n"
    )


def _gaps(found: Sequence[dict[str, Any]]) -> Iterable[str]:
    yield GAPS.format(replicates=found[0]["fairlearn"]["replicates"])
    rows = []
    for row in found:
        for name in ("ours", "fairlearn", "aequitas"):
            if not (side := row[name]):
                continue
            runs = side["runs"]
            holds, width = side.get("holds_the_truth"), side.get("mean_width")
            rows.append(
                [
                    f"{row['setting']}: {'saring' if name == 'ours' else name}",
                    "–" if holds is None else share(holds, runs),
                    share(side["claims_a_gap"], runs),
                    "–" if width is None else f"{width:.3f}",
                ]
            )
    yield table(["groups", "interval holds the truth", "claims a gap", "mean width"], rows)


def _guarantees(rows: Sequence[dict[str, Any]], pairs: Sequence[dict[str, Any]]) -> Iterable[str]:
    yield GUARANTEES
    head = ["way", "violations", "no threshold", "mean miss rate", "mean false-flag rate"]
    for scenario, victims in dict.fromkeys((row["scenario"], row["victims"]) for row in rows):
        yield f"\n### {scenario}, {victims:,} victims in each calibration\n"
        yield table(
            head,
            [
                [
                    row["way"] + ("" if row["promises"] else " (promises nothing)"),
                    share(row["violations"], row["calibrations"]),
                    f"{row['no_threshold']:,}",
                    f"{row['mean_miss_rate']:.2%}".replace("%", " %"),
                    f"{100 * row['mean_false_flag_rate']:.2f} ± {100 * row['standard_error']:.2f} %",
                ]
                for row in rows
                if (row["scenario"], row["victims"]) == (scenario, victims)
            ],
        )
    if pairs:
        yield "\nOur mean false-flag rate beside that of MAPIE's best way:\n"
        yield table(
            ["scenario, victims", "saring", "MAPIE", "no higher"],
            [
                [
                    f"{pair['scenario']}, {pair['victims']:,}: {pair['mapie_way']}",
                    f"{100 * pair['ours']:.2f} %",
                    f"{100 * pair['mapie']:.2f} %",
                    "yes" if pair["no_higher"] else "NO",
                ]
                for pair in pairs
            ],
        )


def _rare(rows: Sequence[dict[str, Any]]) -> Iterable[str]:
    yield RARE
    yield table(
        ["share of victims", "MAPIE flags everybody", "saring's mean false-flag rate"],
        [
            [
                f"{row['prevalence']:g}, {row['victims']:,} victims in each calibration",
                share(row["mapie_flags_everybody"], row["calibrations"]),
                f"{100 * row['our_mean_false_flag_rate']:.2f} %",
            ]
            for row in rows
        ],
    )
