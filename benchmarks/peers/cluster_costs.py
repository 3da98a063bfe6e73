"""The sums by which a few measured parts are extrapolated to a country and to a thousand scenarios.

Every figure of the page comes from the results or from the sizes named here; nothing is typed into the text.
"""

from dataclasses import dataclass
from typing import Any

from benchmarks.peers.page import table

APPLICANTS = 40_000_000
DEPARTURES = 200_000_000
VARIANTS = 1_000
VARIANT_ROWS = 200_000
CORES = (2, 16, 64, 256, 1024)
HOUR_S = 3_600

BEGIN, END = "<!-- measured: begin -->", "<!-- measured: end -->"


@dataclass(frozen=True)
class Size:
    """A large job.

    Attributes:
        rows: Rows altogether.
        rows_of_a_part: Rows that one worker does at a time.
        processor_s: Processor time of all parts.
        kept: Share of rows whose files are kept.
    """

    rows: int
    rows_of_a_part: int
    processor_s: float
    kept: float


def costs(found: dict[str, Any]) -> dict[str, Any]:
    """Return what a decade and a sweep cost, extrapolated from what was measured.

    A departure is drawn, written and screened once more, at one stage. A variant is compiled, drawn, screened
    at one stage and evaluated; no files of it are kept.
    """
    row, fixed = found["row"], found["fixed"]
    departure = row["draw_and_write_ns"] + row["screen_one_stage_ns"]
    rest = row["run_ns"] - row["draw_and_write_ns"] - row["screen_all_stages_ns"]
    variant = row["draw_ns"] + row["screen_one_stage_ns"] + max(rest, 0.0)
    decade_s = (APPLICANTS * row["run_ns"] + DEPARTURES * departure) / 1e9
    sweep_s = VARIANTS * (fixed["compile_s"] + VARIANT_ROWS * variant / 1e9)
    decade = Size(APPLICANTS + DEPARTURES, found["rows_of_a_part"], decade_s, 1.0)
    sweep = Size(VARIANTS * VARIANT_ROWS, VARIANT_ROWS, sweep_s, 0.0)
    return {
        "evaluate_and_write_screened_ns": rest,
        "decade": _cost(found, decade),
        "sweep": _cost(found, sweep),
    }


def _cost(found: dict[str, Any], size: Size) -> dict[str, Any]:
    """Return hours by number of cores, and bytes.

    Whoever collects does so part by part, and so does the scheduler: however many cores there are, nothing is
    faster than all parts one after the other at that pace.
    """
    parts = -(-size.rows // size.rows_of_a_part)
    overhead = max(found["parts"]["overhead_s"].values())
    fixed = max(found["parts"]["agree_s"].values()) + found["fixed"]["start_worker_s"]
    each = size.processor_s / parts
    row = found["row"]
    return {
        "rows": size.rows,
        "parts": parts,
        "processor_hours": size.processor_s / HOUR_S,
        "hours": {
            str(cores): (fixed + max(-(-parts // cores) * each, parts * overhead)) / HOUR_S for cores in CORES
        },
        "cores_of_use": round(each / overhead),
        "kept_bytes": size.kept * size.rows * (row["cohort_bytes"] + row["screened_bytes"]),
        "sent_back_bytes": parts * _sent_back(found["result_bytes"], size.rows_of_a_part),
    }


def _sent_back(sizes: dict[str, int], rows: int) -> float:
    """Return the bytes that a part sends back, on the line through the two sizes that were measured."""
    (few, less), (many, more) = sorted((int(size), found) for size, found in sizes.items())
    return less + (more - less) * (rows - few) / (many - few)


def page_with(page: str, found: dict[str, Any]) -> str:
    """Return a page whose measured part says what was found.

    Raises:
        ValueError: If the page has no such part.
    """
    before, begin, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"the page needs {BEGIN} and {END}")
    return f"{before}{BEGIN}\n{measured(found)}\n{END}{after}"


def measured(found: dict[str, Any]) -> str:
    """Return the part of the page that follows from the results."""
    pieces = (_machine, _rows_table, _fixed_table, _runs_table, _foretold, _sizes)
    return "\n".join(piece(found) for piece in pieces)


def _machine(found: dict[str, Any]) -> str:
    one = found["machine"]
    before, after = found["load"]
    return (
        f"{one['processors']} processors ({one['processor']}), {one['memory_gib']} GiB, "
        f"Python {one['python']}, numpy {one['versions']['numpy']}, "
        f"distributed {found['distributed']}. Simulated applicants of `{found['scenario']}`, in parts of "
        f"{found['rows_of_a_part']:,} rows. Before and after, {before:.1f} and {after:.1f} processes wanted "
        "a processor; where that is more than there are, wall times are longer than they need be."
    )


def _rows_table(found: dict[str, Any]) -> str:
    row = found["row"]
    names = {
        "draw_ns": "draw",
        "draw_and_write_ns": "draw and write Parquet",
        "screen_one_stage_ns": "screen at one stage",
        "screen_all_stages_ns": "screen at every stage",
        "run_ns": "all of a run: draw, write, screen at every stage, write, evaluate",
    }
    lines = [[text, f"{row[name] / 1e3:.2f} µs"] for name, text in names.items()]
    lines += [
        ["files of the cohort", f"{row['cohort_bytes']:.0f} bytes"],
        ["files of what was screened", f"{row['screened_bytes']:.0f} bytes"],
    ]
    return "\n### For each row\n" + table(["one thread, processor time", "a row"], lines)


def _fixed_table(found: dict[str, Any]) -> str:
    fixed, parts = found["fixed"], found["parts"]
    (few, less), (many, more) = sorted((int(size), size_) for size, size_ in found["result_bytes"].items())
    return "\n### Once, or once for each part\n" + table(
        ["what", "cost"],
        [
            ["start a worker process, imports included", f"{fixed['start_worker_s']:.2f} s"],
            ["compile a scenario", f"{fixed['compile_s']:.2f} s"],
            ["ship the task to a worker", f"{fixed['task_bytes'] / 2**20:.1f} MiB"],
            ["pack the task, and unpack it", f"{fixed['pack_s']:.3f} s, {fixed['unpack_s']:.3f} s"],
            ["connect, compare versions, probe the place", f"{max(parts['agree_s'].values()):.2f} s"],
            ["schedule and collect a part", f"{1e3 * max(parts['overhead_s'].values()):.1f} ms"],
            [f"sent back by a part of {few:,} rows", f"{less / 2**10:,.0f} KiB"],
            [f"sent back by a part of {many:,} rows", f"{more / 2**10:,.0f} KiB"],
        ],
    )


def _runs_table(found: dict[str, Any]) -> str:
    return "\n### Whole runs on a scheduler of this machine\n" + table(
        ["parts", "worker processes", "wall time", "processor time of the parts", "sent back"],
        [
            [
                str(run["parts"]),
                str(run["workers"]),
                f"{run['wall_s']:.1f} s",
                f"{run['processor_s']:.1f} s",
                f"{run['result_bytes'] / 2**20:.1f} MiB",
            ]
            for run in found["parts"]["runs"]
        ],
    )


def _foretold(found: dict[str, Any]) -> str:
    parts = found["parts"]
    walls = ", ".join(
        f"{ratio:.2f} times with {workers} worker{'s' if workers != '1' else ''}"
        for workers, ratio in parts["wall_of_4_against_foretold"].items()
    )
    each, four = parts["processor_s_of_a_part"], parts["processor_of_4_against_foretold"]
    return (
        f"\nBy 1 and 2 parts a part takes {each:.1f} s of processor time. "
        f"Four parts took {four:.2f} times what that foretells, and in wall time {walls}."
    )


def _sizes(found: dict[str, Any]) -> str:
    jobs = {"decade": "national decade", "sweep": f"sweep of {VARIANTS:,} variants"}
    cost = found["costs"]
    lines = [
        ["rows", *(f"{cost[job]['rows']:,}" for job in jobs)],
        ["parts", *(f"{cost[job]['parts']:,}" for job in jobs)],
        ["processor time", *(f"{60 * cost[job]['processor_hours']:,.1f} min" for job in jobs)],
        *(
            [f"on {cores:,} cores", *(f"{60 * cost[job]['hours'][str(cores)]:,.2f} min" for job in jobs)]
            for cores in CORES
        ),
        ["files", *(f"{cost[job]['kept_bytes'] / 2**30:,.1f} GiB" for job in jobs)],
        [
            "sent back to whoever collects",
            *(f"{cost[job]['sent_back_bytes'] / 2**30:,.2f} GiB" for job in jobs),
        ],
        ["cores beyond which collecting limits", *(f"{cost[job]['cores_of_use']:,}" for job in jobs)],
    ]
    return "\n### Extrapolated, not run\n" + table(["", *jobs.values()], lines)
