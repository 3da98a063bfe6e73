"""A class of 300 on one small server: how long recording a decision takes, and whether any is lost.

Measured: `saring serve` as released, on loopback, on SQLite and on a real PostgreSQL, while the class and a
trainer who watches the grid are played by one more process on the same processors. In one round every seat
works at its own pace, several times as fast as a class reads; in the other each decision of all seats is
sent at the same moment, by one thread over the seats' own connections, and timed from the last byte of a
request to the first of its answer. What the server confirmed is laid beside what stands in the database. Run
it with

    python -m benchmarks.classroom [--quick] [--only PART ...]
"""

import json
import os
import threading
import time
from collections.abc import Iterable, Mapping
from contextlib import nullcontext
from dataclasses import replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.peers.class_load import Pace, Told, Watching, compared, quantiles, seats_of, worked
from benchmarks.peers.class_servers import Server, postgres, serving, site_in
from benchmarks.peers.kept_results import arguments, measured

ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / "benchmarks" / "results" / "classroom.json"
PAGE = ROOT / "docs" / "classroom.md"
BEGIN, END = "<!-- measured: begin -->", "<!-- measured: end -->"
PACKAGES = ("django", "gunicorn", "whitenoise", "psycopg")

SEATS, DOSSIERS = 300, 5
OWN_PACE = Pace(SEATS, DOSSIERS, think_s=(4.0, 12.0), joins_within_s=20.0)
AT_ONCE = Pace(SEATS, DOSSIERS, think_s=(1.0, 2.0), joins_within_s=20.0, at_once=True)
QUICK_SEATS, QUICK_DOSSIERS = 30, 2
GRID_EVERY_S = 2.0
MOST_S = 1.0
"""The gate: 95 of 100 decisions are recorded within this, also when all decide at the same moment."""

PARTS = {
    "sqlite_own_pace": (False, OWN_PACE),
    "sqlite_at_once": (False, AT_ONCE),
    "postgresql_own_pace": (True, OWN_PACE),
    "postgresql_at_once": (True, AT_ONCE),
}
NAMES = {
    "sqlite_own_pace": "SQLite, each at its own pace",
    "sqlite_at_once": "SQLite, every decision of all at the same moment",
    "postgresql_own_pace": "PostgreSQL, each at its own pace",
    "postgresql_at_once": "PostgreSQL, every decision of all at the same moment",
}


def class_of(pace: Pace, *, on_postgres: bool) -> dict[str, Any]:
    """Return what a whole class took on a server of its own."""
    database = postgres() if on_postgres else nullcontext("")
    with TemporaryDirectory() as name, database as url:
        site = site_in(Path(name), url)
        sitting = site.asked("make", "--dossiers", str(pace.dossiers))
        with serving(site) as server:
            before, begin = server.processor_s(), time.perf_counter()
            told, watching = _played(server, sitting, pace)
            found = {
                "seats": pace.seats,
                "dossiers": pace.dossiers,
                "wall_s": round(time.perf_counter() - begin, 1),
                "answers": len(told.timed),
                "server_ms_an_answer": round((server.processor_s() - before) / len(told.timed) * 1000, 2),
                "memory_mib": server.memory_mib(),
            }
        kinds = {
            kind: quantiles(s for one, s in told.timed if one == kind) for kind in ("decide", "ask", "desk")
        }
        return {
            **found,
            **kinds,
            "grid": quantiles(watching.timed),
            "wrong_answers": dict(told.wrong + watching.wrong),
            "connections_lost": told.lost,
            **compared(told, site.asked("kept")),
            "wanting_a_processor": round(os.getloadavg()[0], 1),
        }


def _played(server: Server, sitting: Mapping[str, str], pace: Pace) -> tuple[Told, Watching]:
    """Let a class work while a trainer watches."""
    watching, grid = Watching(GRID_EVERY_S), f"/sittings/{sitting['sitting']}/grid/"
    address = server.site.address
    trainer = threading.Thread(
        target=watching.work, args=(address, sitting["name"], sitting["password"], grid)
    )
    trainer.start()
    try:
        return worked(seats_of(address, sitting["code"], pace)), watching
    finally:
        watching.stopped.set()
        trainer.join()


def holds(part: Mapping[str, Any]) -> bool:
    """Return whether nothing was lost, doubled or changed, and nobody saw an error."""
    return not any(part[name] for name in ("lost", "doubled", "changed", "unasked", "wrong_answers"))


def page_with(page: str, results: Mapping[str, Any]) -> str:
    """Return the page with the results in their place."""
    head, _, rest = page.partition(BEGIN)
    return f"{head}{BEGIN}\n{_table(results)}\n{END}{rest.partition(END)[2]}"


PLAYED = (
    "The class was played on the same processors; what is sent at the same moment, by one thread of it, and "
    "timed until the answer begins."
)
COLUMNS = (
    "what",
    "decisions confirmed",
    "lost, doubled",
    "recording one: median, 95 %, 99 %",
    "opening a dossier: 95 %",
    "grid: 95 %",
    "server, an answer",
    "memory",
    "wanted a processor",
)


def _table(results: Mapping[str, Any]) -> str:
    told = results["machine"]
    versions = ", ".join(f"{name} {told['versions'][name]}" for name in PACKAGES if told["versions"][name])
    size = f"{told['processors']} processors, {told['memory_gib']} GiB, Python {told['python']}"
    rows = [_row(NAMES[name], results[name]) for name in PARTS if name in results]
    lines = [
        f"{told['processor']}, {size}, {versions}. {PLAYED}",
        "",
        _line(COLUMNS),
        "|---" + "|--:" * (len(COLUMNS) - 1) + "|",
        *map(_line, rows),
    ]
    return "\n".join(lines)


def _row(name: str, part: Mapping[str, Any]) -> list[str]:
    decide = part["decide"]
    three = ", ".join(f"{1000 * decide[key]:.0f}" for key in ("p50_s", "p95_s", "p99_s"))
    return [
        f"{part['seats']} seats, {name}",
        f"{part['confirmed']:,}",
        f"{part['lost']}, {part['doubled']}",
        f"{three} ms",
        f"{1000 * part['desk']['p95_s']:.0f} ms",
        f"{1000 * part['grid'].get('p95_s', 0):.0f} ms",
        f"{part['server_ms_an_answer']:.1f} ms",
        f"{part['memory_mib']} MiB",
        f"{part['wanting_a_processor']}",
    ]


def _line(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _smaller(pace: Pace) -> Pace:
    return replace(pace, seats=QUICK_SEATS, dossiers=QUICK_DOSSIERS, think_s=(0.5, 1.0), joins_within_s=1.0)


def main() -> None:
    """Measure, write the results and the page, and fail if the gate does not hold."""
    asked = arguments(__doc__ or "", PARTS, RESULTS).parse_args()
    parts = {
        name: partial(class_of, _smaller(pace) if asked.quick else pace, on_postgres=on_postgres)
        for name, (on_postgres, pace) in PARTS.items()
    }
    results = measured(parts, asked.only, asked.out, PACKAGES, quick=asked.quick)
    if not asked.quick:
        PAGE.write_text(page_with(PAGE.read_text("utf-8"), results), "utf-8")
    found = {name: results[name] for name in PARTS if name in results}
    wrong = [name for name, part in found.items() if not holds(part)]
    slow = [name for name, part in found.items() if part["decide"]["p95_s"] >= MOST_S]
    print(json.dumps({"holds": not (wrong or slow), "wrong": wrong, "slow": slow}))
    raise SystemExit(1 if wrong or slow else 0)


if __name__ == "__main__":
    main()
